"""Personal data as it may be shown: enough for its owner to know it again, and for nobody else to use it."""

HIDDEN = "***"


def masked_contact(contact: str) -> str:
    """Where a buyer gets the electronic receipt: i***@example.ru, +7***12."""
    name, at, domain = contact.partition("@")
    if at:
        return f"{name[:1]}{HIDDEN}@{domain}"
    return f"{contact[:2]}{HIDDEN}{contact[-2:]}"


def masked_name(name: str) -> str:
    return f"{name[:1]}{HIDDEN}"
