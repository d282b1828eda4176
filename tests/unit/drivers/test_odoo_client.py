"""The Odoo client against a real loopback head office, good or bad."""

from datetime import UTC, datetime, timedelta

import pytest
import trio
from quart import Response
from quart_trio import QuartTrio

from drivers.emulators.odoo import EmulatedOdoo, make_app
from drivers.odoo import OdooClient, OdooUnreachable, Pulse
from drivers.web import bind, url
from tests.serving import served

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def saying(body: str, status: int = 200) -> QuartTrio:
    app = QuartTrio("odoo")

    @app.post("/odoo/v1/heartbeat")
    async def heartbeat() -> Response:
        return Response(body, status)

    return app


async def test_heartbeat_brings_the_head_offices_time() -> None:
    odoo = EmulatedOdoo(now=lambda: NOON)
    odoo.conduct.change({"clock_offset_s": 3600})
    async with served(make_app(odoo)) as site, OdooClient(site.url, 5.0) as client:
        pulse = await client.heartbeat({"time": NOON, "components": {"ofd": {"status": "online"}}})

    assert pulse == Pulse(NOON + timedelta(hours=1))
    assert odoo.heard[0].heartbeat == {"time": "2026-11-20T12:00:00Z", "components": {"ofd": {"status": "online"}}}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        '{"status": "ok"}',
        '{"status": "ok", "server_time": "noon"}',
        '{"status": "ok", "server_time": "2026-11-20T12:00:00"}',
        '{"status": "no", "server_time": "2026-11-20T12:00:00Z"}',
    ],
)
async def test_answer_without_an_aware_time_is_no_pulse(body: str) -> None:
    async with served(saying(body)) as site, OdooClient(site.url, 5.0) as client:
        with pytest.raises(OdooUnreachable, match="malformed answer 200"):
            await client.heartbeat({})


async def test_a_malformed_answer_is_not_quoted_at_length() -> None:
    body = f'{{"status": "{"x" * 100_000}", "server_time": "2026-11-20T12:00:00Z"}}'
    async with served(saying(body)) as site, OdooClient(site.url, 5.0) as client:
        with pytest.raises(OdooUnreachable) as unreachable:
            await client.heartbeat({})

    assert len(str(unreachable.value)) <= 300


@pytest.mark.parametrize("status", [201, 302, 401, 404, 500, 503])
async def test_any_other_status_is_no_pulse(status: int) -> None:
    body = '{"status": "ok", "server_time": "2026-11-20T12:00:00Z"}'
    async with served(saying(body, status)) as site, OdooClient(site.url, 5.0) as client:
        with pytest.raises(OdooUnreachable, match=f"answer {status}"):
            await client.heartbeat({})


async def test_slow_head_office_is_given_up_in_time() -> None:
    odoo = EmulatedOdoo()
    odoo.conduct.change({"latency_ms": 60_000})
    async with served(make_app(odoo)) as site, OdooClient(site.url, 0.2) as client:
        with trio.fail_after(10), pytest.raises(OdooUnreachable, match=r"no answer within 0\.2 s"):
            await client.heartbeat({})


async def test_nobody_listening_is_unreachable() -> None:
    with bind("127.0.0.1", 0) as listener:
        nobody = url(listener)

    async with OdooClient(nobody, 5.0) as client:
        with pytest.raises(OdooUnreachable):
            await client.heartbeat({})
