"""The client of the status stream against the real facade, over a wire that breaks."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
import trio
import trustme
from quart import websocket
from quart_trio import QuartTrio

from drivers.status_client import BadAuthority, BadToken, StatusClient, trusting
from protocols.followed import Contact, Followed, Trouble, Why
from protocols.gateway_address import GatewayAddress
from tests.fakes.gallery import Gallery, gallery
from tests.fakes.relay import Relay, relay
from tests.serving import Site, served


class Told:
    """What is known of a gateway, and a way to wait for it."""

    def __init__(self) -> None:
        self.followed = Followed("shop")
        self.contacts: list[Contact] = []
        self._changed = trio.Event()

    def changed(self) -> None:
        self.contacts.append(self.followed.contact)
        self._changed.set()
        self._changed = trio.Event()

    async def until(self, check: Callable[[Followed], bool]) -> None:
        with trio.fail_after(15):
            while not check(self.followed):
                await self._changed.wait()


def client(address: str, token: str = "", authority: Path | None = None) -> StatusClient:
    return StatusClient(GatewayAddress.of(address), token, trusting(authority))


@asynccontextmanager
async def wired(site: Site, tls: ssl.SSLContext | None = None) -> AsyncIterator[Relay]:
    host, port = site.listener.getsockname()
    async with relay(host, port, tls) as wire:
        yield wire


@asynccontextmanager
async def followed(shop: Gallery, wire: Relay) -> AsyncIterator[Told]:
    told = Told()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(client(wire.address).follow, told.followed, told.changed, Random(1))
        await told.until(lambda known: known.contact is Contact.FOLLOWED)
        yield told
        nursery.cancel_scope.cancel()


async def test_over_a_cut_connection_the_client_goes_on_where_it_was_and_misses_nothing(tmp_path: Path) -> None:
    async with gallery(tmp_path) as shop, wired(shop.site) as wire, followed(shop, wire) as told:
        first = told.followed.number
        for lost in range(1, 4):
            shop.announce("a", {"before": lost})
            wire.cut()
            await told.until(lambda known: known.contact is Contact.LOST)
            shop.announce("a", {"meanwhile": lost})
            await told.until(lambda known, lost=lost: known.components.get("a") == {"meanwhile": lost})  # type: ignore[misc]

    assert (told.followed.number, told.followed.missed) == (first + 6, 0)
    assert wire.taken.count(b"?after=") == 3


async def test_a_connection_that_went_silent_is_known_to_be_lost_within_five_seconds(tmp_path: Path) -> None:
    async with gallery(tmp_path) as shop, wired(shop.site) as wire, followed(shop, wire) as told:
        wire.silent = True
        silent_since = trio.current_time()
        await told.until(lambda known: known.contact is Contact.LOST)
        took = trio.current_time() - silent_since
        trouble = told.followed.trouble
        wire.silent = False
        await told.until(lambda known: known.contact is Contact.FOLLOWED)

    assert took < 5
    assert trouble == Trouble(Why.SILENT)


async def test_a_quiet_gateway_is_not_taken_for_a_lost_one(tmp_path: Path) -> None:
    async with gallery(tmp_path) as shop, wired(shop.site) as wire, followed(shop, wire) as told:
        await trio.sleep(5.5)

    assert set(told.contacts) == {Contact.FOLLOWED}


async def test_a_gateway_that_stops_says_so(tmp_path: Path) -> None:
    async with gallery(tmp_path) as shop, wired(shop.site) as wire, followed(shop, wire) as told:
        shop.stopping.set()
        await told.until(lambda known: known.contact is Contact.LOST)

        assert told.followed.trouble == Trouble(Why.ENDED, "1001 the gateway is stopping")


async def test_nobody_there_is_said_in_a_sentence() -> None:
    known = Followed("shop")

    await client("127.0.0.1:1").follow_once(known, lambda: None)

    assert known.contact is Contact.LOST
    assert known.trouble is not None
    assert known.trouble.why is Why.UNREACHABLE


def guarded() -> QuartTrio:
    """Streams to who has the token, ends soon with 4401, and talks nonsense to who has another."""
    app = QuartTrio("guarded")

    @app.websocket("/v1/status/stream")
    async def stream() -> tuple[str, int] | None:
        match websocket.headers.get("Authorization"):
            case "Bearer right":
                await websocket.close(4401, "the token has expired")
            case "Bearer odd":
                await websocket.send("{}")
                await trio.sleep_forever()
            case _:
                return "who are you", 401
        return None

    @app.before_websocket
    async def accept() -> None:
        if "Authorization" in websocket.headers:
            await websocket.accept()

    return app


@pytest.mark.parametrize(
    ("token", "contact", "trouble"),
    [
        ("", Contact.REFUSED, Trouble(Why.ANSWERED, "HTTP 401")),
        ("right", Contact.REFUSED, Trouble(Why.ENDED, "4401 the token has expired")),
        ("odd", Contact.LOST, Trouble(Why.GARBLED, "not a message of the status stream: {}")),
    ],
)
async def test_the_token_says_who_we_are_and_a_refusal_is_no_lost_connection(
    token: str, contact: Contact, trouble: Trouble
) -> None:
    known = Followed("shop")
    async with served(guarded()) as site:
        await client(site.url, token).follow_once(known, lambda: None)

    assert (known.contact, known.trouble) == (contact, trouble)


async def test_over_tls_only_a_gateway_whose_certificate_is_signed_by_the_authority_is_believed(tmp_path: Path) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    known, believed = Followed("shop"), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(believed))
    contacts = []
    async with gallery(tmp_path) as shop:
        for signed_by in (authority, stranger):
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            signed_by.issue_cert("localhost").configure_cert(tls)
            async with wired(shop.site, tls) as wire:
                with trio.move_on_after(5) as enough:
                    await client(f"https://{wire.address}", "", believed).follow_once(known, enough.cancel)
            contacts.append(known.contact)

    assert contacts == [Contact.FOLLOWED, Contact.LOST]
    assert known.trouble is not None
    assert "certificate verify failed" in known.trouble.detail


def test_a_file_without_a_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")

    for name in ("ca.pem", "nowhere.pem"):
        with pytest.raises(BadAuthority, match=name):
            trusting(tmp_path / name)


@pytest.mark.parametrize(
    "said", [b"\x15\x03\x03\x00\x02\x02\x28", b"SSH-2.0-OpenSSH_9\r\n\r\n", b"HTTP/1.1 101 X\r\n\r\n"]
)
async def test_what_talks_something_else_is_told_and_ends_nothing(said: bytes) -> None:
    """Such as a port of TLS that was called without."""
    known = Followed("shop")

    async def talk(stream: trio.SocketStream) -> None:
        await stream.receive_some()
        await stream.send_all(said)

    async with trio.open_nursery() as nursery:
        (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
        nursery.start_soon(trio.serve_listeners, talk, [listener])
        await client(f"127.0.0.1:{listener.socket.getsockname()[1]}").follow_once(known, lambda: None)
        nursery.cancel_scope.cancel()

    assert (known.contact, known.trouble) == (Contact.LOST, Trouble(Why.GARBLED, "no HTTP"))


def test_the_token_is_not_shown() -> None:
    assert "secret" not in repr(client("shop", "secret"))


@pytest.mark.parametrize("token", ["secret\n", "secret\r\nX: y", "secret ", "ключ secret", "secret\x1b"])
def test_a_token_that_no_header_carries_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(BadToken) as refused:
        client("shop", token)

    assert "secret" not in str(refused.value)
