"""The program itself under hostile clients: whatever they send, it sells on, grows no fatter and stops when told."""

import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trio

from drivers.web import Limits
from tests.e2e.gateway import Gateway, gateway, sale
from tests.e2e.hostile_inputs import FRAMES, HANDSHAKE, INPUTS, Hostile, for_gateway
from tests.e2e.hostile_receipts import BODIES, Body
from tests.e2e.sieges import SIEGES, Siege
from tests.serving import read_until

ANSWERS_WITHIN = 8.0  # seconds
SOLD_WITHIN = 10.0  # seconds, while besieged on a busy machine
STOPS_WITHIN = 10.0  # seconds: what the service manager is promised
ROUNDS, CONNECTIONS = 8, 1_250  # of each round: ten thousand come and go
WARM_UP = 3  # rounds in which code is loaded and buffers find their size
GROWTH = 10.0  # MiB in all rounds behind these: two thousand changes of the world are remembered, and fill up
FLOOD = Limits().connections + 40  # more than there are places
ALARMS = ("connection_crashed", "handler_failed", "handler_crashed", "child_crashed", "Traceback")

UNFINISHED = "head broken off"  # is waited for; see the sieges
ANSWERED = [hostile for hostile in INPUTS if hostile.name != UNFINISHED]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("hostile")) as running:
        yield running


def test_there_are_very_many_kinds_of_hostility() -> None:
    names = {each.name for each in INPUTS} | {each.name for each in BODIES} | {*FRAMES, *SIEGES}

    assert len(names) >= 60
    assert len(names) == len(INPUTS) + len(BODIES) + len(FRAMES) + len(SIEGES)


@pytest.mark.parametrize("hostile", ANSWERED, ids=lambda hostile: hostile.name)
async def test_hostile_bytes_are_answered_and_the_next_receipt_is_printed(shop: Gateway, hostile: Hostile) -> None:
    status = await _status(shop, for_gateway(hostile.sent), hangs_up=hostile.half_closed)

    assert status == _wanted(hostile) or (hostile.half_closed and status is None)
    _sells_on(shop)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body.name)
async def test_hostile_receipt_is_answered_and_the_next_one_is_printed(shop: Gateway, body: Body) -> None:
    assert await _status(shop, body.request) == body.answer
    _sells_on(shop)


@pytest.mark.parametrize("frame", [frame for frame, _ in FRAMES.values()], ids=FRAMES)
async def test_hostile_frame_reaches_nobody_else(shop: Gateway, frame: bytes) -> None:
    async with await _dial(shop) as stream:
        await stream.send_all(for_gateway(HANDSHAKE) + b"\r\n")
        await read_until(stream, b"\r\n\r\n")
        await stream.send_all(frame)

        _sells_on(shop)


async def test_memory_does_not_grow_with_hostility(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, trio.fail_after(120):
        sizes = []
        for _ in range(ROUNDS):
            await _round(shop)
            sizes.append(_memory(shop))

        assert sizes[-1] - sizes[WARM_UP - 1] < GROWTH, sizes
        _sells_on(shop)
        assert shop.stop() == 0


async def test_besieged_it_sells_on_and_stops_when_told(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, trio.fail_after(90):
        async with trio.open_nursery() as besiegers:
            for siege in SIEGES.values():
                besiegers.start_soon(_besiege, siege, shop)
            for _ in range(20):
                await trio.sleep(0.2)
                assert (await _sell(shop)) < SOLD_WITHIN
            _is_sane(shop)

            began = trio.current_time()
            status = await trio.to_thread.run_sync(shop.stop)
            besiegers.cancel_scope.cancel()

        assert status == 0
        assert trio.current_time() - began < STOPS_WITHIN
        _is_sane(shop)


async def test_a_flood_of_connections_delays_a_sale_but_does_not_prevent_it(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, trio.fail_after(60):
        flood = [await _dial(shop) for _ in range(FLOOD)]

        shop.client.close()  # its kept connection would be a place of its own
        async with await _dial(shop) as stream:
            await stream.send_all(BODIES[0].request)
            assert (await read_until(stream, b"\r\n\r\n", within=40)).startswith(b"HTTP/1.1 400 ")

        for stream in flood:
            await trio.aclose_forcefully(stream)
        _is_sane(shop)


def _wanted(hostile: Hostile) -> int | None:
    """What this gateway says where an application of the test's own would be content."""
    if hostile.name == "absolute target with a broken host":
        return 404
    return 400 if hostile.answer == 200 and b"POST /size" in hostile.sent else hostile.answer


async def _besiege(siege: Siege, shop: Gateway) -> None:
    try:
        await siege(_port(shop))
    except (OSError, EOFError, trio.TooSlowError, trio.BrokenResourceError):
        await trio.sleep_forever()  # the gateway is stopping


async def _round(shop: Gateway) -> None:
    """Each kind once, in any order, and a crowd that comes and goes."""
    wanted = [(for_gateway(hostile.sent), hostile.half_closed) for hostile in ANSWERED]
    wanted += [(body.request, False) for body in BODIES]
    for sent, hangs_up in random.sample(wanted, len(wanted)):
        await _status(shop, sent, hangs_up=hangs_up)
    for _ in range(CONNECTIONS):
        await (await _dial(shop)).aclose()
    _sells_on(shop)


async def _status(shop: Gateway, sent: bytes, *, hangs_up: bool = False) -> int | None:
    """Of the first answer that is more than "go on"; None if the connection ends, or stays, without one."""
    async with await _dial(shop) as stream, trio.open_nursery() as nursery:
        nursery.start_soon(_send, stream, sent, hangs_up)
        status = await _answer(stream)
        nursery.cancel_scope.cancel()
    return status


async def _send(stream: trio.SocketStream, sent: bytes, hangs_up: bool) -> None:
    try:
        await stream.send_all(sent)
        if hangs_up:
            await stream.send_eof()
    except trio.BrokenResourceError:
        return  # an answer may come early, and with it the end


async def _answer(stream: trio.SocketStream) -> int | None:
    try:
        head = await read_until(stream, b"\r\n\r\n", within=ANSWERS_WITHIN)
        if head.startswith(b"HTTP/1.1 100 "):
            head = head.partition(b"\r\n\r\n")[2] or await read_until(stream, b"\r\n\r\n", within=ANSWERS_WITHIN)
    except (EOFError, trio.BrokenResourceError):
        return None
    return int(head.split()[1])


async def _sell(shop: Gateway) -> float:
    """In how many seconds."""
    began = trio.current_time()
    answer = await trio.to_thread.run_sync(partial(shop.post, sale()))
    assert answer.status_code == 200, answer.text
    return trio.current_time() - began


def _sells_on(shop: Gateway) -> None:
    assert shop.post(sale()).status_code == 200
    _is_sane(shop)


def _is_sane(shop: Gateway) -> None:
    log = shop.log.read_text()
    assert [alarm for alarm in ALARMS if alarm in log] == []
    assert '"status": 500' not in log
    assert '"status":500' not in log


def _memory(shop: Gateway) -> float:
    """Resident, in MiB."""
    (line,) = [line for line in Path(f"/proc/{shop.process.pid}/status").read_text().splitlines() if "VmRSS" in line]
    return int(line.split()[1]) / 1024


async def _dial(shop: Gateway) -> trio.SocketStream:
    return await trio.open_tcp_stream("127.0.0.1", _port(shop))


def _port(shop: Gateway) -> int:
    port = urlsplit(shop.url).port
    assert port is not None
    return port
