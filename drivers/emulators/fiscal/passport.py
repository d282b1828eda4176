"""Who the emulated register is: the numbers it was registered with. All of them invented."""

import secrets
from binascii import crc_hqx
from datetime import datetime

import msgspec

INN = "7700000009"  # of nobody: a round number with a right check digit


class Passport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a registration fixes for the life of a fiscal drive.

    `fn` and `rnm` are 16 digits, `serial` is the factory number of the register, `secret` (hex) is what its fiscal
    signs are made with.
    """

    fn: str
    rnm: str
    inn: str
    serial: int
    secret: str
    registered_at: datetime


def invent(now: datetime) -> Passport:
    """A passport that no other emulator has. Its fiscal drive begins with 9999, as those for debugging do."""
    serial = secrets.randbelow(10**9)
    return Passport(
        fn=f"9999{secrets.randbelow(10**12):012}",
        rnm=rnm(secrets.randbelow(10**10), INN, serial),
        inn=INN,
        serial=serial,
        secret=secrets.token_hex(16),
        registered_at=now,
    )


def rnm(number: int, inn: str, serial: int) -> str:
    """The 16 digits of tag 1037: the tax office's number, then a check over it, the owner and the register.

    FNS order on the formats of fiscal documents, edition of 16.02.2017, item 63 (CRC-16/CCITT-FALSE).
    """
    return f"{number:010}{crc_hqx(f'{number:010}{inn:0>12}{serial:020}'.encode(), 0xFFFF):06}"
