"""The register's side of the link (protocol 1.17, appendix 2, diagram on p. 72).

A command is executed once for every frame accepted. Its answer is held until the host confirms it, and no other
command is taken before that; the held answer is repeated for as many ENQ as come.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from protocols.shtrih.frames import ACK, NAK, FrameError, FrameReader, encode_frame
from protocols.shtrih.link import Event, Wait, event_of


class State(Enum):
    POWER_ON = auto()
    WAIT_STX = auto()
    RECEIVING = auto()
    EXECUTING = auto()
    WAIT_CONFIRMATION = auto()
    WAIT_ENQ = auto()


@dataclass(frozen=True)
class Reaction:
    """Bytes to send now, and the CMD+data of a command to execute now, once, and to `answer`."""

    send: bytes = b""
    command: bytes | None = None


class DeviceLink:
    """Takes bytes and time-outs; says what to send and what to execute. Survives a connection.

    `stray` is sent after every confirmed answer: FF shows the quirk of registers on USB-RNDIS.
    """

    def __init__(self, stray: bytes = b"") -> None:
        self._stray = stray
        self._state = State.POWER_ON
        self._frame = FrameReader()
        self._held = b""

    @property
    def waits(self) -> Wait | None:
        """What time-out runs from the last byte on; None if the register waits without end."""
        return _WAITS.get(self._state)

    @property
    def minds_silence(self) -> bool:
        """Whether a time-out runs, or will once the command in work is done; else only bytes lead any further."""
        return self._state is State.EXECUTING or self._state in _WAITS

    def receive(self, data: bytes) -> Reaction:
        """What these bytes lead to; at most one command."""
        sent, command, at = b"", None, 0
        while at < len(data):
            if self._state is not State.RECEIVING:
                event, at = event_of(data[at]), at + 1
            else:
                at = self._frame.feed(data, at)
                if not self._frame.complete:
                    break
                command = self._body()
                event = Event.DAMAGE if command is None else Event.FRAME
            sent += self._on(event)
        return Reaction(sent, command)

    def time_out(self) -> Reaction:
        """What the end of the wait leads to."""
        return Reaction(self._on(Event.SILENCE))

    def answer(self, body: bytes) -> bytes:
        """The command is done: the frame to send. Nothing if a power cycle has made it forgotten.

        Raises FrameError for more than 255 bytes.
        """
        if self._state is not State.EXECUTING:
            return b""
        self._held = encode_frame(body)
        self._state = State.WAIT_CONFIRMATION
        return self._held

    def power_cycle(self) -> None:
        """Forgets the held answer (p. 13), a half received frame and a command in work."""
        self._state, self._frame, self._held = State.POWER_ON, FrameReader(), b""

    def _body(self) -> bytes | None:
        try:
            return self._frame.body()
        except FrameError:
            return None

    def _on(self, event: Event) -> bytes:
        row = _TABLE[self._state]
        otherwise = None if event is Event.SILENCE else row.get(Event.ANY)
        if step := row.get(event, otherwise):
            action, self._state = step
            return action(self)
        return b""

    def _nothing(self) -> bytes:
        return b""

    def _ack(self) -> bytes:
        return bytes([ACK])

    def _nak(self) -> bytes:
        return bytes([NAK])

    def _begin(self) -> bytes:
        self._frame = FrameReader()
        return b""

    def _forget(self) -> bytes:
        self._held = b""
        return self._stray

    def _repeat(self) -> bytes:
        return bytes([ACK]) + self._held


Step = tuple[Callable[[DeviceLink], bytes], State]

_TABLE: dict[State, dict[Event, Step]] = {
    State.POWER_ON: {Event.ENQ: (DeviceLink._nak, State.WAIT_STX)},
    State.WAIT_STX: {
        Event.STX: (DeviceLink._begin, State.RECEIVING),
        Event.ANY: (DeviceLink._nak, State.WAIT_STX),
    },
    State.RECEIVING: {
        Event.FRAME: (DeviceLink._ack, State.EXECUTING),
        Event.DAMAGE: (DeviceLink._nak, State.WAIT_STX),
        Event.SILENCE: (DeviceLink._nak, State.WAIT_STX),
    },
    State.EXECUTING: {Event.ENQ: (DeviceLink._ack, State.EXECUTING)},
    State.WAIT_CONFIRMATION: {
        Event.ACK: (DeviceLink._forget, State.WAIT_STX),
        Event.ANY: (DeviceLink._nothing, State.WAIT_ENQ),
        Event.SILENCE: (DeviceLink._nothing, State.WAIT_ENQ),
    },
    State.WAIT_ENQ: {Event.ENQ: (DeviceLink._repeat, State.WAIT_CONFIRMATION)},
}

_WAITS = {State.RECEIVING: Wait.BYTE, State.WAIT_CONFIRMATION: Wait.CONFIRMATION}
