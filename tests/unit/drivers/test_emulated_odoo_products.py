"""The products of the emulated head office, over real HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from drivers.emulators.odoo import EmulatedOdoo, make_app
from drivers.emulators.odoo_assortment import GOODS, ean13
from tests.serving import served

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PATH, CONTROL = "/odoo/v1/products", "/odoo/v1/_test/products"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with (
        served(make_app(EmulatedOdoo(now=lambda: NOON))) as site,
        httpx.AsyncClient(base_url=site.url) as client,
    ):
        yield client


async def pages(client: httpx.AsyncClient, cursor: str | None = None, **asked: int) -> list[dict[str, Any]]:
    """All of a list."""
    found: list[dict[str, Any]] = []
    while not found or found[-1]["more"]:
        params: dict[str, int | str] = {**asked, **({"cursor": cursor} if cursor else {})}
        found.append((await client.get(PATH, params=params)).json())
        cursor = found[-1]["cursor"]
    return found


def skus(found: list[dict[str, Any]]) -> list[str]:
    return [product["sku"] for page in found for product in page["products"]]


async def test_the_list_in_full_comes_in_pages_of_which_the_first_says_so(client: httpx.AsyncClient) -> None:
    found = await pages(client, limit=15)

    assert [page["full"] for page in found] == [True, False, False]
    assert skus(found) == [row[0] for row in GOODS]


async def test_it_is_of_those_that_changed_last_where_fewer_are_kept(client: httpx.AsyncClient) -> None:
    await client.post(CONTROL, json={"products": [{"sku": "FR-0001", "price_kopecks": 5}], "gone": ["SV-0704"]})

    assert skus(await pages(client, keep=2, limit=1)) == ["SV-0703", "FR-0001"]


async def test_behind_a_cursor_is_what_changed_since(client: httpx.AsyncClient) -> None:
    (everything,) = await pages(client)
    new = {"sku": "NEW", "name": "Монокль", "price_kopecks": 100}
    await client.post(CONTROL, json={"products": [new, {"sku": "FR-0001", "price_kopecks": 7}], "gone": ["FR-0002"]})

    (news,) = await pages(client, everything["cursor"])
    (nothing,) = await pages(client, news["cursor"])

    assert [(each["sku"], each["price_kopecks"]) for each in news["products"]] == [("NEW", 100), ("FR-0001", 7)]
    assert (news["gone"], news["full"]) == (["FR-0002"], False)
    assert (nothing["products"], nothing["gone"], nothing["cursor"]) == ([], [], news["cursor"])


async def test_a_cursor_that_is_forgotten_or_was_never_told_begins_anew(client: httpx.AsyncClient) -> None:
    (everything,) = await pages(client)
    await client.post(CONTROL, json={"forget": True})

    for cursor in (everything["cursor"], "x", "x.1", "."):
        (found,) = await pages(client, cursor)
        assert (found["full"], len(found["products"])) == (True, len(GOODS))


@pytest.mark.parametrize(
    "order",
    [
        {"products": [{"sku": "NEW"}]},
        {"products": [{"sku": "NEW", "name": "Монокль"}]},
        {"products": [{"sku": "FR-0001", "price_kopecks": 1}, {"sku": "FR-0002", "price_kopecks": -1}]},
        {"products": [{"sku": "FR-0001", "colour": "red"}]},
        {"prices": []},
    ],
)
async def test_an_order_that_is_wrong_changes_nothing(client: httpx.AsyncClient, order: dict[str, object]) -> None:
    before = (await client.get(CONTROL)).json()

    answer = await client.post(CONTROL, json=order)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_FIELD")
    assert (await client.get(CONTROL)).json() == before


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 1001}, {"keep": 0}])
async def test_parameters_have_bounds(client: httpx.AsyncClient, asked: dict[str, int]) -> None:
    answer = await client.get(PATH, params=asked)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_PARAMETER")


async def test_a_reset_brings_the_assortment_back(client: httpx.AsyncClient) -> None:
    await client.post(CONTROL, json={"gone": [row[0] for row in GOODS]})
    assert (await client.get(CONTROL)).json() == {"products": []}

    await client.post("/odoo/v1/_test/reset")

    assert len((await client.get(CONTROL)).json()["products"]) == len(GOODS)


def test_barcodes_check() -> None:
    assert ean13("460710000001") == "4607100000013"
    assert (
        ean13("400638133393") == "4006381333931"
    )  # a marker pen of Stabilo, as in Wikipedia's "International Article Number"
