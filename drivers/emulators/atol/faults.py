"""What is wrong with the emulated register, or with its server, by order of a test or a trainer."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MOST_OFFSET = 20 * 365 * 86_400
"""Seconds that the register's clock may be wrong."""
Counted = Literal["lose_answer_next", "lose_command_next", "late_command_next", "lose_poll_next", "busy_next"]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class Refusal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An error with this code; for the next printing task, or for the next one of that type."""

    code: Annotated[int, Meta(ge=1, le=999)]
    task: Annotated[str, Meta(max_length=64)] | None = None


class Faults(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The faults now. Each field's default is "nothing is wrong".

    What is lost on the way concerns jobs that end in paper for good (receipts, shift reports, cash in and out): a look
    at the state in between uses none of it up. "Next" is the next such document. While the power is off, or the server
    down, whoever calls it is cut off.
    """

    paper: Literal["present", "out", "out_next"] = "present"
    """`out_next`: the roll ends while the next document is printed, which is in the drive by then."""
    cover_open: bool = False
    drawer_open: bool = False
    """openCashDrawer opens it as well; it stays so until somebody shuts it."""
    lose_answer_next: Count = 0
    """So many times a job is stored and the connection cut instead of the answer."""
    lose_command_next: Count = 0
    """So many times the connection is cut before the job is stored."""
    late_command_next: Count = 0
    """So many times the connection is cut at once, and the job arrives `late_ms` later all the same."""
    late_ms: Annotated[int, Meta(ge=0, le=600_000)] = 5000
    lose_poll_next: Count = 0
    """So many questions after a job end in a cut connection."""
    busy_next: Count = 0
    """So many immediate queries are answered with 408."""
    connection: Literal["ok", "lost", "lost_next", "lost_after_next"] = "ok"
    """Between server and register. `lost_next`: gone before the next document is made, `lost_after_next`: after it;
    either stops the queue until the connection is ok again."""
    fn: Literal["ok", "fault", "fault_next", "fault_after_next"] = "ok"
    """The fiscal drive fails, in the same ways."""
    power_off_in_receipt: bool = False
    """The power goes in the middle of the next receipt or correction, before it is made."""
    power_off_after_receipt: bool = False
    """The power goes when the next receipt or correction is made, before the server has noted so."""
    power: Literal["on", "off"] = "on"
    """Of server and register both; the queue is on disk."""
    print_delay_ms: Annotated[int, Meta(ge=0, le=60_000)] = 0
    """How long paper takes; the driver is busy meanwhile."""
    shift_age_h: Annotated[float, Meta(ge=0, le=10_000)] | None = None
    """The open shift passes for so old; ends with the shift."""
    fn_left: Count | None = None
    """The drive takes so many documents more."""
    fn_days_left: Annotated[int, Meta(ge=-10_000, le=10_000)] | None = None
    """The drive's validity ends in so many days."""
    ofd_queue: Count = 0
    """So many of the newest documents pass for not yet taken by the OFD."""
    clock_offset_s: Annotated[int, Meta(ge=-MOST_OFFSET, le=MOST_OFFSET)] = 0
    refuse_next: Refusal | None = None
    marking_server: Literal["up", "down"] = "up"
    activated: bool = True
    """False: the server answers 403, as before its register was activated."""
    down: bool = False
    """Nobody gets an answer from the server; the work goes on."""
    auto_open_shift: bool = False
    """The register opens a shift by itself for a receipt; whether real ones do is a setting of theirs."""
    unfinished_print: Literal["blocks", "resumes"] = "blocks"
    """What the next printing task finds after paper was put in: a refusal until continuePrint, or nothing to see."""

    def spend(self, fault: Counted) -> bool:
        """Whether it is to happen now; then there is one less to come."""
        left = int(getattr(self, fault))
        setattr(self, fault, max(0, left - 1))
        return left > 0

    def changed(self, wanted: dict[str, object]) -> "Faults":
        """With `wanted` in place of what was. Raises msgspec.ValidationError, which names the wrong key."""
        return msgspec.convert(msgspec.to_builtins(self) | wanted, Faults)
