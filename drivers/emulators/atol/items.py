"""A position of a receipt, checked as the driver and the register check it, as an item of the fiscal document."""

from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from drivers.emulators.atol import tags, values
from drivers.emulators.atol.device import Device
from drivers.emulators.atol.errors import Error, Refuse
from drivers.emulators.atol.marking import check_marked, marking_code
from drivers.emulators.atol.parts import AgentInfo, Fields, Number, Position, SupplierInfo, kopecks, read
from drivers.emulators.fiscal.documents import Item

MAX_NAME = 128  # characters (FFD tag 1030)
MAX_UNIT = 16  # tag 1197
MAX_QUANTITY = 10**6
PLACES = 6
"""Digits of a quantity behind the point; whether older formats take but three is not documented."""
TEXTS = frozenset({"text", "barcode", "pictureFromMemory", "pixels", "additionalAttribute", "userAttribute"})
"""What may stand between positions, and is no part of the sum."""


def items(device: Device, elements: Iterable[Fields], *, validates: bool = False) -> tuple[Item, ...]:
    """Raises Refuse. `validates`: marking codes that were not checked before are checked now."""
    positions = [read(each, Position) for each in elements if _is_position(each)]
    for position in positions:
        check_marked(device, position, validates=validates)
    return tuple(_item(device, position) for position in positions)


def _is_position(element: Fields) -> bool:
    kind = str(element.get("type"))
    if kind != "position" and kind not in TEXTS:
        raise Refuse(Error.RECEIPT_PARSE_ERROR, f"items[].type {kind!r}")
    return kind == "position"


def _item(device: Device, position: Position) -> Item:
    _check_name(position.name)
    price, amount = kopecks(position.price), kopecks(position.amount)
    quantity = _quantity(position.quantity)
    if abs(amount - int((price * quantity).to_integral_value(ROUND_HALF_UP))) > 1:
        raise Refuse(Error.INVALID_SUM, f"{position.price} × {position.quantity} ≠ {position.amount}")
    return Item(
        name=position.name,
        quantity=quantity,
        price_kopecks=price,
        sum_kopecks=amount,
        vat=rate(position.tax.type),
        department=position.department,
        method=_one_of(values.METHODS, position.payment_method, Error.INVALID_PAYMENT_METHOD),
        subject=_subject(device.ffd, position.payment_object),
        tags=dict(_tags(device, position)),
        code=marking_code(position),
    )


def rate(word: str) -> str:
    """The drive's name of the rate. Raises Refuse."""
    if word not in values.RATES:
        raise Refuse(Error.INVALID_TAX_TYPE, word)
    return values.RATES[word]


def agent_tags(agent: AgentInfo | None, supplier: SupplierInfo | None) -> Iterator[tuple[int, str]]:
    """Raises Refuse: a companion that the agent's kind needs is not there (FFD, notes to tag 1222)."""
    if agent is not None:
        yield 1222, tags.number(_agent_bits(agent, supplier), 1)
        yield from tags.texts({1044: agent.paying_agent.operation if agent.paying_agent else ""})
        if transfer := agent.money_transfer_operator:
            yield from tags.texts({1026: transfer.name, 1005: transfer.address, 1016: transfer.vatin})
    if supplier is not None:
        yield from tags.texts({1226: supplier.vatin, 1225: supplier.name, 1171: ", ".join(map(str, supplier.phones))})


def _agent_bits(agent: AgentInfo, supplier: SupplierInfo | None) -> int:
    bits = 0
    for word in agent.agents:
        bits |= _one_of(values.AGENTS, word, Error.INVALID_AGENT_PROPERTY)
    missing = [
        bits & values.BANK_AGENTS and agent.paying_agent is None and "payingAgent",
        bits & values.BANK_AGENTS and agent.money_transfer_operator is None and "moneyTransferOperator",
        bits & values.PAYING_AGENTS and agent.receive_payments_operator is None and "receivePaymentsOperator",
        (supplier is None or not supplier.vatin) and "supplierInfo.vatin",
    ]
    if found := [name for name in missing if name]:
        raise Refuse(Error.NO_REQUIRED_PROPERTY, ", ".join(map(str, found)))
    return bits


def _tags(device: Device, position: Position) -> Iterator[tuple[int, str]]:
    yield from agent_tags(position.agent_info, position.supplier_info)
    yield from _measure(device.ffd, position.measurement_unit)
    texts = {1191: position.additional_attribute, 1230: position.country_code, 1231: position.customs_declaration}
    yield from tags.texts(texts)
    if position.excise_sum is not None:
        yield 1229, tags.number(kopecks(position.excise_sum), 6)
    if found := marking_code(position):
        yield 1163 if device.ffd == "1.2" else 1162, found


def _measure(ffd: str, unit: str | int | None) -> Iterator[tuple[int, str]]:
    if ffd == "1.2":
        number = unit if isinstance(unit, int) else values.MEASURES.get(unit or "piece")
        if number is None or number not in values.MEASURES.values():
            raise Refuse(Error.INVALID_MEASUREMENT_UNIT, str(unit))
        yield 2108, tags.number(number, 1)
    elif unit is not None:
        if len(str(unit)) > MAX_UNIT:
            raise Refuse(Error.INVALID_MEASUREMENT_UNIT, str(unit))
        yield 1197, str(unit)


def _subject(ffd: str, subject: str | int) -> int:
    number = subject if isinstance(subject, int) else values.OBJECTS.get(subject)
    if number is None or number not in values.OBJECTS.values():
        raise Refuse(Error.INVALID_PAYMENT_OBJECT, str(subject))
    if ffd != "1.2" and number in values.SINCE_FFD_1_2:
        raise Refuse(Error.INVALID_PAYMENT_OBJECT, str(subject))
    return number


def _quantity(quantity: Number) -> Decimal:
    if not 0 < quantity < MAX_QUANTITY:
        raise Refuse(Error.INVALID_QUANTITY, str(quantity))
    exact = Decimal(quantity).scaleb(PLACES)
    if exact != int(exact):
        raise Refuse(Error.INVALID_QUANTITY, str(quantity))
    return Decimal(quantity)


def _check_name(name: str) -> None:
    if not name or len(name) > MAX_NAME:
        raise Refuse(Error.INVALID_PARAM, "name")
    if not name.isprintable():
        raise Refuse(Error.NON_PRINTABLE_CHARACTER, "name")


def _one_of(words: dict[str, int], word: str, code: Error) -> int:
    if word not in words:
        raise Refuse(code, word)
    return words[word]
