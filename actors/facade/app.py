"""The Quart application, made anew at every start of the facade."""

import trio
from quart_trio import QuartTrio

from actors.facade import (
    devices,
    discover,
    event_log,
    guard,
    handover,
    links,
    metrics,
    paper,
    problems,
    receipts,
    state,
    stream,
    sync,
    till,
)
from actors.facade.reach import Reach


def make_app(reach: Reach, stopping: trio.Event) -> QuartTrio:
    app = QuartTrio("kassir", static_folder=None, template_folder=None)
    problems.install(app, reach.new_id)
    guard.install(app, reach.new_id)
    receipts.install(app, reach)
    till.install(app, reach)
    paper.install(app, reach)
    devices.install(app, reach)
    discover.install(app, reach)
    handover.install(app, reach)
    state.install(app, reach)
    event_log.install(app, reach)
    links.install(app, reach)
    sync.install(app, reach)
    metrics.install(app, reach)
    stream.install(app, reach, stopping)
    return app
