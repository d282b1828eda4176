"""`python -m tests.simulation.planted [NAME...]`: in how many histories each planted fault shows itself."""

import argparse
import multiprocessing
import sys
from functools import partial
from multiprocessing.pool import Pool

from tests.simulation.planted.table import FAULTS, MOST, wrong_with, wrong_without
from tests.simulation.run import prepare


def main(arguments: list[str]) -> int:
    """Exit status: 0 if every fault was found and the product as it is shows nothing."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.planted", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(FAULTS)}; all by default")
    parser.add_argument("--seeds", type=int, default=MOST, help=f"histories for each ({MOST})")
    parser.add_argument("--first", action="store_true", help="go on to the next fault at the first that shows it")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(arguments)
    if unheard_of := [name for name in options.names if name not in FAULTS]:
        parser.error(f"no such fault: {', '.join(unheard_of)}")
    with multiprocessing.get_context("spawn").Pool(options.processes, prepare) as pool:
        missed = [name for name in options.names or FAULTS if not _show(pool, name, options.seeds, options.first)]
        bad = [seed for seed, wrong in enumerate(pool.imap(wrong_without, range(options.seeds))) if wrong]
    print(f"{'none':28} {len(bad)} of {options.seeds}  {bad or ''}")
    print(f"not found: {', '.join(missed)}" if missed else "all found")
    return 1 if missed or bad else 0


def _show(pool: Pool, name: str, seeds: int, stop_at_first: bool) -> bool:
    """Prints one line: found in so many of so many, the first of them, and what it said."""
    found: list[int] = []
    said, played = "", 0
    for seed, wrong in enumerate(pool.imap(partial(wrong_with, name), range(seeds))):
        played += 1
        if wrong:
            found.append(seed)
            said = said or wrong[0]
            if stop_at_first:
                break
    print(f"{name:28} {len(found):3} of {played:3}  first at {found[0] if found else '-':>3}  {said[:90]}", flush=True)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
