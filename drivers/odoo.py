"""The head office (Odoo) over HTTP: it is told that the till lives, and tells its time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, Protocol, Self

import httpx
import msgspec
from msgspec import Meta

from drivers.errors import LinkError
from drivers.http_link import TOO_MANY, HttpLink, Malformed


@dataclass(frozen=True)
class Pulse:
    """A heartbeat was heard. `server_time`: the head office's clock, aware, at some moment of the call."""

    server_time: datetime


class OdooUnreachable(LinkError):
    """The heartbeat was not answered as it should be; the message is the reason."""


class Odoo(Protocol):
    """What hears heartbeats."""

    async def heartbeat(self, state: Mapping[str, object]) -> Pulse:
        """Raises OdooUnreachable."""


class OdooClient:
    """An Odoo at `url`, used as a context manager. `timeout` in seconds is for a whole heartbeat, if anything is."""

    def __init__(
        self, url: str, timeout: float | None = None, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._link = HttpLink(url, timeout=timeout, transport=transport)

    async def __aenter__(self) -> Self:
        await self._link.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._link.__aexit__(*exc)

    async def heartbeat(self, state: Mapping[str, object]) -> Pulse:
        """See Odoo."""
        try:
            reply = await self._link.post("/odoo/v1/heartbeat", state)
        except LinkError as error:
            raise OdooUnreachable(str(error)) from error
        if reply.status != 200:
            raise OdooUnreachable(f"answer {reply.status}", pause=reply.pause, blames_link=reply.status != TOO_MANY)
        try:
            return Pulse(reply.read(_Answer).server_time)
        except Malformed as error:
            raise OdooUnreachable(str(error)) from error


class _Answer(msgspec.Struct):
    status: Literal["ok"]
    server_time: Annotated[datetime, Meta(tz=True)]
