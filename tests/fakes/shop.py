"""A shop behind the facade: the real actors under a real supervisor, fakes at its ports, virtual time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, cast
from uuid import uuid4

import trio

from actors import buffer, circuit_breaker, ofd_sync, status
from actors.alerts import AlertActor
from actors.breaker_gate import BreakerGate
from actors.buffer import BufferActor
from actors.circuit_breaker import CircuitBreakerActor
from actors.herald import Herald
from actors.kkt import actor as kkt
from actors.kkt.actor import KKTActor
from actors.kkt.policy import Policy
from actors.kkt.trouble import NotReady
from actors.mailbox import Mailbox
from actors.ofd_sync import OFDSyncActor
from actors.status import StatusActor
from drivers.links import Gate, Link
from drivers.store.records import BufferFull, KeyReused, Known, Retention
from protocols.alert_settings import Alerts
from protocols.link_policy import BreakerPolicy
from protocols.link_policy import Policy as LinkPolicy
from protocols.order import Order, fingerprint
from supervisors.ledger import Budget
from supervisors.supervisor import Child, Lifecycle, Strategy, Supervisor
from tests.fakes.inline_store import InlineStore
from tests.fakes.ofd import FakeOfd
from tests.fakes.register import FakeRegister
from tests.fakes.webhook import FakeWebhook
from tests.samples import NOON, sale

POS_ID = "POS-001"
PATIENT = Budget(restarts=1000, per=60.0, backoff=1.0, ceiling=1.0)  # a restart takes half a second to one
LONG = 3600.0
QUIET_MINUTES = 180.0
WEEK = Retention(rows=7 * 86_400.0, keys=400 * 86_400.0, dead=90 * 86_400.0, events=30 * 86_400.0)


def virtual_now() -> datetime:
    """A wall clock that goes with Trio's."""
    return NOON + timedelta(seconds=trio.current_time())


