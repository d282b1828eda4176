"""The program and a receiver of alerts that is one: a buffer that fills, a restart in between, and the way back."""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from protocols.jsontext import loads
from tests.e2e.gateway import Gateway, eventually, gateway, sale

SECRET = "s3cr3t"
FILLED, FULL = "BUFFER_NEARLY_FULL", "BUFFER_FULL"


@dataclass
class Receiver:
    """`heard`: the events whose signature was good, by `X-Kassir-Event-Id`."""

    url: str = ""
    heard: dict[str, Any] = field(default_factory=dict)

    def news(self, *codes: str) -> list[tuple[str, str, str]]:
        told = [(event["event"], event["code"], event["level"]) for event in list(self.heard.values())]
        return [each for each in told if each[1] in codes]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            good = self.headers["X-Kassir-Signature"] == signature
            if good:
                receiver.heard[self.headers["X-Kassir-Event-Id"]] = loads(body)
            self.send_response(204 if good else 403)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quietly."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook?till=1"
        Thread(target=server.serve_forever, daemon=True).start()
        yield receiver
        server.shutdown()


def environment(receiver: Receiver) -> dict[str, str]:
    return {
        "BUFFER_CAPACITY": "5",
        "KKT_CIRCUIT_BREAKER_THRESHOLD": "1",
        "KKT_CIRCUIT_BREAKER_RECOVERY_TIMEOUT": "1",
        "KASSIR_ADAPTER__NAME": "shop-7",
        "KASSIR_ALERTS__DWELL": "0.5",
        "KASSIR_WEBHOOK__URL": receiver.url,
        "KASSIR_WEBHOOK__SECRET": SECRET,
    }


def codes(shop: Gateway) -> set[str]:
    return {alert["code"] for alert in shop.get("/v1/kkt/buffer/status")["alerts"]}


def test_a_buffer_that_fills_is_told_everywhere_over_a_restart_and_once_each_way(tmp_path: Path) -> None:
    with receiving() as receiver:
        with gateway(tmp_path, **environment(receiver)) as shop:
            shop.client.post(f"{shop.emulators['ofd']}/ofd/v1/_test/behave", json={"down": True})
            for _ in range(5):
                assert shop.post(sale()).status_code == 200
            eventually(lambda: len(receiver.news(FILLED, FULL)) >= 2)
            assert codes(shop) == {FILLED, FULL}
            assert shop.get("/v1/health")["network_status"] == "offline"
            assert 'kassir_mode{mode="offline"} 1.0' in shop.client.get(f"{shop.url}/metrics").text
            began = [event for event in receiver.heard.values() if event["code"] == FULL]
            eventually(lambda: FULL in str(shop.get("/v1/kkt/buffer/logs")))
            assert shop.stop() == 0

        with gateway(tmp_path, **environment(receiver)) as shop:  # its OFD is another one, and up
            eventually(lambda: len(receiver.news(FULL)) == 2)
            eventually(lambda: codes(shop) == set())
            eventually(lambda: "ended" in [event for event, _, _ in receiver.news(FILLED)])
            eventually(lambda: shop.get("/v1/health")["network_status"] == "online")

        assert [event["gateway"] for event in began] == ["shop-7"]
        assert began[0]["message_ru"].startswith("Буфер чеков заполнен")
        assert receiver.news(FULL) == [("began", FULL, "P1"), ("ended", FULL, "P1")]
        assert [event for event, _, _ in receiver.news(FILLED)].count("began") == 1
        assert SECRET not in (tmp_path / "log.jsonl").read_text()
        assert "till=1" not in (tmp_path / "log.jsonl").read_text()
