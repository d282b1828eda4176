"""Spoiled frames are refused in the documented way on either side of the link."""

from random import Random

from protocols.errors import ProtocolError
from protocols.shtrih.commands import decode_request
from tests.fuzz import TARGETS, frame_samples, fuzz, mutated


def test_spoiled_frames_raise_documented_errors_only() -> None:
    fuzz(TARGETS["frames"], 3_000, seed=20_261_121)


def test_the_fuzz_reaches_both_what_is_refused_and_what_is_read() -> None:
    random, samples = Random(1), frame_samples()
    refused = 0
    for _ in range(1_000):
        try:
            decode_request(mutated(random, samples)[2:-1])
        except ProtocolError:
            refused += 1

    assert 100 < refused < 990
