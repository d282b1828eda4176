"""The real program in a process of its own, for tests that look at it from outside."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from protocols.jsontext import loads
from tests.documented import check_answer

ROOT = Path(__file__).parents[2]
ANY_PORT = {
    "KASSIR_EMULATORS__KKT_PORT": "0",
    "KASSIR_EMULATORS__KKT_HTTP_PORT": "0",
    "KASSIR_EMULATORS__OFD_PORT": "0",
    "KASSIR_EMULATORS__OFD_RELAY_PORT": "0",
    "KASSIR_EMULATORS__ODOO_PORT": "0",
    "KASSIR_EMULATORS__PRINT_DELAY": "0",
    "KASSIR_API__REQUESTS_PER_SECOND": "false",  # a test asks more often than any till
}
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
"""Headers that ask for a websocket."""
READY_WITHIN = 60.0  # seconds; a machine under load starts slowly


@dataclass
class Gateway:
    """`url` of the facade, `emulators` by name, and the process. `grpc`: host:port, where it is served."""

    process: subprocess.Popen[bytes]
    url: str
    emulators: dict[str, str]
    client: httpx.Client
    log: Path
    grpc: str | None = None

    def post(self, body: Any, key: str | None = None, **headers: str) -> httpx.Response:
        headers.setdefault("Idempotency-Key", key or str(uuid4()))
        return self.client.post(f"{self.url}/v1/kkt/receipt", json=body, headers=headers)

    def get(self, path: str) -> Any:
        return self.client.get(f"{self.url}{path}").json()

    def journal(self) -> list[dict[str, Any]]:
        """What the register has in its drive: the witness. Oldest first."""
        found: list[dict[str, Any]] = []
        while True:
            params = {"limit": 1000, "after": found[-1]["fd"] if found else 0}
            page = self.client.get(f"{self.emulators['kkt']}/kkt/_test/journal", params=params).json()["documents"]
            if not page:
                return found
            found += page

    def paper(self) -> list[dict[str, Any]]:
        """The first thousand documents and cash slips that the register printed for good."""
        params = {"limit": 1000}
        page = self.client.get(f"{self.emulators['kkt']}/kkt/_test/journal", params=params).json()
        return [*page["documents"], *page["cash"]]

    def delivered(self) -> list[dict[str, Any]]:
        """What the OFD accepted, in order."""
        answer = self.client.get(f"{self.emulators['ofd']}/ofd/v1/_test/receipts").json()
        return [taken["receipt"] for taken in answer["receipts"]]

    def stop(self, number: int = signal.SIGTERM) -> int:
        """The exit status."""
        self.process.send_signal(number)
        return self.process.wait(30)


@contextmanager
def gateway(data: Path, config: Path | None = None, /, *arguments: str, **environment: str) -> Iterator[Gateway]:
    """Running and ready; killed at the end if the test has not stopped it. `arguments` of the command line."""
    ready, log = data / "ready.json", data / "log.jsonl"
    data.mkdir(parents=True, exist_ok=True)
    ready.unlink(missing_ok=True)
    command = [sys.executable, "run.py", "--data", str(data), "--listen", "127.0.0.1:0", "--ready-file", str(ready)]
    command += [*(["--config", str(config)] if config else []), *arguments]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**_clean(os.environ), **ANY_PORT, **environment}, stdout=out, stderr=out
        )
    try:
        _await(lambda: ready.exists() or process.poll() is not None, f"no {ready}")
        if process.poll() is not None:
            raise RuntimeError(f"the gateway ended: {log.read_text()[-2000:]}")
        places = loads(ready.read_bytes())
        facade = places["facade"]

        def documented(response: httpx.Response) -> None:
            if str(response.url).startswith(f"{facade}/"):  # the emulators are no part of the API
                check_answer(response)

        with httpx.Client(timeout=30, trust_env=False, event_hooks={"response": [documented]}) as client:
            yield Gateway(process, facade, places["emulators"], client, log, places.get("grpc"))
    finally:
        process.kill()
        process.wait(15)


def eventually(check: Any, within: float = READY_WITHIN, what: str = "it did not come true") -> Any:
    """The first true value of `check`: for a world in another process there is no virtual time."""
    return _await(check, what, within)


def sale(total: str = "100.00", pos_id: str = "POS-001") -> dict[str, Any]:
    return {
        "pos_id": pos_id,
        "type": "sale",
        "items": [{"name": "Оправа", "price": total, "qty": 1, "vat": "22%"}],
        "payments": [{"method": "cash", "amount": total}],
    }


def _await(check: Any, what: str, within: float = READY_WITHIN) -> Any:
    give_up_at = time.monotonic() + within
    while not (found := check()):
        if time.monotonic() > give_up_at:
            raise TimeoutError(what)
        time.sleep(0.02)
    return found


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Without settings of the machine's own that the gateway would take for its."""
    return {name: value for name, value in environment.items() if not name.startswith(("KASSIR_", "KKT_", "ODOO_"))}
