from contextlib import suppress
from dataclasses import fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.shtrih import codecs
from protocols.shtrih.commands import (
    Command,
    Done,
    Refused,
    UnknownCommand,
    code_bytes,
    decode_answer,
    decode_request,
    echoes,
    encode_answer,
    encode_refusal,
    known_commands,
)
from protocols.shtrih.drive import (
    FOUND,
    FindDocument,
    FiscalDriveExpiry,
    FoundDocument,
    ReadFiscalDriveExpiry,
    ReadFiscalDriveStatus,
    ReadUnconfirmedCount,
)
from protocols.shtrih.layout import LayoutError, Nested
from protocols.shtrih.receipts import CloseReceipt, Operation, ReceiptClosed
from protocols.shtrih.service import OpenShift, PrintZReport, ReadShortStatus, SetTime

LETTERS = bytes(sorted(set(range(1, 256)) - {0x98})).decode("cp1251")
DAYS = st.dates(date(2000, 1, 1), date(2255, 12, 31))
MOMENTS = st.builds(datetime.combine, DAYS, st.times().map(lambda moment: moment.replace(microsecond=0)))
CALENDARS = {
    codecs.DATE_DMY: DAYS,
    codecs.DATE_YMD: DAYS,
    codecs.MOMENT: MOMENTS.map(lambda moment: moment.replace(second=0)),
    codecs.CLOCK: MOMENTS,
}


def values(codec: codecs.Codec) -> st.SearchStrategy[Any]:
    """All that a field can carry, by its codec."""
    match codec:
        case codecs.Number(size=size, kind=kind, signed=signed, absent=absent):
            if kind is bool:
                return st.booleans()
            bits = 8 * size
            numbers = st.integers(-(1 << bits - 1), (1 << bits - 1) - 1) if signed else st.integers(0, (1 << bits) - 2)
            return numbers.map(kind) | st.none() if absent else numbers.map(kind)
        case codecs.Scaled(size=size, places=places):
            return st.integers(0, (1 << 8 * size) - 1).map(lambda steps: Decimal(steps).scaleb(-places))
        case codecs.Calendar(order=("hour", "minute", "second")):
            return st.times().map(lambda moment: moment.replace(microsecond=0))
        case codecs.Calendar():
            return CALENDARS[codec] | st.none()
        case codecs.Text(most=most, encoding=encoding):
            alphabet = LETTERS if encoding == "cp1251" else "0123456789ABC"
            return st.text(alphabet, max_size=most).map(lambda text: text.rstrip(" "))
        case codecs.Raw(size=size):
            return st.binary(min_size=size, max_size=size)
        case codecs.Rest(most=most):
            return st.binary(max_size=most)
        case codecs.Counted(count=count):
            return st.tuples(*[st.binary(max_size=100)] * count)
        case codecs.Array(count=count, item=item):
            return st.tuples(*[values(item)] * count)
        case codecs.Optional(item=item):
            return st.none() | values(item)
        case Nested(message=message):
            return messages(message)
    raise AssertionError(f"no values for {codec}")


def messages(message: type[Any]) -> st.SearchStrategy[Any]:
    """Any message of this class, whole up to where its optional end is cut off."""
    if message is FoundDocument:
        return st.sampled_from([*FOUND, 21]).flatmap(found)
    return st.builds(message, **plan(message)).filter(lambda each: without_gap(message, each))


def found(type_: int) -> st.SearchStrategy[FoundDocument]:
    details = messages(FOUND[type_]) if type_ in FOUND else st.binary(max_size=30)
    return st.builds(
        FoundDocument, **plan(FoundDocument, leave_out="details") | {"type": st.just(type_), "details": details}
    )


def plan(message: type[Any], leave_out: str = "") -> dict[str, st.SearchStrategy[Any]]:
    hints = get_type_hints(message, include_extras=True)
    names = (each.name for each in fields(message) if each.name != leave_out)
    return {name: values(hints[name].__metadata__[0]) for name in names}


