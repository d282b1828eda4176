"""The list of an emulated OFD: whole, cut short, and no list at all."""

import pytest

from drivers.emulators.odoo import make_app as make_odoo
from drivers.emulators.ofd import LISTED, EmulatedOfd, make_app
from drivers.errors import LinkLost
from drivers.ofd_list import read_list
from protocols.audit.witnesses import OfdEntry
from protocols.ffd.tlv import Tlv, encode
from protocols.jsontext import dumps
from protocols.ofd import session
from protocols.ofd.container import Container
from tests.serving import served


def taking(count: int) -> EmulatedOfd:
    ofd = EmulatedOfd()
    for fd in range(1, count + 1):
        ofd.take(dumps({"fn": "9999078900000001", "fd": fd, "fp": f"{fd:010}"}))
    return ofd


async def test_what_was_taken_is_listed_in_its_order() -> None:
    async with served(make_app(taking(2))) as site:
        listed = await read_list(site.url + "/")

    assert listed.entries == tuple(OfdEntry("9999078900000001", fd, f"{fd:010}") for fd in (1, 2))
    assert listed.whole


def sent_by_a_drive(fd: int, kind: int) -> session.Message:
    tags = (Tlv(1041, "9999078900000001"), Tlv(1040, fd), Tlv(1077, b"\x21\x04" + fd.to_bytes(4, "big")))
    body = encode([Tlv(kind, tags)]) + bytes(10)
    return session.message("9999078900000001", Container(kind, "9999078900000001", fd, body).encode())


async def test_receipts_that_drives_sent_are_listed_among_the_others_and_once() -> None:
    ofd = EmulatedOfd()
    ofd.documents.take(sent_by_a_drive(1, 3))
    ofd.take(dumps({"fn": "9999078900000001", "fd": 2, "fp": "0000000002"}))
    for fd, kind in ((2, 3), (3, 5), (4, 31)):
        ofd.documents.take(sent_by_a_drive(fd, kind))
    async with served(make_app(ofd)) as site:
        listed = await read_list(site.url)

    assert listed.entries == tuple(OfdEntry("9999078900000001", fd, f"{fd:010}") for fd in (1, 2, 4))
    assert listed.whole


async def test_a_list_of_the_newest_only_says_so() -> None:
    async with served(make_app(taking(LISTED + 1))) as site:
        listed = await read_list(site.url)

    assert len(listed.entries) == LISTED
    assert not listed.whole


async def test_another_service_has_no_list() -> None:
    async with served(make_odoo()) as site:
        with pytest.raises(LinkLost, match="404 is no list"):
            await read_list(site.url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nowhere", "http://[::"])
async def test_where_nobody_answers_there_is_no_list(url: str) -> None:
    with pytest.raises(LinkLost):
        await read_list(url)
