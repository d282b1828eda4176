"""The signs on what goes to the emulated OFD and comes back. A real drive and a real OFD share secrets; these share a
rule, so that either can tell an answer to this document from any other.
"""

import hashlib
import hmac
from datetime import datetime

DRIVE_SIGN = 8  # bytes behind a document
ANSWER_SIGN = 16  # bytes of tag 1078
_PREFIX = b"\x81\x06"  # how the sign begins in both messages of real drives


def drive_sign(secret: str, document: bytes) -> bytes:
    """Of the drive whose passport has the secret, under this document."""
    digest = hmac.digest(bytes.fromhex(secret), document, hashlib.sha256)
    return _PREFIX + digest[: DRIVE_SIGN - len(_PREFIX)]


def answer_sign(fn: str, fd: int, code: int | None, received_at: datetime, signed: bytes) -> bytes:
    """Of the OFD, in its answer to a document that the drive had `signed`."""
    told = f"{fn} {fd} {code} {int(received_at.timestamp())} {signed.hex()}"
    return hmac.digest(b"emulated OFD", told.encode(), hashlib.sha256)[:ANSWER_SIGN]
