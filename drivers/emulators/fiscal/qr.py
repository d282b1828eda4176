"""What the QR code of a receipt says."""

from drivers.emulators.fiscal.documents import Document


def qr_text(document: Document) -> str:
    """Order and spelling as the tax service checks them (order ЕД-7-20/662@, items 61-62)."""
    roubles, kopecks = divmod(document.total_kopecks, 100)
    return (
        f"t={document.at:%Y%m%dT%H%M}&s={roubles}.{kopecks:02}"
        f"&fn={document.fn}&i={document.fd}&fp={int(document.fp)}&n={document.operation}"
    )
