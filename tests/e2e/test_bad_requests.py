"""Whatever is wrong with a request gets its code, and changes nothing."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid1, uuid4

import pytest

from tests.e2e.gateway import Gateway, gateway, sale


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("bad")) as running:
        yield running


JSON = "application/json"


def item(**changes: Any) -> dict[str, Any]:
    return sale() | {"items": [sale()["items"][0] | changes]}


BAD_BODIES = {
    "unknown field": (sale() | {"color": "red"}, 422, "VALIDATION_ERROR"),
    "unknown field of a line": (item(weight=3), 422, "VALIDATION_ERROR"),
    "negative quantity": (item(qty=-1), 422, "VALIDATION_ERROR"),
    "zero quantity": (item(qty=0), 422, "VALIDATION_ERROR"),
    "seven places": (item(qty="0.0000001"), 422, "VALIDATION_ERROR"),
    "half a kopeck": (item(price="1.005"), 422, "VALIDATION_ERROR"),
    "true for a price": (item(price=True), 422, "VALIDATION_ERROR"),
    "unknown rate": (item(vat="13%"), 422, "VALIDATION_ERROR"),
    "both spellings": (item(quantity=2), 422, "VALIDATION_ERROR"),
    "a discount above the price": (item(discount=101), 422, "DISCOUNT_ABOVE_PRICE"),
    "a marking code with a tab in it": (item(mark_code="01\t04"), 422, "VALIDATION_ERROR"),
    "two pieces under one marking code": (item(qty=2, price=50, mark_code="0104"), 422, "FFD_RULE"),
    "no lines": (sale() | {"items": []}, 422, "VALIDATION_ERROR"),
    "a correction of a day to come": (
        sale() | {"type": "correction", "correction": {"date": "2099-01-01"}},
        422,
        "FFD_RULE",
    ),
    "correction": (sale() | {"type": "correction"}, 422, "VALIDATION_ERROR"),
    "too little paid": (sale() | {"payments": [{"method": "cash", "amount": 99.99}]}, 422, "PAYMENTS_BELOW_TOTAL"),
    "change from a card": (sale() | {"payments": [{"method": "card", "amount": 101}]}, 422, "CASHLESS_ABOVE_TOTAL"),
    "unknown till": (sale(pos_id="POS-404"), 422, "UNKNOWN_POS"),
    "a list": ([sale()], 422, "VALIDATION_ERROR"),
}


@pytest.mark.parametrize(("body", "status", "code"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_bad_body_is_named_and_prints_nothing(shop: Gateway, body: Any, status: int, code: str) -> None:
    before = shop.get("/v1/kkt/buffer/status")

    answer = shop.post(body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "details", "id"}
    assert shop.get("/v1/kkt/buffer/status") == before
    assert shop.journal() == []


RAW = {
    "no key": ({"Content-Type": JSON}, b"{}", 400, "IDEMPOTENCY_KEY_MISSING"),
    "a key that is no UUID": ({"Content-Type": JSON, "Idempotency-Key": "one"}, b"{}", 400, "IDEMPOTENCY_KEY_INVALID"),
    "a UUID of version 1": (
        {"Content-Type": JSON, "Idempotency-Key": str(uuid1())}, b"{}", 400, "IDEMPOTENCY_KEY_INVALID",
    ),
    "broken JSON": ({"Content-Type": JSON, "Idempotency-Key": str(uuid4())}, b'{"pos_id": ', 400, "INVALID_JSON"),
    "NaN": ({"Content-Type": JSON, "Idempotency-Key": str(uuid4())}, b'{"a": NaN}', 400, "INVALID_JSON"),
    "no UTF-8": ({"Content-Type": JSON, "Idempotency-Key": str(uuid4())}, b'{"a": "\xff"}', 400, "INVALID_JSON"),
    "a deep nest": ({"Content-Type": JSON, "Idempotency-Key": str(uuid4())}, b"[" * 100_000, 400, "INVALID_JSON"),
    "wrong type": (
        {"Content-Type": "text/plain", "Idempotency-Key": str(uuid4())}, b"{}", 415, "UNSUPPORTED_MEDIA_TYPE",
    ),
    "2 MB": (
        {"Content-Type": JSON, "Idempotency-Key": str(uuid4())}, b'"' + b"a" * 2_000_000 + b'"', 413, "BODY_TOO_LARGE",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("headers", "content", "status", "code"), RAW.values(), ids=RAW)
def test_a_bad_request_is_named_and_prints_nothing(
    shop: Gateway, headers: dict[str, str], content: bytes, status: int, code: str
) -> None:
    answer = shop.client.post(f"{shop.url}/v1/kkt/receipt", headers=headers, content=content)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert shop.journal() == []


def test_an_unknown_path_and_a_wrong_method_speak_the_error_model(shop: Gateway) -> None:
    lost = shop.client.get(f"{shop.url}/v1/nothing")
    wrong = shop.client.get(f"{shop.url}/v1/kkt/receipt")

    assert (lost.status_code, lost.json()["code"]) == (404, "NOT_FOUND")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert "POST" in wrong.headers["Allow"]


def test_an_unknown_receipt_is_not_found(shop: Gateway) -> None:
    answer = shop.client.get(f"{shop.url}/v1/kkt/receipt/{uuid4()}")

    assert (answer.status_code, answer.json()["code"]) == (404, "RECEIPT_NOT_FOUND")


@pytest.mark.parametrize(
    "headers", [{"Host": "kassir.example.com"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_a_web_page_of_another_site_may_neither_post_nor_read(shop: Gateway, headers: dict[str, str]) -> None:
    posted = shop.post(sale(), **headers)
    read = shop.client.get(f"{shop.url}/v1/health", headers=headers)

    assert (posted.status_code, read.status_code) == (403, 403)
    assert shop.journal() == []


RESOLVE = {
    "an unknown receipt": ({"decision": "print", "who": "Иванова"}, 404, "RECEIPT_NOT_FOUND"),
    "an unknown verb": ({"decision": "perhaps", "who": "Иванова"}, 422, "VALIDATION_ERROR"),
    "nobody": ({"decision": "print"}, 422, "VALIDATION_ERROR"),
}


@pytest.mark.parametrize(("body", "status", "code"), RESOLVE.values(), ids=RESOLVE)
def test_a_bad_decision_is_named(shop: Gateway, body: Any, status: int, code: str) -> None:
    headers = {"Idempotency-Key": str(uuid4())}

    answer = shop.client.post(f"{shop.url}/v1/kkt/receipt/{uuid4()}/resolve", json=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_body_in_chunks_asks_for_a_delivery_no_less_than_one_in_a_piece(shop: Gateway) -> None:
    headers = {"Idempotency-Key": str(uuid4()), "Content-Type": JSON}
    pieces = iter([b'{"force": ', b'"perhaps"}'])

    answer = shop.client.post(f"{shop.url}/v1/kkt/buffer/sync", content=pieces, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "VALIDATION_ERROR")
