"""Words on a strip of paper 48 letters wide."""

from collections.abc import Iterator
from textwrap import wrap

WIDTH = 48
RULE = "-" * WIDTH


def middle(text: str) -> str:
    return text.center(WIDTH).rstrip()


def sides(left: str, right: str) -> Iterator[str]:
    """One at the left edge, one at the right; on as many lines as it takes."""
    room = WIDTH - len(left) - len(right)
    if room > 0:
        yield left + " " * room + right
    else:
        yield from folded(left)
        yield from (line.rjust(WIDTH) for line in folded(right))


def folded(text: str) -> list[str]:
    """The text over as many lines as it takes; an empty one stays a line."""
    return wrap(text, WIDTH) or [""]


def roubles(kopecks: int) -> str:
    """As on receipts: 1234.50."""
    whole, part = divmod(abs(kopecks), 100)
    return f"{'-' if kopecks < 0 else ''}{whole}.{part:02}"


def equals(kopecks: int) -> str:
    return f"={roubles(kopecks)}"
