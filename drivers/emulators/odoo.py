"""A head office (Odoo) to practise with: answers heartbeats with its time, and lists products.

| call | does |
| --- | --- |
| `POST /odoo/v1/heartbeat` | takes a JSON object, answers `{"status": "ok", "server_time": …}` |
| `GET /odoo/v1/products?cursor=&limit=&keep=` | a page of what changed (`odoo_products.py`) |
| `GET /odoo/v1/health` | how it stands; 503 while it is down |
| `GET /odoo/v1/_test/heartbeats` | the newest heartbeats, oldest first |
| `GET`, `POST /odoo/v1/_test/products` | all products; `{"products", "gone", "forget"}` changes them |

and the control calls of `drivers/emulators/control.py`.
"""

from collections import deque
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from quart import Response, request
from quart_trio import QuartTrio

from drivers.clock import Now, utc_now
from drivers.emulators import control
from drivers.emulators.behaviour import Behaviour, Conduct
from drivers.emulators.control import MAX_BODY, answer, make_control, meet
from drivers.emulators.odoo_products import Order, Products, wanted
from drivers.web import read_body

LISTED = 100
"""So many of the newest heartbeats are kept."""
MAX_HEARTBEAT = 64 * 1024
HUGE = 10 * 1024 * 1024  # bytes


class OdooBehaviour(Behaviour, kw_only=True, forbid_unknown_fields=True):
    """What this service can be told besides."""

    clock_offset_s: Annotated[float, Meta(ge=-1e9, le=1e9)] = 0
    """So far ahead of the true time are its answers; negative: behind."""
    garbage: bool = False
    """Its list of products is none."""
    huge: bool = False
    """Its list of products is ten megabytes long."""


class Heard(msgspec.Struct):
    """One heartbeat as listed."""

    received_at: datetime
    heartbeat: dict[str, Any]


class EmulatedOdoo:
    """What the head office knows."""

    def __init__(self, now: Now = utc_now) -> None:
        self._now = now
        self.conduct = Conduct(OdooBehaviour())
        self.reset()

    def reset(self) -> None:
        self.conduct.reset()
        self.products = Products(self._now)
        self.received = 0
        self.heard: deque[Heard] = deque(maxlen=LISTED)

    def beat(self, body: bytes) -> dict[str, Any]:
        """The answer to a heartbeat. Raises msgspec.DecodeError for what is no JSON object."""
        heartbeat = msgspec.json.decode(body, type=dict[str, Any])
        self.received += 1
        self.heard.append(Heard(self._now(), heartbeat))
        offset = timedelta(seconds=self.conduct.behaviour.clock_offset_s)
        return {"status": "ok", "server_time": self._now() + offset}


def make_app(odoo: EmulatedOdoo | None = None) -> QuartTrio:
    """The HTTP side of `odoo`, or of a new one."""
    odoo = EmulatedOdoo() if odoo is None else odoo
    app = make_control("odoo", odoo)

    @app.post("/odoo/v1/heartbeat")
    async def heartbeat() -> Response:
        body = await read_body(request, MAX_HEARTBEAT)
        await meet(odoo.conduct)
        return answer(odoo.beat(body))

    @app.get("/odoo/v1/products")
    async def products() -> Response:
        await meet(odoo.conduct)
        if odoo.conduct.behaviour.garbage:
            return Response("<html>Odoo is being updated</html>", content_type="text/html")
        page = answer(odoo.products.page(*wanted(request.args)))
        if odoo.conduct.behaviour.huge:
            page.set_data(b" " * HUGE)
        return page

    @app.get("/odoo/v1/_test/products")
    async def products_shown() -> Response:
        return answer({"products": odoo.products.listed()})

    @app.post("/odoo/v1/_test/products")
    async def products_changed() -> Response:
        odoo.products.change(msgspec.json.decode(await read_body(request, MAX_BODY), type=Order))
        return answer({"products": odoo.products.listed()})

    @app.get("/odoo/v1/health")
    async def health() -> Response:
        return control.health(odoo.conduct, heartbeats_received=odoo.received)

    @app.get("/odoo/v1/_test/heartbeats")
    async def heartbeats() -> Response:
        return answer({"heartbeats": list(odoo.heard), "total": odoo.received})

    return app
