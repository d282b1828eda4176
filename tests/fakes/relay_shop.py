"""A register whose documents the gateway carries to the OFD: the shipped emulators, driver and actors, virtual time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, cast
from zoneinfo import ZoneInfo

import trio

from actors import ofd_relay
from actors.kkt.policy import Policy
from actors.ofd_relay import OFDRelayActor
from drivers.emulators import ofd_session
from drivers.emulators.fiscal.drive import Drive
from drivers.emulators.ofd import EmulatedOfd
from drivers.emulators.ofd_documents import Document
from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.faults import Faults
from drivers.emulators.shtrih.wire import Wire
from drivers.kkt.shtrih import ShtrihRegister
from drivers.kkt.tcp_line import TcpLine
from drivers.links import Link
from drivers.ofd_session import OfdSession
from tests.fakes.inline_store import in_place
from tests.fakes.register import FakeRegister
from tests.fakes.shop import POS_ID, Shop, unguarded, virtual_now
from tests.fakes.wires import Wires

OFD_TIMEOUT = 60.0


@dataclass
class RelayShop(Shop):
    """`line` leads to the register, `way` to the OFD; both can be cut. The clock of all of them is virtual."""

    line: Wires = field(default_factory=Wires)
    way: Wires = field(default_factory=Wires)
    policy: Policy = field(default_factory=partial(Policy, linger=0.0, tells_confirmed=True))
    relay_policy: ofd_relay.Policy = field(default_factory=ofd_relay.Policy)
    link: Link = field(default_factory=lambda: unguarded("relay"))

    def __post_init__(self) -> None:
        super().__post_init__()
        self.device = Device(Drive(self.data / "drive.jsonl", now=virtual_now()), virtual_now, Faults())
        self.device.hand_over_ofd(b"\0")
        self.register_wire = Wire(self.device, in_thread=in_place)
        self.far_ofd = EmulatedOfd(now=virtual_now)
        real = ShtrihRegister(TcpLine("register", 7778, dial=self.line.dial), ZoneInfo("UTC"))
        self.register = cast(FakeRegister, real)

    @property
    def drive(self) -> Drive:
        return self.device.drive

    @property
    def at_ofd(self) -> list[Document]:
        return self.far_ofd.documents.listed(0)

    async def serve(self, nursery: trio.Nursery) -> None:
        """All but the relay."""
        await nursery.start(self.register_wire.serve, self.line.listener)
        await nursery.start(ofd_session.serve, self.far_ofd, self.way.listener)
        await self.open(nursery, "status", "buffer", "kkt")
        await trio.sleep(0.1)

    async def start_relay(self, nursery: trio.Nursery) -> None:
        actor = OFDRelayActor(
            cast(trio.MemoryReceiveChannel[ofd_relay.Message], self.sync_box.inbox),
            POS_ID,
            self.kkt_box.address,
            OfdSession("ofd", 7777, OFD_TIMEOUT, self.way.dial),
            self.link,
            self.buffer_box.address,
            self.status_box.address,
            self.relay_policy,
            Random(1),
            virtual_now,
        )
        await nursery.start(actor.run)

    async def until_confirmed(self, fd: int, within: float = 3600.0) -> None:
        """The drive has the OFD's answers to all documents up to that one. Raises trio.TooSlowError."""
        with trio.fail_after(within):
            while self.drive.confirmed < fd:  # noqa: ASYNC110  the emulator tells nobody
                await trio.sleep(0.5)

    async def told(self) -> dict[str, Any]:
        """What the relay tells of itself."""
        await trio.sleep(0.1)
        return dict((await self.world())[f"ofd.{POS_ID}"])


@asynccontextmanager
async def relay_shop(data: Path, *, relay: bool = True) -> AsyncIterator[RelayShop]:
    """Open, with the register found ready."""
    shop = RelayShop(data)
    async with trio.open_nursery() as nursery:
        await shop.serve(nursery)
        if relay:
            await shop.start_relay(nursery)
        yield shop
        nursery.cancel_scope.cancel()
    shop.drive.close()
