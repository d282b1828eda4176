"""Frames that real registers exchanged, and frames computed from the manual: tests/vectors/shtrih_frames.json."""

import json
from binascii import crc_hqx
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from protocols.ffd.tlv import decode
from protocols.shtrih.archive import ReadDocumentTag
from protocols.shtrih.codes import VAT_BYTES, ExchangeFlags, Flags, OperationKind, ReceiptKind
from protocols.shtrih.commands import Command, Done, Refused, decode_answer, decode_request, encode_answer
from protocols.shtrih.drive import (
    ExchangeStatus,
    FindDocument,
    FoundDocument,
    ReadExchangeStatus,
    ReadFiscalDriveStatus,
    ReadShiftParameters,
    ReceiptFormed,
    ShiftParameters,
)
from protocols.shtrih.frames import encode_frame
from protocols.shtrih.receipts import (
    AddTlv,
    CancelReceipt,
    CloseReceipt,
    OpenReceipt,
    Operation,
    ReceiptClosed,
)
from protocols.shtrih.service import (
    ContinuePrinting,
    DeviceType,
    OpenShift,
    PrintLine,
    PrintLineInFont,
    PrintXReport,
    PrintZReport,
    ReadDeviceType,
    ReadLongStatus,
    ReadShortStatus,
    ReadTable,
    ShortStatus,
    WriteTable,
)

VECTORS = json.loads((Path(__file__).parents[3] / "vectors" / "shtrih_frames.json").read_text("utf-8"))
FRAMES = {name: bytes.fromhex(line) for line_of in ("seen", "computed") for name, line in VECTORS[line_of].items()}

REQUESTS: dict[str, Command[Any]] = {
    "device type, request": ReadDeviceType(),
    "fiscal drive status, request": ReadFiscalDriveStatus(30),
    "exchange status, request": ReadExchangeStatus(30),
    "read table 2, row 1, field 2": ReadTable(30, 2, 1, 2),
    "write 0 to table 17, row 1, field 7": WriteTable(30, 17, 1, 7, b"\0"),
    "short status, request": ReadShortStatus(1),
    "long status, request": ReadLongStatus(1),
    "open shift": OpenShift(1),
    "cancel receipt": CancelReceipt(1),
    "X report": PrintXReport(30),
    "Z report": PrintZReport(30),
    "continue printing": ContinuePrinting(30),
    "open receipt": OpenReceipt(1, ReceiptKind.SALE),
    "operation, two pieces at 150.50": Operation(
        password=1,
        kind=OperationKind.SALE,
        quantity=Decimal(2),
        price=150_50,
        vat=VAT_BYTES["no_vat"],
        name="Тест",
    ),
    "find document 42": FindDocument(30, 42),
    "TLV with the cashier's name": AddTlv(30, b"\xfd\x03\x04\x00" + "Иван".encode("cp866")),
}

ANSWERS: dict[str, tuple[Command[Any], Any]] = {
    "device type, answer of РИТЕЙЛ-01Ф": (ReadDeviceType(), DeviceType(model=22, name="РИТЕЙЛ-01Ф")),
    "exchange status, answer with an empty queue": (
        ReadExchangeStatus(30),
        ExchangeStatus(ExchangeFlags(0), False, 0, 0, None),
    ),
    "line printed": (PrintLine(30, 2, "x"), Done(30)),
    "line printed in a font": (PrintLineInFont(30, 2, 1, "x"), Done(1)),
    "receipt opened": (OpenReceipt(1, 0), Done(1)),
    "short status, answer": (
        ReadShortStatus(1),
        ShortStatus(operator=1, flags=Flags(0x0292), mode_byte=2, submode=0, battery=200, supply=216),
    ),
    "receipt closed": (
        CloseReceipt(password=1, payments=(500_00, *[0] * 15), taxation=1),
        ReceiptClosed(change=199_00, number=43, sign=1234567890),
    ),
    "receipt found": (
        FindDocument(30, 43),
        FoundDocument(3, False, datetime.fromisoformat("2026-11-20T14:05"), 43, 1234567890, ReceiptFormed(1, 301_00)),
    ),
    "shift parameters, answer": (ReadShiftParameters(30), ShiftParameters(True, 7, 3)),
}

REFUSALS: dict[str, tuple[Command[Any], int]] = {
    "receipt not opened, wrong mode": (OpenReceipt(1, 0), 0x73),
    "fiscal drive in another state": (ReadFiscalDriveStatus(30), 0x02),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_frame_is_its_body_with_stx_length_and_lrc(frame: bytes) -> None:
    assert encode_frame(frame[2:-1]) == frame


@pytest.mark.parametrize(("name", "request_"), REQUESTS.items(), ids=REQUESTS)
def test_a_request_is_written_and_read_as_it_went_over_the_wire(name: str, request_: Command[Any]) -> None:
    assert encode_frame(request_.encode()) == FRAMES[name]
    assert decode_request(FRAMES[name][2:-1]) == request_


@pytest.mark.parametrize(("name", "case"), ANSWERS.items(), ids=ANSWERS)
def test_an_answer_is_written_and_read_as_it_went_over_the_wire(name: str, case: tuple[Command[Any], Any]) -> None:
    request, answer = case

    assert encode_frame(encode_answer(request, answer)) == FRAMES[name]
    assert decode_answer(request, FRAMES[name][2:-1]) == answer


@pytest.mark.parametrize(("name", "case"), REFUSALS.items(), ids=REFUSALS)
def test_a_refusal_is_raised_with_its_number(name: str, case: tuple[Command[Any], int]) -> None:
    request, error = case

    with pytest.raises(Refused) as refused:
        decode_answer(request, FRAMES[name][2:-1])

    assert refused.value.error == error


def test_an_operation_begins_as_one_that_a_register_was_seen_to_take() -> None:
    operation = Operation(
        password=1, kind=OperationKind.SALE, quantity=Decimal(1), price=550_00, total=0, vat=1, name="н" * 40
    )

    beginning = bytes.fromhex(VECTORS["beginnings"]["operation, one piece at 550.00"])

    assert encode_frame(operation.encode())[: len(beginning)] == beginning


SECOND_LEVEL = VECTORS["seen in frames of the second level"]


@pytest.mark.parametrize("frame", SECOND_LEVEL.values(), ids=SECOND_LEVEL)
def test_a_frame_of_the_second_level_is_whole(frame: str) -> None:
    raw = bytes.fromhex(frame)  # 8F, length and number of two bytes each, the body, CRC-16/CCITT-FALSE

    assert crc_hqx(raw[1:-2], 0xFFFF) == int.from_bytes(raw[-2:], "little")
    assert int.from_bytes(raw[1:3], "little") == len(raw) - 5


def test_commands_are_the_same_on_either_level() -> None:
    status, request, answer = (bytes.fromhex(frame)[5:-2] for frame in SECOND_LEVEL.values())

    assert status == ReadLongStatus(30).encode()
    assert request == ReadDocumentTag(30).encode()
    tags = decode(decode_answer(ReadDocumentTag(30), answer).tlv)
    assert [(tag.tag, tag.value) for tag in tags] == [(1038, 12)]  # the number of the shift


def test_every_vector_is_used() -> None:
    only_frames = {"structure of table 2, field 2"}

    assert FRAMES.keys() == REQUESTS.keys() | ANSWERS.keys() | REFUSALS.keys() | only_frames
