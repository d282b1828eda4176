"""What the formats forbid in a receipt: a table of rules, each with the tag it is about.

The rest of what the formats ask is not in the table, since a `Receipt` cannot break it or does not know:
- sums of lines, of the document and of its taxes (V01, V02, V10) are counted by `Item.lines` and `rates`;
- what is paid against what is sold (V03, V04, V12) has codes of its own in `protocols.api`;
- one sign, one taxation, a rate in each item, items at all (V05, V06, V08, V27) are in the shape of a `Receipt`;
- tags that only one format knows (V23, V24) are chosen by `item` and `document`;
- clock, shift, mode and cash in the drawer (V17 - V20, V28, V29) are the register's; its number (V22) is in `rnm`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from msgspec import Struct

from protocols.ffd.dictionary import TAGS, name_of
from protocols.ffd.document import document_tags
from protocols.ffd.inn import is_inn
from protocols.ffd.item import item_tags
from protocols.ffd.tlv import MAX_BYTES, Tlv, Unencodable, encode, first
from protocols.item import Agent, AgentKind, Line, Measure, Terms
from protocols.receipt import Kind, Receipt

NEWEST = "1.2"


class Breach(Struct, frozen=True):
    """`rule` is broken at `tag`; `text` says it in Russian, for the cashier and for who writes the POS."""

    rule: str
    tag: int
    text: str


Found = Iterator[tuple[int, str]]  # tags and what is wrong with them


class Rule(Struct, frozen=True):
    """`formats`: those that have the rule; empty means all."""

    name: str
    find: Callable[[Receipt, str], Found]
    formats: frozenset[str] = frozenset()


def check(receipt: Receipt, ffd: str | None) -> list[Breach]:
    """What the receipt breaks in documents of FFD `ffd`; None: what it breaks in documents of any format."""
    return [
        Breach(rule.name, tag, f"{name_of(tag)}: {problem}")
        for rule in RULES
        if not rule.formats or ffd in rule.formats
        for tag, problem in rule.find(receipt, ffd or NEWEST)
    ]


def check_dates(receipt: Receipt, latest: date) -> list[Breach]:
    """What the receipt says of days to come; `latest`: the date where it is tomorrow already."""
    if receipt.correction is None or receipt.correction.of_day <= latest:
        return []
    day = receipt.correction.of_day
    return [Breach("V25", 1178, f"{name_of(1178)}: {day:%d.%m.%Y} ещё не настало, а исправляют то, что уже было")]


def _credit_payment_alone(receipt: Receipt, _: str) -> Found:
    paid_back = any(item.terms is Terms.CREDIT_PAYMENT for item in receipt.items)
    if paid_back and sum(1 for _line in receipt.lines()) > 1:
        yield 1214, "«оплата кредита» должна быть единственной позицией чека"


def _one_marked_piece(receipt: Receipt, _: str) -> Found:
    for item in receipt.items:
        if item.marking is None:
            continue
        if item.measure is Measure.PIECE and item.quantity != 1:
            yield 1023, f"«{item.name}»: один код маркировки - одна штука, а указано {item.quantity}"
        if item.marking.fraction is not None and not 0 < item.marking.fraction[0] < item.marking.fraction[1]:
            yield 1291, f"«{item.name}»: числитель должен быть больше нуля и меньше знаменателя"


def _sayable(receipt: Receipt, ffd: str) -> Found:
    """Texts as long as their tags, in letters of CP866, without control characters; an item as long as 1059."""
    yield from _unsayable(document_tags(receipt, ffd))
    for item in receipt.items:
        whole = Line(item, item.quantity, item.price_kopecks, 0)  # whatever lines it is printed in, the tags are these
        yield from _unsayable((Tlv(1030, item.name), *item_tags(whole, receipt, ffd)), _ROOM)


def _unsayable(tags: tuple[Tlv, ...], room: int = MAX_BYTES) -> Found:
    """The first tag that cannot hold its value, and each text with a character that is not printed."""
    try:
        if len(encode(tags)) > room:
            yield 1059, "сведений о позиции больше, чем помещается в чек"
    except Unencodable as error:
        yield error.tag, error.why
    for tag, text in _texts(tags):
        if _CONTROL.search(text):
            yield tag, "недопустимый управляющий символ"


def _contact_reachable(receipt: Receipt, ffd: str) -> Found:
    if receipt.contact is not None and not _CONTACT.fullmatch(first(document_tags(receipt, ffd), 1008)):
        yield 1008, "нужен телефон («+» и цифры) или адрес электронной почты"


def _internet_settlement(receipt: Receipt, _: str) -> Found:
    if receipt.internet and receipt.contact is None:
        yield 1008, "при расчёте в Интернете обязателен телефон или адрес покупателя"
    if receipt.internet and receipt.place is None:
        yield 1187, "при расчёте в Интернете обязателен адрес сайта"


def _agent_complete(receipt: Receipt, _: str) -> Found:
    for item in receipt.items:
        if item.agent is None:
            continue
        if item.supplier is None:
            yield 1226, f"«{item.name}»: продажа агентом, нужен ИНН поставщика"
        missing = (tag for tag, is_given in _NEEDS.get(item.agent.kind, ()) if not is_given(item.agent))
        yield from ((tag, f"«{item.name}»: обязательно для агента этого вида") for tag in missing)


def _inns_right(receipt: Receipt, _: str) -> Found:
    for tag, inn in _inns(receipt):
        if not is_inn(inn):
            yield tag, f"{inn} - не ИНН: неверны контрольные цифры или длина"


def _order_numbered(receipt: Receipt, _: str) -> Found:
    if receipt.correction is not None and receipt.correction.ordered and not receipt.correction.number:
        yield 1179, "для коррекции по предписанию нужен его номер"


def _correction_of_105(receipt: Receipt, _: str) -> Found:
    if receipt.correction is not None and receipt.correction.of not in (Kind.SALE, Kind.PURCHASE):
        yield 1054, "в ФФД 1.05 исправляют только приход и расход; возврат пробивают обычным чеком"


def _inns(receipt: Receipt) -> Iterator[tuple[int, str]]:
    if receipt.cashier is not None and receipt.cashier.inn is not None:
        yield 1203, receipt.cashier.inn
    if receipt.buyer is not None and receipt.buyer.inn is not None:
        yield 1228, receipt.buyer.inn
    for item in receipt.items:
        if item.supplier is not None:
            yield 1226, item.supplier.inn
        if item.agent is not None and item.agent.transfer_inn is not None:
            yield 1016, item.agent.transfer_inn


def _texts(tags: Iterable[Tlv]) -> Iterator[tuple[int, str]]:
    for each in tags:
        if isinstance(each.value, str):
            yield each.tag, each.value
        elif isinstance(each.value, tuple):
            yield from _texts(each.value)


_BY_COMMAND = (1214, 1212, 1079, 1023, 1199, 1200, 1043)  # of each item, beside its name
_ROOM = (TAGS[1059].size or 0) - sum(4 + (TAGS[tag].size or 0) for tag in _BY_COMMAND)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTACT = re.compile(r"\+[0-9]{10,18}|[^@\s]+@[^@\s]+")

_BANK_AGENT: tuple[tuple[int, Callable[[Agent], object]], ...] = (
    (1044, lambda agent: agent.operation),
    (1073, lambda agent: agent.phones),
    (1075, lambda agent: agent.transfer_phones),
    (1026, lambda agent: agent.transfer_name),
    (1005, lambda agent: agent.transfer_address),
    (1016, lambda agent: agent.transfer_inn),
)
_PAYING_AGENT: tuple[tuple[int, Callable[[Agent], object]], ...] = (
    (1073, lambda agent: agent.phones),
    (1074, lambda agent: agent.acceptor_phones),
)
_NEEDS = {
    AgentKind.BANK_PAYING_AGENT: _BANK_AGENT,
    AgentKind.BANK_PAYING_SUBAGENT: _BANK_AGENT,
    AgentKind.PAYING_AGENT: _PAYING_AGENT,
    AgentKind.PAYING_SUBAGENT: _PAYING_AGENT,
}

RULES = (
    Rule("V07", _credit_payment_alone),
    Rule("V11", _one_marked_piece),
    Rule("V13", _sayable),
    Rule("V14", _contact_reachable),
    Rule("V15", _internet_settlement),
    Rule("V16", _agent_complete),
    Rule("V21", _inns_right),
    Rule("V25", _order_numbered),
    Rule("V26", _correction_of_105, frozenset({"1.05"})),
)
