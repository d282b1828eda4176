"""Deliveries to the OFD on a person's word, and how the one who delivers stands."""

from typing import Any

import msgspec
from quart import Response, request
from quart_trio import QuartTrio

from actors import circuit_breaker, ofd_sync, status
from actors.facade.answering import json_answer
from actors.facade.orders import idempotency_key, read_json_if_any
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from actors.mailbox import NoAnswer
from protocols.health import World, relays
from protocols.said import Said, parsed

PATH = "/v1/kkt/buffer/sync"
UNUSED = {"status": "unused", "delivered": 0, "in_flight": 0, "last_successful_sync": None, "job": None}


class SyncBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    force: bool = False
    who: Said = "admin"


def install(app: QuartTrio, reach: Reach) -> None:
    @app.post(PATH)
    async def sync_begin() -> Response:
        key = idempotency_key(request)
        body = parsed(SyncBody, await read_json_if_any(request))
        if reach.ofd_sync is None:
            message = "No receipts go to the OFD from here: its registers' documents reach it by other ways."
            raise Problem(409, "NO_RECEIPTS_TO_SEND", message)
        outcome = await reach.ofd_sync.ask(ofd_sync.Sync(key, body.force, body.who), within=reach.patience)
        match outcome:
            case ofd_sync.Running(job_id=job_id):
                message = "A delivery that was asked for is under way; see GET /v1/kkt/worker/status."
                raise Problem(409, "SYNC_RUNNING", message, {"job_id": job_id})
            case ofd_sync.NoWay(retry_after=seconds):
                message = "The OFD is out of reach. The receipts are kept, and delivered by themselves when it is back."
                raise Problem(503, "NO_WAY_TO_OFD", message, None, min(seconds, 3600))
        estimate = None if outcome.seconds is None else round(outcome.seconds)
        return json_answer({"job_id": outcome.job_id, "estimated_duration_seconds": estimate}, 202)

    @app.get(f"{PATH}/<job_id>")
    async def sync_show(job_id: str) -> Response:
        world = await reach.status.ask(status.Look(), within=reach.patience)
        job = _told(reach, world).get("job")
        if job is None or job["job_id"] != job_id:
            raise Problem(404, "JOB_NOT_FOUND", "There is no such job; only the latest one is remembered.")
        return json_answer(job)

    @app.get("/v1/kkt/worker/status")
    async def worker_status() -> Response:
        world = await reach.status.ask(status.Look(), within=reach.patience)
        breaker = await reach.links["ofd"].breaker.ask(circuit_breaker.Describe(), within=reach.patience)
        return json_answer({**_told(reach, world), "relays": relays(world), "circuit_breaker": breaker})


def _told(reach: Reach, world: World) -> dict[str, Any]:
    """What OFDSyncActor says of itself, if there is one. Raises NoAnswer."""
    if reach.ofd_sync is None:
        return dict(UNUSED)
    if "ofd" not in world:
        raise NoAnswer("it has not started yet")
    return dict(world["ofd"])
