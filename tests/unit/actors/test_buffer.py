"""BufferActor: one transaction for what waits, an answer only for what is on disk."""

from datetime import timedelta
from pathlib import Path
from typing import Any, get_origin

import pytest
import trio
from trio.testing import MockClock

from actors import buffer, status
from actors.buffer import BATCH, SETTLE, Claim, Count, Look, Printed, Recall, WayOpen
from actors.deliveries import AT_ONCE, Confirmed, Requeue, Synced, Take, Unreached
from actors.mailbox import ActorDied, Ask
from drivers.store.records import BufferFull, Claimed, KeyReused, Known
from protocols.errors import FailStop
from protocols.jsontext import loads
from protocols.life import State
from protocols.outlook import Outlook
from tests.fakes.shop import Shop
from tests.samples import FN, NOON, document, intent, sale


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


async def put_in(shop: Shop, *questions: Any) -> None:
    for question in questions:
        shop.buffer_box.address.tell(question)


async def claim_and_print(shop: Shop, fd: int = 1) -> str:
    claim = intent(fd=fd - 1)
    await shop.ask(Claim(claim))
    await shop.ask(Printed(claim.receipt_id, document(fd)))
    return claim.receipt_id


async def test_what_waits_together_is_one_transaction(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    questions = [Recall(str(number), "") for number in range(50)]
    await put_in(shop, *questions)
    await shop.open(nursery, "buffer")

    answers = [await question.wait() for question in questions]

    assert answers == [None] * 50
    assert 50 in shop.store.transactions
    nursery.cancel_scope.cancel()


async def test_a_batch_has_a_bound(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    questions = [Recall(str(number), "") for number in range(BATCH + 1)]
    await put_in(shop, *questions)
    await shop.open(nursery, "buffer")

    await questions[-1].wait()

    assert max(shop.store.transactions) == BATCH
    nursery.cancel_scope.cancel()


async def test_a_single_question_waits_for_nobody(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    await shop.open(nursery, "buffer")
    await trio.sleep(1)

    await shop.ask(Count())

    assert trio.current_time() == 1
    nursery.cancel_scope.cancel()


async def test_an_answer_comes_only_once_its_transaction_is_on_disk(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "buffer")
    await trio.sleep(1)
    shop.store.takes = 2.0

    answer = await shop.ask(Claim(intent()))

    assert isinstance(answer, Claimed)
    assert trio.current_time() == 3
    assert shop.states() == ["printing"]
    nursery.cancel_scope.cancel()


async def test_a_batch_is_worked_off_in_order(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    claim = intent()
    questions = (Claim(claim), Printed(claim.receipt_id, document(1)), Take(), Synced(claim.receipt_id, "OFD-1"))
    await put_in(shop, *questions)
    await shop.open(nursery, "buffer")

    await questions[-1].wait()

    assert shop.life(claim.receipt_id) == ["accepted", "printing", "pending", "syncing", "synced"]
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("poison", [Synced("no such receipt", "OFD-1"), object()], ids=["wrong move", "no message"])
async def test_a_message_that_fails_fails_alone(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, poison: Any
) -> None:
    before, after = Claim(intent()), Recall("key", "")
    await put_in(shop, before, poison, after)
    await shop.open(nursery, "buffer")

    assert isinstance(await before.wait(), Claimed)
    assert await after.wait() is None
    await trio.sleep(1)
    assert shop.crashes() == ["buffer"]
    nursery.cancel_scope.cancel()


async def test_whoever_asked_for_what_fails_hears_of_it_at_once(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "buffer")

    with pytest.raises(ActorDied):
        await shop.ask(Synced("no such receipt", "OFD-1"))

    assert trio.current_time() == 0
    nursery.cancel_scope.cancel()


async def test_what_comes_while_it_is_down_is_served_when_it_is_back(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "buffer")
    await put_in(shop, object())
    await trio.testing.wait_all_tasks_blocked()

    assert isinstance(await shop.ask(Claim(intent())), Claimed)
    assert trio.current_time() == pytest.approx(0.75, abs=0.25)
    nursery.cancel_scope.cancel()


async def test_an_error_of_the_disk_answers_nobody_and_goes_to_the_top(shop: Shop, autojump_clock: MockClock) -> None:
    claim = Claim(intent())

    async def write_to_a_broken_disk() -> None:
        async with trio.open_nursery() as nursery:
            await shop.open(nursery, "buffer")
            await trio.sleep(1)
            shop.store.crashes.append(("before", FailStop("disk I/O error")))
            await put_in(shop, claim)

    with pytest.raises(ExceptionGroup) as caught:
        await write_to_a_broken_disk()

    assert caught.value.subgroup(FailStop) is not None
    with pytest.raises(ActorDied):
        await claim.wait()


async def test_what_was_written_by_one_that_died_before_its_answer_is_found_again(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "buffer")
    await trio.sleep(1)
    claim = intent()
    shop.store.crashes.append(("after", OSError("a bug behind the commit")))

    with pytest.raises(ActorDied):
        await shop.ask(Claim(claim))

    assert await shop.ask(Claim(claim)) == Known(claim.receipt_id, State.PRINTING, None)
    nursery.cancel_scope.cancel()


async def test_a_full_buffer_takes_no_new_receipt(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    shop.capacity = 2
    await shop.open(nursery, "buffer")
    for fd in (1, 2):
        await claim_and_print(shop, fd)

    assert await shop.ask(Claim(intent(fd=2))) == BufferFull(2)
    assert shop.states() == ["pending", "pending"]
    nursery.cancel_scope.cancel()


async def test_a_full_buffer_still_knows_its_keys(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    shop.capacity = 1
    await shop.open(nursery, "buffer")
    claim = intent()
    await shop.ask(Claim(claim))
    other = intent(sale(1), key=claim.key)

    assert isinstance(await shop.ask(Claim(claim)), Known)
    assert await shop.ask(Claim(other)) == KeyReused(claim.receipt_id)
    nursery.cancel_scope.cancel()


async def test_a_delivered_receipt_makes_room(shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    shop.capacity = 1
    await shop.open(nursery, "buffer")
    receipt_id = await claim_and_print(shop)
    await shop.ask(Take())
    await shop.ask(Synced(receipt_id, "OFD-1"))

    assert isinstance(await shop.ask(Claim(intent(fd=1))), Claimed)
    nursery.cancel_scope.cancel()


async def test_claims_of_one_batch_do_not_pass_the_capacity_together(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.capacity = 2
    claims = [Claim(intent(sale(pos_id=f"POS-{number}"))) for number in range(4)]
    await put_in(shop, *claims)
    await shop.open(nursery, "buffer")

    answers = [await claim.wait() for claim in claims]

    assert [type(answer) for answer in answers] == [Claimed, Claimed, BufferFull, BufferFull]
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    "way",
    [
        (WayOpen(True), "printed", None),
        (WayOpen(False), "buffered", {"queue_position": 2, "total_queued": 2, "estimated_sync_time": None}),
        (
            WayOpen(False, Outlook(NOON + timedelta(minutes=1), 0.5)),
            "buffered",
            {"queue_position": 2, "total_queued": 2, "estimated_sync_time": "2026-03-01T12:01:01Z"},
        ),
    ],
)
async def test_the_answer_says_whether_the_way_was_open_and_stays_as_it_was(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, way: tuple[WayOpen, str, object]
) -> None:
    told, said, place = way
    await shop.open(nursery, "buffer")
    await claim_and_print(shop, 1)
    await put_in(shop, told)
    claim = intent(fd=1)
    await shop.ask(Claim(claim))

    answer = await shop.ask(Printed(claim.receipt_id, document(2)))
    await put_in(shop, WayOpen(not told.is_open))
    again = await shop.ask(Recall(claim.key, claim.fingerprint))

    assert (loads(answer)["status"], loads(answer)["buffer_info"]) == (said, place)
    assert again.answer == answer
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(("counted", "attempts"), [(True, 1), (False, 0)])
async def test_what_was_under_way_waits_again_with_its_attempt_counted_if_its_sender_died(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, counted: bool, attempts: int
) -> None:
    await shop.open(nursery, "buffer")
    receipt_id = await claim_and_print(shop)
    await shop.ask(Take())

    await shop.ask(Requeue(counted))

    view = await shop.ask(Look(receipt_id))
    assert (view.state, view.attempts) == (State.PENDING, attempts)
    nursery.cancel_scope.cancel()


async def test_an_ofd_that_was_not_reached_costs_no_attempt(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "buffer")
    receipt_id = await claim_and_print(shop)
    taken = await shop.ask(Take())

    await shop.ask(Unreached(receipt_id, taken.attempts, "no route"))

    view = await shop.ask(Look(receipt_id))
    assert (view.state, view.attempts, view.last_error) == (State.PENDING, 0, "no route")
    nursery.cancel_scope.cancel()


async def test_what_a_fiscal_drive_confirmed_is_asked_until_nothing_is_left(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.capacity = 1000
    await shop.open(nursery, "buffer")
    for fd in range(1, AT_ONCE + 4):
        await claim_and_print(shop, fd)

    answers = [await shop.ask(Confirmed(FN, AT_ONCE + 3)) for _ in range(2)]

    assert answers == [AT_ONCE, 2]
    assert shop.states() == ["synced"] * (AT_ONCE + 2) + ["pending"]
    nursery.cancel_scope.cancel()


async def test_its_state_is_told_soon_after_a_change_and_not_for_each_one(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer")
    await trio.sleep(1)
    before = len(shop.store.transactions)
    for fd in range(1, 21):
        await claim_and_print(shop, fd)
    await trio.sleep(SETTLE + 0.001)

    world = await shop.world()

    assert world["buffer"]["pending"] == 20
    assert len(shop.store.transactions) - before == 40 + 1
    nursery.cancel_scope.cancel()


async def test_its_state_is_told_again_though_nothing_changes(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "status", "buffer")
    await trio.sleep(1)
    shop.status_box.address.tell(status.Announce("buffer", {}))

    await trio.sleep(status.PULSE)

    assert (await shop.world())["buffer"]["current_queued"] == 0
    nursery.cancel_scope.cancel()


async def test_it_serves_what_waits_before_it_ends(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open(nursery, "buffer")
    questions = [Count() for _ in range(3)]
    await put_in(shop, *questions)
    shop.buffer_box.close()

    assert [(await question.wait()).queued for question in questions] == [0, 0, 0]
    nursery.cancel_scope.cancel()


def test_every_message_is_a_question_so_that_nobody_can_ask_in_vain() -> None:
    assert all(issubclass(get_origin(kind) or kind, Ask) for kind in buffer.Message.__args__)
