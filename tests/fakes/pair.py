"""Two registers behind the real facade, actors and receipts on disk; either may stand in for the other. Virtual time.

The registers and the folder outlive the gateway, which may be killed and opened again.
"""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, cast
from uuid import uuid4

import trio
from quart import Response

from actors.facade.app import make_app
from drivers.catalog_file import CatalogFile
from drivers.store.event_log import EventLog
from drivers.store.reader import StoreReader
from drivers.store.reading import store_of
from drivers.web import Entrance
from protocols.audit.judge import audit
from protocols.audit.properties import Violation
from protocols.audit.witnesses import OTHER, RegisterEntry, RegisterJournal, Terms, TillRequest, Witnesses
from protocols.auth_settings import Auth
from protocols.fiscal import FiscalDocument, OtherDocument, ShiftReport
from protocols.register_settings import Kkt, RegisterSettings
from protocols.settings import Api, Buffer, Settings, Storage
from supervisors.supervisor import Child, Strategy, Supervisor
from supervisors.wiring import Wiring
from supervisors.world import World
from tests.documented import checked
from tests.fakes.catalog import FakeOdooCatalog
from tests.fakes.inline_store import InlineStore, in_place
from tests.fakes.register import FakeRegister
from tests.fakes.shop import PATIENT, virtual_now
from tests.samples import NOON

ONE, TWO, THREE = "POS-001", "POS-002", "POS-003"
DRIVES = {ONE: "9999078900000001", TWO: "9999078900000002", THREE: "9999078900000003"}


@dataclass
class Pair:
    """`registers` by pos_id. `stand_ins`: who may take whose sales."""

    data: Path
    registers: dict[str, FakeRegister] = field(
        default_factory=lambda: {pos_id: FakeRegister(fn, print_time=0.3, late_by=8.0) for pos_id, fn in DRIVES.items()}
    )

    stand_ins: dict[str, str] = field(default_factory=lambda: {ONE: TWO, TWO: ONE, THREE: ONE})
    odoo: FakeOdooCatalog = field(default_factory=lambda: FakeOdooCatalog(virtual_now))
    requests_per_second: int | None = None
    origins: list[str] = field(default_factory=list)
    auth: Auth = field(default_factory=Auth)
    capacity: int = 200
    stopping: trio.Event = field(default_factory=trio.Event)

    async def open(self, everything: trio.Nursery) -> None:
        self.store = InlineStore(self.data / "kassir.db", virtual_now)
        self.wiring = Wiring(self._settings(), cast(Entrance, None), world=self._world())
        self.client = checked(make_app(self.wiring.reach, self.stopping))
        self.killed = trio.CancelScope()
        await everything.start(self._live)

    async def kill(self, everything: trio.Nursery) -> None:
        """What is in memory is gone, and whoever waits hears that."""
        self.killed.cancel()
        await trio.testing.wait_all_tasks_blocked()
        self.wiring.mailboxes.buffer.abandon()
        for box in self.wiring.mailboxes.kkts.values():
            box.abandon()
        await self.open(everything)

    async def post(self, path: str, body: Any, key: str | None = None) -> Response:
        headers = {"Idempotency-Key": key or str(uuid4()), "Host": "localhost"}
        return await self.client.post(f"/v1/kkt{path}", json=body, headers=headers)

    async def get(self, path: str) -> Any:
        answer = await self.client.get(f"/v1/kkt{path}", headers={"Host": "localhost"})
        return await answer.get_json()

    async def delete(self, path: str, body: Any) -> Response:
        headers = {"Idempotency-Key": str(uuid4()), "Host": "localhost"}
        return await self.client.delete(f"/v1/kkt{path}", json=body, headers=headers)

    async def sell(self, kopecks: int, pos_id: str = ONE, key: str | None = None) -> Response:
        return await self.post("/receipt", sale_body(kopecks, pos_id), key)

    async def begin(self, pos_id: str = ONE) -> Response:
        return await self.post("/handover", {"pos_id": pos_id, "who": "Иванова", "reason": "не печатает"})

    async def end(self, pos_id: str = ONE) -> Response:
        return await self.delete(f"/handover/{pos_id}", {"who": "Петрова"})

    def violations(self, tills: list[TillRequest]) -> list[Violation]:
        """What the audit finds once all is settled."""
        journals = tuple(_journal(pos_id, register) for pos_id, register in self.registers.items())
        store = store_of(self.store.connection)
        return audit(Witnesses(journals, store, tills=tuple(tills)), Terms(settled=True))

    async def _live(self, *, task_status: trio.TaskStatus[None]) -> None:
        wiring, boxes = self.wiring, self.wiring.mailboxes
        children = [
            Child("status", wiring.status, boxes.status),
            Child("buffer", wiring.buffer, boxes.buffer),
            Child("breaker.odoo", wiring.breaker("odoo"), boxes.breakers["odoo"]),
            Child("catalog", wiring.catalog, boxes.catalog),
            *[Child(f"kkt.{pos_id}", wiring.kkt(pos_id), box) for pos_id, box in boxes.kkts.items()],
        ]
        top = Supervisor("pair", Strategy.ONE_FOR_ONE, PATIENT, children, watch=lambda _: None, random=Random(1))
        with self.killed:
            async with trio.open_nursery() as nursery:
                await nursery.start(top.start)
                task_status.started()

    def _settings(self) -> Settings:
        registers = [
            RegisterSettings(pos_id=pos_id, device_path="tcp://127.0.0.1:1", stand_in=stand_in)
            for pos_id, stand_in in self.stand_ins.items()
        ]
        api = Api(requests_per_second=self.requests_per_second, origins=self.origins)
        return Settings(
            api=api,
            auth=self.auth,
            buffer=Buffer(capacity=self.capacity),
            storage=Storage(data=self.data),
            kkt=Kkt(registers=registers),
        )

    def _world(self) -> World:
        return World(
            now=virtual_now,
            random=Random(1),
            make_register=lambda _, register: self.registers[register.pos_id],
            make_store=lambda _, now: self.store,
            make_events=lambda _: EventLog(self.data / "kassir.db", in_place),
            make_reader=lambda _: StoreReader(self.data / "kassir.db", in_place),
            make_odoo_catalog=lambda _: self.odoo,
            make_catalog_store=lambda _: CatalogFile(self.data / "catalog.db", in_place),
        )


def sale_body(kopecks: int, pos_id: str) -> dict[str, Any]:
    total = f"{kopecks // 100}.{kopecks % 100:02}"
    item = {"name": "Оправа", "price": total, "qty": 1, "vat": "22%"}
    return {"pos_id": pos_id, "type": "sale", "items": [item], "payments": [{"method": "cash", "amount": total}]}


def _journal(pos_id: str, register: FakeRegister) -> RegisterJournal:
    return RegisterJournal(pos_id, tuple(_entry(each, register.fn) for each in register.journal))


def _entry(document: FiscalDocument | ShiftReport | OtherDocument, fn: str) -> RegisterEntry:
    if isinstance(document, OtherDocument):
        return RegisterEntry(OTHER, 0, None, fn, document.fd)
    kopecks = document.total_kopecks if isinstance(document, FiscalDocument) else 0
    return RegisterEntry(document.kind, kopecks, NOON, fn, document.fd, document.fp)
