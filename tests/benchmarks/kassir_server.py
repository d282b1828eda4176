"""Kassir as shipped, its register instant and the OFD left out: `python -m tests.benchmarks.kassir_server PORT DATA`.

The number of registers may follow as a third argument; they are POS-001, POS-002 and so on. A fourth says what callers
have to show, of `tests.benchmarks.callers`.
"""

import sys
from pathlib import Path

import trio

from drivers.logs import configure
from drivers.web import SocketEntrance, bind
from protocols.register_settings import Kkt, RegisterSettings
from protocols.settings import Api, Buffer, Settings, Storage
from supervisors.ledger import Budget
from supervisors.process import settle_in
from supervisors.supervisor import Child, Strategy, Supervisor
from supervisors.wiring import Wiring
from supervisors.world import World
from tests.benchmarks.callers import SETTINGS
from tests.benchmarks.instant_register import InstantRegister


async def serve(port: int, data: Path, registers: int, caller: str) -> None:
    named = [
        RegisterSettings(pos_id=f"POS-{number:03}", device_path="tcp://127.0.0.1:1", linger=0)
        for number in range(1, registers + 1)
    ]
    settings = Settings(
        storage=Storage(data=data),
        api=Api(requests_per_second=False),
        buffer=Buffer(capacity=10_000_000),
        kkt=Kkt(registers=named),
        auth=SETTINGS[caller],
    )
    with bind("127.0.0.1", port) as listener:
        world = World(make_register=lambda _, register: InstantRegister(fn=register.pos_id))
        wiring = Wiring(settings, SocketEntrance(listener), world=world)
        boxes = wiring.mailboxes
        children = [
            Child("status", wiring.status, boxes.status),
            Child("buffer", wiring.buffer, boxes.buffer),
            *[Child(f"kkt.{pos_id}", wiring.kkt(pos_id), box) for pos_id, box in boxes.kkts.items()],
            Child("facade", wiring.facade, boxes.facade),
        ]
        root = Supervisor("benchmark", Strategy.ONE_FOR_ONE, Budget(1, 60), children, watch=wiring.watch)
        async with trio.open_nursery() as nursery:
            await nursery.start(root.start)
            settle_in()


if __name__ == "__main__":
    configure("ERROR")
    more = sys.argv[3:]
    registers, caller = more + ["1", "nobody"][len(more) :]
    trio.run(serve, int(sys.argv[1]), Path(sys.argv[2]), int(registers), caller)
