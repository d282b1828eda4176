"""What is wrong with the emulated register by order of a test or a trainer: `POST /kkt/_test/behave`.

| field | what it does |
| --- | --- |
| `paper` | `out`; `out_next`: the roll ends in the middle of the next receipt; `present`: a new roll |
| `cover_open`, `drawer_open` | as the flags of the state have it; under an open cover nothing is printed |
| `print_delay_ms` | how long a document takes on paper |
| `lose_answer_next`, `lose_command_next` | so many answers, commands are lost on the line |
| `power`, `power_off_in_receipt` | `off` now, or as the next receipt is closed |
| `down` | nobody gets a connection; a pseudo-terminal is gone |
| `shift_age_h`, `clock_offset_s` | a shift that is old, a clock that is wrong |
| `fn_left`, `fn_days_left`, `fn_silent` | a drive almost full, almost at the end of its life, without an answer |
| `ofd_unreachable`, `ofd_queue` | documents stay unsent and age; so many pass for unsent (not where a host carries) |
| `refuse_next` | an error code for the next command that prints, or for the next of one kind |

A marking code that ends in one of `labels.ENDINGS` is found wanting by its check, in one of `labels.REFUSALS` refused.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

MOST_OFFSET = 20 * 365 * 86400
"""Seconds that the register's clock may be wrong: dates on the wire hold the years 2000 to 2255 only."""
Counted = Literal["lose_answer_next", "lose_command_next"]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class Refusal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer "no" with this error code; for the next printing command, or for the next one of that code."""

    code: Annotated[int, Meta(ge=1, le=0xFF)]
    command: Annotated[int, Meta(ge=0, le=0xFFFF)] | None = None


class Faults(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The faults now. Each field's default is "nothing is wrong".

    What is lost or cut off concerns the commands that end in paper for good (close of a receipt, correction, shift
    reports, cash in and out): a poll of the state in between uses none of it up.
    """

    paper: Literal["present", "out", "out_next"] = "present"
    """`out_next`: the roll ends while the next receipt is printed, which is in the drive by then."""
    cover_open: bool = False
    drawer_open: bool = False
    """28h opens it as well; it stays so until somebody shuts it."""
    lose_answer_next: Count = 0
    """So many times the work is done and the answer gone for good: it is neither sent nor held."""
    lose_command_next: Count = 0
    """So many times the frame goes unheard."""
    power_off_in_receipt: bool = False
    """The close of the next receipt or correction is the last that is heard: the power goes before it is done."""
    power: Literal["on", "off"] = "on"
    print_delay_ms: Annotated[int, Meta(ge=0, le=60_000)] = 0
    """How long paper takes; the answer to a command that makes a document waits for it."""
    shift_age_h: Annotated[float, Meta(ge=0, le=10_000)] | None = None
    """The open shift passes for so old; ends with the shift."""
    fn_left: Count | None = None
    """The drive takes so many documents more."""
    fn_days_left: Annotated[int, Meta(ge=-10_000, le=10_000)] | None = None
    """The drive's life ends in so many days; below zero it has."""
    fn_silent: bool = False
    """The drive answers the register nothing (30h)."""
    ofd_unreachable: bool = False
    """Documents stay in the drive; when it is over all of them go at once."""
    ofd_queue: Annotated[int, Meta(ge=0, le=0xFFFF)] = 0
    """So many of the newest documents pass for not yet taken by the OFD."""
    clock_offset_s: Annotated[int, Meta(ge=-MOST_OFFSET, le=MOST_OFFSET)] = 0
    refuse_next: Refusal | None = None
    down: bool = False
    """Nobody gets a connection."""

    def spend(self, fault: Counted) -> bool:
        """Whether it is to happen now; then there is one less to come."""
        left = int(getattr(self, fault))
        setattr(self, fault, max(0, left - 1))
        return left > 0

    def changed(self, wanted: dict[str, object]) -> "Faults":
        """With `wanted` in place of what was. Raises msgspec.ValidationError, which names the wrong key."""
        return msgspec.convert(msgspec.to_builtins(self) | wanted, Faults)
