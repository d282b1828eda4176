"""What the web server answers: the envelopes of its queue, the results of tasks, the states it is asked for at once.

Fields that only some versions send have defaults, and what is not used is left out: an unknown field is no error.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta, Raw, Struct, field

Number = Annotated[int, Meta(ge=0, le=2**32 - 1)]  # as the drive numbers documents and shifts
Short = Annotated[str, Meta(max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=64)]


class Camel(Struct, frozen=True, rename="camel"):
    """As the driver spells its fields."""


# the queue


class TaskStatus(StrEnum):
    WAIT = "wait"  # also while it runs, says the description
    IN_PROGRESS = "inProgress"
    READY = "ready"
    ERROR = "error"
    INTERRUPTED = "interrupted"  # an earlier task of the same job failed
    BLOCKED = "blocked"  # not known yet; the server stops its queue until it knows, and then says ready or error
    CANCELED = "canceled"


OPEN = frozenset({TaskStatus.WAIT, TaskStatus.IN_PROGRESS, TaskStatus.BLOCKED})
"""What a task does not stay at."""


class Fault(Struct, frozen=True):
    code: int = 0
    description: str = ""


class TaskResult(Struct, frozen=True):
    status: TaskStatus
    error: Fault = Fault()
    result: Raw = Raw(b"null")


class JobResult(Struct, frozen=True):
    """One result a task, in their order."""

    results: Sequence[TaskResult]


class QueueStatus(Camel, frozen=True):
    """`number`: jobs that are not finished."""

    number: Number
    is_blocked: bool


class Refusal(Struct, frozen=True):
    """The body of a 4xx: with the error inside, or flat; both are found in the description."""

    error: Fault | None = None
    code: int = 0
    description: str = ""

    @property
    def fault(self) -> Fault:
        return self.error or Fault(self.code, self.description)


# results of tasks


class FiscalParams(Camel, frozen=True):
    """`fiscal_document_sign` is a string that keeps its leading zeros."""

    fiscal_document_number: Number
    fiscal_document_sign: Name
    fiscal_document_date_time: datetime
    shift_number: Number
    fn_number: Name
    registration_number: Short
    total: Decimal | None = None
    fiscal_receipt_number: Number | None = None


class Warnings(Camel, frozen=True):
    """`not_printed`: in the drive, but not wholly on paper. `recovered`: put together again after the queue stopped."""

    not_printed: bool = False
    recovered: bool = False


class FiscalResult(Camel, frozen=True):
    fiscal_params: FiscalParams
    warnings: Warnings = Warnings()


class Tags(Camel, frozen=True):
    """`documentTLV`: tags by number, and the driver's own word for the kind of document among them. So programs read it
    that can be found; the vendor's description is silent. Sums are roubles."""

    fiscal_document_type: str = ""
    moment: Short | None = field(name="1012", default=None)
    total: Decimal | None = field(name="1020", default=None)
    registration: Short | None = field(name="1037", default=None)
    shift: Number | None = field(name="1038", default=None)
    number: Number | None = field(name="1040", default=None)
    drive: Short | None = field(name="1041", default=None)
    receipt: Number | None = field(name="1042", default=None)
    sign: Number | None = field(name="1054", default=None)
    fiscal_sign: Short | int | None = field(name="1077", default=None)


class DocumentResult(Struct, frozen=True):
    """`getFnDocument`."""

    tags: Tags = field(name="documentTLV")


# states


class DeviceInfo(Camel, frozen=True):
    model_name: Short = ""
    serial: Short = ""
    firmware_version: Short = ""
    ffd_version: Short = ""


class DeviceStatus(Camel, frozen=True):
    current_date_time: datetime
    paper_present: bool
    cover_opened: bool
    cash_drawer_opened: bool | None = None


class ShiftStatus(Camel, frozen=True):
    """`number`: of the open shift, or of the last one."""

    state: str
    number: Number = 0


class DriveStatus(Camel, frozen=True):
    """`fiscal_document_number`: of the last document."""

    fiscal_document_number: Number
    warnings: dict[str, Any] = {}


class Validity(Camel, frozen=True):
    validity_date: datetime | None = None


class DriveInfo(Camel, frozen=True):
    serial: Name
    ffd_version: Short = ""
    validity: Validity = Validity()


class OfdStatus(Camel, frozen=True):
    not_sent_count: Number | None = None  # a count that is not told is not taken for none: it would confirm them all
    not_sent_first_doc_number: Number = 0
    not_sent_first_doc_date_time: datetime | None = None


class CashTotals(Struct, frozen=True):
    sum: Decimal
    count: Number


class ShiftTotals(Camel, frozen=True):
    """The server names them one way, the driver's own task the other."""

    income_totals: CashTotals | None = None
    income: CashTotals | None = None
    outcome_totals: CashTotals | None = None
    outcome: CashTotals | None = None


class Answer(Camel, frozen=True):
    """The answer to any of the queries: each fills its own field."""

    device_info: DeviceInfo | None = None
    device_status: DeviceStatus | None = None
    shift_status: ShiftStatus | None = None
    fn_status: DriveStatus | None = None
    fn_info: DriveInfo | None = None
    ofd_exchange_status: OfdStatus | None = None
    shift_totals: ShiftTotals | None = None
