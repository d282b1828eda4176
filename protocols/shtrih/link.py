"""What the two sides of a link have in common: what can happen to them and what they can wait for."""

from enum import Enum

from protocols.shtrih.frames import ACK, ENQ, NAK, STX

STRAY = 0xFF


class Event(Enum):
    """A byte outside a frame, the end of a frame, or a wait that ran out."""

    ENQ = "asks"
    ACK = "agrees"
    NAK = "declines"
    STX = "begins a frame"
    STRAY = "the FF that registers add over USB-RNDIS (protocol 1.17, p. 74)"
    ANY = "any byte that the state does not name"
    FRAME = "a whole frame"
    DAMAGE = "a frame with a wrong length or LRC"
    SILENCE = "the wait ran out"


class Wait(Enum):
    """Which time-out runs; the seconds belong to whoever holds the line.

    BYTE: between bytes; longer than a round trip, for the host also takes that much silence for an empty line.
    CONFIRMATION: until the other side reacts to ENQ, to a frame or to an answer. ANSWER: until a command is done.
    """

    BYTE = "byte"
    CONFIRMATION = "confirmation"
    ANSWER = "answer"


_BYTES = {ENQ: Event.ENQ, ACK: Event.ACK, NAK: Event.NAK, STX: Event.STX, STRAY: Event.STRAY}


def event_of(byte: int) -> Event:
    """What a byte outside a frame means."""
    return _BYTES.get(byte, Event.ANY)