@dataclass
class Shop:
    """One register; parts that a test does not name are not started. `events`: what the supervisor saw."""

    data: Path
    register: FakeRegister = field(default_factory=FakeRegister)
    ofd: FakeOfd = field(default_factory=FakeOfd)
    capacity: int = 200
    retention: Retention = WEEK
    policy: Policy = field(default_factory=Policy)
    delivery: ofd_sync.Policy = field(default_factory=ofd_sync.Policy)
    rules: BreakerPolicy = field(default_factory=lambda: BreakerPolicy(recovery_jitter=0))
    has_breaker: bool = True
    webhook: FakeWebhook = field(default_factory=FakeWebhook)
    limits: Alerts = field(default_factory=Alerts)
    registers: list[str] = field(default_factory=list)  # of which OFDSyncActor knows
    elsewhere: list[str] = field(default_factory=list)  # registers that OFDSyncActor passes over
    events: list[Lifecycle] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = InlineStore(self.data / "kassir.db", virtual_now)
        self.buffer_box = Mailbox[buffer.Message]("buffer", 1024)
        self.kkt_box = Mailbox[kkt.Message]("kkt")
        self.sync_box = Mailbox[ofd_sync.Message]("ofd-sync")
        self.breaker_box = Mailbox[circuit_breaker.Message]("breaker")
        self.alerts_box = Mailbox[object]("alerts", 1)
        self.status_box = Mailbox[status.Message]("status", 1024)

    async def open(self, nursery: trio.Nursery, *names: str) -> None:
        """Starts these actors, in this order, under one supervisor."""
        slots: dict[str, tuple[Any, Mailbox[Any]]] = {
            "status": (lambda: StatusActor(self.status_box.inbox), self.status_box),
            "buffer": (self._buffer, self.buffer_box),
            "breaker": (
                self._breaker,
                self.breaker_box,
            ),
            "sync": (self._sync, self.sync_box),
            "kkt": (self._kkt, self.kkt_box),
            "alerts": (self._alerts, self.alerts_box),
        }
        children = [Child(name, _start(slots[name][0]), slots[name][1]) for name in names]
        self.top = Supervisor(
            "shop", Strategy.ONE_FOR_ONE, PATIENT, children, watch=self.events.append, random=Random(1)
        )
        await nursery.start(self.top.start)

    async def open_till(self, nursery: trio.Nursery) -> None:
        """All that printing needs, and the register found ready."""
        await self.open(nursery, "status", "buffer", "kkt")
        await trio.sleep(0.001)

    def order(self, kopecks: int = 10_000, key: str | None = None, order: Order | None = None) -> kkt.Print:
        order = order or sale(kopecks)
        return kkt.Print(self.new_id(), key or self.new_id(), fingerprint(order), order)

    @staticmethod
    def new_id() -> str:
        return str(uuid4())

    async def sell(self, kopecks: int = 10_000, key: str | None = None) -> Known | KeyReused | BufferFull | NotReady:
        """What the POS's request ends in."""
        return await self.kkt_box.address.ask(self.order(kopecks, key), within=LONG)

    async def sell_until_known(self, kopecks: int = 10_000, key: str | None = None) -> Known:
        """A POS that repeats its request until there is an answer."""
        key = key or str(uuid4())
        while True:
            outcome = await self.sell(kopecks, key)
            if isinstance(outcome, Known) and outcome.answer is not None:
                return outcome
            await trio.sleep(0.5)

    async def until(self, **time: float) -> None:
        """The register's clock is that far from noon and has been looked at, and nobody has sold for minutes."""
        self.register.clock_ahead = timedelta(**time) - timedelta(seconds=trio.current_time() + QUIET_MINUTES)
        await trio.sleep(QUIET_MINUTES)

    async def ask(self, question: Any) -> Any:
        return await self.buffer_box.address.ask(question, within=LONG)

    def states(self) -> list[str]:
        """Of all receipts, in order of acceptance."""
        return [state for (state,) in self.store.rows("SELECT state FROM receipts ORDER BY number")]

    def life(self, receipt_id: str) -> list[str]:
        """The states that a receipt went through."""
        query = f"SELECT e.state FROM events e JOIN receipts r ON e.receipt = r.number WHERE r.id = '{receipt_id}'"
        return [state for (state,) in self.store.rows(query + " ORDER BY e.number")]

    def crashes(self) -> list[str]:
        return [event.child for event in self.events if event.event == "crashed"]

    async def world(self) -> dict[str, status.State]:
        return await self.status_box.address.ask(status.Look(), within=LONG)

    def _buffer(self) -> BufferActor:
        return BufferActor(self.buffer_box.inbox, self.store, self.capacity, self.retention, self.status_box.address)

    def _kkt(self) -> KKTActor:
        addresses = (self.buffer_box.address, self.sync_box.address, self.status_box.address)
        who = (self.kkt_box.inbox, POS_ID, "shtrih", self.register)
        return KKTActor(*who, *addresses, self.policy, Random(1), self.new_id, virtual_now)

    def _alerts(self) -> AlertActor:
        addresses = (self.status_box.address, self.buffer_box.address)
        herald = Herald(self.webhook, unguarded("webhook"), "shop", Random(1), self.new_id)
        return AlertActor(self.alerts_box.inbox, *addresses, herald, self.limits, [POS_ID], virtual_now)

    def _sync(self) -> OFDSyncActor:
        addresses = (self.buffer_box.address, self.breaker_box.address, self.status_box.address)
        policy = LinkPolicy(breaker=self.rules)
        link = Link("ofd", policy, BreakerGate("ofd", self.breaker_box.address), Random(1))
        return OFDSyncActor(
            self.sync_box.inbox,
            self.ofd,
            link,
            *addresses,
            self.delivery,
            virtual_now,
            self.new_id,
            self.registers,
            self.elsewhere,
        )

    def _breaker(self) -> CircuitBreakerActor:
        who = (self.breaker_box.inbox, "ofd", self.rules if self.has_breaker else None)
        return CircuitBreakerActor(*who, self.buffer_box.address, self.status_box.address, Random(1), virtual_now)


def unguarded(name: str) -> Link:
    """A link that lets every call through, and gives it a day."""
    patient = LinkPolicy(bulkhead=None, breaker=None, timeout=86_400.0, deadline=86_400.0)
    return Link(name, patient, cast(Gate, None), Random(1))


def _start(make: Any) -> Any:
    async def start(**how: Any) -> None:
        await make().run(**how)

    return start
