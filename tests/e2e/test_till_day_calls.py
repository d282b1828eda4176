"""What a till asks of its register besides sales, over HTTP: readiness, devices, reports, copies, text, new paper."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from pathlib import Path
from random import sample
from typing import Any
from uuid import uuid4

import httpx
import pytest

from drivers.web import AddressTaken, bind
from tests.e2e.emulator import emulator
from tests.e2e.gateway import Gateway, eventually, gateway, sale

POS = {"pos_id": "POS-001"}
PAPER = [
    ("/report/x", POS),
    ("/print", POS | {"lines": ["Спасибо за покупку!", ""]}),
    ("/continue-print", POS),
]


@pytest.fixture(scope="module")
def kkt_port() -> int:
    """Where the embedded register will listen, on the wire: none of those that the kernel gives to whoever asks."""
    for port in sample(range(20_000, 30_000), 100):
        with suppress(AddressTaken), bind("127.0.0.1", port):
            return port
    raise AddressTaken("none of a hundred ports is free")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, kkt_port: int) -> Iterator[Gateway]:
    with gateway(
        tmp_path_factory.mktemp("shop"), KASSIR_KKT__READ_TIMEOUT="1", KASSIR_EMULATORS__KKT_PORT=str(kkt_port)
    ) as running:
        yield running


@pytest.fixture
def ready(shop: Gateway) -> Gateway:
    eventually(lambda: shop.get("/v1/kkt/ready")["ready"])
    return shop


def post(shop: Gateway, path: str, body: Any, key: str | None = None) -> httpx.Response:
    return shop.client.post(f"{shop.url}/v1/kkt{path}", json=body, headers={"Idempotency-Key": key or str(uuid4())})


def behave(shop: Gateway, **wanted: Any) -> None:
    shop.client.post(f"{shop.emulators['kkt']}/kkt/_test/behave", json=wanted).raise_for_status()


@pytest.mark.parametrize(("path", "body"), PAPER)
def test_paper_that_is_no_document_leaves_none(ready: Gateway, path: str, body: Any) -> None:
    before = len(ready.paper())

    answer = post(ready, path, body)

    assert (answer.status_code, answer.json()) == (200, {"status": "done"}), answer.text
    assert len(ready.paper()) == before


@pytest.mark.parametrize(("path", "body"), PAPER)
@pytest.mark.parametrize("key", ["", "not-a-uuid", "f47ac10b-58cc-1372-a567-0e02b2c3d479"])
def test_it_takes_a_key_like_every_change(ready: Gateway, path: str, body: Any, key: str) -> None:
    answer = ready.client.post(f"{ready.url}/v1/kkt{path}", json=body, headers={"Idempotency-Key": key})

    assert answer.status_code == 400
    assert answer.json()["code"].startswith("IDEMPOTENCY_KEY_")


@pytest.mark.parametrize(
    "body",
    [{}, POS | {"lines": []}, POS | {"lines": ["\n"]}, POS | {"lines": ["x" * 101]}, POS | {"lines": [""] * 101}],
)
def test_text_that_no_register_prints_is_refused(ready: Gateway, body: Any) -> None:
    answer = post(ready, "/print", body)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")


def test_a_report_under_its_two_names_is_one_order(ready: Gateway) -> None:
    ready.post(sale("1.00"))
    key = str(uuid4())

    first, again = post(ready, "/report/z", POS, key), post(ready, "/shift/close", POS, key)

    assert first.status_code == 200, first.text
    assert first.json()["type"] == "close_shift"
    assert again.content == first.content


def test_the_last_receipt_is_copied_and_no_earlier_one(ready: Gateway) -> None:
    first, last = (ready.post(sale(total)).json()["receipt_id"] for total in ("1.00", "2.00"))
    before = len(ready.paper())

    refused, copied = (post(ready, f"/receipt/{receipt_id}/copy", {}) for receipt_id in (first, last))

    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_THE_LAST_RECEIPT")
    assert copied.status_code == 200, copied.text
    assert len(ready.paper()) == before


def test_what_is_no_receipt_is_not_copied(ready: Gateway) -> None:
    slip = post(ready, "/cash/in", POS | {"amount": 1}).json()["receipt_id"]

    assert post(ready, f"/receipt/{slip}/copy", {}).json()["code"] == "NOTHING_TO_COPY"
    assert post(ready, f"/receipt/{uuid4()}/copy", {}).status_code == 404


def test_a_lost_answer_says_that_it_may_be_printed(ready: Gateway) -> None:
    lost = eventually(lambda: _lost_report(ready))

    assert lost.status_code == 503
    assert "Retry-After" not in lost.headers
    eventually(lambda: ready.get("/v1/kkt/ready")["ready"])


def _lost_report(shop: Gateway) -> httpx.Response | None:
    """The power goes within the second in which the register is believed to be there; None if that took longer."""
    eventually(lambda: shop.get("/v1/kkt/ready")["ready"])
    post(shop, "/report/x", POS)
    behave(shop, power="off")
    lost = post(shop, "/report/x", POS)
    behave(shop, power="on")
    return lost if lost.json()["code"] == "MAY_BE_PRINTED" else None


def test_the_device_is_shown_with_its_drive_and_its_queue(ready: Gateway) -> None:
    eventually(lambda: "drive" in ready.get("/v1/kkt/devices")["devices"][0])

    (device,) = ready.get("/v1/kkt/devices")["devices"]

    assert (device["pos_id"], device["driver"], device["ready"], device["paper"]) == (
        "POS-001",
        "shtrih",
        True,
        "present",
    )
    assert device["fn"] == device["drive"]["fn"]
    assert device["model"]
    assert device["serial"]
    assert abs(device["clock_drift_s"]) < 120
    assert {"expires", "days_left", "documents_left", "warnings"} <= device["drive"].keys()
    assert {"unsent", "oldest_age_s"} <= device["ofd_queue"].keys()
    assert isinstance(device["alarms"], list)
    assert ready.get("/v1/health")["components"]["kkt_device"]["registers"] == [device]


def test_a_till_hears_why_no_card_may_be_charged_in_the_language_it_asks_for(ready: Gateway) -> None:
    behave(ready, paper="out")
    try:
        judged = eventually(lambda: _unready(ready, ""))
        english = ready.get("/v1/kkt/ready?pos_id=POS-001&lang=en")
    finally:
        behave(ready, paper="present")

    assert judged["reasons"] == [{"code": "KKT_NO_PAPER", "message": "В кассе нет бумаги. Вставьте рулон."}]
    assert english["reasons"][0]["message"].startswith("The register has no paper")


def test_new_paper_is_gone_on_with_at_once_when_somebody_says_so(ready: Gateway) -> None:
    behave(ready, paper="out")
    eventually(lambda: _unready(ready, ""))
    refused = post(ready, "/continue-print", POS)
    behave(ready, paper="present")

    assert (refused.status_code, refused.json()["code"]) == (503, "KKT_NO_PAPER")
    assert post(ready, "/continue-print", POS).status_code == 200
    assert ready.get("/v1/kkt/ready")["ready"]


def test_an_unknown_register_is_not_ready_but_unknown(ready: Gateway) -> None:
    answer = ready.client.get(f"{ready.url}/v1/kkt/ready?pos_id=POS-009")

    assert (answer.status_code, answer.json()["code"]) == (422, "UNKNOWN_POS")


def test_the_shift_says_since_when_it_is_open(ready: Gateway) -> None:
    ready.post(sale("1.00"))

    eventually(lambda: ready.get("/v1/kkt/shift")["shift_opened_at"])
    assert 23 * 3600 < ready.get("/v1/kkt/ready")["shift_left_s"] <= 24 * 3600


def _unready(shop: Gateway, query: str) -> Any:
    judged = shop.get(f"/v1/kkt/ready{query}")
    return None if judged["ready"] else judged


def test_a_register_is_found_where_it_is(ready: Gateway, tmp_path: Path) -> None:
    with emulator("shtrih", tmp_path, "--tcp", "0") as other:
        place = other.places["device_path"].removeprefix("tcp://")
        answer = post(ready, "/devices/discover", {"tcp": [place]})

    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["found"]
    assert (found["driver"], found["device_path"], found["in_use"]) == ("shtrih", f"tcp://{place}", False)
    assert f'device_path = "tcp://{place}"' in found["config"]


def test_the_register_in_use_is_named_and_not_disturbed(ready: Gateway, kkt_port: int) -> None:
    answer = post(ready, "/devices/discover", {"tcp": [f"127.0.0.1:{kkt_port}"]})

    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["found"]
    assert (found["in_use"], found["config"]) == (True, None)


def test_one_search_at_a_time(ready: Gateway) -> None:
    """The second comes while the first still waits for somebody who listens and says nothing."""
    with ThreadPoolExecutor() as threads:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            places = {"tcp": [f"127.0.0.1:{silent.getsockname()[1]}"]}
            searches = [threads.submit(post, ready, "/devices/discover", places) for _ in range(2)]
            refused = next(as_completed(searches)).result()  # then the listener goes, and the other search ends too
        answers = [search.result() for search in searches]

    assert refused.json()["code"] == "DISCOVERY_RUNNING"
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.parametrize(
    "body",
    [[], {"tcp": ["a b"]}, {"tcp": ["10.0.0.0/8"]}, {"serial": ["/etc/passwd"]}, {"serial": ["/dev/../etc/passwd"]}],
)
def test_a_place_that_is_none_is_refused(ready: Gateway, body: Any) -> None:
    answer = post(ready, "/devices/discover", body)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
