"""What a register does to a shop: lost answers, power, paper, a shift too long. The witness is its own journal."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.e2e.gateway import Gateway, eventually, gateway, sale


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Gateway]:
    with gateway(tmp_path, KASSIR_KKT__READ_TIMEOUT="1") as running:
        yield running


def behave(shop: Gateway, **wanted: Any) -> None:
    answer = shop.client.post(f"{shop.emulators['kkt']}/kkt/_test/behave", json=wanted)
    assert answer.status_code == 200, answer.text


def sold(shop: Gateway) -> list[int]:
    """Kopecks of the sales in the register's journal."""
    return [record["total_kopecks"] for record in shop.journal() if record["kind"] == 3]


def answered(shop: Gateway, key: str, total: str) -> dict[str, Any] | None:
    """The 200 of a till that repeats its request until it gets one."""
    answer = shop.post(sale(total), key)
    assert answer.status_code in {200, 503}, answer.text
    return answer.json() if answer.status_code == 200 else None


@pytest.mark.parametrize("fault", ["lose_answer_next", "lose_command_next"])
def test_what_is_lost_on_the_wire_is_neither_lost_nor_printed_twice(shop: Gateway, fault: str) -> None:
    behave(shop, **{fault: 1})
    key = str(uuid4())

    first = shop.post(sale("11.11"), key)
    answer = eventually(lambda: answered(shop, key, "11.11"))

    assert (first.status_code, first.json()["code"]) == (503, "RECEIPT_IN_DOUBT")
    assert answer["receipt_id"] == first.json()["details"]["receipt_id"]
    assert sold(shop) == [1111]


def test_a_power_cut_in_the_middle_of_a_receipt_costs_only_time(shop: Gateway) -> None:
    behave(shop, power_off_in_receipt=True)
    key = str(uuid4())
    shop.post(sale("22.22"), key)
    meanwhile = shop.post(sale("33.33"))
    behave(shop, power="on")

    eventually(lambda: answered(shop, key, "22.22"))

    assert (meanwhile.status_code, meanwhile.json()["code"]) == (503, "KKT_UNAVAILABLE")
    assert sold(shop) == [2222]


def test_a_receipt_without_paper_waits_for_the_roll(shop: Gateway) -> None:
    behave(shop, paper="out_next")
    last_on_the_roll = shop.post(sale("44.44"))
    key = str(uuid4())
    without = shop.post(sale("55.55"), key)
    behave(shop, paper="present")

    eventually(lambda: answered(shop, key, "55.55"))

    assert last_on_the_roll.status_code == 200
    assert (without.status_code, without.json()["code"]) in {(503, "RECEIPT_WAITS"), (503, "KKT_NO_PAPER")}
    assert sold(shop) == [4444, 5555]


def test_a_shift_over_24_hours_is_closed_and_opened_for_the_next_receipt(shop: Gateway) -> None:
    shop.post(sale("66.66"))
    behave(shop, shift_age_h=25)
    key = str(uuid4())

    eventually(lambda: answered(shop, key, "77.77"))

    assert [record["kind"] for record in shop.journal()] == [3, 5, 2, 3]
    assert sold(shop) == [6666, 7777]


def test_a_refusal_of_the_receipt_itself_is_final_and_the_next_one_prints(shop: Gateway) -> None:
    shop.post(sale("1.00"))
    behave(shop, refuse_next={"code": 0x46, "command": 0x8D})
    key = str(uuid4())

    first, again, other = shop.post(sale("88.88"), key), shop.post(sale("88.88"), key), shop.post(sale("99.99"))

    assert (first.status_code, first.json()["code"]) == (422, "KKT_REFUSED")
    assert first.json()["details"]["register_text"]
    assert again.content == first.content
    assert other.status_code == 200
    assert sold(shop) == [100, 9999]


def test_a_register_that_is_away_is_a_state_and_no_crash(shop: Gateway) -> None:
    behave(shop, down=True)
    away = eventually(lambda: shop.get("/v1/health")["status"] == "unhealthy")
    behave(shop, down=False)

    eventually(lambda: shop.get("/v1/health")["status"] == "healthy")

    assert away
    actors = shop.get("/v1/health")["components"]["actors"]
    assert {name: state["restarts"] for name, state in actors.items() if state["restarts"]} == {}
    assert shop.post(sale()).status_code == 200
