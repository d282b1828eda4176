"""One gRPC connection and a client that knows no manners, in virtual time."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import h2.errors
import h2.exceptions
import pytest
import structlog
import trio
import trio.testing
from trio.testing import MockClock, memory_stream_pair, wait_all_tasks_blocked

from drivers.grpc import Call, Ending, Limits
from drivers.grpc.connection import Connection
from drivers.grpc.conversation import RARE
from drivers.web.peer import Peer
from protocols.grpc.statuses import Code
from tests.fakes.grpc_client import METHOD, PLAIN, PSEUDO, BareClient, Heard, framed

LIMITS = Limits(calls=200, message_size=1000, window=100_000, frames=500)
Streams = Callable[[], tuple[trio.abc.Stream, trio.abc.Stream]]


@dataclass
class Shop:
    """Answers by what is asked: `echo`, `wait`, `crash`, `talk`. `left`: how many waits were cancelled."""

    asked: list[Call] = field(default_factory=list)
    left: int = 0

    async def answer(self, call: Call) -> Ending:
        self.asked.append(call)
        match call.path.rpartition("/")[2]:
            case "Wait":
                try:
                    await trio.sleep(float(call.request))
                except trio.Cancelled:
                    self.left += 1
                    raise
            case "Crash":
                raise LookupError("lost")
            case "Talk":
                while True:
                    await call.tell(b"x" * 100)
        await call.tell(call.request * 2)
        return Ending(Code.OK, "", [("x-rest", "told"), ("x-rest-bin", b"\xff\x00")])


@dataclass
class Scene:
    client: BareClient
    shop: Shop
    stopping: trio.Event
    over_at: float | None = None
    over: trio.Event = field(default_factory=trio.Event)

    def heard(self, number: int) -> Heard:
        return self.client.calls[number]


@asynccontextmanager
async def connected(
    *, window: int | None = None, limits: Limits = LIMITS, streams: Streams = memory_stream_pair, listens: bool = True
) -> AsyncIterator[Scene]:
    ours, theirs = streams()
    scene = Scene(BareClient(theirs, window=window), Shop(), trio.Event())
    connection = Connection(scene.shop.answer, limits, scene.stopping, ours, Peer(("10.0.0.7", 5)))

    async def serve() -> None:
        await connection.run()
        scene.over_at = trio.current_time()
        scene.over.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        if listens:
            nursery.start_soon(scene.client.listen)
            await scene.client.greet()
        yield scene
        nursery.cancel_scope.cancel()


async def test_a_call_is_answered_with_a_message_and_a_status(autojump_clock: MockClock) -> None:
    async with connected() as scene:
        number = await scene.client.call(b"two", extra=[("x-till", "7"), ("x-till", "8"), ("x-raw-bin", "AAE")])
        await wait_all_tasks_blocked()
        heard = scene.heard(number)
        (call,) = scene.shop.asked

    assert (heard.messages, heard.status, heard.over) == ([b"twotwo"], 0, True)
    assert (heard.headers["x-rest"], heard.headers["x-rest-bin"]) == ("told", "/wA")
    assert (call.path, call.request, call.peer) == ("/shop.Till/Sell", b"two", Peer(("10.0.0.7", 5)))
    assert call.metadata["x-till"] == "7"


async def test_a_call_that_crashes_is_internal_and_the_next_one_is_answered(autojump_clock: MockClock) -> None:
    async with connected() as scene:
        with structlog.testing.capture_logs() as logs:
            crashed = await scene.client.call(path="/shop.Till/Crash")
            await wait_all_tasks_blocked()
        good = await scene.client.call(b"a")
        await wait_all_tasks_blocked()
        assert (scene.heard(crashed).status, scene.heard(good).messages) == (Code.INTERNAL, [b"aa"])

    assert [line["event"] for line in logs] == ["grpc_call_crashed"]


async def test_the_time_that_a_caller_gives_ends_its_call(autojump_clock: MockClock) -> None:
    async with connected() as scene:
        number = await scene.client.call(b"60", "/shop.Till/Wait", [("grpc-timeout", "3S")])
        await trio.sleep(3.01)
        assert (scene.heard(number).status, scene.shop.left) == (Code.DEADLINE_EXCEEDED, 1)


async def test_a_call_that_is_taken_back_is_not_worked_on_any_more(autojump_clock: MockClock) -> None:
    async with connected() as scene:
        number = await scene.client.call(b"60", "/shop.Till/Wait")
        await wait_all_tasks_blocked()
        scene.client.h2.reset_stream(number, h2.errors.ErrorCodes.CANCEL)
        await scene.client.flush()
        await wait_all_tasks_blocked()
        assert scene.shop.left == 1
        good = await scene.client.call(b"a")
        await wait_all_tasks_blocked()
        assert scene.heard(good).messages == [b"aa"]


async def test_a_client_that_leaves_takes_its_calls_with_it(autojump_clock: MockClock) -> None:
    async with connected() as scene:
        await scene.client.call(b"60", "/shop.Till/Wait")
        await wait_all_tasks_blocked()
        await scene.client.stream.aclose()
        await scene.over.wait()
        assert (scene.shop.left, scene.over_at) == (1, 0)


async def test_a_caller_that_makes_no_room_for_its_answer_is_cut_off_and_others_are_not(
    autojump_clock: MockClock,
) -> None:
    async with connected(window=0) as scene:
        number = await scene.client.call(b"a", "/shop.Till/Talk")
        await trio.sleep(LIMITS.write_time + 0.01)
        assert (scene.heard(number).status, scene.heard(number).data) == (Code.RESOURCE_EXHAUSTED, b"")
        await scene.client.begin()
        assert not scene.over.is_set()


async def test_one_that_reads_again_in_time_misses_nothing(autojump_clock: MockClock) -> None:
    async with connected(window=0) as scene:
        number = await scene.client.call(b"abc")
        await trio.sleep(LIMITS.write_time - 1)
        scene.client.h2.increment_flow_control_window(8, number)
        await scene.client.flush()
        await trio.sleep(0.5)
        scene.client.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 1000})
        await scene.client.flush()
        await wait_all_tasks_blocked()
        assert (scene.heard(number).messages, scene.heard(number).status) == ([b"abcabc"], 0)


async def test_a_client_that_does_not_read_its_socket_is_gone_after_the_time_of_a_write(
    autojump_clock: MockClock,
) -> None:
    async with connected(streams=trio.testing.lockstep_stream_pair, listens=False) as scene:
        await scene.over.wait()
        assert scene.over_at == LIMITS.write_time


@pytest.mark.parametrize("said", [b"", b"PRI * HTTP/2.0\r\n"])
async def test_whoever_does_not_greet_in_time_is_let_go(said: bytes, autojump_clock: MockClock) -> None:
    async with connected(listens=False) as scene:
        for number in range(len(said)):
            await scene.client.stream.send_all(said[number : number + 1])
            await trio.sleep(0.3)
        await scene.over.wait()
        assert scene.over_at == LIMITS.greeting_time


async def test_a_quiet_client_is_asked_whether_it_is_there_and_kept_while_it_has_a_call(
    autojump_clock: MockClock,
) -> None:
    async with connected() as scene:
        await scene.client.call(b"3000", "/shop.Till/Wait")
        await trio.sleep(1000)
        assert (scene.client.pinged, scene.over_at) == (1000 // LIMITS.quiet, None)


async def test_one_that_does_not_answer_that_is_let_go(autojump_clock: MockClock) -> None:
    async with connected(listens=False) as scene:
        await scene.client.greet()
        await scene.over.wait()
        assert scene.over_at == LIMITS.quiet + LIMITS.echo_time


async def test_one_without_calls_is_let_go_politely(autojump_clock: MockClock) -> None:
    async with connected() as scene:
        await scene.client.call(b"a")
        await scene.over.wait()
        assert scene.over_at is not None
        assert LIMITS.idle <= scene.over_at <= LIMITS.idle + LIMITS.quiet
        await wait_all_tasks_blocked()
        assert scene.client.goodbye == h2.errors.ErrorCodes.NO_ERROR


async def test_pings_do_not_keep_the_place_of_one_without_calls(autojump_clock: MockClock) -> None:
    async with connected() as scene:
        while scene.over_at is None:
            scene.client.h2.ping(b"at home?")
            await scene.client.flush()
            await trio.sleep(LIMITS.quiet / 2)
            assert trio.current_time() <= LIMITS.idle + LIMITS.quiet
        assert scene.client.goodbye == h2.errors.ErrorCodes.NO_ERROR


async def test_a_request_that_does_not_arrive_whole_is_given_up(autojump_clock: MockClock) -> None:
    async with connected() as scene:
        number = await scene.client.begin()
        await scene.client.send(number, framed(b"x" * 100)[:50])
        await trio.sleep(LIMITS.request_time + 0.01)
        assert (scene.heard(number).status, scene.shop.asked) == (Code.DEADLINE_EXCEEDED, [])


@pytest.mark.parametrize(
    ("data", "extra", "code"),
    [
        (framed(b"x" * 1001), [], Code.RESOURCE_EXHAUSTED),
        (b"\0\xff\xff\xff\xff", [], Code.RESOURCE_EXHAUSTED),
        (framed(b"a") + framed(b"b"), [], Code.UNIMPLEMENTED),
        (framed(b"a", compressed=True), [], Code.UNIMPLEMENTED),
        (framed(b"a"), [("grpc-encoding", "gzip")], Code.UNIMPLEMENTED),
        (framed(b"a")[:4], [], Code.INTERNAL),
        (b"", [], Code.INTERNAL),
    ],
)
async def test_a_request_that_is_not_one_plain_message_ends_its_call_alone(
    data: bytes, extra: list[tuple[str, str]], code: Code, autojump_clock: MockClock
) -> None:
    async with connected() as scene:
        other = await scene.client.call(b"2", "/shop.Till/Wait")
        number = await scene.client.begin(extra=extra)
        await scene.client.send(number, data, end=True)
        await trio.sleep(3)
        assert scene.heard(number).status == code
        assert scene.heard(other).messages == [b"22"]
        assert [call.path for call in scene.shop.asked] == ["/shop.Till/Wait"]


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/shop.Till/Sell", PLAIN[1:]),
        ("/shop.Till/Sell", PLAIN[:1]),
        ("/shop.Till/Sell", (PLAIN[0], ("content-type", "text/html"))),
        ("/shop.Till/Sell", (*PLAIN, PLAIN[1])),
        ("/shop.Till/Sell", (*PLAIN, ("grpc-timeout", "soon"))),
        ("/shop.Till/Sell", (*PLAIN, ("grpc-timeout", "99999999999999999999H"))),
        ("/shop.Till/Sell", (*PLAIN, ("x-bin", "A"))),
        ("shop", PLAIN),
        ("/", PLAIN),
        ("/a/b/c", PLAIN),
    ],
)
async def test_a_head_that_is_no_call_ends_its_stream_alone(
    path: str, plain: tuple[tuple[str, str], ...], autojump_clock: MockClock
) -> None:
    async with connected() as scene:
        other = await scene.client.call(b"2", "/shop.Till/Wait")
        number = await scene.client.begin(path, plain=plain)
        await trio.sleep(3)
        assert scene.heard(number).reset == h2.errors.ErrorCodes.PROTOCOL_ERROR
        assert scene.heard(other).messages == [b"22"]


async def test_more_calls_at_once_than_there_may_be_end_the_connection(autojump_clock: MockClock) -> None:
    async with connected(limits=Limits(calls=4), listens=False) as scene:
        await scene.client.greet()
        for _ in range(5):
            await scene.client.call(b"60", "/shop.Till/Wait")
        await scene.over.wait()
        assert scene.over_at == 0


async def test_no_more_may_come_than_the_window_holds_until_something_is_whole(autojump_clock: MockClock) -> None:
    limits = Limits(message_size=50_000, window=100_000)
    async with connected(limits=limits) as scene:
        await wait_all_tasks_blocked()
        numbers = [await scene.client.begin() for _ in range(3)]
        for number in numbers[:2]:
            await scene.client.send(number, framed(b"x" * 50_000)[:-10])
        await wait_all_tasks_blocked()
        with pytest.raises(h2.exceptions.FlowControlError):
            await scene.client.send(numbers[2], framed(b"x" * 50_000))
        await scene.client.send(numbers[0], b"x" * 10, end=True)
        await wait_all_tasks_blocked()
        assert scene.client.h2.local_flow_control_window(numbers[2]) > 0


async def test_a_frame_that_is_too_long_is_refused_at_its_head(autojump_clock: MockClock) -> None:
    async with connected() as scene:
        await scene.client.stream.send_all(b"\0\x40\x01" + b"\0" * 6)
        await scene.over.wait()
        assert scene.over_at == 0


def _pings(client: BareClient) -> None:
    client.h2.ping(b"12345678")


def _settings(client: BareClient) -> None:
    client.h2.update_settings({h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: 1000})


def _resets(client: BareClient) -> None:
    number = client.h2.get_next_available_stream_id()
    client.h2.send_headers(number, [*PSEUDO, (":path", METHOD), *PLAIN])
    client.h2.reset_stream(number, h2.errors.ErrorCodes.CANCEL)


def _wrong_heads(client: BareClient) -> None:
    number = client.h2.get_next_available_stream_id()
    client.h2.send_headers(number, [*PSEUDO, (":path", METHOD)], end_stream=False)
    client.calls[number] = Heard()


def _windows(client: BareClient) -> None:
    client.h2.increment_flow_control_window(1)


def _empty_data(client: BareClient) -> None:
    if not client.calls:
        client.calls[1] = Heard()
        client.h2.send_headers(1, [*PSEUDO, (":path", METHOD), *PLAIN])
    client.h2.send_data(1, b"")


@pytest.mark.parametrize(
    ("flood", "cost"),
    [(_pings, RARE), (_settings, RARE), (_resets, 4), (_wrong_heads, RARE), (_windows, 4), (_empty_data, 1)],
)
async def test_a_flood_of_frames_that_are_no_call_ends_the_connection(
    flood: Callable[[BareClient], None], cost: int, autojump_clock: MockClock
) -> None:
    async with connected() as scene:
        await wait_all_tasks_blocked()
        for _ in range(LIMITS.frames // (2 * RARE)):
            flood(scene.client)
        await scene.client.flush()
        await trio.sleep(1.01)
        assert scene.over_at is None
        for _ in range(LIMITS.frames // cost + 1):
            flood(scene.client)
        await scene.client.flush()
        await scene.over.wait()
        await wait_all_tasks_blocked()
        assert scene.client.goodbye == h2.errors.ErrorCodes.ENHANCE_YOUR_CALM


async def test_who_makes_room_for_each_answer_may_do_so_as_often_as_it_calls(autojump_clock: MockClock) -> None:
    """A good client that made eight hundred calls a second was taken for a flood."""
    async with connected() as scene:
        for _ in range(LIMITS.frames):
            number = await scene.client.call(b"a")
            await wait_all_tasks_blocked()
            assert scene.heard(number).over
            for _ in range(3):
                _windows(scene.client)
            await scene.client.flush()
        assert (trio.current_time(), scene.over_at) == (0.0, None)


async def test_at_the_end_what_is_under_way_is_answered_and_the_client_is_told_to_begin_no_more(
    autojump_clock: MockClock,
) -> None:
    async with connected() as scene:
        number = await scene.client.call(b"3", "/shop.Till/Wait")
        await trio.sleep(1)
        scene.stopping.set()
        await trio.sleep(1)
        assert (scene.client.goodbye, scene.over_at) == (h2.errors.ErrorCodes.NO_ERROR, None)
        await scene.over.wait()
        await wait_all_tasks_blocked()
        assert (scene.over_at, scene.heard(number).messages) == (3, [b"33"])
