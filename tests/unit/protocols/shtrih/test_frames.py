import pytest

from protocols.shtrih.frames import FrameError, FrameReader, encode_frame, lrc


def test_lrc_is_the_exclusive_or_of_length_and_body() -> None:
    assert encode_frame(b"\x10\x01\0\0\0")[-1] == lrc(b"\x05\x10\x01\0\0\0") == 0x14


@pytest.mark.parametrize("size", [0, 256])
def test_a_body_that_no_frame_holds_is_refused(size: int) -> None:
    with pytest.raises(FrameError, match=f"not {size}"):
        encode_frame(bytes(size))


@pytest.mark.parametrize("step", [1, 2, 3, 100, 300])
def test_a_frame_comes_out_whole_however_it_is_cut(step: int) -> None:
    body = bytes(range(255))
    wire = encode_frame(body)[1:]
    reader = FrameReader()

    for at in range(0, len(wire), step):
        assert not reader.complete
        reader.feed(wire[at : at + step])

    assert reader.complete
    assert reader.body() == body


def test_a_frame_leaves_what_follows_it() -> None:
    wire = encode_frame(b"\x10\x02") + b"\x05\x05"
    reader = FrameReader()

    assert reader.feed(wire, 1) == len(wire) - 2
    assert reader.body() == b"\x10\x02"


def test_a_wrong_lrc_is_told_with_the_right_one() -> None:
    reader = FrameReader()
    reader.feed(b"\x01\x10\x12")

    with pytest.raises(FrameError, match="LRC is 12, the bytes give 11"):
        reader.body()


def test_a_frame_of_nothing_is_over_at_once_and_wrong() -> None:
    reader = FrameReader()

    assert reader.feed(b"\0\0\0") == 1
    assert reader.complete
    with pytest.raises(FrameError, match="zero length"):
        reader.body()
