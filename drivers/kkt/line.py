"""One Штрих-М link: bytes and time-outs between a stream and the host's state machine, whatever carries the bytes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

import trio

from drivers.errors import LinkLost, LinkSilent
from protocols.shtrih.host import Answered, FateUnknown, HostLink, NotSent, Outcome, Step
from protocols.shtrih.link import Wait


@dataclass(kw_only=True)
class Line(ABC):
    """Not connected until `open`. `waits`: seconds for a byte, and for a reaction to ENQ or a frame."""

    connection_timeout: float = 5.0
    waits: Mapping[Wait, float] = field(default_factory=lambda: {Wait.BYTE: 0.1, Wait.CONFIRMATION: 1.0})
    _stream: trio.abc.Stream | None = field(default=None, init=False)
    _on_the_way: float = field(default=0.0, init=False)  # seconds that the longest frame takes on a slow line

    async def open(self) -> None:
        """Raises LinkLost, LinkSilent."""
        await self.drop()
        self._stream = await self._connect()
        self._link = HostLink()

    async def drop(self) -> None:
        """Lets the link go at once; may be called at any time."""
        stream, self._stream = self._stream, None
        if stream is not None:
            await trio.aclose_forcefully(stream)
        await trio.lowlevel.checkpoint()

    async def exchange(self, body: bytes, *, within: float) -> bytes:
        """The answer to this command, at most `within` seconds after it was taken. Raises LinkLost, LinkSilent."""
        step = self._link.send(body)
        while step.outcome is None:
            step = await self._advance(step, within)
        await self._write(step.write)
        return _answer(step.outcome)

    @abstractmethod
    async def _connect(self) -> trio.abc.Stream:
        """Raises LinkLost, LinkSilent."""

    async def _advance(self, step: Step, within: float) -> Step:
        await self._write(step.write)
        with trio.move_on_after(self._patience(step.wait, within)):
            return self._link.receive(await self._read())
        return self._link.time_out()

    def _patience(self, wait: Wait | None, within: float) -> float:
        """What was written may have gone no further than the port by now."""
        if wait is Wait.ANSWER or wait is None:
            return within
        return self.waits[wait] + (self._on_the_way if wait is Wait.CONFIRMATION else 0.0)

    async def _write(self, data: bytes) -> None:
        if self._stream is None:
            raise LinkLost("the link is not open")
        if not data:
            return
        with trio.move_on_after(self.connection_timeout):  # half the cost of fail_after, and an exchange writes twice
            try:
                await self._stream.send_all(data)
            except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
                raise LinkLost("the register hung up") from error
            return
        raise LinkSilent("the register takes no bytes")

    async def _read(self) -> bytes:
        if self._stream is None:
            raise LinkLost("the link is not open")
        try:
            data = await self._stream.receive_some(4096)
        except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
            raise LinkLost("the register hung up") from error
        if not data:
            raise LinkLost("the register closed the link")
        return bytes(data)


def _answer(outcome: Outcome) -> bytes:
    match outcome:
        case Answered(body=body):
            return body
        case NotSent(reason=reason) | FateUnknown(reason=reason):
            raise LinkSilent(reason)
