"""The till's own work: shifts opened and closed, cash put into the drawer and taken out. No sale, and yet on paper."""

from enum import StrEnum

from msgspec import Struct


class Work(StrEnum):
    OPEN_SHIFT = "open_shift"
    CLOSE_SHIFT = "close_shift"  # Z report
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"


SHIFT = (Work.OPEN_SHIFT, Work.CLOSE_SHIFT)
CASH = (Work.CASH_IN, Work.CASH_OUT)


class TillWork(Struct, frozen=True, omit_defaults=True):
    """What a register is asked to do besides receipts. `amount_kopecks` is for cash."""

    pos_id: str
    kind: Work
    amount_kopecks: int = 0
