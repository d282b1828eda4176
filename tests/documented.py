"""Every answer that a gateway gives in the tests, held against its OpenAPI document: status, code, header and field.

What the document leaves open for the sake of later versions, fields that it does not name, is an error here.
"""

import gzip
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

import httpx
import jsonschema_rs
import trio
from quart import Response
from quart_trio import QuartTrio
from quart_trio.testing.client import TrioClient

from actors.facade.app import make_app
from actors.facade.documentation.provider import document_of
from actors.facade.reach import Reach
from protocols import jsontext

JSON = "application/json"
GZIP = b"\x1f\x8b"
NOWHERE = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}


class Undocumented(AssertionError):
    """An integrator who wrote a client from the document would not understand this answer."""


class Guide:
    """One document. Its schemas are compiled when they are first needed."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = strict(document)
        self._places = {re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))): path for path in document["paths"]}
        self._compiled: dict[tuple[str, str, str], jsonschema_rs.Validator] = {}

    def check(self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Raises Undocumented."""
        operation = self._operation(method.lower(), path)
        what = f"{method} {path} answers {status} {body[:300].decode(errors='replace')}"
        if operation is None:
            self._check_nowhere(status, body, what)
            return
        where, responses = operation
        response = self._resolved(responses.get(str(status)))
        if response is None:
            raise Undocumented(f"{what}, a status that the document does not know")
        self._check_headers(response, headers, what)
        self._check_body((where, method.lower(), str(status)), response, headers, body, what)

    def _operation(self, method: str, path: str) -> tuple[str, Mapping[str, Any]] | None:
        paths = self._document["paths"]
        where = path if path in paths else next((to for at, to in self._places.items() if at.fullmatch(path)), None)
        return None if where is None or method not in paths[where] else (where, paths[where][method]["responses"])

    def _check_nowhere(self, status: int, body: bytes, what: str) -> None:
        """Pages are no part of the document, and what is nowhere says so."""
        if status in NOWHERE and jsontext.loads(body)["code"] != NOWHERE[status]:
            raise Undocumented(f"{what}, and yet it is in no path of the document")

    def _check_headers(self, response: Mapping[str, Any], headers: Mapping[str, str], what: str) -> None:
        for name, header in response.get("headers", {}).items():
            if self._resolved(header).get("required") and name.lower() not in headers:
                raise Undocumented(f"{what} without {name}")
        if "retry-after" in headers and "Retry-After" not in response["headers"]:
            raise Undocumented(f"{what} with Retry-After")

    def _check_body(
        self,
        key: tuple[str, str, str],
        response: Mapping[str, Any],
        headers: Mapping[str, str],
        body: bytes,
        what: str,
    ) -> None:
        media = headers.get("content-type", "").partition(";")[0]
        content = response.get("content", {})
        if media not in content and (content or body):
            raise Undocumented(f"{what} as {media}")
        if media != JSON:
            return
        if body.startswith(GZIP):  # httpx has unpacked it, Quart's client has not
            body = gzip.decompress(body)
        if key not in self._compiled:
            self._compiled[key] = self.validator(content[JSON]["schema"])
        try:
            self._compiled[key].validate(jsontext.loads(body))
        except jsonschema_rs.ValidationError as error:
            raise Undocumented(f"{what}: {error.verbose_message[:3000]}") from None

    def validator(self, schema: Mapping[str, Any]) -> jsonschema_rs.Validator:
        return jsonschema_rs.Draft202012Validator({**schema, "components": self._document["components"]})

    def _resolved(self, part: Any) -> Any:
        if part is None or "$ref" not in part:
            return part
        found: Any = self._document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return found


def strict(part: Any) -> Any:
    """The same with nothing left open."""
    if isinstance(part, list):
        return [strict(each) for each in part]
    if not isinstance(part, Mapping):
        return part
    closed = {name: strict(value) for name, value in part.items()}
    if isinstance(part.get("properties"), Mapping) and part.get("additionalProperties") is None:
        closed["unevaluatedProperties"] = False
    return closed


@cache
def document() -> dict[str, Any]:
    """As a gateway serves it; no gateway runs for it."""
    app = make_app(cast(Reach, None), trio.Event())
    return cast(dict[str, Any], json.loads(jsontext.dumps(document_of(app))))


@cache
def guide() -> Guide:
    return Guide(document())


class CheckedClient(TrioClient):
    """Quart's own test client; whatever it hears must be documented."""

    async def open(self, path: str, *, method: str = "GET", **sent: Any) -> Response:
        response = await super().open(path, method=method, **sent)
        body = cast(bytes, await response.get_data())
        check(method, path.partition("?")[0], response.status_code, dict(response.headers), body)
        return response


def checked(app: QuartTrio) -> TrioClient:
    app.test_client_class = CheckedClient
    return cast(TrioClient, app.test_client())


def check_answer(response: httpx.Response) -> None:
    """For an httpx client's hooks. Raises Undocumented."""
    response.read()
    request = response.request
    check(request.method, request.url.path, response.status_code, response.headers, response.content)


def check(method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    found = {name.lower(): value for name, value in headers.items()}
    if status == 500:
        raise Undocumented(f"{method} {path} answers {status}: a fault of the gateway's")
    if method != "HEAD" and not (status == 400 and "x-request-id" not in found and not body):  # no HTTP at all
        guide().check(method, path, status, found, body)
