"""A shop's first hour, seen from outside: the real process, real HTTP, the register's own journal as the witness."""

import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from protocols.jsontext import loads
from tests.e2e.gateway import Gateway, eventually, gateway, sale


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Gateway]:
    with gateway(tmp_path) as running:
        yield running


def test_a_receipt_is_printed_delivered_and_found_again(shop: Gateway) -> None:
    answer = shop.post(sale("150.50"))

    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "printed"
    document = body["fiscal_doc"]
    assert document["total"] == 150.5
    assert document["qr"].endswith(f"&s=150.50&fn={document['fn']}&i={document['fd']}&fp={int(document['fp'])}&n=1")
    (delivered,) = eventually(shop.delivered)
    assert (delivered["fn"], delivered["fd"], delivered["fp"]) == (document["fn"], document["fd"], document["fp"])
    path = f"/v1/kkt/receipt/{body['receipt_id']}"
    eventually(lambda: shop.get(path)["status"] == "synced")
    view = shop.get(path)
    assert view["fiscal_doc"] == document
    assert view["retry_count"] == 0


def test_a_hundred_receipts_of_ten_clients_get_the_numbers_one_to_hundred(shop: Gateway) -> None:
    with ThreadPoolExecutor(10) as clients:
        answers = list(clients.map(lambda n: shop.post(sale(f"{100 + n}.{n:02}")), range(100)))

    assert [answer.status_code for answer in answers] == [200] * 100
    documents = {int(answer.json()["fiscal_doc"]["fd"]): answer.json() for answer in answers}
    assert sorted(documents) == list(range(1, 101))
    journal = shop.journal()
    assert len(journal) == 100
    for record in journal:
        view = shop.get(f"/v1/kkt/receipt/{documents[record['fd']]['receipt_id']}")
        kept = view["fiscal_doc"]
        assert (int(kept["fd"]), kept["fp"]) == (record["fd"], record["fp"])
        assert round(kept["total"] * 100) == record["total_kopecks"]
        assert kept["receipt_number"] == record["receipt_number"]
    eventually(lambda: len(shop.delivered()) == 100)
    assert [int(each["fd"]) for each in shop.delivered()] == list(range(1, 101))


def test_the_same_key_and_body_give_the_same_bytes_and_print_nothing_more(shop: Gateway) -> None:
    key = str(uuid4())

    first, second = shop.post(sale(), key), shop.post(sale(), key)

    assert second.status_code == first.status_code == 200
    assert second.content == first.content
    assert len(shop.journal()) == 1


def test_a_repeat_in_other_words_is_the_same_request(shop: Gateway) -> None:
    key, words = str(uuid4()), sale("100.00")
    other = {
        "pos_id": "POS-001",
        "type": "sale",
        "items": [{"name": " Оправа ", "price": 100, "quantity": "1.0", "vat_rate": 22}],
        "payments": [{"type": "cash", "amount": "100"}],
    }

    assert shop.post(other, key).content == shop.post(words, key).content


