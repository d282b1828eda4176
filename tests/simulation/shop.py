"""The shop of one seed: the gateway, and everything around it that outlives it."""

import errno
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from random import Random
from typing import Any

import apsw
import msgspec
import trio

from actors import buffer
from actors.mailbox import Mailbox, NoAnswer
from drivers.emulators.shtrih.faults import Faults
from protocols.settings import Settings
from tests.simulation import points, verdicts
from tests.simulation.disk import Disk, How, Operation, What
from tests.simulation.diskerror import DiskError
from tests.simulation.gateway import FACADE, ZONE, Gateway, Life
from tests.simulation.kills import HOWS, Wants
from tests.simulation.net import Entrance, Net, straight
from tests.simulation.plan import Plan
from tests.simulation.points import Row
from tests.simulation.register import ShopRegister
from tests.simulation.services import ODOO, OFD, Services
from tests.simulation.tills import Custom, Till
from tests.simulation.trace import Trace
from tests.simulation.vfs import connect

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SETTLED = ("synced", "rejected", "dead", "done")
ROOM = 16 * 1024 * 1024  # bytes of a disk that may fill up
FILE = "kassir.db"
TASKS, TASKS_A_REGISTER = 36, 2  # of a gateway that never met anything


@dataclass(eq=False)
class DiskAim:
    """Kill at this operation of a transaction that has a message which `wants` it; `at`: of those of one kind."""

    why: str
    wants: Wants
    left: int
    at: What | None = None


