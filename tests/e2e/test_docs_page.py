"""/docs in a real browser: nothing from elsewhere, nothing that its policy forbids, and no fault of accessibility."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.documented import document
from tests.e2e.docs_browser import CHROMIUM
from tests.e2e.gateway import gateway

BROWSER = Path(__file__).with_name("docs_browser.py")


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"there is no {CHROMIUM}")
    with gateway(tmp_path_factory.mktemp("docs")) as running:
        command = [sys.executable, str(BROWSER), running.url]
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=150)
        assert said.returncode == 0, said.stderr
        return {"url": running.url, **json.loads(said.stdout)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_works_in_a_browser_that_reaches_nothing_but_the_gateway(seen: Any, scheme: str) -> None:
    page = seen[scheme]

    assert page["complaints"] == []
    assert all(url.startswith(f"{seen['url']}/") for url in page["asked_for"])
    assert page["faults"] == []  # of accessibility, as axe finds them


def test_it_shows_every_call_with_its_fields_and_sends_one(seen: Any) -> None:
    page = seen["light"]
    calls = [operation for methods in document()["paths"].values() for operation in methods.values()]

    assert page["calls"] == len(calls)
    assert {"pos_id", "items", "payments", "customer"} <= set(page["fields"])
    assert len(page["listed"]) == 1
    assert "Put cash into the drawer" in page["listed"][0]
    assert page["curl"].startswith(f"curl -X POST '{seen['url']}/v1/kkt/receipt'")
    assert page["answer"].startswith("200")
    assert '"total": 17991.00' in page["answer"]
