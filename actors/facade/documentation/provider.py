"""The OpenAPI document, made by quart-schema from the routes and from our rows of them."""

import re
from collections.abc import Iterator
from typing import Any

from quart import Quart
from quart_schema import Info, QuartSchema, Server, Tag
from quart_schema.openapi import HttpSecurityScheme, OpenAPIProvider
from quart_schema.validation import DataSource
from werkzeug.routing.rules import Rule

from actors.facade.documentation import table
from actors.facade.documentation.operation import Operation, Sent
from actors.facade.documentation.responses import answers, shared
from actors.facade.documentation.schemas import Schemas, without_null, without_titles
from actors.facade.finishing import TAGGED
from protocols.calls import CALLS, Call, call_of

GAP = re.compile(r"<(?:[^:>]*:)?([^>]+)>")
BEARER, CERTIFICATE = "bearer", "clientCertificate"
SCOPES = "The scopes of each call are the roles of which one is needed, where the settings ask callers who they are."
KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "A UUIDv4, made once for each thing that you want done, and sent again with each repeat of it.",
    "schema": {
        "type": "string",
        "format": "uuid",
        "pattern": "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$",
    },
    "example": "f47ac10b-58cc-4372-a567-0e02b2c3d479",
}
REQUEST_ID = {
    "name": "X-Request-Id",
    "in": "header",
    "description": "What you call this request; it comes back with the answer. Anything else is passed over.",
    "schema": {"type": "string"},
    "example": "till-7.42",
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of an answer that you have: while it holds you hear 304, and nothing is sent.",
    "schema": {"type": "string"},
}
NOT_MODIFIED = {
    "description": "What you have holds still.",
    "headers": {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}},
}
HEADERS = {
    "X-Request-Id": {
        "description": "The request's id, as you named it or as the gateway did. It is in the gateway's log.",
        "required": True,
        "schema": {"type": "string"},
    },
    "WWW-Authenticate": {"description": "`Bearer`.", "required": True, "schema": {"type": "string"}},
    "Retry-After": {
        "description": "Seconds after which a repeat makes sense.",
        "schema": {"type": "integer", "minimum": 1},
    },
}


def document_of(app: Quart) -> dict[str, Any]:
    """The whole document. It takes some tenths of a second."""
    extension = QuartSchema(
        info=Info(table.TITLE, table.VERSION, description=table.SAYS, summary=table.SUMMARY),
        tags=[Tag(name, says) for name, says in table.TAGS.items()],
        servers=[Server("/")],
        security_schemes={BEARER: HttpSecurityScheme("bearer", "JWT")},
    )
    return Provider(app, extension).schema()


class Provider(OpenAPIProvider):
    """Takes what is not in the routes themselves from `table.OPERATIONS`."""

    def __init__(self, app: Quart, extension: QuartSchema) -> None:
        super().__init__(app, extension)
        app.config.update(QUART_SCHEMA_CONVERSION_PREFERENCE=None, QUART_SCHEMA_CONVERT_CASING=False)
        self._schemas = Schemas(self)

    def schema(self) -> dict[str, Any]:
        document = super().schema()
        document["paths"] = dict(document["paths"])
        document["components"]["parameters"] = {"Key": KEY, "RequestId": REQUEST_ID}
        document["components"]["headers"] = HEADERS
        document["components"]["responses"] = shared(self._schemas)
        schemes = document["components"]["securitySchemes"]
        schemes[BEARER]["description"] = f"A JWT or an API key. {SCOPES}"
        schemes[CERTIFICATE] = {"type": "mutualTLS", "description": f"Of a CA that the settings name. {SCOPES}"}
        return document

    def generate_rules(self) -> Iterator[Rule]:
        """Those that have a row, in the order of the calls."""
        order = {call.path: number for number, call in reversed(list(enumerate(CALLS)))}
        documented = {path for _, path in table.OPERATIONS}
        rules = [rule for rule in super().generate_rules() if rule.rule in documented]
        return iter(sorted(rules, key=lambda rule: order[rule.rule]))

    def build_paths(self, rule: Rule) -> tuple[dict[str, Any], dict[str, Any]]:
        path = GAP.sub(r"{\1}", rule.rule)
        found = {}
        for method in self.generate_methods(rule):
            operation, call = table.OPERATIONS.get((method, rule.rule)), call_of(method, rule.rule)
            if operation is not None and call is not None:
                found[method.lower()] = self._described(operation, call, rule)
        return {path: found}, self._schemas.taken()

    def _described(self, operation: Operation, call: Call, rule: Rule) -> dict[str, Any]:
        described: dict[str, Any] = {
            "operationId": operation.name,
            "tags": [operation.tag],
            "summary": operation.summary,
            "parameters": [*self._parameters(operation, rule)],
            "responses": answers(operation, self._schemas),
            "security": [*([{}] if call.open else []), *({way: sorted(call.who)} for way in (BEARER, CERTIFICATE))],
        }
        if rule.rule in TAGGED:
            described["responses"] = dict(sorted({**described["responses"], "304": NOT_MODIFIED}.items()))
        if operation.says:
            described["description"] = operation.says
        if operation.sent is not None:
            described["requestBody"] = self._body(operation.sent)
        return described

    def _parameters(self, operation: Operation, rule: Rule) -> Iterator[dict[str, Any]]:
        for name, converter in rule._converters.items():
            yield {**self.build_path_parameter(name, converter), "description": operation.places[name]}
        if operation.query is not None:
            parameters, definitions = self.build_querystring_parameters(operation.query)
            self._schemas.keep(definitions)
            yield from (without_null(each) for each in without_titles(parameters))
        if operation.keyed:
            yield {"$ref": "#/components/parameters/Key"}
        if rule.rule in TAGGED:
            yield IF_NONE_MATCH
        yield {"$ref": "#/components/parameters/RequestId"}

    def _body(self, sent: Sent) -> dict[str, Any]:
        body, definitions = self.build_request_body(sent.model, DataSource.JSON)
        self._schemas.keep(definitions)
        for content in body["content"].values():
            content["schema"] = self._schemas.named(sent.model, content["schema"])
            content["examples"] = {name: {"value": value} for name, value in sent.examples.items()}
        return {"required": sent.needed, **body}
