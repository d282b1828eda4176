"""Looking something up in what is on disk, beside the one who writes it."""

from collections.abc import Callable
from typing import TypeVar

import trio
from sqlalchemy import Connection

from actors.facade.problems import Problem
from actors.facade.reach import Reach
from drivers.store.database import CannotOpen

R = TypeVar("R")


async def looked_up(reach: Reach, question: Callable[[Connection], R]) -> R:
    """What the question finds. Raises Problem, trio.TooSlowError."""
    try:
        with trio.fail_after(reach.patience):
            return await reach.reader.read(question)
    except CannotOpen as error:
        raise Problem(503, "STORE_UNAVAILABLE", f"The receipts cannot be read now: {error}", None, 2) from error
