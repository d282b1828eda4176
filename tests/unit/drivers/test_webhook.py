"""Alerts by HTTP against a real loopback receiver, good or bad."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import msgspec
import pytest
import trio
from quart import Response, request
from quart_trio import QuartTrio

from drivers.web import bind, url
from drivers.webhook import WebhookClient, WebhookRefused, WebhookUnreachable
from tests.samples import NOON
from tests.serving import served

EVENT = {"event": "began", "code": "OFD_LOST", "since": NOON, "message_ru": "ОФД недоступен"}


@dataclass
class Receiver:
    """`heard`: path with query, headers and body of every call."""

    status: int = 204
    heard: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def app(self) -> QuartTrio:
        app = QuartTrio("receiver")

        @app.post("/hooks/kassir")
        async def take() -> Response:
            self.heard.append((request.full_path, dict(request.headers), cast(bytes, await request.get_data())))
            return Response(b"", self.status, {"Location": "http://elsewhere.example/"})

        return app


@asynccontextmanager
async def reached(receiver: Receiver, *, secret: str = "", query: str = "") -> AsyncIterator[WebhookClient]:
    async with served(receiver.app()) as site, WebhookClient(f"{site.url}/hooks/kassir{query}", secret, 5.0) as client:
        yield client


async def test_an_event_arrives_as_json_under_its_id_at_exactly_the_address() -> None:
    receiver = Receiver()

    async with reached(receiver, query="?token=t") as client:
        await client.post("id-1", EVENT)

    ((path, headers, body),) = receiver.heard
    assert path == "/hooks/kassir?token=t"
    assert (headers["X-Kassir-Event-Id"], headers["Content-Type"]) == ("id-1", "application/json")
    assert msgspec.json.decode(body) == {"id": "id-1", **EVENT, "since": "2026-03-01T12:00:00Z"}
    assert "X-Kassir-Signature" not in headers


async def test_with_a_secret_the_body_as_it_came_can_be_verified() -> None:
    receiver = Receiver()

    async with reached(receiver, secret="s3cr3t") as client:
        await client.post("id-1", EVENT)

    ((_, headers, body),) = receiver.heard
    expected = hmac.new(b"s3cr3t", body, hashlib.sha256).hexdigest()
    assert headers["X-Kassir-Signature"] == f"sha256={expected}"
    assert b"s3cr3t" not in body


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_any_good_answer_will_do(status: int) -> None:
    async with reached(Receiver(status)) as client:
        await client.post("id-1", EVENT)


@pytest.mark.parametrize("status", [302, 401, 403, 404, 408, 429, 500, 503])
async def test_what_may_be_put_right_may_be_sent_again(status: int) -> None:
    async with reached(Receiver(status)) as client:
        with pytest.raises(WebhookUnreachable, match=f"answer {status}"):
            await client.post("id-1", EVENT)


@pytest.mark.parametrize("status", [400, 410, 422])
async def test_what_is_said_of_the_event_itself_is_final(status: int) -> None:
    async with reached(Receiver(status)) as client:
        with pytest.raises(WebhookRefused, match=f"answer {status}"):
            await client.post("id-1", EVENT)


async def test_nobody_listening_is_unreachable_and_the_reason_does_not_show_the_address() -> None:
    with bind("127.0.0.1", 0) as listener:
        nobody = url(listener)

    async with WebhookClient(f"{nobody}/hook?token=t0k3n", "", 5.0) as client:
        with pytest.raises(WebhookUnreachable) as caught:
            await client.post("id-1", EVENT)

    assert "t0k3n" not in str(caught.value)


async def test_a_receiver_that_says_nothing_is_given_up_in_time() -> None:
    app = QuartTrio("mute")

    @app.post("/hook")
    async def mute() -> Response:
        await trio.sleep(60)
        return Response(b"")

    async with served(app) as site, WebhookClient(f"{site.url}/hook", "", 0.2) as client:
        with trio.fail_after(10), pytest.raises(WebhookUnreachable, match=r"no answer within 0\.2 s"):
            await client.post("id-1", EVENT)
