import pytest

from protocols.shtrih.frames import ACK, ENQ, NAK, encode_frame
from protocols.shtrih.host import MOST_DISCARDED, Answered, FateUnknown, HostLink, NotSent, Step
from protocols.shtrih.link import Wait

ASKS, YES, NO = bytes([ENQ]), bytes([ACK]), bytes([NAK])

STATUS = b"\x10\x1e\0\0\0"
STATUS_ANSWER = b"\x10\0\x1e"
OPERATION = b"\xff\x46\x1e\0\0\0"
OPERATION_ANSWER = b"\xff\x46\0"


def after(link: HostLink, body: bytes, answer: bytes) -> HostLink:
    """The link when this command has gone smoothly."""
    step = link.send(body)
    if step.write == ASKS:
        link.receive(NO)
    step = link.receive(YES + encode_frame(answer))
    assert step.outcome == Answered(answer)
    return link


def sent(body: bytes = STATUS) -> HostLink:
    """A link that has just written its first frame."""
    link = HostLink()
    link.send(body)
    link.receive(NO)
    return link


def test_the_first_contact_is_an_enq_and_the_frame_follows_nak() -> None:
    link = HostLink()

    assert link.send(STATUS) == Step(ASKS, Wait.CONFIRMATION, None)
    assert link.receive(NO) == Step(encode_frame(STATUS), Wait.CONFIRMATION, None)
    assert link.receive(YES) == Step(b"", Wait.ANSWER, None)
    assert link.receive(encode_frame(STATUS_ANSWER)[:3]) == Step(b"", Wait.BYTE, None)
    assert link.receive(encode_frame(STATUS_ANSWER)[3:]) == Step(YES, None, Answered(STATUS_ANSWER))


def test_another_command_after_a_smooth_one_needs_no_enq() -> None:
    link = after(HostLink(), STATUS, STATUS_ANSWER)

    assert link.send(OPERATION) == Step(encode_frame(OPERATION), Wait.CONFIRMATION, None)


def test_the_same_command_again_asks_first_for_its_answers_look_alike() -> None:
    link = after(HostLink(), OPERATION, OPERATION_ANSWER)

    assert link.send(OPERATION).write == ASKS


def test_a_short_refusal_of_a_drive_command_looks_like_that_of_any_other() -> None:
    link = after(HostLink(), b"\xff\x01\x1e\0\0\0", b"\xff\x37")

    assert link.send(OPERATION).write == ASKS


def test_an_answer_held_from_before_is_handed_over_as_such() -> None:
    link = HostLink()
    link.send(STATUS)

    assert link.receive(YES) == Step(b"", Wait.ANSWER, None)
    assert link.receive(encode_frame(STATUS_ANSWER)) == Step(YES, Wait.BYTE, None)
    assert link.time_out().write == ASKS
    assert link.receive(NO).write == encode_frame(STATUS)
    assert link.receive(YES + encode_frame(b"\x10\0\1")).outcome == Answered(b"\x10\0\1", held=STATUS_ANSWER)


def test_a_confirmation_that_got_lost_shows_in_the_old_answer_and_the_frame_goes_again() -> None:
    link = after(HostLink(), STATUS, STATUS_ANSWER)
    link.send(OPERATION)

    assert link.time_out().write == ASKS
    assert link.receive(YES + encode_frame(STATUS_ANSWER)) == Step(YES, Wait.BYTE, None)
    assert link.time_out().write == ASKS
    assert link.receive(NO).write == encode_frame(OPERATION)
    outcome = link.receive(YES + encode_frame(OPERATION_ANSWER)).outcome
    assert outcome == Answered(OPERATION_ANSWER, held=STATUS_ANSWER)


def test_the_stray_byte_of_rndis_is_skipped_wherever_it_comes() -> None:
    link = HostLink()
    link.send(STATUS)

    assert link.receive(b"\xff" + NO).write == encode_frame(STATUS)
    assert link.receive(b"\xff" + YES + b"\xff" + encode_frame(STATUS_ANSWER)).outcome == Answered(STATUS_ANSWER)
    link.send(OPERATION)
    assert link.receive(b"\xff" + YES + encode_frame(OPERATION_ANSWER)).outcome == Answered(OPERATION_ANSWER)


def test_a_frame_declined_goes_again_when_the_register_proves_idle() -> None:
    link = sent()

    assert link.receive(NO) == Step(b"", Wait.BYTE, None)
    assert link.time_out() == Step(ASKS, Wait.CONFIRMATION, None)
    assert link.receive(NO).write == encode_frame(STATUS)
    assert link.receive(YES + encode_frame(STATUS_ANSWER)).outcome == Answered(STATUS_ANSWER)


def test_a_frame_declined_every_time_was_not_sent() -> None:
    link, copies = HostLink(copies=3), 0
    step = link.send(STATUS)

    while not step.outcome:
        copies += step.write == encode_frame(STATUS)
        step = link.receive(NO) if step.wait is Wait.CONFIRMATION else link.time_out()

    assert copies == 3
    assert isinstance(step.outcome, NotSent)


def test_a_frame_declined_with_more_than_nak_is_never_repeated() -> None:
    link = sent()

    link.receive(NO + YES)
    link.time_out()
    step = link.receive(NO)

    assert step.write == b""
    assert isinstance(step.outcome, FateUnknown)


def test_an_answer_that_comes_after_all_is_that_of_the_frame_declined() -> None:
    link = sent()
    link.receive(NO)
    link.time_out()

    assert link.receive(YES + encode_frame(STATUS_ANSWER)).outcome == Answered(STATUS_ANSWER)


