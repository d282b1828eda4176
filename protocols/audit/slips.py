"""Cash slips against the store: they have no numbers, so they are counted."""

from collections.abc import Iterator

from protocols.audit.case import PRINTED, Case, Content
from protocols.audit.properties import Property, Violation
from protocols.audit.witnesses import RegisterJournal, StoredReceipt
from protocols.life import State
from protocols.till import CASH


def cash_slips(case: Case) -> Iterator[Violation]:
    """Slips have no numbers, so they are counted: as many as the store calls done, or may yet find to be."""
    buried = sum(tomb.state is State.DONE and tomb.numbers is None for tomb in case.witnesses.store.tombstones)
    for journal in case.witnesses.registers:
        for content in _cash_contents(case, journal) if journal.slips else ():
            rows = case.rows_of.get(content, [])
            done = sum(row.state in PRINTED for row in rows)
            in_doubt = sum(row.state in (State.PRINTING, State.UNKNOWN) for row in rows)
            slips = case.printed[content]
            if slips < done:
                what = f"{content} was done {done} times, says the store; the register printed {slips} slips"
                yield Violation(Property.P2, what, _only(rows))
            if case.terms.sole and slips > done + in_doubt + buried:
                what = f"{content} has {slips} slips; the store knows of {done}, and of {in_doubt} in doubt"
                yield Violation(Property.P1, what, _only(rows))


def _cash_contents(case: Case, journal: RegisterJournal) -> list[Content]:
    contents = dict.fromkeys([*case.rows_of, *case.printed])  # a set would have no order
    return [content for content in contents if content.pos_id == journal.pos_id and content.kind in CASH]


def _only(rows: list[StoredReceipt]) -> str | None:
    return rows[0].receipt_id if len(rows) == 1 else None
