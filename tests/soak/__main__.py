"""`make soak`: a shop that sells for an hour, or for MINUTES, and is judged: by the audit, its log, and its figures."""

import argparse
import sys
import tempfile
from pathlib import Path

import trio

from drivers.logs import configure
from tests.soak.day import RATE, Day, spend
from tests.soak.figures import bound, courses, faults


def main() -> int:
    options = _parse()
    configure("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        day = trio.run(spend, Path(folder), options.minutes * 60, options.rate, options.registers)
    print(table(day))
    wrong = [*faults(day.samples, options.rate), *day.faults]
    print("\n".join(wrong) or "nothing wrong")
    return 1 if wrong else 0


def table(day: Day) -> str:
    lines = [str(day), f"{'':22}{'middle third':>14}{'last third':>14}{'most':>10}{'a minute':>12}"]
    for each in courses(day.samples):
        lines.append(f"{each.name:22}{each.middle:14.1f}{each.last:14.1f}{each.most:10.1f}{each.trend:+12.3f}")
    lines.append(f"memory, database and wal in MiB; memory may seem to grow by {bound(day.rate):.2f} a minute")
    return "\n".join(lines)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--rate", type=float, default=RATE, help=f"receipts a second ({RATE:.0f})")
    parser.add_argument("--registers", type=int, default=10)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
