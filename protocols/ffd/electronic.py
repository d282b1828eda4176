"""Whole documents in their electronic form, as a fiscal drive keeps them and the OFD receives them.

Made of plain figures and tags, so a register's emulator can use it as well as a reader of archives.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from protocols.ffd.rates import CODES, tax_of, tax_tags
from protocols.ffd.tlv import Tlv
from protocols.item import Vat

VERSIONS = {"1.05": 2, "1.1": 3, "1.2": 4}
"""Tag 1209."""

SHIFT_OPENED, RECEIPT, SHIFT_CLOSED, CORRECTION = 2, 3, 5, 31

_SIGN_PREFIX = b"\x31\x04"  # first bytes of tag 1077 in a receipt of a real register; what they say no source tells


@dataclass(frozen=True, slots=True)
class Record:
    """What the drive knows of a document. `fp` is the fiscal sign as printed; `moment` the register's wall clock.

    `rnm`: registration number of the register (tag 1037), `inn`: of who uses it (tag 1018). `cashier`: the tags of who
    made a shift report; in receipts they stand among the host's own.
    """

    fn: str
    fd: int
    fp: int
    rnm: str
    inn: str
    moment: datetime
    shift: int
    ffd: str
    cashier: tuple[Tlv, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """A receipt in figures: kopecks by way of payment (cash without the change given), and sold by VAT rate.

    `sign` is tag 1054, `taxation` 1055, `number` that of the receipt within the shift. `items` are tags 1059; `tags`
    whatever the host added to the document, cashier and all.
    """

    sign: int
    taxation: int
    number: int
    items: tuple[Tlv, ...]
    sold: Mapping[Vat, int]
    cash: int = 0
    cashless: int = 0
    prepaid: int = 0
    credit: int = 0
    other: int = 0
    tags: tuple[Tlv, ...] = ()

    @property
    def total(self) -> int:
        return self.cash + self.cashless + self.prepaid + self.credit + self.other


@dataclass(frozen=True, slots=True)
class ShiftCount:
    """What a report on the close of a shift counts. `totals`: the tags of 1194, of FFD 1.1 and later."""

    receipts: int
    documents: int
    unsent: int = 0
    oldest_unsent: date | None = None
    totals: tuple[Tlv, ...] = ()


def sold_item(
    name: str,
    price: int,
    quantity: Decimal,
    total: int,
    vat: Vat,
    *,
    terms: int = 4,
    subject: int = 1,
    tags: tuple[Tlv, ...] = (),
) -> Tlv:
    """Tag 1059: `price` and `total` in kopecks, `tags` as the host added them to the item."""
    return Tlv(
        1059,
        (
            Tlv(1214, terms),
            Tlv(1212, subject),
            Tlv(1030, name),
            Tlv(1079, price),
            Tlv(1023, quantity),
            Tlv(1199, CODES[vat]),
            Tlv(1200, tax_of(total, vat)),
            Tlv(1043, total),
            *tags,
        ),
    )


def receipt_document(record: Record, settlement: Settlement) -> Tlv:
    """Document 3. Sums that are zero are written too: every electronic receipt has all five payments."""
    return Tlv(RECEIPT, tuple(_settled(record, settlement)))


def correction_document(record: Record, settlement: Settlement) -> Tlv:
    """Document 31: `settlement.tags` hold the reason (1173, 1174)."""
    return Tlv(CORRECTION, tuple(_settled(record, settlement)))


def shift_open_document(record: Record, kkt_version: str) -> Tlv:
    """Document 2; `kkt_version` is that of the register's model (tag 1188)."""
    version = VERSIONS[record.ffd]
    return Tlv(SHIFT_OPENED, (*_head(record), *record.cashier, Tlv(1188, kkt_version), Tlv(1189, version)))


def shift_close_document(record: Record, count: ShiftCount) -> Tlv:
    """Document 5."""
    return Tlv(SHIFT_CLOSED, (*_head(record), *record.cashier, *_counted(record, count)))


def printed_sign(tag_1077: bytes) -> str:
    """The fiscal sign as paper and QR code have it, ten digits: the last four bytes of the tag."""
    return f"{int.from_bytes(tag_1077[2:], 'big'):010}"


def _head(record: Record) -> Iterator[Tlv]:
    yield Tlv(1041, record.fn)
    yield Tlv(1037, record.rnm)
    yield Tlv(1018, record.inn)
    yield Tlv(1040, record.fd)
    yield Tlv(1012, record.moment)
    yield Tlv(1077, _SIGN_PREFIX + record.fp.to_bytes(4, "big"))
    yield Tlv(1038, record.shift)
    yield Tlv(1209, VERSIONS[record.ffd])


def _settled(record: Record, settlement: Settlement) -> Iterator[Tlv]:
    yield from _head(record)
    yield Tlv(1042, settlement.number)
    yield Tlv(1054, settlement.sign)
    yield Tlv(1055, settlement.taxation)
    yield Tlv(1020, settlement.total)
    yield from settlement.items
    yield Tlv(1031, settlement.cash)
    yield Tlv(1081, settlement.cashless)
    yield Tlv(1215, settlement.prepaid)
    yield Tlv(1216, settlement.credit)
    yield Tlv(1217, settlement.other)
    yield from tax_tags(settlement.sold)
    yield from settlement.tags


def _counted(record: Record, count: ShiftCount) -> Iterator[Tlv]:
    yield Tlv(1118, count.receipts)
    yield Tlv(1111, count.documents)
    yield Tlv(1097, count.unsent)
    if count.oldest_unsent is not None:
        yield Tlv(1098, datetime.combine(count.oldest_unsent, time()))
    if record.ffd != "1.05" and count.totals:
        yield Tlv(1194, count.totals)
