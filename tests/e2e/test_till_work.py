"""Shifts, cash and corrections over HTTP, on the emulated register: each once, each with the answer its key keeps."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.e2e.gateway import Gateway, eventually, gateway, sale

POS = {"pos_id": "POS-001"}
CORRECTION = sale("10.00") | {
    "type": "correction",
    "correction": {"date": "2026-02-28", "ordered": True, "number": "7"},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("shop")) as running:
        yield running


def post(shop: Gateway, path: str, body: Any, key: str | None = None) -> httpx.Response:
    return shop.client.post(f"{shop.url}/v1/kkt{path}", json=body, headers={"Idempotency-Key": key or str(uuid4())})


@pytest.mark.parametrize(
    ("earlier", "path", "body"),  # what must have been before, whoever has used the shop until now
    [
        (None, "/cash/in", POS | {"amount": 500}),
        ("/cash/in", "/cash/out", POS | {"amount": "100.50"}),
        ("/shift/open", "/shift/close", POS),
        ("/shift/close", "/shift/open", POS),
        (None, "/receipt", CORRECTION),
    ],
)
def test_work_is_done_once_and_a_repeat_gets_the_same_bytes(
    shop: Gateway, earlier: str | None, path: str, body: Any
) -> None:
    if earlier is not None:
        post(shop, earlier, POS | {"amount": 200} if earlier.startswith("/cash") else POS)
    key, before = str(uuid4()), len(shop.paper())

    first, again = post(shop, path, body, key), post(shop, path, body, key)

    assert first.status_code == 200, first.text
    assert again.content == first.content
    assert len(shop.paper()) == before + 1


def test_the_same_key_for_other_work_is_refused(shop: Gateway) -> None:
    key = str(uuid4())
    post(shop, "/cash/in", POS | {"amount": 1}, key)

    assert post(shop, "/cash/out", POS | {"amount": 1}, key).json()["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_what_the_register_refuses_is_a_422_in_its_own_words(shop: Gateway) -> None:
    refused = post(shop, "/cash/out", POS | {"amount": 99_999_999})

    assert refused.status_code == 422
    assert refused.json()["details"]["register_code"] == "46h"
    assert refused.json()["details"]["register_advice"] == "Внесите наличные в кассу и повторите."


def test_the_shift_is_told(shop: Gateway) -> None:
    post(shop, "/shift/close", POS)
    eventually(lambda: shop.get("/v1/kkt/shift")["shift"] == "closed")
    post(shop, "/shift/open", POS)
    eventually(lambda: shop.get("/v1/kkt/shift?pos_id=POS-001")["shift"] == "open")


@pytest.mark.parametrize("path", ["/shift/open", "/shift/close", "/cash/in", "/cash/out"])
@pytest.mark.parametrize("body", [{}, [], {"pos_id": "POS-009"}, POS | {"amount": -1}, POS | {"sum": 1}])
def test_bad_input_is_refused_and_nothing_is_printed(shop: Gateway, path: str, body: Any) -> None:
    before = len(shop.paper())

    assert post(shop, path, body).status_code == 422
    assert len(shop.paper()) == before


def test_an_unknown_register_has_no_shift(shop: Gateway) -> None:
    assert shop.client.get(f"{shop.url}/v1/kkt/shift?pos_id=POS-009").status_code == 422
