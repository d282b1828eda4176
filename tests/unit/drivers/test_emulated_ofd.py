"""The emulated OFD over real HTTP: it takes each receipt once, and misbehaves as ordered."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import trio

from drivers.emulators import ofd
from drivers.emulators.ofd import LISTED, REMEMBERED, EmulatedOfd, make_app
from tests.serving import served

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def receipt(fd: int = 1, **fields: Any) -> dict[str, Any]:
    return {"fn": "9999078900000001", "fd": str(fd), "fp": "1234567890", **fields}


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with (
        served(make_app(EmulatedOfd(now=lambda: NOON))) as site,
        httpx.AsyncClient(base_url=site.url) as client,
    ):
        yield client


async def test_receipt_is_accepted_and_numbered(client: httpx.AsyncClient) -> None:
    first = await client.post("/ofd/v1/receipt", json=receipt(1))
    second = await client.post("/ofd/v1/receipt", json=receipt(2))

    accepted = {"status": "accepted", "timestamp": int(NOON.timestamp()), "duplicate": False}
    assert (first.status_code, first.json()) == (200, accepted | {"ofd_id": "OFD-000001"})
    assert (second.status_code, second.json()) == (200, accepted | {"ofd_id": "OFD-000002"})


async def test_receipt_that_comes_again_keeps_its_id_and_is_listed_once(client: httpx.AsyncClient) -> None:
    await client.post("/ofd/v1/receipt", json=receipt(1, total=10))
    await client.post("/ofd/v1/receipt", json=receipt(2))

    again = await client.post("/ofd/v1/receipt", json=receipt(1, total=10))

    assert again.json()["ofd_id"] == "OFD-000001"
    assert again.json()["duplicate"] is True
    listing = (await client.get("/ofd/v1/_test/receipts")).json()
    assert [taken["receipt"]["fd"] for taken in listing["receipts"]] == ["1", "2"]
    assert (listing["total"], listing["duplicates"]) == (2, 1)


async def test_number_is_the_same_as_text(client: httpx.AsyncClient) -> None:
    await client.post("/ofd/v1/receipt", json={"fn": "9999078900000001", "fd": 7, "fp": 99})

    again = await client.post("/ofd/v1/receipt", json={"fn": "9999078900000001", "fd": "7", "fp": "99"})

    assert again.json()["duplicate"] is True


async def test_listing_shows_what_came_and_when(client: httpx.AsyncClient) -> None:
    sent = receipt(1, items=[{"name": "Хлеб", "qty": 2.5}])
    await client.post("/ofd/v1/receipt", json=sent)

    listing = (await client.get("/ofd/v1/_test/receipts")).json()

    (taken,) = listing["receipts"]
    assert taken == {
        "number": 1,
        "ofd_id": "OFD-000001",
        "received_at": "2026-11-20T12:00:00Z",
        "fn": sent["fn"],
        "fd": "1",
        "fp": sent["fp"],
        "receipt": sent,
    }


async def test_listing_can_begin_behind_a_number(client: httpx.AsyncClient) -> None:
    for fd in (1, 2, 3):
        await client.post("/ofd/v1/receipt", json=receipt(fd))

    listing = (await client.get("/ofd/v1/_test/receipts?after=1")).json()

    assert [taken["number"] for taken in listing["receipts"]] == [2, 3]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "INVALID_JSON"),
        (b"{", "INVALID_JSON"),
        (b"\xff", "INVALID_JSON"),
        (b'{"deep": ' + b"[" * 100_000, "INVALID_JSON"),
        (b"[]", "INVALID_FIELD"),
        (b'{"fn": "1", "fd": "2"}', "INVALID_FIELD"),
        (b'{"fn": "1", "fd": "2", "fp": null}', "INVALID_FIELD"),
        (b'{"fn": "", "fd": "2", "fp": "3"}', "INVALID_FIELD"),
    ],
)
async def test_malformed_receipt_is_a_bad_request(client: httpx.AsyncClient, body: bytes, code: str) -> None:
    answer = await client.post("/ofd/v1/receipt", content=body)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert (await client.get("/ofd/v1/health")).json()["receipts_received"] == 0


async def test_health_counts_calls_and_receipts(client: httpx.AsyncClient) -> None:
    await client.post("/ofd/v1/_test/behave", json={"fail_next": 1})
    await client.post("/ofd/v1/receipt", json=receipt(1))
    await client.post("/ofd/v1/receipt", json=receipt(1))
    await client.post("/ofd/v1/receipt", json=receipt(1))

    health = await client.get("/ofd/v1/health")

    assert health.status_code == 200
    assert health.json() == {"status": "healthy", "call_count": 3, "receipts_received": 1, "duplicates": 1}


async def test_service_that_is_down_fails_and_says_so(client: httpx.AsyncClient) -> None:
    await client.post("/ofd/v1/_test/behave", json={"down": True})

    answer, health = await client.post("/ofd/v1/receipt", json=receipt()), await client.get("/ofd/v1/health")

    assert (answer.status_code, answer.json()["code"]) == (503, "UNAVAILABLE")
    assert (health.status_code, health.json()["status"]) == (503, "down")


async def test_refused_receipt_is_named_and_not_kept(client: httpx.AsyncClient) -> None:
    await client.post("/ofd/v1/_test/behave", json={"refuse_next": 1})

    answer = await client.post("/ofd/v1/receipt", json=receipt(7))

    assert (answer.status_code, answer.json()["code"]) == (422, "RECEIPT_REFUSED")
    assert "9999078900000001/7/1234567890" in answer.json()["message"]
    assert (await client.post("/ofd/v1/receipt", json=receipt(7))).json()["duplicate"] is False


async def test_dropped_answer_cuts_the_connection_after_the_work(client: httpx.AsyncClient) -> None:
    await client.post("/ofd/v1/_test/behave", json={"drop_answer_every": 1})

    with pytest.raises(httpx.RemoteProtocolError):
        await client.post("/ofd/v1/receipt", json=receipt(1))

    await client.post("/ofd/v1/_test/behave", json={"drop_answer_every": 0})
    assert (await client.post("/ofd/v1/receipt", json=receipt(1))).json()["duplicate"] is True


async def test_latency_is_spent_before_the_work(client: httpx.AsyncClient) -> None:
    await client.post("/ofd/v1/_test/behave", json={"latency_ms": 50})
    began = trio.current_time()

    await client.post("/ofd/v1/receipt", json=receipt(1))

    assert trio.current_time() - began >= 0.05


async def test_unknown_order_is_a_bad_request_that_names_it(client: httpx.AsyncClient) -> None:
    answer = await client.post("/ofd/v1/_test/behave", json={"fail_next": 1, "explode": True})

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_FIELD")
    assert "explode" in answer.json()["message"]
    assert (await client.post("/ofd/v1/receipt", json=receipt())).status_code == 200


async def test_order_is_answered_with_the_whole_behaviour(client: httpx.AsyncClient) -> None:
    ordered = await client.post("/ofd/v1/_test/behave", json={"fail_next": 3})
    shown = await client.get("/ofd/v1/_test/behave")

    assert ordered.json() == shown.json()
    assert shown.json() == {
        "down": False,
        "fail_next": 3,
        "fail_every": 0,
        "latency_ms": 0,
        "refuse_next": 0,
        "drop_answer_every": 0,
    }


async def test_reset_forgets_everything(client: httpx.AsyncClient) -> None:
    await client.post("/ofd/v1/receipt", json=receipt(1))
    await client.post("/ofd/v1/_test/behave", json={"down": True})

    reset = await client.post("/ofd/v1/_test/reset")

    assert reset.json() == {"status": "reset"}
    health = (await client.get("/ofd/v1/health")).json()
    assert (health["status"], health["call_count"], health["receipts_received"]) == ("healthy", 0, 0)
    assert (await client.post("/ofd/v1/receipt", json=receipt(1))).json()["duplicate"] is False


async def test_page_from_elsewhere_gives_no_orders(client: httpx.AsyncClient) -> None:
    answer = await client.post("/ofd/v1/_test/behave", json={"down": True}, headers={"Origin": "http://evil.example"})

    assert (answer.status_code, answer.json()["code"]) == (403, "FOREIGN_ORIGIN")
    assert (await client.get("/ofd/v1/health")).json()["status"] == "healthy"


async def test_other_paths_and_methods_are_not_served(client: httpx.AsyncClient) -> None:
    assert (await client.get("/ofd/v1/none")).status_code == 404
    assert (await client.get("/ofd/v1/receipt")).status_code == 405


def test_memory_is_bounded_and_the_oldest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LISTED < REMEMBERED
    monkeypatch.setattr(ofd, "REMEMBERED", 3)
    known = EmulatedOfd()
    for fd in (1, 2, 3, 4):
        known.take(b'{"fn": 1, "fd": %d, "fp": 1}' % fd)

    assert known.take(b'{"fn": 1, "fd": 2, "fp": 1}')["duplicate"] is True
    assert known.take(b'{"fn": 1, "fd": 1, "fp": 1}')["duplicate"] is False


def test_listing_keeps_the_newest() -> None:
    known = EmulatedOfd(now=lambda: NOON + timedelta(seconds=1))
    for fd in range(LISTED + 2):
        known.take(b'{"fn": 1, "fd": %d, "fp": 1}' % fd)

    listed = known.listed(after=0)

    assert (listed[0].number, listed[-1].number, len(listed)) == (3, LISTED + 2, LISTED)
