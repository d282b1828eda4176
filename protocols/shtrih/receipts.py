"""Commands that make a receipt (protocol 1.17)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from protocols.shtrih.codecs import (
    S16,
    U8,
    U16,
    U32,
    Array,
    MaybeMoment,
    MaybeMoney,
    Money,
    Number,
    Quantity,
    Rest,
    Scaled,
    rest_text,
)
from protocols.shtrih.commands import Accepted, Command, Done

Line = Annotated[str, rest_text(least=40, most=200)]
FourTaxes = Annotated[tuple[int, ...], Array(4, Number(1))]
NO_PAYMENTS = (0,) * 16


@dataclass(frozen=True)
class OpenReceipt(Command[Done], code=0x8D, name="open receipt", fiscal=True):
    password: U32
    kind: U8
    """A ReceiptKind; 80h more for a correction (driver only)."""


@dataclass(frozen=True)
class CancelReceipt(Command[Done], code=0x88, name="cancel receipt", fiscal=True):
    password: U32


@dataclass(frozen=True)
class Subtotal:
    """Answer to 89h."""

    operator: U8
    total: Money


@dataclass(frozen=True)
class ReadSubtotal(Command[Subtotal], code=0x89, name="subtotal"):
    password: U32


@dataclass(frozen=True, kw_only=True)
class Operation(Command[Accepted], code=0xFF46, name="operation", fiscal=True):
    """One line of a receipt."""

    password: U32
    kind: U8
    """An OperationKind."""
    quantity: Quantity
    price: Money
    """Of one unit."""
    total: MaybeMoney = None
    """None lets the register multiply; else at most one kopeck from price by quantity."""
    tax: MaybeMoney = None
    vat: U8
    """One of VAT_BYTES."""
    department: U8 = 1
    payment_method: U8 = 4
    """Tag 1214: 4 is full payment."""
    subject: U8 = 1
    """Tag 1212: 1 is goods."""
    name: Annotated[str, rest_text(most=128)] = ""
    """A leading // keeps it off the paper."""


@dataclass(frozen=True)
class ReceiptClosed:
    """Answer to FF45h."""

    change: Money
    number: U32
    """Of the fiscal document."""
    sign: U32
    moment: MaybeMoment = None
    """Only with extended answers switched on (table 17, field 36)."""


@dataclass(frozen=True, kw_only=True)
class CloseReceipt(Command[ReceiptClosed], code=0xFF45, name="close receipt", fiscal=True):
    """The payments go by PaymentSlot. The register works the taxes out by itself unless table 1 field 14 is 1."""

    password: U32
    payments: Annotated[tuple[int, ...], Array(16, Number(5))]
    rounding: U8 = 0
    """Kopecks taken off, 0 to 99."""
    vat20: Money = 0
    vat10: Money = 0
    turnover_vat0: Money = 0
    turnover_no_vat: Money = 0
    vat20_120: Money = 0
    vat10_110: Money = 0
    taxation: U8
    """One bit of Taxation."""
    text: Annotated[str, rest_text(most=64)] = ""


@dataclass(frozen=True)
class AddTlv(Command[Accepted], code=0xFF0C, name="TLV to the document", fiscal=True):
    password: U32
    tlv: Annotated[bytes, Rest(most=249)]
    """One or more tags; the manual allows 250 bytes, of which one does not fit the frame."""


@dataclass(frozen=True)
class AddTlvToOperation(Command[Accepted], code=0xFF4D, name="TLV to the operation", fiscal=True):
    password: U32
    tlv: Annotated[bytes, Rest(most=249)]


@dataclass(frozen=True)
class BeginCorrection(Command[Accepted], code=0xFF35, name="begin correction", fiscal=True):
    password: U32


@dataclass(frozen=True)
class CorrectionFormed:
    """Answer to FF36h and FF4Ah."""

    receipt: U16
    number: U32
    sign: U32
    moment: MaybeMoment = None


@dataclass(frozen=True)
class FormCorrection(Command[CorrectionFormed], code=0xFF36, name="form correction", fiscal=True):
    password: U32
    total: Money
    kind: U8
    """1 sale, 3 buy."""


@dataclass(frozen=True, kw_only=True)
class FormCorrectionV2(Command[CorrectionFormed], code=0xFF4A, name="form correction V2", fiscal=True):
    password: U32
    ordered: U8
    """0 of one's own accord, 1 by order of the tax office."""
    kind: U8
    """1 sale, 3 buy."""
    total: Money
    cash: Money = 0
    electronic: Money = 0
    prepaid: Money = 0
    credit: Money = 0
    in_kind: Money = 0
    vat20: Money = 0
    vat10: Money = 0
    turnover_vat0: Money = 0
    turnover_no_vat: Money = 0
    vat20_120: Money = 0
    vat10_110: Money = 0
    taxation: U8


@dataclass(frozen=True)
class OldOperation:
    """The request of 80h to 83h."""

    password: U32
    quantity: Annotated[Decimal, Scaled(5, 3)]
    price: Money
    department: U8 = 0
    taxes: FourTaxes = (0, 0, 0, 0)
    """Groups 1 to 4 of table 6, 0 none."""
    text: Line = ""


@dataclass(frozen=True)
class OldSale(Command[Done], OldOperation, code=0x80, name="sale", fiscal=True):
    pass


@dataclass(frozen=True)
class OldBuy(Command[Done], OldOperation, code=0x81, name="buy", fiscal=True):
    pass


@dataclass(frozen=True)
class OldBuyReturn(Command[Done], OldOperation, code=0x83, name="buy return", fiscal=True):
    pass


@dataclass(frozen=True)
class OldSaleReturn(Command[Done], OldOperation, code=0x82, name="sale return", fiscal=True):
    pass


@dataclass(frozen=True)
class OldReceiptClosed:
    """Answer to 85h; the fiscal document's number is to be asked with FF01h."""

    operator: U8
    change: Money


@dataclass(frozen=True)
class OldCloseReceipt(Command[OldReceiptClosed], code=0x85, name="close receipt, old", fiscal=True):
    password: U32
    payments: Annotated[tuple[int, ...], Array(4, Number(5))]
    """Cash and types 2 to 4."""
    discount: S16 = 0
    """In 0.01 per cent, a surcharge when negative."""
    taxes: FourTaxes = (0, 0, 0, 0)
    text: Line = ""


@dataclass(frozen=True)
class CloseReceiptExtended(Command[OldReceiptClosed], code=0x8E, name="close receipt, extended", fiscal=True):
    """As 85h, with all sixteen payments."""

    password: U32
    payments: Annotated[tuple[int, ...], Array(16, Number(5))]
    discount: S16 = 0
    """In 0.01 per cent, a surcharge when negative."""
    taxes: FourTaxes = (0, 0, 0, 0)
    text: Line = ""
