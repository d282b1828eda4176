"""One connection's side of HTTP/2 and gRPC, without any I/O: purerpc's, within bounds.

What is different from purerpc 0.8 (`purerpc/grpclib/connection.py`), and why:

- a call whose head is no gRPC's, or whose message is too large or compressed, ends alone; there an exception ended the
  connection with every call on it, and what was compressed was unpacked without a bound;
- what is received and not yet worth a message is bounded for the whole connection; there by a gigabyte;
- frames are no longer than HTTP/2's default, and that is seen at their head; there 16 MB;
- a client that takes its call back is heard; there the call went on.
"""

from typing import Any

import h2.connection
import h2.events
import h2.exceptions
import h2.settings
from h2.errors import ErrorCodes
from h2.settings import SettingCodes
from hyperframe.frame import GoAwayFrame

from drivers.grpc.events import CallBegun, CallRefused, CallReset, Event, MessageTold, RequestEnded, RoomMade
from drivers.grpc.limits import Limits
from protocols.grpc.statuses import Code, Metadata, short

# h2 gave the event another name in 4.0, which purerpc 0.8 does not know
h2.events.PingAcknowledged = h2.events.PingAckReceived  # type: ignore[attr-defined]

from purerpc.grpclib.config import GRPCConfiguration  # noqa: E402  after that
from purerpc.grpclib.connection import GRPCConnection  # noqa: E402
from purerpc.grpclib.exceptions import GRPCError, MessageTooLargeError  # noqa: E402
from purerpc.grpclib.status import Status  # noqa: E402

FIRST_WINDOW = 65_535  # bytes; of a connection, as HTTP/2 begins
FRAME_SIZE = 16 * 1024  # bytes; of one frame
HEADERS_SIZE = 16 * 1024  # bytes; of a head, unpacked
RARE = 10  # settings, say: two thousand a second of each of sixteen clients held up a sale for 2 s
COSTS = {h2.events.WindowUpdated: 4, h2.events.StreamReset: 4}  # good clients make room, and give up some calls
ANSWER = -16  # which good clients ask for with an empty frame, and make room for twice or thrice
PLAIN = (None, "identity")
IN_CALLS = (h2.events.RequestReceived, h2.events.DataReceived, h2.events.StreamEnded)
WRONG_HEAD = (GRPCError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError)
"""What purerpc raises where a head is not as it expects."""


