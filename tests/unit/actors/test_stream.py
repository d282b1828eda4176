"""The status stream on a real socket, followed by `websockets`, another implementation, in threads of its own."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trio
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from actors.facade.room import AT_ONCE
from actors.facade.stream import MESSAGES
from drivers.web import Limits
from protocols.calls import Rank
from protocols.jsontext import loads
from tests.fakes.gallery import gallery

CHANGES, AHEAD = 10_000, 500
WITHIN = 30.0  # seconds


def viewer(url: str, **how: Any) -> Any:
    """A `ClientConnection`, once it is entered."""
    return connect(url, proxy=None, close_timeout=1, **how)


@asynccontextmanager
async def following(url: str, **how: Any) -> AsyncIterator[ClientConnection]:
    """All that blocks is done in threads, for the server is in ours."""
    coming = await in_thread(partial(viewer, url, **how))
    try:
        yield await in_thread(coming.__enter__)
    finally:
        await in_thread(coming.__exit__, None, None, None)


def told(connection: ClientConnection) -> dict[str, Any]:
    message = connection.recv(timeout=WITHIN, decode=False)
    return dict(loads(bytes(message)))


def told_until(connection: ClientConnection, number: int) -> Iterator[dict[str, Any]]:
    while True:
        message = told(connection)
        if message["type"] != "heartbeat":
            yield message
        if message["number"] >= number:
            return


def close_code(connection: ClientConnection) -> int | None:
    try:
        while True:
            told(connection)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


async def in_thread(work: Any, *arguments: Any) -> Any:
    return await trio.to_thread.run_sync(partial(work, *arguments))


async def until(check: Callable[[], bool]) -> None:
    with trio.fail_after(WITHIN):
        while not check():  # noqa: ASYNC110  what threads and sockets do is no event of ours
            await trio.sleep(0.01)


def follow_to_the_end(url: str, seen: list[dict[str, Any]]) -> None:
    """Leaves in the middle, and comes back for what was missed."""
    with viewer(url) as connection:
        for message in told_until(connection, CHANGES // 2):
            seen.append(message)
    with viewer(f"{url}?after={seen[0]['epoch']}-{seen[-1]['number']}") as connection:
        for message in told_until(connection, seen[0]["number"] + CHANGES):
            seen.append(message)


async def test_a_viewer_who_reads_gets_every_one_of_ten_thousand_changes_over_a_lost_connection_too(
    tmp_path: Path,
) -> None:
    seen: list[dict[str, Any]] = []
    async with gallery(tmp_path) as shop, trio.open_nursery() as nursery:
        nursery.start_soon(in_thread, follow_to_the_end, shop.url, seen)
        await until(lambda: len(seen) == 1)  # the snapshot
        for value in range(CHANGES):
            if value % 100 == 0:
                await until(lambda ahead=value: ahead - len(seen) < AHEAD)  # type: ignore[misc]
            shop.announce(f"part.{value % 7}", {"v": value})

    begins = [message for message in seen if message["type"] != "change"]
    changes = [message for message in seen if message["type"] == "change"]
    assert [message["type"] for message in begins] == ["snapshot", "resumed"]
    assert begins[0]["epoch"] == begins[1]["epoch"]
    assert [change["number"] for change in changes] == [begins[0]["number"] + n for n in range(1, CHANGES + 1)]
    assert {change["missed"] for change in changes} == {0}
    assert [change["state"]["v"] for change in changes] == list(range(CHANGES))


def read_late(connection: ClientConnection, number: int) -> list[dict[str, Any]]:
    return list(told_until(connection, number))


async def test_a_viewer_who_reads_late_gets_the_newest_of_each_component_and_hears_what_he_missed(
    tmp_path: Path,
) -> None:
    async with gallery(tmp_path) as shop, following(shop.url, max_queue=1) as connection:
        snapshot = await in_thread(told, connection)
        await shop.announce_all(5000, size=2000)  # ten megabytes; no buffer on the way holds them
        await trio.sleep(0.1)
        changes = await in_thread(read_late, connection, snapshot["number"] + 5000)

    last = snapshot["number"]
    for change in changes:
        assert change["number"] == last + 1 + change["missed"]
        last = change["number"]
    newest = {change["component"]: change["state"]["v"] for change in changes}
    assert newest == {f"part.{value % 7}": value for value in range(4993, 5000)}
    assert len(changes) < 4000


async def test_a_viewer_who_never_reads_is_cut_off_and_leaves_room(tmp_path: Path) -> None:
    async with gallery(tmp_path, limits=Limits(write_time=0.5)) as shop, following(shop.url, max_queue=1):
        await shop.announce_all(3000, size=2000)
        await until(lambda: shop.wiring.room.under_way(Rank.WATCH) == 0)


async def test_a_viewer_who_talks_without_end_is_shown_out(tmp_path: Path) -> None:
    async with gallery(tmp_path) as shop, following(shop.url) as connection:
        for _ in range(MESSAGES + 1):
            await in_thread(connection.send, "hello?")

        assert await in_thread(close_code, connection) == 1008


async def test_a_few_words_of_a_viewer_do_no_harm_and_quiet_is_broken_by_a_heartbeat(tmp_path: Path) -> None:
    async with gallery(tmp_path) as shop, following(shop.url) as connection:
        snapshot = await in_thread(told, connection)
        for word in ("hello", b"", b"\x00"):
            await in_thread(connection.send, word)
        began = trio.current_time()
        heartbeat = await in_thread(told, connection)
        quiet = trio.current_time() - began

    assert heartbeat == {"type": "heartbeat", "number": snapshot["number"]}
    assert quiet < 4


async def test_a_new_life_of_the_status_begins_with_a_snapshot_of_another_epoch(tmp_path: Path) -> None:
    async with gallery(tmp_path) as shop, trio.open_nursery() as nursery:
        async with following(shop.url) as connection:
            before = await in_thread(told, connection)
            shop.status.cancel()
            await nursery.start(shop.wiring.status)
            after = await in_thread(told, connection)
        async with following(f"{shop.url}?after={before['epoch']}-{before['number']}") as connection:
            resumed = await in_thread(told, connection)
        nursery.cancel_scope.cancel()

    assert (before["type"], after["type"], resumed["type"]) == ("snapshot", "snapshot", "snapshot")
    assert before["epoch"] != after["epoch"] == resumed["epoch"]


@pytest.mark.parametrize("after", ["nonsense", "", "%00-1", "-5"])
async def test_a_mark_that_is_none_begins_with_a_snapshot(tmp_path: Path, after: str) -> None:
    async with gallery(tmp_path) as shop, following(f"{shop.url}?after={after}") as connection:
        assert (await in_thread(told, connection))["type"] == "snapshot"


async def test_an_unknown_status_is_told_with_try_again_later(tmp_path: Path) -> None:
    async with gallery(tmp_path) as shop:
        shop.status.cancel()
        shop.wiring.mailboxes.status.abandon()
        async with following(shop.url) as connection:
            assert await in_thread(close_code, connection) == 1013


async def test_a_stop_is_told_with_going_away(tmp_path: Path) -> None:
    async with gallery(tmp_path) as shop, following(shop.url) as connection:
        await in_thread(told, connection)
        shop.stopping.set()

        assert await in_thread(close_code, connection) == 1001


async def test_the_subprotocol_is_taken_up_if_offered(tmp_path: Path) -> None:
    offers: dict[str | None, list[str]] = {"kassir.v1": ["other", "kassir.v1"], None: ["other"]}
    async with gallery(tmp_path) as shop:
        for taken, offered in offers.items():
            subprotocols = [Subprotocol(each) for each in offered]
            async with following(shop.url, subprotocols=subprotocols) as connection:
                assert connection.subprotocol == taken


async def test_messages_of_every_size_arrive_whole(tmp_path: Path) -> None:
    texts = ["x" * size for size in (0, 40, 50, 200, 65_000, 65_600, 200_000)]  # around 126 and 65,536 bytes a message
    async with gallery(tmp_path) as shop, following(shop.url) as connection:
        await in_thread(told, connection)
        for text in texts:
            shop.announce("a", {"t": text})

        assert [(await in_thread(told, connection))["state"]["t"] for _ in texts] == texts


def refused(url: str) -> InvalidStatus:
    with pytest.raises(InvalidStatus) as found:
        viewer(url)
    return found.value


async def test_one_viewer_too_many_is_told_so_and_gets_in_once_another_has_left(tmp_path: Path) -> None:
    async with gallery(tmp_path) as shop:
        with ExitStack() as others:
            for _ in range(AT_ONCE[Rank.WATCH]):
                others.enter_context(shop.wiring.room.place(Rank.WATCH))
            answer = (await in_thread(refused, shop.url)).response
        async with following(shop.url) as connection:
            assert (await in_thread(told, connection))["type"] == "snapshot"

    assert answer.status_code == 503
    assert loads(answer.body or b"")["code"] == "TOO_MANY_VIEWERS"
    assert int(answer.headers["Retry-After"]) > 0


async def test_every_one_of_two_hundred_viewers_gets_in_at_once(tmp_path: Path) -> None:
    async with gallery(tmp_path) as shop, trio.open_nursery() as nursery:
        heard: list[dict[str, Any]] = []

        async def look() -> None:
            async with following(shop.url) as connection:
                heard.append(await in_thread(told, connection))
                await all_in.wait()

        all_in = trio.Event()
        for _ in range(200):
            nursery.start_soon(look)
        await until(lambda: len(heard) == 200)
        watching = shop.wiring.room.under_way(Rank.WATCH)
        all_in.set()

    assert watching == 200
    assert {each["type"] for each in heard} == {"snapshot"}
