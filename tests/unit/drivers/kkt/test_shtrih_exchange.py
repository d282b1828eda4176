"""The drive's messages through a Штрих-М register: the shipped emulator over TCP, and registers that talk nonsense."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import trio

from drivers.emulators.ofd_documents import Documents
from drivers.errors import LinkLost
from drivers.kkt.atol import AtolRegister
from drivers.kkt.line import Line
from drivers.kkt.port import AnswerNotTaken, Carrier, RegisterRefused
from drivers.kkt.shtrih import ShtrihRegister
from drivers.kkt.shtrih_exchange import read_message, write_answer
from drivers.kkt.shtrih_link import ShtrihLink
from drivers.kkt.tcp_line import TcpLine
from protocols.fiscal import FiscalDocument, OfdQueue
from protocols.ofd import container, session
from protocols.shtrih.commands import encode_answer
from protocols.shtrih.exchange import (
    BeginWrite,
    Block,
    OutgoingMessage,
    ReadBlock,
    ReadOutgoingMessage,
    WriteAllowed,
)
from protocols.shtrih.link import Wait
from tests.emulated_register import emulated
from tests.samples import sale

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
async def register(tmp_path: Path) -> AsyncIterator[ShtrihRegister]:
    async with emulated(tmp_path / "drive.jsonl", carried=True) as served:
        line = TcpLine("127.0.0.1", served.port, waits={Wait.BYTE: 1.0, Wait.CONFIRMATION: 1.0})
        register = ShtrihRegister(line, ZoneInfo("UTC"), read_timeout=2.0)
        await register.connect()
        yield register
        await register.close()


def test_shtrih_can_carry_and_atol_cannot() -> None:
    assert issubclass(ShtrihRegister, Carrier)
    assert not issubclass(AtolRegister, Carrier)


async def test_documents_go_out_one_by_one_and_the_queue_tells_how_far(register: ShtrihRegister) -> None:
    ofd = Documents(lambda: NOON)
    assert await register.fetch_message() is None
    sold = [await register.print_receipt(sale()) for _ in range(2)]
    fn = sold[0].fn

    told = []
    for _ in sold:
        told.append(await register.ofd_queue())
        message = await register.fetch_message()
        assert message is not None
        await register.put_answer(ofd.take(session.decode(message)).encode())

    assert told == [OfdQueue(fn, 2, 1), OfdQueue(fn, 1, 2)]
    assert await register.ofd_queue() == OfdQueue(fn, 0, 3)
    assert [(each.fd, each.fp) for each in ofd.listed(0)] == [(each.fd, each.fp) for each in sold]
    assert (await register.inspect()).unconfirmed == 3


async def test_a_message_longer_than_a_frame_comes_whole(register: ShtrihRegister) -> None:
    await register.print_receipt(sale())

    message = await register.fetch_message()

    assert message is not None
    assert len(message) > 255
    assert container.decode(session.decode(message).body).fd == 1


async def test_an_answer_that_is_none_is_not_taken_and_the_message_stays(register: ShtrihRegister) -> None:
    await register.print_receipt(sale())
    message = await register.fetch_message()

    with pytest.raises(AnswerNotTaken, match="20h"):
        await register.put_answer(bytes(400))

    assert await register.fetch_message() == message
    assert (await register.ofd_queue()).waiting == 1


async def test_an_answer_to_nothing_is_refused(register: ShtrihRegister) -> None:
    with pytest.raises(RegisterRefused) as refusal:
        await register.put_answer(bytes(400))

    assert not isinstance(refusal.value, AnswerNotTaken)


async def test_the_exchange_leaves_the_receipts_as_they_were(register: ShtrihRegister) -> None:
    before = await register.print_receipt(sale())
    await register.fetch_message()
    after = await register.print_receipt(sale())

    assert (before.fd, after.fd) == (1, 2)
    assert isinstance(await register.find(1), FiscalDocument)


@dataclass(kw_only=True)
class SaidBefore(Line):
    """A register of which all answers are known before, by the command's number."""

    answers: dict[int, bytes]
    asked: list[bytes] = field(default_factory=list)

    async def exchange(self, body: bytes, *, within: float) -> bytes:
        await trio.lowlevel.checkpoint()
        self.asked.append(body)
        return self.answers[int.from_bytes(body[:2], "big")]

    async def _connect(self) -> trio.abc.Stream:
        raise AssertionError


def link(size: int, block: int, data: bytes) -> ShtrihLink:
    answers = {
        ReadOutgoingMessage.CODE: encode_answer(ReadOutgoingMessage, OutgoingMessage(size, block)),
        ReadBlock.CODE: encode_answer(ReadBlock, Block(data)),
        BeginWrite.CODE: encode_answer(BeginWrite, WriteAllowed(block)),
    }
    return ShtrihLink(SaidBefore(answers=answers), 1.0)


@pytest.mark.parametrize(
    ("size", "block", "data"), [(32_799, 200, b""), (100, 0, b""), (100, 200, bytes(99)), (100, 200, bytes(101))]
)
async def test_nonsense_is_a_lost_link(size: int, block: int, data: bytes) -> None:
    with pytest.raises(LinkLost):
        await read_message(link(size, block, data), 30)


async def test_an_answer_in_blocks_of_nothing_is_a_lost_link() -> None:
    with pytest.raises(LinkLost):
        await write_answer(link(0, 0, b""), 30, bytes(100))


@pytest.mark.parametrize(
    ("version", "crc", "sent"),
    [
        ("0101", "0000", "0110"),
        ("0102", "0000", "0120"),
        ("0101", "0100", "0101"),
        ("0105", "0000", "0105"),
        ("0001", "0000", "0001"),
    ],
)
async def test_the_version_inside_is_put_right_as_the_vendor_does(version: str, crc: str, sent: str) -> None:
    whole = session.message("9999078900005488", b"").encode()
    message = whole[:6] + bytes.fromhex(version) + whole[8:28] + bytes.fromhex(crc)

    found = await read_message(link(len(message), 250, message), 30)

    assert found == whole[:6] + bytes.fromhex(sent) + whole[8:28] + bytes.fromhex(crc)
