"""What people look up, at the real process: lists, the story of a sale, its slip, a day in figures, dead letters."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.gateway import Gateway, eventually, gateway, sale


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Gateway]:
    with gateway(tmp_path, None, KASSIR_BUFFER__MAX_RETRY_ATTEMPTS="1") as running:
        yield running


def order(shop: Gateway, path: str, body: Any) -> httpx.Response:
    return shop.client.post(f"{shop.url}{path}", json=body, headers={"Idempotency-Key": str(uuid4())})


def test_a_dead_letter_is_found_sent_again_and_the_ofd_has_it_once(shop: Gateway) -> None:
    shop.client.post(f"{shop.emulators['ofd']}/ofd/v1/_test/behave", json={"refuse_next": 1})
    receipt_id = shop.post(sale("150.50")).json()["receipt_id"]
    (dead,) = eventually(lambda: shop.get("/v1/kkt/dlq")["items"])

    told = order(shop, "/v1/kkt/dlq/retry", {"who": "Иванова"})

    assert (dead["id"], dead["total"]) == (receipt_id, 150.5)
    assert "RECEIPT_REFUSED" in dead["reason"]
    assert told.json() == {"retried": 1, "receipts": [receipt_id], "left": 0}
    eventually(lambda: shop.get("/v1/kkt/receipts?status=synced")["items"])
    assert [each["fd"] for each in shop.delivered()] == [dead["fiscal_doc"]["fd"]]
    steps = shop.get(f"/v1/kkt/receipt/{receipt_id}/timeline")["steps"]
    assert [step["state"] for step in steps] == ["accepted", "pending", "dead", "pending", "synced"]


def test_the_slip_is_a_page_that_a_browser_may_show_and_the_day_has_the_sale_in_it(shop: Gateway) -> None:
    receipt_id = shop.post(sale("150.50")).json()["receipt_id"]

    slip = shop.client.get(f"{shop.url}/v1/kkt/receipt/{receipt_id}/slip")
    day = shop.get("/v1/status/history?hours=1")

    assert (slip.status_code, slip.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert slip.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "150,50" in slip.text
    assert sum(point["printed"] for point in day["points"]) == 1
    assert day["points"][-1]["p95_s"] or day["points"][-2]["p95_s"]


def test_on_the_wire_a_list_is_packed_and_not_sent_to_whoever_has_it(shop: Gateway) -> None:
    for _ in range(5):
        shop.post(sale("10.00"))
    eventually(lambda: len(shop.get("/v1/kkt/receipts?status=synced")["items"]) == 5)
    path = f"{shop.url}/v1/kkt/receipts"

    packed = shop.client.get(path)  # httpx takes gzip by itself
    known = shop.client.get(path, headers={"If-None-Match": packed.headers["ETag"]})
    head = shop.client.head(path)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.json()["items"]) == 5
    assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", packed.headers["ETag"])
    assert not {"content-type", "content-length"} & set(known.headers.keys())
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", packed.headers["ETag"])
