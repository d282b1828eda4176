import pytest

from protocols.shtrih.device import DeviceLink, Reaction
from protocols.shtrih.frames import ACK, ENQ, NAK, FrameError, encode_frame
from protocols.shtrih.link import Wait

COMMAND = b"\x10\x1e\0\0\0"
FRAME = encode_frame(COMMAND)
ANSWER = b"\x10\0\x1e"


def idle() -> DeviceLink:
    link = DeviceLink()
    link.receive(bytes([ENQ]))
    return link


def unconfirmed() -> DeviceLink:
    link = idle()
    link.receive(FRAME)
    link.answer(ANSWER)
    return link


def test_after_power_on_it_listens_to_nothing_but_enq() -> None:
    link = DeviceLink()

    assert link.receive(b"\x02\x01\xfc\xfd\x06\x15") == Reaction()
    assert link.receive(bytes([ENQ])) == Reaction(bytes([NAK]))


def test_an_idle_register_says_nak_to_all_but_stx() -> None:
    assert idle().receive(b"\x05\x06\x15\x00") == Reaction(bytes([NAK] * 4))


@pytest.mark.parametrize("step", [1, 3, 100])
def test_a_frame_is_acknowledged_and_executed_once_it_is_whole(step: int) -> None:
    link = idle()

    reactions = [link.receive(FRAME[at : at + step]) for at in range(0, len(FRAME), step)]

    assert reactions[-1] == Reaction(bytes([ACK]), COMMAND)
    assert set(reactions[:-1]) <= {Reaction()}


@pytest.mark.parametrize("damaged", [FRAME[:-1] + b"\0", b"\x02\x00"])
def test_a_damaged_frame_draws_nak_and_is_not_executed(damaged: bytes) -> None:
    assert idle().receive(damaged) == Reaction(bytes([NAK]))


def test_a_frame_that_stops_draws_nak_when_the_byte_is_late() -> None:
    link = idle()
    link.receive(FRAME[:4])

    assert link.waits is Wait.BYTE
    assert link.time_out() == Reaction(bytes([NAK]))
    assert link.receive(FRAME) == Reaction(bytes([ACK]), COMMAND)


def test_while_it_works_it_says_so_to_enq_and_ignores_the_rest() -> None:
    link = idle()
    link.receive(FRAME)

    assert link.waits is None
    assert link.receive(FRAME[:1] + bytes([ENQ, NAK])) == Reaction(bytes([ACK]))


def test_a_confirmed_answer_is_forgotten_and_the_next_frame_needs_no_enq() -> None:
    link = unconfirmed()

    assert link.waits is Wait.CONFIRMATION
    assert link.receive(bytes([ACK])) == Reaction()
    assert link.receive(FRAME) == Reaction(bytes([ACK]), COMMAND)


@pytest.mark.parametrize("refusal", [bytes([NAK]), b"\0", bytes([ENQ])])
def test_an_answer_not_confirmed_is_held_for_the_next_enq(refusal: bytes) -> None:
    link = unconfirmed()

    assert link.receive(refusal) == Reaction()
    assert link.receive(bytes([ENQ])) == Reaction(bytes([ACK]) + encode_frame(ANSWER))


def test_an_answer_whose_confirmation_is_late_is_held_for_every_enq() -> None:
    link = unconfirmed()
    held = Reaction(bytes([ACK]) + encode_frame(ANSWER))

    assert link.time_out() == Reaction()
    assert link.waits is None
    assert link.receive(bytes([ENQ])) == held
    assert link.time_out() == Reaction()
    assert link.receive(bytes([ENQ])) == held
    assert link.receive(bytes([ACK, ENQ])) == Reaction(bytes([NAK]))


def test_no_command_is_taken_while_an_answer_is_held() -> None:
    link = unconfirmed()
    frame_without_enq = encode_frame(b"\x10\x1e\0\0\0\0")

    assert link.receive(frame_without_enq) == Reaction()
    assert link.receive(frame_without_enq) == Reaction()


def test_a_second_frame_in_one_piece_is_not_taken() -> None:
    reaction = idle().receive(FRAME + encode_frame(b"\xfc"))

    assert reaction == Reaction(bytes([ACK]), COMMAND)


def test_a_power_cut_makes_the_answer_forgotten() -> None:
    link = unconfirmed()

    link.power_cycle()

    assert link.receive(bytes([ENQ])) == Reaction(bytes([NAK]))


def test_the_answer_of_a_command_that_a_power_cut_ended_goes_nowhere() -> None:
    link = idle()
    link.receive(FRAME)

    link.power_cycle()

    assert link.answer(ANSWER) == b""


def test_an_answer_too_long_for_a_frame_is_refused() -> None:
    link = idle()
    link.receive(FRAME)

    with pytest.raises(FrameError):
        link.answer(bytes(256))


def test_the_stray_byte_of_rndis_follows_every_confirmation() -> None:
    link = DeviceLink(stray=b"\xff")
    link.receive(bytes([ENQ]) + FRAME)
    link.answer(ANSWER)

    assert link.receive(bytes([ACK])) == Reaction(b"\xff")