def without_gap(message: type[Any], value: Any) -> bool:
    """Nothing stands behind an end that is left out."""
    hints = get_type_hints(message, include_extras=True)
    ends = [
        getattr(value, each.name) is None
        for each in fields(message)
        if isinstance(codec := hints[each.name].__metadata__[0], codecs.Optional) and not codec.leaving
    ]
    return ends == sorted(ends)


@pytest.mark.parametrize("command", known_commands(), ids=lambda command: command.__name__)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_the_host_asks_the_register_reads(command: type[Command[Any]], data: st.DataObject) -> None:
    request = data.draw(messages(command))

    assert decode_request(request.encode()) == request


@pytest.mark.parametrize("command", known_commands(), ids=lambda command: command.__name__)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_what_the_register_answers_the_host_reads(command: type[Command[Any]], data: st.DataObject) -> None:
    request, answer = data.draw(messages(command)), data.draw(messages(command.answer))

    assert decode_answer(request, encode_answer(command, answer)) == answer


CODES = st.sampled_from(known_commands()).map(lambda command: code_bytes(command.CODE)) | st.binary(max_size=2)


@settings(max_examples=500, deadline=None)
@given(st.builds(bytes.__add__, CODES, st.binary(max_size=255)))
def test_whatever_a_host_sends_is_a_request_or_a_documented_error(body: bytes) -> None:
    with suppress(UnknownCommand, LayoutError):
        assert body.startswith(code_bytes(decode_request(body).CODE))


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(known_commands()), st.binary(max_size=255), st.data())
def test_whatever_a_register_answers_is_an_answer_or_a_documented_error(
    command: type[Command[Any]], payload: bytes, data: st.DataObject
) -> None:
    request = data.draw(messages(command))
    body = data.draw(st.sampled_from([payload, code_bytes(command.CODE) + payload, encode_refusal(command.CODE, 0)]))

    with suppress(Refused, LayoutError):
        assert isinstance(decode_answer(request, body), request.answer)


def test_an_unknown_command_is_named() -> None:
    with pytest.raises(UnknownCommand) as unknown:
        decode_request(b"\xff\xee\x1e\0\0\0")

    assert unknown.value.code == 0xFFEE


@pytest.mark.parametrize("body", [b"", b"\xff", b"\x10", b"\x10\x01\0\0", b"\x10\x01\0\0\0\0"])
def test_a_request_of_wrong_length_is_a_layout_error(body: bytes) -> None:
    with pytest.raises(LayoutError):
        decode_request(body)


def test_an_answer_may_be_longer_than_we_know() -> None:
    answer = decode_answer(ReadUnconfirmedCount(30), b"\xff\x3f\0\x05\0\0\0")

    assert answer.documents == 5


def test_an_answer_too_short_names_the_field_it_lacks() -> None:
    with pytest.raises(LayoutError, match=r"UnconfirmedCount\.documents: needs 2 bytes, 1 left"):
        decode_answer(ReadUnconfirmedCount(30), b"\xff\x3f\0\x05")


def test_an_answer_to_something_else_is_not_ours() -> None:
    with pytest.raises(LayoutError, match="begins with 11 00"):
        decode_answer(ReadShortStatus(1), b"\x11\0" + bytes(14))


def test_an_answer_without_an_error_code_is_a_layout_error() -> None:
    with pytest.raises(LayoutError, match="no error code"):
        decode_answer(ReadShortStatus(1), b"\x10")


def test_a_register_without_drive_commands_refuses_them_in_two_bytes() -> None:
    with pytest.raises(Refused) as refused:
        decode_answer(ReadFiscalDriveStatus(30), b"\xff\x37")

    assert refused.value.error == 0x37
    assert refused.value.meaning.text == "команда не поддерживается этой моделью"


