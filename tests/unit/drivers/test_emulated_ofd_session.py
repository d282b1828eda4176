"""The emulated OFD over the session protocol: each document once, an answer to each, and misbehaviour as ordered."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import trio

from drivers.emulators.fiscal.ofd_signs import answer_sign
from drivers.emulators.ofd import EmulatedOfd, make_app
from drivers.emulators.ofd_documents import REMEMBERED, Documents
from drivers.emulators.ofd_session import TALK_WITHIN, serve
from drivers.web import SocketEntrance, bind
from protocols.ffd.tlv import Tlv, encode
from protocols.ofd import confirmation, session
from protocols.ofd.container import Container, NotAContainer, decode
from tests.serving import read_all, served

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FN = "9999000000000001"
SIGN = b"\x81\x06abcdef"


def document(fd: int = 1, *, sign: bytes = SIGN, inside: int | None = None) -> session.Message:
    """A receipt as a drive would send it; `inside` is the number that the document itself tells."""
    tags = (Tlv(1041, FN), Tlv(1040, fd if inside is None else inside), Tlv(1077, b"\x21\x04\x00\x00\x30\x39"))
    return session.message(FN, Container(3, FN, fd, encode([Tlv(3, tags)]) + sign + b"\0\0").encode())


def answer_in(data: bytes) -> confirmation.Confirmation:
    return confirmation.read(decode(session.decode(data).body))


@dataclass
class Site:
    http: httpx.AsyncClient
    port: int

    async def send(self, *messages: session.Message) -> bytes:
        """All that comes back on one connection."""
        async with await trio.open_tcp_stream("127.0.0.1", self.port) as stream:
            for message in messages:
                await stream.send_all(message.encode())
            await stream.send_eof()
            return await read_all(stream)

    async def ask(self, message: session.Message) -> confirmation.Confirmation:
        return answer_in(await self.send(message))

    async def behave(self, **wanted: Any) -> None:
        (await self.http.post("/ofd/v1/_test/behave", json=wanted)).raise_for_status()

    async def listed(self, after: int = 0) -> dict[str, Any]:
        return dict((await self.http.get(f"/ofd/v1/_test/documents?after={after}")).json())


@asynccontextmanager
async def both_sides(known: EmulatedOfd) -> AsyncIterator[Site]:
    with bind("127.0.0.1", 0) as listener:
        async with (
            served(make_app(known)) as http,
            httpx.AsyncClient(base_url=http.url) as client,
            trio.open_nursery() as nursery,
        ):
            await nursery.start(serve, known, SocketEntrance(listener).listen())
            yield Site(client, listener.getsockname()[1])
            nursery.cancel_scope.cancel()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with both_sides(EmulatedOfd(now=lambda: NOON)) as site:
        yield site


async def test_a_document_is_answered_with_a_signed_confirmation_and_listed(site: Site) -> None:
    message = document(7)

    told = await site.ask(message)

    assert (told.fn, told.fd, told.received_at, told.code) == (FN, 7, NOON, 0)
    assert told.sign == answer_sign(FN, 7, 0, NOON, SIGN)
    assert await site.listed() == {
        "documents": [
            {
                "number": 1,
                "received_at": "2026-11-20T12:00:00Z",
                "fn": FN,
                "fd": 7,
                "kind": 3,
                "fp": "0000012345",
                "code": 0,
                "message": message.encode().hex(),
            }
        ],
        "total": 1,
        "duplicates": 0,
    }


async def test_a_document_that_comes_again_is_listed_once_and_answered_the_same(site: Site) -> None:
    first, again = [await site.send(document(7)) for _ in range(2)]

    assert first == again
    listing = await site.listed()
    assert (len(listing["documents"]), listing["total"], listing["duplicates"]) == (1, 1, 1)


async def test_several_on_one_connection_are_answered_in_turn(site: Site) -> None:
    came = await site.send(document(1), document(2))

    decoder = session.MessageDecoder()
    answers = [decoder.feed(came), decoder.feed(b"")]
    assert [answer_in(each.encode()).fd for each in answers if each] == [1, 2]
    assert [each["fd"] for each in (await site.listed(1))["documents"]] == [2]


@pytest.mark.parametrize("other", [document(7, sign=b"\x81\x06ABCDEF"), document(8, inside=7)], ids=["sign", "number"])
async def test_what_contradicts_what_is_known_or_itself_is_not_recognised(site: Site, other: session.Message) -> None:
    await site.ask(document(7))

    told = await site.ask(other)

    assert (told.code, told.accepted) == (11, False)
    assert (await site.listed())["total"] == 1


async def test_what_cannot_be_read_is_not_recognised_and_not_kept(site: Site) -> None:
    sealed = session.message(FN, Container(3, FN, 9, b"\xff" * 40).encode())

    assert (await site.ask(sealed)).code == 11
    assert (await site.listed())["total"] == 0


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\n\r\n", document().encode()[:100], b""])
async def test_what_is_no_message_is_hung_up_on(site: Site, sent: bytes) -> None:
    async with await trio.open_tcp_stream("127.0.0.1", site.port) as stream:
        await stream.send_all(sent)
        await stream.send_eof()
        assert await read_all(stream) in (b"", b"(reset)")


async def test_a_message_without_a_container_is_hung_up_on(site: Site) -> None:
    assert await site.send(session.message(FN, b"")) == b""
    with pytest.raises(NotAContainer):
        Documents(lambda: NOON).take(session.message(FN, b""))


async def test_nothing_is_said_to_who_wants_no_answer(site: Site) -> None:
    quiet = session.message(FN, document(7).body, session.Flags.CONTAINER)

    assert await site.send(quiet) == b""
    assert (await site.listed())["total"] == 1


async def test_orders_are_obeyed(site: Site) -> None:
    await site.behave(fail_next=1)
    assert await site.send(document(1)) == b""
    assert (await site.listed())["total"] == 0
    await site.behave(drop_answer_every=1)
    assert await site.send(document(1)) == b""
    assert (await site.listed())["total"] == 1
    await site.behave(drop_answer_every=0, refuse_next=1)
    assert (await site.ask(document(2))).code == 14
    assert (await site.ask(document(2))).code == 14
    assert [each["code"] for each in (await site.listed())["documents"]] == [0, 14]
    await site.behave(down=True)
    assert await site.send(document(3)) == b""
    await site.http.post("/ofd/v1/_test/reset")
    assert (await site.listed())["total"] == 0
    assert (await site.ask(document(3))).code == 0


class Listening(trio.abc.Listener[Any]):
    """Accepts one connection."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        self._streams = [stream]

    async def accept(self) -> trio.abc.Stream:
        if not self._streams:
            await trio.sleep_forever()
        return self._streams.pop()

    async def aclose(self) -> None:
        await trio.lowlevel.checkpoint()


