"""What readers of the chronicle get: all of it while they keep up, the newest of each component when they do not."""

import tracemalloc
from collections import Counter

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from actors.chronicle import BEHIND, REMEMBERED, Chronicle, Feed, Mark
from protocols.jsontext import loads


def written(*components: str, epoch: str = "one") -> Chronicle:
    chronicle = Chronicle(epoch)
    for number, component in enumerate(components, 1):
        chronicle.add(component, {"v": number})
    return chronicle


async def numbers(feed: Feed, at_most: int = REMEMBERED) -> list[int]:
    return [change.number for change in await feed.changes(at_most)]


async def test_a_reader_who_is_a_little_late_gets_every_change() -> None:
    chronicle = written()
    feed = chronicle.follow()
    for value in range(BEHIND):
        chronicle.add("a", {"v": value})

    assert await numbers(feed) == list(range(1, BEHIND + 1))


async def test_a_reader_who_is_very_late_gets_the_newest_state_of_each_component_in_order_of_change() -> None:
    chronicle = written()
    feed = chronicle.follow()
    for value in range(BEHIND):
        chronicle.add("a", {"v": value})
    chronicle.add("b", {"v": 1})
    chronicle.add("c", {"v": 1})

    assert await numbers(feed, 2) == [BEHIND, BEHIND + 1]
    assert await numbers(feed) == [BEHIND + 2]


async def test_a_late_reader_who_caught_up_gets_every_change_again() -> None:
    chronicle = written()
    feed = chronicle.follow()
    for value in range(2 * BEHIND):
        chronicle.add("a", {"v": value})
    await feed.changes()
    for value in range(3):
        chronicle.add("a", {"v": value})

    assert await numbers(feed) == [2 * BEHIND + more for more in (1, 2, 3)]


async def test_a_reader_takes_as_much_at_once_as_he_likes() -> None:
    chronicle = written()
    feed = chronicle.follow()
    for component in "abaab":
        chronicle.add(component, {"v": chronicle.number})

    assert [await numbers(feed, 2) for _ in range(3)] == [[1, 2], [3, 4], [5]]


async def test_who_resumes_gets_every_change_though_he_is_later_than_others_may_be() -> None:
    chronicle = written(*["a"] * REMEMBERED)
    feed = chronicle.follow(Mark("one", 100))
    taken = await numbers(feed, 500)
    chronicle.add("a", {"v": "meanwhile"})
    taken += await numbers(feed)

    assert feed.resumed
    assert taken == list(range(101, REMEMBERED + 2))


@pytest.mark.parametrize(
    ("after", "resumed"),
    [
        (Mark("one", 10), True),
        (Mark("one", REMEMBERED + 10), True),
        (Mark("one", 9), False),
        (Mark("one", REMEMBERED + 11), False),
        (Mark("two", 11), False),
    ],
    ids=["all that is remembered", "nothing was missed", "one too old", "from the future", "another life"],
)
def test_only_what_is_whole_is_resumed(after: Mark, resumed: bool) -> None:
    feed = written(*["a"] * (REMEMBERED + 10)).follow(after)

    assert feed.resumed is resumed
    assert bool(feed.snapshot) is not resumed


@pytest.mark.parametrize("text", ["", "-", "one", "one-", "-1", "one-x", "one-٣", "one-" + "9" * 19, "one--1x"])
def test_what_is_no_mark_is_none(text: str) -> None:
    assert Mark.of(text) is None


@given(st.text(min_size=1), st.integers(0, 10**18 - 1))
def test_a_mark_is_read_as_it_was_written(epoch: str, number: int) -> None:
    assert Mark.of(str(Mark(epoch, number))) == Mark(epoch, number)


async def test_a_message_says_how_many_changes_were_overtaken_before_it() -> None:
    chronicle = written()
    feed = chronicle.follow()
    chronicle.add("a", {"paper": "есть"})
    (change,) = await feed.changes()

    told = {"type": "change", "number": 1, "component": "a", "state": {"paper": "есть"}}
    assert loads(change.as_message(0)) == {**told, "missed": 0}
    assert loads(change.as_message(-3)) == {**told, "missed": 3}


def test_a_reader_who_never_reads_costs_nothing_more_however_much_happens() -> None:
    chronicle = written(*["a"] * REMEMBERED)
    feeds = [chronicle.follow() for _ in range(100)]
    tracemalloc.start()
    for value in range(3 * REMEMBERED):
        chronicle.add("a", {"v": value % 2})
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(feeds) == 100
    assert grown < 2_000_000  # what is remembered, once


async def test_a_reader_who_left_while_waiting_is_woken_and_forgotten(nursery: trio.Nursery) -> None:
    chronicle = written()
    feed = chronicle.follow()
    nursery.start_soon(feed.changes)
    await trio.testing.wait_all_tasks_blocked()
    assert len(chronicle.waiting) == 1

    feed.end()
    await trio.testing.wait_all_tasks_blocked()

    assert len(chronicle.waiting) == 0


async def test_readers_are_woken_one_in_a_round_of_the_scheduler_in_the_order_they_came(nursery: trio.Nursery) -> None:
    chronicle, rounds, woken = written(), 0, list[tuple[int, int]]()

    async def read(reader: int) -> None:
        feed = chronicle.follow()
        for _ in range(2):
            await feed.changes()
            woken.append((reader, rounds))

    for reader in range(5):
        nursery.start_soon(read, reader)
        await trio.testing.wait_all_tasks_blocked()
    for value in range(2):
        chronicle.add("a", {"v": value})
        for _ in range(10):
            rounds += 1
            await trio.lowlevel.checkpoint()

    assert [reader for reader, _ in woken] == [0, 1, 2, 3, 4] * 2
    # our own turn in a round comes at random, before or after that of the reader
    assert max(Counter(moment for _, moment in woken).values()) <= 2


async def test_a_reader_who_gives_up_as_it_is_woken_leaves_nobody_asleep(nursery: trio.Nursery) -> None:
    chronicle, seen, leaver = written(), list[int](), trio.CancelScope()

    async def leave() -> None:
        with leaver:
            await chronicle.follow().changes()

    async def read() -> None:
        seen.extend(await numbers(chronicle.follow()))

    for reader in (leave, read):
        nursery.start_soon(reader)
        await trio.testing.wait_all_tasks_blocked()
    chronicle.add("a", {"v": 1})
    leaver.cancel()
    await trio.testing.wait_all_tasks_blocked()

    assert seen == [1]


async def test_every_reader_hears_of_the_end(nursery: trio.Nursery) -> None:
    chronicle, heard = written(), list[bool]()

    async def read() -> None:
        feed = chronicle.follow()
        assert await feed.changes() == []
        heard.append(feed.ended)

    for _ in range(5):
        nursery.start_soon(read)
    await trio.testing.wait_all_tasks_blocked()
    chronicle.end()
    await trio.testing.wait_all_tasks_blocked()

    assert heard == [True] * 5
