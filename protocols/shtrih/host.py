"""The host's side of the link (protocol 1.17, appendix 3, diagram on p. 73), made stricter where money hangs on it.

The manual's host repeats a frame as soon as it reads NAK, and again when ENQ after a silence is met by NAK. A
register that executed the command and then lost power answers the same NAK, so here:

- a frame is repeated only when the register did nothing but NAK it, the line then fell silent, and ENQ found the
  register idle; or when an answer it still holds from before shows that it cannot have taken the frame;
- whatever else ends in doubt is FateUnknown, and the caller looks for the effect;
- without ENQ before it goes only a frame whose answer cannot be taken for the one before, and only after a smooth
  exchange. For if the register missed our last ACK it still holds that answer, and any 05h in the new frame, the
  length of most among them, makes it send it once more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from protocols.shtrih.commands import echoes
from protocols.shtrih.frames import ACK, ENQ, NAK, FrameError, FrameReader, encode_frame
from protocols.shtrih.link import Event, Wait, event_of

MOST_DISCARDED = 1024
"""Bytes of noise in one exchange after which the line counts as unusable: four times the longest frame."""


class State(Enum):
    IDLE = auto()
    DRAINING = auto()
    PROBING = auto()
    SENT = auto()
    AWAITING = auto()
    RECEIVING = auto()


class Fate(Enum):
    """What is known of the frame. REJECTED: the register said NAK and nothing else, which ENQ is yet to confirm."""

    UNSENT = auto()
    REJECTED = auto()
    IN_DOUBT = auto()


@dataclass(frozen=True)
class Answered:
    """CMD ERR data of the register's answer to this very command; `held` is an earlier one's, found on the way."""

    body: bytes
    held: bytes | None = None


@dataclass(frozen=True)
class NotSent:
    """The register has certainly not taken the command."""

    reason: str
    held: bytes | None = None


@dataclass(frozen=True)
class FateUnknown:
    """The command may have been executed, now or later, or not at all."""

    reason: str
    held: bytes | None = None


Outcome = Answered | NotSent | FateUnknown


@dataclass(frozen=True)
class Step:
    """Bytes to write now; then either wait for more bytes, or the exchange is over."""

    write: bytes
    wait: Wait | None
    outcome: Outcome | None


class HostLink:
    """One exchange after another over one line: `send`, then `receive` or `time_out` until there is an outcome.

    An exchange may be left unfinished: the next one then waits for the line to fall silent. `probes` bounds the ENQ
    of an exchange, `copies` how often its frame is sent.
    """

    def __init__(self, probes: int = 10, copies: int = 3) -> None:
        self._most_probes, self._most_copies = probes, copies
        self._state = State.IDLE
        self._settled = True  # nothing that we did not ask for can still be on its way
        self._last = b""  # the answer confirmed last, while a frame may go without ENQ
        self._frame = self._answer = self._out = b""
        self._reader = FrameReader()
        self._begin_exchange(b"")

    def send(self, body: bytes) -> Step:
        """Begins to send CMD+data. Raises FrameError unless it is 1 to 255 bytes long."""
        self._frame = encode_frame(body)
        smooth = self._settled and self._state is State.IDLE
        self._begin_exchange(body)
        if smooth and self._last and not echoes(self._last, body):
            self._transmit()
        else:
            self._last = b""
            first = self._probe if smooth else self._drain
            first()
        return self._step()

    def receive(self, data: bytes) -> Step:
        """What these bytes lead to. Those behind the end of an exchange only make the next one begin with care."""
        at = 0
        while at < len(data) and self._state is not State.IDLE:
            if self._state is State.RECEIVING:
                at = self._reader.feed(data, at)
                if not self._reader.complete:
                    break
                event = self._received()
            else:
                event, at = event_of(data[at]), at + 1
                if event is Event.NAK and self._state is State.PROBING and at < len(data):
                    event = Event.ANY  # an idle register says NAK and waits; this one is in the middle of something
            self._on(event)
        if at < len(data):
            self._settled = False
        return self._step()

    def time_out(self) -> Step:
        """What the end of the wait leads to. Raises RuntimeError when no exchange is under way."""
        if self._state is State.IDLE:
            raise RuntimeError("nothing was sent, so no answer can be late")
        self._on(Event.SILENCE)
        return self._step()

    def _begin_exchange(self, body: bytes) -> None:
        self._command = body
        self._probes, self._copies, self._discarded = self._most_probes, self._most_copies, 0
        self._fate, self._settled = Fate.UNSENT, True
        self._held: bytes | None = None
        self._outcome: Outcome | None = None

    def _step(self) -> Step:
        write, self._out = self._out, b""
        return Step(write, _WAITS[self._state], self._outcome)

    def _on(self, event: Event) -> None:
        row = _TABLE[self._state]
        if event is Event.SILENCE or event in row:
            row[event](self)
        else:
            row[Event.ANY](self)

    def _received(self) -> Event:
        try:
            self._answer = self._reader.body()
        except FrameError:
            return Event.DAMAGE
        return Event.FRAME

    def _silent(self) -> None:
        self._settled = False
        self._probe()

    def _probe(self) -> None:
        if not self._probes:
            self._give_up("no intelligible reaction to ENQ")
            return
        self._probes -= 1
        self._out += bytes([ENQ])
        self._state = State.PROBING

    def _drain(self) -> None:
        self._settled = False
        self._state = State.DRAINING

    def _discard(self) -> None:
        self._discarded += 1
        if self._discarded > MOST_DISCARDED:
            self._give_up("the line is all noise")

    def _suspect(self) -> None:
        """More than NAK came back: perhaps the frame was taken after all."""
        if self._fate is Fate.REJECTED:
            self._fate = Fate.IN_DOUBT
        self._discard()

    def _drained(self) -> None:
        self._settled = True
        self._probe()

    def _reject(self) -> None:
        self._fate = Fate.REJECTED
        self._drain()

    def _transmit(self) -> None:
        if self._fate is Fate.IN_DOUBT:
            self._give_up("the register is idle: it never took the frame, or forgot the answer with a loss of power")
            return
        self._fate = Fate.UNSENT
        if not self._copies:
            self._give_up("the register declines the frame again and again")
        else:
            self._copies -= 1
            self._out += self._frame
            self._fate, self._state = Fate.IN_DOUBT, State.SENT

    def _await(self) -> None:
        self._state = State.AWAITING

    def _begin(self) -> None:
        self._reader = FrameReader()
        self._state = State.RECEIVING

    def _damaged(self) -> None:
        self._out += bytes([NAK])
        self._drain()

    def _accept(self) -> None:
        sent = self._copies < self._most_copies
        if sent and echoes(self._answer, self._command):
            self._out += bytes([ACK])
            self._last = self._answer if self._settled else b""
            self._end(Answered(self._answer, self._held))
        elif self._fate is Fate.UNSENT or self._answer == self._last:
            self._out += bytes([ACK])
            self._held, self._fate = self._answer, Fate.UNSENT
            self._drain()
        else:
            self._give_up("the register answers another command")

    def _give_up(self, reason: str) -> None:
        self._settled = False
        end = NotSent if self._fate is Fate.UNSENT else FateUnknown
        self._end(end(reason, self._held))

    def _end(self, outcome: Outcome) -> None:
        self._state, self._outcome = State.IDLE, outcome


_TABLE: dict[State, dict[Event, Callable[[HostLink], None]]] = {
    State.DRAINING: {
        Event.NAK: HostLink._discard,
        Event.STRAY: HostLink._discard,
        Event.ANY: HostLink._suspect,
        Event.SILENCE: HostLink._drained,
    },
    State.PROBING: {
        Event.NAK: HostLink._transmit,
        Event.ACK: HostLink._await,
        Event.STRAY: HostLink._discard,
        Event.ANY: HostLink._drain,
        Event.SILENCE: HostLink._silent,
    },
    State.SENT: {
        Event.ACK: HostLink._await,
        Event.NAK: HostLink._reject,
        Event.STRAY: HostLink._discard,
        Event.ANY: HostLink._drain,
        Event.SILENCE: HostLink._silent,
    },
    State.AWAITING: {
        Event.STX: HostLink._begin,
        Event.ACK: HostLink._discard,  # answers to ENQ that crossed on the way
        Event.STRAY: HostLink._discard,
        Event.ANY: HostLink._drain,
        Event.SILENCE: HostLink._silent,
    },
    State.RECEIVING: {
        Event.FRAME: HostLink._accept,
        Event.DAMAGE: HostLink._damaged,
        Event.SILENCE: HostLink._damaged,
    },
}

_WAITS = {
    State.IDLE: None,
    State.DRAINING: Wait.BYTE,
    State.PROBING: Wait.CONFIRMATION,
    State.SENT: Wait.CONFIRMATION,
    State.AWAITING: Wait.ANSWER,
    State.RECEIVING: Wait.BYTE,
}
