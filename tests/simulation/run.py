"""Many histories, in several processes."""

import gc
import multiprocessing
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from tests.simulation.history import Played, play
from tests.simulation.summary import Summary

KEPT = Path(__file__).with_name("kept.txt")
PROGRESS_EVERY = 10.0  # seconds
CHUNK, LIVES = 4, 1000  # histories handed to a process at a time, and played by one in all
WRONG_ENOUGH = 20  # bad seeds after which a run stops: more would say the same


def kept_seeds() -> list[int]:
    """Seeds that once found something, each with a note behind it."""
    lines = [line.partition("#")[0].strip() for line in KEPT.read_text("utf-8").splitlines()]
    return [int(line) for line in lines if line]


def run(first: int, count: int, processes: int) -> int:
    """Plays the kept seeds and `count` more; prints what came of it. Exit status: 1 if anything is wrong."""
    summary = Summary(time.monotonic())
    seeds = [*kept_seeds(), *range(first, first + count)]
    shown_at = time.monotonic() + PROGRESS_EVERY
    for played in _play_all(seeds, processes):
        summary.add(played)
        if played.wrong:
            print(summary.complaint(played), flush=True)
        if time.monotonic() > shown_at:
            shown_at = time.monotonic() + PROGRESS_EVERY
            print(summary.progress(len(seeds)), file=sys.stderr, flush=True)
        if len(summary.bad) >= WRONG_ENOUGH:
            break
    print(summary.report(count))
    return 1 if summary.bad or summary.missed(count) else 0


def _play_all(seeds: list[int], processes: int) -> Iterator[Played]:
    if processes == 1:
        prepare()
        yield from map(play_and_sweep, seeds)
        return
    # spawned, not forked: each begins like a run of its own, so that a seed means the same everywhere. And ended in
    # time: a world that was killed at a bad moment leaves its disk behind, and a process of a gigabyte is slow
    with multiprocessing.get_context("spawn").Pool(processes, prepare, maxtasksperchild=LIVES // CHUNK) as pool:
        yield from pool.imap(play_and_sweep, seeds, chunksize=CHUNK)


def play_and_sweep(seed: int) -> Played:
    """A world is full of circles: swept out while it is still near, it costs less than later among others."""
    played = play(seed)
    gc.collect()
    return played


def prepare() -> None:
    """What is loaded stays, and is not swept over at every collection."""
    _compile_routes_once()
    _compile_statements_once()
    play(0)
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 10, 10)


def _compile_routes_once() -> None:
    """Every start of a gateway has werkzeug compile the same routes."""
    compile_one = Rule.compile
    compiled: dict[str, Rule] = {}

    def as_before(rule: Rule) -> None:
        twin = compiled.get(rule.rule)
        if twin is None:
            compile_one(rule)
            compiled[rule.rule] = rule
            return
        for name in ("_parts", "_trace", "_converters", "_build", "_build_unknown", "arguments"):
            setattr(rule, name, getattr(twin, name))

    setattr(Rule, "compile", as_before)  # noqa: B010  a method, says its type


def _compile_statements_once() -> None:
    """Every store that is opened has a dialect of its own, by which its engine remembers what it compiled."""
    compiled = LRUCache[Any, Any](1000)
    setattr(SQLiteDialect_pysqlite, "__eq__", lambda one, other: type(one) is type(other))  # noqa: B010  as above
    setattr(SQLiteDialect_pysqlite, "__hash__", lambda dialect: hash(type(dialect)))  # noqa: B010
    event.listen(Engine, "engine_connect", lambda connection: setattr(connection.engine, "_compiled_cache", compiled))
