"""Tags with values that fit them, for Hypothesis."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from protocols.ffd.dictionary import TAGS
from protocols.ffd.tags import Tag, Type
from protocols.ffd.tlv import Tlv, encode

CP866 = bytes(range(256)).decode("cp866")
UNLIMITED = 64  # bytes to try where the order gives no limit
LEAVES = [tag for tag in TAGS.values() if tag.type is not Type.STLV]


def values(tag: Tag) -> st.SearchStrategy[Any]:
    size = tag.size or UNLIMITED
    match tag.type:
        case Type.FVLN:
            return st.builds(
                lambda n, places: Decimal(n).scaleb(-places), st.integers(0, 2**56 - 1), st.integers(0, 17)
            )
        case Type.TEXT:
            text = st.text(CP866, max_size=size)
            return text.map(lambda value: value.rstrip(" ")) if tag.fixed else text
        case Type.TIME:
            return st.integers(0, 2**32 - 1).map(moment)
        case Type.BYTES:
            return st.binary(min_size=size if tag.fixed else 0, max_size=size)
        case Type.STLV:
            return structures(tag)
        case _:
            return st.integers(0, 256**size - 1)


def moment(seconds: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(seconds=seconds)  # noqa: DTZ001 - the register's own time


@st.composite
def structures(draw: st.DrawFn, tag: Tag) -> tuple[Tlv, ...]:
    """As many of its tags as fit."""
    held = [TAGS[number] for number in tag.holds] or LEAVES
    chosen = draw(st.lists(st.sampled_from(held), max_size=4))
    inside: tuple[Tlv, ...] = ()
    for child in chosen:
        more = (*inside, Tlv(child.number, draw(values(child))))
        if tag.size is None or len(encode(more)) <= tag.size:
            inside = more
    return inside


known = st.sampled_from(list(TAGS.values())).flatmap(lambda tag: st.builds(Tlv, st.just(tag.number), values(tag)))
unknown = st.builds(Tlv, st.integers(0, 0xFFFF).filter(lambda number: number not in TAGS), st.binary(max_size=40))
trees = st.lists(known | unknown, max_size=5).map(tuple)
