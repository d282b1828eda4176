"""The emulated head office over real HTTP."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from drivers.emulators.odoo import LISTED, EmulatedOdoo, make_app
from tests.serving import served

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with (
        served(make_app(EmulatedOdoo(now=lambda: NOON))) as site,
        httpx.AsyncClient(base_url=site.url) as client,
    ):
        yield client


async def test_heartbeat_is_answered_with_the_time(client: httpx.AsyncClient) -> None:
    answer = await client.post("/odoo/v1/heartbeat", json={"pos": "POS-001"})

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "server_time": "2026-11-20T12:00:00Z"}


async def test_clock_can_be_set_wrong(client: httpx.AsyncClient) -> None:
    await client.post("/odoo/v1/_test/behave", json={"clock_offset_s": -90.5})

    answer = await client.post("/odoo/v1/heartbeat", json={})

    assert datetime.fromisoformat(answer.json()["server_time"]) == datetime(2026, 11, 20, 11, 58, 29, 500000, UTC)


async def test_heartbeats_are_listed_as_they_came(client: httpx.AsyncClient) -> None:
    await client.post("/odoo/v1/heartbeat", json={"n": 1})
    await client.post("/odoo/v1/heartbeat", json={"n": 2})

    listing = (await client.get("/odoo/v1/_test/heartbeats")).json()

    assert listing["total"] == 2
    assert [heard["heartbeat"] for heard in listing["heartbeats"]] == [{"n": 1}, {"n": 2}]
    assert listing["heartbeats"][0]["received_at"] == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize("body", [b"", b"{", b"[]"])
async def test_malformed_heartbeat_is_a_bad_request(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/odoo/v1/heartbeat", content=body)

    assert answer.status_code == 400
    assert (await client.get("/odoo/v1/health")).json()["heartbeats_received"] == 0


async def test_failures_come_as_ordered_and_end_with_a_reset(client: httpx.AsyncClient) -> None:
    await client.post("/odoo/v1/_test/behave", json={"fail_every": 2})

    statuses = [(await client.post("/odoo/v1/heartbeat", json={})).status_code for _ in range(4)]
    await client.post("/odoo/v1/_test/reset")

    assert statuses == [200, 503, 200, 503]
    assert (await client.get("/odoo/v1/health")).json() == {
        "status": "healthy",
        "call_count": 0,
        "heartbeats_received": 0,
    }


async def test_orders_of_another_service_are_unknown_here(client: httpx.AsyncClient) -> None:
    answer = await client.post("/odoo/v1/_test/behave", json={"refuse_next": 1})

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_FIELD")


def test_memory_is_bounded() -> None:
    odoo = EmulatedOdoo()
    for _ in range(LISTED + 1):
        odoo.beat(b"{}")

    assert (len(odoo.heard), odoo.received) == (LISTED, LISTED + 1)
