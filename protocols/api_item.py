"""One item as the POS posts it, and what it means."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, BeforeValidator, Field, StringConstraints, model_validator

from protocols.api_fields import (
    Body,
    Country,
    Inn,
    Phone,
    Quantity,
    Roubles,
    Words24,
    Words32,
    Words64,
    Words128,
    Words256,
    kopecks,
    numbered,
)
from protocols.item import Agent, AgentKind, Item, Marking, Measure, Subject, Supplier, Terms, Vat, plain

RATES: dict[object, Vat] = {Decimal(vat.removesuffix("%")): vat for vat in Vat if vat.endswith("%")}


def _vat(value: object) -> object:
    """20 means "20%": the older field name takes the bare number."""
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return RATES.get(value, value)  # looked up, not spelled out: 1e9999999 is a number too
    return value


RATE = BeforeValidator(_vat, json_schema_input_type=Vat | Literal[tuple(int(str(rate)) for rate in RATES)])
Phones = Annotated[tuple[Phone, ...], Field(max_length=4)]
Code = Annotated[str, StringConstraints(pattern=r"^[\x1d\x20-\x7e]+$", max_length=256)]


class AgentBody(Body):
    """In which role another's goods are sold. Phones: of the paying agent, of who takes payments, of who transfers."""

    kind: Annotated[AgentKind, numbered(AgentKind)] = Field(description="By number or name (tag 1222).")
    operation: Words24 | None = None
    phones: Phones = ()
    acceptor_phones: Phones = ()
    transfer_phones: Phones = ()
    transfer_name: Words64 | None = None
    transfer_address: Words256 | None = None
    transfer_inn: Inn | None = None

    def to_agent(self) -> Agent:
        return Agent(**dict(self))


class SupplierBody(Body):
    """Whose goods are sold, where they are another's (tags 1226, 1225, 1171)."""

    inn: Inn
    name: Words256 | None = None
    phones: Phones = ()

    def to_supplier(self) -> Supplier:
        return Supplier(**dict(self))


class MarkBody(Body):
    """A marking code with what is sold of it. `fraction`: "1/3" of a package. `status` is FFD tag 2003."""

    code: Code
    status: Annotated[int, Field(ge=1, le=255, strict=True)] | None = None
    fraction: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}/[1-9][0-9]{0,8}$")] | None = None

    def to_marking(self) -> Marking:
        if self.fraction is None:
            return Marking(self.code, self.status)
        part, _, whole = self.fraction.partition("/")
        return Marking(self.code, self.status, (int(part), int(whole)))


class ItemBody(Body):
    """One item. `quantity` is taken for `qty`, and `vat_rate`, a number, for `vat`."""

    name: Words128
    qty: Annotated[Quantity, Field(validation_alias=AliasChoices("qty", "quantity"))]
    price: Roubles = Field(description="Of one, before the discount: roubles, as a number or a string.")
    vat: Annotated[
        Vat,
        RATE,
        Field(validation_alias=AliasChoices("vat", "vat_rate")),
    ]
    discount: Roubles = Field(Decimal(0), description="On the whole item, in roubles.")
    sku: Words64 | None = Field(None, description="Your own number for it; it is not printed.")
    payment_method: Annotated[Terms, numbered(Terms)] = Field(
        Terms.FULL_PAYMENT, description="How it is paid for (tag 1214), by number or name."
    )
    payment_object: Annotated[Subject, numbered(Subject)] = Field(
        Subject.COMMODITY, description="What it is (tag 1212), by number or name."
    )
    measure: Annotated[Measure, numbered(Measure)] = Field(
        Measure.PIECE, description="What the quantity counts (tag 2108), by number or name."
    )
    agent: AgentBody | None = None
    supplier: SupplierBody | None = None
    mark_code: Code | None = Field(None, description="The marking code as scanned, separators (1Dh) and all.")
    mark: MarkBody | None = Field(None, description="In place of mark_code, where there is more to say.")
    excise: Roubles | None = Field(None, description="In roubles (tag 1229).")
    country: Country | None = Field(None, description="Of origin, by its three digits in ОКСМ (tag 1230).")
    customs_declaration: Words32 | None = Field(None, description="Its number (tag 1231).")
    additional: Words64 | None = Field(None, description="The item's additional requisite (tag 1191).")
    department: Annotated[int, Field(ge=0, le=16, strict=True, description="Of the shop, as registers count them.")] = 0

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.mark_code is not None and self.mark is not None:
            raise ValueError("mark_code or mark, not both")
        return self

    def to_item(self) -> Item:
        return Item(
            self.name,
            plain(self.qty),
            kopecks(self.price),
            self.vat,
            kopecks(self.discount),
            self.sku,
            terms=self.payment_method,
            subject=self.payment_object,
            measure=self.measure,
            agent=None if self.agent is None else self.agent.to_agent(),
            supplier=None if self.supplier is None else self.supplier.to_supplier(),
            marking=self._marking(),
            excise_kopecks=None if self.excise is None else kopecks(self.excise),
            country=self.country,
            declaration=self.customs_declaration,
            requisite=self.additional,
            department=self.department,
        )

    def _marking(self) -> Marking | None:
        if self.mark is not None:
            return self.mark.to_marking()
        return None if self.mark_code is None else Marking(self.mark_code)
