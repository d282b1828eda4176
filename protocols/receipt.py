"""A receipt as the shop means it: items, payments, sums. Money is integer kopecks throughout."""

from collections.abc import Iterator
from datetime import date
from enum import IntEnum, StrEnum

from msgspec import Struct

from protocols.item import Item, Line

MAX_KOPECKS = 10**10 - 1  # 99 999 999.99 roubles: what every register's five-byte sums hold with room to add up


class Kind(StrEnum):
    SALE = "sale"
    REFUND = "refund"
    PURCHASE = "purchase"  # the shop pays: scrap, second-hand goods, prizes
    PURCHASE_REFUND = "purchase_refund"
    CORRECTION = "correction"  # of any of these, which `Correction.of` tells


SIGNS = {Kind.SALE: 1, Kind.REFUND: 2, Kind.PURCHASE: 3, Kind.PURCHASE_REFUND: 4}
"""FFD tag 1054, признак расчёта."""


class Method(StrEnum):
    CASH = "cash"  # tag 1031
    CARD = "card"  # tag 1081, as the next
    ACQUIRING = "acquiring"
    PREPAID = "prepaid"  # tag 1215: an advance is offset
    CREDIT = "credit"  # tag 1216: to be paid later
    OTHER = "other"  # tag 1217: counter-provision


class Taxation(IntEnum):
    """Which taxation the receipt is under (FFD tag 1055)."""

    OSN = 1
    USN_INCOME = 2
    USN_INCOME_OUTCOME = 4
    ENVD = 8
    ESHN = 16
    PSN = 32


class Payment(Struct, frozen=True):
    method: Method
    amount_kopecks: int


class Correction(Struct, frozen=True, omit_defaults=True):
    """Why a correction is made: of one's own accord, or `ordered` by the tax office under `number` (FFD tag 1174)."""

    of_day: date  # tag 1178: when what is corrected happened
    ordered: bool = False  # tag 1173
    number: str | None = None  # tag 1179
    of: Kind = Kind.SALE  # what is corrected; its sign (tag 1054) is the correction's


class Cashier(Struct, frozen=True, omit_defaults=True):
    name: str  # tag 1021
    inn: str | None = None  # tag 1203


class Buyer(Struct, frozen=True, omit_defaults=True):
    """A buyer who is a firm or wants to be named (FFD tags 1227 and 1228; in 1.2 within 1256)."""

    name: str | None = None
    inn: str | None = None


class Requisite(Struct, frozen=True):
    """The shop's own line in the document (FFD tag 1084: 1085, 1086)."""

    name: str
    value: str


class Receipt(Struct, frozen=True, omit_defaults=True):
    """A receipt as asked for. The payments cover the total; only cash may exceed it (`protocols.api`).

    `correction` says why, with Kind.CORRECTION and only then. `header` and `footer` are printed around the receipt
    and are no part of the fiscal document. `paperless`: into the fiscal drive only, for the buyer gets it by mail.
    """

    pos_id: str
    kind: Kind
    items: tuple[Item, ...]
    payments: tuple[Payment, ...]
    customer_email: str | None = None
    customer_phone: str | None = None
    correction: Correction | None = None
    cashier: Cashier | None = None
    taxation: Taxation | None = None  # None: the register's own
    buyer: Buyer | None = None
    requisite: Requisite | None = None
    note: str | None = None  # tag 1192: additional requisite; in a reverse receipt the fiscal sign of the wrong one
    place: str | None = None  # tag 1187
    internet: bool = False  # tag 1125: settled over the internet
    paperless: bool = False
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()

    @property
    def sign(self) -> int:
        """FFD tag 1054."""
        return SIGNS[self.kind if self.correction is None else self.correction.of]

    @property
    def total_kopecks(self) -> int:
        return sum(item.total_kopecks for item in self.items)

    @property
    def cash_kopecks(self) -> int:
        """Cash handed over, change not yet given."""
        return sum(payment.amount_kopecks for payment in self.payments if payment.method is Method.CASH)

    @property
    def cashless_kopecks(self) -> int:
        return sum(payment.amount_kopecks for payment in self.payments if payment.method is not Method.CASH)

    @property
    def contact(self) -> str | None:
        """Where the buyer wants the electronic receipt (tag 1008): e-mail if given, else phone."""
        return self.customer_email or self.customer_phone

    def lines(self) -> Iterator[Line]:
        for item in self.items:
            yield from item.lines()
