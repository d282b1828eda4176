"""The OpenAPI document: whole, valid, true to its own examples, and cheap for those who never ask for it."""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import trio
from quart_trio.testing.client import TrioClient
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from actors.facade.documentation.refusals import REFUSALS
from actors.facade.documentation.responses import refused
from actors.facade.documentation.schemas import Schemas
from actors.facade.documentation.table import OPERATIONS, TAGS
from actors.facade.pages import PAGES
from protocols import jsontext
from protocols.calls import BY_ROUTE, RPC, STREAM
from tests.documented import JSON, Guide, Undocumented, document, guide
from tests.fakes.pair import Pair

NEEDED = ["quart_schema", "actors.facade.documentation", "protocols.api_answers"]
HOST = {"Host": "localhost"}


@pytest.fixture
async def client(tmp_path: Path, autojump_clock: trio.testing.MockClock, nursery: trio.Nursery) -> TrioClient:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    return pair.client


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_every_call_of_http_is_documented_but_for_pages_and_the_stream() -> None:
    pages = {("GET", page.path) for page in PAGES}

    called = {(method, path) for method, path in BY_ROUTE if method not in (STREAM, RPC)} - pages

    assert set(OPERATIONS) == called
    assert len(list(operations())) == len(called)


def test_the_document_is_openapi_31() -> None:
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(document())] == []


def test_every_schema_is_json_schema_and_every_reference_leads_somewhere() -> None:
    for schema in document()["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    for reference in _references(document()):
        part: Any = document()
        for name in reference.removeprefix("#/").split("/"):
            part = part[name]
        assert part


def test_names_are_given_once_and_tags_are_those_that_are_described() -> None:
    names = [operation["operationId"] for _, operation in operations()]

    assert len(names) == len(set(names))
    assert {tag for _, operation in operations() for tag in operation["tags"]} == set(TAGS)


def test_who_may_call_is_what_the_table_of_calls_says() -> None:
    for (method, path), call in BY_ROUTE.items():
        if (method, path) not in OPERATIONS:
            continue
        where = path.replace("<", "{").replace(">", "}")
        security = document()["paths"][where][method.lower()]["security"]
        ways = [{way: sorted(call.who)} for way in ("bearer", "clientCertificate")]
        assert security == [*([{}] if call.open else []), *ways]


def test_every_code_that_has_a_meaning_is_heard_from_some_call() -> None:
    heard = {pair for operation in OPERATIONS.values() for pair in _pairs(refused(operation))}

    assert _pairs(REFUSALS) - heard == {
        (400, "BAD_REQUEST"),  # what never reaches a call
        (405, "METHOD_NOT_ALLOWED"),
    }


@pytest.mark.parametrize("name", [name for name, _ in operations()])
def test_every_example_is_of_its_schema_and_every_answer_has_one(name: str) -> None:
    operation = dict(operations())[name]
    body = operation.get("requestBody")
    for content in body["content"].values() if body else ():
        _check_examples(content)
    for status, response in operation["responses"].items():
        for content in response.get("content", {}).values():
            _check_examples(content)
            assert content["examples"], status


def test_fields_and_statuses_and_codes_that_are_not_documented_are_found() -> None:
    headers = {"x-request-id": "1", "content-type": JSON}
    done = ("POST", "/v1/kkt/report/x", 200, headers)
    guide().check(*done, jsontext.dumps({"status": "done"}))

    broken_bodies: list[object] = [{"status": "done", "more": 1}, {"status": "done?"}, {}, []]
    for broken in broken_bodies:
        with pytest.raises(Undocumented):
            guide().check(*done, jsontext.dumps(broken))
    with pytest.raises(Undocumented):
        guide().check("POST", "/v1/kkt/report/x", 200, {"content-type": JSON}, b'{"status":"done"}')
    with pytest.raises(Undocumented):
        guide().check("POST", "/v1/kkt/report/x", 201, headers, b'{"status":"done"}')
    refusal = {"code": "NOT_ENOUGH_INK", "message": "", "details": None, "id": "1"}
    with pytest.raises(Undocumented):
        guide().check("POST", "/v1/kkt/report/x", 422, headers, jsontext.dumps(refusal))
    guide().check("POST", "/v1/kkt/report/x", 422, headers, jsontext.dumps(refusal | {"code": "UNKNOWN_POS"}))
    with pytest.raises(Undocumented):
        guide().check("GET", "/v1/kkt/nothing", 404, headers, jsontext.dumps(refusal))


def test_a_field_that_the_document_forgets_is_found() -> None:
    forgetful = jsontext.loads(jsontext.dumps(document()))
    del forgetful["components"]["schemas"]["FiscalDoc"]["properties"]["qr"]
    content = document()["paths"]["/v1/kkt/receipt"]["post"]["responses"]["200"]["content"][JSON]
    answer = jsontext.dumps(content["examples"]["printed"]["value"])
    heard = ("POST", "/v1/kkt/receipt", 200, {"x-request-id": "1", "content-type": JSON}, answer)
    guide().check(*heard)

    with pytest.raises(Undocumented):
        Guide(forgetful).check(*heard)


def test_two_types_of_one_name_are_refused() -> None:
    schemas = Schemas(None)  # type: ignore[arg-type]
    schemas.keep({"State": {"type": "string"}})
    schemas.keep({"State": {"type": "string"}})

    with pytest.raises(ValueError, match="two types State"):
        schemas.keep({"State": {"type": "integer"}})


async def test_it_is_served_and_kept_and_known_again(client: TrioClient) -> None:
    first = await client.get("/openapi.json", headers=HOST)
    again = await client.get("/openapi.json", headers={**HOST, "If-None-Match": first.headers["ETag"]})

    assert await first.get_json() == document()
    assert (again.status_code, await again.get_data()) == (304, b"")


def test_a_gateway_starts_without_a_word_of_it() -> None:
    code = f"import sys, supervisors.wiring; print([name for name in {NEEDED} if name in sys.modules])"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert found.stdout.strip() == "[]"


def _pairs(codes: Mapping[int, Iterable[str]]) -> set[tuple[int, str]]:
    return {(status, code) for status, named in codes.items() for code in named}


def _check_examples(content: dict[str, Any]) -> None:
    validator = guide().validator(content["schema"])
    for example in content["examples"].values():
        validator.validate(example["value"])


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for each in part:
            yield from _references(each)
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for each in part.values():
            yield from _references(each)
