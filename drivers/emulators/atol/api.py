"""The vendor's HTTP (`/api/v2`) and, beside it, what a test or a trainer orders (`/kkt/_test`)."""

from typing import Any

import msgspec
from quart import Response, request
from quart_trio import QuartTrio
from werkzeug.exceptions import HTTPException

from drivers.emulators.atol import queries
from drivers.emulators.atol.control import add_control
from drivers.emulators.atol.errors import Error, describe
from drivers.emulators.atol.faults import Faults
from drivers.emulators.atol.options import Options
from drivers.emulators.atol.server import HttpError, Server
from drivers.web import BodyTooLarge, BodyTooSlow, hang_up, read_body

API = "/api/v2"
MAX_BODY = 1024 * 1024
DEVICE_ID = "atol"
VERSION, DRIVER_VERSION = "1.0.4.0", "10.10.7.0"
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def make_app(server: Server, normal: Faults) -> QuartTrio:
    """The app. `normal` is what a reset of the faults goes back to.

    | call | does |
    | --- | --- |
    | `POST /api/v2/requests` | takes a job: 201, at any state of the queue; 409 if the uuid was there before |
    | `GET /api/v2/requests/{uuid}` | what became of it; 404 if it never was, or is forgotten |
    | `DELETE /api/v2/requests/{uuid}` | takes it back; 409 if it has begun |
    | `GET /api/v2/getRequestsQueueStatus` | how many wait, and why nothing moves |
    | `POST /api/v2/operations/query...` | the register's state, past the queue |
    | `GET /api/v2/serverInfo`, `GET`, `PUT /api/v2/settings` | the server itself |
    | `POST /api/v2/activateDevice`, `deactivateDevice` | the register is served, or not (403) |

    and the calls of `control.add_control`. There is one register, "atol"; another `deviceID` is 404.
    """
    app = QuartTrio(__name__)
    app.register_error_handler(Exception, _explain)

    @app.before_request
    async def guard() -> None:
        if not request.path.startswith(API):
            return
        if server.device.faults.down or server.device.faults.power == "off":
            await hang_up(request)
        account = request.authorization
        server.admit(*((account.username or "", account.password or "") if account else ("", "")))
        if request.args.get("deviceID", DEVICE_ID) != DEVICE_ID:
            raise HttpError(404, Error.INVALID_PARAM, "deviceID")
        if not server.device.faults.activated and not request.path.endswith(("ctivateDevice", "/serverInfo")):
            raise HttpError(403, Error.NO_CONNECTION)

    _add_queue(app, server)
    _add_queries(app, server)
    _add_server(app, server)
    add_control(app, server, normal)
    return app


def _add_queue(app: QuartTrio, server: Server) -> None:
    @app.post(f"{API}/requests")
    async def take() -> Response:
        body = await read_body(request, MAX_BODY)
        if server.befalls("lose_command_next", body):
            await hang_up(request)
        if server.befalls("late_command_next", body):
            server.take_later(body)
            await hang_up(request)
        told = await server.take(body)
        if server.befalls("lose_answer_next", body):
            await hang_up(request)
        return answer(told, 201)

    @app.get(f"{API}/requests/<uuid>")
    async def tell(uuid: str) -> Response:
        if server.device.faults.spend("lose_poll_next"):
            await hang_up(request)
        return answer(server.tell(uuid))

    @app.delete(f"{API}/requests/<uuid>")
    async def cancel(uuid: str) -> Response:
        await server.cancel(uuid)
        return Response(b"", status=200)

    @app.get(f"{API}/getRequestsQueueStatus")
    async def status() -> Response:
        return answer(server.queue_status())


def _add_queries(app: QuartTrio, server: Server) -> None:
    @app.post(f"{API}/operations/query<name>")
    async def query(name: str) -> Response:
        if name == "ReceiptTotals":
            kind = request.args.get("type", "sell")
            if kind not in queries.RECEIPT_KINDS:
                raise HttpError(400, Error.INVALID_PARAM, "type")
            return answer(await server.query(lambda device: queries.receipt_totals(device, kind)))
        if name not in queries.QUERIES:
            raise HttpError(404, Error.NOT_SUPPORTED, f"query{name}")
        return answer(await server.query(queries.QUERIES[name]))


def _add_server(app: QuartTrio, server: Server) -> None:
    @app.get(f"{API}/serverInfo")
    async def info() -> Response:
        now = server.device.now.replace(microsecond=0).isoformat()
        return answer({"version": VERSION, "driverVersion": DRIVER_VERSION, "os": "linux", "currentDateTime": now})

    @app.get(f"{API}/settings")
    async def settings() -> Response:
        return answer(server.options)

    @app.put(f"{API}/settings")
    async def set_settings() -> Response:
        wanted = msgspec.json.decode(await read_body(request, MAX_BODY), type=dict[str, Any])
        server.set_options(msgspec.convert(msgspec.to_builtins(server.options) | wanted, Options))
        return answer(server.options)

    @app.post(f"{API}/activateDevice")
    async def activate() -> Response:
        await server.behave({"activated": True})
        return Response(b"", status=200)

    @app.post(f"{API}/deactivateDevice")
    async def deactivate() -> Response:
        await server.behave({"activated": False})
        return Response(b"", status=200)


def answer(value: Any, status: int = 200) -> Response:
    return Response(_ENCODER.encode(value), status=status, content_type="application/json")


async def _explain(error: Exception) -> Response:
    match error:
        case HttpError(status=status, code=code):
            return _error(status, code, str(error))
        case BodyTooLarge():
            return _error(413, Error.RECEIPT_PARSE_ERROR, str(error))
        case BodyTooSlow():
            return _error(408, Error.RECEIPT_PARSE_ERROR, str(error))
        case msgspec.MsgspecError() | UnicodeDecodeError() | RecursionError():
            return _error(400, Error.RECEIPT_PARSE_ERROR, str(error))
        case HTTPException():
            return _error(error.code or 500, Error.NOT_SUPPORTED, error.name)
        case _:
            raise error


def _error(status: int, code: int, text: str) -> Response:
    return answer({"error": {"code": code, "description": text or describe(code)}}, status)