@dataclass(eq=False)
class Shop:
    """`plan` says what it is like and what happens in it; `folder` is where the registers keep their journals."""

    plan: Plan
    folder: Path
    trace: Trace
    template: Disk | None = None
    jump: float = 0.0  # seconds that the gateway's wall clock is off
    stopped: bool = False  # no fault begins any more
    inherited: set[str] = field(default_factory=set)  # receipts that were printing when this life began
    doubts: dict[str, str] = field(default_factory=dict)  # receipt: why the register could not tell
    customs: list[Custom] = field(default_factory=list)  # who has come in
    printed: int = 0  # documents, once the history is over
    busy: int = 0  # customers who wait
    disk_errors: list[DiskError] = field(default_factory=list)
    kills_when_unknown: list[float] = field(default_factory=list)  # so many seconds later
    wrong: list[str] = field(default_factory=list)  # what must not happen, and was seen while it happened

    def __post_init__(self) -> None:
        plan = self.plan
        self.linger, self.repeats_sums = plan.linger, plan.repeats_sums
        self.sums = [custom.order.kopecks for custom in plan.customs]
        self.net = Net(plan.latency)
        self.registers = {
            pos_id: ShopRegister(number, self.folder, self._register_clock, self.trace)
            for number, pos_id in enumerate(plan.pos_ids, 1)
        }
        self.services: Services = Services(self.time, self.trace)
        self.till = Till(self.net, self.trace)
        self.disk = self.template.copy() if self.template and not plan.empty_disk else Disk()
        self.disk.random, self.disk.before = plan.stream("disk"), self._at_operation
        if plan.limited_disk:
            self.free_disk()
        self.gateway = Gateway(
            self._settings(), self.net, self.registers, self.now, plan.stream("gateway"), self.trace,
            self._dies, self._committed, self._in_doubt,
        )  # fmt: skip
        self._chance = plan.stream("kills")
        self._aims: list[DiskAim] = []
        self._aims_behind: list[tuple[str, Wants]] = []
        self._starts: list[int] = []
        self._seen: tuple[Disk | None, int] = (None, 0)
        self._rows: list[Row] = []
        self._changes = 0

    def _settings(self) -> Settings:
        plan = self.plan
        registers = [
            {"pos_id": pos_id, "device_path": f"tcp://{register.place}", "linger": plan.linger}
            for pos_id, register in self.registers.items()
        ]
        return Settings.model_validate(
            {
                "storage": {"data": self.folder / "data"},
                "api": {"receipt_timeout": plan.receipt_timeout},
                "kkt": {"mode": "production", "registers": registers, "read_timeout": plan.read_timeout},
                "ofd": {"api_url": f"http://{OFD}", "breaker": {"recovery_timeout": plan.breaker_recovery}},
                "odoo": {"url": f"http://{ODOO}"},
                "heartbeat": {"interval": plan.heartbeat},
                "buffer": {
                    "capacity": plan.capacity,
                    "max_retry_attempts": plan.max_attempts,
                    "initial_backoff": 2,
                    "synced_retention_days": plan.retention_days,
                },
            }
        )

    # time

    def time(self) -> datetime:
        """As it is."""
        return NOON + timedelta(seconds=trio.current_time())

    def now(self) -> datetime:
        """As the gateway's host has it."""
        return self.time() + timedelta(seconds=self.jump)

    def _register_clock(self) -> datetime:
        return self.time().astimezone(ZONE)

    # the parts, for those who break them

    @property
    def facade(self) -> Entrance | None:
        return self.net.entrances.get(FACADE)

    def any_register(self, random: Random) -> ShopRegister:
        return random.choice(list(self.registers.values()))

    def behave(self, register: ShopRegister, wanted: dict[str, Any]) -> None:
        if wanted.get("power") == "off" and self.printing_on_disk(register.pos_id):
            self.trace.count("point", "C16")
        register.tasks.start_soon(register.wire.behave, wanted)

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Not after the faults were stopped: then all is healed anyway."""

        async def wait() -> None:
            await trio.sleep(seconds)
            if not self.stopped:
                act()

        self.tasks.start_soon(wait)

    def tell_nonsense(self, box: Mailbox[Any]) -> None:
        try:
            box.address.tell(object())
        except NoAnswer:
            self.trace("nobody heard", box.name)

    # opening, healing, closing

    async def open(self, nursery: trio.Nursery) -> None:
        self.tasks, self.start = nursery, self.time()
        await self.services.serve(self.net, nursery)
        for register in self.registers.values():
            await register.serve(self.net, nursery)
        pauses = self.plan.stream("pauses")
        nursery.start_soon(self.gateway.run, self.make_disk, lambda: pauses.choice([0.2, 1.0, 5.0]))

    async def serve(self, custom: Custom) -> None:
        """One customer, from coming in to walking out."""
        if custom not in self.customs:
            self.customs.append(custom)
        await trio.sleep(custom.at)
        await self._ask(custom, custom.tries)
        await trio.sleep(custom.again)
        if custom.again and not self.stopped:
            await self._ask(custom, 1)

    async def _ask(self, custom: Custom, tries: int) -> None:
        self.busy += 1
        await self.till.order(custom.order, tries=tries, pause=custom.pause)
        self.busy -= 1

    async def heal(self) -> None:
        """Nothing is wrong any more, and nothing will be."""
        self.stopped = True
        self.trace("healed")
        self.net.unplugged.clear()
        self._aims.clear()
        self._starts.clear()
        self._aims_behind.clear()
        self.disk_errors.clear()
        self.free_disk()
        for entrance in self.net.entrances.values():
            if entrance.host.name in ("gateway", "services"):
                entrance.tap = straight
        for register in self.registers.values():
            register.cable.snags.clear()
            await register.wire.behave(msgspec.to_builtins(Faults()))
        self.services.ofd.conduct.reset()
        self.services.ofd.on_take.clear()
        self.till.on_answer.clear()
        self.services.odoo.conduct.reset()

    @property
    def waiting(self) -> list[tuple[str, str]]:
        """What is not settled yet, by the disk."""
        return [(row.mark, row.state) for row in self.rows() if row.state not in SETTLED]

    @property
    def drained(self) -> bool:
        return self.busy == 0 and self.gateway.life is not None and not self.waiting

    def take_census(self) -> None:
        """P16: a gateway at rest has as many tasks as ever, whatever it went through."""
        life = self.gateway.life
        if life is not None and life.task is not None:
            found, most = tasks_below(life.task), TASKS + TASKS_A_REGISTER * len(self.registers)
            if found > most:
                self.wrong.append(f"P16: {found} tasks at rest, {most} are usual")

    def cannot_tell(self, receipt_id: str, verdict: str) -> None:
        """P11: is it so?"""
        (row,) = [row for row in self.rows() if row.receipt_id == receipt_id]
        if verdicts.may_be_in_doubt(verdict, row, self.registers[row.pos_id], self.trace):
            self.doubts[receipt_id] = verdict

    # the disk

    def at(self, milliseconds: int) -> datetime:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)

    def table(self, name: str) -> list[dict[str, Any]]:
        columns = [column for _, column, *_ in self.query(f"PRAGMA table_info({name})")]
        return [dict(zip(columns, row, strict=True)) for row in self.query(f"SELECT * FROM {name}")]

    def rows(self) -> list[Row]:
        """The orders on the disk; read anew only when something was written."""
        state = (self.disk, self.disk.done.total())
        if self._seen != state:
            self._rows, self._seen = [Row.read(values) for values in self.query(points.ROWS)], state
        return self._rows

    def query(self, sql: str) -> list[Any]:
        """What stands on the disk now; nothing where there is no schema yet."""
        image = self.disk.view()
        if FILE not in image:
            return []
        connection = connect(FILE, image)
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            return list(connection.execute(sql))
        except apsw.SQLError:
            return []
        finally:
            connection.close()

    def printing_on_disk(self, pos_id: str) -> bool:
        return any(row.pos_id == pos_id and row.state == "printing" for row in self.rows())

    def aim_at_disk(self, why: str, wants: Wants, operation: int, at: What | None = None) -> None:
        self._aims.append(DiskAim(why, wants, operation, at))

    def aim_behind_disk(self, why: str, wants: Wants) -> None:
        self._aims_behind.append((why, wants))

    def aim_at_start(self, operation: int) -> None:
        self._starts.append(operation)

    def mend_disk(self, error: DiskError) -> None:
        if error in self.disk_errors:
            self.disk_errors.remove(error)

    def fill_disk(self, left: int) -> None:
        """So many bytes are free from now on."""
        self.disk.room = 0  # so that what is used is counted
        self.disk.room = self.disk.used() + left

    def free_disk(self) -> None:
        self.disk.room = ROOM if self.plan.limited_disk else inf

    def make_disk(self) -> Disk:
        """For a new life. What was printing on it is what recovery will have to ask about."""
        self.inherited = {row.receipt_id for row in self.rows() if row.state == "printing"}
        for register in self.registers.values():
            register.cable.asked = False
        self._changes = 0
        return self.disk

    def _at_operation(self, operation: Operation) -> None:
        life = self.gateway.life
        if life is None:
            return
        for error in self.disk_errors:
            if error.meets(operation.what, list(life.messages)):
                self.trace.count("fault", error.name)
                if not error.lasts:
                    self.disk_errors.remove(error)
                raise OSError(errno.EIO, "Input/output error")
        self._changes += 1
        if self._starts and self._changes > self._starts[0]:
            self._starts.pop(0)
            self.gateway.kill("in a start")
        for aim in self._aims:
            if aim.at in (None, operation.what) and any(aim.wants(message) for message in life.messages):
                aim.left -= 1
                if aim.left < 0:
                    self._aims.remove(aim)
                    self.gateway.kill(aim.why)
                    return

    # the gateway's life and death

    def _dies(self, life: Life, why: str) -> None:
        hows: list[How] = ["kill", "kill", "drop", "mix"]
        how = HOWS[why] if why in HOWS else self._chance.choice(hows)
        room = self.disk.room
        self.disk = self.disk.freeze(self._chance, how)
        self.disk.room = room
        self.trace.count("kill", why)
        for point in self._points(life):
            self.trace.count("point", point)
        self.disk.before = self._at_operation

    def _points(self, life: Life) -> list[str]:
        rows = self.rows()
        found = set(points.of_transaction(list(life.messages)))
        found |= set(points.of_requests(rows, self.till.receiving))
        taken = {(fn, fd) for fn, fd, _ in self.services.ofd.accepted}
        for row in rows:
            if row.state in points.PLAIN:
                found.add(points.PLAIN[row.state])
            elif row.state == "printing":
                found |= set(points.of_print(row, self.registers[row.pos_id].cable, self.inherited))
            elif row.state in ("pending", "syncing"):
                found |= set(points.of_answer(row, self.till.receiving, taken))
        return sorted(found)

    def _committed(self, message: Any, outcome: Any) -> None:
        if isinstance(message, buffer.Unknown) and self.kills_when_unknown:
            self.later(self.kills_when_unknown.pop(), lambda: self.gateway.kill("while unknown"))
        for register in self.registers.values():
            if points.begins_print(message, outcome, register.pos_id):
                register.cable.forget()
        for why, wants in self._aims_behind:
            if wants(message):
                self._aims_behind.remove((why, wants))
                self.gateway.kill(why)
                return

    def _in_doubt(self, messages: Any) -> None:
        for message in messages:
            for kind, point in points.DOUBTS:
                if isinstance(message, kind):
                    self.trace.count("point", point)


def tasks_below(task: trio.lowlevel.Task) -> int:
    """How many tasks it is the parent of, at any remove."""
    children = [child for nursery in task.child_nurseries for child in nursery.child_tasks]
    return len(children) + sum(tasks_below(child) for child in children)
