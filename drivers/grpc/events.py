"""What a client's bytes mean for its calls, each of which is an HTTP/2 stream."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from protocols.grpc.statuses import Code


@dataclass(frozen=True)
class CallBegun:
    """`path`: /package.Service/Method. `metadata` by name; the first of a name counts. `within`: seconds it has."""

    stream_id: int
    path: str
    metadata: Mapping[str, str] = field(repr=False)
    within: float | None


@dataclass(frozen=True)
class MessageTold:
    stream_id: int
    message: bytes = field(repr=False)


@dataclass(frozen=True)
class RequestEnded:
    stream_id: int


@dataclass(frozen=True)
class RoomMade:
    """More of the answer may be sent; 0: perhaps of all answers."""

    stream_id: int


@dataclass(frozen=True)
class CallRefused:
    """The call ends here, with this status."""

    stream_id: int
    code: Code
    message: str


@dataclass(frozen=True)
class CallReset:
    """The client does not want the answer any more."""

    stream_id: int


Event = CallBegun | MessageTold | RequestEnded | RoomMade | CallRefused | CallReset
