"""`python -m tests.simulation.planted [NAME...]`: in how many histories each planted fault shows itself."""

import argparse
import multiprocessing
import sys
from functools import partial
from multiprocessing.pool import Pool

from tests.simulation.planted.table import FAULTS, MOST, first_to_show, wrong_with, wrong_without
from tests.simulation.run import prepare


def main(arguments: list[str]) -> int:
    """Exit status: 0 if every fault was found and the product as it is shows nothing."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.planted", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(FAULTS)}; all by default")
    parser.add_argument("--seeds", type=int, default=MOST, help=f"histories for each ({MOST})")
    parser.add_argument("--first", action="store_true", help=f"only the first that shows each, of {MOST}; minutes")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(arguments)
    if unheard_of := [name for name in options.names if name not in FAULTS]:
        parser.error(f"no such fault: {', '.join(unheard_of)}")
    names = options.names or list(FAULTS)
    with multiprocessing.get_context("spawn").Pool(options.processes, prepare) as pool:
        missed = _firsts(pool, names) if options.first else _counts(pool, names, range(options.seeds))
    print(f"not found: {', '.join(missed)}" if missed else "all found")
    return 1 if missed else 0


def _firsts(pool: Pool, names: list[str]) -> list[str]:
    """Prints the first history that shows each; gives the faults that none does."""
    firsts = dict(zip(names, pool.imap(first_to_show, names), strict=True))
    for name, seed in firsts.items():
        print(f"{name:26} {'-' if seed is None else seed:>4}  {FAULTS[name].__doc__}")
    return [name for name, seed in firsts.items() if seed is None]


def _counts(pool: Pool, names: list[str], seeds: range) -> list[str]:
    """Prints how many show each, the first, and what it says; gives the faults that none does.

    Seeds that are wrong with nothing planted count for no fault; if there are any, "none" is given too.
    """
    bad = [seed for seed, wrong in zip(seeds, pool.imap(wrong_without, seeds), strict=True) if wrong]
    print(f"{'none':26} {len(bad):3} of {len(seeds)}  {bad or ''}", flush=True)
    missed = ["none"] if bad else []
    for name in names:
        played = zip(seeds, pool.imap(partial(wrong_with, name), seeds), strict=True)
        found = {seed: wrong[0] for seed, wrong in played if wrong and seed not in bad}
        first, said = next(iter(found.items()), ("-", FAULTS[name].__doc__ or ""))
        print(f"{name:26} {len(found):3} of {len(seeds)}  first at {first:>3}  {said[:100]}", flush=True)
        missed += [] if found else [name]
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
