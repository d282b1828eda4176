"""What a gRPC client hears of an error."""

import pytest

from protocols.grpc.statuses import CODES, LARGEST_PROBLEM, LONGEST_MESSAGE, Code, code_of, short, trailers


@pytest.mark.parametrize(
    ("status", "code", "heard"),
    [
        (400, "INVALID_JSON", Code.INVALID_ARGUMENT),
        (401, "TOKEN_EXPIRED", Code.UNAUTHENTICATED),
        (403, "FORBIDDEN", Code.PERMISSION_DENIED),
        (404, "RECEIPT_NOT_FOUND", Code.NOT_FOUND),
        (409, "IDEMPOTENCY_KEY_REUSED", Code.ALREADY_EXISTS),
        (409, "SYNC_RUNNING", Code.FAILED_PRECONDITION),
        (422, "FFD_RULE", Code.INVALID_ARGUMENT),
        (429, "RATE_LIMITED", Code.RESOURCE_EXHAUSTED),
        (500, "INTERNAL_ERROR", Code.INTERNAL),
        (503, "RECEIPT_IN_DOUBT", Code.UNAVAILABLE),
        (418, "TEAPOT", Code.INTERNAL),
    ],
)
def test_an_error_of_http_has_its_status(status: int, code: str, heard: Code) -> None:
    assert code_of(status, code) is heard


def test_no_error_is_ok() -> None:
    assert Code.OK not in CODES.values()


def test_the_metadata_tells_code_problem_and_when_to_come_back() -> None:
    assert trailers("BUSY", b"{}", b"-", 0.2) == [
        ("kassir-code", "BUSY"),
        ("kassir-problem-bin", b"{}"),
        ("retry-after", "1"),
    ]


def test_details_that_no_client_would_take_are_left_out() -> None:
    (_, (_, told)) = trailers("VALIDATION_ERROR", b"x" * (LARGEST_PROBLEM + 1), b"bare", None)

    assert told == b"bare"


def test_a_long_message_is_cut() -> None:
    assert len(short("я" * 1000)) == LONGEST_MESSAGE
    assert short("brief") == "brief"
