"""Feeds mutated real data to a decoder: `python -m tests.fuzz tlv --count 1000000 --seed 1`, `frames`
or `ofd`.

Whatever comes in, a decoder may raise the errors it documents and no other, in bounded memory. The input that
broke the rule stands under the traceback.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random

from protocols.errors import ProtocolError
from protocols.ffd.tlv import NotTlv, Unencodable, decode, encode
from protocols.ofd import confirmation, container, session
from protocols.shtrih.commands import decode_answer, decode_request
from protocols.shtrih.device import DeviceLink
from protocols.shtrih.drive import FindDocument, ReadExchangeStatus, ReadFiscalDriveStatus
from protocols.shtrih.frames import ACK, ENQ, MAX_BODY, NAK
from protocols.shtrih.host import HostLink
from protocols.shtrih.marking import CheckMarkingCode
from protocols.shtrih.receipts import CloseReceipt
from protocols.shtrih.service import ReadLongStatus, ReadShortStatus

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


def frame_samples() -> list[bytes]:
    """Frames that registers and hosts were seen to send, and those made from the manual, as they go over the wire."""
    vectors = json.loads((VECTORS / "shtrih_frames.json").read_text("utf-8"))
    return [bytes.fromhex(frame) for kind in ("seen", "computed") for frame in vectors[kind].values()]


def feed_frame(data: bytes) -> None:
    """As a request and as an answer, whether the frame is whole or not; and as bytes on either side of a link."""
    readers: list[Callable[[bytes], object]] = [decode_request, *(partial(decode_answer, each) for each in QUESTIONS)]
    for read in readers:
        with suppress(ProtocolError):
            read(data[2:-1])
    register = DeviceLink()
    for piece in (bytes([ENQ]), data, bytes([ACK]), data):
        register.receive(piece)
    host = HostLink()
    step = host.send(data[2:4] or b"\x10")
    came = [bytes([NAK]), bytes([ACK]) + data, data, *[b""] * MOST_WAITS]
    while step.outcome is None:  # ends with an IndexError where the host does not
        piece = came.pop(0)
        step = host.receive(piece) if piece else host.time_out()
        assert len(step.write) <= 2 * MAX_BODY


def message_samples() -> list[bytes]:
    """A real message to an OFD, the other real container in a message, and answers to both."""
    folder = VECTORS / "ffd"
    real = bytes.fromhex((folder / "ofd_message_doc11_ffd105.hex").read_text("ascii"))
    older = bytes.fromhex((folder / "ofd_container_doc1_ffd10.hex").read_text("ascii"))
    answers = [
        confirmation.Confirmation("7704358518", "9999078900005488", 1, datetime(2026, 11, 20, tzinfo=UTC), **told)
        for told in ({"code": 0, "sign": bytes(16), "trailer": bytes(8)}, {"code": 14, "warnings": 1})
    ]
    bodies = [older, *(answer.container().encode() for answer in answers)]
    flags = [session.USUAL_FLAGS | crc for crc in (0, session.Flags.CRC_OF_HEADER, session.Flags.CRC_OF_ALL)]
    sent = [session.message(answers[0].fn, body, crc) for body, crc in zip(bodies, flags, strict=True)]
    return [real, *(each.encode() for each in sent)]


def feed_message(data: bytes) -> None:
    """Layer by layer; a container is also looked for where the layers around it are broken."""
    decoder = session.MessageDecoder()
    with suppress(session.NotAMessage):
        half = len(data) // 2
        found = decoder.feed(data[:half]) or decoder.feed(data[half:])
        assert found is None or found.encode() == data[: session.HEADER_SIZE + len(found.body)]
    assert decoder.left <= len(data)
    with suppress(ProtocolError):
        inside = container.decode(data[session.HEADER_SIZE :])
        assert inside.encode() == data[session.HEADER_SIZE :]
        confirmation.read(inside)


QUESTIONS = (
    ReadShortStatus(30),
    ReadLongStatus(30),
    ReadFiscalDriveStatus(30),
    ReadExchangeStatus(30),
    FindDocument(30, 1),
    CloseReceipt(password=30, payments=(0,) * 16, taxation=1),
    CheckMarkingCode(30, 1, 0, (b"code", b"")),
)
MOST_WAITS = 100

TARGETS = {
    "tlv": Target(tlv_samples, feed_tlv),
    "frames": Target(frame_samples, feed_frame),
    "ofd": Target(message_samples, feed_message),
}


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
