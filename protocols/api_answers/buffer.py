"""Receipts on disk and their way to the OFD."""

from typing import Literal

from pydantic import Field

from protocols.alarm import Level
from protocols.api_answers.base import Answer, Moment, OrderId, PosId
from protocols.api_answers.links import Breaker
from protocols.api_answers.registers import Alarm
from protocols.event_log import Severity
from protocols.mode import Mode


class OldestReceipt(Answer):
    """The one that waits for longest."""

    id: OrderId
    created_at: Moment
    age_hours: float | None = None


class Buffer(Answer):
    """How full the buffer is, and the orders in each state (see OrderLife)."""

    disk: Literal["ok", "full"]
    total_capacity: int
    current_queued: int = Field(description="What takes up room: accepted, printing, pending and syncing.")
    percent_full: float
    oldest_receipt: OldestReceipt | None
    undelivered_since: Moment | None = Field(description="When the oldest receipt was printed that the OFD has not.")
    accepted: int
    printing: int
    pending: int
    syncing: int
    synced: int
    done: int
    rejected: int
    unknown: int
    dead: int


class Alert(Answer):
    """What a person must see to, at the gateway or at a register."""

    code: str = Field(description="Stable, for programs.", examples=["OFD_LOST"])
    level: Literal["critical", "warning", "info"]
    pos_id: PosId | None = Field(description="The register; null for the gateway.")
    since: Moment | None = Field(None, description="When it began; null where nobody remembers.")
    message: str
    message_ru: str


class LastSync(Answer):
    timestamp: Moment | None = Field(description="When the OFD took something last, by whatever way.")


class BufferStatus(Buffer):
    """How many receipts wait for the OFD, since when, and what a person must see to."""

    failed: int = Field(description="Rejected, unknown and dead.")
    network_status: Mode = Field(description="`degraded`: Odoo is lost. `offline`: the OFD is; receipts are kept.")
    last_sync: LastSync
    alerts: list[Alert]


class Event(Answer):
    """Of an order: `event` is the state that it came to. Of a notice: alarm_began, alarm_changed, alarm_ended or
    noted.
    """

    timestamp: Moment
    level: Severity
    event: str
    source: str | None = Field(description="Whose notice it is, by its component; null with an order.")
    pos_id: PosId | None
    receipt_id: OrderId | None
    code: str | None = Field(description="Of a notice.")
    alert: Level | None = Field(description="Of a notice.")
    message: str


class Events(Answer):
    """A page of the log, newest first."""

    total: int = Field(description="Events on all pages.")
    page: int
    limit: int
    as_of: str = Field(description="Names the log as it is now. Sent with the next pages it keeps them from moving.")
    items: list[Event]


class Job(Answer):
    """A delivery that a person asked for."""

    job_id: str
    state: Literal["running", "done", "stopped"] = Field(
        description="`stopped`: the OFD is out of reach, or refuses a receipt; the rest is delivered by itself later."
    )
    total: int = Field(description="Receipts that waited when it began.")
    delivered: int
    refused: int
    percent: int
    began_at: Moment
    ended_at: Moment | None
    reason: str | None


class SyncBegun(Answer):
    """The delivery is under way; `GET /v1/kkt/buffer/sync/{job_id}` tells how far it has come."""

    job_id: str
    estimated_duration_seconds: int | None = Field(description="Null where nothing was measured yet.")


class Delivery(Answer):
    """The one who delivers receipts to the OFD over HTTP."""

    status: Literal["online", "offline", "unused", "unknown"] = Field(
        description="`unused`: no receipts go to the OFD from here, documents reach it by other ways. `unknown`: "
        "it has not told yet."
    )
    last_successful_sync: Moment | None = None
    last_error: str | None = None
    delivered: int | None = Field(None, description="Since it started.")
    in_flight: int | None = None
    seconds_per_receipt: float | None = Field(None, description="As measured of late; null when nothing was.")
    retry_at: Moment | None = Field(None, description="When the way is tried again; null while it is open.")
    job: Job | None = None


class LastRefusal(Answer):
    """The last document that the OFD found bad."""

    fd: int
    code: int
    text: str
    at: Moment


class Relay(Answer):
    """The one who carries the messages of a register's drive to the OFD, over the protocol of the ФНС."""

    way: Literal["relay"]
    status: Literal["online", "offline", "waits", "refused"] = Field(
        description="`waits`: for the register. `refused`: see `alarms`."
    )
    queue: int | None = Field(description="Documents that wait, as far as is known.")
    carried: int = Field(description="Since it started.")
    last_success: Moment | None
    last_error: str | None
    last_refusal: LastRefusal | None
    alarms: list[Alarm]


class Worker(Delivery):
    """How delivery stands: over HTTP, by relays (by pos_id), and the breaker of the link to the OFD."""

    relays: dict[str, Relay]
    circuit_breaker: Breaker
