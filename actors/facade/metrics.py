"""GET /metrics: the snapshot of the world as Prometheus text, made when it is asked for. A sale costs nothing of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from quart import Response
from quart_trio import QuartTrio

from actors import status
from actors.facade.reach import Reach
from protocols.metrics import Family, World, families


@dataclass(frozen=True)
class Snapshot(Collector):
    """The world at that instant, as the client library collects it."""

    world: World
    now: datetime

    def collect(self) -> Iterator[Metric]:
        return (_gauge(family) for family in families(self.world, self.now))


def install(app: QuartTrio, reach: Reach) -> None:
    @app.get("/metrics")
    async def metrics() -> Response:
        world = await reach.status.ask(status.Look(), within=reach.patience)
        text = generate_latest(Snapshot(world, reach.now()))
        return Response(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _gauge(family: Family) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(family.name, family.help, labels=family.labels)
    for labels, number in family.samples:
        gauge.add_metric(labels, number)
    return gauge
