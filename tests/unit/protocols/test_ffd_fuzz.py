"""Spoiled fiscal data is refused in the documented way, in bounded memory."""

import tracemalloc
from random import Random

import pytest

from protocols.ffd.tlv import MAX_BYTES, NotTlv, decode
from tests.fuzz import TARGETS, fuzz, mutated, tlv_samples


def test_spoiled_documents_raise_documented_errors_only() -> None:
    fuzz(TARGETS["tlv"], 5_000, seed=20_261_121)


def test_the_fuzz_reaches_both_what_is_refused_and_what_is_read() -> None:
    random, samples = Random(1), tlv_samples()
    refused = 0
    for _ in range(1_000):
        try:
            decode(mutated(random, samples))
        except NotTlv:
            refused += 1

    assert 100 < refused < 900


@pytest.mark.parametrize("data", [b"\x00" * MAX_BYTES, b"\x03\x00\xff\xff" + b"\x01\x00\x00\x00" * 16_383])
def test_the_most_tags_that_fit_an_input_take_bounded_memory(data: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(NotTlv):
            decode(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < 8_000_000
