"""The one error model: every way in which a request can go wrong, as HTTP."""

from dataclasses import dataclass

import structlog
import trio
from quart import Response, g, has_request_context, request, websocket
from quart_trio import QuartTrio
from werkzeug.exceptions import HTTPException

from actors.facade.answering import JSON
from actors.facade.room import RETRY_AFTER, NoRoom
from actors.mailbox import ActorDied, Busy, NoAnswer
from drivers.web import BodyTooLarge, BodyTooSlow
from protocols import answers
from protocols.api import BadRequest
from protocols.calls import Rank

log = structlog.get_logger()


@dataclass
class Problem(Exception):
    """An answer that is an error. `retry_after` in seconds where a repeat makes sense."""

    status: int
    code: str
    message: str
    details: object = None
    retry_after: float | None = None


HTTP_CODES = {
    400: "BAD_REQUEST",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    408: "REQUEST_TIMEOUT",
    413: "BODY_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
}

UNBOUNDED = frozenset({"RATE_LIMITED", "FOREIGN_HOST", "FOREIGN_ORIGIN"})
"""Refusals that come before a caller's rate, or of it."""

PAUSE = 1.0  # seconds before such an answer

LONGEST_PATH = 200  # characters of it in a line of the log, or in an event

SAME_KEY = "Repeat the request with the same Idempotency-Key."


def problem_of(error: Exception) -> Problem:
    """What the caller hears of an error; what we did not foresee stays ours."""
    match _innermost(error):
        case Problem() as problem:
            return problem
        case BadRequest(code=code, message=message, details=details):
            return Problem(400 if code in BROKEN else 422, code, message, details)
        case BodyTooLarge(limit=limit):
            return Problem(413, "BODY_TOO_LARGE", f"The body is over {limit} bytes.")
        case BodyTooSlow():
            return Problem(408, "REQUEST_TIMEOUT", "The body did not arrive in time.")
        case NoRoom(rank=Rank.WATCH, under_way=viewers):
            message = f"{viewers} viewers follow the status already. Come again once one of them has left."
            return Problem(503, "TOO_MANY_VIEWERS", message, {"viewers": viewers}, 10)
        case NoRoom(waiting=waiting):
            message = f"Too much is under way: {waiting} receipts come first. Ask again."
            return Problem(429, "TOO_BUSY", message, {"waiting": waiting}, RETRY_AFTER)
        case Busy():
            return Problem(503, "BUSY", f"Too many receipts wait already. {SAME_KEY}", None, 1)
        case trio.TooSlowError():
            return Problem(503, "NOT_DONE_YET", f"The answer is not there yet. {SAME_KEY}", None, 2)
        case ActorDied() | NoAnswer():
            return Problem(503, "INTERRUPTED", f"The gateway restarted a part of itself. {SAME_KEY}", None, 2)
        case HTTPException(code=int(status)) as http:
            return Problem(status, HTTP_CODES.get(status, "HTTP_ERROR"), http.description or http.name)
        case _:
            return Problem(500, "INTERNAL_ERROR", "The gateway failed to answer; see its log.")


BROKEN = frozenset({"INVALID_JSON", "IDEMPOTENCY_KEY_MISSING", "IDEMPOTENCY_KEY_INVALID", "INVALID_PARAMETER"})


def no_room() -> Problem:
    """Anew each time: one that is raised again and again keeps the frames of every time."""
    return Problem(
        503, "DISK_FULL", "The gateway's disk is full, so nothing new is written. Make room on it.", None, 30
    )


def answer_with(problem: Problem, path: str, error_id: str) -> Response:
    body = answers.error(problem.code, problem.message, error_id, problem.details)
    response = Response(body, problem.status, content_type=JSON)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(problem.retry_after)))
    log_refusal(problem, path)
    return response


async def hold_back(problem: Problem) -> None:
    """To be awaited before the answer. Whoever comes too often waits with his connection, which is one of few."""
    if problem.code in UNBOUNDED:
        await trio.sleep(PAUSE)


def log_refusal(problem: Problem, path: str) -> None:
    """What callers may cause as often as they like must not fill the disk that receipts need; the audit counts it."""
    tell = log.debug if problem.code in UNBOUNDED else log.info
    tell("request_refused", path=path[:LONGEST_PATH], status=problem.status, code=problem.code)


def install(app: QuartTrio) -> None:
    """Every error of every handler ends here, also those that Quart finds before a handler runs."""
    app.register_error_handler(Exception, _handle)


async def _handle(error: Exception) -> Response:
    path = request.path if has_request_context() else websocket.path
    problem = problem_of(error)
    await hold_back(problem)
    if problem.status == 500:
        log.error("handler_failed", path=path[:LONGEST_PATH], exc_info=error)
    response = answer_with(problem, path, g.request_id)
    if isinstance(error, HTTPException):
        kept = [(name, value) for name, value in error.get_headers() if not name.lower().startswith("content-")]
        response.headers.extend(kept)  # 405 keeps its Allow
    return response


def _innermost(error: Exception) -> Exception:
    """The cause inside of a group of one."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
