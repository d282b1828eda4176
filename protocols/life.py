"""The states of an order's life and the moves between them. What is not drawn here cannot happen."""

from enum import StrEnum


class State(StrEnum):
    ACCEPTED = "accepted"  # durable, not printed: recovery found that the register has no document of it
    PRINTING = "printing"  # the register may have begun; its baseline is on disk
    PENDING = "pending"  # printed; waits for the OFD
    SYNCING = "syncing"  # on its way to the OFD
    SYNCED = "synced"  # the OFD has it
    DONE = "done"  # printed, and nothing that goes to the OFD from here: shifts, cash
    REJECTED = "rejected"  # the register refused; nothing was printed
    UNKNOWN = "unknown"  # the register cannot tell what became of it; a person decides
    DEAD = "dead"  # the OFD refused it too often; a person decides


MOVES: dict[State, frozenset[State]] = {
    State.ACCEPTED: frozenset({State.PRINTING, State.REJECTED}),
    State.PRINTING: frozenset({State.PENDING, State.DONE, State.REJECTED, State.ACCEPTED, State.UNKNOWN}),
    State.PENDING: frozenset({State.SYNCING, State.SYNCED}),  # at once: by its register's own way
    State.SYNCING: frozenset({State.PENDING, State.SYNCED, State.DEAD}),
    State.SYNCED: frozenset(),
    State.DONE: frozenset(),
    State.REJECTED: frozenset(),
    State.UNKNOWN: frozenset({State.PENDING, State.DONE, State.ACCEPTED, State.REJECTED}),
    State.DEAD: frozenset({State.PENDING}),
}

FINAL = (State.SYNCED, State.DONE, State.REJECTED)  # nothing can happen to it any more, so its row may be cleaned up
QUEUED = (State.ACCEPTED, State.PRINTING, State.PENDING, State.SYNCING)  # what takes up room in the buffer

INTERRUPTED = "the delivery was interrupted"  # why a move from syncing to pending came with a start, not with an answer

CONFIRMED = "the fiscal drive has the OFD's confirmation"  # why a move from pending to synced came without an attempt

RETRIED = "a dead letter, to be sent again"  # why a move from dead to pending came, before the person who said so

PUBLIC = {  # the words of the API
    State.ACCEPTED: "pending",
    State.PRINTING: "pending",
    State.PENDING: "pending",
    State.SYNCING: "syncing",
    State.SYNCED: "synced",
    State.DONE: "done",
    State.REJECTED: "failed",
    State.UNKNOWN: "failed",
    State.DEAD: "failed",
}
