"""The OFD client against a real loopback OFD, good or bad."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import count

import httpx
import pytest
import trio
from trio.testing import MockClock

from drivers.emulators.ofd import EmulatedOfd, make_app
from drivers.http_link import SLOWER, InOnePiece
from drivers.ofd import Accepted, OfdClient, OfdRefused, OfdUnreachable
from drivers.web import bind, url
from protocols.link_policy import BulkheadPolicy
from tests.serving import read_until, send_until_broken, served

DELIVERY = {"fn": "9999078900000001", "fd": "1", "fp": "1234567890", "total": Decimal("301.00")}
KEY = "secret-key"

Answering = Callable[[trio.SocketStream], Awaitable[None]]


@asynccontextmanager
async def answering(handler: Answering, *, within: float = 5.0) -> AsyncIterator[OfdClient]:
    """A client whose OFD is `handler`, called for each connection."""
    with bind("127.0.0.1", 0) as listener:
        async with trio.open_nursery() as nursery:
            accepting = trio.SocketListener(trio.socket.from_stdlib_socket(listener.dup()))
            await nursery.start(partial(trio.serve_listeners, handler, [accepting]))
            async with OfdClient(url(listener), KEY, within) as client:
                yield client
            nursery.cancel_scope.cancel()


def saying(status: int, body: bytes = b"{}", *, then: bytes = b"") -> Answering:
    async def answer(stream: trio.SocketStream) -> None:
        await read_until(stream, b"\r\n\r\n")
        await stream.send_all(b"HTTP/1.1 %d Said\r\nContent-Length: %d\r\n%b\r\n" % (status, len(body), then) + body)

    return answer


async def silent(stream: trio.SocketStream) -> None:
    await trio.sleep_forever()


async def dripping(stream: trio.SocketStream) -> None:
    """An answer that never ends, each byte of it in time."""
    await stream.send_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        await stream.send_all(b" ")
        await trio.sleep(0.01)


async def hanging_up(stream: trio.SocketStream) -> None:
    await read_until(stream, b"\r\n\r\n")


async def babbling(stream: trio.SocketStream) -> None:
    await read_until(stream, b"\r\n\r\n")
    await stream.send_all(b"\0\0\0 this is no HTTP \r\n\r\n")


async def endless(stream: trio.SocketStream) -> None:
    await read_until(stream, b"\r\n\r\n")
    await stream.send_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    await send_until_broken(stream, b" " * 1_000_000)


async def test_delivered_receipt_has_its_id() -> None:
    async with served(make_app()) as site, OfdClient(site.url, KEY, 5.0) as client:
        assert await client.deliver(DELIVERY) == Accepted("OFD-000001")
        assert await client.deliver(DELIVERY) == Accepted("OFD-000001")
        assert await client.deliver({**DELIVERY, "fd": "2"}) == Accepted("OFD-000002")


async def test_sums_and_times_travel_as_they_are() -> None:
    ofd = EmulatedOfd()
    async with served(make_app(ofd)) as site, OfdClient(site.url, KEY, 5.0) as client:
        await client.deliver({**DELIVERY, "fiscal_datetime": datetime(2026, 11, 20, 12, tzinfo=UTC)})

    (taken,) = ofd.listed(after=0)
    assert b'"total":301.00' in bytes(taken.receipt)
    assert b'"fiscal_datetime":"2026-11-20T12:00:00Z"' in bytes(taken.receipt)


async def test_key_goes_in_the_header_and_nowhere_else() -> None:
    heads = list[bytes]()

    async def record(stream: trio.SocketStream) -> None:
        heads.append(await read_until(stream, b"\r\n\r\n"))

    async with answering(record) as client:
        with pytest.raises(OfdUnreachable) as unreachable:
            await client.deliver(DELIVERY)

        assert b"authorization: bearer secret-key\r\n" in heads[0].lower()
        assert KEY not in f"{client!r}{vars(client)!r}{unreachable.value!r}"


def test_key_that_no_header_can_carry_is_refused_unseen() -> None:
    with pytest.raises(ValueError, match="API key") as refused:
        OfdClient("http://127.0.0.1:1", "secret\r\nX: y", 5.0)

    assert "secret" not in str(refused.value)


async def test_without_a_key_no_authorization_is_claimed() -> None:
    async with served(make_app()) as site, OfdClient(site.url, "", 5.0) as client:
        assert await client.deliver(DELIVERY) == Accepted("OFD-000001")


@pytest.mark.parametrize("status", [400, 402, 409, 410, 413, 415, 422])
async def test_answer_about_the_receipt_is_a_refusal(status: int) -> None:
    body = '{"code": "BAD_SUM", "message": "Сумма не сходится", "details": {}}'.encode()
    async with answering(saying(status, body)) as client:
        with pytest.raises(OfdRefused, match=rf"^answer {status} BAD_SUM: Сумма не сходится$"):
            await client.deliver(DELIVERY)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"status": "accepted"}',
        b'{"status": "accepted", "ofd_id": ""}',
        b'{"status": "accepted", "ofd_id": 7}',
        b'{"status": "queued", "ofd_id": "OFD-1"}',
        b'{"deep": ' + b"[" * 100_000,
    ],
)
async def test_malformed_acceptance_is_a_refusal(body: bytes) -> None:
    async with answering(saying(200, body)) as client:
        with pytest.raises(OfdRefused, match="malformed answer 200"):
            await client.deliver(DELIVERY)


@pytest.mark.parametrize("status", [401, 422, 503])
async def test_an_ofd_that_repeats_our_key_or_the_buyers_contact_brings_neither_into_a_log(status: int) -> None:
    said = b'{"code": "BAD", "message": "key secret-key, buyer anna@example.com"}'
    async with answering(saying(status, said)) as client:
        with pytest.raises((OfdRefused, OfdUnreachable), match=rf"^answer {status} BAD: key \*\*\*, buyer \*\*\*$"):
            await client.deliver({**DELIVERY, "customer_contact": "anna@example.com"})


class Slow(httpx.AsyncBaseTransport):
    """Accepts everything, after five seconds."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await trio.sleep(5.0)
        return httpx.Response(200, stream=InOnePiece(b'{"status": "accepted", "ofd_id": "1"}'))


