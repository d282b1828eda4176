"""The real gateway asks who is there: curl over TLS 1.3, with certificates, tokens and API keys."""

import signal
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from drivers.auth.keys import digest, new_api_key
from protocols.jsontext import dumps, loads
from tests.callers import KEYS, token
from tests.certificates import LONG_AGO, Authority
from tests.e2e.gateway import Gateway, eventually, gateway, sale

KEY = new_api_key()
DEVICES, RECEIPT = "/v1/kkt/devices", "/v1/kkt/receipt"
CONFIG = """
[api]
hosts = ["kassir.shop"]
[api.tls]
certificate = "{certificate}"
key = "{key}"
client_ca = "{client_ca}"
[[auth.signing_keys]]
id = "ed-1"
public_key = "{public_key}"
[[auth.api_keys]]
name = "terminal"
sha256 = "{sha256}"
roles = ["pos"]
[[auth.certificates]]
name = "till-1"
roles = ["pos"]
common_name = "till-1.shop"
[[auth.certificates]]
name = "screen"
roles = ["monitor"]
alternative_name = "screen.shop"
"""


@dataclass
class Answer:
    """`exit`: of curl. `status` 0 and no body where there was no answer. `said`: what curl wrote about it."""

    exit: int
    status: int
    head: str
    body: Any
    said: str


@dataclass
class House:
    gateway: Gateway
    ours: Authority
    foreign: Authority

    def curl(self, path: str, *arguments: str) -> Answer:
        command = ["curl", "-sS", "--tlsv1.3", "--max-time", "20", "--cacert", str(self.ours.file), "-D", "-"]
        command += ["-w", "\n%{http_code} %{ssl_verify_result}", *arguments, self.gateway.url + path]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        text, _, tail = done.stdout.rpartition("\n")
        head, _, body = text.replace("\r\n", "\n").partition("\n\n")
        status = int(tail.split()[0])
        return Answer(done.returncode, status, head.lower(), loads(body.encode()) if body else None, done.stderr)

    def shown(self, files: tuple[Path, Path]) -> tuple[str, ...]:
        return "--cert", str(files[0]), "--key", str(files[1])

    def events(self, code: str) -> list[str]:
        """What the log of events says of it, newest first."""
        page = self.curl("/v1/kkt/buffer/logs?limit=500", *bearer(token("manager", "Иванова"))).body
        return [event["message"] for event in page["items"] if event["code"] == code and event["source"] == "facade"]

    def audited(self, *words: str) -> str:
        """The event of a refusal in which all these words stand, once it is on disk."""
        found: str = eventually(
            lambda: next((e for e in self.events("CALL_REFUSED") if all(w in e for w in words)), "")
        )
        return found


def bearer(shown: str) -> tuple[str, ...]:
    return "-H", f"Authorization: Bearer {shown}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    ours, foreign = Authority(folder), Authority(folder, "foreign")
    certificate, key = ours.issue("localhost", "127.0.0.1", "kassir.shop")
    config = folder / "config.toml"
    files = {"certificate": certificate, "key": key, "client_ca": ours.file}
    config.write_text(CONFIG.format(**files, public_key=KEYS[0].public_key, sha256=digest(KEY)))
    with gateway(folder / "data", config) as running:
        yield House(running, ours, foreign)


def test_a_till_sells_by_its_certificate_over_tls_1_3(house: House) -> None:
    till = house.shown(house.ours.issue("anything.shop", common_name="till-1.shop"))
    body = ("-H", "Content-Type: application/json", "-H", f"Idempotency-Key: {uuid4()}", "-d", dumps(sale()).decode())
    answer = house.curl(RECEIPT, *till, *body)

    assert house.gateway.url.startswith("https://")
    assert (answer.status, answer.body["status"]) == (200, "printed")


def test_a_screen_is_known_by_another_of_its_names_and_may_less(house: House) -> None:
    screen = house.shown(house.ours.issue("screen.shop"))

    assert house.curl(DEVICES, *screen).status == 200
    assert house.curl(f"{RECEIPT}/x", *screen).status == 403
    house.audited("403 FORBIDDEN to screen at 127.0.0.1", f"GET {RECEIPT}/<receipt_id>")


def test_a_certificate_of_another_ca_is_refused_in_the_handshake_and_told(house: House) -> None:
    answer = house.curl(DEVICES, *house.shown(house.foreign.issue("till-1.shop", common_name="till-1.shop")))

    assert (answer.exit != 0, answer.status) == (True, 0)
    assert "unknown ca" in answer.said
    house.audited("a TLS handshake was refused with an alert, CERTIFICATE_UNTRUSTED to nobody at 127.0.0.1")


def test_an_expired_certificate_is_told_so_in_the_answer(house: House) -> None:
    old = house.ours.issue("anything.shop", common_name="till-1.shop", until=LONG_AGO)
    answer = house.curl(DEVICES, *house.shown(old))

    assert (answer.status, answer.body["code"]) == (401, "CERTIFICATE_EXPIRED")
    assert "2020-01-01" in answer.body["message"]
    house.audited("401 CERTIFICATE_EXPIRED to nobody at 127.0.0.1", f"GET {DEVICES}")


