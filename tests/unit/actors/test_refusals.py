"""The audit of refusals under a flood, in virtual time: bounded in memory, on disk and in what others lose by it."""

import re

import trio
from trio.testing import MockClock

from actors import buffer, notices
from actors.facade.audit import AN_HOUR, KINDS, Audit, Visitor
from actors.mailbox import Mailbox

DAY = 86_400.0


def visitor(at: str, asked: str = "GET /v1/kkt/devices") -> Visitor:
    return Visitor("nobody", at, asked, asked, "r-1")


def told(box: Mailbox[buffer.Message]) -> list[str]:
    """Since it was last asked."""
    found = []
    while box.depth:
        note = box.inbox.receive_nowait()
        assert isinstance(note, notices.Note)
        found.append(note.message)
    return found


def counted(messages: list[str]) -> int:
    """How many refusals they stand for."""
    more = [re.search(r"There were (\d+) more", message) for message in messages]
    return sum(1 + int(each[1] if each else 0) for each in more)


async def test_a_flood_from_everywhere_for_a_day_leaves_few_events_and_little_in_memory(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    box = Mailbox[buffer.Message]("buffer", 1024)
    audit, messages = Audit(box.address), list[str]()
    nursery.start_soon(audit.run)
    sent = 86_400 // 60
    for number in range(sent):
        audit.refused(visitor(f"10.0.{number // 250 % 250}.{number % 250}"), 401, "CREDENTIALS_MISSING")
        assert len(audit._strangers.kinds) <= KINDS + 1
        messages += told(box)
        await trio.sleep(60)

    assert len(messages) <= 24 * AN_HOUR + AN_HOUR
    await trio.sleep(DAY)
    messages += told(box)
    assert counted(messages) == sent
    assert audit._strangers.kinds == {}
    nursery.cancel_scope.cancel()


async def test_after_a_flood_the_next_refusal_is_told_within_an_hour(
    nursery: trio.Nursery, autojump_clock: MockClock
) -> None:
    box = Mailbox[buffer.Message]("buffer", 1024)
    audit = Audit(box.address)
    nursery.start_soon(audit.run)
    for _ in range(3600):
        audit.refused(visitor("10.0.0.5"), 401, "TOKEN_INVALID")
        await trio.sleep(1)
    told(box)
    audit.refused(visitor("10.0.0.6"), 403, "FORBIDDEN")
    await trio.sleep(3600)

    assert any("10.0.0.6" in message for message in told(box))
    nursery.cancel_scope.cancel()


async def test_each_kind_is_told_by_itself(nursery: trio.Nursery, autojump_clock: MockClock) -> None:
    box = Mailbox[buffer.Message]("buffer", 1024)
    audit = Audit(box.address)
    for _ in range(3):
        for route in ("GET /v1/links", "GET /v1/kkt/devices"):
            for code in ("TOKEN_INVALID", "TOKEN_EXPIRED"):
                audit.refused(visitor("10.0.0.5", route), 401, code)

    assert len(told(box)) == 4
    nursery.cancel_scope.cancel()
