"""`python -m tests.simulation --seeds N` plays N histories in two processes; `--seed N -v` one, with its trace."""

import argparse
import sys

from tests.simulation.history import play
from tests.simulation.run import run
from tests.simulation.summary import REPLAY


def main(arguments: list[str]) -> int:
    """Exit status: 0 if all is well, 1 if anything is wrong or was not reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="play this one again")
    parser.add_argument("-v", action="store_true", help="with its trace")
    parser.add_argument("--seeds", type=int, default=2000, help="how many, after those kept (2000)")
    parser.add_argument("--first", type=int, default=1, help="the first of them (1)")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args(arguments)
    if options.seed is None:
        return run(options.first, options.seeds, options.processes)
    return _one(options.seed, verbose=options.v)


def _one(seed: int, *, verbose: bool) -> int:
    played = play(seed, keep=verbose)
    print("\n".join(played.lines), end="\n" * bool(played.lines))
    for what in played.wrong:
        print(f"seed {seed}: {what}")
    print(f"seed {seed}: {played.lasted:.0f} s, {played.documents} documents, trace {played.digest}")
    print(REPLAY.format(seed))
    return 1 if played.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
