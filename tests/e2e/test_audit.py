"""`run.py audit`, as a person at a terminal meets it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pysqlite3.dbapi2 import connect

from protocols.audit.judge import audit
from protocols.audit.properties import Property
from protocols.audit.witnesses import Terms
from tests.e2e.gateway import ANY_PORT, ROOT, Gateway, eventually, gateway, sale
from tests.witness import journal_in, witnesses


def run_audit(data: Path, *more: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "run.py", "audit", "--data", str(data), *more],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **ANY_PORT, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def sell(shop: Gateway) -> None:
    """A shift turned, cash moved, receipts of equal and of different sums; all of it delivered."""
    for total in ("100.00", "100.00", "250.50"):
        assert shop.post(sale(total)).status_code == 200
    for path, body in (("shift/close", {}), ("cash/in", {"amount": 500}), ("shift/open", {})):
        headers = {"Idempotency-Key": f"00000000-0000-4000-8000-{len(path):012}"}
        answer = shop.client.post(f"{shop.url}/v1/kkt/{path}", json={"pos_id": "POS-001", **body}, headers=headers)
        assert answer.status_code == 200, answer.text
    assert shop.post(sale("100.00")).status_code == 200
    eventually(lambda: shop.get("/v1/kkt/buffer/status")["current_queued"] == 0)


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a gateway that has sold and was stopped."""
    data = tmp_path_factory.mktemp("traded")
    with gateway(data) as shop:
        sell(shop)
        assert shop.stop() == 0
    return data


@pytest.fixture
def data(traded: Path, tmp_path: Path) -> Path:
    """A copy that may be damaged."""
    shutil.copytree(traded, tmp_path / "data")
    return tmp_path / "data"


@contextmanager
def database(data: Path) -> Iterator[Any]:
    with connect(str(data / "kassir.db")) as connection:
        yield connection


def test_a_folder_in_order_is_called_so_with_what_was_compared(data: Path) -> None:
    done = run_audit(data)

    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "POS-001: document 6 of 6")
    assert "on disk: 7 receipts" in done.stdout
    assert "6 documents, 6 of them of these receipts, 0 of others; 0 more came before" in done.stdout
    assert done.stdout.endswith("nothing wrong\n")


def test_the_report_is_json_for_programs(data: Path) -> None:
    done = run_audit(data, "--json")

    found = json.loads(done.stdout)
    assert found["violations"] == []
    assert found["unread"] == []
    assert found["compared"]["documents"] == 6


def test_a_receipt_that_is_gone_from_disk_and_one_that_was_never_printed(data: Path) -> None:
    with database(data) as connection:
        connection.execute("UPDATE receipts SET fd = 999 WHERE fd = 3")

    done = run_audit(data, "--json")

    assert done.returncode == 1
    violations = json.loads(done.stdout)["violations"]
    assert {each["property"] for each in violations} == {"P1", "P2", "P3"}
    assert {each["document"]["fd"] for each in violations} == {3, 999}


def test_violations_are_told_in_words(data: Path) -> None:
    with database(data) as connection:
        connection.execute("UPDATE events SET state = 'accepted' WHERE state = 'pending'")

    done = run_audit(data)

    assert done.returncode == 1
    assert "P15 receipt" in done.stdout
    assert "nothing wrong" not in done.stdout


def test_an_audit_changes_nothing(data: Path) -> None:
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.name != "kassir.lock"}

    assert run_audit(data).returncode == 0

    after = {path.name: path.read_bytes() for path in data.iterdir() if path.name in before}
    assert after == before


def test_a_folder_in_which_a_gateway_works_is_refused(tmp_path: Path) -> None:
    with gateway(tmp_path):
        done = run_audit(tmp_path)

    assert done.returncode == 2
    assert "already works" in done.stderr


def test_a_folder_without_receipts_is_called_so(tmp_path: Path) -> None:
    done = run_audit(tmp_path / "nothing")

    assert done.returncode == 2
    assert "there are no receipts in" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_a_register_that_cannot_be_reached_is_named_and_the_rest_is_audited(data: Path) -> None:
    away = {
        "KASSIR_KKT__REGISTERS__0__POS_ID": "POS-001",
        "KASSIR_KKT__REGISTERS__0__DEVICE_PATH": "tcp://127.0.0.1:9",
    }

    done = run_audit(data, **away)
    assert done.returncode == 2
    assert "not read: the register of POS-001 at tcp://127.0.0.1:9" in done.stdout
    assert "nothing wrong in what could be read" in done.stdout

    with database(data) as connection:
        connection.execute("UPDATE counts SET receipts = 5 WHERE state = 'dead'")
    done = run_audit(data, **away)
    assert done.returncode == 1
    assert "P8" in done.stdout


def test_the_ofds_list_is_compared(data: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with gateway(other) as shop:
        sell(shop)
        done = run_audit(data, "--ofd", shop.emulators["ofd"])
    assert done.returncode == 1
    assert "P9" in done.stdout  # of another shop's receipts none is here, and ours are not there

    done = run_audit(data, "--ofd", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "not read: the OFD at http://127.0.0.1:9" in done.stdout


def test_a_running_shop_is_clean_by_all_its_witnesses(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop:
        sell(shop)
        for kind in ("purchase", "purchase_refund"):
            assert shop.post({**sale("50.00"), "type": kind}).status_code == 200
        eventually(lambda: shop.get("/v1/kkt/buffer/status")["current_queued"] == 0)
        seen = witnesses(shop)
        shop.stop()

    assert audit(seen, Terms(settled=True)) == []
    assert seen.ofd is not None
    assert len(seen.ofd.entries) == 6
    (journal,) = seen.registers
    assert set(journal.entries) == set(journal_in("POS-001", tmp_path / "emulated-drive.jsonl").entries)
    assert len(journal.entries) == 9


def test_a_shop_whose_journal_grew_behind_its_back_is_not(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop:
        shop.post(sale("100.00"))
        eventually(lambda: shop.get("/v1/kkt/buffer/status")["current_queued"] == 0)
        with database(tmp_path) as connection:
            connection.execute("DELETE FROM receipts")
        found = audit(witnesses(shop), Terms(settled=True))

    assert {violation.property for violation in found} == {Property.P9}
