"""gRPC as a child of the tree: there where it is asked for, and mended when it crashes."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from drivers.web import Entrance, SocketEntrance, bind
from protocols.calls import GRPC
from protocols.grpc.kassir.v1 import fiscal_gateway_pb2 as pb
from protocols.settings import Settings
from supervisors.supervisor import Start
from supervisors.tree import tree
from supervisors.wiring import Wiring
from supervisors.world import World
from tests.fakes.grpc_client import BareClient
from tests.fakes.register import FakeRegister

SOON = 20.0  # seconds, on a busy machine


@dataclass
class House:
    wiring: Wiring
    place: tuple[str, int]

    async def health(self, client: BareClient) -> Any:
        number = await client.call(path=f"{GRPC}/Health")
        await client.calls[number].ended.wait()
        (message,) = client.calls[number].messages
        return pb.HealthResponse.FromString(message)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[BareClient]:
        async with await trio.open_tcp_stream(*self.place) as stream, trio.open_nursery() as nursery:
            client = BareClient(stream)
            await client.greet()
            nursery.start_soon(client.listen)
            yield client
            nursery.cancel_scope.cancel()


@asynccontextmanager
async def house(data: Path) -> AsyncIterator[House]:
    with ExitStack() as sockets:
        http, grpc = (sockets.enter_context(bind("127.0.0.1", 0)) for _ in range(2))
        settings = Settings.model_validate(
            {
                "storage": {"data": data},
                "kkt": {"registers": [{"pos_id": "POS-001", "device_path": "tcp://127.0.0.1:1", "linger": 0}]},
                "ofd": {"api_url": "http://127.0.0.1:1"},
                "odoo": {"url": "http://127.0.0.1:1"},
            }
        )
        world = World(make_register=lambda *_: FakeRegister())
        wiring = Wiring(settings, SocketEntrance(http), {}, world, SocketEntrance(grpc))
        top = tree(wiring)
        with trio.fail_after(SOON):
            async with trio.open_nursery() as nursery:
                await nursery.start(top.start)
                yield House(wiring, grpc.getsockname())
                top.stop()


async def test_after_a_crash_it_is_there_again_at_the_same_place_for_those_who_wait(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        async with found.client() as client:
            assert (await found.health(client)).status != pb.HealthResponse.STATUS_UNSPECIFIED
            found.wiring.mailboxes.grpc.address.tell("nonsense")
            await client.hung_up.wait()
        async with found.client() as client:
            assert (await found.health(client)).status != pb.HealthResponse.STATUS_UNSPECIFIED


def test_where_it_is_not_asked_for_there_is_no_such_child() -> None:
    with bind("127.0.0.1", 0) as listener:
        settings = Settings.model_validate({"storage": {"data": "nowhere"}})
        without = Wiring(settings, SocketEntrance(listener))
        with_it = Wiring(settings, SocketEntrance(listener), grpc_entrance=SocketEntrance(listener))

        assert [child.name for child in tree(without).children][-1] == "facade"
        assert [child.name for child in tree(with_it).children][-2:] == ["facade", "grpc-entrance"]


@pytest.mark.parametrize("begins", [True, False])
async def test_one_that_crashes_for_ever_is_tried_for_ever_and_never_ends_the_process(
    begins: bool, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    """The shop sells on over HTTP."""
    starts: list[float] = []

    class Failing(Wiring):
        def grpc(self, entrance: Entrance) -> Start:
            async def start(*, task_status: trio.TaskStatus[None]) -> None:
                starts.append(trio.current_time())
                if begins:
                    task_status.started()
                await trio.lowlevel.checkpoint()
                raise RuntimeError("again")

            return start

    with bind("127.0.0.1", 0) as listener:
        settings = Settings.model_validate({"storage": {"data": "nowhere"}})
        wiring = Failing(settings, SocketEntrance(listener), grpc_entrance=SocketEntrance(listener))
        *_, branch = tree(wiring).children
        nursery.start_soon(branch.start)
        await trio.sleep(3600)

    assert max(after - before for before, after in pairwise(starts)) <= 30
    assert len(starts) < 1000
    nursery.cancel_scope.cancel()
