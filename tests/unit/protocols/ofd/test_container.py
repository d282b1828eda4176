"""Containers: the two real ones, and what is none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.ffd.tlv import NotTlv, first
from protocols.ofd.container import MOST_FD, Container, NotAContainer, decode

VECTORS = Path(__file__).parents[3] / "vectors" / "ffd"
OLD = bytes.fromhex((VECTORS / "ofd_container_doc1_ffd10.hex").read_text("ascii"))
NEW = bytes.fromhex((VECTORS / "ofd_message_doc11_ffd105.hex").read_text("ascii"))[30:]


def changed(data: bytes, at: int, piece: bytes) -> bytes:
    return data[:at] + piece + data[at + len(piece) :]


@pytest.mark.parametrize(
    ("data", "crc", "code", "fn"),
    [(OLD, 60419, 1, "999907891234567"), (NEW, 30757, 11, "9999078900005488")],
    ids=["ffd 1.0", "ffd 1.05"],
)
def test_a_real_container_is_read_and_written_byte_for_byte(data: bytes, crc: int, code: int, fn: str) -> None:
    found = decode(data)

    assert (found.crc, found.code, found.fn, found.fd) == (crc, code, fn, 1)
    assert found.encode() == data


def test_the_document_of_a_real_container_has_ten_bytes_behind_it() -> None:
    document, trailer = decode(NEW).document()

    assert (document.tag, document.first(1041), document.first(1040)) == (11, "9999078900005488", 1)
    assert trailer.hex() == "8106a55ae10c4d750000"


@given(st.integers(0, 255), st.from_regex("[0-9]{1,16}", fullmatch=True), st.integers(0, MOST_FD), st.binary())
def test_what_is_written_is_read_again(code: int, fn: str, fd: int, body: bytes) -> None:
    sent = Container(code, fn, fd, body)

    assert decode(sent.encode()) == sent


@given(st.integers(0, len(NEW) - 1), st.integers(0, 7))
def test_a_container_with_any_bit_turned_is_none(at: int, bit: int) -> None:
    spoiled = bytearray(NEW)
    spoiled[at] ^= 1 << bit

    with pytest.raises(NotAContainer):
        decode(bytes(spoiled))


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (NEW[:31], "31 bytes"),
        (NEW[:-1], "a length of 436, and 435"),
        (NEW + b"x", "a length of 436, and 437"),
        (changed(NEW, 4, b"\xa4"), "kind A4h version 1"),
        (changed(NEW, 6, b"\x02"), "kind A5h version 2"),
    ],
)
def test_what_is_wrong_is_named(data: bytes, complaint: str) -> None:
    with pytest.raises(NotAContainer, match=complaint):
        decode(data)


def test_a_drive_number_with_letters_is_refused_though_the_crc_is_right() -> None:
    letters = changed(NEW, 9, b"\x9a")
    container = Container(11, "9999078900005488", 1, NEW[32:])
    crc = Container(11, "9a99078900005488", 1, NEW[32:], container.service_1, NEW[20:32]).crc

    with pytest.raises(NotAContainer, match="digits are allowed"):
        decode(changed(letters, 2, crc.to_bytes(2, "little")))


def test_an_encrypted_body_is_carried_and_not_read() -> None:
    sealed = decode(Container(3, "9999078900005488", 7, b"\xff" * 40).encode())

    assert sealed.fd == 7
    with pytest.raises(NotTlv):
        sealed.document()


def test_numbers_that_do_not_fit_are_refused() -> None:
    for fn, fd, body in (
        ("", 1, b""),
        ("9" * 17, 1, b""),
        ("x", 1, b""),
        ("9", MOST_FD + 1, b""),
        ("9", 1, bytes(65_504)),
    ):
        with pytest.raises(NotAContainer):
            Container(3, fn, fd, body).encode()


def test_first_finds_what_the_register_was_called() -> None:
    assert first(decode(OLD).document()[0].value, 1046) == "ОФД-тест"  # type: ignore[arg-type]
