"""A gateway as its status stream tells of it: what is known so far, and where to go on after a lost connection."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from protocols.errors import ProtocolError


class NotAStream(ProtocolError):
    """A message that the status stream does not have; the text says which."""


class Contact(StrEnum):
    """`REFUSED`: it is there, and does not let us look."""

    CONNECTING = "connecting"
    FOLLOWED = "followed"
    LOST = "lost"
    REFUSED = "refused"


class Why(StrEnum):
    """A connection is not there."""

    UNREACHABLE = "unreachable"
    SILENT = "silent"
    ENDED = "ended"
    ANSWERED = "answered"  # by HTTP, with something else than the stream
    GARBLED = "garbled"


@dataclass(frozen=True)
class Trouble:
    """`detail`: a code or a sentence of the other side, or of the system."""

    why: Why
    detail: str = ""


@dataclass
class Followed:
    """`components` as they were last known. `missed`: changes that were overtaken before they could be told."""

    name: str
    contact: Contact = Contact.CONNECTING
    trouble: Trouble | None = None
    epoch: str = ""
    number: int = 0
    missed: int = 0
    components: dict[str, Any] = field(default_factory=dict)

    def take(self, message: Any) -> None:
        """Raises NotAStream."""
        try:
            self._take(message)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotAStream(f"not a message of the status stream: {str(message)[:100]}") from error
        self.contact, self.trouble = Contact.FOLLOWED, None

    def lose(self, contact: Contact, trouble: Trouble) -> None:
        self.contact, self.trouble = contact, trouble

    @property
    def mark(self) -> str | None:
        """What the stream is asked to go on after; None at the beginning."""
        return f"{self.epoch}-{self.number}" if self.epoch else None

    def _take(self, message: Any) -> None:
        match message["type"]:
            case "snapshot":
                self.epoch, self.number = str(message["epoch"]), int(message["number"])
                self.components = dict(message["components"])
            case "resumed":
                self._expect(message["epoch"] == self.epoch and message["number"] == self.number)
            case "change":
                self._expect(message["number"] == self.number + 1 + message["missed"])
                self.number, self.missed = message["number"], self.missed + message["missed"]
                self.components[message["component"]] = message["state"]
            case "heartbeat":
                self._expect(message["number"] == self.number)
            case other:
                raise NotAStream(f"a message of type {other!r}")

    def _expect(self, in_order: bool) -> None:
        """A gap is a broken promise: what we know is worth nothing, and the next connection begins with a snapshot."""
        if not in_order:
            self.epoch = ""
            raise NotAStream("a gap in the numbers of the status stream")
