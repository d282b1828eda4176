"""What a host adds to an item (tag 1059) beside its name, price, quantity, sum, VAT, subject and terms.

Those seven go by the register's own command; these tags go with it (order ЕД-7-20/662@, table 20).
"""

from collections.abc import Iterator

from protocols.ffd.marking import product_code
from protocols.ffd.tlv import Tlv
from protocols.item import Agent, Item, Line, Marking, Measure, Subject, Supplier
from protocols.receipt import Receipt

UNITS = {
    Measure.GRAM: "г",
    Measure.KILOGRAM: "кг",
    Measure.TON: "т",
    Measure.CENTIMETER: "см",
    Measure.DECIMETER: "дм",
    Measure.METER: "м",
    Measure.SQUARE_CENTIMETER: "кв. см",
    Measure.SQUARE_DECIMETER: "кв. дм",
    Measure.SQUARE_METER: "кв. м",
    Measure.MILLILITER: "мл",
    Measure.LITER: "л",
    Measure.CUBIC_METER: "куб. м",
    Measure.KILOWATT_HOUR: "кВт·ч",
    Measure.GIGACALORIE: "Гкал",
    Measure.DAY: "сутки",
    Measure.HOUR: "час",
    Measure.MINUTE: "мин",
    Measure.SECOND: "с",
    Measure.KILOBYTE: "Кбайт",
    Measure.MEGABYTE: "Мбайт",
    Measure.GIGABYTE: "Гбайт",
    Measure.TERABYTE: "Тбайт",
}
"""Tag 1197, the free text that formats before 1.2 have; a piece needs no word, and "other" has none."""

_MARKED = {Subject.COMMODITY: Subject.COMMODITY_WITH_MARKING, Subject.EXCISE: Subject.EXCISE_WITH_MARKING}
_UNMARKED = {
    Subject.COMMODITY_WITH_MARKING: Subject.COMMODITY,
    Subject.COMMODITY_WITHOUT_MARKING: Subject.COMMODITY,
    Subject.EXCISE_WITH_MARKING: Subject.EXCISE,
    Subject.EXCISE_WITHOUT_MARKING: Subject.EXCISE,
}


def subject_of(item: Item, ffd: str) -> Subject:
    """Tag 1212 as this format knows it: only 1.2 tells marked goods from others, and there a code makes them marked."""
    if ffd != "1.2":
        return _UNMARKED.get(item.subject, item.subject)
    return _MARKED.get(item.subject, item.subject) if item.marking is not None else item.subject


def item_tags(line: Line, receipt: Receipt, ffd: str) -> tuple[Tlv, ...]:
    """What goes with the line in a document of FFD `ffd`: "1.05", "1.1" or "1.2".

    The marking code itself is in it only before 1.2 (tag 1162); in 1.2 a register takes it by a command of its own and
    writes 1163 and 2106 by itself.
    """
    item = line.item
    return (
        *_measure(item, ffd),
        *_marked(item.marking, ffd),
        *_agency(item.agent, item.supplier),
        *(Tlv(tag, value) for tag, value in _given(item)),
    )


def _given(item: Item) -> Iterator[tuple[int, int | str]]:
    if item.excise_kopecks is not None:
        yield 1229, item.excise_kopecks
    if item.country is not None:
        yield 1230, item.country
    if item.declaration is not None:
        yield 1231, item.declaration
    if item.requisite is not None:
        yield 1191, item.requisite


def _measure(item: Item, ffd: str) -> Iterator[Tlv]:
    if ffd == "1.2":
        yield Tlv(2108, int(item.measure))
    elif item.measure in UNITS:
        yield Tlv(1197, UNITS[item.measure])


def _marked(marking: Marking | None, ffd: str) -> Iterator[Tlv]:
    if marking is None:
        return
    if ffd != "1.2":
        yield Tlv(1162, product_code(marking.code))
    elif marking.fraction is not None:
        part, whole = marking.fraction
        yield Tlv(1291, (Tlv(1293, part), Tlv(1294, whole)))


def _agency(agent: Agent | None, supplier: Supplier | None) -> Iterator[Tlv]:
    if agent is not None:
        yield Tlv(1222, int(agent.kind))
        if data := tuple(_agent_data(agent)):
            yield Tlv(1223, data)
    if supplier is not None:
        if data := tuple(_supplier_data(supplier)):
            yield Tlv(1224, data)
        yield Tlv(1226, supplier.inn)


def _agent_data(agent: Agent) -> Iterator[Tlv]:
    yield from (Tlv(1075, phone) for phone in agent.transfer_phones)
    if agent.operation is not None:
        yield Tlv(1044, agent.operation)
    yield from (Tlv(1073, phone) for phone in agent.phones)
    yield from (Tlv(1074, phone) for phone in agent.acceptor_phones)
    if agent.transfer_name is not None:
        yield Tlv(1026, agent.transfer_name)
    if agent.transfer_address is not None:
        yield Tlv(1005, agent.transfer_address)
    if agent.transfer_inn is not None:
        yield Tlv(1016, agent.transfer_inn)


def _supplier_data(supplier: Supplier) -> Iterator[Tlv]:
    yield from (Tlv(1171, phone) for phone in supplier.phones)
    if supplier.name is not None:
        yield Tlv(1225, supplier.name)