def test_a_good_certificate_of_nobody_we_know_is_refused(house: House) -> None:
    answer = house.curl(DEVICES, *house.shown(house.ours.issue("till-9.shop")))

    assert (answer.status, answer.body["code"]) == (401, "CERTIFICATE_UNKNOWN")
    house.audited("401 CERTIFICATE_UNKNOWN to nobody at 127.0.0.1")


def test_who_shows_nothing_is_asked_who_he_is(house: House) -> None:
    answer = house.curl(DEVICES)

    assert (answer.status, answer.body["code"]) == (401, "CREDENTIALS_MISSING")
    assert "www-authenticate: bearer" in answer.head
    house.audited("401 CREDENTIALS_MISSING to nobody at 127.0.0.1")
    health = house.curl("/v1/health")
    assert (health.status, list(health.body)) == (200, ["status"])


@pytest.mark.parametrize(("shown", "code"), [("nonsense", "TOKEN_INVALID"), ("kassir_nonsense", "API_KEY_UNKNOWN")])
def test_a_bad_token_is_refused_and_shown_nowhere(house: House, shown: str, code: str) -> None:
    answer = house.curl(DEVICES, *bearer(shown))

    assert (answer.status, answer.body["code"]) == (401, code)
    assert shown not in house.audited(f"401 {code} to nobody at 127.0.0.1")
    assert shown not in house.gateway.log.read_text()


def test_a_low_role_may_not(house: House) -> None:
    answer = house.curl(DEVICES, *bearer(token("pos", "till-7")))

    assert (answer.status, answer.body["code"]) == (403, "FORBIDDEN")
    house.audited("403 FORBIDDEN to till-7 at 127.0.0.1", f"GET {DEVICES}")


def test_an_api_key_opens_what_its_roles_may(house: House) -> None:
    assert house.curl("/v1/kkt/ready?pos_id=POS-001", *bearer(KEY)).status == 200
    assert house.curl(DEVICES, *bearer(KEY)).status == 403
    assert KEY not in house.gateway.log.read_text()


def test_what_an_admin_does_is_told_with_its_outcome(house: House) -> None:
    order = ("-H", f"Idempotency-Key: {uuid4()}", "-H", "Content-Type: application/json", "-d", "{}")
    answer = house.curl("/v1/links/ofd/breaker", *bearer(token("admin", "Петров")), *order)

    assert answer.status == 422
    said = "POST /v1/links/ofd/breaker by Петров at 127.0.0.1"
    eventually(lambda: any(said in e and "the answer was 422" in e for e in house.events("ADMIN_CALL")))


def test_older_tls_and_no_tls_are_not_spoken(house: House) -> None:
    older = ["curl", "-sS", "--tls-max", "1.2", "--cacert", str(house.ours.file), house.gateway.url + "/v1/health"]
    plain = ["curl", "-sS", house.gateway.url.replace("https", "http") + "/v1/health"]

    for command in (older, plain):
        assert subprocess.run(command, capture_output=True, timeout=30, check=False).returncode != 0
    assert house.curl("/v1/health").status == 200


@pytest.mark.parametrize(("host", "status"), [("kassir.shop", 200), ("evil.example", 403)])
def test_it_answers_by_its_own_names_only(house: House, host: str, status: int) -> None:
    assert house.curl("/v1/health", "-H", f"Host: {host}").status == status


def test_a_browser_shows_its_token_beside_the_subprotocol_of_a_stream(house: House) -> None:
    url = house.gateway.url.replace("https", "wss") + "/v1/status/stream"
    context = house.ours.client()
    offers = [Subprotocol("kassir.v1"), Subprotocol(f"bearer.{token('cashier')}")]
    with connect(url, ssl=context, subprotocols=offers) as stream:
        assert stream.subprotocol == "kassir.v1"
        assert loads(str(stream.recv(10)).encode())["type"] == "snapshot"
    with pytest.raises(InvalidStatus) as refused:
        connect(url, ssl=context, subprotocols=[Subprotocol("kassir.v1"), Subprotocol("bearer.nonsense")])
    assert refused.value.response.status_code == 401
    house.audited("401 TOKEN_INVALID to nobody at 127.0.0.1", "WS /v1/status/stream")


def test_a_renewed_certificate_is_taken_over_at_sighup(house: House) -> None:
    host, port = house.gateway.url.removeprefix("https://").split(":")
    before = ssl.get_server_certificate((host, int(port)))
    certificate, key = house.ours.issue("localhost", "127.0.0.1", "kassir.shop")  # to the same files
    assert certificate.exists()
    assert key.exists()
    house.gateway.process.send_signal(signal.SIGHUP)

    eventually(lambda: ssl.get_server_certificate((host, int(port))) != before)
    assert house.curl("/v1/health").status == 200


def test_beyond_loopback_without_tls_and_authentication_it_listens_once_it_was_told_twice(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[api]\nwithout_tls = true\nwithout_authentication = true\nhosts = ["kassir.shop"]\n')
    flags = ("--listen", "0.0.0.0:0", "--without-tls", "--without-authentication")
    with gateway(tmp_path / "data", config, *flags) as running:
        url = running.url.replace("0.0.0.0", "127.0.0.1") + DEVICES
        assert httpx.get(url, headers={"Host": "kassir.shop"}, trust_env=False).status_code == 200
        assert httpx.get(url, headers={"Host": "evil.example"}, trust_env=False).status_code == 403
