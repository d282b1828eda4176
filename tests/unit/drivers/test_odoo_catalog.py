"""The client of the head office's list of products against a real loopback head office, good or bad."""

from typing import Any

import pytest
import trio
from quart import Response, request
from quart_trio import QuartTrio

from drivers.emulators.odoo import EmulatedOdoo, make_app
from drivers.emulators.odoo_products import Changed, Order
from drivers.odoo_catalog import CatalogRefused, CatalogUnreachable, OdooCatalogClient, Wanted
from drivers.web import bind, url
from protocols.item import Vat
from protocols.jsontext import dumps
from tests.serving import served

FIRST = Wanted(None, 1000)
GOODS: dict[str, Any] = {
    "sku": "FR-1",
    "name": "Оправа",
    "price_kopecks": 100,
    "vat": "22%",
    "changed_at": "2026-11-20T12:00:00Z",
}
PAGE: dict[str, Any] = {"products": [GOODS], "gone": [], "full": True, "cursor": "1", "more": False}


def saying(body: bytes, status: int = 200, **headers: str) -> QuartTrio:
    app = QuartTrio("odoo")

    @app.get("/odoo/v1/products")
    async def products() -> Response:
        return Response(body, status, headers)

    return app


async def test_the_list_in_full_and_then_what_changed() -> None:
    odoo = EmulatedOdoo()
    async with served(make_app(odoo)) as site, OdooCatalogClient(site.url, 5.0) as client:
        everything = await client.page(FIRST)
        odoo.products.change(Order([Changed("FR-0001", price_kopecks=1)], gone=["FR-0002"]))
        news = await client.page(Wanted(everything.cursor, 1000))

    assert (everything.full, everything.more, len(everything.products)) == (True, False, 40)
    assert everything.products[0].name == "Оправа Ray-Ban RX5228 чёрная"
    assert {each.vat for each in everything.products} == {Vat.V22, Vat.V10, Vat.NONE}
    assert (news.full, news.gone) == (False, ("FR-0002",))
    assert [(each.sku, each.price_kopecks) for each in news.products] == [("FR-0001", 1)]


async def test_a_cursor_goes_as_it_came_whatever_is_in_it() -> None:
    seen: list[dict[str, str]] = []
    app = QuartTrio("odoo")

    @app.get("/odoo/v1/products")
    async def products() -> Response:
        seen.append(request.args.to_dict())
        return Response(dumps(PAGE))

    async with served(app) as site, OdooCatalogClient(site.url, 5.0) as client:
        await client.page(Wanted("a&b=с +%#", 7))

    assert seen == [{"limit": "200", "keep": "7", "cursor": "a&b=с +%#"}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"sku": ""},
        {"sku": "x" * 65},
        {"name": ""},
        {"name": "о" * 129},
        {"name": None},
        {"price_kopecks": -1},
        {"price_kopecks": 1.5},
        {"price_kopecks": 10**15},
        {"price_kopecks": "100"},
        {"vat": "99%"},
        {"vat": 22},
        {"stock": 0.5},
        {"stock": 10**10},
        {"marked": 1},
        {"barcode": ""},
        {"changed_at": "2026-11-20T12:00:00"},
        {"sold_at": "noon"},
    ],
)
async def test_a_product_that_no_till_could_sell_is_refused_and_named(wrong: dict[str, object]) -> None:
    body = dumps(PAGE | {"products": [GOODS, GOODS | wrong]})
    async with served(saying(body)) as site, OdooCatalogClient(site.url, 5.0) as client:
        with pytest.raises(CatalogRefused, match=rf"malformed answer 200.*products\[\d\]\.{next(iter(wrong))}"):
            await client.page(FIRST)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b"[" * 100_000,
        dumps(PAGE | {"cursor": ""}),
        dumps(PAGE | {"cursor": "x" * 257}),
        dumps(PAGE | {"cursor": None}),
        dumps(PAGE | {"more": "yes"}),
        dumps(PAGE | {"gone": [""]}),
        dumps(PAGE | {"products": [GOODS] * 201}),
        dumps(PAGE).replace("Оправа".encode(), b"\xff\xfe"),
        dumps(PAGE).replace("Оправа".encode(), b"\\ud800"),
    ],
)
async def test_what_is_no_page_is_refused(body: bytes) -> None:
    async with served(saying(body)) as site, OdooCatalogClient(site.url, 5.0) as client:
        with pytest.raises(CatalogRefused, match="malformed answer 200") as refused:
            await client.page(FIRST)

    assert len(str(refused.value)) <= 300


@pytest.mark.parametrize("status", [204, 302, 400, 401, 404, 418])
async def test_an_odoo_without_such_a_list_is_well_and_refuses(status: int) -> None:
    async with served(saying(dumps(PAGE), status)) as site, OdooCatalogClient(site.url, 5.0) as client:
        with pytest.raises(CatalogRefused, match=f"answer {status}"):
            await client.page(FIRST)


@pytest.mark.parametrize(("status", "blamed"), [(429, False), (500, True), (503, True)])
async def test_an_odoo_that_cannot_now_is_out_of_reach_for_as_long_as_it_says(status: int, blamed: bool) -> None:
    app = saying(b"{}", status, **{"Retry-After": "17"})
    async with served(app) as site, OdooCatalogClient(site.url, 5.0) as client:
        with pytest.raises(CatalogUnreachable, match=f"answer {status}") as unreachable:
            await client.page(FIRST)

    assert (unreachable.value.pause, unreachable.value.blames_link) == (17, blamed)


@pytest.mark.parametrize(
    ("behaviour", "error", "reason"),
    [
        ({"down": True}, CatalogUnreachable, "answer 503"),
        ({"latency_ms": 60_000}, CatalogUnreachable, "no answer within 0.5 s"),
        ({"garbage": True}, CatalogRefused, "malformed answer 200"),
        ({"huge": True}, CatalogUnreachable, "the answer is over 1048576 bytes"),
    ],
)
async def test_every_trouble_of_the_emulated_odoo_is_told_apart(
    behaviour: dict[str, object], error: type[Exception], reason: str
) -> None:
    odoo = EmulatedOdoo()
    odoo.conduct.change(behaviour)
    async with served(make_app(odoo)) as site, OdooCatalogClient(site.url, 0.5) as client:
        with trio.fail_after(10), pytest.raises(error, match=reason):
            await client.page(FIRST)


async def test_nobody_listening_is_unreachable() -> None:
    with bind("127.0.0.1", 0) as listener:
        nobody = url(listener)

    async with OdooCatalogClient(nobody, 5.0) as client:
        with pytest.raises(CatalogUnreachable):
            await client.page(FIRST)
