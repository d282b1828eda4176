"""Tills that post receipts as fast as they are answered, over kept connections, at little cost of their own."""

import math
import time
from dataclasses import dataclass
from uuid import uuid4

import trio

from protocols.jsontext import dumps


@dataclass(frozen=True)
class Result:
    """Receipts a second over the whole run; latencies of single receipts in milliseconds."""

    rate: float
    p50: float
    p99: float


async def run(port: int, clients: int, receipts: int, registers: int = 1, header: str = "") -> Result:
    """`receipts` sales in all, from `clients` connections at once. Raises RuntimeError for any answer but 200.

    `header`: one more line in the head of each.
    """
    times: list[float] = []
    async with trio.open_nursery() as nursery:
        began = time.perf_counter()
        for number in range(clients):
            pos_id = f"POS-{number % registers + 1:03}"
            nursery.start_soon(_till, port, receipts // clients, pos_id, header, times)
    seconds = time.perf_counter() - began
    times.sort()
    return Result(len(times) / seconds, percentile(times, 0.50), percentile(times, 0.99))


async def _till(port: int, receipts: int, pos_id: str, header: str, times: list[float]) -> None:
    stream = await trio.open_tcp_stream("127.0.0.1", port)
    async with stream:
        for _ in range(receipts):
            request = request_for(pos_id, header)
            began = time.perf_counter()
            await stream.send_all(request)
            await read_answer(stream)
            times.append((time.perf_counter() - began) * 1000)


def request_for(pos_id: str, header: str = "") -> bytes:
    """A sale under a key of its own, as it goes over the connection."""
    body = dumps(
        {
            "pos_id": pos_id,
            "type": "sale",
            "items": [
                {"name": "Оправа Ray-Ban RX5228", "price": 8990, "qty": 1, "vat": "22%"},
                {"name": "Линза Crizal Sapphire", "price": "4500.50", "qty": 2, "vat": "22%", "discount": 1},
            ],
            "payments": [{"method": "card", "amount": 17990}],
        }
    )
    head = (
        f"POST /v1/kkt/receipt HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {uuid4()}\r\n{header}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def read_answer(stream: trio.SocketStream) -> None:
    """Reads it whole. Raises RuntimeError for any but 200."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += await _some(stream)
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(data.decode())
    (length,) = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(length.split(b":")[1]) - len(body)
    while missing > 0:
        missing -= len(await _some(stream))


async def _some(stream: trio.SocketStream) -> bytes:
    data = await stream.receive_some(65_536)
    if not data:
        raise RuntimeError("the server hung up")
    return bytes(data)


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.floor(len(ordered) * share))]
