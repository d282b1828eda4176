"""Commands and answers on one link to a Штрих-М register, in the port's errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import trio

from drivers.errors import LinkLost
from drivers.kkt.line import Line
from drivers.kkt.port import RegisterRefused
from protocols.errors import ProtocolError
from protocols.shtrih.codes import Error
from protocols.shtrih.commands import Command, Refused, decode_answer
from protocols.shtrih.marking import BindMarkingCode, CheckMarkingCode
from protocols.shtrih.meanings import ABOUT_SHIFTS, PASSING
from protocols.shtrih.receipts import FormCorrectionV2
from protocols.shtrih.service import CashIn, CashOut, OpenShift, PrintXReport, PrintZReport

A = TypeVar("A")

SLOW: dict[type[Command[Any]], float] = {
    OpenShift: 6,
    PrintZReport: 6,
    PrintXReport: 3,
    CashIn: 2,
    CashOut: 2,
    FormCorrectionV2: 2,
    CheckMarkingCode: 4,  # the register may ask the server
    BindMarkingCode: 4,
}
"""How many times `read_timeout` these may take: they answer when their paper is out. The vendor's driver waits
for 65 s on a Z report, for 40 s on a marking code and for 30 s on most else."""
STILL_PRINTING = 30.0  # seconds to wait for paper that still moves
POLL = 0.1  # seconds between two looks at it


@dataclass(frozen=True)
class ShtrihLink:
    """`read_timeout`: seconds for an answer that needs no paper."""

    line: Line
    read_timeout: float

    async def ask(self, command: Command[A]) -> A:
        """Raises RegisterRefused, LinkLost, LinkSilent."""
        within = self.read_timeout * SLOW.get(type(command), 1)
        give_up_at = trio.current_time() + STILL_PRINTING
        request = command.encode()
        while True:
            try:
                return decode_answer(command, await self.line.exchange(request, within=within))
            except Refused as refused:
                # refused for that, it was not executed: the one case in which a command may simply be sent again
                if refused.error != Error.STILL_PRINTING or trio.current_time() >= give_up_at:
                    raise _refusal(command, refused) from None
            except ProtocolError as error:
                raise LinkLost(f"the register's answer makes no sense: {error}") from error
            await trio.sleep(POLL)


@contextmanager
def done(what: str) -> Iterator[None]:
    """The register has done it: a "no" to a question about it takes nothing back, but leaves it in doubt."""
    try:
        yield
    except RegisterRefused as refusal:
        raise LinkLost(f"the register did {what} and does not tell of it: {refusal}") from refusal


def _refusal(command: Command[Any], refused: Refused) -> RegisterRefused:
    meaning, passing = refused.meaning, _passes(command, refused)
    return RegisterRefused(meaning.number, meaning.text, passing=passing, advice=meaning.advice)


def _passes(command: Command[Any], refused: Refused) -> bool:
    turns_shift = isinstance(command, OpenShift | PrintZReport)
    return refused.error in PASSING and not (turns_shift and refused.error in ABOUT_SHIFTS)
