"""The map of the program: who is whose child. Started top to bottom, stopped bottom to top."""

from typing import Any

from supervisors.ledger import Budget
from supervisors.supervisor import Child, Kind, Strategy, Supervisor
from supervisors.wiring import Wiring

ONE_FOR_ONE = Strategy.ONE_FOR_ONE
TO_THE_OFD = ("breaker.ofd", "breaker.relay")  # without them nothing is delivered


def tree(wiring: Wiring) -> Supervisor:
    """Everywhere one for one: addresses outlive restarts, so nobody holds what dies with another.

    Above all a KKTActor must not fall with the BufferActor: it may have a receipt under its hand, and its question
    "this was printed" waits in the mailbox until the buffer is back.

    Levels multiply, so the root's budget is small: a till has nobody watching it, and after a minute of failing the
    service manager starts the process anew. The shop sells without what is outside; that branch may stay down. It
    sells over HTTP where gRPC keeps failing: that is tried for ever, as its pauses grow faster than its budget goes.
    """
    registers, relays = wiring.mailboxes.kkts, wiring.mailboxes.relays
    breakers = [Child(box.name, wiring.breaker(link), box) for link, box in wiring.mailboxes.breakers.items()]
    grpc = [wiring.grpc(entrance) for entrance in (wiring.grpc_entrance,) if entrance is not None]
    how: dict[str, Any] = {"watch": wiring.watch, "random": wiring.world.random}
    return Supervisor("kassir", ONE_FOR_ONE, Budget(restarts=2, per=300.0), **how, children=[
        Child("status", wiring.status, wiring.mailboxes.status),
        Supervisor("embedded", ONE_FOR_ONE, Budget(restarts=4, per=60.0), **how, children=[
            Child(f"emulated-{name}", start) for name, start in wiring.emulators.items()
        ]),
        Supervisor("fiscal", ONE_FOR_ONE, Budget(restarts=3 + len(registers), per=60.0), **how, children=[
            Child("buffer", wiring.buffer, wiring.mailboxes.buffer),
            *[breaker for breaker in breakers if breaker.name in TO_THE_OFD],
            *[Child("ofd-sync", wiring.ofd_sync, wiring.mailboxes.ofd_sync)] * wiring.sends_receipts,
            *[Child(f"kkt.{pos_id}", wiring.kkt(pos_id), box) for pos_id, box in registers.items()],
            *[Child(f"ofd-relay.{pos_id}", wiring.ofd_relay(pos_id), box) for pos_id, box in relays.items()],
        ]),
        Supervisor("outside", ONE_FOR_ONE, Budget(restarts=8, per=60.0), **how, kind=Kind.TEMPORARY, children=[
            *[breaker for breaker in breakers if breaker.name not in TO_THE_OFD],
            Child("heartbeat", wiring.heartbeat, wiring.mailboxes.heartbeat),
            Child("catalog", wiring.catalog, wiring.mailboxes.catalog),
            Child("alerts", wiring.alerts, wiring.mailboxes.alerts),
        ]),
        Child("facade", wiring.facade, wiring.mailboxes.facade, grace=6.0),
        *[Supervisor("grpc-entrance", ONE_FOR_ONE, Budget(restarts=100, per=60.0), **how, children=[
            Child("grpc", start, wiring.mailboxes.grpc, grace=6.0)
        ]) for start in grpc],
    ])  # fmt: skip
