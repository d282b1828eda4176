"""The OFD as fiscal drives reach it: a message and its answer over a TCP connection of their own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import trio

from drivers.errors import LinkLost, LinkSilent
from protocols.ofd.session import Message, MessageDecoder

Dial = Callable[[str, int], Awaitable[trio.abc.Stream]]  # to host and port. Raises OSError
CHUNK = 4096


class Courier(Protocol):
    """What brings a fiscal drive's message to the OFD."""

    async def exchange(self, message: bytes) -> Message:
        """The OFD's answer. Raises LinkLost, LinkSilent: the OFD may have it all the same; NotAMessage.

        May be repeated: the OFD knows a document by its numbers.
        """


@dataclass(frozen=True)
class OfdSession:
    """`timeout` in seconds is for a connection, from the dialling to the last byte of the answer.

    One connection a document, as the vendor's driver has it. Trio's streams send at once (TCP_NODELAY).
    """

    host: str
    port: int
    timeout: float
    dial: Dial = trio.open_tcp_stream

    async def exchange(self, message: bytes) -> Message:
        """See Courier."""
        try:
            with trio.fail_after(self.timeout):
                return await self._exchange(message)
        except trio.TooSlowError:
            raise LinkSilent(f"{self._place}: no answer within {self.timeout:g} s") from None
        except (OSError, trio.BrokenResourceError, trio.ClosedResourceError) as error:
            raise LinkLost(f"{self._place}: {error or type(error).__name__}") from error

    async def _exchange(self, message: bytes) -> Message:
        stream = await self.dial(self.host, self.port)
        try:
            await stream.send_all(message)
            return await self._answer(stream)
        finally:
            await trio.aclose_forcefully(stream)

    async def _answer(self, stream: trio.abc.Stream) -> Message:
        """Whatever follows it is not read."""
        decoder = MessageDecoder()
        while data := await stream.receive_some(CHUNK):
            if (answer := decoder.feed(bytes(data))) is not None:
                return answer
        raise LinkLost(f"{self._place}: hung up after {decoder.left} bytes of the answer")

    @property
    def _place(self) -> str:
        return f"{self.host}:{self.port}"
