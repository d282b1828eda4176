"""The gateway itself: its health, its figures, this document."""

from typing import Any

from actors.facade.documentation.buffer import BREAKER, BUFFER, DELIVERY
from actors.facade.documentation.operation import Operation, Operations, Told
from actors.facade.documentation.registers import DEVICE
from protocols.api_answers.health import Health, HealthInAWord

TAG = "Gateway"
HEALTHY: dict[str, Any] = {
    "status": "healthy",
    "network_status": "online",
    "components": {
        "kkt_device": {"status": "online", "registers": [DEVICE]},
        "ofd_connection": DELIVERY,
        "odoo_connection": {
            "status": "online",
            "last_heartbeat": "2026-11-21T04:57:40.139Z",
            "missed_in_a_row": 0,
            "clock_drift_seconds": 0.04,
        },
        "buffer": {"status": "ok", **BUFFER},
        "catalog": {
            "status": "fresh",
            "products": 940,
            "refreshed_at": "2026-11-21T04:30:00Z",
            "running": False,
            "last_error": None,
        },
        "circuit_breaker": {name: BREAKER[name] for name in ("state", "since", "reason", "author", "until")},
        "actors": {"buffer": {"state": "started", "restarts": 0, "last_error": None}},
    },
    "alerts": [],
}
TOLD = Health | HealthInAWord
UNHEALTHY = HEALTHY | {"status": "unhealthy"}
METRICS = "# HELP kassir_receipts Receipts on disk, by state.\n# TYPE kassir_receipts gauge\n"

OPERATIONS: Operations = {
    ("GET", "/v1/health"): Operation(
        TAG,
        "getHealth",
        "How the gateway is, component by component",
        {
            200: Told(
                "Healthy or degraded: receipts are taken.",
                TOLD,
                {"healthy": HEALTHY, "to a stranger": {"status": "healthy"}},
            ),
            503: Told("Unhealthy: no receipt can be taken.", TOLD, {"unhealthy": UNHEALTHY}),
        },
        "Never refused because there is too much to do. Who does not say who it is, where callers are asked, hears the "
        "status alone.",
    ),
    ("GET", "/metrics"): Operation(
        TAG,
        "getMetrics",
        "Registers, drives, alarms, buffer, breakers and links in numbers",
        {
            200: Told(
                "Prometheus text. What is not known is absent.", str, {"the beginning": METRICS}, text="text/plain"
            )
        },
    ),
    ("GET", "/openapi.json"): Operation(
        TAG,
        "getOpenApi",
        "This document",
        {
            200: Told(
                "OpenAPI 3.1.",
                dict[str, Any],
                {"the beginning": {"openapi": "3.1.0"}},
                headers={"ETag": "Changes with the document."},
            ),
            304: Told("You have it: the header If-None-Match names it.", None, {}),
        },
    ),
}
