"""GET /v1/kkt/receipts at the real facade over two registers, in virtual time."""

from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from tests.fakes.pair import DRIVES, ONE, TWO, Pair

PATH = "/receipts"


async def test_each_receipt_is_told_with_its_life_its_sum_and_its_document(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    await trio.sleep(1)
    sold = await (await pair.sell(12_345)).get_json()

    listed = await pair.get(PATH)

    assert listed == {
        "items": [
            {
                "id": sold["receipt_id"],
                "pos_id": ONE,
                "printed_on": ONE,
                "type": "sale",
                "status": "pending",
                "state": "pending",
                "total": 123.45,
                "created_at": listed["items"][0]["created_at"],
                "printed_at": listed["items"][0]["printed_at"],
                "synced_at": None,
                "fiscal_doc": {"fn": DRIVES[ONE], "fd": "1", "fp": sold["fiscal_doc"]["fp"]},
                "retry_count": 0,
                "last_error": None,
            }
        ],
        "next": None,
    }
    nursery.cancel_scope.cancel()


async def test_till_work_is_listed_with_its_type_and_a_slip_has_no_document(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    await trio.sleep(1)
    await pair.sell(100)
    await pair.post("/cash/in", {"pos_id": ONE, "amount": 5})

    items = (await pair.get(f"{PATH}?status=done"))["items"]

    assert [(item["type"], item["total"], item["fiscal_doc"]) for item in items] == [("cash_in", 5.0, None)]
    nursery.cancel_scope.cancel()


async def test_pages_follow_each_other_by_their_cursor_while_sales_go_on(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    await trio.sleep(1)
    sold = [(await (await pair.sell(100, pos_id)).get_json())["receipt_id"] for pos_id in [ONE, TWO] * 3]
    seen: list[Any] = []
    place = ""

    while place is not None:
        page = await pair.get(f"{PATH}?limit=4{place and f'&cursor={place}'}")
        seen += [item["id"] for item in page["items"]]
        place = page["next"]
        await pair.sell(200)

    assert seen == sold[::-1]
    only = (await pair.get(f"{PATH}?pos_id={TWO}&state=pending"))["items"]
    assert [item["id"] for item in only] == sold[::-2]
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "status=lost", "state=lost", "pos_id=", "cursor=x", "cursor=", "colour=red"]
)
async def test_a_bad_parameter_is_400_and_named(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery, query: str
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)

    answer = await pair.client.get(f"/v1/kkt{PATH}?{query}", headers={"Host": "localhost"})

    told = await answer.get_json()
    assert (answer.status_code, told["code"]) == (400, "INVALID_PARAMETER")
    assert told["details"][0]["field"] == query.partition("=")[0]
    nursery.cancel_scope.cancel()


async def test_a_cursor_of_another_list_is_refused(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    await trio.sleep(1)
    for _ in range(2):
        await pair.sell(100)
    place = (await pair.get(f"{PATH}?limit=1"))["next"]

    told = await pair.get(f"{PATH}?limit=1&status=pending&cursor={place}")

    assert told["code"] == "INVALID_PARAMETER"
    nursery.cancel_scope.cancel()


async def test_a_disk_that_cannot_be_read_is_503_for_a_while(tmp_path: Path, autojump_clock: MockClock) -> None:
    pair = Pair(tmp_path)
    async with trio.open_nursery() as nursery:
        await pair.open(nursery)
        nursery.cancel_scope.cancel()
    (tmp_path / "kassir.db").unlink()

    answer = await pair.client.get(f"/v1/kkt{PATH}", headers={"Host": "localhost"})

    assert (answer.status_code, (await answer.get_json())["code"]) == (503, "STORE_UNAVAILABLE")
    assert answer.headers["Retry-After"] == "2"
