"""The gateway as a process: the shipped tree on the ports of this world, killed at any instant and started anew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import trio

from drivers.clock import Now
from drivers.kkt.port import Register
from drivers.kkt.shtrih import ShtrihRegister
from drivers.kkt.tcp_line import TcpLine
from drivers.odoo import OdooClient
from drivers.odoo_catalog import OdooCatalogClient
from drivers.ofd import OfdClient
from drivers.store.database import open_database
from drivers.store.writer import Done, Failed, Writer, transact
from drivers.threads import InThread
from protocols.register_settings import RegisterSettings
from protocols.settings import Settings
from supervisors.tree import tree
from supervisors.wiring import Wiring
from supervisors.world import World
from tests.fakes.catalog import FakeCatalogStore
from tests.simulation import points, sqlite_module
from tests.simulation.disk import Disk
from tests.simulation.net import End, Host, Net
from tests.simulation.register import ShopRegister
from tests.simulation.reserve import Reserve
from tests.simulation.services import transport
from tests.simulation.trace import Trace

FACADE = "127.0.0.1:8000"
ZONE = ZoneInfo("Europe/Moscow")


@dataclass(eq=False)
class Life:
    """One run of the process. `messages`: of the transaction that is being written; empty between two of them."""

    number: int
    random: Random
    disk: Disk
    host: Host = field(default_factory=lambda: Host("gateway"))
    scope: trio.CancelScope = field(default_factory=trio.CancelScope)
    messages: Sequence[Any] = ()
    wiring: Wiring | None = None
    task: trio.lowlevel.Task | None = None  # the process, as the scheduler sees it

    def new_id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))


@dataclass(eq=False)
class Gateway:
    """`on_death` is told of a kill before anything of the process is gone."""

    settings: Settings
    net: Net
    registers: dict[str, ShopRegister]
    now: Now
    random: Random
    trace: Trace
    on_death: Callable[[Life, str], None]
    on_commit: Callable[[Any, Any], None]  # a message and its outcome
    on_doubt: Callable[[Sequence[Any]], None]  # the messages of a transaction that raised
    lives: list[Life] = field(default_factory=list)
    wanted: bool = True
    products: FakeCatalogStore = field(default_factory=FakeCatalogStore)  # outlives them all

    @property
    def life(self) -> Life | None:
        """The one that runs now."""
        return self.lives[-1] if self.lives and self.lives[-1].host.alive else None

    async def run(self, make_disk: Callable[[], Disk], pause: Callable[[], float]) -> None:
        """Starts the process, and again whenever it has ended, like a service manager."""
        while self.wanted:
            life = Life(len(self.lives), Random(self.random.getrandbits(64)), make_disk())
            self.lives.append(life)
            self.trace("start", life.number)
            await self._live(life)
            await trio.sleep(pause())

    async def _live(self, life: Life) -> None:
        life.wiring = Wiring(self.settings, self.net.open(life.host, FACADE), world=self._world(life))
        life.task = trio.lowlevel.current_task()
        try:
            with life.scope:
                await tree(life.wiring).start()
        except Exception as error:  # noqa: BLE001  it gave up: a process that ends by itself
            self.trace.count("end", _innermost(error))
        if life.host.alive:
            life.host.die()
            life.disk.locks.clear()  # they end with the process

    def kill(self, why: str) -> None:
        """Now. What the process does after this instant, while it unwinds, reaches nobody."""
        life = self.life
        if life is not None:
            self.on_death(life, why)
            life.host.die()
            life.scope.cancel()

    def _world(self, life: Life) -> World:
        return World(
            now=self.now,
            random=life.random,
            new_id=life.new_id,
            make_register=partial(self._register, life),
            make_store=lambda settings, now: self._store(life, now),
            make_ofd=lambda settings: OfdClient(
                str(settings.ofd.api_url), "", transport=transport(self.net, life.host)
            ),
            make_odoo=lambda settings: OdooClient(str(settings.odoo.url), transport=transport(self.net, life.host)),
            make_odoo_catalog=lambda settings: OdooCatalogClient(
                str(settings.odoo.url), transport=transport(self.net, life.host)
            ),
            make_catalog_store=lambda _: self.products,
        )

    def _register(self, life: Life, settings: Settings, register: RegisterSettings) -> Register:
        cable = self.registers[register.pos_id].cable

        async def dial(host: str, port: int) -> End:
            return await self.net.dial(life.host, f"{host}:{port}", cable.down)

        host, _, port = register.device_path.removeprefix("tcp://").rpartition(":")
        line = TcpLine(host, int(port), dial, connection_timeout=settings.kkt.connection_timeout)
        return ShtrihRegister(line, ZONE, read_timeout=settings.kkt.read_timeout)

    def _store(self, life: Life, now: Now) -> Writer:
        async def in_thread(function: Any, /, *args: Any, limiter: object = None) -> Any:
            await trio.lowlevel.checkpoint()
            pieces = args[-1] if function is transact else ()
            life.messages = [_message_of(piece) for piece in pieces]
            try:
                outcomes = function(*args)
            except Exception:
                self.on_doubt(life.messages)
                raise
            finally:
                messages, life.messages = life.messages, ()
            if pieces and life.host.alive:
                self._committed(messages, outcomes)
            return outcomes

        opens = partial(open_database, module=sqlite_module.on(life.disk))
        return Writer(
            self.settings.storage.data / "kassir.db",
            now,
            reserve=Reserve(life.disk),
            in_thread=cast(InThread, in_thread),
            opens=opens,
        )

    def _committed(self, messages: Sequence[Any], outcomes: Sequence[Done | Failed]) -> None:
        for message, outcome in zip(messages, outcomes, strict=True):
            if isinstance(outcome, Done):
                self.on_commit(message, outcome.value)


def _message_of(piece: Any) -> Any:
    """What is to be written: a message of the buffer's, or its own upkeep by name."""
    if isinstance(piece, partial):
        return piece.args[0]
    return points.CLEAN_UP if "_clean_up" in piece.__qualname__ else None


def _innermost(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
