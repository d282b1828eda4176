"""What the POS posts: the shape of a request, and the receipt it means.

Field names are those of the outside contract; `quantity`, `vat_rate` and a payment's `type` are taken too.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import Field, StringConstraints, ValidationError

from protocols.api_fields import Body, MoreRoubles, PrintedLine, Time, Words64, kopecks
from protocols.api_receipt import ReceiptBody
from protocols.decision import Decision, Verb
from protocols.ffd.rules import Breach, check, check_dates
from protocols.receipt import MAX_KOPECKS, Receipt
from protocols.till import CASH, TillWork, Work
from protocols.unfiscal import Text


class BadRequest(Exception):
    """The request cannot be taken; `code` and `details` for a program, the message for a person."""

    def __init__(self, code: str, message: str, details: object = None) -> None:
        super().__init__(message)
        self.code, self.message, self.details = code, message, details


class AgainstRules(BadRequest):
    """A receipt that no format of fiscal data allows; `details` names each rule and tag.

    It stays one that may be known already: rules are added with the years, and a key keeps its answer.
    """

    def __init__(self, receipt: Receipt, breaches: Sequence[Breach]) -> None:
        found = [{"rule": breach.rule, "tag": breach.tag, "problem": breach.text} for breach in breaches]
        super().__init__("FFD_RULE", "; ".join(breach.text for breach in breaches[:5]), found)
        self.receipt = receipt


B = TypeVar("B", bound=Body)
NAMED = 500  # wrong fields at most are named, each by itself


class ResolveBody(Body):
    """A person's decision on an unknown receipt: `fd` says as which document it is on paper.

    `fn`, `fp` and `fiscal_datetime` as on the paper are needed when the fiscal drive was replaced since.
    """

    decision: Verb
    who: Words64 = Field(description="Who decided; kept with the order.")
    fd: Annotated[int, Field(ge=1, le=2**32 - 1)] | None = None
    fn: Annotated[str, StringConstraints(pattern=r"^[0-9]{16}$")] | None = None
    fp: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}$")] | None = None
    fiscal_datetime: Time | None = None


class ShiftBody(Body):
    """Which register is meant."""

    pos_id: Words64 = Field(description="The register, by the name that the settings give it.")


class CashBody(ShiftBody):
    """Cash for the drawer of a register, or out of it."""

    amount: MoreRoubles


class TextBody(ShiftBody):
    """Lines that are no document; each is cut by the register to the width of its paper."""

    lines: Annotated[list[PrintedLine], Field(min_length=1, max_length=100)]


Address = Annotated[str, StringConstraints(max_length=300)]
SerialPort = Annotated[str, StringConstraints(pattern=r"^/dev(/\w[\w.:+-]*)+$", max_length=300)]


class PlacesBody(Body):
    """Where to look for registers: `tcp` as HOST, HOST:PORT or A.B.C.0/24, `serial` as /dev/ttyUSB0."""

    tcp: Annotated[tuple[Address, ...], Field(max_length=64)] = ()
    serial: Annotated[tuple[SerialPort, ...], Field(max_length=64)] = ()


def parse_places(data: Any) -> tuple[Sequence[str], Sequence[str]]:
    """Serial ports, and TCP addresses as `protocols.places` takes them. Raises BadRequest."""
    body = validated(PlacesBody, data)
    return body.serial, body.tcp


def parse_pos_id(data: Any) -> str:
    """Of a request that says no more than of which register. Raises BadRequest."""
    return validated(ShiftBody, data).pos_id


def parse_text(data: Any) -> tuple[str, Text]:
    """The pos_id and what to print there. Raises BadRequest."""
    body = validated(TextBody, data)
    return body.pos_id, Text(tuple(body.lines))


def parse_till_work(work: Work, data: Any) -> TillWork:
    """Raises BadRequest."""
    if work in CASH:
        cash = validated(CashBody, data)
        return TillWork(cash.pos_id, work, kopecks(cash.amount))
    return TillWork(validated(ShiftBody, data).pos_id, work)


def parse_decision(data: Any) -> Decision:
    """Raises BadRequest."""
    body = validated(ResolveBody, data)
    return Decision(body.decision, body.who, body.fd, body.fn, body.fp, body.fiscal_datetime)


def parse_receipt(data: Any, latest: date = date.max) -> Receipt:
    """The receipt that parsed JSON means. Raises BadRequest, which names every field that is wrong; AgainstRules.

    `latest`: the last day of which it may speak. What only some formats forbid the register's driver finds.
    """
    receipt = validated(ReceiptBody, data).to_receipt()
    _check_sums(receipt)
    if breaches := [*check(receipt, None), *check_dates(receipt, latest)]:
        raise AgainstRules(receipt, breaches)
    return receipt


def validated(model: type[B], data: Any) -> B:
    """Raises BadRequest, which names every field that is wrong."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        wrong = _wrong(error)
        message = "; ".join(f"{entry['field']}: {entry['problem']}" for entry in wrong[:5])
        raise BadRequest("VALIDATION_ERROR", message, wrong) from None


def _wrong(error: ValidationError) -> list[dict[str, str]]:
    """Each field; of thousands only how many, for the answer would be ten times as long as the request."""
    if error.error_count() > NAMED:
        return [{"field": "body", "problem": f"{error.error_count()} things are wrong with it"}]
    return [
        {"field": _path(entry["loc"]), "problem": entry["msg"].removeprefix("Value error, ")}
        for entry in error.errors(include_url=False)
    ]


def _check_sums(receipt: Receipt) -> None:
    for item in receipt.items:
        if item.total_kopecks < 0:
            raise BadRequest("DISCOUNT_ABOVE_PRICE", f"The discount on {item.name!r} is more than its price.")
    total, cash, cashless = receipt.total_kopecks, receipt.cash_kopecks, receipt.cashless_kopecks
    sums = {"total_kopecks": total, "cash_kopecks": cash, "cashless_kopecks": cashless}
    if total > MAX_KOPECKS:
        raise BadRequest("TOTAL_TOO_LARGE", "The total is more than a register can hold.", sums)
    if cash + cashless < total:
        raise BadRequest("PAYMENTS_BELOW_TOTAL", "The payments do not cover the total.", sums)
    if cashless > total:
        raise BadRequest("CASHLESS_ABOVE_TOTAL", "Only cash may be more than the total: change is cash.", sums)


def _path(location: tuple[int | str, ...]) -> str:
    """("items", 0, "price") reads as items[0].price."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return text.lstrip(".") or "body"
