"""The map of the program: who is whose child. Started top to bottom, stopped bottom to top."""

from typing import Any

from supervisors.ledger import Budget
from supervisors.supervisor import Child, Kind, Strategy, Supervisor
from supervisors.wiring import Wiring

ONE_FOR_ONE = Strategy.ONE_FOR_ONE


def tree(wiring: Wiring) -> Supervisor:
    """Everywhere one for one: addresses outlive restarts, so nobody holds what dies with another.

    Above all a KKTActor must not fall with the BufferActor: it may have a receipt under its hand, and its question
    "this was printed" waits in the mailbox until the buffer is back.

    Levels multiply, so the root's budget is small: a till has nobody watching it, and after a minute of failing the
    service manager starts the process anew. The shop sells without what is outside; that branch may stay down.
    """
    registers, breakers = wiring.mailboxes.kkts, wiring.mailboxes.breakers
    how: dict[str, Any] = {"watch": wiring.watch, "random": wiring.world.random}
    return Supervisor("kassir", ONE_FOR_ONE, Budget(restarts=2, per=300.0), **how, children=[
        Child("status", wiring.status, wiring.mailboxes.status),
        Supervisor("embedded", ONE_FOR_ONE, Budget(restarts=4, per=60.0), **how, children=[
            Child(f"emulated-{name}", start) for name, start in wiring.emulators.items()
        ]),
        Supervisor("fiscal", ONE_FOR_ONE, Budget(restarts=3 + len(registers), per=60.0), **how, children=[
            Child("buffer", wiring.buffer, wiring.mailboxes.buffer),
            Child("breaker.ofd", wiring.breaker("ofd"), breakers["ofd"]),
            Child("ofd-sync", wiring.ofd_sync, wiring.mailboxes.ofd_sync),
            *[Child(f"kkt.{pos_id}", wiring.kkt(pos_id), box) for pos_id, box in registers.items()],
        ]),
        Supervisor("outside", ONE_FOR_ONE, Budget(restarts=8, per=60.0), **how, kind=Kind.TEMPORARY, children=[
            *[Child(f"breaker.{link}", wiring.breaker(link), box) for link, box in breakers.items() if link != "ofd"],
            Child("heartbeat", wiring.heartbeat, wiring.mailboxes.heartbeat),
        ]),
        Child("facade", wiring.facade, wiring.mailboxes.facade, grace=6.0),
    ])  # fmt: skip
