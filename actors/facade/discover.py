"""POST /v1/kkt/devices/discover: which registers there are. It asks each who it is and changes nothing, so no key."""

from dataclasses import asdict
from typing import Any

import trio
from quart import Response, request
from quart_trio import QuartTrio

from actors.facade.answering import json_answer
from actors.facade.orders import read_json
from actors.facade.problems import Problem
from actors.facade.reach import Reach
from drivers.kkt.discovery import discover
from drivers.kkt.serial_ports import serial_ports
from protocols.api import BadRequest, parse_places
from protocols.found import FoundRegister
from protocols.places import BadAddress

WITHIN = 30.0  # seconds; what was not found by then is not told


def install(app: QuartTrio, reach: Reach) -> None:
    one_at_a_time = trio.Lock()

    @app.post("/v1/kkt/devices/discover")
    async def search() -> Response:
        """Without a place to look at, it looks at the serial ports of this machine."""
        serial, tcp = parse_places(await read_json(request))
        try:
            one_at_a_time.acquire_nowait()
        except trio.WouldBlock:
            raise Problem(409, "DISCOVERY_RUNNING", "Registers are being looked for already.", None, WITHIN) from None
        try:
            ports = serial if serial or tcp else serial_ports()
            found = await discover(ports, tcp, held=reach.device_paths, within=WITHIN)
        except BadAddress as error:
            raise BadRequest("VALIDATION_ERROR", str(error), [{"field": "tcp", "problem": str(error)}]) from error
        finally:
            one_at_a_time.release()
        return json_answer({"found": _numbered(found)})


def _numbered(found: list[FoundRegister]) -> list[dict[str, Any]]:
    """Each with its lines for config.toml, but for those that are there already."""
    return [
        asdict(register) | {"config": None if register.in_use else register.as_config(f"POS-{number:03}")}
        for number, register in enumerate(found, 1)
    ]
