"""GET /v1/kkt/buffer/logs: the real facade over two registers, in virtual time."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import trio
from trio.testing import MockClock

from protocols.fiscal import Condition
from tests.callers import AUTH, bearer, token
from tests.fakes.pair import DRIVES, ONE, Pair, sale_body
from tests.fakes.shop import virtual_now

PATH = "/buffer/logs"


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    pair = Pair(tmp_path)
    pair.registers[ONE].condition = Condition(DRIVES[ONE], documents_left=50)
    return pair


async def events(pair: Pair, query: str = "") -> list[Any]:
    return [item["event"] for item in (await pair.get(PATH + query))["items"]]


async def test_receipts_and_alarms_are_listed_with_when_where_and_how_grave(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await pair.open(nursery)
    await trio.sleep(1)
    receipt = await (await pair.sell(100)).get_json()

    told = await pair.get(PATH)

    assert (told["total"], told["page"], told["limit"]) == (4, 1, 100)
    printed, *_, alarm = told["items"]
    assert printed.pop("message").startswith("document 1, sign ")
    assert printed.pop("timestamp") > alarm["timestamp"]
    assert printed == {
        "level": "INFO",
        "event": "pending",
        "source": None,
        "pos_id": ONE,
        "receipt_id": receipt["receipt_id"],
        "code": None,
        "alert": None,
    }
    assert alarm == {
        "timestamp": "2026-03-01T12:00:00Z",
        "level": "ERROR",
        "event": "alarm_began",
        "source": f"kkt.{ONE}",
        "pos_id": ONE,
        "receipt_id": None,
        "code": "DRIVE_NEARLY_FULL",
        "alert": "P1",
        "message": "The fiscal drive has room for 50 more documents.",
    }
    nursery.cancel_scope.cancel()


async def test_pages_of_one_list_fit_together_though_sales_go_on(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await pair.open(nursery)
    await trio.sleep(1)
    await pair.sell(100)
    whole = await events(pair)
    first = await pair.get(f"{PATH}?limit=2")
    await pair.sell(200)

    second = await pair.get(f"{PATH}?limit=2&page=2&as_of={first['as_of']}")

    assert [item["event"] for item in first["items"] + second["items"]] == whole
    assert await events(pair, "?level=ERROR") == ["alarm_began"]
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("query", ["page=0", "limit=501", "level=loud", "since=2026-11-21", "as_of=x", "colour=red"])
async def test_a_bad_parameter_is_400_and_named(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery, query: str
) -> None:
    await pair.open(nursery)

    answer = await pair.client.get(f"/v1/kkt{PATH}?{query}", headers={"Host": "localhost"})

    told = await answer.get_json()
    assert (answer.status_code, set(told)) == (400, {"code", "message", "details", "id"})
    assert (told["code"], told["details"][0]["field"]) == ("INVALID_PARAMETER", query.partition("=")[0])
    nursery.cancel_scope.cancel()


async def test_a_disk_that_cannot_be_read_is_503_for_a_while(pair: Pair, autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        await pair.open(nursery)
        nursery.cancel_scope.cancel()
    (pair.data / "kassir.db").unlink()

    answer = await pair.client.get(f"/v1/kkt{PATH}", headers={"Host": "localhost"})

    assert (answer.status_code, (await answer.get_json())["code"]) == (503, "STORE_UNAVAILABLE")
    assert answer.headers["Retry-After"]


async def test_a_cashier_sees_the_newest_ten_and_a_manager_all(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(tmp_path, auth=AUTH)
    await pair.open(nursery)
    await trio.sleep(1)
    for _ in range(5):
        headers = {**who("admin"), "Idempotency-Key": str(uuid4())}
        await pair.client.post("/v1/kkt/receipt", json=sale_body(100, ONE), headers=headers)

    whole = await seen(pair, "", "cashier manager")
    newest = await seen(pair, "", "cashier")
    earlier = [await seen(pair, f"?{query}", "cashier") for query in ("page=2", f"as_of={whole['as_of']}")]

    assert whole["total"] == len(whole["items"]) >= 15
    assert (newest["items"], newest["total"], newest["limit"]) == (whole["items"][:10], 10, 10)
    assert [told["code"] for told in earlier] == ["FORBIDDEN"] * 2
    nursery.cancel_scope.cancel()


async def test_a_cashier_picks_among_the_newest_ten_and_sees_none_behind_them(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(pair.data, auth=AUTH)
    pair.registers[ONE].condition = Condition(DRIVES[ONE], documents_left=50)  # an ERROR, before all else
    await pair.open(nursery)
    await trio.sleep(1)
    for _ in range(5):
        headers = {**who("admin"), "Idempotency-Key": str(uuid4())}
        await pair.client.post("/v1/kkt/receipt", json=sale_body(100, ONE), headers=headers)

    grave = [await seen(pair, "?level=ERROR", roles) for roles in ("manager", "cashier")]
    plain = await seen(pair, "?level=INFO&limit=4", "cashier")

    assert [(told["total"], len(told["items"])) for told in grave] == [(1, 1), (0, 0)]
    assert (plain["total"], len(plain["items"]), plain["limit"]) == (4, 4, 4)
    nursery.cancel_scope.cancel()


def who(roles: str) -> dict[str, str]:
    return {"Host": "localhost", **bearer(token(roles, "Анна", at=virtual_now()))}


async def seen(pair: Pair, query: str, roles: str) -> Any:
    return await (await pair.client.get(f"/v1/kkt{PATH}{query}", headers=who(roles))).get_json()