def test_a_frame_declined_by_a_register_that_then_falls_silent_is_of_unknown_fate() -> None:
    link = HostLink(probes=2)
    link.send(STATUS)
    link.receive(NO)

    link.receive(NO)
    link.time_out()

    assert isinstance(link.time_out().outcome, FateUnknown)


def test_a_damaged_answer_is_declined_and_asked_for_again() -> None:
    link = sent()
    damaged = encode_frame(STATUS_ANSWER)[:-1] + b"\0"

    assert link.receive(YES + damaged) == Step(NO, Wait.BYTE, None)
    assert link.time_out().write == ASKS
    assert link.receive(YES + encode_frame(STATUS_ANSWER)) == Step(YES, None, Answered(STATUS_ANSWER))


def test_an_answer_that_stops_halfway_is_declined_and_asked_for_again() -> None:
    link = sent()
    link.receive(YES + encode_frame(STATUS_ANSWER)[:4])

    assert link.time_out() == Step(NO, Wait.BYTE, None)
    assert link.time_out().write == ASKS


def test_after_silence_enq_tells_that_the_frame_was_taken() -> None:
    link = sent()

    assert link.time_out() == Step(ASKS, Wait.CONFIRMATION, None)
    assert link.receive(YES + encode_frame(STATUS_ANSWER)).outcome == Answered(STATUS_ANSWER)


def test_after_silence_an_idle_register_leaves_the_fate_unknown_and_nothing_is_repeated() -> None:
    link = sent()
    link.time_out()

    step = link.receive(NO)

    assert step.write == b""
    assert isinstance(step.outcome, FateUnknown)


def test_a_register_that_took_the_frame_and_forgot_its_answer_leaves_the_fate_unknown() -> None:
    link = sent()
    link.receive(YES)
    link.time_out()

    assert isinstance(link.receive(NO).outcome, FateUnknown)


def test_a_long_command_is_asked_after_as_long_as_the_register_says_it_works() -> None:
    link = sent()
    link.receive(YES)

    for _ in range(5):
        assert link.time_out().write == ASKS
        assert link.receive(YES) == Step(b"", Wait.ANSWER, None)
    assert link.receive(encode_frame(STATUS_ANSWER)).outcome == Answered(STATUS_ANSWER)


def test_a_register_that_never_reacts_was_sent_nothing() -> None:
    link = HostLink(probes=4)
    steps = [link.send(STATUS)]

    while not steps[-1].outcome:
        steps.append(link.time_out())

    assert [step.write for step in steps] == [ASKS] * 4 + [b""]
    assert isinstance(steps[-1].outcome, NotSent)


def test_noise_instead_of_a_reaction_to_enq_is_waited_out() -> None:
    link = HostLink()
    link.send(STATUS)

    assert link.receive(b"\x7f") == Step(b"", Wait.BYTE, None)
    assert link.receive(b"\x06\x02\x15") == Step(b"", Wait.BYTE, None)
    assert link.time_out().write == ASKS


def test_nak_with_more_behind_it_is_not_an_idle_register() -> None:
    link = HostLink()
    link.send(STATUS)

    assert link.receive(NO + YES) == Step(b"", Wait.BYTE, None)


def test_a_line_that_never_falls_silent_is_given_up() -> None:
    link = HostLink()
    link.send(STATUS)

    step = link.receive(b"\x7f" * (MOST_DISCARDED + 2))

    assert isinstance(step.outcome, NotSent)


def test_an_answer_to_another_command_is_left_with_the_register() -> None:
    step = sent().receive(YES + encode_frame(b"\x11\0\x1e"))

    assert step.write == b""
    assert isinstance(step.outcome, FateUnknown)


def test_an_old_answer_proves_nothing_once_enq_has_found_the_register_idle() -> None:
    link = after(HostLink(), STATUS, STATUS_ANSWER)
    link.send(OPERATION)
    link.send(OPERATION)
    link.time_out()
    link.receive(NO)

    assert isinstance(link.receive(YES + encode_frame(STATUS_ANSWER)).outcome, FateUnknown)


@pytest.mark.parametrize("trouble", [NO, YES, b"\x7f"])
def test_an_exchange_left_unfinished_makes_the_next_wait_for_silence(trouble: bytes) -> None:
    link = sent()
    link.receive(trouble)

    assert link.send(OPERATION) == Step(b"", Wait.BYTE, None)
    assert link.time_out().write == ASKS


def test_after_an_end_in_doubt_the_next_exchange_waits_for_silence_once() -> None:
    link = sent()
    link.time_out()
    link.receive(NO)

    assert link.send(STATUS) == Step(b"", Wait.BYTE, None)
    assert link.time_out().write == ASKS
    link.receive(NO)
    assert link.receive(YES + encode_frame(STATUS_ANSWER)).outcome == Answered(STATUS_ANSWER)
    assert link.send(OPERATION).write == encode_frame(OPERATION)


def test_an_answer_with_bytes_behind_it_makes_the_next_exchange_wait_for_silence() -> None:
    link = sent()
    assert link.receive(YES + encode_frame(STATUS_ANSWER) + YES).outcome == Answered(STATUS_ANSWER)

    assert link.send(OPERATION) == Step(b"", Wait.BYTE, None)


def test_an_answer_got_after_a_silence_makes_the_next_exchange_wait_for_silence() -> None:
    link = sent()
    link.time_out()
    link.receive(YES + encode_frame(STATUS_ANSWER))

    assert link.send(OPERATION) == Step(b"", Wait.BYTE, None)


def test_no_answer_can_be_late_when_nothing_was_sent() -> None:
    with pytest.raises(RuntimeError):
        HostLink().time_out()
