"""A process that has loaded all of the gateway and forks one for every order: a start then takes milliseconds.

Each line of its input is an order, JSON: `arguments` and `environment` of run.py, `log` for what it prints, `planted`
the names of faults to plant in it first. It answers with the pid, and with the exit status when that process has
ended; then it takes the next order.
"""

import gc
import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import run
from drivers.store import database
from tests.crash.sabotage import PLANTED


def main() -> None:
    _warm_up()
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become_gateway(order)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def _warm_up() -> None:
    """Much is imported only when the first database is opened."""
    with tempfile.TemporaryDirectory() as place:
        database.close_database(database.open_database(Path(place) / "kassir.db"))


def _become_gateway(order: dict[str, Any]) -> None:
    """As if run.py had been called. Never returns: what lies above on the stack is the parent's."""
    status = 70
    try:
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ.update(order["environment"])
        for name in order["planted"]:
            PLANTED[name]()
        status = run.main(order["arguments"])
    except BaseException:  # noqa: BLE001  whatever it is, it must not run into the parent's loop
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
