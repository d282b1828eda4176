"""What people look up: lists of orders, dead letters, the story of one of them, and the last hours in figures."""

from pydantic import Field

from protocols.api_answers.base import Answer, Fd, Fn, Fp, Moment, OrderId, PosId, Roubles
from protocols.life import State
from protocols.receipt import Kind
from protocols.receipt_list import Status
from protocols.till import Work


class Numbers(Answer):
    """What a fiscal document is known by."""

    fn: Fn
    fd: Fd
    fp: Fp


class Listed(Answer):
    """An order in a list; its words are those of OrderLife."""

    id: OrderId
    pos_id: PosId = Field(description="The register that it was sent to.")
    printed_on: PosId = Field(description="The register that has it in hand: the same, or its stand-in.")
    type: Kind | Work
    status: Status
    state: State
    total: Roubles
    created_at: Moment
    printed_at: Moment | None
    synced_at: Moment | None
    fiscal_doc: Numbers | None = Field(description="Null until it is printed, and of a cash slip, which is none.")
    retry_count: int
    last_error: str | None


class DeadLetter(Listed):
    """A receipt that the OFD refused too often: it waits for a person."""

    died_at: Moment
    reason: str | None = Field(description="Why the OFD refused it last.")


NEXT = Field(description="The `cursor` of the next page; null on the last.")


class Orders(Answer):
    """A page of orders, newest first."""

    items: list[Listed]
    next: str | None = NEXT


class DeadLetters(Answer):
    """A page of dead letters, newest first."""

    items: list[DeadLetter]
    next: str | None = NEXT


class Retried(Answer):
    """What is sent again."""

    retried: int
    receipts: list[OrderId] = Field(description="The first hundred of them.")
    left: int = Field(description="How many are dead letters still.")


class StoryStep(Answer):
    """Something that happened to an order."""

    at: Moment
    state: State = Field(description="What it was from then on.")
    message: str
    message_ru: str


class Timeline(Answer):
    """What happened to an order, in order."""

    id: OrderId
    steps: list[StoryStep]


class Point(Answer):
    """One step of time, from `at` on."""

    at: Moment
    queued: int = Field(description="Receipts that waited for the OFD at its end, as far as their rows are kept.")
    printed: int = Field(description="Documents that came onto paper in it.")
    p50_s: float | None = Field(description="Half of them took as many seconds or fewer; null where none was printed.")
    p95_s: float | None = Field(description="And nineteen of twenty.")


class History(Answer):
    """The last hours in figures, as they were half a minute ago at most."""

    from_: Moment = Field(alias="from")
    to: Moment
    step_s: int = Field(description="Seconds between two points.")
    points: list[Point] = Field(description="Oldest first; the last one is under way.")
