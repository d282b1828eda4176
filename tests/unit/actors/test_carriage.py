"""Messages of the fiscal drive between two receipts: KKTActor hands them out, writes answers, and delays no sale."""

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from actors.kkt import actor as kkt
from actors.kkt.carriage import CANNOT, AnswerRefused, Interrupted, Outgoing
from actors.kkt.policy import Policy
from actors.kkt.trouble import LOST, STOPPING, NotReady
from drivers.errors import LinkSilent
from drivers.kkt.port import AnswerNotTaken, RegisterRefused
from drivers.store.records import Known
from protocols.fiscal import Condition, OfdQueue, Paper
from tests.fakes.carrier import TAKES, FakeCarrier
from tests.fakes.shop import LONG, Shop
from tests.samples import FN


@pytest.fixture
def register() -> FakeCarrier:
    return FakeCarrier(messages=[b"one", b"two"])


@pytest.fixture
async def shop(tmp_path: Path, register: FakeCarrier, nursery: trio.Nursery) -> Shop:
    shop = Shop(tmp_path, register, policy=Policy(linger=0.0, tells_confirmed=True))
    await shop.open_till(nursery)
    return shop


async def fetch(shop: Shop) -> Outgoing | Interrupted | NotReady | None:
    return await shop.kkt_box.address.ask(kkt.FetchMessage(), within=LONG)


async def put(shop: Shop, answer: bytes = b"answer") -> OfdQueue | AnswerRefused | Interrupted | NotReady:
    return await shop.kkt_box.address.ask(kkt.PutAnswer(answer), within=LONG)


async def test_the_message_is_handed_out_with_the_drive_it_is_of(shop: Shop, autojump_clock: MockClock) -> None:
    assert await fetch(shop) == Outgoing(FN, b"one", 2)


async def test_an_answer_is_written_and_the_queue_told(
    shop: Shop, register: FakeCarrier, autojump_clock: MockClock
) -> None:
    assert await put(shop) == OfdQueue(FN, 1, 0)
    assert (register.answers, await fetch(shop)) == ([b"answer"], Outgoing(FN, b"two", 1))
    await put(shop)
    assert await fetch(shop) is None


async def test_a_register_without_paper_still_sends(
    shop: Shop, register: FakeCarrier, autojump_clock: MockClock
) -> None:
    register.paper = Paper.OUT
    await trio.sleep(10)

    assert await fetch(shop) == Outgoing(FN, b"one", 2)


async def test_a_register_that_is_printing_is_left_alone(
    shop: Shop, register: FakeCarrier, autojump_clock: MockClock
) -> None:
    register.busy = True
    await trio.sleep(10)

    found = await fetch(shop)

    assert isinstance(found, NotReady)
    assert register.times_of("fetch") == []


async def test_a_register_that_is_away_is_not_ready(
    shop: Shop, register: FakeCarrier, autojump_clock: MockClock
) -> None:
    register.away = True
    await trio.sleep(10)

    assert (await fetch(shop), await put(shop)) == (LOST, LOST)


async def test_a_lost_link_raises_no_doubt_about_a_receipt(
    shop: Shop, register: FakeCarrier, autojump_clock: MockClock
) -> None:
    sold = await shop.sell()
    register.fails = LinkSilent("no answer")

    assert await fetch(shop) == Interrupted("the link to the register broke: no answer")
    assert isinstance(sold, Known)
    again = await shop.sell_until_known()

    assert again.answer is not None
    assert register.sold == [10_000, 10_000]
    assert shop.states() == ["pending", "pending"]
    assert await fetch(shop) == Outgoing(FN, b"one", 2)


async def test_a_refusal_is_told_and_the_link_kept(
    shop: Shop, register: FakeCarrier, autojump_clock: MockClock
) -> None:
    connected = len(register.times_of("connect"))
    register.fails = RegisterRefused(0x37, "команда не поддерживается")
    refused = await fetch(shop)
    register.fails = AnswerNotTaken(0x20, "сообщение ОФД не принято")
    not_taken = await put(shop)

    assert isinstance(refused, NotReady)
    assert "37h" in refused.message
    assert not_taken == AnswerRefused("сообщение ОФД не принято (код 20h)")
    assert len(register.times_of("connect")) == connected
    assert isinstance(await shop.sell(), Known)


async def test_a_sale_waits_for_one_exchange_at_most(
    shop: Shop, register: FakeCarrier, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:

        async def carry_on() -> None:
            while True:
                await fetch(shop)

        nursery.start_soon(carry_on)
        for _ in range(5):
            await trio.sleep(0.3)
            asked_at = trio.current_time()
            await shop.sell()
            assert trio.current_time() - asked_at <= TAKES
        nursery.cancel_scope.cancel()


async def test_what_nobody_waits_for_is_not_fetched_and_an_answer_is_written_all_the_same(
    shop: Shop, register: FakeCarrier, autojump_clock: MockClock
) -> None:
    register.print_time = 5.0
    async with trio.open_nursery() as nursery:
        nursery.start_soon(shop.sell)
        await trio.sleep(1)
        with pytest.raises(trio.TooSlowError):
            await shop.kkt_box.address.ask(kkt.FetchMessage(), within=1)
        with pytest.raises(trio.TooSlowError):
            await shop.kkt_box.address.ask(kkt.PutAnswer(b"late"), within=1)
    await trio.sleep(10)

    assert register.times_of("fetch") == []
    assert register.answers == [b"late"]


async def test_a_gateway_that_stops_begins_no_exchange(
    shop: Shop, register: FakeCarrier, autojump_clock: MockClock
) -> None:
    asked = kkt.FetchMessage()
    shop.kkt_box.address.tell(asked)
    shop.kkt_box.close()

    assert await asked.wait() == STOPPING


async def test_a_register_that_sends_by_itself_cannot_be_carried_for(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    shop = Shop(tmp_path)
    await shop.open_till(nursery)

    assert (await fetch(shop), await put(shop)) == (CANNOT, CANNOT)


async def test_what_the_drive_says_the_ofd_has_becomes_synced(
    shop: Shop, register: FakeCarrier, autojump_clock: MockClock
) -> None:
    for _ in range(3):
        await shop.sell()
    register.condition = Condition(FN, unsent=1, unconfirmed=3)
    await trio.sleep(70)
    assert shop.states() == ["synced", "synced", "pending"]

    register.condition = Condition(FN, unsent=0, unconfirmed=4)
    await trio.sleep(70)
    assert shop.states() == ["synced"] * 3


@pytest.mark.parametrize("condition", [Condition(FN), Condition("9999000000000009", unsent=0, unconfirmed=9)])
async def test_a_register_that_does_not_tell_and_another_drive_confirm_nothing(
    shop: Shop, register: FakeCarrier, condition: Condition, autojump_clock: MockClock
) -> None:
    await shop.sell()
    register.condition = condition
    register.fn = condition.fn
    await trio.sleep(70)

    assert shop.states() == ["pending"]


async def test_receipts_that_go_by_http_are_not_confirmed_by_the_drive(
    tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    shop = Shop(tmp_path)
    await shop.open_till(nursery)
    await shop.sell()
    shop.register.condition = Condition(FN, unsent=0, unconfirmed=2)
    await trio.sleep(70)

    assert shop.states() == ["pending"]
