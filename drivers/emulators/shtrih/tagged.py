"""A document of the drive as tags of the fiscal data format: what the OFD would get of it."""

from collections.abc import Collection, Iterator
from datetime import datetime

from drivers.emulators.fiscal.documents import Document, Item
from drivers.emulators.fiscal.drive import SALES
from drivers.emulators.fiscal.passport import Passport
from drivers.emulators.fiscal.sums import CASH, METHODS, Totals
from drivers.emulators.shtrih.tables import FFD_11, FFD_12
from protocols.ffd.charset import to_cp866
from protocols.ffd.tlv import Tlv, decode
from protocols.shtrih.codes import DocumentType

RATES = {
    "20%": 1,
    "10%": 2,
    "20/120": 3,
    "10/110": 4,
    "0%": 5,
    "no_vat": 6,
    "5%": 7,
    "7%": 8,
    "5/105": 9,
    "7/107": 10,
    "22%": 11,
    "22/122": 12,
}
"""Tag 1199."""
TAX_TAGS = {"20%": 1102, "10%": 1103, "0%": 1104, "no_vat": 1105, "20/120": 1106, "10/110": 1107}
PAID_TAGS = {"cash": 1031, "electronic": 1081, "prepaid": 1215, "credit": 1216, "in_kind": 1217}
COUNTER_TAGS = {"sale": (1129, 1145), "refund": (1130, 1232), "purchase": (1131, 1146), "purchase_refund": (1132, 1233)}
"""Of the counters of each kind, and of its corrections."""
SUM_TAGS = {"count": 1135, "cash": 1136, "electronic": 1138, "prepaid": 1218, "credit": 1219, "in_kind": 1220}
SUM_TAGS |= {"total": 1201, "20%": 1139, "10%": 1140, "20/120": 1141, "10/110": 1142, "0%": 1143, "no_vat": 1183}
CORRECTED = frozenset(f"correction_{kind}" for kind in COUNTER_TAGS)
SOLD = CORRECTED | COUNTER_TAGS.keys()
LONGEST_NAME = 128
VERSION = "1.0"  # of the emulated register
PIECE = 0  # tag 2108


def tags_of(document: Document, passport: Passport) -> tuple[Tlv, ...]:
    """What stands in the document, without the outermost structure that its kind names."""
    parts = [*_head(document, passport)]
    if document.kind in SALES:
        parts += _sale(document)
    elif document.kind == DocumentType.SHIFT_OPENED:
        parts += [Tlv(1188, VERSION), Tlv(1189, document.ffd)]
    elif document.kind == DocumentType.SHIFT_CLOSED:
        parts += _closing(document)
    return (*parts, *decode(bytes.fromhex(document.tlv)))


def _head(document: Document, passport: Passport) -> Iterator[Tlv]:
    yield Tlv(1041, passport.fn)
    yield Tlv(1037, passport.rnm)
    yield Tlv(1018, passport.inn)
    yield Tlv(1040, document.fd)
    yield Tlv(1012, _wall(document.at))
    yield Tlv(1077, b"\x21\x04" + int(document.fp).to_bytes(4, "big"))
    yield Tlv(1038, document.shift_number)
    yield Tlv(1209, document.ffd)


def _sale(document: Document) -> Iterator[Tlv]:
    yield Tlv(1042, document.receipt_number)
    yield Tlv(1054, document.operation)
    if document.taxation:
        yield Tlv(1055, document.taxation)
    yield Tlv(1020, document.total_kopecks)
    for item in document.items:
        yield Tlv(1059, tuple(_item(item, document.ffd)))
    paid = dict.fromkeys(PAID_TAGS, 0)
    for slot, kopecks in document.payments.items():
        paid[METHODS.get(slot, "electronic")] += kopecks - document.change_kopecks * (slot == CASH)
    for method, tag in PAID_TAGS.items():
        yield Tlv(tag, paid[method])
    yield from _taxes(document.taxes)


def _item(item: Item, ffd: int) -> Iterator[Tlv]:
    yield Tlv(1030, _name(item.name))
    yield Tlv(1079, item.price_kopecks)
    yield Tlv(1023, item.quantity)
    yield Tlv(1043, item.sum_kopecks)
    yield Tlv(1199, RATES[item.vat])
    yield Tlv(1214, item.method)
    yield Tlv(1212, item.subject)
    given = decode(bytes.fromhex(item.tlv))
    if ffd >= FFD_12 and all(each.tag != 2108 for each in given):
        yield Tlv(2108, PIECE)
    if item.code:
        yield Tlv(1163, (Tlv(1305, _identity(bytes.fromhex(item.code))),))
    yield from given


def _name(name: str) -> str:
    """In letters that the OFD has."""
    try:
        data = to_cp866(name)
    except UnicodeEncodeError:
        data = name.encode("cp866", "replace")
    return data[:LONGEST_NAME].decode("cp866")


def _identity(code: bytes) -> str:
    """What of a marking code names the goods: all before its check code (tag 1305)."""
    return code.split(b"\x1d")[0].decode("cp866")[:38]


def _taxes(taxes: dict[str, int]) -> Iterator[Tlv]:
    """The six rates of old have tags of their own, the others stand in one structure (order of 2024, tag 1115)."""
    others = []
    for rate, kopecks in taxes.items():
        if rate in TAX_TAGS:
            yield Tlv(TAX_TAGS[rate], kopecks)
        else:
            others.append(Tlv(1119, (Tlv(1199, RATES[rate]), Tlv(1120, kopecks))))
    if others:
        yield Tlv(1115, tuple(others))


def _closing(document: Document) -> Iterator[Tlv]:
    totals = document.totals
    if documents := totals.get("documents"):
        yield Tlv(1111, documents["count"])
    yield Tlv(1118, _count(totals, SOLD))
    if document.ffd >= FFD_11:
        yield Tlv(1194, tuple(_shift_totals(totals)))


def _shift_totals(totals: Totals) -> Iterator[Tlv]:
    """Order ЕД-7-20/662@, tags 1194, 1129 to 1133: kinds that there were none of are left out."""
    yield Tlv(1134, _count(totals, SOLD))
    for kind, (tag, _) in COUNTER_TAGS.items():
        if kind in totals:
            yield Tlv(tag, tuple(Tlv(SUM_TAGS[name], totals[kind][name]) for name in SUM_TAGS if name in totals[kind]))
    corrected = {
        tag: totals[f"correction_{kind}"] for kind, (_, tag) in COUNTER_TAGS.items() if f"correction_{kind}" in totals
    }
    if corrected:
        counts = [Tlv(tag, (Tlv(1135, sums["count"]), Tlv(1201, sums["total"]))) for tag, sums in corrected.items()]
        yield Tlv(1133, (Tlv(1144, _count(totals, CORRECTED)), *counts))


def _count(totals: Totals, kinds: Collection[str]) -> int:
    return sum(sums["count"] for kind, sums in totals.items() if kind in kinds)


def _wall(at: datetime) -> datetime:
    """The drive keeps time by the register's clock, to the minute."""
    return at.replace(second=0, microsecond=0, tzinfo=None)
