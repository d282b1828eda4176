"""A shop around gateways that die: register, OFD and Odoo live on in this process, as does what the tills remember."""

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from socket import socket

import httpx
import trio
from pysqlite3.dbapi2 import connect

from drivers.emulators import odoo, ofd
from drivers.emulators.ofd import EmulatedOfd, Taken
from drivers.web import bind, url
from supervisors.embedded import HOST, serve_app
from tests.crash.forks import Child, Forks, Starter, forks, until
from tests.crash.judge import judge
from tests.crash.makes import SHTRIH, Make
from tests.crash.till import Till

POS_ID = "POS-001"
FINAL = {"synced", "rejected", "dead", "unknown", "done"}
DRAINED_WITHIN = 60.0  # seconds


@dataclass(eq=False)
class Shop:
    """What is left of a shop when its gateway is dead: its folder, its register, what OFD and tills know."""

    place: Path
    till: Till
    taken: list[Taken] = field(default_factory=list)  # by the OFD
    settings: Mapping[str, str] = field(default_factory=dict)  # environment of its gateways
    make: Make = SHTRIH

    @property
    def folder(self) -> Path:
        return self.place / "data"

    @property
    def register(self) -> Path:
        """The folder of all that its register keeps when the power is off."""
        return self.place / "register"

    @property
    def drive(self) -> Path:
        return self.register / self.make.journal

    def audit(self) -> list[str]:
        """The violations, once its gateway is dead and its faults have ended."""
        return judge(self.folder, {POS_ID: self.drive}, self.taken, self.till)

    def copy(self, place: Path) -> "Shop":
        """Another shop, at the same point of its life."""
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        copied = Shop(place, self.till.copy(), [*self.taken], self.settings, self.make)
        for folder, twin in ((self.folder, copied.folder), (self.register, copied.register)):
            if folder.exists():
                shutil.copytree(folder, twin)
        return copied


@dataclass(eq=False)
class Rig:
    """One shop is open at a time."""

    forks: Forks
    client: httpx.AsyncClient
    ofd: EmulatedOfd
    environment: dict[str, str]
    wire: socket
    http: socket
    make: Make = SHTRIH
    planted: tuple[str, ...] = ()  # faults of `sabotage.py`, in every gateway
    starter: Starter | None = None  # of gateways; the fork server if none is named
    pasts: dict[str, Shop] = field(default_factory=dict)  # shops that have gone through these
    hits: int = 0  # faults that came to pass: the number of calls differs a little from life to life

    @property
    def control(self) -> str:
        """Where its register takes orders of faults."""
        return url(self.http if self.make.control_apart else self.wire)

    @asynccontextmanager
    async def open(self, shop: Shop, *, print_delay: float = 0.0) -> AsyncIterator[None]:
        """Its register is switched on, and the OFD knows what it has; at the end the gateway is to be dead."""
        self.ofd.reset()
        for taken in shop.taken:
            self.ofd.take(bytes(taken.receipt))
        async with trio.open_nursery() as nursery:
            await nursery.start(self.make.serve(shop.register, print_delay, self.wire, self.http))
            yield
            nursery.cancel_scope.cancel()
        shop.taken = self.ofd.listed(0)

    async def launch(self, shop: Shop) -> Child:
        """A gateway that has only just begun."""
        return await (self.starter or self.forks).start(
            shop.folder, {**self.environment, **shop.settings}, self.planted
        )

    async def start(self, shop: Shop) -> Child:
        """A gateway, ready or ended."""
        child = await self.launch(shop)
        await child.come_up()
        return child

    async def settle(self, shop: Shop, *, drain: bool = True) -> None:
        """A gateway without faults: the till repeats all it ever asked and has its answers; the OFD has all."""
        self.forks.shim.disarm()
        child = await self.start(shop)
        assert child.url is not None, f"the gateway does not start: {child.tail()}"
        for request in shop.till.requests:
            outcome = await shop.till.insist(child.url, request)
            assert outcome.status is not None, f"the gateway ended: {child.tail()}"
        if shop.till.requests:
            await shop.till.contradict(child.url, shop.till.requests[-1])
        if drain:
            await until(lambda: is_drained(shop.folder), within=DRAINED_WITHIN)
        await child.kill()


@asynccontextmanager
async def rig(place: Path, make: Make = SHTRIH) -> AsyncIterator[Rig]:
    """Everything but a gateway, until the block is left."""
    emulated = EmulatedOfd(listed=1_000_000)  # a hundred lives print more than it would show
    with bind(HOST, 0) as wire, bind(HOST, 0) as http, bind(HOST, 0) as ofd_socket, bind(HOST, 0) as odoo_socket:
        environment = _environment(make.settings(wire.getsockname()[1]), ofd_socket, odoo_socket)
        async with forks(place) as server, _client() as client, trio.open_nursery() as nursery:
            await nursery.start(partial(serve_app, partial(ofd.make_app, emulated), ofd_socket))
            await nursery.start(partial(serve_app, odoo.make_app, odoo_socket))
            yield Rig(server, client, emulated, environment, wire, http, make)
            nursery.cancel_scope.cancel()


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, timeout=30)


def _environment(register: Mapping[str, str], ofd_socket: socket, odoo_socket: socket) -> dict[str, str]:
    one = {"POS_ID": POS_ID, "LINGER": "0", **register}  # nothing lingers on loopback
    return {
        "KASSIR_API__REQUESTS_PER_SECOND": "false",  # tills of a whole farm are one address here
        "KASSIR_KKT__MODE": "production",
        **{f"KASSIR_KKT__REGISTERS__0__{key.upper()}": value for key, value in one.items()},
        "KASSIR_OFD__API_URL": url(ofd_socket),
        "KASSIR_ODOO__URL": url(odoo_socket),
        "KASSIR_CATALOG__REFRESH_INTERVAL": "false",  # its file is no part of the receipts, and can be made anew
        "KASSIR_HEARTBEAT__INTERVAL": "3600",
    }


def is_drained(folder: Path) -> bool:
    """Every receipt is at its end."""
    with closing(connect(f"file:{folder / 'kassir.db'}?mode=ro", uri=True)) as connection:
        states = {state for (state,) in connection.execute("SELECT DISTINCT state FROM receipts")}
    return states <= FINAL