def test_the_same_key_with_another_body_is_refused_and_prints_nothing(shop: Gateway) -> None:
    key = str(uuid4())
    shop.post(sale("100.00"), key)

    answer = shop.post(sale("200.00"), key)

    assert answer.status_code == 409
    assert answer.json()["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert len(shop.journal()) == 1


def test_a_receipt_posted_twice_at_once_is_printed_once_and_both_hear_of_it(tmp_path: Path) -> None:
    with gateway(tmp_path, KASSIR_EMULATORS__PRINT_DELAY="0.3") as shop, ThreadPoolExecutor(2) as tills:
        key = str(uuid4())
        first, second = tills.map(lambda _: shop.post(sale(), key), range(2))

        assert first.status_code == 200
        assert first.content == second.content
        assert len(shop.journal()) == 1


def test_receipts_wait_for_an_ofd_that_is_down_and_reach_it_in_order(tmp_path: Path) -> None:
    quick = {"KKT_CIRCUIT_BREAKER_THRESHOLD": "2", "KKT_CIRCUIT_BREAKER_RECOVERY_TIMEOUT": "2"}
    with gateway(tmp_path, **quick) as shop:
        behave = f"{shop.emulators['ofd']}/ofd/v1/_test/behave"
        shop.client.post(behave, json={"down": True})
        for number in range(1, 4):
            assert shop.post(sale(f"{number}.00")).status_code == 200
        eventually(lambda: shop.get("/v1/health")["components"]["circuit_breaker"]["state"] == "OPEN")

        while_shut = shop.post(sale("4.00")).json()
        waiting = shop.get("/v1/kkt/buffer/status")
        shop.client.post(behave, json={"down": False})

        assert while_shut["status"] == "buffered"
        assert while_shut["buffer_info"]["total_queued"] == 4
        assert waiting["network_status"] == "offline"
        assert (waiting["current_queued"], waiting["dead"]) == (4, 0)
        eventually(lambda: len(shop.delivered()) == 4)
        assert [each["total"] for each in shop.delivered()] == [1, 2, 3, 4]
        eventually(lambda: shop.get("/v1/kkt/buffer/status")["synced"] == 4)


def insist(shop: Gateway, total: str, key: str) -> httpx.Response:
    """The answer to a POS that repeats its request: a register that has just been found is not ready yet."""
    answers: list[httpx.Response] = []

    def answered() -> bool:
        answers.append(shop.post(sale(total), key))
        return answers[-1].status_code == 200

    eventually(answered)
    return answers[-1]


def test_numbers_and_receipts_go_on_after_a_restart(tmp_path: Path) -> None:
    key = str(uuid4())
    with gateway(tmp_path) as shop:
        first = insist(shop, "1.00", key)
        assert shop.stop() == 0

    with gateway(tmp_path) as shop:
        again, second = shop.post(sale("1.00"), key), insist(shop, "2.00", str(uuid4()))

        assert again.content == first.content
        assert second.json()["fiscal_doc"]["fd"] == "2"
        assert shop.get(f"/v1/kkt/receipt/{first.json()['receipt_id']}")["fiscal_doc"] == first.json()["fiscal_doc"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_the_receipt_under_the_hand_finish(tmp_path: Path, number: signal.Signals) -> None:
    with gateway(tmp_path, KASSIR_EMULATORS__PRINT_DELAY="1") as shop:
        answers: list[int] = []
        till = threading.Thread(target=lambda: answers.append(shop.post(sale()).status_code))
        till.start()
        eventually(lambda: shop.get("/v1/kkt/buffer/status")["printing"] == 1)

        began = time.monotonic()
        status = shop.stop(number)
        till.join(10)

        assert status == 0
        assert time.monotonic() - began < 10
        assert answers == [200]


def test_a_kill_in_the_middle_of_a_print_neither_loses_nor_doubles(tmp_path: Path) -> None:
    key = str(uuid4())
    with gateway(tmp_path, KASSIR_EMULATORS__PRINT_DELAY="10") as shop:
        till = threading.Thread(target=lambda: _ignore_hangup(shop, key))
        till.start()
        eventually(lambda: shop.get("/v1/kkt/buffer/status")["printing"] == 1)
        shop.stop(signal.SIGKILL)
        till.join(10)

    with gateway(tmp_path) as shop:
        answer = eventually(lambda: _answered(shop, key))

        assert answer["status"] == "printed"
        assert [record["total_kopecks"] for record in shop.journal()] == [10_000]


def test_what_is_known_of_a_receipt_is_not_for_a_person_to_decide(shop: Gateway) -> None:
    receipt_id = shop.post(sale()).json()["receipt_id"]
    decision = {"decision": "drop", "who": "Иванова"}

    answer = shop.client.post(
        f"{shop.url}/v1/kkt/receipt/{receipt_id}/resolve", json=decision, headers={"Idempotency-Key": str(uuid4())}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "RECEIPT_NOT_UNKNOWN")
    assert len(shop.journal()) == 1


def _ignore_hangup(shop: Gateway, key: str) -> None:
    with pytest.raises(httpx.TransportError):
        shop.post(sale("100.00"), key)


def _answered(shop: Gateway, key: str) -> dict[str, str] | None:
    answer = shop.post(sale("100.00"), key)
    return answer.json() if answer.status_code == 200 else None


def test_the_log_tells_which_request_asked_for_which_receipt(shop: Gateway) -> None:
    answer = shop.post(sale(), **{"X-Request-Id": "till-7.42"})

    told = [loads(line) for line in shop.log.read_bytes().splitlines() if b"till-7.42" in line]
    assert answer.headers["X-Request-Id"] == "till-7.42"
    assert [(line["event"], line["receipt_id"], line["state"]) for line in told] == [
        ("order_told", answer.json()["receipt_id"], "pending")
    ]
