"""What a call answers: what it tells, and every way in which it refuses."""

from typing import Any

from actors.facade.documentation.operation import JSON, Operation, Told
from actors.facade.documentation.refusals import ANY, REFUSALS, WITH_BODY, WITH_GAPS, WITH_KEY, Codes, together
from actors.facade.documentation.schemas import Schemas
from protocols.api_answers.problem import Problem

HEADING = {
    400: "The request is broken.",
    401: "Say who you are.",
    403: "Not for you.",
    404: "There is no such thing.",
    408: "The body came too slowly.",
    409: "It does not fit how things are.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    422: "It cannot be done as asked.",
    429: "Too much at once.",
    500: "The gateway's own fault.",
    503: "Not now.",
}
REQUEST_ID = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
AUTHENTICATE = {"WWW-Authenticate": {"$ref": "#/components/headers/WWW-Authenticate"}}
RETRY_AFTER = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
SHARED = {
    401: "Unauthenticated",
    403: "Forbidden",
    408: "TooSlow",
    413: "TooLarge",
    415: "NotJson",
    429: "TooMuch",
    500: "Failed",
}
LATER = frozenset({409, 429, 503})  # where a repeat may make sense


def answers(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    """The responses by status, as OpenAPI has them."""
    told = {status: _told(each, schemas) for status, each in operation.told.items()}
    for status, codes in refused(operation).items():
        if status in SHARED:
            told[status] = {"$ref": f"#/components/responses/{SHARED[status]}"}
            continue
        refusal = _refusal(status, codes, schemas)
        told[status] = _either(told[status], refusal) if status in told else refusal
    return {str(status): told[status] for status in sorted(told)}


def shared(schemas: Schemas) -> dict[str, Any]:
    """What many calls answer in the same way, by name."""
    codes = together(ANY, WITH_BODY)
    return {name: _refusal(status, codes[status], schemas) for status, name in SHARED.items()}


def refused(operation: Operation) -> Codes:
    """All codes that a call may be refused with, its own and those of its kind."""
    kinds = (
        ANY,
        WITH_GAPS if operation.places else {},
        WITH_BODY if operation.sent else {},
        WITH_KEY if operation.keyed else {},
    )
    return together(*kinds, operation.refused)


def _told(told: Told, schemas: Schemas) -> dict[str, Any]:
    own = {name: {"description": says, "schema": {"type": "string"}} for name, says in told.headers.items()}
    found: dict[str, Any] = {"description": told.says, "headers": REQUEST_ID | own}
    if told.model is not None:
        examples = {name: {"value": value} for name, value in told.examples.items()}
        content = {"schema": schemas.of_answer(told.model), "examples": examples}
        found["content"] = {told.text or JSON: content}
    return found


def _refusal(status: int, codes: tuple[str, ...], schemas: Schemas) -> dict[str, Any]:
    means = {code: REFUSALS[status][code] for code in codes}
    schema: dict[str, Any] = schemas.of_answer(Problem)
    if codes:
        schema = {"allOf": [schema], "properties": {"code": {"type": "string", "enum": list(codes)}}}
    return {
        "description": "\n".join([HEADING[status], *([""] if means else []), *_listed(means)]),
        "headers": REQUEST_ID | (RETRY_AFTER if status in LATER else {}) | (AUTHENTICATE if status == 401 else {}),
        "content": {
            JSON: {
                "schema": schema,
                "examples": {code: {"value": _example(code, message)} for code, message in means.items()},
            }
        },
    }


def _listed(means: dict[str, str]) -> list[str]:
    return [f"- `{code}`: {says}" for code, says in means.items()]


def _example(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "details": None, "id": "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"}


def _either(told: dict[str, Any], refusal: dict[str, Any]) -> dict[str, Any]:
    """One status for an answer and for refusals: programs tell them apart by `code`."""
    one, other = told["content"][JSON], refusal["content"][JSON]
    return {
        "description": f"{told['description']} Or a refusal, which has a `code`. {refusal['description']}",
        "headers": told["headers"] | refusal["headers"],
        "content": {
            JSON: {
                "schema": {"anyOf": [one["schema"], other["schema"]]},
                "examples": one["examples"] | other["examples"],
            }
        },
    }
