"""The thread that writes: real time, a real file, no waiting."""

from pathlib import Path
from typing import Any

import pytest
import trio

from drivers.clock import utc_now
from drivers.store.receipts import ReceiptStore
from drivers.store.records import BufferFull, Claimed
from drivers.store.writer import Done, Failed, NoRoom, Work, Writer
from protocols.errors import FailStop
from tests.samples import intent, sale


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kassir.db"


def writer(path: Path) -> Writer:
    return Writer(path, utc_now)


def claim(pos_id: str) -> Work:
    found = intent(sale(pos_id=pos_id))
    return lambda store: store.claim(found, 1000)


def run_sql(statement: str) -> Work:
    def work(store: ReceiptStore) -> Any:
        store._connection.exec_driver_sql(statement)

    return work


def spoil(path: Path) -> None:
    """All but the first two pages."""
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xff" * (len(content) - 8192))


async def queued(path: Path) -> int:
    async with writer(path) as store:
        (outcome,) = await store.transact([ReceiptStore.totals])
    assert isinstance(outcome, Done)
    found: int = outcome.value.queued
    return found


async def test_what_is_done_is_there_after_a_new_start(path: Path) -> None:
    async with writer(path) as store:
        outcomes = await store.transact([claim("A"), claim("B")])

    assert all(isinstance(outcome, Done) and isinstance(outcome.value, Claimed) for outcome in outcomes)
    assert await queued(path) == 2


async def test_the_outcomes_come_in_the_order_of_the_pieces(path: Path) -> None:
    def number(value: int) -> Work:
        return lambda _: value

    async with writer(path) as store:
        outcomes = await store.transact([number(1), number(2), number(3)])

    assert outcomes == [Done(1), Done(2), Done(3)]


async def test_a_piece_that_fails_is_taken_back_alone(path: Path) -> None:
    def half(store: ReceiptStore) -> None:
        claim("C")(store)
        raise ZeroDivisionError

    async with writer(path) as store:
        before, failed, after = await store.transact([claim("A"), half, claim("B")])

    assert isinstance(before, Done)
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, ZeroDivisionError)
    assert isinstance(after, Done)
    assert await queued(path) == 2


async def test_a_belt_that_holds_is_the_fault_of_its_piece(path: Path) -> None:
    async with writer(path) as store:
        outcomes = await store.transact([claim("A"), claim("A")])

    assert [type(outcome) for outcome in outcomes] == [Done, Failed]


async def test_what_does_not_fit_on_a_full_disk_is_taken_back_alone_and_goes_on_when_there_is_room(path: Path) -> None:
    async with writer(path) as store:
        await store.transact([run_sql("PRAGMA max_page_count = 1")])  # SQLite takes what the file has by now
        fat = run_sql("INSERT INTO events (at, receipt, state, detail) VALUES (0, 0, '', zeroblob(1000000))")
        kept, failed = await store.transact([claim("A"), fat])
        assert isinstance(kept, Done)
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, NoRoom)
        await store.transact([run_sql("PRAGMA max_page_count = 1000000")])
        assert [type(outcome) for outcome in await store.transact([claim("B"), fat])] == [Done, Done]

    assert await queued(path) == 2


async def test_a_malformed_file_stops_the_process(path: Path) -> None:
    async with writer(path) as store:
        await store.transact([claim("A")])
    spoil(path)

    async def use_it() -> None:
        async with writer(path) as store:
            for pos_id in ("B", "C"):
                await store.transact([claim(pos_id)])

    with pytest.raises(FailStop):
        await use_it()


async def test_work_that_is_cancelled_before_it_begins_is_not_done(path: Path) -> None:
    async with writer(path) as store:
        with trio.CancelScope() as scope:
            scope.cancel()
            await store.transact([claim("A")])

    assert await queued(path) == 0


async def test_work_that_has_begun_is_done_though_its_asker_is_cancelled(path: Path) -> None:
    begun = trio.Event()
    token = trio.lowlevel.current_trio_token()

    def slow(store: ReceiptStore) -> Claimed | BufferFull:
        token.run_sync_soon(begun.set)
        outcome: Claimed | BufferFull = claim("A")(store)
        return outcome

    async with writer(path) as store, trio.open_nursery() as nursery:
        nursery.start_soon(store.transact, [slow])
        await begun.wait()
        nursery.cancel_scope.cancel()

    assert await queued(path) == 1


async def test_two_batches_at_once_take_turns(path: Path) -> None:
    async with writer(path) as store, trio.open_nursery() as nursery:
        for number in range(10):
            nursery.start_soon(store.transact, [claim(str(number))])

    assert await queued(path) == 10
