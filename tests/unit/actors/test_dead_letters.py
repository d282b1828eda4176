"""Dead letters at the real facade: listed, and sent again by a person's word. Virtual time."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import trio
from trio.testing import MockClock

from actors import deliveries, ofd_sync
from drivers.store.receipts import ReceiptStore
from drivers.store.writer import NoRoom
from protocols.life import RETRIED
from tests.fakes.pair import ONE, Pair
from tests.fakes.shop import Shop

PATH = "/dlq"
WHY = "no such register here"


async def opened(folder: Path, nursery: trio.Nursery) -> Pair:
    pair = Pair(folder)
    await pair.open(nursery)
    await trio.sleep(1)
    return pair


async def dies(pair: Pair) -> str:
    """A receipt that the OFD refuses for the last time."""
    receipt_id = str((await (await pair.sell(100)).get_json())["receipt_id"])
    buffer = pair.wiring.mailboxes.buffer.address
    await buffer.ask(deliveries.Take(), within=1)
    await trio.sleep(1)
    await buffer.ask(deliveries.Refused(receipt_id, WHY, dead=True), within=1)
    return receipt_id


async def events_of(pair: Pair, receipt_id: str) -> list[Any]:
    """Newest first."""
    items = (await pair.get("/buffer/logs"))["items"]
    return [item for item in items if item["receipt_id"] == receipt_id]


async def test_dead_letters_are_listed_with_when_and_of_what_they_died(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = await opened(tmp_path, nursery)
    dead = await dies(pair)
    await pair.sell(200)

    (item,) = (await pair.get(PATH))["items"]
    (listed,) = (await pair.get("/receipts?state=dead"))["items"]

    assert (item["id"], item["reason"], item["died_at"] > item["printed_at"]) == (dead, WHY, True)
    assert item == listed | {"died_at": item["died_at"], "reason": WHY}
    nursery.cancel_scope.cancel()


async def test_one_that_is_sent_again_begins_a_new_life_and_the_log_says_by_whose_word(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = await opened(tmp_path, nursery)
    dead, other = await dies(pair), await dies(pair)

    told = await pair.post(f"{PATH}/{dead}/retry", {"who": "Иванова"})

    assert (told.status_code, await told.get_json()) == (200, {"retried": 1, "receipts": [dead], "left": 1})
    now = await pair.get(f"/receipt/{dead}")
    assert (now["state"], now["retry_count"]) == ("pending", 0)
    assert (await events_of(pair, dead))[0]["message"] == f"{RETRIED}; decided by Иванова"
    assert isinstance(pair.wiring.mailboxes.ofd_sync.inbox.receive_nowait(), ofd_sync.Wake)
    assert [item["id"] for item in (await pair.get(PATH))["items"]] == [other]
    nursery.cancel_scope.cancel()


async def test_a_repeat_does_nothing_more_and_hears_that_it_is_not_dead(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = await opened(tmp_path, nursery)
    dead, key = await dies(pair), str(uuid4())
    await pair.post(f"{PATH}/{dead}/retry", {}, key)
    events = await events_of(pair, dead)

    again = await pair.post(f"{PATH}/{dead}/retry", {}, key)

    told = await again.get_json()
    assert (again.status_code, told["code"], told["details"]) == (409, "RECEIPT_NOT_DEAD", {"state": "pending"})
    assert await events_of(pair, dead) == events
    nursery.cancel_scope.cancel()


async def test_an_unknown_one_is_404_and_one_without_a_key_400(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = await opened(tmp_path, nursery)
    unknown = await pair.post(f"{PATH}/nobody/retry", {})
    keyless = await pair.client.post(f"/v1/kkt{PATH}/retry", headers={"Host": "localhost"})

    assert (unknown.status_code, (await unknown.get_json())["code"]) == (404, "RECEIPT_NOT_FOUND")
    assert (keyless.status_code, (await keyless.get_json())["code"]) == (400, "IDEMPOTENCY_KEY_MISSING")
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("body", [{"who": ""}, {"why": "x"}, []])
async def test_a_wrong_body_is_422_and_changes_nothing(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery, body: object
) -> None:
    pair = await opened(tmp_path, nursery)
    dead = await dies(pair)

    refused = await pair.post(f"{PATH}/{dead}/retry", body)

    assert (refused.status_code, (await refused.get_json())["code"]) == (422, "VALIDATION_ERROR")
    assert (await pair.get(f"/receipt/{dead}"))["state"] == "dead"
    nursery.cancel_scope.cancel()


async def test_all_go_in_steps_and_a_sale_waits_for_no_more_than_one(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "AT_ONCE", 2)
    pair = await opened(tmp_path, nursery)
    dead = [await dies(pair) for _ in range(13)]
    pair.store.takes = 1.0  # every transaction, and so every step
    sold: list[float] = []

    async def sell() -> None:
        await trio.sleep(0.5)
        await pair.sell(300)
        sold.append(trio.current_time())

    nursery.start_soon(sell)
    headers = {"Idempotency-Key": str(uuid4()), "Host": "localhost"}
    told = await (await pair.client.post(f"/v1/kkt{PATH}/retry", headers=headers)).get_json()

    assert told == {"retried": 13, "receipts": dead, "left": 0}
    assert len(sold) == 1  # while the steps went on
    nursery.cancel_scope.cancel()


async def test_retries_leave_half_of_the_buffer_to_sales(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(tmp_path, capacity=4)
    await pair.open(nursery)
    await trio.sleep(1)
    dead = [await dies(pair) for _ in range(3)]
    await pair.sell(100)

    told = await (await pair.post(f"{PATH}/retry", {})).get_json()

    assert told == {"retried": 1, "receipts": dead[:1], "left": 2}
    assert (await pair.sell(100)).status_code == 200
    nursery.cancel_scope.cancel()


async def test_a_full_disk_takes_no_retry_and_spends_no_room_of_receipts(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = await opened(tmp_path, nursery)
    dead = await dies(pair)

    def full(*_: object) -> None:
        raise NoRoom

    monkeypatch.setattr(ReceiptStore, "_revive", full)

    refused = [await pair.post(f"{PATH}/{which}retry", {}) for which in (f"{dead}/", "")]

    assert [(each.status_code, (await each.get_json())["code"]) for each in refused] == [(503, "DISK_FULL")] * 2
    assert pair.store.reserve.spent == 0
    nursery.cancel_scope.cancel()


async def test_what_the_reserve_left_free_is_for_receipts_and_not_for_retries(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = await opened(tmp_path, nursery)
    dead = await dies(pair)
    pair.store.reserve.stands = False

    refused = [await pair.post(f"{PATH}/{which}retry", {}) for which in (f"{dead}/", "")]
    pair.store.reserve.stands = True
    taken = await pair.post(f"{PATH}/retry", {})

    assert [(each.status_code, (await each.get_json())["code"]) for each in refused] == [(503, "DISK_FULL")] * 2
    assert (await taken.get_json())["receipts"] == [dead]
    nursery.cancel_scope.cancel()


async def test_the_ofd_gets_what_is_sent_again_and_has_it_once(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    shop = Shop(tmp_path, delivery=ofd_sync.Policy(max_attempts=2, initial_backoff=1.0))
    shop.ofd.refuses.add(ONE)
    await shop.open(nursery, "status", "buffer", "breaker", "sync", "kkt")
    await trio.sleep(1)
    first = await shop.sell_until_known()
    await trio.sleep(30)
    assert shop.states() == ["dead"]
    shop.ofd.refuses.clear()
    await shop.sell_until_known()
    await trio.sleep(30)

    await shop.ask(deliveries.Retry(first.receipt_id, "Иванова"))
    shop.sync_box.address.tell(ofd_sync.Wake())
    await trio.sleep(5)

    assert shop.states() == ["synced", "synced"]
    assert shop.ofd.accepted == [(ONE, 2), (ONE, 1)]
    assert shop.life(first.receipt_id)[-4:] == ["dead", "pending", "syncing", "synced"]
    nursery.cancel_scope.cancel()
