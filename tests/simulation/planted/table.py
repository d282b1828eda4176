"""The faults by name, and how one is looked for: history after history, until one shows it.

Not planted, for they do no harm. An error at the commit of a claim that is taken for "not written": nothing was sent to
the register, and whatever the next start finds it settles. A full mailbox that drops in place of saying Busy: whatever
matters is a question with a deadline, and what is asked about a print is asked again by recovery; only time is lost.
A death that is not told, likewise: the fault here takes the deadline away with it.
"""

from collections.abc import Callable, Iterable
from unittest.mock import patch

from tests.simulation import history
from tests.simulation.history import play
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

RARE: frozenset[str] = frozenset()
"""Too rare to be waited for in every run of the tests; `python -m tests.simulation.planted` looks for them."""


def wrong_with(name: str, seed: int) -> list[str]:
    """What is wrong in this history with the fault in it."""
    with patch.object(history, "DRAINED_WITHIN", DRAINED_WITHIN):
        return play(seed, sabotage=FAULTS[name]).wrong


def wrong_without(seed: int) -> list[str]:
    """What is wrong in the same history of the product as it is."""
    with patch.object(history, "DRAINED_WITHIN", DRAINED_WITHIN):
        return play(seed).wrong


def first_to_show(name: str, seeds: Iterable[int]) -> int | None:
    return next((seed for seed in seeds if wrong_with(name, seed)), None)
