"""The faults by name, and how one is looked for: history after history, until one shows it.

Not planted, for they do no harm. An error at the commit of a claim that is taken for "not written": nothing was sent to
the register, and whatever the next start finds it settles. A full mailbox that drops in place of saying Busy: whatever
matters is a question with a deadline, and what is asked about a print is asked again by recovery; only time is lost.
A death that is not told, likewise: the fault here takes the deadline away with it.
"""

from collections.abc import Callable
from unittest.mock import patch

from protocols.till import CASH
from tests.simulation import history
from tests.simulation.history import play
from tests.simulation.plan import Plan, draw
from tests.simulation.planted import disk, outside, paper
from tests.simulation.planted.patches import Patch

MOST = 500  # histories in which every fault must show itself
DRAINED_WITHIN = 400.0  # seconds: more than the longest wait of a gateway that is well

FAULTS: dict[str, Callable[[], Patch]] = {
    each.__name__.replace("_", " "): each
    for each in (
        paper.no_intent,
        paper.looks_then_inserts,
        paper.claim_ahead_not_awaited,
        paper.command_repeated,
        paper.refused_and_kept,
        paper.refusal_taken_for_no_print,
        paper.open_receipt_not_cancelled,
        paper.no_recovery_at_start,
        paper.accepted_left_to_the_till,
        paper.no_baseline,
        paper.reprint_without_asking,
        paper.number_without_content,
        paper.content_taken_twice,
        paper.linger_ignored,
        paper.gives_up_on_doubt,
        paper.drive_not_compared,
        paper.baseline_overwritten,
        paper.slips_counted_alone,
        paper.till_work_repeated,
        paper.unknown_does_not_halt,
        disk.synchronous_normal,
        disk.opening_without_sync,
        disk.failed_commit_believed,
        disk.unwritten_result_refused,
        disk.answer_before_result,
        disk.body_not_compared,
        disk.answer_made_anew,
        disk.room_made_by_dropping,
        disk.move_without_event,
        disk.syncing_forgotten,
        disk.newest_delivered_first,
        disk.dead_letter_dropped,
        disk.no_tombstones,
        disk.clean_up_of_what_waits,
        outside.synced_before_acknowledged,
        outside.outage_counted,
        outside.never_a_dead_letter,
        outside.delivered_not_marked,
        outside.refused_overtaken,
        outside.death_not_told,
    )
}

OFD_AWAY = ("ofd down", "ofd slow", "ofd 503", "ofd unplugged", "ofd gone for hours")
OFD_REFUSES = ("ofd refuses", "ofd refuses for long")
DISK_FAILS = ("EIO at a result", "EIO at a sync", "EIO for a while", "disk full")


def strikes(plan: Plan, *names: str) -> bool:
    """Whether one of these rows of faults and kills is in the plan."""
    return any(event.name in names for event in (*plan.faults, *plan.kills))


def orders_cash(plan: Plan) -> bool:
    return any(custom.order.kind in CASH for custom in plan.customs)


WORTH_PLAYING: dict[str, Callable[[Plan], bool]] = {
    "number without content": lambda plan: strikes(plan, "stranger's document"),
    "content taken twice": lambda plan: strikes(plan, "doubt: the same again"),
    "linger ignored": lambda plan: plan.linger > 0 and strikes(plan, "cash lingers") and orders_cash(plan),
    "drive not compared": lambda plan: strikes(plan, "doubt: drive replaced", "drive replaced"),
    "slips counted alone": lambda plan: strikes(plan, "doubt: more cash") and orders_cash(plan),
    "synchronous normal": lambda plan: bool(plan.kills),
    "opening without sync": lambda plan: strikes(plan, "as a refusal is synced"),
    "failed commit believed": lambda plan: strikes(plan, *DISK_FAILS),
    "unwritten result refused": lambda plan: strikes(plan, *DISK_FAILS),
    "answer before result": lambda plan: strikes(plan, "behind an answer"),
    "answer made anew": lambda plan: any(custom.again for custom in plan.customs) and strikes(plan, *OFD_AWAY),
    "room made by dropping": lambda plan: plan.capacity <= len(plan.customs) and strikes(plan, *OFD_AWAY),
    "dead letter dropped": lambda plan: strikes(plan, *OFD_REFUSES),
    "no tombstones": lambda plan: plan.retention_days < 1 and bool(plan.kills),
    "clean up of what waits": lambda plan: plan.retention_days < 1 and strikes(plan, *OFD_AWAY, *OFD_REFUSES),
    "outage counted": lambda plan: plan.max_attempts < 20 and strikes(plan, *OFD_AWAY),
    "never a dead letter": lambda plan: strikes(plan, "ofd refuses for long"),
    "refused overtaken": lambda plan: strikes(plan, "ofd refuses one"),
}
"""Where most histories have nothing that could show the fault: those that have. A test passes the others over."""


RARE = frozenset(
    {"content taken twice", "linger ignored", "answer made anew", "outage counted", "answer before result"}
)
"""These take dozens of histories all the same; `python -m tests.simulation.planted` alone looks for them."""

SHOWN_AT = {
    "number without content": 242,
    "till work repeated": 34,
    "newest delivered first": 15,
    "no tombstones": 64,
    "synced before acknowledged": 15,
}
"""Where many histories would be played in vain: one that showed the fault, and is played first."""


def wrong_with(name: str, seed: int) -> list[str]:
    """What is wrong in this history with the fault in it."""
    with patch.object(history, "DRAINED_WITHIN", DRAINED_WITHIN):
        return play(seed, sabotage=FAULTS[name]).wrong


def wrong_without(seed: int) -> list[str]:
    """What is wrong in the same history of the product as it is."""
    with patch.object(history, "DRAINED_WITHIN", DRAINED_WITHIN):
        return play(seed).wrong


def first_to_show(name: str) -> int | None:
    """The first history that is worth playing and shows it."""
    worth_playing = WORTH_PLAYING.get(name, bool)
    return next((seed for seed in range(MOST) if worth_playing(draw(seed)) and wrong_with(name, seed)), None)


def one_that_shows(name: str) -> int | None:
    """A history that shows it: the one that did, or else the first."""
    known = SHOWN_AT.get(name)
    return known if known is not None and wrong_with(name, known) else first_to_show(name)
