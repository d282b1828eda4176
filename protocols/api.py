"""What the POS posts: the shape of a request, and the receipt it means.

Field names are those of the outside contract; `quantity`, `vat_rate` and a payment's `type` are taken too.
Money comes in roubles as a JSON number or a string and never meets a float.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self, TypeVar

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from protocols.decision import Decision, Verb
from protocols.item import Item, Vat, plain
from protocols.receipt import MAX_KOPECKS, Correction, Kind, Method, Payment, Receipt
from protocols.till import CASH, TillWork, Work


class BadRequest(Exception):
    """The request cannot be taken; `code` and `details` for a program, the message for a person."""

    def __init__(self, code: str, message: str, details: object = None) -> None:
        super().__init__(message)
        self.code, self.message, self.details = code, message, details


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("a number is needed, not true or false")
    return value


RATES: dict[object, Vat] = {Decimal(vat.removesuffix("%")): vat for vat in Vat if vat.endswith("%")}


def _vat(value: object) -> object:
    """20 means "20%": the older field name takes the bare number."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return RATES.get(value, value)  # looked up, not spelled out: 1e9999999 is a number too
    return value


MAX_ROUBLES = Decimal(MAX_KOPECKS).scaleb(-2)
Roubles = Annotated[Decimal, BeforeValidator(_no_bool), Field(ge=0, le=MAX_ROUBLES, decimal_places=2)]
Quantity = Annotated[Decimal, BeforeValidator(_no_bool), Field(gt=0, le=Decimal(99_999), decimal_places=6)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


B = TypeVar("B", bound=Body)


class ItemBody(Body):
    name: Name
    qty: Annotated[Quantity, Field(validation_alias=AliasChoices("qty", "quantity"))]
    price: Roubles
    vat: Annotated[Vat, BeforeValidator(_vat), Field(validation_alias=AliasChoices("vat", "vat_rate"))]
    discount: Roubles = Decimal(0)
    sku: Short | None = None
    mark_code: None = None  # goods with a marking code are not sold by this version: refused, not forgotten

    def to_item(self) -> Item:
        discount = _kopecks(self.discount)
        return Item(self.name, plain(self.qty), _kopecks(self.price), self.vat, discount, self.sku)


class PaymentBody(Body):
    method: Annotated[Method, Field(validation_alias=AliasChoices("method", "type"))]
    amount: Roubles


class CustomerBody(Body):
    email: Annotated[str, StringConstraints(max_length=64, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{10,15}$")] | None = None


class CorrectionBody(Body):
    """Why a correction is made. `date`: of the sale that was not printed; `number`: of the tax office's order."""

    date: date
    ordered: bool = False
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.ordered and self.number is None:
            raise ValueError("a correction ordered by the tax office needs the number of the order")
        return self

    def to_correction(self) -> Correction:
        return Correction(self.date, self.ordered, self.number)


class ReceiptBody(Body):
    pos_id: Short
    type: Kind
    items: Annotated[list[ItemBody], Field(min_length=1, max_length=100)]
    payments: Annotated[list[PaymentBody], Field(min_length=1, max_length=16)]
    customer: CustomerBody = CustomerBody()
    correction: CorrectionBody | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.type is Kind.CORRECTION) != (self.correction is not None):
            raise ValueError("correction (date, ordered, number) is needed with the type correction, and only there")
        return self

    def to_receipt(self) -> Receipt:
        payments = tuple(Payment(payment.method, _kopecks(payment.amount)) for payment in self.payments)
        items = tuple(item.to_item() for item in self.items)
        contact = self.customer
        why = None if self.correction is None else self.correction.to_correction()
        return Receipt(self.pos_id, self.type, items, payments, contact.email, contact.phone, why)


class ResolveBody(Body):
    """A person's decision on an unknown receipt: `fd` says as which document it is on paper.

    `fn`, `fp` and `fiscal_datetime` as on the paper are needed when the fiscal drive was replaced since.
    """

    decision: Verb
    who: Short
    fd: Annotated[int, Field(ge=1, le=2**32 - 1)] | None = None
    fn: Annotated[str, StringConstraints(pattern=r"^[0-9]{16}$")] | None = None
    fp: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}$")] | None = None
    fiscal_datetime: AwareDatetime | None = None


class ShiftBody(Body):
    pos_id: Short


class CashBody(ShiftBody):
    amount: Annotated[Roubles, Field(gt=0)]


def parse_till_work(work: Work, data: Any) -> TillWork:
    """Raises BadRequest."""
    if work in CASH:
        cash = _validated(CashBody, data)
        return TillWork(cash.pos_id, work, _kopecks(cash.amount))
    return TillWork(_validated(ShiftBody, data).pos_id, work)


def parse_decision(data: Any) -> Decision:
    """Raises BadRequest."""
    body = _validated(ResolveBody, data)
    return Decision(body.decision, body.who, body.fd, body.fn, body.fp, body.fiscal_datetime)


def parse_receipt(data: Any) -> Receipt:
    """The receipt that parsed JSON means. Raises BadRequest, which names every field that is wrong."""
    receipt = _validated(ReceiptBody, data).to_receipt()
    _check_sums(receipt)
    return receipt


def _validated(model: type[B], data: Any) -> B:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        wrong = [
            {"field": _path(entry["loc"]), "problem": entry["msg"].removeprefix("Value error, ")}
            for entry in error.errors(include_url=False)
        ]
        message = "; ".join(f"{entry['field']}: {entry['problem']}" for entry in wrong[:5])
        raise BadRequest("VALIDATION_ERROR", message, wrong) from None


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


def _kopecks(roubles: Decimal) -> int:
    return int(roubles.scaleb(2))
