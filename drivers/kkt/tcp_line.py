"""A Штрих-М link over TCP: the same bytes as over a serial line (protocol 1.17, p. 74)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import trio

from drivers.errors import LinkLost, LinkSilent
from drivers.kkt.line import Line

Dial = Callable[[str, int], Awaitable[trio.abc.Stream]]  # to host and port. Raises OSError


@dataclass
class TcpLine(Line):
    host: str
    port: int
    dial: Dial = trio.open_tcp_stream

    async def _connect(self) -> trio.abc.Stream:
        try:
            with trio.fail_after(self.connection_timeout):
                return await self.dial(self.host, self.port)
        except trio.TooSlowError:
            raise LinkSilent(f"{self.host}:{self.port} does not take the connection") from None
        except OSError as error:
            raise LinkLost(f"{self.host}:{self.port}: {error}") from error
