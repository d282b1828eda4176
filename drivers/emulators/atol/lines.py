"""Elements of a task that are printed and are no part of the document, as lines of paper (driver 10)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from textwrap import wrap

from drivers.emulators.atol.parts import Fields, Printed
from drivers.emulators.paper.columns import WIDTH, middle
from drivers.emulators.paper.roll import Around

PART_OF_DOCUMENT = frozenset({"additionalAttribute", "userAttribute"})
ALIGNED: dict[str, Callable[[str], str]] = {"center": middle, "right": lambda line: line.rjust(WIDTH)}
SHOWN_AS = {"pictureFromMemory": "[КАРТИНКА]", "pixels": "[КАРТИНКА]"}


def lines(elements: Iterable[Fields]) -> tuple[str, ...]:
    """None wider than the roll. Codes and pictures are named; size and font of letters make no difference."""
    return tuple(line for element in elements for line in _lines(element))


def around(task: Printed, elements: Iterable[Fields] = ()) -> Around:
    """What is printed about the task's document; `elements` are its positions and what stands among them."""
    between, positions = defaultdict[int, list[str]](list), 0
    for element in elements:
        if element.get("type") == "position":
            positions += 1
        elif str(element.get("type")) not in PART_OF_DOCUMENT:
            between[positions] += _lines(element)
    among = {number: tuple(found) for number, found in between.items()}
    return Around(lines(task.pre_items), among, lines(task.post_items))


def _lines(element: Fields) -> Iterator[str]:
    kind = str(element.get("type"))
    if kind == "barcode":
        yield from _wrapped(f"[{element.get('barcodeType', 'QR')}: {element.get('barcode', '')}]", "chars")
    elif kind in SHOWN_AS:
        yield SHOWN_AS[kind]
    else:
        align = ALIGNED.get(str(element.get("alignment")), str)
        yield from map(align, _wrapped(str(element.get("text", "")), str(element.get("wrap"))))


def _wrapped(text: str, how: str) -> list[str]:
    """A text that is not to be wrapped loses what the roll has no room for."""
    if how == "words":
        return wrap(text, WIDTH) or [""]
    last = len(text) if how == "chars" else WIDTH
    return [text[at : at + WIDTH] for at in range(0, min(len(text), last), WIDTH)] or [""]
