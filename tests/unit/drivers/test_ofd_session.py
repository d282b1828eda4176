"""One message to the OFD and its answer: whole, cut anywhere, silent, or no answer at all."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest
import trio
from trio.testing import memory_stream_pair

from drivers.errors import LinkLost, LinkSilent
from drivers.ofd_session import OfdSession
from protocols.ofd import session

MESSAGE = session.message("9999078900005488", b"document").encode()
ANSWER = session.message("9999078900005488", b"confirmation")
Peer = Callable[[trio.abc.Stream], Awaitable[None]]


class Ofd:
    """The far side: `peer` is what it does with a connection."""

    def __init__(self, nursery: trio.Nursery, peer: Peer) -> None:
        self._nursery, self._peer = nursery, peer
        self.heard = bytearray()
        self.dialled: list[tuple[str, int]] = []
        self.near: list[trio.abc.Stream] = []

    async def dial(self, host: str, port: int) -> trio.abc.Stream:
        self.dialled.append((host, port))
        near, far = memory_stream_pair()
        self.near.append(near)
        self._nursery.start_soon(self._peer, far)
        await trio.lowlevel.checkpoint()
        return near

    def session(self, timeout: float = 10.0) -> OfdSession:
        return OfdSession("ofd.example", 7777, timeout, self.dial)


async def hear(stream: trio.abc.Stream) -> bytes:
    """The whole message."""
    decoder = session.MessageDecoder()
    while (found := decoder.feed(bytes(await stream.receive_some()))) is None:
        pass
    return found.encode()


def saying(*pieces: bytes, pause: float = 0.0) -> Peer:
    async def peer(stream: trio.abc.Stream) -> None:
        assert await hear(stream) == MESSAGE
        with suppress(trio.BrokenResourceError):  # it has heard enough
            for piece in pieces:
                await trio.sleep(pause)
                await stream.send_all(piece)
        await stream.aclose()

    return peer


async def test_the_answer_is_brought_back_and_the_connection_closed(nursery: trio.Nursery) -> None:
    ofd = Ofd(nursery, saying(ANSWER.encode()))

    assert await ofd.session().exchange(MESSAGE) == ANSWER
    assert ofd.dialled == [("ofd.example", 7777)]
    with pytest.raises(trio.ClosedResourceError):
        await ofd.near[0].send_all(b"more")


async def test_it_may_come_byte_by_byte_and_with_more_behind_it(nursery: trio.Nursery) -> None:
    slow = saying(*(bytes([byte]) for byte in ANSWER.encode()), b"more")

    assert await Ofd(nursery, slow).session().exchange(MESSAGE) == ANSWER


@pytest.mark.parametrize("length", range(len(ANSWER.encode())))
async def test_an_answer_cut_at_any_byte_is_a_lost_link(nursery: trio.Nursery, length: int) -> None:
    ofd = Ofd(nursery, saying(ANSWER.encode()[:length]))

    with pytest.raises(LinkLost, match=f"hung up after {length} bytes"):
        await ofd.session().exchange(MESSAGE)


async def test_silence_ends_at_the_timeout_whole_however_it_drips(
    nursery: trio.Nursery, autojump_clock: trio.testing.MockClock
) -> None:
    dripping = saying(*[bytes([byte]) for byte in ANSWER.encode()], pause=1.0)

    with pytest.raises(LinkSilent, match=r"ofd\.example:7777: no answer within 10 s"):
        await Ofd(nursery, dripping).session().exchange(MESSAGE)

    assert trio.current_time() == 10


async def test_a_stranger_is_no_ofd(nursery: trio.Nursery) -> None:
    with pytest.raises(session.NotAMessage, match="signature"):
        await Ofd(nursery, saying(b"HTTP/1.1 400")).session().exchange(MESSAGE)


async def test_nobody_there_is_a_lost_link() -> None:
    async def refused(host: str, port: int) -> trio.abc.Stream:
        await trio.lowlevel.checkpoint()
        raise ConnectionRefusedError("nobody listens")

    with pytest.raises(LinkLost, match="nobody listens"):
        await OfdSession("ofd.example", 7777, 10.0, refused).exchange(MESSAGE)


async def test_who_hangs_up_before_the_message_is_a_lost_link(nursery: trio.Nursery) -> None:
    async def gone(stream: trio.abc.Stream) -> None:
        await trio.aclose_forcefully(stream)

    with pytest.raises(LinkLost):
        await Ofd(nursery, gone).session().exchange(MESSAGE)


async def test_a_dialling_that_takes_for_ever_ends_at_the_timeout(autojump_clock: trio.testing.MockClock) -> None:
    async def never(host: str, port: int) -> trio.abc.Stream:
        await trio.sleep_forever()
        raise AssertionError

    with pytest.raises(LinkSilent):
        await OfdSession("ofd.example", 7777, 3.0, never).exchange(MESSAGE)

    assert trio.current_time() == 3
