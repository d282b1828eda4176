"""Ways to the OFD, seen from outside: the real process on its embedded parts."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.emulator import emulator, started
from tests.e2e.gateway import ROOT, Gateway, eventually, gateway, sale


def documents(shop: Gateway) -> list[dict[str, Any]]:
    """Of fiscal drives, as the OFD took them."""
    return list(shop.client.get(f"{shop.emulators['ofd']}/ofd/v1/_test/documents").json()["documents"])


def test_by_relay_the_drives_own_messages_reach_the_ofd_and_receipts_are_synced(tmp_path: Path) -> None:
    with gateway(tmp_path, KASSIR_OFD__WAY="relay") as shop:
        receipts = [shop.post(sale()).json()["receipt_id"] for _ in range(3)]

        eventually(lambda: len(documents(shop)) == 3)
        assert [each["fp"] for each in documents(shop)] == [each["fp"] for each in shop.journal()]
        for receipt in receipts:
            eventually(lambda path=f"/v1/kkt/receipt/{receipt}": shop.get(path)["status"] == "synced")
        assert shop.delivered() == []
        state = shop.client.get(f"{shop.emulators['kkt']}/kkt/v1/state").json()["drive"]
        assert (state["unsent"], state["brought_to_ofd_by"]) == (0, "host")

    with gateway(tmp_path) as shop:  # by http again, on the same register
        shop.post(sale())
        eventually(lambda: len(shop.delivered()) == 1)
        assert documents(shop) == []


def test_a_gateway_that_is_killed_again_and_again_carries_every_document_in_the_end(tmp_path: Path) -> None:
    with emulator("shtrih", tmp_path / "kkt", "--carried") as kkt, started("ofd", tmp_path / "ofd") as ofd:
        ofd.client.post(f"{ofd.places['url']}/ofd/v1/_test/behave", json={"latency_ms": 40})
        config = tmp_path / "config.toml"
        ways = f'[ofd]\nway = "relay"\napi_url = "{ofd.places["url"]}"\n'
        ways += f'[relay]\naddress = "{ofd.places["relay_address"]}"\n'
        register = f'pos_id = "POS-001"\ndevice_path = "{kkt.places["device_path"]}"\nlinger = 0\n'
        config.write_text(f"{ways}[[kkt.registers]]\n{register}", "utf-8")

        receipts = list[str]()
        for life in range(4):
            with gateway(tmp_path / "data", config) as shop:
                receipts += [shop.post(sale()).json()["receipt_id"] for _ in range(5)]
                time.sleep(0.06 * life)  # into the middle of what is under way
                shop.stop(signal.SIGKILL)
        with gateway(tmp_path / "data", config) as shop:
            for receipt in receipts:
                eventually(lambda path=f"/v1/kkt/receipt/{receipt}": shop.get(path)["status"] == "synced", 120.0)

        printed = [each["fp"] for each in kkt.printed()]
        taken = ofd.client.get(f"{ofd.places['url']}/ofd/v1/_test/documents").json()["documents"]
        assert [each["fp"] for each in taken] == printed
        assert len(printed) == len(receipts) == 20
        where = ["--config", str(config), "--data", str(tmp_path / "data"), "--ofd", ofd.places["url"]]
        audit = subprocess.run([sys.executable, "run.py", "audit", *where], cwd=ROOT, capture_output=True, check=False)
        assert audit.returncode == 0, audit.stdout.decode()


def test_a_receipt_that_was_under_way_over_http_is_carried_where_nothing_goes_by_http_any_more(tmp_path: Path) -> None:
    with emulator("shtrih", tmp_path / "kkt", "--carried") as kkt, started("ofd", tmp_path / "ofd") as ofd:
        behave = f"{ofd.places['url']}/ofd/v1/_test/behave"
        ofd.client.post(behave, json={"latency_ms": 60_000})
        register = f'pos_id = "POS-001"\ndevice_path = "{kkt.places["device_path"]}"\nlinger = 0\n'
        config = tmp_path / "config.toml"
        config.write_text(f'[ofd]\napi_url = "{ofd.places["url"]}"\n[[kkt.registers]]\n{register}', "utf-8")
        with gateway(tmp_path / "data", config) as shop:
            path = f"/v1/kkt/receipt/{shop.post(sale()).json()['receipt_id']}"
            eventually(lambda: shop.get(path)["status"] == "syncing")
            shop.stop(signal.SIGKILL)

        ofd.client.post(behave, json={"latency_ms": 0})
        ways = f'[ofd]\nway = "relay"\n[relay]\naddress = "{ofd.places["relay_address"]}"\n'
        rest = '[odoo]\nurl = "http://127.0.0.1:9"\n[kkt]\nmode = "production"\n'
        config.write_text(f"{ways}{rest}[[kkt.registers]]\n{register}", "utf-8")
        with gateway(tmp_path / "data", config) as shop:
            eventually(lambda: shop.get(path)["status"] == "synced", 120.0)


@pytest.mark.parametrize("way", ["relay", "http"])
def test_relay_on_atol_is_an_error_that_names_the_register(tmp_path: Path, way: str) -> None:
    config = tmp_path / "config.toml"
    register = 'pos_id = "POS-7"\ndriver = "atol"\ndevice_path = "http://127.0.0.1:16732"\n'
    own = 'ofd_way = "relay"\n' if way == "http" else ""
    config.write_text(f'[ofd]\nway = "{way}"\n[[kkt.registers]]\n{register}{own}', "utf-8")

    with pytest.raises(RuntimeError, match="POS-7"), gateway(tmp_path / "data", config):
        pass


def test_the_address_of_the_relay_stands_in_the_log_and_not_in_the_ready_file(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop:
        assert set(shop.emulators) == {"kkt", "ofd", "odoo"}
        lines = [json.loads(line) for line in shop.log.read_text("utf-8").splitlines() if line.startswith("{")]

    (emulated,) = [line for line in lines if line["event"] == "ofd_relay_emulated"]
    assert emulated["address"].startswith("127.0.0.1:")
