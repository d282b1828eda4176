"""Telling, asking and what becomes of questions when somebody goes."""

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from actors.mailbox import ActorDied, Ask, Busy, Mailbox, is_closing, next_message, turn, waiting


class Question(Ask[int]):
    pass


@pytest.fixture
def box() -> Mailbox[object]:
    return Mailbox("actor", 2)


async def serve(box: Mailbox[object], answer: int) -> None:
    async for message in box.inbox:
        with turn(message):
            assert isinstance(message, Question)
            message.answer(answer)


async def test_a_question_is_answered(box: Mailbox[object], nursery: trio.Nursery) -> None:
    nursery.start_soon(serve, box, 7)

    assert await box.address.ask(Question(), within=1) == 7
    box.close()


async def test_an_answer_that_takes_too_long_is_not_waited_for(box: Mailbox[object], autojump_clock: MockClock) -> None:
    question = Question()

    with pytest.raises(trio.TooSlowError):
        await box.address.ask(question, within=5)

    assert trio.current_time() == 5
    assert question.abandoned


async def test_an_answer_to_somebody_who_has_left_does_no_harm(box: Mailbox[object]) -> None:
    question = Question()
    question.leave()

    question.answer(1)

    assert question.abandoned


async def test_a_question_is_not_abandoned_while_it_is_waited_for(box: Mailbox[object], nursery: trio.Nursery) -> None:
    question = Question()
    nursery.start_soon(question.wait)
    await wait_all_tasks_blocked()

    assert not question.abandoned
    question.answer(1)


async def test_a_wait_that_was_cut_short_may_be_taken_up_again(autojump_clock: MockClock) -> None:
    question = Question()
    with trio.move_on_after(1):
        await question.wait()
    question.answer(3)

    assert await question.wait() == 3


async def test_an_answer_can_be_looked_for_without_waiting(box: Mailbox[object]) -> None:
    answered, given_up, neither = Question(), Question(), Question()
    with turn(answered, given_up):
        answered.answer(4)

    assert answered.answer_now() == 4
    with pytest.raises(ActorDied):
        given_up.answer_now()
    with pytest.raises(trio.WouldBlock):
        neither.answer_now()


async def test_a_full_mailbox_is_busy_and_takes_nothing(box: Mailbox[object]) -> None:
    for number in range(2):
        box.address.tell(number)

    with pytest.raises(Busy):
        await box.address.ask(Question(), within=1)

    assert list(waiting(box.inbox, 10)) == [0, 1]


async def test_a_turn_that_ends_without_an_answer_gives_the_question_up(
    box: Mailbox[object], nursery: trio.Nursery
) -> None:
    question = Question()
    with turn(question, object()):
        pass

    with pytest.raises(ActorDied, match="Question"):
        await question.wait()


async def test_a_turn_that_crashes_still_lets_its_answers_through() -> None:
    first, second = Question(), Question()

    def crash() -> None:
        with turn(first, second):
            first.answer(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        crash()

    assert await first.wait() == 1
    with pytest.raises(ActorDied):
        await second.wait()


async def test_an_abandoned_mailbox_gives_up_every_question_in_it(box: Mailbox[object], nursery: trio.Nursery) -> None:
    question = Question()
    box.address.tell("a fact")
    box.address.tell(question)

    box.abandon()

    with pytest.raises(ActorDied):
        await question.wait()
    with pytest.raises(ActorDied):
        box.address.tell("another")


async def test_a_mailbox_may_be_abandoned_twice(box: Mailbox[object]) -> None:
    box.abandon()
    box.abandon()

    with pytest.raises(ActorDied):
        box.address.tell("a fact")


async def test_a_closed_mailbox_gives_out_what_waits_and_then_ends(box: Mailbox[object]) -> None:
    box.address.tell("last")
    box.close()

    assert [message async for message in box.inbox] == ["last"]
    with pytest.raises(ActorDied):
        box.address.tell("too late")


async def test_whoever_serves_a_closed_mailbox_is_told_so(box: Mailbox[object]) -> None:
    assert not is_closing(box.inbox)

    box.close()

    assert is_closing(box.inbox)


async def test_no_message_until_then_is_none(box: Mailbox[object], autojump_clock: MockClock) -> None:
    assert await next_message(box.inbox, until=9.0) is None
    assert trio.current_time() == 9.0


async def test_a_wait_that_ends_takes_nothing_out_of_the_mailbox(
    box: Mailbox[object], autojump_clock: MockClock
) -> None:
    await trio.sleep(1)
    box.address.tell("fact")

    assert await next_message(box.inbox, until=0.0) is None
    assert await next_message(box.inbox, until=2.0) == "fact"


async def test_a_wait_on_a_closed_mailbox_ends_with_it(box: Mailbox[object]) -> None:
    box.close()

    with pytest.raises(trio.EndOfChannel):
        await next_message(box.inbox, until=float("inf"))


async def test_what_waits_comes_in_order_and_not_more_of_it_than_asked_for(box: Mailbox[object]) -> None:
    for number in range(2):
        box.address.tell(number)

    assert list(waiting(box.inbox, 1)) == [0]
    assert box.depth == 1
