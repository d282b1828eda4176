"""`make crashtest`: the whole campaign, a line for each job, and exit status 1 if any promise was broken."""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.crash.campaign import Tally, jobs, perform
from tests.crash.sample import chance

LIVES = 100
SHOWN = 10  # violations of a job


def main() -> int:
    options = _parse()
    wanted = {name: work for name, work in jobs(options.lives).items() if options.only in name}
    seed, begun, tallies = chance().getrandbits(64), time.monotonic(), dict[str, Tally]()
    spawn = multiprocessing.get_context("spawn")  # the fork of a process with threads is a lottery
    with ProcessPoolExecutor(options.workers, mp_context=spawn) as workers:
        running = {workers.submit(perform, name, options.lives, seed): name for name in wanted}
        for done in as_completed(running):
            name = running[done]
            tallies[name], seconds = done.result()
            print(_line(name, tallies[name], seconds), flush=True)
    print(_sum(tallies, time.monotonic() - begun))
    return 1 if any(tally.violations for tally in tallies.values()) else 0


def _line(name: str, tally: Tally, seconds: float) -> str:
    counts = f"{tally.cases:6} cases {tally.hits:6} hit {len(tally.violations):4} violations {seconds:7.1f} s"
    return "\n    ".join([f"{name:40} {counts}  {tally.note}".rstrip(), *tally.violations[:SHOWN]])


def _sum(tallies: Mapping[str, Tally], seconds: float) -> str:
    cases, kills = sum(tally.cases for tally in tallies.values()), sum(tally.kills for tally in tallies.values())
    violations = sum(len(tally.violations) for tally in tallies.values())
    hits = sum(tally.hits for tally in tallies.values())
    return f"{cases} cases, {hits} of them hit, {kills} kills, {violations} violations, {seconds / 60:.1f} minutes"


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--only", default="", help="jobs with this in their name")
    parser.add_argument("--lives", type=int, default=LIVES, help=f"of a gateway that is killed under load ({LIVES})")
    # one more than there are cores: a good part of every case is waiting
    parser.add_argument("--workers", type=int, default=(os.cpu_count() or 1) + 1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
