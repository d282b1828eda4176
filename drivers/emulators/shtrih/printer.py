"""Paper and what the printer is at: the submodes of the register."""

from drivers.emulators.shtrih.refuse import Refuse
from protocols.shtrih.codes import Error, Submode

# what taking the roll out and putting one in leads to (Штрих-М protocol 1.17, appendix 1)
_TAKEN_OUT = {Submode.IDLE: Submode.NO_PAPER, Submode.AWAITS_CONTINUE: Submode.NO_PAPER_WHILE_PRINTING}
_PUT_IN = {Submode.NO_PAPER: Submode.IDLE, Submode.NO_PAPER_WHILE_PRINTING: Submode.AWAITS_CONTINUE}
_REFUSALS = {
    Submode.NO_PAPER: Error.NO_RECEIPT_PAPER,
    Submode.NO_PAPER_WHILE_PRINTING: Error.NO_RECEIPT_PAPER,
    Submode.AWAITS_CONTINUE: Error.AWAITS_CONTINUE,
}


class Printer:
    """Prints in no time; how long paper takes is the business of whoever awaits the answer."""

    def __init__(self) -> None:
        self.submode = Submode.IDLE

    @property
    def has_paper(self) -> bool:
        return self.submode in (Submode.IDLE, Submode.AWAITS_CONTINUE)

    def take_out(self) -> None:
        self.submode = _TAKEN_OUT.get(self.submode, self.submode)

    def put_in(self) -> None:
        self.submode = _PUT_IN.get(self.submode, self.submode)

    def run_out(self) -> None:
        """The roll ends in the middle of a document."""
        self.submode = Submode.NO_PAPER_WHILE_PRINTING

    def mend(self) -> None:
        """Paper is there and nothing waits to be printed."""
        self.submode = Submode.IDLE

    def check(self) -> None:
        """Raises Refuse unless something can be printed now."""
        if self.submode in _REFUSALS:
            raise Refuse(_REFUSALS[self.submode])

    def go_on(self) -> None:
        """B0h: prints the broken document once more, whole. Raises Refuse unless it waits for that."""
        if not self.has_paper:
            raise Refuse(Error.NO_RECEIPT_PAPER)
        if self.submode is not Submode.AWAITS_CONTINUE:
            raise Refuse(Error.WRONG_SUBMODE)
        self.submode = Submode.IDLE
