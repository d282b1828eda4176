"""Orders: receipts and the till's own work, as they are printed and as they live on."""

from typing import Literal

from pydantic import Field

from protocols.api_answers.base import Answer, Fd, Fn, Fp, Moment, OrderId, PosId, Roubles
from protocols.api_answers.problem import Problem
from protocols.life import State
from protocols.receipt import Kind
from protocols.till import Work


class FiscalDoc(Answer):
    """A receipt in the fiscal drive, as the register reports it."""

    fn: Fn
    fd: Fd
    fp: Fp
    fiscal_datetime: Moment = Field(description="By the register's clock, with the zone that the settings give it.")
    shift_number: int | None = Field(description="Null where the register keeps no record of it.")
    receipt_number: int | None = Field(description="Within the shift; null where the register keeps no record of it.")
    kkt_number: str = Field(description="The register's number with the tax office (РНМ).")
    total: Roubles
    qr: str = Field(description="The text of the receipt's QR code, as the tax office's apps read it.")


class ShiftReport(Answer):
    """A shift opened or closed, as the drive keeps it."""

    fn: Fn
    fd: Fd
    fp: Fp
    fiscal_datetime: Moment
    shift_number: int
    kkt_number: str


class CashSlip(Answer):
    """Cash put in or taken out: paper, but no fiscal document."""

    fn: Fn
    number: int = Field(description="The how-manieth slip of its kind in the shift.")
    amount: Roubles


class BufferInfo(Answer):
    """How a receipt waits while the way to the OFD is shut."""

    queue_position: int
    total_queued: int
    estimated_sync_time: Moment | None = Field(description="When it will be there, if that is known.")


class ReceiptPrinted(Answer):
    """On paper and on disk. A repeat of the request gets this very answer, byte for byte."""

    status: Literal["printed", "buffered"] = Field(
        description="`printed`: the way to the OFD is open. `buffered`: it is known to be shut, and the receipt waits."
    )
    receipt_id: OrderId
    pos_id: PosId | None = Field(None, description="Only where another register printed it: the one that was asked.")
    printed_on: PosId | None = Field(None, description="Only where a stand-in printed it: the stand-in.")
    fiscal_doc: FiscalDoc
    buffer_info: BufferInfo | None = Field(description="Null while the way to the OFD is open.")


class WorkDone(Answer):
    """Till work that is on paper. A repeat of the request gets this very answer, byte for byte."""

    status: Literal["done"]
    receipt_id: OrderId
    type: Work
    document: ShiftReport | CashSlip


class Done(Answer):
    """It was done."""

    status: Literal["done"]


class Asked(Answer):
    """What was to be printed, as far as a register keeps of it."""

    type: Kind | Work
    total: Roubles


class FoundReceipt(FiscalDoc):
    """A receipt that the register shows in the place of the order."""

    type: Kind


class FoundReport(ShiftReport):
    """A shift report that the register shows in the place of the order."""

    type: Work


class FoundSlip(CashSlip):
    """A cash slip that the register counted in the place of the order."""

    type: Work


class OrderLife(Answer):
    """An order's life so far."""

    id: OrderId
    pos_id: PosId = Field(description="The register that it was sent to.")
    printed_on: PosId = Field(description="The register that has it in hand: the same, or its stand-in.")
    type: Kind | Work
    status: Literal["pending", "syncing", "synced", "done", "failed"] = Field(
        description="`pending`: not at the OFD yet, printed or not. `syncing`: on its way. `synced`: the OFD has it. "
        "`done`: till work on paper, which no OFD wants. `failed`: refused, unknown or dead; see `state`."
    )
    state: State = Field(
        description="In finer words. `accepted`: taken, not printed. `printing`: the register may have begun. "
        "`pending`: printed, waits for the OFD. `rejected`: the register refused, nothing was printed. `unknown`: the "
        "register cannot tell, a person decides (resolve). `dead`: the OFD refused it too often, a person decides."
    )
    created_at: Moment
    printed_at: Moment | None
    synced_at: Moment | None
    fiscal_doc: FiscalDoc | None = Field(None, description="Of a receipt; null until it is printed.")
    document: ShiftReport | CashSlip | None = Field(None, description="Of till work that is on paper, in its place.")
    retry_count: int = Field(description="Deliveries to the OFD that failed by its refusal.")
    last_error: str | None
    asked: Asked | None = Field(None, description="Only with the state `unknown`: what was to be printed.")
    found: list[FoundReceipt | FoundReport | FoundSlip] | None = Field(
        None, description="Only with the state `unknown`: what the register shows in its place."
    )


class CleanedUp(Answer):
    """What is still known of an order whose row was cleaned up: its end, and the answer that its key still gets."""

    id: OrderId
    status: Literal["synced", "done", "failed"]
    state: State
    created_at: Moment
    answer: ReceiptPrinted | WorkDone | Problem
