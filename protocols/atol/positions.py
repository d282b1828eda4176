"""One position of a receipt: the printed line with all that the fiscal document keeps of it."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from protocols.atol.words import AGENTS, RATES, STATUSES, TERMS, UNITS
from protocols.ffd.item import UNITS as UNIT_TEXTS
from protocols.ffd.item import subject_of
from protocols.item import Agent, Item, Line, Marking, Measure, Supplier, plain
from protocols.jsontext import roubles

FFD_12 = "1.2"
RETURNS = (2, 4)
"""Signs (FFD tag 1054) under which goods come back."""


class NotSayable(Exception):
    """The driver's tasks have no place for it; the message is Russian, for the cashier."""


def position(line: Line, sign: int, ffd: str) -> dict[str, Any]:
    """`sign` is FFD tag 1054 of the receipt, `ffd` the version that the register writes. Raises NotSayable."""
    item = line.item
    return told(
        type="position",
        name=line.name,
        price=roubles(line.price_kopecks),
        quantity=plain(line.quantity),
        amount=roubles(line.total_kopecks),
        department=item.department or None,
        tax={"type": RATES[line.vat]},
        paymentMethod=TERMS[item.terms],
        paymentObject=int(subject_of(item, ffd)),
        measurementUnit=_unit(item.measure, ffd),
        agentInfo=item.agent and _agent(item.agent),
        supplierInfo=item.supplier and _supplier(item.supplier),
        exciseSum=None if item.excise_kopecks is None else roubles(item.excise_kopecks),
        countryCode=item.country,
        customsDeclaration=item.declaration,
        additionalAttribute=item.requisite,
        **_marked(item, sign, ffd),
    )


def told(**fields: Any) -> dict[str, Any]:
    """The fields that say something: the driver takes a null for a mistake."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def imc_params(item: Item, marking: Marking, sign: int) -> dict[str, Any]:
    """A marking code as FFD 1.2 has it, for the position and for the check before it. Raises NotSayable."""
    status = _planned_status(item, marking, sign)
    return told(
        imcType="auto",
        imc=_base64(marking.code),
        itemEstimatedStatus=status,
        imcModeProcessing=0,
        itemFractionalAmount=marking.fraction and "{}/{}".format(*marking.fraction),
    )


def _unit(measure: Measure, ffd: str) -> str | None:
    """Before FFD 1.2 a free text, and pieces go without saying."""
    return UNITS[measure] if ffd == FFD_12 else UNIT_TEXTS.get(measure)


def _agent(agent: Agent) -> Mapping[str, Any]:
    return told(
        agents=[AGENTS[agent.kind]],
        payingAgent=told(operation=agent.operation, phones=list(agent.phones)),
        receivePaymentsOperator=told(phones=list(agent.acceptor_phones)),
        moneyTransferOperator=told(
            phones=list(agent.transfer_phones),
            name=agent.transfer_name,
            address=agent.transfer_address,
            vatin=agent.transfer_inn,
        ),
    )


def _supplier(supplier: Supplier) -> Mapping[str, Any]:
    return told(phones=list(supplier.phones), name=supplier.name, vatin=supplier.inn)


def _marked(item: Item, sign: int, ffd: str) -> Mapping[str, Any]:
    if item.marking is None:
        return {}
    if ffd == FFD_12:
        return {"imcParams": imc_params(item, item.marking, sign)}
    return {"markingCode": {"type": "other", "mark": _base64(item.marking.code)}}


def _planned_status(item: Item, marking: Marking, sign: int) -> str:
    """Where the receipt does not say: sold or come back, whole or in part (FFD tag 2003)."""
    if marking.status is None:
        measured = marking.fraction is not None or item.measure is not Measure.PIECE
        return STATUSES[(3 if sign in RETURNS else 1) + measured]
    if marking.status not in STATUSES:
        raise NotSayable(f"планируемый статус товара {marking.status} (тег 2003) в заданиях АТОЛ не предусмотрен")
    return STATUSES[marking.status]


def _base64(code: str) -> str:
    return b64encode(code.encode()).decode()
