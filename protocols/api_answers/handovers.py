"""Sales of a register that its stand-in prints."""

from typing import Literal

from pydantic import Field

from protocols.api_answers.base import Answer, Moment, OrderId, PosId


class Handover(Answer):
    """The latest hand-over of a register's sales."""

    pos_id: PosId
    stand_in: PosId
    in_force: bool = Field(description="False once it was ended.")
    who: str
    reason: str
    began_at: Moment
    ended_at: Moment | None
    ended_by: str | None


class Handovers(Answer):
    handovers: list[Handover]


class Stays(Answer):
    """A receipt that its register had in hand already. Do not sell it under another key."""

    receipt_id: OrderId
    state: Literal["accepted", "printing", "unknown"]
    to_do: str = Field(description="What a person must do about it.")


class HandoverBegun(Handover):
    """A hand-over that is in force from now on, and what is not part of it."""

    stays: list[Stays]
