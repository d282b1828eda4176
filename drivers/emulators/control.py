"""What the HTTP sides of the emulated services have in common: answers, errors, and the calls that set them up."""

from typing import Any, Protocol
from uuid import uuid4

import msgspec
import trio
from quart import Response, request
from quart_trio import QuartTrio
from werkzeug.exceptions import HTTPException

from drivers.emulators.behaviour import B, Conduct, Fate
from drivers.web import BodyTooLarge, BodyTooSlow, read_body

MAX_BODY = 1024 * 1024


class Emulated(Protocol):
    """A service that can be told how to behave."""

    @property
    def conduct(self) -> Conduct[Any]: ...

    def reset(self) -> None:
        """Forget everything."""


class Refused(Exception):
    """Answered with this status and code; the message is for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def make_control(name: str, emulated: Emulated) -> QuartTrio:
    """An application with the control calls of a service, to which it adds its own.

    | call | does |
    | --- | --- |
    | `GET`, `POST /<name>/v1/_test/behave` | takes any of the fields of its Behaviour, answers with all of them |
    | `POST /<name>/v1/_test/reset` | everything as at the start |
    """
    app = QuartTrio(__name__)
    app.before_request(_refuse_strangers)
    app.register_error_handler(Exception, _explain)

    @app.get(f"/{name}/v1/_test/behave")
    async def behaviour() -> Response:
        return answer(emulated.conduct.behaviour)

    @app.post(f"/{name}/v1/_test/behave")
    async def behave() -> Response:
        emulated.conduct.change(msgspec.json.decode(await read_body(request, MAX_BODY), type=dict[str, object]))
        return answer(emulated.conduct.behaviour)

    @app.post(f"/{name}/v1/_test/reset")
    async def reset() -> Response:
        emulated.reset()
        return answer({"status": "reset"})

    return app


async def meet(conduct: Conduct[B]) -> Fate:
    """The fate of the call in hand, after the latency it is to have. Raises Refused if that is to fail."""
    fate = conduct.meet()
    await trio.sleep(conduct.behaviour.latency_ms / 1000)
    if fate is Fate.FAIL:
        raise Refused(503, "UNAVAILABLE", "The service is not available.")
    return fate


def health(conduct: Conduct[B], **counts: int) -> Response:
    """How a service stands; 503 while it is down, with the same fields."""
    down = conduct.behaviour.down
    return answer(
        {"status": "down" if down else "healthy", "call_count": conduct.calls, **counts}, 503 if down else 200
    )


def answer(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status=status, content_type="application/json")


async def _refuse_strangers() -> None:
    """A page from elsewhere, open in the same browser, has no business here."""
    origin = request.headers.get("Origin")
    if origin and origin.split("//")[-1] != request.host:
        raise Refused(403, "FOREIGN_ORIGIN", f"Requests from pages of {origin} are not taken.")


async def _explain(error: Exception) -> Response | HTTPException:
    match error:
        case Refused(status=status, code=code):
            return _error(status, code, str(error))
        case msgspec.ValidationError():
            return _error(400, "INVALID_FIELD", str(error))
        case msgspec.DecodeError() | UnicodeDecodeError() | RecursionError():
            return _error(400, "INVALID_JSON", str(error))
        case BodyTooLarge():
            return _error(413, "BODY_TOO_LARGE", str(error))
        case BodyTooSlow():
            return _error(408, "BODY_TOO_SLOW", str(error))
        case HTTPException():
            return error
        case _:
            raise error


def _error(status: int, code: str, message: str) -> Response:
    """`error` is for clients that know no more than that; the rest is the gateway's own error model."""
    body = {"code": code, "message": message, "details": {}, "id": str(uuid4()), "error": message}
    return answer(body, status)
