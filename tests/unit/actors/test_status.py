"""The snapshot of the world and its stream of changes."""

from typing import Any

import pytest
import structlog
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from actors.chronicle import Chronicle
from actors.mailbox import Mailbox
from actors.status import Change, Feed, Follow, Look, Mark, StatusActor, announce


@pytest.fixture
def box() -> Mailbox[Any]:
    return Mailbox("status", 4)


async def follow(box: Mailbox[Any]) -> Feed:
    return await box.address.ask(Follow(), within=1)


async def settle(box: Mailbox[Any], *states: tuple[str, object]) -> None:
    for component, value in states:
        announce(box.address, component, {"v": value})
        await wait_all_tasks_blocked()


async def test_the_snapshot_has_the_last_state_of_every_component(box: Mailbox[Any], nursery: trio.Nursery) -> None:
    await nursery.start(StatusActor(box.inbox).run)
    await settle(box, ("a", 1), ("b", 1), ("a", 2))

    assert await box.address.ask(Look(), within=1) == {"a": {"v": 2}, "b": {"v": 1}}
    box.close()


async def test_a_feed_begins_with_the_world_and_goes_on_with_its_changes(
    box: Mailbox[Any], nursery: trio.Nursery
) -> None:
    await nursery.start(StatusActor(box.inbox).run)
    await settle(box, ("a", 1))
    feed = await follow(box)
    await settle(box, ("a", 2), ("b", 1))

    assert (feed.number, feed.snapshot) == (1, {"a": {"v": 1}})
    assert await feed.changes() == [Change(2, "a", {"v": 2}), Change(3, "b", {"v": 1})]
    box.close()


async def test_a_state_told_again_is_no_change(box: Mailbox[Any], nursery: trio.Nursery) -> None:
    await nursery.start(StatusActor(box.inbox).run)
    await settle(box, ("a", 1))
    feed = await follow(box)
    await settle(box, ("a", 1), ("a", 2))

    assert [change.number for change in await feed.changes()] == [2]
    box.close()


async def test_a_reader_waits_for_news(box: Mailbox[Any], nursery: trio.Nursery, autojump_clock: MockClock) -> None:
    await nursery.start(StatusActor(box.inbox).run)
    feed = await follow(box)

    with trio.move_on_after(5) as waited:
        await feed.changes()

    assert waited.cancelled_caught
    await settle(box, ("a", 1))
    assert len(await feed.changes()) == 1
    box.close()


async def test_every_feed_ends_when_the_actor_does(box: Mailbox[Any], nursery: trio.Nursery) -> None:
    await nursery.start(StatusActor(box.inbox).run)
    feed = await follow(box)

    box.close()

    assert await feed.changes() == []
    assert feed.ended


async def test_an_ended_feed_stays_so_however_often_it_is_read() -> None:
    feed = Chronicle("one").follow()
    feed.end()

    assert [await feed.changes() for _ in range(3)] == [[], [], []]


async def test_a_reader_that_is_waiting_hears_of_a_crash(box: Mailbox[Any]) -> None:
    with pytest.RaisesGroup(AssertionError):
        async with trio.open_nursery() as nursery:
            await nursery.start(StatusActor(box.inbox).run)
            feed = await follow(box)
            box.address.tell("not a message")

    assert await feed.changes() == []


async def test_a_reader_who_comes_back_is_told_what_he_missed_by_the_same_actor_only(
    box: Mailbox[Any], nursery: trio.Nursery
) -> None:
    await nursery.start(StatusActor(box.inbox, "one").run)
    await settle(box, ("a", 1), ("a", 2), ("b", 1))
    back = await box.address.ask(Follow(Mark("one", 1)), within=1)
    stranger = await box.address.ask(Follow(Mark("two", 1)), within=1)

    assert (back.resumed, back.number, back.snapshot) == (True, 1, {})
    assert [change.number for change in await back.changes()] == [2, 3]
    assert (stranger.resumed, stranger.number, len(stranger.snapshot)) == (False, 3, 2)
    box.close()


async def test_what_is_known_from_the_beginning_is_in_every_snapshot(box: Mailbox[Any], nursery: trio.Nursery) -> None:
    await nursery.start(StatusActor(box.inbox, "one", {"gateway": {"version": "1"}}).run)

    assert await box.address.ask(Look(), within=1) == {"gateway": {"version": "1"}}
    box.close()


async def test_an_announcement_that_finds_the_mailbox_full_is_skipped(box: Mailbox[Any]) -> None:
    with structlog.testing.capture_logs() as logs:
        for number in range(5):
            announce(box.address, "a", {"v": number})

    assert [entry["event"] for entry in logs] == ["announcement_skipped"]
    assert box.depth == 4


async def test_an_announcement_to_a_mailbox_that_is_gone_does_no_harm(box: Mailbox[Any]) -> None:
    box.abandon()

    announce(box.address, "a", {})

    assert box.depth == 0
