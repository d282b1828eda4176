"""A till that calls the gateway by Google's own gRPC library."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import grpc

from protocols.calls import GRPC
from protocols.grpc.kassir.v1 import fiscal_gateway_pb2 as pb

ANSWERS: dict[str, Any] = {
    "CreateReceipt": pb.CreateReceiptResponse,
    "GetReceipt": pb.ReceiptLife,
    "BufferStatus": pb.BufferStatusResponse,
    "Health": pb.HealthResponse,
}
Metadata = Sequence[tuple[str, str]]


class GrpcTill:
    def __init__(self, channel: grpc.Channel, metadata: Metadata = ()) -> None:
        self.channel, self.metadata = channel, metadata

    def call(self, method: str, request: Any, *, within: float = 30) -> Any:
        """The answer. Raises grpc.RpcError."""
        ask = self.channel.unary_unary(
            f"{GRPC}/{method}", request_serializer=_bytes, response_deserializer=ANSWERS[method].FromString
        )
        return ask(request, timeout=within, metadata=self.metadata)

    def sell(self, key: str | None = None, kopecks: int = 10_000, pos_id: str = "POS-001") -> Any:
        """The same sale as `tests.e2e.gateway.sale`."""
        return self.call("CreateReceipt", request(key or str(uuid4()), kopecks, pos_id))

    def health(self) -> Any:
        return self.call("Health", pb.HealthRequest())

    def watch(self) -> Any:
        """An iterator of events, which can be cancelled."""
        ask = self.channel.unary_stream(
            f"{GRPC}/WatchStatus", request_serializer=_bytes, response_deserializer=pb.StatusEvent.FromString
        )
        return ask(pb.WatchStatusRequest(), timeout=60, metadata=self.metadata)


def request(key: str, kopecks: int = 10_000, pos_id: str = "POS-001") -> Any:
    item = pb.Item(name="Оправа", price_kopecks=kopecks, quantity="1", vat="22%")
    payment = pb.Payment(method=pb.PAYMENT_METHOD_CASH, amount_kopecks=kopecks)
    said = pb.Receipt(pos_id=pos_id, type=pb.RECEIPT_TYPE_SALE, items=[item], payments=[payment])
    return pb.CreateReceiptRequest(idempotency_key=key, receipt=said)


@contextmanager
def till(place: str | None, credentials: grpc.ChannelCredentials | None = None, token: str = "") -> Iterator[GrpcTill]:
    """`place`: host:port. Without credentials nothing is encrypted."""
    assert place is not None
    channel = grpc.insecure_channel(place) if credentials is None else grpc.secure_channel(place, credentials)
    with channel:
        yield GrpcTill(channel, [("authorization", f"Bearer {token}")] if token else [])


def refusal_of(call: Any) -> grpc.RpcError:
    """How `call` is refused."""
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("it was not refused")


def _bytes(message: Any) -> bytes:
    return bytes(message.SerializeToString())
