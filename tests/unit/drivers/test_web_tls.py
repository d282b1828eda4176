"""TLS on real loopback: who gets in, who does not, and that nobody brings the server down."""

import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import trio
from quart import jsonify, request
from quart_trio import QuartTrio

from drivers.web import BadCertificate, HandshakeFailed, Limits, Tls, certificate_of
from tests.certificates import LONG_AGO, Authority
from tests.serving import Site, read_all, read_until, served

Heard = list[HandshakeFailed]


def mirror() -> QuartTrio:
    """Tells a client what it has shown."""
    app = QuartTrio("mirror")

    @app.get("/")
    async def look() -> Any:
        shown = certificate_of(request)
        names = {value for part in (shown or {}).get("subject", ()) for field, value in part if field == "commonName"}
        return jsonify(scheme=request.scheme, address=request.remote_addr, names=sorted(names), shown=shown is not None)

    return app


async def ask(site: Site, context: ssl.SSLContext, path: str = "/") -> Any:
    port = site.listener.getsockname()[1]
    async with httpx.AsyncClient(verify=context, trust_env=False) as client:
        return (await client.get(f"https://127.0.0.1:{port}{path}")).json()


async def test_a_client_is_known_by_its_address_and_its_certificate(tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    async with served(mirror(), tls=ours.tls()) as site:
        with_one = await ask(site, ours.client(ours.issue("till-1@shop", common_name="till-1")))
        without = await ask(site, ours.client())

    assert with_one == {"scheme": "https", "address": "127.0.0.1", "names": ["till-1"], "shown": True}
    assert without == {"scheme": "https", "address": "127.0.0.1", "names": [], "shown": False}


async def test_an_expired_certificate_passes_the_handshake_for_the_doorkeeper_to_judge(tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    old = ours.issue("till-1@shop", common_name="till-1", until=LONG_AGO)
    async with served(mirror(), tls=ours.tls()) as site:
        assert (await ask(site, ours.client(old)))["names"] == ["till-1"]


async def test_a_certificate_of_another_ca_is_refused_with_an_alert_and_told(tmp_path: Path) -> None:
    ours, foreign = Authority(tmp_path), Authority(tmp_path, "foreign")
    heard: Heard = []
    context = ours.client(foreign.issue("till-1@shop", common_name="till-1"))
    async with served(mirror(), tls=ours.tls(), refused=lambda _, failed: heard.append(failed)) as site:
        async with await site.dial() as stream:
            secure = trio.SSLStream(stream, context, server_hostname="localhost", https_compatible=True)
            await secure.do_handshake()
            with pytest.raises(trio.BrokenResourceError) as broken:
                await secure.receive_some()
        assert (await ask(site, ours.client()))["shown"] is False

    assert "alert unknown ca" in str(broken.value.__cause__)
    assert [failed.untrusted for failed in heard] == [True]


async def test_older_tls_is_not_spoken(tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    context = ours.client()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    async with served(mirror(), tls=ours.tls()) as site, await site.dial() as stream:
        secure = trio.SSLStream(stream, context, server_hostname="localhost")
        with pytest.raises(trio.BrokenResourceError) as broken:
            await secure.do_handshake()

    assert "protocol version" in str(broken.value.__cause__)


HOSTILE = [
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(600),
    b"\x16\x03\x01\xff\xff" + b"\xff" * 70_000,
    b"\x15\x03\x03\x00\x02\x02\x28",
    b"\x80" * 5000,
    bytes(range(256)) * 40,
]


@pytest.mark.parametrize("data", HOSTILE)
async def test_hostile_bytes_leave_the_server_serving(tmp_path: Path, data: bytes) -> None:
    ours = Authority(tmp_path)
    heard: Heard = []
    async with served(mirror(), tls=ours.tls(), refused=lambda _, failed: heard.append(failed)) as site:
        async with await site.dial() as stream:
            await stream.send_all(data)
            await stream.send_eof()
            await read_all(stream)
        assert (await ask(site, ours.client()))["scheme"] == "https"

    assert [failed.untrusted for failed in heard] == [False]


async def test_garbage_after_the_handshake_ends_that_connection_alone(tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    async with served(mirror(), tls=ours.tls()) as site:
        async with await site.dial() as stream:
            secure = trio.SSLStream(stream, ours.client(), server_hostname="localhost")
            await secure.do_handshake()
            await stream.send_all(b"\x17\x03\x03\x00\x20" + b"\xaa" * 32)
            await read_all(stream)
        assert (await ask(site, ours.client()))["scheme"] == "https"


async def test_who_never_shakes_hands_is_left_at_the_deadline_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    async with served(mirror(), tls=ours.tls(), limits=Limits(head_time=0.3)) as site, await site.dial() as silent:
        assert (await ask(site, ours.client()))["scheme"] == "https"
        assert await read_all(silent) in (b"", b"(reset)")


async def test_a_client_that_cuts_tls_off_in_the_middle_crashes_nothing(tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    async with served(mirror(), tls=ours.tls()) as site:
        for sent in (b"", b"GET / HTT", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"):
            stream = await site.dial()
            secure = trio.SSLStream(stream, ours.client(), server_hostname="localhost")
            await secure.do_handshake()
            if sent:
                await secure.send_all(sent)
            await stream.aclose()  # no close_notify
        assert (await ask(site, ours.client()))["scheme"] == "https"


async def test_an_early_answer_gets_through_to_a_client_that_still_sends(tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    async with served(mirror(), tls=ours.tls()) as site, await site.dial() as stream:
        secure = trio.SSLStream(stream, ours.client(), server_hostname="localhost", https_compatible=True)
        await secure.send_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n")
        head = await read_until(secure, b"\r\n\r\n")
        await secure.send_all(bytes(1_000_000))

    assert head.startswith(b"HTTP/1.1 405")
    assert b"connection: close" in head.lower()


async def test_a_renewed_certificate_is_shown_to_those_who_come_next(tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    certificate, key = ours.issue("localhost", "127.0.0.1")
    tls = Tls(certificate, key)
    async with served(mirror(), tls=tls) as site:
        before = await _serial(site, ours)
        newer, its_key = ours.issue("127.0.0.1", "localhost", until=datetime(2099, 1, 1, tzinfo=UTC))
        certificate.write_bytes(newer.read_bytes())
        with pytest.raises(BadCertificate):
            tls.reload()  # half of the pair
        assert await _serial(site, ours) == before
        key.write_bytes(its_key.read_bytes())
        tls.reload()
        assert await _serial(site, ours) != before


async def _serial(site: Site, ours: Authority) -> str:
    async with await site.dial() as stream:
        secure = trio.SSLStream(stream, ours.client(), server_hostname="localhost", https_compatible=True)
        await secure.do_handshake()
        return str(secure.getpeercert()["serialNumber"])


@pytest.mark.parametrize("text", ["", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"])
def test_files_that_are_no_certificates_are_named(tmp_path: Path, text: str) -> None:
    ours = Authority(tmp_path)
    certificate, key = ours.issue("localhost")
    certificate.write_text(text)
    with pytest.raises(BadCertificate, match=r"Cannot serve TLS with .*localhost-good\.pem"):
        Tls(certificate, key)
    with pytest.raises(BadCertificate, match=r"none\.pem"):
        Tls(tmp_path / "none.pem", key)
