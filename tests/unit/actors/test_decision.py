"""A person decides what the register cannot tell. The journal stays the witness."""

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from actors.kkt.actor import Resolve
from actors.kkt.policy import Policy
from drivers.store.records import Known
from protocols.decision import Decision, NotResolved, Verb
from protocols.life import State
from tests.fakes.shop import LONG, Shop
from tests.samples import FN, NOON

WHO = "Иванова"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path, policy=Policy(linger=0))


async def unknown(shop: Shop, nursery: trio.Nursery) -> str:
    """A receipt of 100 roubles that was printed, with a stranger's equal beside it; its id."""
    await shop.open_till(nursery)
    shop.register.losses.append("after")
    outcome = await shop.sell(10_000)
    assert isinstance(outcome, Known)
    shop.register.prints_stranger(10_000)
    await trio.sleep(30)
    assert shop.states() == ["unknown"]
    return outcome.receipt_id


async def decide(shop: Shop, receipt_id: str, verb: Verb, fd: int | None = None) -> object:
    order = Resolve(receipt_id, Decision(verb, WHO, fd))
    return await shop.kkt_box.address.ask(order, within=LONG)


def last_detail(shop: Shop) -> str:
    rows = shop.store.rows("SELECT detail FROM events WHERE detail LIKE '%decided by%' ORDER BY number DESC LIMIT 1")
    return str(rows[0][0])


async def test_a_receipt_that_is_on_paper_is_recorded_as_the_document_the_person_names(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    receipt_id = await unknown(shop, nursery)

    refused = await decide(shop, receipt_id, Verb.PRINTED, fd=1)
    next_one = await shop.sell_until_known(20_000)

    assert refused is None
    assert shop.states() == ["pending", "pending"]
    assert next_one.state is State.PENDING
    assert shop.register.sold == [10_000, 10_000, 20_000]
    assert WHO in last_detail(shop)


async def test_a_receipt_that_is_not_on_paper_is_printed_at_a_persons_word(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    receipt_id = await unknown(shop, nursery)

    assert await decide(shop, receipt_id, Verb.PRINT) is None
    await trio.sleep(5)

    assert shop.states() == ["pending"]
    assert len(shop.register.sold) == 3


async def test_a_receipt_that_nobody_wants_any_more_is_dropped_and_its_key_says_so(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    receipt_id = await unknown(shop, nursery)

    assert await decide(shop, receipt_id, Verb.DROP) is None
    await shop.sell_until_known(20_000)

    assert shop.states() == ["rejected", "pending"]
    assert len(shop.register.sold) == 3


@pytest.mark.parametrize(("fd", "code"), [(None, "FD_MISSING"), (99, "NO_SUCH_DOCUMENT"), (3, "DOCUMENT_DIFFERS")])
async def test_a_person_who_errs_about_the_paper_changes_nothing(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery, fd: int | None, code: str
) -> None:
    receipt_id = await unknown(shop, nursery)
    shop.register.prints_stranger(77)

    refused = await decide(shop, receipt_id, Verb.PRINTED, fd)

    assert isinstance(refused, NotResolved)
    assert refused.code == code
    assert shop.states() == ["unknown"]


async def test_there_is_nothing_to_decide_of_a_receipt_whose_fate_is_known(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    sold = await shop.sell_until_known()

    refused = await decide(shop, sold.receipt_id, Verb.PRINT)

    assert isinstance(refused, NotResolved)
    assert refused.code == "RECEIPT_NOT_UNKNOWN"
    assert len(shop.register.sold) == 1


async def test_a_decision_that_waits_behind_a_sale_is_heard_after_it(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    order, question = shop.order(1), Resolve("nobody", Decision(Verb.PRINT, WHO))
    later = shop.order(2)
    for message in (order, question, later):
        shop.kkt_box.address.tell(message)

    assert isinstance(await order.wait(), Known)
    assert isinstance(await question.wait(), NotResolved)
    assert isinstance(await later.wait(), Known)


async def test_of_a_drive_that_was_replaced_the_persons_word_is_taken_with_all_that_stands_on_the_paper(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await shop.open_till(nursery)
    shop.register.losses.append("after")
    outcome = await shop.sell(10_000)
    assert isinstance(outcome, Known)
    shop.register.gets_new_drive("9999000000000002")
    shop.register.prints_stranger(10_000)  # the new drive's document 1, which is not it
    await trio.sleep(30)
    assert shop.states() == ["unknown"]

    short = await decide(shop, outcome.receipt_id, Verb.PRINTED, fd=1)
    assert isinstance(short, NotResolved)
    assert short.code == "DRIVE_REPLACED"

    word = Decision(Verb.PRINTED, WHO, 1, FN, "42", NOON)
    assert await shop.kkt_box.address.ask(Resolve(outcome.receipt_id, word), within=LONG) is None

    assert shop.states() == ["pending"]
    assert shop.store.rows("SELECT fn, fd FROM receipts") == [(FN, 1)]
    await shop.sell_until_known(300)
    assert shop.register.sold == [10_000, 300]
    nursery.cancel_scope.cancel()


async def test_an_equal_document_from_before_the_receipt_is_not_it(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop.register.prints_stranger(10_000)
    receipt_id = await unknown(shop, nursery)

    refused = await decide(shop, receipt_id, Verb.PRINTED, fd=1)

    assert isinstance(refused, NotResolved)
    assert refused.code == "DOCUMENT_TOO_OLD"
    assert shop.states() == ["unknown"]
    nursery.cancel_scope.cancel()


async def test_what_is_on_the_drive_that_is_there_now_is_taken_by_the_registers_word(
    shop: Shop, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    """A drive that was replaced between the look at it and the print."""
    await shop.open_till(nursery)
    shop.register.losses.append("before")
    outcome = await shop.sell(10_000)
    assert isinstance(outcome, Known)
    shop.register.gets_new_drive("9999000000000002")
    shop.register.prints_stranger(10_000)
    await trio.sleep(30)

    word = Decision(Verb.PRINTED, WHO, 1, "9999000000000002", "42", NOON)
    assert await shop.kkt_box.address.ask(Resolve(outcome.receipt_id, word), within=LONG) is None

    assert shop.store.rows("SELECT state, fn, fd FROM receipts") == [("pending", "9999000000000002", 1)]
    assert '"fp":"0000000001"' in str(shop.store.rows("SELECT answer FROM receipts"))
    nursery.cancel_scope.cancel()
