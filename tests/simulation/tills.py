"""The tills: who asks for what under which key, how often, and what each of them heard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import trio

from protocols.jsontext import dumps, loads
from tests.simulation.net import End, Host, Net

LONGEST_PAUSE = 20.0  # seconds between two tries
TOO_MANY = 429  # the client asks too often: nothing was taken, and the same request is repeated
PATIENCE = 45.0  # seconds: longer than the gateway may take for any answer


@dataclass(frozen=True)
class Work:
    """A kind of request: where it goes and what its body is for a sum in kopecks."""

    path: str
    body: Callable[[str, int, str], Mapping[str, Any]]


def _receipt(kind: str) -> Work:
    def body(pos_id: str, kopecks: int, mark: str) -> Mapping[str, Any]:
        total = f"{kopecks // 100}.{kopecks % 100:02}"
        # the name goes to the register's journal, where recovery does not read it: it says whose a document is
        items = [{"name": mark, "qty": 1, "price": total, "vat": "22%"}]
        return {"pos_id": pos_id, "type": kind, "items": items, "payments": [{"method": "card", "amount": total}]}

    return Work("/v1/kkt/receipt", body)


def _correction(pos_id: str, kopecks: int, mark: str) -> Mapping[str, Any]:
    return {**_receipt("correction").body(pos_id, kopecks, mark), "correction": {"date": "2026-02-27"}}


def _cash(pos_id: str, kopecks: int, _: str) -> Mapping[str, Any]:
    return {"pos_id": pos_id, "amount": f"{kopecks // 100}.{kopecks % 100:02}"}


def _shift(pos_id: str, _kopecks: int, _mark: str) -> Mapping[str, Any]:
    return {"pos_id": pos_id}


KINDS = {
    "sale": _receipt("sale"),
    "refund": _receipt("refund"),
    "correction": Work("/v1/kkt/receipt", _correction),
    "open_shift": Work("/v1/kkt/shift/open", _shift),
    "close_shift": Work("/v1/kkt/shift/close", _shift),
    "cash_in": Work("/v1/kkt/cash/in", _cash),
    "cash_out": Work("/v1/kkt/cash/out", _cash),
}
MIXES = (
    ["sale"],
    ["sale", "refund"],
    ["sale", "sale", "correction"],
    ["sale", "cash_in", "cash_out"],
    ["sale", *KINDS],
)
BAD_BODIES = (b"", b"{", b'{"pos_id": 1}', b"[]", b'{"pos_id": "POS-001", "type": "sale", "items": [], "payments": []}')


@dataclass
class Heard:
    """How one request ended. `status` None: no answer, or not all of it."""

    at: float
    status: int | None = None
    body: bytes | None = None

    @property
    def final(self) -> bool:
        return self.status is not None and self.status < 500 and self.status != TOO_MANY


@dataclass(eq=False)
class Order:
    """One body under one key. `rival`: another body under the key of an order that was sent before it."""

    kind: str
    pos_id: str
    kopecks: int
    key: str
    mark: str
    rival: bool = False
    heard: list[Heard] = field(default_factory=list)
    overdue: bool = False

    @property
    def body(self) -> bytes:
        return dumps(KINDS[self.kind].body(self.pos_id, self.kopecks, self.mark))

    @property
    def total_kopecks(self) -> int:
        return 0 if self.kind in ("open_shift", "close_shift") else self.kopecks

    @property
    def fingerprint(self) -> str:
        return f"{self.key}:{self.mark}:{self.total_kopecks}"

    @property
    def answered(self) -> bool:
        return any(heard.final for heard in self.heard)


@dataclass(eq=False)
class Till:
    """Posts its orders one after the other. `receiving`: where the answer arrives, by key."""

    net: Net
    trace: Callable[..., None]
    place: str = "127.0.0.1:8000"
    host: Host = field(default_factory=lambda: Host("till"))
    receiving: dict[str, End | None] = field(default_factory=dict)
    on_answer: list[Callable[[Heard], None]] = field(default_factory=list)

    async def order(self, order: Order, *, tries: int, pause: float) -> None:
        """Repeats it until there is a final answer, or `tries` are spent: then the till walks away for good."""
        for _ in range(tries):
            heard = await self.post(KINDS[order.kind].path, order.body, order.key)
            if heard is None:
                order.overdue = True
                return
            order.heard.append(heard)
            for tell in list(self.on_answer):
                tell(heard)
            self.trace("till", order.mark, heard.status, (heard.body or b"")[:60])
            if heard.final:
                return
            await trio.sleep(pause)
            pause = min(LONGEST_PAUSE, 1.6 * pause)

    async def post(self, path: str, body: bytes, key: str, method: str = "POST") -> Heard | None:
        """None if it did not end in time."""
        answer: tuple[int, bytes] | None = None
        with trio.move_on_after(PATIENCE) as patience:
            try:
                answer = await self._exchange(path, body, key, method)
            except (OSError, trio.BrokenResourceError):
                answer = None
        return None if patience.cancelled_caught else Heard(trio.current_time(), *(answer or ()))

    async def _exchange(self, path: str, body: bytes, key: str, method: str) -> tuple[int, bytes] | None:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        got = b""
        self.receiving[key] = None
        stream = None
        try:
            stream = self.receiving[key] = await self.net.dial(self.host, self.place)
            await stream.send_all(head.encode() + body)
            while data := await stream.receive_some():
                got += data
                if answer := whole(got):
                    return answer
        finally:
            self.receiving.pop(key, None)
            if stream is not None:
                await trio.aclose_forcefully(stream)
        return None


def whole(got: bytes) -> tuple[int, bytes] | None:
    """Status and body of an answer that has come to its end."""
    head, separator, body = got.partition(b"\r\n\r\n")
    if not separator:
        return None
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    length = int(fields[b"content-length"])
    return (int(head.split(b" ", 2)[1]), body[:length]) if len(body) >= length else None


@dataclass(frozen=True)
class Custom:
    """What one seed's tills do: drawn once, so that faults change nothing of it."""

    order: Order
    at: float
    tries: int
    pause: float
    twins: int = 1  # so many send it at the same time
    again: float = 0.0  # seconds after its answer it asks once more, which changes nothing; 0: never


