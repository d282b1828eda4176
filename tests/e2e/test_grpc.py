"""The gateway in a process of its own, called by Google's gRPC library."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import grpc
import pytest

from protocols.grpc.kassir.v1 import fiscal_gateway_pb2 as pb
from protocols.jsontext import loads
from tests.callers import HS256, SECRET, claims, signed
from tests.certificates import Authority
from tests.e2e.gateway import Gateway, eventually, gateway, sale
from tests.e2e.grpc_hostile import INPUTS, Hostile
from tests.e2e.grpc_till import GrpcTill, refusal_of, request, till

RECEIPT = 3  # of the journal
ANYWHERE = {"KASSIR_GRPC__LISTEN": "127.0.0.1:0"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("shop"), **ANYWHERE) as found:
        yield found


@pytest.fixture
def pos(shop: Gateway) -> Iterator[GrpcTill]:
    with till(shop.grpc) as found:
        yield found


def test_where_it_is_not_asked_for_it_is_not_served(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop:
        assert shop.grpc is None
        assert shop.stop() == 0


def test_a_sale_is_printed_and_followed_to_the_ofd(shop: Gateway, pos: GrpcTill) -> None:
    sold = pos.sell(kopecks=12_345)

    assert sold.WhichOneof("outcome") == "printed"
    assert (sold.printed.buffered, sold.printed.fiscal_doc.total_kopecks) == (False, 12_345)
    assert shop.journal()[-1]["fd"] == int(sold.printed.fiscal_doc.fd)
    asked = pb.GetReceiptRequest(receipt_id=sold.receipt_id)
    life = eventually(lambda: _synced(pos.call("GetReceipt", asked)))
    assert (life.status, life.fiscal_doc) == ("synced", sold.printed.fiscal_doc)
    buffer = pos.call("BufferStatus", pb.BufferStatusRequest())
    assert (buffer.total_capacity, buffer.receipts["synced"] > 0) == (200, True)
    assert pos.health().status == pb.HealthResponse.STATUS_HEALTHY


def test_one_key_over_both_ways_prints_once(shop: Gateway, pos: GrpcTill) -> None:
    before, first_key, second_key = len(shop.journal()), str(uuid4()), str(uuid4())
    over_grpc = pos.sell(first_key)
    over_http = shop.post(sale(), key=first_key)
    http_first = shop.post(sale(), key=second_key)
    grpc_second = pos.sell(second_key)

    assert (over_http.status_code, over_http.text) == (200, over_grpc.answer_json)
    assert (http_first.status_code, http_first.text) == (200, grpc_second.answer_json)
    assert len(shop.journal()) == before + 2


def test_many_at_once_under_one_key_print_once(shop: Gateway, pos: GrpcTill) -> None:
    before, key, answers = len(shop.journal()), str(uuid4()), list[str]()
    tills = [threading.Thread(target=lambda: answers.append(pos.sell(key).answer_json)) for _ in range(8)]
    for each in tills:
        each.start()
    for each in tills:
        each.join()

    assert (len(answers), len(set(answers)), len(shop.journal())) == (8, 1, before + 1)


def test_an_error_says_what_http_says(shop: Gateway, pos: GrpcTill) -> None:
    key = str(uuid4())
    pos.sell(key)
    refused = refusal_of(lambda: pos.sell(key, kopecks=20_000))
    over_http = shop.post(sale("200.00"), key=key)
    metadata = dict(refused.trailing_metadata())
    told = loads(metadata["kassir-problem-bin"])

    assert refused.code() == grpc.StatusCode.ALREADY_EXISTS
    assert refused.details() == over_http.json()["message"]
    assert {**told, "id": None} == {**over_http.json(), "id": None}
    assert (metadata["kassir-code"], metadata["x-request-id"]) == ("IDEMPOTENCY_KEY_REUSED", told["id"])


def test_a_call_that_does_not_exist_is_unimplemented(pos: GrpcTill) -> None:
    ask = pos.channel.unary_unary("/kassir.v1.FiscalGateway/PrintMoney")
    assert refusal_of(lambda: ask(b"", timeout=10)).code() == grpc.StatusCode.UNIMPLEMENTED


def test_whoever_watches_sees_what_changes(pos: GrpcTill) -> None:
    events = pos.watch()
    first = next(events)
    sold = pos.sell()
    changed = {event.change.component for event in _until(events, "buffer")}
    events.cancel()

    assert "kkt.POS-001" in first.snapshot.components_json
    assert sold.receipt_id
    assert "buffer" in changed


def test_watchers_that_never_read_hold_up_nobody(shop: Gateway, pos: GrpcTill) -> None:
    deaf = [_deaf_watcher(shop.grpc) for _ in range(20)]
    try:
        assert all(pos.sell().receipt_id for _ in range(20))
        assert pos.health().status == pb.HealthResponse.STATUS_HEALTHY
    finally:
        for each in deaf:
            each.close()


@pytest.mark.parametrize("hostile", INPUTS, ids=lambda each: each.name)
def test_whatever_bytes_come_the_next_call_is_answered(shop: Gateway, pos: GrpcTill, hostile: Hostile) -> None:
    assert shop.grpc is not None
    host, port = shop.grpc.split(":")
    with socket.create_connection((host, int(port)), timeout=5) as bad:
        with suppress(ConnectionError):
            bad.sendall(hostile.sent)
            while hostile.ends and bad.recv(65_536):
                pass
        assert pos.health().status != pb.HealthResponse.STATUS_UNSPECIFIED
    with till(shop.grpc) as other:
        assert other.health().status != pb.HealthResponse.STATUS_UNSPECIFIED
    assert "grpc_connection_crashed" not in shop.log.read_text()


def test_at_a_stop_whoever_watches_is_told_and_the_sale_under_way_is_answered(tmp_path: Path) -> None:
    slow = ANYWHERE | {"KASSIR_EMULATORS__PRINT_DELAY": "1"}
    with gateway(tmp_path, **slow) as shop, till(shop.grpc) as pos:
        events = pos.watch()
        next(events)
        sold = pos.channel.unary_unary(
            "/kassir.v1.FiscalGateway/CreateReceipt", response_deserializer=pb.CreateReceiptResponse.FromString
        ).future(request(str(uuid4())).SerializeToString(), timeout=30)
        eventually(lambda: "printing" in str(pos.call("BufferStatus", pb.BufferStatusRequest()).receipts))
        eventually(lambda: pos.call("BufferStatus", pb.BufferStatusRequest()).receipts["printing"])
        assert shop.stop() == 0
        assert sold.result().WhichOneof("outcome") == "printed"
        assert refusal_of(lambda: [*events]).code() == grpc.StatusCode.UNAVAILABLE


def test_over_tls_callers_say_who_they_are(tmp_path: Path) -> None:
    ours, others = Authority(tmp_path / "ca"), Authority(tmp_path / "ca", "others")
    config = _config(tmp_path, ours)
    admin, stranger = ours.issue("till-7.shop", common_name="till-7"), others.issue("x.shop", common_name="till-7")
    roots = ours.file.read_bytes()
    with gateway(tmp_path / "data", config, **ANYWHERE) as shop:
        plain = grpc.ssl_channel_credentials(roots)
        with till(shop.grpc, plain, _token("pos")) as pos:
            assert pos.sell().WhichOneof("outcome") == "printed"
        with till(shop.grpc, plain, _token("monitor")) as monitor:
            assert next(monitor.watch()).HasField("snapshot")
            assert refusal_of(monitor.sell).code() == grpc.StatusCode.PERMISSION_DENIED
        with till(shop.grpc, plain) as nobody:
            assert nobody.health().components_json == ""
            refused = refusal_of(nobody.sell)
            assert refused.code() == grpc.StatusCode.UNAUTHENTICATED
            assert dict(refused.trailing_metadata())["kassir-code"] == "CREDENTIALS_MISSING"
        with till(shop.grpc, _shows(roots, *admin)) as machine:
            assert machine.sell().WhichOneof("outcome") == "printed"
        with till(shop.grpc, _shows(roots, *stranger)) as alien:
            assert refusal_of(alien.health).code() == grpc.StatusCode.UNAVAILABLE
        with till(shop.grpc) as in_the_clear:
            assert refusal_of(in_the_clear.health).code() == grpc.StatusCode.UNAVAILABLE
        assert len([each for each in shop.journal() if each["kind"] == RECEIPT]) == 2
        assert shop.stop() == 0


def _config(tmp_path: Path, ours: Authority) -> Path:
    certificate, key = ours.issue("localhost", "127.0.0.1")
    config = tmp_path / "config.toml"
    config.write_text(f"""
[api.tls]
certificate = "{certificate}"
key = "{key}"
client_ca = "{ours.file}"
[[auth.signing_keys]]
id = "{HS256}"
algorithm = "hs256"
secret = "{SECRET}"
[[auth.certificates]]
name = "till-7"
roles = ["pos"]
common_name = "till-7"
""")
    return config


def _token(role: str) -> str:
    return signed(claims(role, at=datetime.now(UTC), minutes=5), HS256)


def _shows(roots: bytes, certificate: Path, key: Path) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(roots, key.read_bytes(), certificate.read_bytes())


def _synced(life: pb.ReceiptLife) -> pb.ReceiptLife | None:
    return life if life.status == "synced" else None


def _until(events: Iterator[pb.StatusEvent], component: str) -> Iterator[pb.StatusEvent]:
    for event in events:
        yield event
        if event.change.component == component:
            return


def _deaf_watcher(place: str | None) -> socket.socket:
    """It asks for the stream, gives it no room, and reads nothing."""
    assert place is not None
    host, port = place.split(":")
    (sent,) = [each.sent for each in INPUTS if each.name == "a watcher that makes no room"]
    watcher = socket.create_connection((host, int(port)), timeout=10)
    watcher.sendall(sent)
    return watcher
