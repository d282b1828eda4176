"""The Quart application, made anew at every start of the facade."""

from typing import Any

import trio
from quart import g, request, websocket
from quart_trio import QuartTrio

from actors.facade import (
    catalog,
    dead_letters,
    devices,
    discover,
    event_log,
    handover,
    history,
    links,
    metrics,
    openapi,
    pages,
    paper,
    problems,
    receipt_list,
    receipts,
    sharing,
    slip,
    state,
    stream,
    sync,
    till,
    timeline,
)
from actors.facade.credentials import SAYS_WHO, take
from actors.facade.finishing import finish
from actors.facade.gate import Gate
from actors.facade.reach import Reach


class Facade(QuartTrio):
    """Every request passes the gate on its way to its handler, and every answer says which request it is of."""

    def __init__(self, gate: Gate) -> None:
        super().__init__("kassir", static_folder=None, template_folder=None)
        self.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # no page of another site has anything to ask
        self._gate = gate

    async def dispatch_request(self, request_context: Any = None) -> Any:
        if sharing.asks_first(request, self._gate.reach.origins):
            return sharing.may_call()
        with self._gate.passage(request) as visit:
            answer = await self.make_response(await super().dispatch_request(request_context))
            visit.outcome = answer.status_code
            return answer

    async def dispatch_websocket(self, websocket_context: Any = None) -> Any:
        """A stream ends with the time of whoever looks at it."""
        with self._gate.passage(websocket):
            if websocket.url_rule is not None:  # whoever asks for what there is not hears so in HTTP
                await take(websocket)
            with trio.move_on_after(self._gate.lasts(g.principal)):
                return await super().dispatch_websocket(websocket_context)
            await websocket.close(SAYS_WHO, "say anew who you are")
            return None

    async def process_response(self, response: Any, request_context: Any = None) -> Any:
        response.headers["X-Request-Id"] = self._gate.name(request)
        response = await super().process_response(response, request_context)
        await finish(request, response)
        sharing.share(request, response, self._gate.reach.origins)
        return response


def make_app(reach: Reach, stopping: trio.Event) -> QuartTrio:
    app = Facade(Gate(reach, stopping))
    problems.install(app)
    receipts.install(app, reach)
    timeline.install(app, reach)
    slip.install(app, reach)
    receipt_list.install(app, reach)
    dead_letters.install(app, reach)
    till.install(app, reach)
    paper.install(app, reach)
    devices.install(app, reach)
    discover.install(app, reach)
    handover.install(app, reach)
    history.install(app, reach)
    state.install(app, reach)
    event_log.install(app, reach)
    links.install(app, reach)
    sync.install(app, reach)
    catalog.install(app, reach)
    metrics.install(app, reach)
    stream.install(app, reach, stopping)
    openapi.install(app)
    pages.install(app)
    return app
