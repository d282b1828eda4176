"""What is sold: one item of a receipt with all that fiscal data formats (FFD) know of it. Money is integer kopecks."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum, StrEnum

from msgspec import Struct


class Vat(StrEnum):
    """VAT rates, and the calculated ones ("22/122") that are taken out of a prepaid sum. FFD tag 1199 numbers them."""

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


class Terms(IntEnum):
    """How the item is paid for (FFD tag 1214, признак способа расчёта)."""

    FULL_PREPAYMENT = 1
    PREPAYMENT = 2
    ADVANCE = 3
    FULL_PAYMENT = 4
    PARTIAL_PAYMENT = 5
    CREDIT = 6
    CREDIT_PAYMENT = 7


class Subject(IntEnum):
    """What the item is (FFD tag 1212, признак предмета расчёта). The last four are known since FFD 1.2 only."""

    COMMODITY = 1
    EXCISE = 2
    JOB = 3
    SERVICE = 4
    GAMBLING_BET = 5
    GAMBLING_PRIZE = 6
    LOTTERY = 7
    LOTTERY_PRIZE = 8
    INTELLECTUAL_ACTIVITY = 9
    PAYMENT = 10
    AGENT_COMMISSION = 11
    PAYOUT = 12
    ANOTHER = 13
    PROPERTY_RIGHT = 14
    NON_OPERATING_INCOME = 15
    OTHER_CONTRIBUTIONS = 16
    TRADE_LEVY = 17
    TOURIST_TAX = 18
    DEPOSIT = 19
    EXPENSE = 20
    PENSION_CONTRIBUTIONS_IP = 21
    PENSION_CONTRIBUTIONS = 22
    MEDICAL_CONTRIBUTIONS_IP = 23
    MEDICAL_CONTRIBUTIONS = 24
    SOCIAL_CONTRIBUTIONS = 25
    CASINO_PAYMENT = 26
    CASH_ISSUE = 27
    EXCISE_WITHOUT_MARKING = 30
    EXCISE_WITH_MARKING = 31
    COMMODITY_WITHOUT_MARKING = 32
    COMMODITY_WITH_MARKING = 33


class Measure(IntEnum):
    """What the quantity counts (FFD 1.2 tag 2108)."""

    PIECE = 0
    GRAM = 10
    KILOGRAM = 11
    TON = 12
    CENTIMETER = 20
    DECIMETER = 21
    METER = 22
    SQUARE_CENTIMETER = 30
    SQUARE_DECIMETER = 31
    SQUARE_METER = 32
    MILLILITER = 40
    LITER = 41
    CUBIC_METER = 42
    KILOWATT_HOUR = 50
    GIGACALORIE = 51
    DAY = 70
    HOUR = 71
    MINUTE = 72
    SECOND = 73
    KILOBYTE = 80
    MEGABYTE = 81
    GIGABYTE = 82
    TERABYTE = 83
    OTHER = 255


class AgentKind(IntEnum):
    """In which role another's goods are sold: one bit of FFD tags 1057 and 1222."""

    BANK_PAYING_AGENT = 1
    BANK_PAYING_SUBAGENT = 2
    PAYING_AGENT = 4
    PAYING_SUBAGENT = 8
    ATTORNEY = 16
    COMMISSION_AGENT = 32
    ANOTHER = 64


class Agent(Struct, frozen=True, omit_defaults=True):
    """Phones as "+" and digits. What a kind needs is in `protocols.ffd` (FFD, notes to tag 1222)."""

    kind: AgentKind
    operation: str | None = None  # tag 1044
    phones: tuple[str, ...] = ()  # tag 1073: of the paying agent
    acceptor_phones: tuple[str, ...] = ()  # tag 1074: of the operator that takes payments
    transfer_phones: tuple[str, ...] = ()  # tag 1075: of the money-transfer operator
    transfer_name: str | None = None  # tag 1026
    transfer_address: str | None = None  # tag 1005
    transfer_inn: str | None = None  # tag 1016


class Supplier(Struct, frozen=True, omit_defaults=True):
    """Whose goods an agent sells."""

    inn: str  # tag 1226
    name: str | None = None  # tag 1225
    phones: tuple[str, ...] = ()  # tag 1171


class Marking(Struct, frozen=True, omit_defaults=True):
    """The marking code as scanned, group separators (1Dh) and all. `status` is FFD tag 2003, None: by the receipt.

    `fraction`: (1, 3) for a third of a marked package (tag 1291).
    """

    code: str
    status: int | None = None
    fraction: tuple[int, int] | None = None


class Item(Struct, frozen=True, omit_defaults=True):
    """What is sold. `discount_kopecks` comes off the whole item, not off one piece."""

    name: str
    quantity: Decimal
    price_kopecks: int
    vat: Vat
    discount_kopecks: int = 0
    sku: str | None = None
    terms: Terms = Terms.FULL_PAYMENT
    subject: Subject = Subject.COMMODITY
    measure: Measure = Measure.PIECE
    agent: Agent | None = None
    supplier: Supplier | None = None
    marking: Marking | None = None
    excise_kopecks: int | None = None  # tag 1229
    country: str | None = None  # tag 1230: three digits (OKSM)
    declaration: str | None = None  # tag 1231: number of the customs declaration
    requisite: str | None = None  # tag 1191
    department: int = 0  # the register's own account of it

    @property
    def total_kopecks(self) -> int:
        return times(self.price_kopecks, self.quantity) - self.discount_kopecks

    def lines(self) -> Iterator["Line"]:
        """The printed lines, one as a rule; two where a discount cannot be spread evenly over the pieces.

        A register knows no discount: it wants a price that gives the sum (FFD: 1079 × 1023 = 1043). So some
        pieces are a kopeck dearer than the rest, and together they make the sum exactly.
        """
        if not self.discount_kopecks:
            yield Line(self, self.quantity, self.price_kopecks, self.total_kopecks)
            return
        price = int(self.total_kopecks // self.quantity)
        dearer = self.total_kopecks - times(price, self.quantity)  # pieces, since each bears one kopeck more
        rest = self.quantity - dearer
        if dearer < 1 or rest <= 0:  # no piece is dearer, or all of what there is: 1.59 kg may want two kopecks more
            nearest = price if dearer < 1 else price + 1
            yield Line(self, self.quantity, nearest, self.total_kopecks)
            return
        yield Line(self, Decimal(dearer), price + 1, dearer * (price + 1))
        yield Line(self, rest, price, self.total_kopecks - dearer * (price + 1))


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line: `total_kopecks` is within a kopeck of `price_kopecks` × `quantity` (FFD rule for tag 1043)."""

    item: Item
    quantity: Decimal
    price_kopecks: int
    total_kopecks: int

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def vat(self) -> Vat:
        return self.item.vat


def times(price_kopecks: int, quantity: Decimal) -> int:
    """Kopecks, half up, as registers round (Штрих-М setup guide, p. 29)."""
    return int((price_kopecks * quantity).to_integral_value(ROUND_HALF_UP))


def plain(number: Decimal) -> Decimal:
    """The same number in one spelling: 1.50 and 15E-1 become 1.5; never an exponent."""
    return Decimal(f"{number.normalize():f}")
