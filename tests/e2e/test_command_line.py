"""The command line, as a person at a terminal meets it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.emulator import emulator
from tests.e2e.gateway import ROOT, eventually, gateway


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "run.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"KASSIR_BUFFER__CAPACITY": "many"}, "buffer.capacity"),
        ({"KASSIR_BUFFER__COLOUR": "red"}, "buffer.colour"),
        ({"KASSIR_API__LISTEN": "0.0.0.0:8000"}, "--without-authentication when started"),
        (
            {"KASSIR_API__LISTEN": "0.0.0.0:8000", "KASSIR_API__WITHOUT_TLS": "1"},
            "missing is --without-tls when started",
        ),
        ({"KKT_MODE": "production"}, "registers"),
    ],
)
def test_a_wrong_setting_is_named_before_anything_starts(
    tmp_path: Path, environment: dict[str, str], said: str
) -> None:
    done = run("--data", str(tmp_path / "data"), **environment)

    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_configuration_that_is_not_there_is_named() -> None:
    done = run("--config", "nowhere.toml")

    assert done.returncode == 2
    assert "nowhere.toml" in done.stderr


def test_a_second_gateway_is_kept_out_of_the_folder(tmp_path: Path) -> None:
    with gateway(tmp_path):
        done = run("--data", str(tmp_path), "--listen", "127.0.0.1:0")

    assert done.returncode == 2
    assert "already works" in done.stderr


def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path) -> None:
    with gateway(tmp_path / "one") as first:
        done = run("--data", str(tmp_path / "two"), "--listen", first.url.removeprefix("http://"))

    assert done.returncode == 2
    assert "already listens" in done.stderr


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("shtrih", "/kkt/v1/state"),
        ("atol", "/kkt/v1/state"),
        ("ofd", "/ofd/v1/health"),
        ("odoo", "/odoo/v1/health"),
    ],
)
def test_an_emulator_runs_alone_and_stops_on_a_signal(tmp_path: Path, name: str, path: str) -> None:
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "run.py", "emulate", name, "--data", str(tmp_path)], cwd=ROOT, stdout=out
        )
    try:
        ready = eventually(lambda: _ready(log))
        assert httpx.get(ready["url"] + path, trust_env=False).status_code == 200

        process.send_signal(signal.SIGTERM)

        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()


def test_the_emulated_web_server_tells_where_its_page_and_its_paper_are(tmp_path: Path) -> None:
    task = {"type": "nonFiscal", "items": [{"type": "text", "text": "Обед"}]}
    with emulator("atol", tmp_path) as atol:
        page = atol.client.get(atol.places["page"])
        job = {"uuid": "1", "request": [task]}
        atol.client.post(f"{atol.places['device_path']}/api/v2/requests", json=job).raise_for_status()
        eventually(lambda: atol.client.get(atol.places["paper"]).is_success)
        sheet = atol.client.get(atol.places["paper"])

    assert "Чековая лента" in page.text
    assert sheet.headers["Content-Type"] == "image/png"


def test_the_help_of_an_emulator_says_where_to_look() -> None:
    told = run("emulate", "atol", "--help").stdout

    assert [place for place in ("/kkt/v1/paper/-1.png", "/kkt/_test/behave", "/api/v2") if place not in told] == []


def _ready(log: Path) -> dict[str, str] | None:
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return next((line for line in lines if line["event"] == "emulator_ready"), None)


def test_the_log_is_one_json_object_a_line(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop:
        shop.stop()
        lines = [json.loads(line) for line in shop.log.read_text().splitlines()]

    assert {"timestamp", "level", "event"} <= set.intersection(*(set(line) for line in lines))
    assert [line["event"] for line in lines if line["event"].startswith("gateway_")] == [
        "gateway_ready",
        "gateway_stopping",
        "gateway_stopped",
    ]
