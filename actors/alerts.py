"""AlertActor: the mode of the shop and what a person must see to, judged from the snapshot; kept on disk, told outside.

It follows StatusActor and nobody waits for it. What it says ends with it: whoever reads the mode or the alerts then
judges by the moment (`protocols.health`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import structlog
import trio

from actors import buffer, notices, status
from actors.diary import Diary
from actors.herald import Herald, Told
from actors.mailbox import Address, NoAnswer
from actors.status import Feed, State
from drivers.clock import Now
from drivers.store.records import Begun
from protocols.alarm import Alarm, Change, Level
from protocols.alert_rules import rules
from protocols.alert_settings import Alerts
from protocols.alerts import GATEWAY, Alert, Board, Seen, Stood, describe
from protocols.mode import Mode, Reachability
from protocols.moment import Moment
from protocols.register_alarms import RegisterAlarms

log = structlog.get_logger()

APART = 1.0  # seconds between two looks: a sale changes the world more often, and alerts have that much time
PATIENCE = 5.0  # seconds to wait for the buffer or the snapshot
ASKED = 3  # times, what stands on disk; a disk that does not answer must not make us blind


@dataclass(eq=False)
class AlertActor:
    """`herald` tells of alerts outside; None: nobody is to be told. `pos_ids`: of the registers."""

    inbox: trio.MemoryReceiveChannel[object]
    status: Address[status.Message]
    buffer: Address[buffer.Message]
    herald: Herald | None
    limits: Alerts
    pos_ids: Sequence[str]
    now: Now
    _world: dict[str, State] = field(default_factory=dict, init=False)
    _board: Board = field(init=False)
    _register_alarms: RegisterAlarms = field(init=False)

    def __post_init__(self) -> None:
        self._reach = Reachability(self.limits.dwell)
        self._diaries = {pos_id: Diary(name_on_disk(pos_id), self.buffer) for pos_id in (GATEWAY, *self.pos_ids)}

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        task_status.started()
        try:
            async with trio.open_nursery() as nursery:
                if self.herald is not None:
                    nursery.start_soon(self.herald.tell_all)
                nursery.start_soon(self._live)
                await self._end()
                nursery.cancel_scope.cancel()
        finally:
            status.announce(self.status, "alerts", {})

    async def _end(self) -> None:
        """Waits for it."""
        async for message in self.inbox:
            raise TypeError(f"nobody tells the alerts anything, and yet: {message!r}")

    async def _live(self) -> NoReturn:
        self._take_up(await self._recall())
        while True:
            try:
                feed = await self.status.ask(status.Follow(), within=PATIENCE)
            except (NoAnswer, trio.TooSlowError) as error:
                log.debug("snapshot_missing", reason=repr(error))
                await trio.sleep(APART)
                continue
            try:
                await self._follow(feed)
            finally:
                feed.end()

    async def _follow(self, feed: Feed) -> None:
        """Until the feed ends. What a new StatusActor has not heard yet is as it was."""
        self._world.update(feed.snapshot)
        while not feed.ended:
            self._look()
            await trio.sleep(APART)
            with trio.move_on_at(self._look_at()):
                for change in await feed.changes():
                    self._world[change.component] = change.state

    def _look_at(self) -> float:
        """When to look though nothing changes."""
        due = [at for at in (self._reach.due, self._board.due) if at is not None]
        return min([trio.current_time() + status.PULSE, *due])

    def _look(self) -> None:
        moment = Moment(self.now(), trio.current_time())
        before, mode = self._reach.mode, self._reach.see(self._world, moment)
        if mode is not before:
            _say_mode(before, mode)
        seen = Seen(self._world, moment, self._reach.ofd_good_for(moment))
        news = self._board.judge(seen)
        for change, alert in news:
            _say(change, alert)
        self._tell_outside(news + self._register_alarms.see(self._world, moment.at), moment)
        self._keep()
        self._announce()

    def _tell_outside(self, news: Sequence[tuple[Change, Alert]], moment: Moment) -> None:
        if self.herald is not None:
            for change, alert in news:
                self.herald.hear(Told(change, alert, moment.at))

    def _keep(self) -> None:
        """On disk, like a register's own alarms."""
        for pos_id, diary in self._diaries.items():
            standing = [alert for alert in self._board.standing if alert.pos_id == pos_id]
            diary.note(tuple(Alarm(alert.code, alert.level, alert.message) for alert in standing))

    def _announce(self) -> None:
        since = self._reach.since
        state = {
            "mode": self._reach.mode.value,
            "mode_since": since and since.at,
            "standing": [describe(alert) for alert in self._board.standing],
        }
        status.announce(self.status, "alerts", state)

    def _take_up(self, stood: Sequence[Begun]) -> None:
        ours = {name_on_disk(pos_id): pos_id for pos_id in self._diaries}
        alerts = [_stood(ours[each.source], each) for each in stood if each.source in ours]
        self._board = Board(rules(self.limits), alerts)
        own = {f"kkt.{pos_id}": pos_id for pos_id in self.pos_ids}
        others = [(own[each.source], each.alarm, each.since) for each in stood if each.source in own]
        self._register_alarms = RegisterAlarms(others)

    async def _recall(self) -> list[Begun]:
        """What stands on disk, of alerts and of registers' own alarms, as an earlier process or incarnation left it."""
        names = [*(f"kkt.{pos_id}" for pos_id in self.pos_ids), *map(name_on_disk, self._diaries)]
        for _ in range(ASKED):
            try:
                return await self.buffer.ask(notices.Stand(tuple(names)), within=PATIENCE)
            except (NoAnswer, trio.TooSlowError) as error:
                log.debug("alerts_not_recalled", reason=repr(error))
                await trio.sleep(APART)
        return []


def name_on_disk(pos_id: str) -> str:
    """Apart from the alarms that a register's own actor keeps there."""
    return f"gateway.{pos_id}" if pos_id else "gateway"


def _stood(pos_id: str, begun: Begun) -> Stood:
    return Stood(begun.alarm.code, pos_id, begun.alarm.level, begun.since)


def _say_mode(before: Mode, mode: Mode) -> None:
    say = log.info if mode is Mode.ONLINE else log.warning
    say("mode_changed", before=before.value, after=mode.value)


def _say(change: Change, alert: Alert) -> None:
    if change is Change.ENDED:
        log.info("alert_ended", code=alert.code, pos_id=alert.pos_id)
        return
    say = log.critical if alert.level is Level.P1 else log.warning
    say(f"alert_{change}", alert=alert.level.value, code=alert.code, pos_id=alert.pos_id, message=alert.message)
