"""Errors of HTTP as statuses of gRPC. The table stands in the .proto, for those who call."""

from collections.abc import Sequence
from enum import IntEnum


class Code(IntEnum):
    """The statuses that we end calls with (grpc/grpc: doc/statuscodes.md)."""

    OK = 0
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    UNAUTHENTICATED = 16


CODES = {
    400: Code.INVALID_ARGUMENT,
    401: Code.UNAUTHENTICATED,
    403: Code.PERMISSION_DENIED,
    404: Code.NOT_FOUND,
    409: Code.FAILED_PRECONDITION,
    413: Code.RESOURCE_EXHAUSTED,
    422: Code.INVALID_ARGUMENT,
    429: Code.RESOURCE_EXHAUSTED,
    500: Code.INTERNAL,
    501: Code.UNIMPLEMENTED,
    503: Code.UNAVAILABLE,
}
EXISTS = "IDEMPOTENCY_KEY_REUSED"

Metadata = Sequence[tuple[str, str | bytes]]

LONGEST_MESSAGE = 300  # characters; up to six bytes each on the wire, and clients take 8 KiB of trailing metadata
LARGEST_PROBLEM = 4096  # bytes


def code_of(status: int, code: str) -> Code:
    """`status` of HTTP and `code` of the error model."""
    return Code.ALREADY_EXISTS if code == EXISTS else CODES.get(status, Code.INTERNAL)


def short(message: str) -> str:
    return message if len(message) <= LONGEST_MESSAGE else f"{message[: LONGEST_MESSAGE - 1]}…"


def trailers(code: str, problem: bytes, bare: bytes, retry_after: float | None) -> Metadata:
    """`problem`: the error as HTTP answers it; `bare`: the same without details, for where it is too large."""
    told: list[tuple[str, str | bytes]] = [("kassir-code", code)]
    told.append(("kassir-problem-bin", problem if len(problem) <= LARGEST_PROBLEM else bare))
    if retry_after is not None:
        told.append(("retry-after", str(max(1, round(retry_after)))))
    return told