def test_a_refusal_may_carry_more_than_its_number() -> None:
    with pytest.raises(Refused) as refused:
        decode_answer(PrintZReport(30), b"\x41\x73\1\2\3\4")

    assert refused.value.error == 0x73


def test_a_refusal_nobody_has_described_has_a_text_all_the_same() -> None:
    with pytest.raises(Refused, match="неизвестная ошибка"):
        decode_answer(PrintZReport(30), b"\x41\xfe")


def test_a_shift_may_be_opened_without_naming_the_operator() -> None:
    assert decode_answer(OpenShift(1), b"\xe0\0") == Done(None)


def test_two_bytes_about_a_shift_are_its_error() -> None:
    with pytest.raises(Refused) as refused:
        decode_answer(OpenShift(1), b"\xe0\x02")

    assert refused.value.error == 0x02


def test_a_receipt_is_closed_with_or_without_its_time() -> None:
    request = CloseReceipt(password=30, payments=(1,) * 16, taxation=1)
    plain = bytes.fromhex("FF 45 00 BC 4D 00 00 00 2B 00 00 00 D2 02 96 49")

    short, long = decode_answer(request, plain), decode_answer(request, plain + b"\x1a\x0b\x14\x0e\x05")

    assert short == ReceiptClosed(199_00, 43, 1234567890)
    assert long == ReceiptClosed(199_00, 43, 1234567890, datetime.fromisoformat("2026-11-20T14:05"))


def test_the_expiry_comes_with_or_without_counts() -> None:
    request = ReadFiscalDriveExpiry(30)

    assert decode_answer(request, b"\xff\x03\0\x1b\x0b\x14") == FiscalDriveExpiry(date(2027, 11, 20))
    assert decode_answer(request, b"\xff\x03\0\x1b\x0b\x14\x0c\x01") == FiscalDriveExpiry(date(2027, 11, 20), 12, 1)


def test_a_document_of_an_undescribed_type_keeps_its_details_as_bytes() -> None:
    body = b"\xff\x0a\0\x15\0\x1a\x0b\x14\x0e\x05" + bytes(8) + b"\1\2\3"

    assert decode_answer(FindDocument(30, 1), body).details == b"\1\2\3"


def test_nothing_but_its_own_answer_echoes_a_request() -> None:
    assert echoes(b"\x10\0\1", b"\x10\1\0\0\0")
    assert not echoes(b"\x11\0\1", b"\x10\1\0\0\0")
    assert echoes(b"\xff\x46\0", b"\xff\x46")
    assert not echoes(b"\xff\x45\0", b"\xff\x46")
    assert echoes(b"\xff\x37", b"\xff\x46")


def test_what_changes_documents_shift_or_drawer_is_fiscal() -> None:
    assert {command.CODE for command in known_commands() if command.FISCAL} == {
        *[0x41, 0x50, 0x51, 0x80, 0x81, 0x82, 0x83, 0x85, 0x88, 0x8D, 0x8E, 0xE0],
        *[0xFF08, 0xFF0B, 0xFF0C, 0xFF35, 0xFF36, 0xFF41, 0xFF42, 0xFF43, 0xFF45, 0xFF46, 0xFF4A, 0xFF4D],
        *[0xFF61, 0xFF67, 0xFF69],
    }


def test_two_commands_cannot_share_a_code() -> None:
    with pytest.raises(TypeError, match="10h is ReadShortStatus"):

        class _Twin(Command[Done], code=0x10, name="twin"):
            pass


def test_a_price_beyond_its_field_is_named() -> None:
    operation = Operation(password=1, kind=1, quantity=Decimal(1), price=1 << 40, vat=1)

    with pytest.raises(LayoutError, match=r"Operation\.price"):
        operation.encode()


def test_a_time_of_day_at_midnight_is_a_time() -> None:
    body = b"\x21\x1e\0\0\0\0\0\0"

    assert decode_request(body) == SetTime(30, time(0, 0, 0))
