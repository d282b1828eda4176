"""A receipt as the POS posts it, and what it means."""

from datetime import date
from typing import Annotated, Self

from pydantic import AliasChoices, Field, StrictBool, StringConstraints, model_validator

from protocols.api_fields import (
    Body,
    Inn,
    PrintedLine,
    Roubles,
    Words16,
    Words32,
    Words64,
    Words256,
    kopecks,
    numbered,
)
from protocols.api_item import ItemBody
from protocols.receipt import (
    Buyer,
    Cashier,
    Correction,
    Kind,
    Method,
    Payment,
    Receipt,
    Requisite,
    Taxation,
)

Lines = Annotated[tuple[PrintedLine, ...], Field(max_length=20)]


class PaymentBody(Body):
    """`card` and `acquiring` are cashless (tag 1081), `prepaid` offsets an advance (1215), `credit` is paid later
    (1216), `other` is a counter-provision (1217). `type` is taken for `method`.
    """

    method: Annotated[Method, Field(validation_alias=AliasChoices("method", "type"))]
    amount: Roubles


class CustomerBody(Body):
    """Where the OFD sends the electronic receipt (tag 1008): `email` before `phone`."""

    email: Annotated[str, StringConstraints(max_length=64, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{10,15}$")] | None = None


class CorrectionBody(Body):
    """Why a correction is made. `date`: of what is corrected; `number`: of the tax office's order; `of`: its kind."""

    date: date
    ordered: bool = False
    number: Words32 | None = None
    of: Kind = Kind.SALE

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.ordered and self.number is None:
            raise ValueError("a correction ordered by the tax office needs the number of the order")
        if self.of is Kind.CORRECTION:
            raise ValueError("a correction is of a sale, refund, purchase or purchase_refund")
        return self

    def to_correction(self) -> Correction:
        return Correction(self.date, self.ordered, self.number, self.of)


class CashierBody(Body):
    """Who sold (tags 1021 and 1203)."""

    name: Words64
    inn: Inn | None = None


class BuyerBody(Body):
    """A buyer who is a firm or wants to be named (tags 1227 and 1228)."""

    name: Words256 | None = None
    inn: Inn | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.name is None and self.inn is None:
            raise ValueError("a name, an inn, or both")
        return self


class RequisiteBody(Body):
    """The shop's own line in the document (tag 1084)."""

    name: Words64
    value: Words256


class ReceiptBody(Body):
    """A receipt: what is sold, how it is paid, and whatever else the formats of fiscal data (FFD) know of it."""

    pos_id: Words64 = Field(description="The register that is to print it, by the name that the settings give it.")
    type: Kind
    items: Annotated[list[ItemBody], Field(min_length=1, max_length=100)]
    payments: Annotated[list[PaymentBody], Field(min_length=1, max_length=16)]
    customer: CustomerBody = CustomerBody()
    correction: CorrectionBody | None = Field(None, description="With the type `correction`, and only then.")
    cashier: CashierBody | None = None
    taxation: Annotated[Taxation, numbered(Taxation)] | None = Field(
        None, description="By number or name (tag 1055); without it the register's own."
    )
    buyer: BuyerBody | None = None
    requisite: RequisiteBody | None = None
    note: Words16 | None = Field(None, description="The receipt's additional requisite (tag 1192).")
    place: Words256 | None = Field(None, description="Where it is settled (tag 1187); with `internet` the shop's site.")
    internet: StrictBool = Field(False, description="Settled over the internet (tag 1125).")
    paperless: StrictBool = Field(False, description="Into the fiscal drive only, for the buyer gets it by mail.")
    header: Lines = Field((), description="Lines above the receipt, no part of the document.")
    footer: Lines = Field((), description="Lines below the receipt, no part of the document.")

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.type is Kind.CORRECTION) != (self.correction is not None):
            raise ValueError("correction (date, ordered, number) is needed with the type correction, and only there")
        return self

    def to_receipt(self) -> Receipt:
        return Receipt(
            self.pos_id,
            self.type,
            tuple(item.to_item() for item in self.items),
            tuple(Payment(payment.method, kopecks(payment.amount)) for payment in self.payments),
            self.customer.email,
            self.customer.phone,
            correction=None if self.correction is None else self.correction.to_correction(),
            cashier=None if self.cashier is None else Cashier(self.cashier.name, self.cashier.inn),
            taxation=self.taxation,
            buyer=None if self.buyer is None else Buyer(self.buyer.name, self.buyer.inn),
            requisite=None if self.requisite is None else Requisite(self.requisite.name, self.requisite.value),
            note=self.note,
            place=self.place,
            internet=self.internet,
            paperless=self.paperless,
            header=self.header,
            footer=self.footer,
        )
