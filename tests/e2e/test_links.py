"""Links to the outside, as an operator meets them: shown, ordered about, given other figures while all runs."""

import signal
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.e2e.gateway import Gateway, eventually, gateway, sale

CONFIG = """
[ofd]
timeout = {timeout}
[ofd.rate]
per_second = 50
[ofd.breaker]
failure_threshold = {threshold}
"""

BY_THEMSELVES = """
[kkt]
mode = "production"
[[kkt.registers]]
pos_id = "POS-001"
device_path = "tcp://127.0.0.1:1"
[ofd]
way = "device"
breaker = false
[odoo]
url = "http://127.0.0.1:1/"
"""


def link(shop: Gateway, name: str = "ofd") -> dict[str, Any]:
    found: dict[str, Any] = shop.get(f"/v1/links/{name}")
    return found


def order(shop: Gateway, command: str, **more: Any) -> httpx.Response:
    body = {"command": command, "who": "Петров", "reason": "работы у оператора", **more}
    headers = {"Idempotency-Key": str(uuid4())}
    return shop.client.post(f"{shop.url}/v1/links/ofd/breaker", json=body, headers=headers)


def told(shop: Gateway) -> list[str]:
    """What the event log says of the breaker, newest first."""
    events = shop.get("/v1/kkt/buffer/logs?limit=500")["items"]
    return [event["message"] for event in events if event["source"] == "link.ofd"]


def test_a_link_shows_its_stages_in_order_with_every_figure(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(timeout=7, threshold=4))
    with gateway(tmp_path / "data", config) as shop:
        shown = link(shop)
        names = [each["name"] for each in shop.get("/v1/links")["links"]]
        missing = shop.client.get(f"{shop.url}/v1/links/bank")

    assert [stage["stage"] for stage in shown["stages"]] == ["rate", "bulkhead", "breaker", "timeout"]
    settings = {stage["stage"]: stage["settings"] for stage in shown["stages"]}
    assert settings["rate"] == {"per_second": 50, "per_minute": None}
    assert settings["breaker"]["failure_threshold"] == 4
    assert settings["timeout"] == {"seconds": 7}
    assert shown["breaker"]["state"] == "CLOSED"
    assert names == ["ofd", "odoo"]
    assert (missing.status_code, missing.json()["code"]) == (404, "LINK_NOT_FOUND")


def test_a_gateway_whose_registers_send_by_themselves_says_that_it_sends_nothing(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(BY_THEMSELVES)
    with gateway(tmp_path / "data", config) as shop:
        ordered = order(shop, "force_open", expires_in=600)
        begun = time.monotonic()
        refused = shop.client.post(
            f"{shop.url}/v1/kkt/buffer/sync", json={"force": True}, headers={"Idempotency-Key": str(uuid4())}
        )
        took = time.monotonic() - begun
        worker = shop.get("/v1/kkt/worker/status")
        job = shop.client.get(f"{shop.url}/v1/kkt/buffer/sync/{uuid4()}")

    assert (refused.status_code, refused.json()["code"]) == (409, "NO_RECEIPTS_TO_SEND")
    assert took < 2
    assert (ordered.status_code, ordered.json()["code"]) == (409, "BREAKER_SWITCHED_OFF")
    assert (worker["status"], worker["circuit_breaker"]["state"]) == ("unused", "CLOSED")
    assert (job.status_code, job.json()["code"]) == (404, "JOB_NOT_FOUND")


def test_an_operator_keeps_calls_back_and_lets_them_go_again(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop:
        assert order(shop, "force_open").status_code == 422  # for how long?

        assert order(shop, "force_open", expires_in=600).json()["breaker"]["state"] == "FORCED_OPEN"
        shop.post(sale())
        eventually(lambda: shop.post(sale()).json()["status"] == "buffered")
        assert shop.delivered() == []
        assert shop.get("/v1/kkt/worker/status")["circuit_breaker"]["author"] == "Петров"

        assert order(shop, "close").json()["breaker"]["state"] == "CLOSED"
        eventually(lambda: shop.get("/v1/kkt/buffer/status")["pending"] == 0)
        events = told(shop)

    assert len(events) == 2
    assert "работы у оператора" in events[0]


def test_other_figures_come_with_a_signal_and_need_no_restart(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG.format(timeout=7, threshold=4))
    with gateway(tmp_path / "data", config) as shop:
        config.write_text(CONFIG.format(timeout=8, threshold=0))  # wrong: nothing changes
        shop.process.send_signal(signal.SIGHUP)
        eventually(lambda: "settings_refused" in shop.log.read_text())
        assert link(shop)["stages"][-1]["settings"] == {"seconds": 7}

        config.write_text(CONFIG.format(timeout=8, threshold=9))
        shop.process.send_signal(signal.SIGHUP)

        eventually(lambda: link(shop)["stages"][-1]["settings"] == {"seconds": 8})
        assert shop.post(sale()).status_code == 200
        assert shop.stop() == 0


def test_a_breaker_that_was_open_is_half_open_after_a_restart(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop:
        shop.client.post(f"{shop.emulators['ofd']}/ofd/v1/_test/behave", json={"down": True})
        shop.post(sale())
        eventually(lambda: any("is OPEN" in message for message in told(shop)))  # and so on disk
        shop.process.kill()
        shop.process.wait(15)

    with gateway(tmp_path) as shop:
        eventually(lambda: shop.get("/v1/kkt/buffer/status")["synced"] == 1)
        eventually(lambda: "The breaker of ofd is HALF_OPEN: it was OPEN before the start." in told(shop))