class Conversation(GRPCConnection):  # type: ignore[misc]  # purerpc has no types
    """`receive_data` gives Events. It raises for a connection that is beyond help; `data_to_send` may say why.

    `others`: how many frames have come so far that bring no call further; those that are seldom needed count for more,
    and each answer makes up for some.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held: dict[int, int] = {}  # bytes of each call that have come and are not given back yet
        self.others = 0
        super().__init__(GRPCConfiguration(client_side=False, max_message_length=limits.message_size))

    def _set_h2_connection_local_settings(self) -> None:
        connection, limits = self.h2_connection, self._limits
        connection.local_settings = h2.settings.Settings(
            client=False,
            initial_values={
                SettingCodes.MAX_CONCURRENT_STREAMS: limits.calls,
                SettingCodes.INITIAL_WINDOW_SIZE: limits.message_size + FIRST_WINDOW,
                SettingCodes.MAX_FRAME_SIZE: FRAME_SIZE,
                SettingCodes.MAX_HEADER_LIST_SIZE: HEADERS_SIZE,
            },
        )
        connection.max_inbound_frame_size = FRAME_SIZE
        connection.decoder.max_header_list_size = HEADERS_SIZE

    def initiate_connection(self) -> None:
        self.h2_connection.initiate_connection()
        self.h2_connection.increment_flow_control_window(self._limits.window - FIRST_WINDOW)

    def receive_data(self, data: bytes) -> list[Event]:
        found: list[Event] = []
        for event in self.h2_connection.receive_data(data):
            if not isinstance(event, IN_CALLS):
                self.others += COSTS.get(type(event), RARE)
            found += self._take(event)
        self._check_frame_length()
        return found

    def _check_frame_length(self) -> None:
        """h2 refuses a frame that is too long once it has all 16 MB of it."""
        begun = self.h2_connection.incoming_buffer._data  # there is no public way to it
        length = int.from_bytes(begun[:3], "big")
        if length > self.h2_connection.max_inbound_frame_size:
            raise h2.exceptions.FrameTooLargeError(f"a frame of {length} bytes")

    def _take(self, event: h2.events.Event) -> list[Event]:
        match event:
            case h2.events.RequestReceived(stream_id=int(stream_id)):
                return self._head(stream_id, event)
            case h2.events.DataReceived(stream_id=int(stream_id), flow_controlled_length=int(size)):
                return self._data(stream_id, size, event)
            case h2.events.StreamEnded(stream_id=int(stream_id)):
                return [RequestEnded(stream_id)]
            case h2.events.StreamReset(stream_id=int(stream_id)):
                self.forget(stream_id)
                return [CallReset(stream_id)]
            case h2.events.WindowUpdated(stream_id=int(stream_id)):
                return [RoomMade(stream_id)]
            case h2.events.RemoteSettingsChanged():
                return [RoomMade(0)]
            case _:
                return []

    def _head(self, stream_id: int, event: h2.events.RequestReceived) -> list[Event]:
        if event.stream_ended:
            self._refuse(stream_id, Code.INTERNAL, "A call needs a request.")
            return []
        try:
            (request,) = self._request_received(event)
        except WRONG_HEAD:
            self.others += RARE
            self.reset(stream_id)
            return []
        if request.message_encoding not in PLAIN:
            self.forget(stream_id)
            self._refuse(stream_id, Code.UNIMPLEMENTED, "Requests are taken uncompressed only.")
            return []
        return [_begun(request)]

    def _data(self, stream_id: int, size: int, event: h2.events.DataReceived) -> list[Event]:
        self.others += size == 0
        if stream_id not in self.message_read_buffers:  # its call is over
            self.others += 1
            self.h2_connection.acknowledge_received_data(size, stream_id)
            return []
        self._held[stream_id] = self._held.get(stream_id, 0) + size
        try:
            return [MessageTold(stream_id, bytes(told.data)) for told in self._data_received(event)]
        except MessageTooLargeError:
            self.forget(stream_id)
            text = f"A request may have {self._limits.message_size} bytes."
            return [CallRefused(stream_id, Code.RESOURCE_EXHAUSTED, text)]
        except GRPCError:
            self.forget(stream_id)
            return [CallRefused(stream_id, Code.UNIMPLEMENTED, "Requests are taken uncompressed only.")]

    def send_data(self, stream_id: int, data: bytes) -> None:
        super().send_data(stream_id, data)
        self.others += ANSWER

    def forget(self, stream_id: int) -> None:
        """What has come of this call, and has still to come, is of no interest; the room for it is given back."""
        self.message_read_buffers.pop(stream_id, None)
        held = self._held.pop(stream_id, 0)
        if held:
            self.h2_connection.acknowledge_received_data(held, stream_id)

    def _refuse(self, stream_id: int, code: Code, message: str) -> None:
        self.respond_status(stream_id, Status(code.value, message), "+proto")

    def finish(self, stream_id: int, code: Code, message: str, trailers: Metadata, *, begun: bool) -> None:
        """The last words of a call. `begun`: there were others. Raises h2's ProtocolError if the call is over."""
        status = Status(code.value, short(message))
        if begun:
            self.end_response(stream_id, status, trailers)
        else:
            self.respond_status(stream_id, status, "+proto", trailers)

    def reset(self, stream_id: int, why: ErrorCodes = ErrorCodes.PROTOCOL_ERROR) -> None:
        self.forget(stream_id)
        self.reset_stream(stream_id, why)

    def ping(self) -> None:
        self.h2_connection.ping(b"there?  ")

    def goodbye(self, why: ErrorCodes = ErrorCodes.NO_ERROR) -> bytes:
        """To be sent at the end of all that is sent already: no more calls are taken, those under way go on.

        Not h2's own `close_connection`, which lets nothing be sent after it.
        """
        last = self.h2_connection.highest_inbound_stream_id
        return GoAwayFrame(0, last_stream_id=last, error_code=why).serialize()

    def room(self, stream_id: int) -> int:
        """How many bytes of an answer may be sent now. Raises h2's ProtocolError if the call is over."""
        return int(self.flow_control_window(stream_id))


def _begun(request: Any) -> CallBegun:
    metadata: dict[str, str] = {}
    for name, value in request.custom_metadata:
        if isinstance(value, str):
            metadata.setdefault(name, value)
    within = None if request.timeout is None else request.timeout.total_seconds()
    return CallBegun(request.stream_id, f"/{request.service_name}/{request.method_name}", metadata, within)


def is_wrong(error: Exception) -> bool:
    """Whether it says what a client did wrong, rather than we."""
    known: tuple[Any, ...] = (h2.exceptions.H2Error, GRPCError, UnicodeError)
    return isinstance(error, known)
