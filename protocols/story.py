"""What happened to an order, step by step, for people. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from protocols import story_words
from protocols.life import State
from protocols.story_words import Words

UNDER_WAY = (State.PRINTING, State.SYNCING)  # told only while it is; later its end is told


@dataclass(frozen=True, slots=True)
class Happened:
    """A move into `state`."""

    at: datetime
    state: State
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """Of an order that is `state` now: how it began, how it went on of late, and how many moves are left out between.

    Without any `first`: it is cleaned up, and its moves are no longer kept.
    """

    accepted_at: datetime
    state: State
    first: Sequence[Happened]
    left_out: int = 0
    last: Sequence[Happened] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """`times`: how often the very same happened in a row, first at `at`."""

    at: datetime
    state: State
    words: Words
    times: int = 1

    @property
    def message(self) -> str:
        return self.words.message + (f" {self.times} times in a row." if self.times > 1 else "")

    @property
    def message_ru(self) -> str:
        return self.words.message_ru + (f" Раз подряд: {self.times}." if self.times > 1 else "")


def told(story: Story) -> list[Step]:
    """In order. The same failure many times in a row is one step."""
    if not story.first:
        return [Step(story.accepted_at, story.state, story_words.of_gone(story.state))]
    steps = list(_steps(story.first, None, is_end=not story.last))
    if story.last:
        before = story.first[-1].state
        if story.left_out:
            before = State.SYNCING  # so often nothing but deliveries happens, and they fail
            steps.append(Step(story.last[0].at, story.last[0].state, story_words.of_gap(story.left_out)))
        steps += _steps(story.last, before, is_end=True)
    return _merged(steps)


def _steps(moves: Sequence[Happened], before: State | None, *, is_end: bool) -> Iterator[Step]:
    for number, move in enumerate(moves, 1):
        if move.state not in UNDER_WAY or (is_end and number == len(moves)):
            yield Step(move.at, move.state, story_words.of_move(before, move.state, move.detail))
        before = move.state


def _merged(steps: Sequence[Step]) -> list[Step]:
    merged: list[Step] = []
    for step in steps:
        if merged and (merged[-1].state, merged[-1].words) == (step.state, step.words):
            merged[-1] = replace(merged[-1], times=merged[-1].times + 1)
        else:
            merged.append(step)
    return merged
