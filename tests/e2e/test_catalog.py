"""The product cache of the real process: fresh with Odoo, the same without it, there again after a kill."""

import signal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.gateway import Gateway, eventually, gateway, sale

ALL = 40


def products(shop: Gateway, **asked: str) -> dict[str, Any]:
    found: dict[str, Any] = shop.client.get(f"{shop.url}/v1/kkt/cache/products", params=asked).json()
    return found


def refresh(shop: Gateway, **body: object) -> httpx.Response:
    headers = {"Idempotency-Key": str(uuid4())}
    return shop.client.post(f"{shop.url}/v1/kkt/cache/refresh", json=body or None, headers=headers)


def behave(shop: Gateway, **behaviour: object) -> None:
    shop.client.post(f"{shop.emulators['odoo']}/odoo/v1/_test/behave", json=behaviour).raise_for_status()


def change(shop: Gateway, **order: object) -> None:
    shop.client.post(f"{shop.emulators['odoo']}/odoo/v1/_test/products", json=order).raise_for_status()


def told(shop: Gateway) -> dict[str, Any]:
    state: dict[str, Any] = shop.get("/v1/health")["components"]["catalog"]
    return {"running": True} | state


def known(shop: Gateway) -> Gateway:
    """Once all is learned and kept on disk."""
    eventually(lambda: not told(shop)["running"] and told(shop)["products"] == ALL)
    return shop


def test_a_new_price_is_found_once_somebody_refreshes_and_a_receipt_takes_the_product_as_it_is_told(
    tmp_path: Path,
) -> None:
    with gateway(tmp_path) as shop:
        known(shop)
        change(shop, products=[{"sku": "FR-0001", "price_kopecks": 777_50}], gone=["FR-0002"])
        brought = refresh(shop)
        (found,) = products(shop, q="оправа ray")["products"]
        body = sale("777.50")
        body["items"] = [{name: found[name] for name in ("sku", "name", "price", "vat")} | {"qty": 1}]
        sold = shop.post(body)

    assert (brought.status_code, brought.json()["changed"], brought.json()["gone"]) == (200, 1, 1)
    assert (found["sku"], found["price"]) == ("FR-0001", 777.5)
    assert (sold.status_code, sold.json()["fiscal_doc"]["total"]) == (200, 777.5)


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        ({"down": True}, "NO_WAY_TO_ODOO"),
        ({"fail_next": 1}, "NO_WAY_TO_ODOO"),
        ({"huge": True}, "NO_WAY_TO_ODOO"),
        ({"latency_ms": 60_000}, "NO_WAY_TO_ODOO"),
        ({"garbage": True}, "ODOO_REFUSED"),
    ],
)
def test_whatever_odoo_does_the_shop_sells_on_by_the_old_list(
    tmp_path: Path, behaviour: dict[str, object], code: str
) -> None:
    environment = {"KASSIR_CATALOG__TIMEOUT": "1", "KASSIR_HEARTBEAT__INTERVAL": "600"}
    with gateway(tmp_path, **environment) as shop:
        known(shop)
        behave(shop, **behaviour)
        answer = refresh(shop)
        found = products(shop, q="4607100000013")
        sold = shop.post(sale())

    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert "Retry-After" in answer.headers
    assert [each["sku"] for each in found["products"]] == ["FR-0001"]
    assert sold.status_code == 200


def test_after_a_kill_the_products_are_there_without_odoo_and_once_the_file_is_spoilt_it_is_said(
    tmp_path: Path,
) -> None:
    nobody = {"KASSIR_ODOO__URL": "http://127.0.0.1:1/"}
    with gateway(tmp_path) as shop:
        known(shop)
        shop.stop(signal.SIGKILL)
    with gateway(tmp_path, **nobody) as shop:
        found = products(shop, q="линзы acuvue")
        state = told(shop)
        shop.stop(signal.SIGKILL)
    (tmp_path / "catalog.db").write_bytes(b"spoilt" * 1000)
    with gateway(tmp_path, **nobody) as shop:
        lost = products(shop, q="линзы acuvue")
        shop.stop()
    with gateway(tmp_path) as shop:
        known(shop)

    assert (found["total"], found["stale"]) == (2, False)
    assert (state["status"], state["products"]) == ("fresh", ALL)
    assert (lost["total"], lost["refreshed_at"], lost["stale"]) == (0, None, True)
    assert '"event": "catalog_damaged"' in (tmp_path / "log.jsonl").read_text()


def test_it_refreshes_by_itself(tmp_path: Path) -> None:
    with gateway(tmp_path, KASSIR_CATALOG__REFRESH_INTERVAL="0.5") as shop:
        known(shop)
        change(shop, products=[{"sku": "NEW-1", "name": "Монокль", "price_kopecks": 5}])

        assert eventually(lambda: products(shop, q="монокль")["products"])
