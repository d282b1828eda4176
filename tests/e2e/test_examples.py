"""Every request that the OpenAPI document gives as an example, sent to the real program."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.documented import JSON, document
from tests.e2e.gateway import Gateway, eventually, gateway

BEFORE = {  # what has to come first, whether it is needed this time or not
    "openShift": "/v1/kkt/shift/close",
    "closeShift": "/v1/kkt/shift/open",
    "printZReport": "/v1/kkt/shift/open",
    "takeCashOut": "/v1/kkt/cash/in",
    "printXReport": "/v1/kkt/shift/open",
}
NOT_HERE = {  # understood, but here there is nothing that they could be about
    "resolveReceipt": (404, "RECEIPT_NOT_FOUND"),
    "retryDeadLetter": (404, "RECEIPT_NOT_FOUND"),
    "beginHandover": (409, "NO_STAND_IN"),
    "endHandover": (404, "NO_HANDOVER"),
    "endHandoverByPost": (404, "NO_HANDOVER"),
}


def requests() -> Iterator[Any]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {JSON: {"examples": {}}})
            for name, example in content[JSON]["examples"].items():
                yield pytest.param(method, path, operation["operationId"], example["value"], id=f"{path} {name}")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("examples")) as found:
        yield found


@pytest.mark.parametrize(("method", "path", "name", "body"), list(requests()))
def test_an_example_is_taken(running: Gateway, method: str, path: str, name: str, body: Any) -> None:
    if name == "refreshProducts":  # the first one, of the start, may be under way still
        eventually(lambda: not running.get("/v1/health")["components"]["catalog"]["running"])
    if name in BEFORE:
        first = {"pos_id": "POS-001", **({"amount": 1000} if "cash" in BEFORE[name] else {})}
        send(running, "post", BEFORE[name], first)
    where = path.replace("{name}", "ofd").replace("{pos_id}", "POS-001").replace("{receipt_id}", str(uuid4()))

    answer = send(running, method, where, body)

    expected = NOT_HERE.get(name)
    told = answer.json()
    assert (answer.status_code, told["code"]) == expected if expected else answer.is_success, told


def send(running: Gateway, method: str, path: str, body: Any) -> Any:
    headers = {"Idempotency-Key": str(uuid4())}
    return running.client.request(method, f"{running.url}{path}", json=body, headers=headers)
