"""Schemathesis hunts for answers of the real program that the OpenAPI document does not know.

It sends what the document allows and what it forbids: its examples, the edges of its schemas and what lies beyond,
always the same for the same document. The last tests plant lies in the document: what finds nothing must be able to.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import Phase, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from tests.documented import check, document
from tests.e2e.gateway import Gateway, gateway

CHECKS = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
    checks.allow_header_conformance,
    checks.missing_required_header,
    checks.negative_data_rejection,
]
Case = schemathesis.Case[Any]
EXAMPLES = 10  # of each call, beside those of the document and the edges of its schemas


def hunted(of: dict[str, Any]) -> schemathesis.BaseSchema:
    """What to call and how. Nobody is asked here who he is, so that part of the document is left out."""
    paths = {
        path: {method: {**operation, "security": []} for method, operation in methods.items()}
        for path, methods in of["paths"].items()
    }
    schema = schemathesis.openapi.from_dict({**of, "paths": paths}, config=schemathesis.Config(seed=54))
    return schema.exclude(operation_id="discoverDevices")  # it would go and look at whatever addresses come to mind


def call(case: Case, running: Gateway) -> None:
    answer = case.call_and_validate(base_url=running.url, checks=CHECKS)
    method, path = str(answer.request.method), answer.request.path_url.partition("?")[0]
    headers = {name: values[0] for name, values in answer.headers.items()}
    check(method, path, answer.status_code, headers, answer.content)


api = hunted(document())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("openapi")) as found:
        yield found


@api.parametrize()
@settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None)
def test_no_answer_is_other_than_documented(case: Case, running: Gateway) -> None:
    call(case, running)


def test_the_document_is_served_pressed_and_once(running: Gateway) -> None:
    first = running.client.get(f"{running.url}/openapi.json")
    again = running.client.get(f"{running.url}/openapi.json", headers={"If-None-Match": first.headers["ETag"]})

    assert first.json() == document()
    assert first.headers["Content-Encoding"] == "gzip"
    assert (again.status_code, again.content) == (304, b"")
    assert "Content-Length" not in again.headers


def no_such_status(lie: Any) -> None:
    responses = lie["paths"]["/v1/kkt/devices"]["get"]["responses"]
    responses["206"] = responses.pop("200")


def other_type(lie: Any) -> None:
    lie["components"]["schemas"]["RegisterState"]["properties"]["ready"]["type"] = "string"


def more_fields(lie: Any) -> None:
    lie["components"]["schemas"]["Devices"]["required"].append("colour")


def other_format(lie: Any) -> None:
    answer = lie["paths"]["/v1/kkt/devices"]["get"]["responses"]["200"]
    answer["content"] = {"text/html": answer["content"].pop("application/json")}


def one_more_header(lie: Any) -> None:
    lie["components"]["headers"]["X-Request-Id"]["schema"] = {"type": "integer"}


def what_it_takes(lie: Any) -> None:
    parameter = {"name": "page", "in": "query", "required": True, "schema": {"type": "integer"}}
    lie["paths"]["/v1/kkt/devices"]["get"]["parameters"].append(parameter)


@pytest.mark.parametrize(
    "plant", [no_such_status, other_type, more_fields, other_format, one_more_header, what_it_takes]
)
def test_a_lie_in_the_document_is_found(plant: Any, running: Gateway) -> None:
    lie = json.loads(json.dumps(document()))
    plant(lie)
    operation = hunted(lie)["/v1/kkt/devices"]["GET"]
    both = operation.as_strategy() | operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)

    @given(case=both)
    @settings(max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
    def hunt(case: Case) -> None:
        case.call_and_validate(base_url=running.url, checks=CHECKS)

    with pytest.raises(FailureGroup):
        hunt()