async def test_latency_is_spent_before_the_work(autojump_clock: trio.testing.MockClock) -> None:
    known = EmulatedOfd(now=lambda: NOON)
    known.conduct.change({"latency_ms": 60_000})
    ours, theirs = trio.testing.memory_stream_pair()
    async with trio.open_nursery() as nursery:
        await nursery.start(serve, known, Listening(theirs))
        await ours.send_all(document(1).encode())
        told = session.MessageDecoder()
        while told.feed(bytes(await ours.receive_some())) is None:
            pass
        assert trio.current_time() == 60
        nursery.cancel_scope.cancel()


async def test_a_drive_that_says_nothing_is_hung_up_on_in_the_end(autojump_clock: trio.testing.MockClock) -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    async with trio.open_nursery() as nursery:
        await nursery.start(serve, EmulatedOfd(), Listening(theirs))
        await ours.send_all(document(1).encode()[:-1])
        assert await ours.receive_some() == b""
        assert trio.current_time() == TALK_WITHIN
        nursery.cancel_scope.cancel()


def test_what_is_remembered_is_bounded() -> None:
    known = Documents(lambda: NOON, listed=3)
    for fd in range(1, REMEMBERED + 2):
        known.take(document(fd))

    assert [each.fd for each in known.listed(0)] == [REMEMBERED - 1, REMEMBERED, REMEMBERED + 1]
    known.take(document(1))
    known.take(document(REMEMBERED))
    assert (known.taken, known.duplicates) == (REMEMBERED + 2, 1)
