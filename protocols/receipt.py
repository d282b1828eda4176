"""A receipt as the shop means it: lines, payments, sums. Money is integer kopecks throughout."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from msgspec import Struct

MAX_KOPECKS = 10**10 - 1  # 99 999 999.99 roubles: what every register's five-byte sums hold with room to add up


class Kind(StrEnum):
    SALE = "sale"
    REFUND = "refund"
    CORRECTION = "correction"  # of sales: income that was not printed when it should have been (tag 1054: 1)


class Method(StrEnum):
    CASH = "cash"
    CARD = "card"
    ACQUIRING = "acquiring"


class Vat(StrEnum):
    """VAT rates, and the calculated ones ("22/122") that are taken out of a prepaid sum."""

    V22 = "22%"
    V20 = "20%"
    V10 = "10%"
    V7 = "7%"
    V5 = "5%"
    V0 = "0%"
    NONE = "no_vat"
    C22 = "22/122"
    C20 = "20/120"
    C10 = "10/110"
    C7 = "7/107"
    C5 = "5/105"


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: `total_kopecks` is within a kopeck of `price_kopecks` × `quantity` (FFD rule for tag 1043)."""

    name: str
    quantity: Decimal
    price_kopecks: int
    total_kopecks: int
    vat: Vat


class Item(Struct, frozen=True, omit_defaults=True):
    """What is sold. `discount_kopecks` comes off the whole item, not off one piece."""

    name: str
    quantity: Decimal
    price_kopecks: int
    vat: Vat
    discount_kopecks: int = 0
    sku: str | None = None

    @property
    def total_kopecks(self) -> int:
        return times(self.price_kopecks, self.quantity) - self.discount_kopecks

    def lines(self) -> Iterator[Line]:
        """The printed lines, one as a rule; two where a discount cannot be spread evenly over the pieces.

        A register knows no discount: it wants a price that gives the sum (FFD: 1079 × 1023 = 1043). So some
        pieces are a kopeck dearer than the rest, and together they make the sum exactly.
        """
        if not self.discount_kopecks:
            yield Line(self.name, self.quantity, self.price_kopecks, self.total_kopecks, self.vat)
            return
        price = int(self.total_kopecks // self.quantity)
        dearer = self.total_kopecks - times(price, self.quantity)  # pieces, since each bears one kopeck more
        rest = self.quantity - dearer
        if dearer < 1 or rest <= 0:  # no piece is dearer, or all of what there is: 1.59 kg may want two kopecks more
            nearest = price if dearer < 1 else price + 1
            yield Line(self.name, self.quantity, nearest, self.total_kopecks, self.vat)
            return
        yield Line(self.name, Decimal(dearer), price + 1, dearer * (price + 1), self.vat)
        yield Line(self.name, rest, price, self.total_kopecks - dearer * (price + 1), self.vat)


class Payment(Struct, frozen=True):
    method: Method
    amount_kopecks: int


class Correction(Struct, frozen=True, omit_defaults=True):
    """Why a correction is made: of one's own accord, or `ordered` by the tax office under `number` (FFD tag 1174)."""

    of_day: date  # tag 1178: when the sale was made
    ordered: bool = False  # tag 1173
    number: str | None = None  # tag 1179


class Receipt(Struct, frozen=True, omit_defaults=True):
    """A receipt as asked for. The payments cover the total; only cash may exceed it (`protocols.api`).

    `correction` says why, with Kind.CORRECTION and only then.
    """

    pos_id: str
    kind: Kind
    items: tuple[Item, ...]
    payments: tuple[Payment, ...]
    customer_email: str | None = None
    customer_phone: str | None = None
    correction: Correction | None = None

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


def times(price_kopecks: int, quantity: Decimal) -> int:
    """Kopecks, half up, as registers round (Штрих-М setup guide, p. 29)."""
    return int((price_kopecks * quantity).to_integral_value(ROUND_HALF_UP))


def plain(number: Decimal) -> Decimal:
    """The same number in one spelling: 1.50 and 15E-1 become 1.5; never an exponent."""
    return Decimal(f"{number.normalize():f}")
