"""How a register stands, as far as its actor knows, and when the actor must look at it again."""

import math
from dataclasses import dataclass, replace

import trio

from actors.kkt.trouble import SETTLING, STARTING, NotReady
from protocols.fiscal import Baseline, Document, FiscalDocument, RegisterStatus

FRESH = 1.0  # seconds for which the last look is believed


@dataclass(eq=False)
class Standing:
    """`trouble`: why it cannot print. `settled`: nothing printed before is in doubt or waits to be printed.

    `seen` is the last look, None without a link. `doubtful_since`: when a command was sent of which nobody knows
    whether it arrived; it may still be under way. Times are Trio's.
    """

    trouble: NotReady | None = STARTING
    settled: bool = False
    seen: RegisterStatus | None = None
    seen_at: float = 0.0
    look_at: float = 0.0
    doubtful_since: float = 0.0

    @property
    def is_fresh(self) -> bool:
        return trio.current_time() - self.seen_at <= FRESH

    def see(self, seen: RegisterStatus) -> None:
        self.seen, self.seen_at = seen, trio.current_time()

    def see_after(self, document: Document) -> None:
        """A receipt moves nothing but the last document; after other work the register is looked at before the next."""
        if isinstance(document, FiscalDocument):
            if self.seen is not None:
                self.see(replace(self.seen, last=Baseline(document.fn, document.fd)))
        else:
            self.doubt_the_last_look()

    def doubt_the_last_look(self) -> None:
        """Something was printed that may have moved anything."""
        self.seen_at, self.look_at = -math.inf, trio.current_time()

    def unsettle(self) -> None:
        """Something waits to be printed, or to be asked for: that comes before anything new."""
        self.settled, self.look_at = False, trio.current_time()
        self.trouble = self.trouble or SETTLING
