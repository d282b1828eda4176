"""A till that calls kassir.v1.FiscalGateway without a network between: for what stands behind it."""

from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import Message

from actors.grpc_facade.gate import Gate
from actors.grpc_facade.service import FiscalGateway
from drivers.grpc import Call, Ending
from drivers.web.peer import Peer
from protocols.calls import GRPC
from protocols.grpc.kassir.v1 import fiscal_gateway_pb2 as pb
from protocols.jsontext import loads
from tests.fakes.pair import Pair

ANSWERS: dict[str, Any] = {
    "CreateReceipt": pb.CreateReceiptResponse,
    "GetReceipt": pb.ReceiptLife,
    "BufferStatus": pb.BufferStatusResponse,
    "Health": pb.HealthResponse,
    "WatchStatus": pb.StatusEvent,
}


@dataclass
class Told:
    """How a call went. `answers` may still grow while it is under way."""

    answers: list[Any] = field(default_factory=list)
    ending: Ending | None = None

    @property
    def answer(self) -> Any:
        (only,) = self.answers
        return only

    @property
    def metadata(self) -> dict[str, Any]:
        assert self.ending is not None
        return dict(self.ending.metadata)

    @property
    def problem(self) -> Any:
        return loads(self.metadata["kassir-problem-bin"])

    @property
    def code(self) -> int:
        assert self.ending is not None
        return self.ending.code


async def call(pair: Pair, method: str, request: Message | bytes, told: Told | None = None, **metadata: str) -> Told:
    """`metadata` with _ for -."""
    told = told or Told()
    gateway = FiscalGateway(pair.wiring.reach, Gate(pair.wiring.reach, pair.stopping))

    async def tell(message: bytes) -> None:
        told.answers.append(ANSWERS[method].FromString(message))

    data = request if isinstance(request, bytes) else request.SerializeToString()
    named = {name.replace("_", "-"): value for name, value in metadata.items() if value}
    told.ending = await gateway.answer(Call(f"{GRPC}/{method}", named, Peer(("127.0.0.1", 5)), data, tell))
    return told


def receipt(kopecks: int = 10_000, pos_id: str = "POS-001") -> pb.Receipt:
    """The same as `tests.fakes.pair.sale_body`."""
    item = pb.Item(name="Оправа", price_kopecks=kopecks, quantity="1", vat="22%")
    payment = pb.Payment(method=pb.PAYMENT_METHOD_CASH, amount_kopecks=kopecks)
    return pb.Receipt(pos_id=pos_id, type=pb.RECEIPT_TYPE_SALE, items=[item], payments=[payment])


def sale(key: str, kopecks: int = 10_000, pos_id: str = "POS-001") -> pb.CreateReceiptRequest:
    return pb.CreateReceiptRequest(idempotency_key=key, receipt=receipt(kopecks, pos_id))
