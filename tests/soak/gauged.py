"""The gateway as shipped, with a gauge beside it: `python -m tests.soak.gauged FILE [arguments of run.py]`.

The gauge is one more child of the root. It writes what cannot be seen from outside of the process into FILE.
"""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import trio

import run
from actors.mailbox import Mailbox
from drivers.datadir import write_whole
from protocols.jsontext import dumps
from supervisors.supervisor import Child, Supervisor
from supervisors.tree import tree
from supervisors.wiring import Mailboxes, Wiring

LOOKS, EVERY = 20, 0.1  # so many, so many seconds apart, before it writes


def gauged(path: Path, wiring: Wiring) -> Supervisor:
    root = tree(wiring)
    root.children = (*root.children, Child("gauge", partial(gauge, path, wiring.mailboxes)))
    return root


async def gauge(path: Path, boxes: Mailboxes, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
    task_status.started()
    while True:
        tasks = waiting = 0
        for _ in range(LOOKS):
            tasks = max(tasks, trio.lowlevel.current_statistics().tasks_living)
            waiting = max(waiting, *(box.depth for box in _all(boxes)))
            await trio.sleep(EVERY)
        write_whole(path, dumps({"tasks": tasks, "waiting": waiting}))


def _all(boxes: Mailboxes) -> Iterator[Mailbox[Any]]:
    for found in vars(boxes).values():
        yield from found.values() if isinstance(found, dict) else [found]


if __name__ == "__main__":
    with patch("supervisors.process.tree", partial(gauged, Path(sys.argv[1]))):
        sys.exit(run.main(sys.argv[2:]))
