"""One address may not take every place of a server."""

from contextlib import suppress

import pytest
import trio
from structlog.testing import capture_logs

from drivers.web import Limits
from drivers.web.shares import Shares, is_loopback, stranger
from tests.serving import Site, get, read_until, served
from tests.unit.drivers.test_web_server import hello

TILL, OTHER = "192.0.2.7", "192.0.2.8"


def test_an_address_with_its_full_number_is_turned_away_and_another_is_not() -> None:
    shares = Shares(2)

    assert [shares.enter(TILL) for _ in range(3)] == [True, True, False]
    assert shares.enter(OTHER)


def test_one_that_leaves_makes_room_for_the_next_of_its_address() -> None:
    shares = Shares(1)
    shares.enter(TILL)
    assert not shares.enter(TILL)

    shares.leave(TILL)

    assert shares.enter(TILL)


def test_this_computer_has_no_bound() -> None:
    shares = Shares(1)

    assert all(shares.enter(None) for _ in range(100))


def test_a_flood_is_told_once_until_it_ebbs() -> None:
    shares = Shares(4)
    with capture_logs() as logs:
        for left in (1, 1, 4, 1):
            while shares.enter(TILL):
                pass
            for _ in range(left):
                shares.leave(TILL)

    assert [(entry["event"], entry["address"]) for entry in logs] == [("address_turned_away", TILL)] * 2


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_known_in_every_spelling(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["192.168.1.5", "fe80::1%eth0", "::ffff:192.0.2.7", "2001:db8::1"])
def test_what_comes_from_elsewhere_is_no_loopback(host: str) -> None:
    assert not is_loopback(host)


async def test_a_client_of_this_computer_is_no_stranger() -> None:
    async with served(hello()) as site, await site.dial() as stream:
        assert stranger(stream) is None


async def test_one_address_holds_its_share_of_the_places_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.web.door.stranger", lambda stream: TILL)
    async with served(hello(), limits=Limits(connections=8, connections_of_one=2)) as site:
        held = [await site.dial() for _ in range(2)]
        for stream in held:
            await stream.send_all(b"GET / HTTP/1.1\r\nHost: till\r\n\r\n")
            await read_until(stream, b"well")

        refused = [await _answer(site) for _ in range(20)]
        for stream in held:
            await stream.aclose()
        with trio.fail_after(8):
            while not (await _answer(site)).endswith(b"well"):
                pass

    assert set(refused) <= {b"", b"(reset)"}


async def _answer(site: Site) -> bytes:
    """Empty if there is none: the connection may be cut before the question is out."""
    with suppress(trio.BrokenResourceError):
        return await get(site)
    return b""
