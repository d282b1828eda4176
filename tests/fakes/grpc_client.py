"""A client of bare HTTP/2, which does to a gRPC server what no real client would. In virtual time too."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from struct import pack

import h2.config
import h2.connection
import h2.events
import h2.settings
import trio

METHOD = "/shop.Till/Sell"
PSEUDO = ((":method", "POST"), (":scheme", "http"), (":authority", "till"))
PLAIN = (("te", "trailers"), ("content-type", "application/grpc+proto"))

Headers = Sequence[tuple[str, str]]


@dataclass
class Heard:
    """Of one call. `headers`: those before the messages and those behind together; `reset`: the code, if cut off."""

    headers: dict[str, str] = field(default_factory=dict)
    data: bytes = b""
    over: bool = False
    reset: int | None = None
    ended: trio.Event = field(default_factory=trio.Event)

    @property
    def messages(self) -> list[bytes]:
        """Those that are whole."""
        found, rest = [], self.data
        while len(rest) >= 5 and len(rest) >= 5 + int.from_bytes(rest[1:5], "big"):
            end = 5 + int.from_bytes(rest[1:5], "big")
            found.append(rest[5:end])
            rest = rest[end:]
        return found

    @property
    def status(self) -> int | None:
        return int(self.headers["grpc-status"]) if "grpc-status" in self.headers else None


def framed(message: bytes, *, compressed: bool = False) -> bytes:
    return pack(">?I", compressed, len(message)) + message


class BareClient:
    """What it heard is in `calls`, by number. `window`: of each call, in bytes."""

    def __init__(self, stream: trio.abc.Stream, *, window: int | None = None) -> None:
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        if window is not None:
            values = {h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: window}
            self.h2.local_settings = h2.settings.Settings(client=True, initial_values=values)
        self.stream, self._sending = stream, trio.Lock()
        self.calls: dict[int, Heard] = {}
        self.pinged = 0
        self.hung_up = trio.Event()
        self.goodbye: int | None = None

    async def greet(self) -> None:
        self.h2.initiate_connection()
        await self.flush()

    async def begin(self, path: str = METHOD, extra: Headers = (), plain: Headers = PLAIN) -> int:
        number = self.h2.get_next_available_stream_id()
        self.calls[number] = Heard()
        self.h2.send_headers(number, [*PSEUDO, (":path", path), *plain, *extra])
        await self.flush()
        return number

    async def call(self, message: bytes = b"", path: str = METHOD, extra: Headers = ()) -> int:
        """A whole request, uncompressed."""
        number = await self.begin(path, extra)
        await self.send(number, framed(message), end=True)
        return number

    async def send(self, number: int, data: bytes, *, end: bool = False) -> None:
        for start in range(0, len(data), 16_384):
            self.h2.send_data(number, data[start : start + 16_384])
            await self.flush()
        if end:
            self.h2.end_stream(number)
            await self.flush()

    async def flush(self) -> None:
        async with self._sending:
            if data := self.h2.data_to_send():
                await self.stream.send_all(data)

    async def listen(self) -> None:
        """Until the server hangs up. Reads and makes room, as a client does."""
        try:
            while data := await self.stream.receive_some(65_536):
                for event in self.h2.receive_data(data):
                    self._take(event)
                await self.flush()
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return
        finally:
            self.hung_up.set()

    def _take(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.ResponseReceived() | h2.events.TrailersReceived():
                self.calls[event.stream_id or 0].headers |= dict(event.headers or ())  # type: ignore[arg-type]
            case h2.events.DataReceived(stream_id=int(number), data=data, flow_controlled_length=int(size)):
                self.calls[number].data += data or b""
                self.h2.acknowledge_received_data(size, number)
            case h2.events.StreamEnded(stream_id=int(number)):
                self.calls[number].over = True
                self.calls[number].ended.set()
            case h2.events.StreamReset(stream_id=int(number), error_code=code):
                self.calls[number].reset = int(code or 0)
                self.calls[number].ended.set()
            case h2.events.PingReceived():
                self.pinged += 1
            case h2.events.ConnectionTerminated(error_code=code):
                self.goodbye = int(code or 0)
                # RFC 9113, 6.8: what is under way goes on; h2 forgets that
                self.h2.state_machine.state = h2.connection.ConnectionState.CLIENT_OPEN
