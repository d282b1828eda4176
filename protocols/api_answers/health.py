"""How the gateway is, component by component."""

from typing import Literal

from pydantic import Field

from protocols.api_answers.base import Answer, Moment
from protocols.api_answers.buffer import Alert, Delivery, OldestReceipt
from protocols.api_answers.catalog import CatalogHealth
from protocols.api_answers.links import BreakerStanding
from protocols.api_answers.registers import RegisterState
from protocols.mode import Mode


class Registers(Answer):
    status: Literal["online", "degraded", "offline"] = Field(description="All can print, some can, or none can.")
    registers: list[RegisterState]


class Odoo(Answer):
    """The head office, by its heartbeat."""

    status: Literal["online", "lost", "unknown"]
    last_heartbeat: Moment | None = None
    missed_in_a_row: int | None = None
    clock_drift_seconds: float | None = Field(None, description="By how much Odoo's clock is ahead of the gateway's.")


class BufferHealth(Answer):
    """As in the buffer's status; all but `status` is missing while nobody can say."""

    status: Literal["ok", "full", "unknown"]
    disk: Literal["ok", "full"] | None = None
    total_capacity: int | None = None
    current_queued: int | None = None
    percent_full: float | None = None
    oldest_receipt: OldestReceipt | None = None
    undelivered_since: Moment | None = None
    accepted: int | None = None
    printing: int | None = None
    pending: int | None = None
    syncing: int | None = None
    synced: int | None = None
    done: int | None = None
    rejected: int | None = None
    unknown: int | None = None
    dead: int | None = None


class ActorState(Answer):
    """A part of the gateway, and how often it was started again."""

    state: str = Field(examples=["started", "crashed", "given_up", "stopped"])
    restarts: int
    last_error: str | None


class Components(Answer):
    kkt_device: Registers
    ofd_connection: Delivery
    odoo_connection: Odoo
    buffer: BufferHealth
    catalog: CatalogHealth
    circuit_breaker: BreakerStanding = Field(description="Of the link to the OFD.")
    actors: dict[str, ActorState]


class Health(Answer):
    """`unhealthy`: no receipt can be taken. `degraded`: something else is amiss."""

    status: Literal["healthy", "degraded", "unhealthy"]
    network_status: Mode
    components: Components
    alerts: list[Alert]


class HealthInAWord(Answer):
    """For those who do not say who they are, where callers are asked."""

    status: Literal["healthy", "degraded", "unhealthy"]