class Sticky(httpx.AsyncBaseTransport):
    """Accepts everything with a cookie of a new name each time; `returned`: cookies that came back."""

    def __init__(self) -> None:
        self.returned: list[str | None] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.returned.append(request.headers.get("Cookie"))
        body = InOnePiece(b'{"status": "accepted", "ofd_id": "1"}')
        return httpx.Response(200, headers={"Set-Cookie": f"node{len(self.returned)}=a; Path=/"}, stream=body)


async def test_cookies_are_not_kept() -> None:
    ofd = Sticky()
    async with OfdClient("http://ofd.test", KEY, 5.0, transport=ofd) as client:
        for _ in range(3):
            await client.deliver(DELIVERY)

    assert ofd.returned == [None, None, None]


async def test_as_many_calls_as_a_link_may_let_out_are_under_way_at_once(autojump_clock: MockClock) -> None:
    most = next(limit.le for limit in BulkheadPolicy.model_fields["in_flight"].metadata if hasattr(limit, "le"))
    async with OfdClient("http://ofd.test", KEY, 6.0, transport=Slow()) as client, trio.open_nursery() as nursery:
        for _ in range(most):
            nursery.start_soon(client.deliver, DELIVERY)

    assert trio.current_time() == 5.0


@pytest.mark.parametrize("status", [301, 401, 403, 404, 408, 425, 429, 500, 502, 503, 504])
async def test_answer_that_is_not_about_the_receipt_counts_as_none(status: int) -> None:
    async with answering(saying(status, b"<html>", then=b"Location: /elsewhere\r\n")) as client:
        with pytest.raises(OfdUnreachable, match=rf"^answer {status}$"):
            await client.deliver(DELIVERY)


