"""Feeds mutated real data to a decoder: `python -m tests.fuzz tlv --count 1000000 --seed 1`.

Whatever comes in, a decoder may raise the errors it documents and no other, in bounded memory. The input that
broke the rule stands under the traceback.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from protocols.ffd.tlv import NotTlv, Unencodable, decode, encode

VECTORS = Path(__file__).parent / "vectors"


@dataclass(frozen=True)
class Target:
    """`feed` takes one input and raises what is not documented."""

    samples: Callable[[], Sequence[bytes]]
    feed: Callable[[bytes], None]


def tlv_samples() -> list[bytes]:
    """Three real documents, whole and without the structure around them."""
    folder = VECTORS / "ffd"
    receipt = json.loads((folder / "tlv_receipt_atol_ffd105.json").read_text("utf-8"))["document_hex"]
    message, container = (
        (folder / name).read_text("ascii") for name in ("ofd_message_doc11_ffd105.hex", "ofd_container_doc1_ffd10.hex")
    )
    documents = [bytes.fromhex(receipt), bytes.fromhex(message)[62:-10], bytes.fromhex(container)[32:-10]]
    return [*documents, *(document[4:] for document in documents)]


def feed_tlv(data: bytes) -> None:
    """What can be decoded, and said again, means the same."""
    try:
        tags = decode(data)
    except NotTlv:
        return
    try:
        again = encode(tags)
    except Unencodable:  # longer than the order allows: read, but never written
        return
    assert decode(again) == tags


TARGETS = {"tlv": Target(tlv_samples, feed_tlv)}


def mutated(random: Random, samples: Sequence[bytes]) -> bytes:
    """A sample with one to four changes: bits, bytes, pieces cut, doubled, swapped in from another, or the end gone."""
    data = bytearray(random.choice(samples))
    for _ in range(random.randint(1, 4)):
        random.choice(MUTATIONS)(random, data, samples)
    return bytes(data)


def _piece(random: Random, length: int) -> slice:
    start = random.randrange(length + 1)
    return slice(start, min(length, start + random.randint(1, 16)))


def _flip(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _set(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    if data:
        data[random.randrange(len(data))] = random.choice((0, 1, 4, 0x7F, 0x80, 0xFF, random.randrange(256)))


def _cut(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    del data[_piece(random, len(data))]


def _double(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    piece = _piece(random, len(data))
    data[piece.start : piece.start] = data[piece] * random.randint(1, 4)


def _graft(random: Random, data: bytearray, samples: Sequence[bytes]) -> None:
    other = random.choice(samples)
    data[_piece(random, len(data))] = other[_piece(random, len(other))]


def _truncate(random: Random, data: bytearray, _: Sequence[bytes]) -> None:
    del data[random.randrange(len(data) + 1) :]


MUTATIONS = (_flip, _set, _cut, _double, _graft, _truncate)


def fuzz(target: Target, count: int, seed: int) -> None:
    """Raises what the target raises beyond its documented errors, with the input as a note."""
    random, samples = Random(seed), target.samples()
    for _ in range(count):
        data = mutated(random, samples)
        try:
            target.feed(data)
        except Exception as error:
            error.add_note(f"input: {data.hex()}")
            raise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.monotonic()
    fuzz(TARGETS[options.target], options.count, options.seed)
    taken, memory = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{options.count} inputs in {taken:.0f} s, documented errors only, {memory} MB at most")


if __name__ == "__main__":
    main()
