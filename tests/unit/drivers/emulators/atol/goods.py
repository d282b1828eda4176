"""Tasks to send to the emulated server."""

from decimal import Decimal
from typing import Any

VATS = ("vat22", "vat20", "vat10", "vat7", "vat5", "vat0", "none", "vat122", "vat120", "vat110", "vat107", "vat105")


def tea(amount: str = "100.00", **fields: Any) -> dict[str, Any]:
    """A position: one of it, unless told."""
    position = {
        "type": "position",
        "name": "Чай",
        "price": Decimal(amount),
        "quantity": 1,
        "amount": Decimal(amount),
        "tax": {"type": "vat22"},
        "paymentMethod": "fullPayment",
        "paymentObject": 1,
        "measurementUnit": "piece",
    }
    return position | fields


def cash(amount: str) -> dict[str, Any]:
    return {"type": 0, "sum": Decimal(amount)}


def card(amount: str) -> dict[str, Any]:
    return {"type": "1", "sum": Decimal(amount)}


def sale(amount: str = "100.00", kind: str = "sell", **fields: Any) -> dict[str, Any]:
    """A receipt over one position, paid in cash."""
    task = {"type": kind, "taxationType": "osn", "items": [tea(amount)], "payments": [cash(amount)]}
    return task | {"total": Decimal(amount), "operator": {"name": "Кассир", "vatin": "500100732259"}} | fields


def correction(amount: str = "100.00", kind: str = "sellCorrection", **fields: Any) -> dict[str, Any]:
    """By FFD 1.1 and 1.2: with what was sold."""
    return sale(amount, kind) | {"correctionType": "self", "correctionBaseDate": "2026.11.01"} | fields
