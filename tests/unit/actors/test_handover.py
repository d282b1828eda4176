"""Sales handed over to a stand-in and taken back: over HTTP, on two registers, in virtual time."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest
import trio
from quart import Response
from trio.testing import MockClock

from protocols.fiscal import Shift
from tests.fakes.pair import ONE, THREE, TWO, Pair, sale_body

Nursery = trio.Nursery


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


async def test_a_sale_is_printed_on_the_stand_in_from_the_word_on_and_on_its_own_register_after_the_next(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery
) -> None:
    await pair.open(nursery)
    await trio.sleep(1)

    await pair.sell(100)
    await pair.begin()
    await pair.sell(200)
    await pair.end()
    await pair.sell(300)

    assert (pair.registers[ONE].sold, pair.registers[TWO].sold) == ([100, 300], [200])
    nursery.cancel_scope.cancel()


async def test_answer_and_life_name_the_pos_that_sold_and_the_register_that_printed(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery
) -> None:
    await pair.open(nursery)
    await trio.sleep(1)
    await pair.begin()

    answer = await (await pair.sell(200)).get_json()
    life = await pair.get(f"/receipt/{answer['receipt_id']}")

    assert (answer["pos_id"], answer["printed_on"]) == (ONE, TWO)
    assert (life["pos_id"], life["printed_on"]) == (ONE, TWO)
    nursery.cancel_scope.cancel()


async def test_an_answer_says_nothing_of_registers_where_none_stood_in(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery
) -> None:
    await pair.open(nursery)
    await trio.sleep(1)

    answer = await (await pair.sell(200)).get_json()

    assert set(answer) == {"status", "receipt_id", "fiscal_doc", "buffer_info"}
    nursery.cancel_scope.cancel()


async def test_a_register_that_died_in_mid_receipt_is_put_aside_and_the_receipt_stays_with_it(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery
) -> None:
    await pair.open(nursery)
    await trio.sleep(1)
    key, one = str(uuid4()), pair.registers[ONE]
    one.losses.append("after")
    await pair.sell(100, key=key)
    one.away = True
    begun = await (await pair.begin()).get_json()

    again = await pair.sell(100, key=key)
    await pair.sell(200)

    said = await again.get_json()
    (stays,) = begun["stays"]
    assert again.status_code == 503
    assert said["code"] == "RECEIPT_IN_DOUBT"
    assert said["details"] == {"receipt_id": stays["receipt_id"], "state": "printing", "printed_on": ONE}
    assert "do not sell it under another key" in stays["to_do"]
    assert pair.registers[TWO].sold == [200]

    one.away = False
    await trio.sleep(60)
    settled = await (await pair.sell(100, key=key)).get_json()
    assert settled["fiscal_doc"]["fn"] == one.fn
    assert (one.sold, pair.registers[TWO].sold) == ([100], [200])
    nursery.cancel_scope.cancel()


async def test_what_was_surely_not_printed_is_printed_by_its_own_register_though_its_sales_are_handed_over(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery
) -> None:
    await pair.open(nursery)
    await trio.sleep(1)
    key, one = str(uuid4()), pair.registers[ONE]
    one.losses.append("before")
    await pair.sell(100, key=key)

    await pair.begin()
    await trio.sleep(60)

    assert (one.sold, pair.registers[TWO].sold) == ([100], [])
    assert (await pair.sell(100, key=key)).status_code == 200
    nursery.cancel_scope.cancel()


async def test_a_sale_that_was_on_its_way_when_the_hand_over_began_is_not_begun_by_the_register_put_aside(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery
) -> None:
    await pair.open(nursery)
    await trio.sleep(1)
    one, key = pair.registers[ONE], str(uuid4())
    one.print_time = 5.0
    heard: list[int] = []

    async def sell(kopecks: int, key: str) -> None:
        heard.append((await pair.sell(kopecks, key=key)).status_code)

    async with trio.open_nursery() as tills:
        tills.start_soon(sell, 100, str(uuid4()))
        await trio.sleep(1)
        tills.start_soon(sell, 200, key)  # waits in the mailbox of the register
        await trio.sleep(1)
        await pair.begin()

    assert (heard, one.sold) == ([200, 503], [100])
    assert (await pair.sell(200, key=key)).status_code == 200
    assert pair.registers[TWO].sold == [200]
    nursery.cancel_scope.cancel()


async def test_shifts_and_cash_are_done_at_the_register_that_is_named(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery
) -> None:
    await pair.open(nursery)
    await trio.sleep(1)
    await pair.begin()

    await pair.post("/cash/in", {"pos_id": ONE, "amount": 5})
    await pair.post("/shift/close", {"pos_id": ONE})

    assert (len(pair.registers[ONE].slips), pair.registers[ONE].shift) == (1, Shift.CLOSED)
    assert (len(pair.registers[TWO].slips), pair.registers[TWO].journal) == (0, [])
    nursery.cancel_scope.cancel()


async def test_a_hand_over_outlives_the_gateway(pair: Pair, autojump_clock: MockClock, nursery: Nursery) -> None:
    await pair.open(nursery)
    await trio.sleep(1)
    await pair.begin()

    await pair.kill(nursery)
    await trio.sleep(15)
    await pair.sell(100)

    assert (pair.registers[ONE].sold, pair.registers[TWO].sold) == ([], [100])
    nursery.cancel_scope.cancel()


async def test_begun_twice_and_ended_twice_it_is_one_hand_over_with_the_words_that_were_first(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery
) -> None:
    await pair.open(nursery)

    first = await (await pair.begin()).get_json()
    await trio.sleep(10)
    again = await (await pair.post("/handover", {"pos_id": ONE, "who": "Другая", "reason": "?"})).get_json()
    ended = await (await pair.end()).get_json()
    ended_again = await (await pair.post(f"/handover/{ONE}/end", {"who": "Другая"})).get_json()

    assert (first["in_force"], ended["in_force"]) == (True, False)
    assert (again, ended_again) == (first, ended)
    assert (ended["who"], ended["reason"], ended["ended_by"]) == ("Иванова", "не печатает", "Петрова")
    assert await pair.get("/handover") == {"handovers": [ended]}
    nursery.cancel_scope.cancel()


async def test_hand_overs_in_force_are_listed_before_the_newer_ones_that_have_ended(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery
) -> None:
    await pair.open(nursery)
    await pair.begin(THREE)
    await pair.begin(TWO)
    await pair.end(TWO)

    listed = (await pair.get("/handover"))["handovers"]

    assert [(each["pos_id"], each["in_force"]) for each in listed] == [(THREE, True), (TWO, False)]
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(("first", "second"), [(ONE, TWO), (THREE, ONE), (ONE, THREE)])
async def test_a_stand_in_is_not_put_aside_nor_a_register_put_aside_a_stand_in(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery, first: str, second: str
) -> None:
    await pair.open(nursery)
    await pair.begin(first)

    refused = await pair.begin(second)

    assert (refused.status_code, (await refused.get_json())["code"]) == (409, "HANDOVER_CHAIN")
    nursery.cancel_scope.cancel()


Call = Callable[[Pair], Awaitable[Response]]


@pytest.mark.parametrize(
    ("call", "refusal"),
    [
        (lambda pair: pair.begin("POS-009"), (422, "UNKNOWN_POS")),
        (lambda pair: pair.end(ONE), (404, "NO_HANDOVER")),
        (lambda pair: pair.post("/handover", {"pos_id": ONE, "who": "Иванова"}), (422, "VALIDATION_ERROR")),
        (lambda pair: pair.post("/handover", {"pos_id": ONE, "who": " ", "reason": "x"}), (422, "VALIDATION_ERROR")),
        (lambda pair: pair.delete(f"/handover/{ONE}", {"who": 5}), (422, "VALIDATION_ERROR")),
        (lambda pair: pair.delete(f"/handover/{ONE}", []), (422, "VALIDATION_ERROR")),
        (
            lambda pair: pair.post("/handover", {"pos_id": ONE, "who": "a", "reason": "b"}, "no"),
            (400, "IDEMPOTENCY_KEY_INVALID"),
        ),
    ],
)
async def test_bad_words_are_refused(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery, call: Call, refusal: object
) -> None:
    await pair.open(nursery)

    refused = await call(pair)

    assert (refused.status_code, (await refused.get_json())["code"]) == refusal
    nursery.cancel_scope.cancel()


async def test_a_repeat_with_another_body_is_refused_whichever_register_has_the_key(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery
) -> None:
    await pair.open(nursery)
    await trio.sleep(1)
    key = str(uuid4())
    await pair.sell(100, key=key)
    await pair.begin()

    other = await pair.post("/receipt", sale_body(100, TWO), key)

    assert (other.status_code, (await other.get_json())["code"]) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert (pair.registers[ONE].sold, pair.registers[TWO].sold) == ([100], [])
    nursery.cancel_scope.cancel()


async def test_a_trouble_of_the_stand_in_names_the_register(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery
) -> None:
    pair.registers[TWO].away = True
    await pair.open(nursery)
    await trio.sleep(1)
    await pair.begin()

    said = await (await pair.sell(100)).get_json()

    assert (said["code"], said["details"]) == ("KKT_UNAVAILABLE", {"printed_on": TWO})
    nursery.cancel_scope.cancel()


async def test_a_stand_in_that_the_settings_name_no_longer_takes_no_sales(
    pair: Pair, autojump_clock: MockClock, nursery: Nursery
) -> None:
    await pair.open(nursery)
    await trio.sleep(1)
    await pair.begin()
    pair.stand_ins = {ONE: THREE, TWO: ONE, THREE: ONE}
    await pair.kill(nursery)

    said = await (await pair.sell(100)).get_json()

    assert said["code"] == "STAND_IN_GONE"
    nursery.cancel_scope.cancel()
