"""A Штрих-М link over a serial port, a real one or one that USB makes up; finds the speed by itself."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import trio

from drivers.errors import LinkLost, LinkSilent
from drivers.kkt.line import Line
from drivers.kkt.serial_stream import open_serial
from protocols.shtrih.frames import ACK, ENQ, MAX_BODY, NAK
from protocols.shtrih.link import STRAY

SPEEDS = (115_200, 4_800, 9_600, 19_200, 38_400, 57_600, 2_400, 230_400, 460_800, 921_600)
"""As registers leave the works, or after a reset, first; the last three by model (protocol 1.17, p. 8 and 20)."""
LONGEST_FRAME = MAX_BODY + 3  # bytes: STX, length and LRC
BITS = 10  # of a byte on the line, start and stop among them
PROBE = 0.3  # seconds for a reaction to ENQ: three times the longest byte time-out that registers have

Dial = Callable[[str, int], Awaitable[trio.abc.Stream]]  # to path and speed. Raises OSError, ValueError


@dataclass
class SerialLine(Line):
    """`baudrate` 0: searched for at `open`, and remembered for the next one in `speed`."""

    path: str
    baudrate: int = 0
    dial: Dial = open_serial
    speed: int = field(default=0, init=False)

    async def _connect(self) -> trio.abc.Stream:
        stream, speed = await (self._given() if self.baudrate else self._search())
        self._on_the_way = LONGEST_FRAME * BITS / speed
        return stream

    async def _given(self) -> tuple[trio.abc.Stream, int]:
        try:
            return await self._dial(self.baudrate), self.baudrate
        except ValueError as error:
            raise LinkLost(f"{self.path}: {error}") from error

    async def _search(self) -> tuple[trio.abc.Stream, int]:
        for speed in self._candidates():
            if stream := await self._try(speed):
                self.speed = speed
                return stream, speed
        raise LinkSilent(f"{self.path}: no answer at any speed")

    def _candidates(self) -> Iterable[int]:
        return dict.fromkeys((self.speed, *SPEEDS)) if self.speed else SPEEDS

    async def _try(self, speed: int) -> trio.abc.Stream | None:
        """A stream on which a register reacts to ENQ as it should. Raises LinkLost for the port as a whole."""
        try:
            stream = await self._dial(speed)
        except ValueError:
            return None
        reacts = False
        try:
            reacts = await self._reacts(stream)
        except trio.BrokenResourceError as error:
            raise LinkLost(f"{self.path}: {error}") from error
        finally:
            if not reacts:
                await trio.aclose_forcefully(stream)
        return stream if reacts else None

    async def _reacts(self, stream: trio.abc.Stream) -> bool:
        with trio.move_on_after(PROBE):
            await stream.send_all(bytes([ENQ]))
            while not (came := bytes(await stream.receive_some()).lstrip(bytes([STRAY]))):
                pass
            return came[0] in (ACK, NAK)
        return False

    async def _dial(self, speed: int) -> trio.abc.Stream:
        """Raises ValueError for a speed that the port cannot have."""
        try:
            with trio.fail_after(self.connection_timeout):
                return await self.dial(self.path, speed)
        except trio.TooSlowError:
            raise LinkSilent(f"{self.path} does not open") from None
        except OSError as error:
            raise LinkLost(f"{self.path}: {error}") from error
