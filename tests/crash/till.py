"""A till that writes down everything it asked and heard: a witness against the gateway."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import trio

from drivers.http_link import InOnePiece
from protocols.audit.witnesses import Outcome, TillRequest
from protocols.jsontext import dumps

FINAL = 500  # an answer below this settles a request; 5xx promises nothing
INSISTS_FOR = 60.0  # seconds


@dataclass(frozen=True)
class Order:
    """What a till asks for. `kind` and `total_kopecks` as the audit names them."""

    path: str
    kind: str
    total_kopecks: int
    body: dict[str, Any]


@dataclass(eq=False)
class Request:
    """One order under one key, and how each time it was sent ended."""

    order: Order
    key: str = field(default_factory=lambda: str(uuid4()))
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def is_settled(self) -> bool:
        return any(outcome.status is not None and outcome.status < FINAL for outcome in self.outcomes)

    def testimony(self) -> TillRequest:
        order = self.order
        fingerprint = f"{order.path} {json.dumps(order.body, sort_keys=True)}"
        return TillRequest(
            self.key, fingerprint, order.body["pos_id"], order.kind, order.total_kopecks, tuple(self.outcomes)
        )


@dataclass(eq=False)
class Till:
    """`requests`: all that it ever wanted, oldest first; `contradictions`: other bodies under keys of these."""

    client: httpx.AsyncClient
    requests: list[Request] = field(default_factory=list)
    contradictions: list[Request] = field(default_factory=list)

    async def send(self, url: str, request: Request) -> Outcome:
        """One attempt."""
        headers = {"Idempotency-Key": request.key}
        try:
            answer = await self.client.send(self._posted(f"{url}{request.order.path}", request.order.body, headers))
            outcome = Outcome(datetime.now(UTC), answer.status_code, answer.content)
        except httpx.TransportError:
            outcome = Outcome(datetime.now(UTC))
        request.outcomes.append(outcome)
        return outcome

    def _posted(self, url: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> httpx.Request:
        content = dumps(body)
        posted = self.client.build_request("POST", url, content=content, headers={**headers, **JSON})
        posted.stream = InOnePiece(content)  # a gateway that dies under it leaves no generator behind
        return posted

    async def insist(self, url: str, request: Request) -> Outcome:
        """Repeats it until there is a final answer, which is given; or until nobody is there any more.

        Raises trio.TooSlowError.
        """
        with trio.fail_after(INSISTS_FOR):
            while True:
                outcome = await self.send(url, request)
                if outcome.status is None or outcome.status < FINAL:
                    return outcome
                await trio.sleep(0.01)  # the gateway is another process: no event to wait for

    async def contradict(self, url: str, request: Request) -> Outcome:
        """Another body under its key."""
        other = Request(receipt("sale", OTHER, request.order.body["pos_id"]), request.key)
        self.contradictions.append(other)
        return await self.send(url, other)

    def testimony(self) -> tuple[TillRequest, ...]:
        return tuple(request.testimony() for request in [*self.requests, *self.contradictions])

    def copy(self) -> "Till":
        requests = [replace(each, outcomes=[*each.outcomes]) for each in self.requests]
        return replace(self, requests=requests, contradictions=[*self.contradictions])


JSON = {"Content-Type": "application/json"}
OTHER = 66_613  # kopecks; no order asks for them


def receipt(kind: str, kopecks: int, pos_id: str = "POS-001", **more: Any) -> Order:
    """One thing for this sum, paid in cash."""
    total = roubles(kopecks)
    body = {
        "pos_id": pos_id,
        "type": kind,
        "items": [{"name": "Оправа", "price": total, "qty": 1, "vat": "22%"}],
        "payments": [{"method": "cash", "amount": total}],
        **more,
    }
    return Order("/v1/kkt/receipt", kind, kopecks, body)


def correction(kopecks: int, pos_id: str = "POS-001") -> Order:
    return receipt("correction", kopecks, pos_id, correction={"date": "2026-03-01"})


def work(kind: str, kopecks: int = 0, pos_id: str = "POS-001") -> Order:
    """The till's own, of `protocols.till.Work`."""
    paths = {"open_shift": "shift/open", "close_shift": "shift/close", "cash_in": "cash/in", "cash_out": "cash/out"}
    amount = {"amount": roubles(kopecks)} if kopecks else {}
    return Order(f"/v1/kkt/{paths[kind]}", kind, kopecks, {"pos_id": pos_id, **amount})


def roubles(kopecks: int) -> str:
    return f"{kopecks // 100}.{kopecks % 100:02}"