def draw_customs(random: Random, pos_ids: list[str], *, within: float) -> list[Custom]:
    """1-3 tills with 1-3 orders each; in a third of the seeds there are but two sums."""
    customs: list[Custom] = []
    sums = random.choice([None, None, (10_000, 25_000)])
    leavers, twins, rivals, doubters = (random.choice([0.0, share]) for share in (0.3, 0.3, 0.3, 0.6))
    kinds = random.choice(MIXES)
    for till in range(random.randint(1, 3)):
        for _ in range(random.randint(1, 3)):
            number = len(customs) + 1
            order = Order(
                kind=random.choice(kinds),
                pos_id=random.choice(pos_ids),
                kopecks=random.choice(sums) if sums else number * 1000 + till,
                key=new_key(random),
                mark=f"order-{number}",
            )
            tries = random.choice([1, 1, 2]) if random.random() < leavers else 10_000
            custom = Custom(
                order, random.uniform(0, within), tries, random.choice([0.5, 2.0, 5.0]),
                twins=2 if random.random() < twins else 1,
                again=random.uniform(2, 30) if random.random() < doubters else 0.0,
            )  # fmt: skip
            customs.append(custom)
            if random.random() < rivals and order.total_kopecks:
                rival = Order(order.kind, order.pos_id, order.kopecks + 1, order.key, f"{order.mark}-rival", rival=True)
                customs.append(Custom(rival, custom.at + random.uniform(0, within / 2), 3, 5.0))
    return customs


def new_key(random: Random) -> str:
    """A UUIDv4 out of this chance."""
    return str(UUID(int=random.getrandbits(128), version=4))


def error_code(heard: Heard) -> str | None:
    return None if heard.body is None or heard.status == 200 else loads(heard.body).get("code")
