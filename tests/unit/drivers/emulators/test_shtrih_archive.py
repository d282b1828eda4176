"""Documents of the emulated drive as tags."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import pytest

from protocols.ffd.tlv import Tlv, decode, encode, first
from protocols.shtrih import archive, drive, receipts, service
from protocols.shtrih.codes import Mode
from tests.shtrih_bench import NOON, OPEN, TEA, Bench, paid

LONG = receipts.Operation(password=1, kind=1, quantity=Decimal("1.5"), price=10000, vat=0xCB, name="Ч" * 128)
SUPPLIER = encode([Tlv(1226, "7700000009"), Tlv(1224, (Tlv(1171, "+79990000000"), Tlv(1225, "П" * 120)))])

REASON = encode([Tlv(1173, 0), Tlv(1174, (Tlv(1178, datetime(2026, 11, 19)),))])  # noqa: DTZ001  a day has no zone


def pieces(bench: Bench, fd: int) -> Iterator[bytes]:
    """What FF3Bh brings, one call after another, to the end."""
    left = bench.ask(archive.RequestDocument(30, fd)).length
    while left:
        piece = bench.ask(archive.ReadDocumentTag(30)).tlv
        left -= len(piece)
        yield piece


def read(bench: Bench, fd: int) -> tuple[Tlv, ...]:
    return decode(b"".join(pieces(bench, fd)))


def test_a_receipt_is_read_tag_by_tag_with_all_the_host_gave_it(bench: Bench) -> None:
    bench.ask(LONG)
    bench.ask(receipts.AddTlvToOperation(1, SUPPLIER))
    bench.ask(receipts.AddTlv(1, encode([Tlv(1008, "a@b.ru")])))
    document = bench.sell(paid(cash=20000))

    tags = read(bench, 1)

    told = {tag: first(tags, tag) for tag in (1012, 1020, 1031, 1054, 1041, 1008, 1209)}
    assert told == {
        1012: NOON.replace(tzinfo=None),
        1020: 15000,
        1031: 15000,
        1054: 1,
        1041: document.fn,
        1008: "a@b.ru",
        1209: 2,
    }
    assert first(tags, 1077)[2:] == int(document.fp).to_bytes(4, "big")
    item = next(each for each in tags if each.tag == 1059)
    assert (item.first(1043), item.first(1199), item.first(1023)) == (15000, 11, Decimal("1.5"))
    assert item.first(1224) is not None
    sums = next(each for each in tags if each.tag == 1115)
    assert sums.first(1119) == (Tlv(1199, 11), Tlv(1120, 2705))


def test_no_piece_is_longer_than_a_frame_and_short_tags_come_one_by_one(bench: Bench) -> None:
    bench.ask(LONG)
    bench.ask(receipts.AddTlvToOperation(1, SUPPLIER))
    bench.sell(paid(cash=15000))

    found = list(pieces(bench, 1))

    assert max(map(len, found)) == 252
    assert len(decode(found[0])) == 1


def test_shift_reports_are_documents_as_well(bench: Bench) -> None:
    bench.sell()
    bench.ask(service.PrintZReport(30))
    bench.ask(service.OpenShift(1))

    assert [first(read(bench, 2), tag) for tag in (1118, 1111, 1038)] == [1, 2, 1]
    assert first(read(bench, 3), 1189) == 2


def test_a_shift_closed_tells_its_totals_since_format_1_1(bench: Bench) -> None:
    bench.ask(service.PrintZReport(30))
    bench.ask(service.WriteTable(30, 17, 1, 17, b"\x04"))
    bench.ask(service.OpenShift(1))
    bench.sell()
    bench.sell(receipts.OpenReceipt(1, 0x80), receipts.AddTlv(1, REASON), TEA, paid(0, 30100))
    report = bench.sell(service.PrintZReport(30))

    totals = first(read(bench, report.fd), 1194)

    assert first(totals, 1134) == 2
    assert first(totals, 1129) == (Tlv(1135, 1), Tlv(1136, 30100), Tlv(1201, 30100), Tlv(1183, 30100))
    assert first(totals, 1133) == (Tlv(1144, 1), Tlv(1145, (Tlv(1135, 1), Tlv(1201, 30100))))


def test_while_it_is_read_the_register_does_nothing_else(bench: Bench) -> None:
    bench.sell()
    bench.ask(archive.RequestDocument(30, 1))

    assert bench.mode == Mode.DATA_OUTPUT
    assert bench.refuses(OPEN) == 0x73
    bench.device.behave({"power": "off"})
    bench.device.behave({"power": "on"})
    assert bench.sell().fd == 2


def test_behind_the_last_tag_there_is_nothing(bench: Bench) -> None:
    bench.sell()
    list(pieces(bench, 1))

    assert bench.refuses(archive.ReadDocumentTag(30)) == 0x08
    assert bench.refuses(archive.RequestDocument(30, 2)) == 0x08
    assert bench.mode is Mode.SHIFT_OPEN


def test_no_document_is_read_over_an_open_receipt(bench: Bench) -> None:
    bench.sell()
    bench.ask(TEA)

    assert bench.refuses(archive.RequestDocument(30, 1)) == 0x4A


@pytest.mark.parametrize("number", [1, 2])
def test_a_ticket_is_there_once_the_ofd_has_the_document(bench: Bench, number: int) -> None:
    bench.device.behave({"ofd_unreachable": True})
    bench.sell()
    bench.sell()
    ticket = drive.ReadOfdTicket(30, number)
    assert bench.refuses(ticket) == 0x08

    bench.device.behave({"ofd_unreachable": False})

    assert bench.ask(ticket).number == number
