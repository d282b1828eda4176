"""Whom the facade asks, and how long it waits for them."""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from actors import buffer, catalog, circuit_breaker, ofd_sync, status
from actors.facade.audit import Audit
from actors.facade.rates import Rates
from actors.facade.room import Room
from actors.kkt import actor as kkt
from actors.mailbox import Address
from drivers.auth import Doorkeeper
from drivers.clock import Now
from drivers.links import Link
from drivers.store.event_log import Events
from drivers.store.reader import Reader
from protocols.alert_settings import Alerts
from protocols.settings import LOOPBACK


@dataclass(frozen=True)
class Guarded:
    """A link to the outside, and the actor of its breaker."""

    link: Link
    breaker: Address[circuit_breaker.Message]


@dataclass(frozen=True)
class Reach:
    """`kkts` by pos_id. `stand_ins`: who may take whose sales, by pos_id. `ofd_sync` is None where documents reach the
    OFD by other ways only.

    `receipt_timeout`: seconds a POS waits for its receipt before it is told to ask again. `new_id` names receipts and
    requests. `rates` and `room` are those of all entrances. `doorkeeper` knows who a caller is. `hosts` are our
    names; `origins` those of whose web pages may call.
    """

    kkts: Mapping[str, Address[kkt.Message]]
    buffer: Address[buffer.Message]
    ofd_sync: Address[ofd_sync.Message] | None
    status: Address[status.Message]
    catalog: Address[catalog.Message]
    events: Events
    reader: Reader
    capacity: int
    receipt_timeout: float
    now: Now
    new_id: Callable[[], str]
    rates: Rates
    room: Room
    doorkeeper: Doorkeeper
    audit: Audit
    hosts: Set[str] = LOOPBACK
    origins: Set[str] = frozenset()
    links: Mapping[str, Guarded] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    device_paths: Sequence[str] = ()  # of the registers that this gateway works with
    limits: Alerts = field(default_factory=Alerts)
    patience: float = 5.0  # seconds for a question that touches no device