@pytest.mark.parametrize(("said", "pause"), [(b"", SLOWER), (b"Retry-After: 2\r\n", 2.0), (b"Retry-After: 0\r\n", 0.0)])
async def test_who_finds_us_too_fast_is_given_time_though_it_does_not_say_how_much(said: bytes, pause: float) -> None:
    async with answering(saying(429, then=said)) as client:
        with pytest.raises(OfdUnreachable) as refused:
            await client.deliver(DELIVERY)

    assert (refused.value.pause, refused.value.blames_link) == (pause, False)


@pytest.mark.parametrize("handler", [hanging_up, babbling, endless])
async def test_broken_link_is_unreachable(handler: Answering) -> None:
    async with answering(handler) as client:
        with pytest.raises(OfdUnreachable):
            await client.deliver(DELIVERY)


@pytest.mark.parametrize("handler", [silent, dripping])
async def test_deadline_is_for_the_whole_delivery(handler: Answering) -> None:
    async with answering(handler, within=0.3) as client:
        began = trio.current_time()
        with pytest.raises(OfdUnreachable, match=r"no answer within 0\.3 s"):
            await client.deliver(DELIVERY)

        assert 0.3 <= trio.current_time() - began < 10


async def test_nobody_listening_is_unreachable() -> None:
    with bind("127.0.0.1", 0) as listener:
        nobody = url(listener)

    async with OfdClient(nobody, KEY, 5.0) as client:
        with pytest.raises(OfdUnreachable):
            await client.deliver(DELIVERY)


async def test_https_to_a_plain_port_is_unreachable() -> None:
    async with served(make_app()) as site, OfdClient(site.url.replace("http:", "https:"), KEY, 5.0) as client:
        with pytest.raises(OfdUnreachable):
            await client.deliver(DELIVERY)


async def test_answer_that_comes_twice_is_not_taken_for_that_to_the_next_receipt() -> None:
    numbers = count(1)

    async def answer_twice(stream: trio.SocketStream) -> None:
        with suppress(trio.BrokenResourceError, EOFError):
            for number in numbers:
                await read_until(stream, b"}")
                body = b'{"status": "accepted", "ofd_id": "OFD-%d"}' % number
                await stream.send_all(2 * (b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body))

    async with answering(answer_twice) as client:
        accepted = [await client.deliver({**DELIVERY, "fd": fd}) for fd in ("1", "2", "3")]

    assert len(set(accepted)) == 3


async def test_lost_answer_may_be_asked_for_again() -> None:
    ofd = EmulatedOfd()
    ofd.conduct.change({"drop_answer_every": 1})
    async with served(make_app(ofd)) as site, OfdClient(site.url, KEY, 5.0) as client:
        with pytest.raises(OfdUnreachable):
            await client.deliver(DELIVERY)
        ofd.conduct.change({"drop_answer_every": 0})

        assert await client.deliver(DELIVERY) == Accepted("OFD-000001")
        assert ofd.taken == 1


async def test_cancelled_deliveries_leave_no_place_taken() -> None:
    ofd = EmulatedOfd()
    ofd.conduct.change({"latency_ms": 50})
    async with served(make_app(ofd)) as site, OfdClient(site.url, KEY, 5.0) as client:
        for _ in range(5):
            with trio.move_on_after(0.02):
                async with trio.open_nursery() as nursery:
                    for fd in range(40):
                        nursery.start_soon(client.deliver, {**DELIVERY, "fd": str(fd)})
        ofd.conduct.reset()

        with trio.fail_after(30):
            async with trio.open_nursery() as nursery:
                for fd in range(40):
                    nursery.start_soon(client.deliver, {**DELIVERY, "fd": str(fd)})
    assert ofd.taken == 40
