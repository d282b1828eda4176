"""The emulated OFD as fiscal drives reach it: the session protocol over TCP, beside its HTTP side.

It misbehaves as it was told over HTTP: a failing call is hung up on, a refused document is answered "control failed".
"""

from typing import Any

import structlog
import trio

from drivers.emulators.behaviour import Fate
from drivers.emulators.ofd import EmulatedOfd
from protocols.errors import ProtocolError
from protocols.ofd.session import Flags, Message, MessageDecoder

log = structlog.get_logger()

TALK_WITHIN = 90.0  # seconds for a whole connection, the longest latency that can be ordered among them
AT_ONCE = 100  # connections; more wait
CHUNK = 4096


async def serve(
    ofd: EmulatedOfd,
    listener: trio.abc.Listener[Any],
    *,
    task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
) -> None:
    """For ever."""
    places = trio.CapacityLimiter(AT_ONCE)

    async def welcome(stream: trio.abc.Stream) -> None:
        async with stream, places:
            await _talk(ofd, stream)

    async with listener, trio.open_nursery() as nursery:
        task_status.started()
        await trio.serve_listeners(welcome, [listener], handler_nursery=nursery)


async def _talk(ofd: EmulatedOfd, stream: trio.abc.Stream) -> None:
    """Message by message, until one is not to be answered or the other side has gone."""
    decoder = MessageDecoder()
    with trio.move_on_after(TALK_WITHIN):
        try:
            while message := await _next(stream, decoder):
                if not await _answer(ofd, stream, message):
                    return
        except ProtocolError as error:
            log.info("ofd_message_not_understood", reason=str(error))
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            return


async def _next(stream: trio.abc.Stream, decoder: MessageDecoder) -> Message | None:
    """None at the end of the stream."""
    data = b""
    while (message := decoder.feed(data)) is None:
        data = bytes(await stream.receive_some(CHUNK))
        if not data:
            return None
    return message


async def _answer(ofd: EmulatedOfd, stream: trio.abc.Stream, message: Message) -> bool:
    """False to hang up."""
    fate = ofd.conduct.meet()
    await trio.sleep(ofd.conduct.behaviour.latency_ms / 1000)
    if fate is Fate.FAIL:
        return False
    answer = ofd.documents.take(message, refuse=fate is Fate.REFUSE)
    if fate is Fate.DROP:
        return False
    if Flags.WANTS_ANSWER in message.flags:
        await stream.send_all(answer.encode())
    return True
