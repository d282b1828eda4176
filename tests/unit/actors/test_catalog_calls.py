"""The product cache over HTTP: the real facade and actors, an emulated list of products, virtual time."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import trio
from quart import Response
from trio.testing import MockClock

from drivers.emulators.odoo_assortment import GOODS
from protocols.jsontext import dumps
from tests.fakes.pair import Pair
from tests.unit.actors.test_metrics import scraped

PRODUCTS, REFRESH = "/cache/products", "/v1/kkt/cache/refresh"


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


async def opened(pair: Pair, nursery: trio.Nursery) -> None:
    """With all products known for a second."""
    await pair.open(nursery)
    await trio.sleep(1)


async def found_by(pair: Pair, **asked: str) -> Any:
    return await pair.get(f"{PRODUCTS}?{urlencode(asked)}")


async def refresh(pair: Pair, body: object, key: str | None = None) -> Response:
    """As a client over a wire sends it: with the length of its body."""
    data = dumps(body)
    headers = {"Host": "localhost", "Idempotency-Key": key or str(uuid4()), "Content-Length": str(len(data))}
    headers["Content-Type"] = "application/json"
    return await pair.client.post(REFRESH, data=data, headers=headers)


async def refused(answer: Response) -> tuple[int, str, str | None]:
    return answer.status_code, (await answer.get_json())["code"], answer.headers.get("Retry-After")


async def test_a_till_finds_a_product_as_a_receipt_takes_it(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await opened(pair, nursery)
    found = await found_by(pair, q="оправа ray чёр")

    (product,) = found.pop("products")
    assert found == {"total": 1, "refreshed_at": "2026-03-01T12:00:00Z", "age_s": 1.0, "stale": False}
    assert product == {
        "sku": "FR-0001",
        "name": "Оправа Ray-Ban RX5228 чёрная",
        "price": 8990.0,
        "vat": "no_vat",
        "barcode": "4607100000013",
        "stock": 4,
        "marked": False,
        "changed_at": "2026-03-01T12:00:00Z",
        "sold_at": None,
    }
    nursery.cancel_scope.cancel()


async def test_so_many_are_told_as_are_asked_for(pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    await opened(pair, nursery)
    found = await found_by(pair, limit="3")

    assert (len(found["products"]), found["total"]) == (3, len(GOODS))
    nursery.cancel_scope.cancel()


async def test_a_question_that_cannot_be_meant_is_a_bad_request(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await opened(pair, nursery)
    found = await found_by(pair, query="оправа")

    assert (found["code"], found["details"][0]["field"]) == ("INVALID_PARAMETER", "query")
    nursery.cancel_scope.cancel()


async def test_a_refresh_tells_what_it_brought_and_the_next_search_finds_it(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await opened(pair, nursery)
    pair.odoo.change(products=[{"sku": "NEW-1", "name": "Монокль", "price_kopecks": 5}], gone=["FR-0002"])

    answer = await refresh(pair, {})

    assert (answer.status_code, await answer.get_json()) == (
        200,
        {
            "status": "done",
            "full": False,
            "changed": 1,
            "gone": 1,
            "products": len(GOODS),
            "refreshed_at": "2026-03-01T12:00:01Z",
        },
    )
    assert (await found_by(pair, q="монокль"))["total"] == 1
    nursery.cancel_scope.cancel()


async def test_a_refresh_needs_no_body_and_wants_a_key(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await opened(pair, nursery)
    headers = {"Host": "localhost"}
    with_key = await pair.client.post(REFRESH, headers={**headers, "Idempotency-Key": str(uuid4())})
    without = await pair.client.post(REFRESH, headers=headers)

    assert with_key.status_code == 200
    assert await refused(without) == (400, "IDEMPOTENCY_KEY_MISSING", None)
    nursery.cancel_scope.cancel()


async def test_all_anew_is_asked_for_by_name(pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    await opened(pair, nursery)
    answer = await refresh(pair, {"full": True})
    wrong = await refresh(pair, {"force": True})

    assert (await answer.get_json())["full"] is True
    assert await refused(wrong) == (422, "VALIDATION_ERROR", None)
    nursery.cancel_scope.cancel()


async def test_a_slow_refresh_is_told_to_run_and_its_key_tells_its_end(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await opened(pair, nursery)
    pair.odoo.takes = 7.0
    key = str(uuid4())

    begun = await refresh(pair, {}, key)
    other = await refresh(pair, {})
    done = await refresh(pair, {}, key)

    assert (begun.status_code, await begun.get_json()) == (202, {"status": "running"})
    assert await refused(other) == (409, "REFRESH_RUNNING", "5")
    assert (done.status_code, (await done.get_json())["status"]) == (200, "done")
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("trouble", "code"),
    [({"down": True}, "NO_WAY_TO_ODOO"), ({"garbage": True}, "ODOO_REFUSED")],
)
async def test_an_odoo_that_does_not_help_is_told_and_the_old_prices_stay(
    pair: Pair, trouble: dict[str, Any], code: str, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await opened(pair, nursery)
    for name, value in trouble.items():
        setattr(pair.odoo, name, value)

    answer = await refresh(pair, {})

    status, said, retry_after = await refused(answer)
    assert (status, said) == (503, code)
    assert retry_after is not None
    assert 54 <= int(retry_after) <= 60
    assert (await found_by(pair))["total"] == len(GOODS)
    nursery.cancel_scope.cancel()


async def test_a_gateway_that_was_killed_finds_its_products_without_odoo(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await opened(pair, nursery)
    pair.odoo.down = True
    await pair.kill(nursery)

    found = await found_by(pair, q="4607100000013")

    assert [product["sku"] for product in found["products"]] == ["FR-0001"]
    nursery.cancel_scope.cancel()


async def test_sales_go_on_while_odoo_hangs(pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    await opened(pair, nursery)
    pair.odoo.takes = 1e9
    await refresh(pair, {})

    assert (await pair.sell(10_000)).status_code == 200
    nursery.cancel_scope.cancel()


async def test_the_cache_is_told_in_health_and_in_numbers(
    pair: Pair, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    await opened(pair, nursery)
    await trio.sleep(99)

    health = await (await pair.client.get("/v1/health", headers={"Host": "localhost"})).get_json()
    numbers = await scraped(pair)

    assert health["components"]["catalog"]["status"] == "fresh"
    assert numbers["kassir_catalog_products",] == len(GOODS)
    assert numbers["kassir_catalog_age_seconds",] == 100
    nursery.cancel_scope.cancel()
