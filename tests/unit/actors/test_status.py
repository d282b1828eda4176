"""The snapshot of the world and its stream of changes."""

import gc
from typing import Any

import pytest
import structlog
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from actors.mailbox import Mailbox
from actors.status import Change, Feed, Follow, Look, StatusActor, announce


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


async def test_a_slow_reader_gets_the_newest_state_of_each_component_in_order_of_change(
    box: Mailbox[Any], nursery: trio.Nursery
) -> None:
    await nursery.start(StatusActor(box.inbox).run)
    feed = await follow(box)
    for value in range(100):
        await settle(box, ("a", value), ("b", value))
    await settle(box, ("a", 100))

    assert await feed.changes() == [Change(200, "b", {"v": 99}), Change(201, "a", {"v": 100})]
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
    feed = Feed(0, {})
    feed.end()

    assert [await feed.changes() for _ in range(3)] == [[], [], []]


async def test_a_reader_that_is_waiting_hears_of_a_crash(box: Mailbox[Any]) -> None:
    with pytest.RaisesGroup(AssertionError):
        async with trio.open_nursery() as nursery:
            await nursery.start(StatusActor(box.inbox).run)
            feed = await follow(box)
            box.address.tell("not a message")

    assert await feed.changes() == []


async def test_feeds_that_nobody_holds_any_more_are_forgotten(box: Mailbox[Any], nursery: trio.Nursery) -> None:
    actor = StatusActor(box.inbox)
    await nursery.start(actor.run)
    for _ in range(10):
        await follow(box)
        left = Follow()  # its asker goes before the answer comes
        box.address.tell(left)
        left.leave()
        del left
    await wait_all_tasks_blocked()
    gc.collect()

    assert len(actor.feeds) == 0
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
