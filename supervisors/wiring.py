"""Who gets which mailbox, address and driver. Made once; actors are made from it at every start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from platform import node
from typing import Any

import structlog

from actors import buffer, catalog, circuit_breaker, deliveries, ofd_relay, ofd_sync, status
from actors.alerts import AlertActor
from actors.breaker_gate import BreakerGate
from actors.buffer import BufferActor
from actors.catalog import CatalogActor
from actors.circuit_breaker import CircuitBreakerActor
from actors.facade.actor import FacadeActor
from actors.facade.audit import Audit
from actors.facade.rates import Rates
from actors.facade.reach import Guarded, Reach
from actors.facade.room import Room
from actors.grpc_facade.actor import GrpcActor
from actors.heartbeat import HeartbeatActor
from actors.heartbeat import Policy as HeartbeatPolicy
from actors.herald import Herald
from actors.kkt import actor as kkt
from actors.kkt.actor import KKTActor
from actors.kkt.policy import policy_of
from actors.mailbox import Address, Mailbox, NoAnswer
from actors.ofd_relay import OFDRelayActor
from actors.ofd_sync import OFDSyncActor
from actors.status import StatusActor
from drivers.auth import Doorkeeper, make_doorkeeper
from drivers.links import Link
from drivers.store.reader import Reader
from drivers.store.records import Retention
from drivers.web import Entrance
from protocols.link_policy import BreakerPolicy
from protocols.settings import Settings
from protocols.version import VERSION
from supervisors.supervisor import Start
from supervisors.watch import Watch
from supervisors.world import World

log = structlog.get_logger()

DAY = 86_400.0


class Mailboxes:
    """One mailbox an actor; they live as long as the process."""

    def __init__(self, pos_ids: Iterable[str], relayed: Iterable[str], links: Iterable[str]) -> None:
        self.status = Mailbox[status.Message]("status", 1024)
        self.buffer = Mailbox[buffer.Message]("buffer", 1024)
        self.breakers = {link: Mailbox[circuit_breaker.Message](f"breaker.{link}", 1024) for link in links}
        self.ofd_sync = Mailbox[ofd_sync.Message]("ofd-sync")
        self.heartbeat = Mailbox[object]("heartbeat", 1)
        self.catalog = Mailbox[catalog.Message]("catalog")
        self.alerts = Mailbox[object]("alerts", 1)
        self.facade = Mailbox[object]("facade", 1)
        self.grpc = Mailbox[object]("grpc", 1)
        self.kkts = {pos_id: Mailbox[kkt.Message](f"kkt.{pos_id}") for pos_id in pos_ids}
        self.relays = {pos_id: Mailbox[ofd_relay.Message](f"ofd-relay.{pos_id}") for pos_id in relayed}


@dataclass(eq=False)
class Wiring:
    """`settings` name everything that is reached, embedded or not. `emulators`: those that run in this process.

    `grpc_entrance`: None where gRPC is not served.
    """

    settings: Settings
    entrance: Entrance
    emulators: Mapping[str, Start] = field(default_factory=dict)
    world: World = field(default_factory=World)
    grpc_entrance: Entrance | None = None

    @cached_property
    def mailboxes(self) -> Mailboxes:
        registers, relayed = self.settings.kkt.registers, self.settings.registers_by("relay")
        return Mailboxes([each.pos_id for each in registers], [each.pos_id for each in relayed], self.settings.links)

    @cached_property
    def links(self) -> dict[str, Link]:
        """They outlive the actors that call through them, and so does what they have counted."""
        boxes = self.mailboxes.breakers
        return {
            name: Link(name, policy, BreakerGate(name, boxes[name].address), self.world.random)
            for name, policy in self.settings.links.items()
        }

    def configure(self, settings: Settings) -> None:
        """Other figures of the links from now on; what else is new in the settings waits for the next start."""
        self.settings = self.settings.with_links_of(settings)
        for name, policy in self.settings.links.items():
            self.links[name].configure(policy)
            self._configure_breaker(name, policy.breaker)

    def _configure_breaker(self, link: str, policy: BreakerPolicy | None) -> None:
        """One that is gone for good, as what is outside may be, takes neither the others' figures nor the gateway."""
        try:
            self.mailboxes.breakers[link].address.tell(circuit_breaker.Configure(policy))
        except NoAnswer as error:
            log.warning("breaker_not_configured", link=link, reason=repr(error))

    @property
    def sends_receipts(self) -> bool:
        """Whether there is an OFD to send receipts to: not where documents go all another way."""
        return self.settings.ofd.api_url is not None

    @cached_property
    def watch(self) -> Watch:
        return Watch(self.mailboxes.status.address)

    async def status(self, **how: Any) -> None:
        adapter = self.settings.adapter
        about = {"name": adapter.name or node(), "environment": adapter.environment, "version": VERSION}
        actor = StatusActor(self.mailboxes.status.inbox, self.world.new_id(), {"gateway": about})
        await actor.run(**how)

    async def buffer(self, **how: Any) -> None:
        rules = self.settings.buffer
        if not self.sends_receipts:  # so nobody takes up again what was under way when somebody still did
            self._requeue()
        actor = BufferActor(
            self.mailboxes.buffer.inbox,
            self.world.make_store(self.settings, self.world.now),
            rules.capacity,
            self.retention,
            self.mailboxes.status.address,
        )
        await actor.run(**how)

    def _requeue(self) -> None:
        """At the first start there is room for it. Later nothing is under way, and a full mailbox must not end us."""
        try:
            self.mailboxes.buffer.address.tell(deliveries.Requeue(counted=False))
        except NoAnswer as error:
            log.debug("requeue_skipped", reason=repr(error))

    @property
    def retention(self) -> Retention:
        rules = self.settings.buffer
        return Retention(
            rows=rules.synced_retention_days * DAY,
            keys=rules.key_retention_days * DAY,
            dead=rules.dlq_retention_days * DAY,
            events=rules.events_retention_days * DAY,
        )

    def breaker(self, link: str) -> Start:
        """The actor of one link's breaker. One that nobody asks has no state from the days when somebody did."""
        unused = link == "ofd" and not self.sends_receipts

        async def start(**how: Any) -> None:
            actor = CircuitBreakerActor(
                self.mailboxes.breakers[link].inbox,
                link,
                None if unused else self.settings.links[link].breaker,
                self.mailboxes.buffer.address,
                self.mailboxes.status.address,
                self.world.random,
                self.world.now,
            )
            await actor.run(**how)

        return start

    async def ofd_sync(self, **how: Any) -> None:
        rules, registers = self.settings.buffer, self.settings.kkt.registers
        policy = ofd_sync.Policy(
            max_attempts=rules.max_retry_attempts,
            initial_backoff=rules.initial_backoff,
            max_backoff=rules.max_backoff,
            look_every=rules.auto_sync_interval,
            at_once=self.settings.ofd.receipts_at_once,
        )
        ours = [each.pos_id for each in self.settings.registers_by("http")]
        elsewhere = [each.pos_id for each in registers if each.pos_id not in ours]
        actor = OFDSyncActor(
            self.mailboxes.ofd_sync.inbox,
            self.world.make_ofd(self.settings),
            self.links["ofd"],
            self.mailboxes.buffer.address,
            self.mailboxes.breakers["ofd"].address,
            self.mailboxes.status.address,
            policy,
            self.world.now,
            self.world.new_id,
            ours,
            elsewhere,
        )
        await actor.run(**how)

    def ofd_relay(self, pos_id: str) -> Start:
        """The actor that carries one register's documents."""

        async def start(**how: Any) -> None:
            actor = OFDRelayActor(
                self.mailboxes.relays[pos_id].inbox,
                pos_id,
                self.mailboxes.kkts[pos_id].address,
                self.world.make_courier(self.settings),
                self.links["relay"],
                self.mailboxes.buffer.address,
                self.mailboxes.status.address,
                ofd_relay.Policy(),
                self.world.random,
                self.world.now,
            )
            await actor.run(**how)

        return start

    def kkt(self, pos_id: str) -> Start:
        """The actor of one register. Whoever delivers its documents is told that there is something to deliver."""
        (register,) = [each for each in self.settings.kkt.registers if each.pos_id == pos_id]
        relay = self.mailboxes.relays.get(pos_id)
        deliverer: Address[ofd_sync.Wake] = (relay or self.mailboxes.ofd_sync).address

        async def start(**how: Any) -> None:
            actor = KKTActor(
                self.mailboxes.kkts[pos_id].inbox,
                pos_id,
                register.driver,
                self.world.make_register(self.settings, register),
                self.mailboxes.buffer.address,
                deliverer,
                self.mailboxes.status.address,
                policy_of(register, tells_confirmed=self.settings.way_of(register) != "http"),
                self.world.random,
                self.world.new_id,
                self.world.now,
            )
            await actor.run(**how)

        return start

    async def heartbeat(self, **how: Any) -> None:
        rules = self.settings.heartbeat
        actor = HeartbeatActor(
            self.mailboxes.heartbeat.inbox,
            self.world.make_odoo(self.settings),
            self.links["odoo"],
            self.mailboxes.status.address,
            HeartbeatPolicy(rules.interval, rules.timeout, rules.max_failures),
            self.world.now,
        )
        await actor.run(**how)

    async def catalog(self, **how: Any) -> None:
        rules = self.settings.catalog
        actor = CatalogActor(
            self.mailboxes.catalog.inbox,
            self.world.make_odoo_catalog(self.settings),
            self.links["odoo"],
            self.world.make_catalog_store(self.settings),
            self.mailboxes.status.address,
            catalog.Policy(rules.max_products, rules.refresh_interval, rules.timeout, rules.stale_after),
            self.world.random,
            self.world.now,
        )
        await actor.run(**how)

    async def alerts(self, **how: Any) -> None:
        settings, world = self.settings, self.world
        webhook = world.make_webhook(settings)
        name = settings.adapter.name or node()
        actor = AlertActor(
            self.mailboxes.alerts.inbox,
            self.mailboxes.status.address,
            self.mailboxes.buffer.address,
            None if webhook is None else Herald(webhook, self.links["webhook"], name, world.random, world.new_id),
            settings.alerts,
            [register.pos_id for register in settings.kkt.registers],
            world.now,
        )
        await actor.run(**how)

    @cached_property
    def rates(self) -> Rates:
        return Rates(self.settings.api.requests_per_second)

    @cached_property
    def room(self) -> Room:
        return Room()

    @cached_property
    def doorkeeper(self) -> Doorkeeper:
        return make_doorkeeper(self.settings, self.world.now)

    @cached_property
    def audit(self) -> Audit:
        return Audit(self.mailboxes.buffer.address)

    @cached_property
    def reader(self) -> Reader:
        return self.world.make_reader(self.settings)

    async def facade(self, **how: Any) -> None:
        await FacadeActor(self.mailboxes.facade.inbox, self.entrance, self.reach).run(**how)

    def grpc(self, entrance: Entrance) -> Start:
        async def start(**how: Any) -> None:
            await GrpcActor(self.mailboxes.grpc.inbox, entrance, self.reach).run(**how)

        return start

    @property
    def reach(self) -> Reach:
        boxes, registers = self.mailboxes, self.settings.kkt.registers
        return Reach(
            kkts={pos_id: box.address for pos_id, box in boxes.kkts.items()},
            buffer=boxes.buffer.address,
            ofd_sync=boxes.ofd_sync.address if self.sends_receipts else None,
            status=boxes.status.address,
            catalog=boxes.catalog.address,
            events=self.world.make_events(self.settings),
            reader=self.reader,
            capacity=self.settings.buffer.capacity,
            receipt_timeout=self.settings.api.receipt_timeout,
            now=self.world.now,
            new_id=self.world.new_id,
            rates=self.rates,
            room=self.room,
            doorkeeper=self.doorkeeper,
            audit=self.audit,
            hosts=self.settings.api.names,
            origins=frozenset(self.settings.api.origins),
            links={name: Guarded(link, boxes.breakers[name].address) for name, link in self.links.items()},
            stand_ins={each.pos_id: each.stand_in for each in registers if each.stand_in is not None},
            limits=self.settings.alerts,
            device_paths=[each.device_path for each in registers],
        )
