"""An order: whatever a register is asked to print for good, a receipt or the till's own work, under one key."""

import hashlib

from msgspec import json

from protocols.receipt import Receipt
from protocols.till import TillWork, Work

Order = Receipt | TillWork

HASH_VERSION = 1  # raise it when `fingerprint` of an unchanged order would change

_WORK = frozenset(Work)
_ENCODER = json.Encoder()
_RECEIPT = json.Decoder(Receipt)
_TILL_WORK = json.Decoder(TillWork)


def dump(order: Order) -> bytes:
    """Canonical JSON: equal orders give equal bytes; a field at its default is left out."""
    return _ENCODER.encode(order)


def load(kind: str, data: bytes) -> Order:
    """What `dump` wrote of an order of that kind."""
    return (_TILL_WORK if is_till_work(kind) else _RECEIPT).decode(data)


def is_till_work(kind: str) -> bool:
    return kind in _WORK


def fingerprint(order: Order) -> str:
    """Equality of two requests as text, with its version: "1:<sha256>"."""
    return f"{HASH_VERSION}:{hashlib.sha256(dump(order)).hexdigest()}"
