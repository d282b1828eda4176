"""The watch over a register as those outside see it: numbers, events, and a history that outlives the process."""

from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.gateway import Gateway, eventually, gateway, sale

POS_ID = "POS-001"


def numbers(shop: Gateway) -> dict[str, dict[str, float]]:
    """Samples by name, and by label and value in the order of the labels' names."""
    text = shop.client.get(f"{shop.url}/metrics").text
    found: dict[str, dict[str, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[",".join(sample.labels.values())] = sample.value
    return found


def alarms(shop: Gateway) -> list[tuple[str, str, str]]:
    """Of the drive's room, oldest first."""
    items: list[dict[str, Any]] = shop.get("/v1/kkt/buffer/logs")["items"]
    told = [(item["event"], item["code"], item["level"]) for item in reversed(items)]
    return [each for each in told if each[1] == "DRIVE_NEARLY_FULL"]


def behave(shop: Gateway, **wanted: Any) -> None:
    assert shop.client.post(f"{shop.emulators['kkt']}/kkt/_test/behave", json=wanted).status_code == 200


def test_an_alarm_is_in_metrics_and_events_and_its_end_is_found_by_the_next_process(tmp_path: Path) -> None:
    began = ("alarm_began", "DRIVE_NEARLY_FULL", "ERROR")
    with gateway(tmp_path) as shop:
        receipt_id = shop.post(sale()).json()["receipt_id"]
        eventually(lambda: numbers(shop)["kassir_buffer_receipts"]["synced"] == 1)
        behave(shop, down=True)
        eventually(lambda: numbers(shop)["kassir_register_link_up"][POS_ID] == 0, within=20)
        behave(shop, down=False, fn_left=50)  # a new link is inspected at once

        eventually(lambda: numbers(shop).get("kassir_register_alarm"), within=20)
        found = numbers(shop)
        eventually(lambda: alarms(shop), within=20)

        assert found["kassir_register_alarm"] == {f"DRIVE_NEARLY_FULL,P1,{POS_ID}": 1}
        assert found["kassir_drive_documents_left"][POS_ID] <= 50
        assert found["kassir_breaker_state"] == {"odoo": 0, "ofd": 0}
        assert found["kassir_link_up"] == {"odoo": 1, "ofd": 1}
        assert alarms(shop) == [began]
        events = shop.get("/v1/kkt/buffer/logs?limit=500")["items"]
        life = [item["event"] for item in reversed(events) if item["receipt_id"] == receipt_id]
        assert life == ["accepted", "printing", "pending", "syncing", "synced"]
        assert shop.stop() == 0

    with gateway(tmp_path) as shop:  # its emulated register is well again
        eventually(lambda: len(alarms(shop)) > 1, within=20)

        assert alarms(shop) == [began, ("alarm_ended", "DRIVE_NEARLY_FULL", "INFO")]
        assert "kassir_register_alarm" not in numbers(shop)
