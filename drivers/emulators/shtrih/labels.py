"""Marking codes the drive has checked for the receipt in hand, and what it found of them."""

from dataclasses import dataclass, field
from enum import IntFlag

from drivers.emulators.shtrih.refuse import Refuse

MOST_CODES = 128  # that a drive keeps (protocol 1.17, error A3h)
MARKING_ORDER, TABLE_FULL, UNCHECKED = 0xA1, 0xA3, 0xA5
FALSE_CODE, SOLD_OUT = 0xD4, 0xD3


class Checked(IntFlag):
    """Tag 2106, and with its two lowest bits tag 2004."""

    BY_DRIVE = 1
    DRIVE_SAYS_GOOD = 2
    ONLINE = 4
    STATUS_RIGHT = 8


GOOD = Checked.BY_DRIVE | Checked.DRIVE_SAYS_GOOD | Checked.ONLINE | Checked.STATUS_RIGHT
ENDINGS = {
    b"~BAD": Checked.BY_DRIVE | Checked.ONLINE,
    b"~SOLD": Checked.BY_DRIVE | Checked.DRIVE_SAYS_GOOD | Checked.ONLINE,
    b"~OFFLINE": Checked.BY_DRIVE | Checked.DRIVE_SAYS_GOOD,
}
"""What the check finds of a code that ends so; of any other all is good."""
REFUSALS = {b"~FALSE": FALSE_CODE, b"~GONE": SOLD_OUT}
"""With what the check of a code that ends so is refused."""


@dataclass
class Codes:
    """`results` goes by code, `checked` is the one whose check waits for a decision (FF69h)."""

    results: dict[bytes, Checked] = field(default_factory=dict)
    checked: tuple[bytes, Checked] | None = None

    def check(self, code: bytes) -> Checked:
        """Raises Refuse."""
        for ending, refusal in REFUSALS.items():
            if code.endswith(ending):
                raise Refuse(refusal)
        if len(self.results) == MOST_CODES:
            raise Refuse(TABLE_FULL)
        found = next((result for ending, result in ENDINGS.items() if code.endswith(ending)), GOOD)
        self.checked = code, found
        return found

    def decide(self, accepted: bool) -> Checked:
        """Raises Refuse: nothing was checked."""
        if self.checked is None:
            raise Refuse(MARKING_ORDER)
        (code, found), self.checked = self.checked, None
        if accepted:
            self.results[code] = found
        return found

    def bind(self, code: bytes) -> Checked:
        """Raises Refuse: the code was not checked, or not accepted."""
        if code not in self.results:
            raise Refuse(UNCHECKED)
        return self.results[code]
