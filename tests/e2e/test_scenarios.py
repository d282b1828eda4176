"""The six stories that an integrator tries first: sale, outage, recovery, breaker, full buffer, many tills at once.

Each against the real process over HTTP, as an emulation guide for POS developers tells them.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.gateway import Gateway, eventually, gateway, sale


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Gateway]:
    with gateway(tmp_path) as running:
        yield running


def ofd_behaves(shop: Gateway, **how: Any) -> None:
    shop.client.post(f"{shop.emulators['ofd']}/ofd/v1/_test/behave", json=how).raise_for_status()


def ofd_calls(shop: Gateway) -> int:
    count: int = shop.client.get(f"{shop.emulators['ofd']}/ofd/v1/health").json()["call_count"]
    return count


def buffer(shop: Gateway) -> dict[str, Any]:
    status: dict[str, Any] = shop.get("/v1/kkt/buffer/status")
    return status


def breaker(shop: Gateway) -> str:
    state: str = shop.get("/v1/health")["components"]["circuit_breaker"]["state"]
    return state


def sell(shop: Gateway, times: int) -> list[httpx.Response]:
    answers = [shop.post(sale(f"{100 + number}.00")) for number in range(times)]
    assert [answer.status_code for answer in answers] == [200] * times
    assert all(answer.json()["fiscal_doc"] for answer in answers)  # on paper, whatever the OFD does
    return answers


def sync(shop: Gateway, *, force: bool, key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key or str(uuid4())}
    return shop.client.post(f"{shop.url}/v1/kkt/buffer/sync", json={"force": force}, headers=headers)


def test_1_a_sale_while_all_is_well_is_printed_and_synced(shop: Gateway) -> None:
    (answer,) = sell(shop, 1)

    assert answer.json()["status"] == "printed"
    eventually(lambda: buffer(shop)["synced"] == 1)
    assert buffer(shop)["pending"] == 0
    assert ofd_calls(shop) == 1


def test_2_while_the_ofd_is_down_receipts_are_printed_and_wait(shop: Gateway) -> None:
    ofd_behaves(shop, down=True)

    sell(shop, 10)
    eventually(lambda: breaker(shop) == "OPEN")

    status = buffer(shop)
    assert (status["pending"], status["synced"], status["network_status"]) == (10, 0, "offline")
    assert ofd_calls(shop) == 5
    assert shop.delivered() == []
    assert shop.post(sale()).json()["status"] == "buffered"


def test_3_when_the_ofd_is_back_a_forced_sync_delivers_all_in_order(shop: Gateway) -> None:
    ofd_behaves(shop, down=True)
    sell(shop, 10)
    eventually(lambda: breaker(shop) == "OPEN")
    ofd_behaves(shop, down=False)
    refused = sync(shop, force=False)
    assert (refused.status_code, refused.json()["code"]) == (503, "NO_WAY_TO_OFD")
    assert 0 < int(refused.headers["Retry-After"]) <= 66

    key = str(uuid4())
    begun = sync(shop, force=True, key=key)

    assert begun.status_code == 202
    job = begun.json()["job_id"]
    assert sync(shop, force=True, key=key).json()["job_id"] == job  # the same request is the same job
    eventually(lambda: buffer(shop)["synced"] == 10)
    assert [int(each["fd"]) for each in shop.delivered()] == list(range(1, 11))
    done = eventually(lambda: (found := shop.get(f"/v1/kkt/buffer/sync/{job}"))["state"] == "done" and found)
    assert (done["total"], done["delivered"], done["percent"]) == (10, 10, 100)
    assert breaker(shop) == "CLOSED"


def test_3_a_sync_asked_for_while_one_runs_is_refused(shop: Gateway) -> None:
    ofd_behaves(shop, latency_ms=400)
    sell(shop, 5)
    begun = sync(shop, force=False)
    assert begun.status_code == 202

    second = sync(shop, force=False)

    assert (second.status_code, second.json()["code"]) == (409, "SYNC_RUNNING")
    assert second.json()["details"]["job_id"] == begun.json()["job_id"]
    eventually(lambda: buffer(shop)["synced"] == 5)


def test_4_the_breaker_spares_an_ofd_that_fails_and_the_tills_wait_for_nothing(shop: Gateway) -> None:
    ofd_behaves(shop, fail_next=100)

    began = time.monotonic()
    sell(shop, 20)
    lasted = time.monotonic() - began
    eventually(lambda: breaker(shop) == "OPEN")

    assert lasted < 10  # not twenty times a time-out
    assert ofd_calls(shop) == 5
    assert buffer(shop)["pending"] == 20


def test_5_a_full_buffer_refuses_the_next_receipt_and_prints_nothing_of_it(tmp_path: Path) -> None:
    with gateway(tmp_path, BUFFER_CAPACITY="10") as shop:
        ofd_behaves(shop, down=True)
        sell(shop, 10)
        assert buffer(shop)["percent_full"] == 100.0

        refused = shop.post(sale())

        assert refused.status_code == 503
        assert refused.json()["code"] == "BUFFER_FULL"
        assert "Retry-After" in refused.headers
        assert len(shop.journal()) == 10


def test_6_ten_tills_at_once_get_numbers_without_gap_or_twin(shop: Gateway) -> None:
    def till(_: int) -> list[int]:
        return [int(answer.json()["fiscal_doc"]["fd"]) for answer in sell(shop, 10)]

    with ThreadPoolExecutor(10) as tills:
        numbers = [number for found in tills.map(till, range(10)) for number in found]

    assert sorted(numbers) == list(range(1, 101))
