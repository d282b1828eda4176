"""Messages between a fiscal drive and its OFD: the real one byte for byte, and what is no message."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.ofd.session import (
    HEADER_SIZE,
    MOST_BODY,
    P_VERSION,
    Flags,
    Message,
    MessageDecoder,
    NotAMessage,
    decode,
    message,
)
from tests.fuzz import TARGETS, fuzz

VECTORS = Path(__file__).parents[3] / "vectors" / "ffd"
REAL = bytes.fromhex((VECTORS / "ofd_message_doc11_ffd105.hex").read_text("ascii"))
FN = "9999078900005488"
NONE, HEADER, ALL = Flags(0), Flags.CRC_OF_HEADER, Flags.CRC_OF_ALL
MESSAGES = st.builds(
    message,
    st.from_regex("[0-9]{1,16}", fullmatch=True),
    st.binary(max_size=200),
    st.sampled_from([Flags.CONTAINER | Flags.WANTS_ANSWER | crc for crc in (NONE, HEADER, ALL)]),
)


def changed(data: bytes, at: int, piece: bytes) -> bytes:
    return data[:at] + piece + data[at + len(piece) :]


def test_a_real_message_is_read_and_written_byte_for_byte() -> None:
    found = decode(REAL)

    assert (found.fn, len(found.body), found.flags, found.crc) == (FN, 436, Flags.CONTAINER | Flags.WANTS_ANSWER, 0)
    assert (found.s_version, found.p_version) == (b"\x81\xa2", b"\x00\x01")
    assert found.encode() == REAL


def test_a_real_header_says_what_is_documented() -> None:
    known = json.loads((VECTORS / "primitives.json").read_text("utf-8"))["session_header"]

    found = decode(bytes.fromhex(known["hex"]) + bytes(known["body_len"]))

    assert (found.fn, found.p_version.hex(), found.flags) == (
        known["fn"].strip(),
        known["p_version_bytes"],
        known["flags"],
    )


@given(st.lists(MESSAGES, min_size=1, max_size=4), st.integers(1, 60))
def test_however_the_bytes_are_cut_messages_come_out_whole_and_in_order(sent: list[Message], step: int) -> None:
    wire, decoder = b"".join(each.encode() for each in sent), MessageDecoder()

    got = []
    for at in range(0, len(wire), step):
        found = decoder.feed(wire[at : at + step])
        while found is not None:
            got.append(found)
            found = decoder.feed(b"")

    assert got == sent
    assert decoder.left == 0


@given(MESSAGES, st.data())
def test_a_message_with_a_crc_of_all_with_any_bit_turned_is_no_message(sent: Message, data: st.DataObject) -> None:
    wire = bytearray(message(sent.fn, sent.body, Flags.CRC_OF_ALL).encode())
    at = data.draw(st.integers(0, len(wire) - 1).filter(lambda at: at not in (24, 25, 26, 27)))
    wire[at] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(NotAMessage):
        decode(bytes(wire))


def test_a_crc_of_the_header_says_nothing_of_the_body() -> None:
    wire = message(FN, b"body", Flags.CRC_OF_HEADER).encode()

    assert decode(wire[:-1] + b"Y").body == b"bodY"
    with pytest.raises(NotAMessage, match="CRC"):
        decode(changed(wire, 8, b"8"))


def test_the_crc_is_that_of_the_catalogue() -> None:
    """CRC-16/CCITT-FALSE of "123456789" is 29B1h; here of a header, worked out bit by bit."""
    wire = message(FN, b"", Flags.CRC_OF_HEADER).encode()

    crc = 0xFFFF
    for byte in wire[:28]:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF

    assert int.from_bytes(wire[28:30], "little") == crc


@pytest.mark.parametrize(
    ("at", "piece", "complaint"),
    [
        (0, b"\xdd\x80\xca\xa1", "marking system"),
        (3, b"\x0b", "signature"),
        (8, b"99990789x0005488", "digits"),
        (8, b" 999078900005488", "digits"),
        (24, (MOST_BODY + 1).to_bytes(2, "little"), "32769 bytes, at most 32768"),
        (26, b"\x17\x00", "11 is forbidden"),
        (26, b"\x1c\x00", "0008h are reserved"),
        (26, b"\x14\x01", "0100h are reserved"),
        (26, b"\x16\x00", "CRC 0000h"),
    ],
)
def test_what_is_wrong_is_named(at: int, piece: bytes, complaint: str) -> None:
    with pytest.raises(NotAMessage, match=complaint):
        decode(changed(REAL, at, piece))


def test_a_stranger_is_known_by_the_first_byte_and_an_end_is_waited_for() -> None:
    decoder = MessageDecoder()

    with pytest.raises(NotAMessage, match="signature 47, and 2a 08 41 0a"):
        MessageDecoder().feed(b"G")
    assert [decoder.feed(REAL[at : at + 1]) for at in range(len(REAL) - 1)] == [None] * (len(REAL) - 1)
    assert decoder.feed(REAL[-1:]) == decode(REAL)


def test_half_a_message_and_one_with_something_behind_it_are_refused_as_one() -> None:
    with pytest.raises(NotAMessage, match="465 bytes are the beginning"):
        decode(REAL[:-1])
    with pytest.raises(NotAMessage, match="2 bytes follow"):
        decode(REAL + b"xx")


def test_an_answer_without_a_body_is_a_message() -> None:
    assert decode(message(FN, b"").encode()) == Message(FN, b"", p_version=P_VERSION)
    assert len(message(FN, b"").encode()) == HEADER_SIZE


def test_what_no_message_holds_is_not_made_into_one() -> None:
    for fn, body, flags in (
        ("", b"", NONE),
        ("x", b"", NONE),
        ("1" * 17, b"", NONE),
        (FN, bytes(MOST_BODY + 1), NONE),
        (FN, b"", HEADER | ALL),
    ):
        with pytest.raises(NotAMessage):
            message(fn, body, flags)


def test_spoiled_messages_raise_documented_errors_only() -> None:
    fuzz(TARGETS["ofd"], 5_000, seed=20_261_127)
