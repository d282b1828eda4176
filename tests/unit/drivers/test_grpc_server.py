"""The gRPC server on a port of this computer: who comes in, and how it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest
import trio

from drivers.grpc import Call, Ending, Limits, serve
from drivers.web import SocketEntrance, bind
from tests.fakes.grpc_client import BareClient

SOON = 10.0  # seconds, on a busy machine
WAIT = "/shop.Till/Wait"


async def answer(call: Call) -> Ending:
    if call.path == WAIT:
        await trio.sleep_forever()
    await call.tell(call.request)
    return Ending()


@asynccontextmanager
async def served(stopping: trio.Event, limits: Limits = Limits()) -> AsyncIterator[SocketEntrance]:  # noqa: B008
    """Until it is stopped, which must not take long."""
    with bind("127.0.0.1", 0) as listener, trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            entrance = SocketEntrance(listener)
            await nursery.start(partial(serve, answer, entrance, stopping=stopping, grace=0.2, limits=limits))
            yield entrance
            stopping.set()


@asynccontextmanager
async def client(entrance: SocketEntrance) -> AsyncIterator[BareClient]:
    async with await trio.open_tcp_stream(*entrance.socket.getsockname()) as stream, trio.open_nursery() as nursery:
        found = BareClient(stream)
        await found.greet()
        nursery.start_soon(found.listen)
        yield found
        nursery.cancel_scope.cancel()


async def sold(by: BareClient) -> bytes:
    number = await by.call(b"paid")
    await by.calls[number].ended.wait()
    (message,) = by.calls[number].messages
    return message


async def test_at_the_end_a_call_that_does_not_end_is_cut_off_when_the_grace_is_over() -> None:
    stopping = trio.Event()
    async with served(stopping) as entrance, client(entrance) as till:
        await till.call(path=WAIT)
        assert await sold(till) == b"paid"
        stopping.set()
        await till.hung_up.wait()

    assert till.goodbye == 0


async def test_whoever_comes_beyond_the_places_waits_for_one() -> None:
    places = served(trio.Event(), Limits(connections=2))
    async with places as entrance, client(entrance) as first, client(entrance) as second, client(entrance) as third:
        assert [await sold(first), await sold(second)] == [b"paid", b"paid"]
        with trio.move_on_after(0.2) as patience:
            await sold(third)
        assert patience.cancelled_caught
        await second.stream.aclose()
        await third.calls[1].ended.wait()
        assert third.calls[1].messages == [b"paid"]


async def test_one_address_of_another_computer_holds_its_share_of_the_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.web.door.stranger", lambda _: "10.0.0.7")
    share = served(trio.Event(), Limits(connections_of_one=1))
    async with share as entrance, client(entrance) as first, client(entrance) as second:
        assert await sold(first) == b"paid"
        await second.hung_up.wait()
        assert second.calls == {}


async def test_what_is_bound_goes_on_listening_for_the_next_server() -> None:
    with bind("127.0.0.1", 0) as listener, trio.fail_after(SOON):
        for _ in range(2):
            stopping = trio.Event()
            async with trio.open_nursery() as nursery:
                run = partial(serve, answer, SocketEntrance(listener), stopping=stopping, grace=0.2)
                await nursery.start(run)
                async with client(SocketEntrance(listener)) as till:
                    assert await sold(till) == b"paid"
                stopping.set()
