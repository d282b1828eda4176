"""An emulated АТОЛ web server: on loopback, or in memory for tests in virtual time; and a plain client of it."""

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar, TypeVarTuple, Unpack
from zoneinfo import ZoneInfo

import httpx
import msgspec
import trio
from quart_trio import QuartTrio

from drivers import web
from drivers.clock import utc_now
from drivers.emulators.atol.api import make_app
from drivers.emulators.atol.register import EmulatedAtol
from drivers.web.connection import HANG_UP

A = TypeVarTuple("A")
R = TypeVar("R")
WITHIN = 30.0
"""Seconds after which a test that waits for the server has failed."""
POLL = 0.005
SHOP = ZoneInfo("Europe/Moscow")
FINAL = frozenset({"ready", "error", "interrupted", "canceled"})


def shop_time() -> datetime:
    return utc_now().astimezone(SHOP)


@dataclass
class ServedAtol:
    """A register being served. `url` is what a driver is configured with."""

    url: str
    http: httpx.AsyncClient
    uuids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    async def behave(self, **wanted: Any) -> dict[str, Any]:
        """The faults then in force."""
        answer = await self.http.post("/kkt/_test/behave", json=wanted)
        answer.raise_for_status()
        return dict(answer.json())

    async def state(self) -> dict[str, Any]:
        return dict((await self.http.get("/kkt/v1/state")).json())

    async def documents(self) -> list[dict[str, Any]]:
        """The journal: what was printed, for certain."""
        return list((await self.http.get("/kkt/_test/journal")).json()["documents"])

    async def post(self, *tasks: dict[str, Any], uuid: str | None = None) -> httpx.Response:
        body = {"uuid": uuid or self.new_uuid(), "request": list(tasks)}
        return await self.http.post(
            "/api/v2/requests", content=msgspec.json.Encoder(decimal_format="number").encode(body)
        )

    async def results(self, uuid: str) -> list[dict[str, Any]]:
        """As they stand. Sums come as decimals."""
        answer = await self.http.get(f"/api/v2/requests/{uuid}")
        answer.raise_for_status()
        return list(_DECODER.decode(answer.content)["results"])

    async def run(self, *tasks: dict[str, Any]) -> list[dict[str, Any]]:
        """The results when all are final. Raises trio.TooSlowError."""
        uuid = (await self.post(*tasks)).json()["uuid"]
        return await self.final(uuid)

    async def final(self, uuid: str) -> list[dict[str, Any]]:
        """The results when nothing more can change. Raises trio.TooSlowError."""
        with trio.fail_after(WITHIN):
            while True:
                found = await self.results(uuid)
                if all(result["status"] in FINAL for result in found):
                    return found
                await trio.sleep(POLL)

    async def do(self, kind: str, **fields: Any) -> Any:
        """The result of one task that must succeed."""
        (result,) = await self.run({"type": kind, **fields})
        assert result["status"] == "ready", result
        return result["result"]

    async def error(self, kind: str, **fields: Any) -> int:
        """The error of one task that must fail."""
        (result,) = await self.run({"type": kind, **fields})
        assert result["status"] == "error", result
        return int(result["error"]["code"])

    async def query(self, name: str) -> Any:
        answer = await self.http.post(f"/api/v2/operations/query{name}")
        answer.raise_for_status()
        return _DECODER.decode(answer.content)

    def new_uuid(self) -> str:
        return f"00000000-0000-4000-8000-{next(self.uuids):012}"


@asynccontextmanager
async def emulated(folder: Path, **options: Any) -> AsyncIterator[ServedAtol]:
    """On a free port of 127.0.0.1; prints in no time unless told. `options` as EmulatedAtol takes them."""
    register = EmulatedAtol(folder, **{"clock": shop_time, "print_delay": 0.0, **options})
    with web.bind("127.0.0.1", 0) as listener:
        url = web.url(listener)
        async with httpx.AsyncClient(base_url=url, auth=_account(options)) as client, trio.open_nursery() as nursery:
            await nursery.start(register.serve, listener)
            yield ServedAtol(url, client)
            nursery.cancel_scope.cancel()


@asynccontextmanager
async def in_memory(folder: Path, **options: Any) -> AsyncIterator[ServedAtol]:
    """Without sockets and threads: under `autojump_clock` hours pass at once. Drivers get `InMemory` as transport."""
    register = EmulatedAtol(folder, **{"clock": shop_time, "print_delay": 0.0, "in_thread": inline, **options})
    async with register.running() as server:
        transport = InMemory(make_app(server, register.normal))
        async with httpx.AsyncClient(base_url="http://atol", auth=_account(options), transport=transport) as client:
            yield ServedAtol("http://atol", client)


class InMemory(httpx.AsyncBaseTransport):
    """Calls an app in this process. Where the app hangs up, the client reads of a broken connection."""

    def __init__(self, app: QuartTrio) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response: httpx.Response | None = None
        async with trio.open_nursery() as nursery:

            async def app(scope: Any, receive: Any, send: Any) -> None:
                await self._app({**scope, "state": {HANG_UP: nursery.cancel_scope.cancel}}, receive, send)  # type: ignore[arg-type]

            response = await httpx.ASGITransport(app).handle_async_request(request)
        if response is None:
            raise httpx.ReadError("the server has hung up", request=request)
        return response


async def inline(function: Callable[[Unpack[A]], R], /, *args: *A, limiter: trio.CapacityLimiter | None = None) -> R:
    """In place of a thread."""
    await trio.lowlevel.checkpoint()
    return function(*args)


def _account(options: dict[str, Any]) -> tuple[str, str] | None:
    return (options["user"], options["password"]) if options.get("user") else None


_DECODER = msgspec.json.Decoder(float_hook=Decimal)
