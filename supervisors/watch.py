"""Every start, crash, restart and give-up, for people: in the log and in the status."""

from dataclasses import dataclass, field
from typing import Any

import structlog

from actors import status
from actors.mailbox import Address
from supervisors.supervisor import Lifecycle

log = structlog.get_logger()

LOUD = {"crashed": "error", "given_up": "critical"}  # all else is told at info


@dataclass
class Watch:
    """Called by every supervisor of the tree."""

    status: Address[status.Message]
    _children: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)

    def __call__(self, event: Lifecycle) -> None:
        tell = getattr(log, LOUD.get(event.event, "info"))
        tell(f"child_{event.event}", child=event.child, delay_s=event.delay_s, exc_info=event.error)
        known = self._children.get(event.child, {"restarts": 0})
        self._children[event.child] = {
            "state": event.event,
            "restarts": known["restarts"] + (event.event == "crashed"),
            "last_error": repr(event.error) if event.error else known.get("last_error"),
        }
        status.announce(self.status, "actors", dict(self._children))
