"""Who is in the shop all day: tills that sell by the clock, viewers of the stream, a dashboard that asks."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

import httpx
import trio
from trio_websocket import ConnectionClosed, wrap_client_stream

from protocols.audit.witnesses import TillRequest
from tests.crash.till import Request, Till, receipt

REPEATED = 20  # each so manieth receipt is asked for again
ASKS_EVERY = 2.0  # seconds
ASKED = (
    "/v1/health",
    "/v1/kkt/buffer/status",
    "/v1/kkt/buffer/logs?limit=50",
    "/v1/kkt/devices",
    "/v1/kkt/worker/status",
    "/v1/links",
    "/metrics",
)
DOZES_FOR = 5.0  # seconds between two messages that the slow viewer reads


@dataclass
class Crowd:
    """`told`: what the tills asked and heard, for the audit; `took`: milliseconds of each sale; `unwell`: refusals,
    and streams that broke."""

    url: str
    client: httpx.AsyncClient
    told: list[TillRequest] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    messages: int = 0
    cut_off: int = 0  # how often the viewer who dozes was
    asked: int = 0
    unwell: list[str] = field(default_factory=list)

    async def sell(self, pos_ids: Sequence[str], rate: float, seconds: float) -> None:
        """`rate` receipts a second, by the clock; one that is late does not wait for the next of another till."""
        async with trio.open_nursery() as tills:
            for number, pos_id in enumerate(pos_ids):
                tills.start_soon(self._till, pos_id, len(pos_ids) / rate, seconds, number / rate)

    async def _till(self, pos_id: str, every: float, seconds: float, first: float) -> None:
        till, begun = Till(self.client), trio.current_time() + first
        for number in count():
            at = begun + number * every
            if at >= begun + seconds:
                return
            await trio.sleep_until(at)
            request = Request(receipt("sale", 1_00 + number % 1_000_000, pos_id))
            began = trio.current_time()
            await till.insist(self.url, request)
            self.took.append((trio.current_time() - began) * 1000)
            if number % REPEATED == 0:
                await till.send(self.url, request)
            self.unwell += [f"a sale: {each.status}" for each in request.outcomes if each.status != 200]
            self.told.append(request.testimony())

    async def watch(self) -> None:
        """A viewer of the stream, which must not end. For ever."""
        ending = await self._follow(0.0)
        self.unwell.append(f"a stream ended: {ending}")

    async def doze(self) -> None:
        """A viewer who reads too slowly to keep its connection: once the buffers are full it is cut off, as is told of
        the stream, and comes again. For ever."""
        while True:
            await self._follow(DOZES_FOR)
            self.cut_off += 1

    async def _follow(self, pause: float) -> object:
        """`pause` seconds between two messages; gives how it ended."""
        where = urlsplit(self.url)
        assert where.hostname is not None
        assert where.port is not None
        async with await trio.open_tcp_stream(where.hostname, where.port) as stream, trio.open_nursery() as nursery:
            connection = await wrap_client_stream(nursery, stream, where.netloc, "/v1/status/stream")
            with suppress(ConnectionClosed):
                while True:
                    await connection.get_message()
                    self.messages += 1
                    await trio.sleep(pause)
            return connection.closed

    async def ask(self) -> None:
        """A dashboard. For ever."""
        while True:
            for path in ASKED:
                answer = await self.client.get(f"{self.url}{path}")
                self.asked += 1
                if answer.status_code != 200:
                    self.unwell.append(f"{path}: {answer.status_code} {answer.text[:200]}")
            await trio.sleep(ASKS_EVERY)
