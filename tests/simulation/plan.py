"""What one seed's shop is like and what befalls it: drawn before it opens, a stream of chance for each matter, so that
a change in one of them does not shuffle the others."""

from dataclasses import dataclass
from random import Random

from tests.simulation.faults import FAULTS, OUTAGE, RARE
from tests.simulation.kills import KILLS
from tests.simulation.tills import Custom, draw_customs

COMPANIONS = (  # a kill that waits for something, and what brings it about
    ("at a dead letter", "ofd refuses for long"),
    ("at a second print", "command lost"),
    ("as a refusal is synced", "refuses"),
    ("behind an answer", "ofd unplugged"),
    ("while unknown", "doubt: the same again"),
    ("in recovery", "answer lost"),
)
POS_IDS = ("POS-001", "POS-002")


@dataclass(frozen=True)
class Event:
    """A row of FAULTS or KILLS at this time. `number` tells its stream of chance."""

    at: float
    name: str
    number: int


@dataclass(frozen=True)
class Plan:
    seed: int
    lasts: float  # seconds in which faults begin
    quiet: float  # seconds after them before all is healed: what lasts for hours goes on
    pos_ids: tuple[str, ...]
    customs: tuple[Custom, ...]
    faults: tuple[Event, ...]
    kills: tuple[Event, ...]
    latency: float
    linger: float
    read_timeout: float
    receipt_timeout: float
    breaker_recovery: float
    heartbeat: float
    capacity: int
    max_attempts: int
    empty_disk: bool
    retention_days: float
    limited_disk: bool

    def stream(self, name: str) -> Random:
        return Random(f"{self.seed}/{name}")

    @property
    def repeats_sums(self) -> bool:
        sums = [custom.order.kopecks for custom in self.customs if not custom.order.rival]
        return len(set(sums)) < len(sums)


def draw(seed: int) -> Plan:
    random = Random(f"{seed}/plan")
    lasts = random.choice([10.0, 20.0, 40.0])
    pos_ids = POS_IDS[: random.choice([1, 1, 1, 2])]
    faults = _draw_faults(Random(f"{seed}/faults"), lasts)
    kills = _draw_kills(Random(f"{seed}/kills-plan"), lasts)
    names = {kill.name for kill in kills}
    is_long = any(fault.name == "ofd gone for hours" for fault in faults)
    faults += [Event(random.uniform(0, lasts / 3), name, 9) for kill, name in COMPANIONS if kill in names]
    return Plan(
        seed=seed,
        lasts=lasts,
        quiet=max(OUTAGE) if is_long else 0.0,
        pos_ids=pos_ids,
        customs=tuple(draw_customs(Random(f"{seed}/customs"), list(pos_ids), within=lasts)),
        faults=tuple(sorted(faults, key=lambda event: event.at)),
        kills=tuple(kills),
        latency=random.choice([0.0, 0.001, 0.01]),
        linger=random.choice([0.0, 0.0, 3.0, 10.0]),
        read_timeout=random.choice([2.0, 5.0]),
        receipt_timeout=random.choice([10.0, 30.0]),
        breaker_recovery=random.choice([10.0, 60.0]),
        heartbeat=random.choice([600.0, 3600.0] if is_long else [30.0, 600.0, 3600.0]),
        capacity=random.choice([200, 200, 2]),
        max_attempts=3 if "at a dead letter" in names else random.choice([20, 3]),
        empty_disk=random.random() < 0.1,
        retention_days=0.0001 if "at a clean-up" in names else random.choice([7.0, 7.0, 0.0001]),
        limited_disk=random.random() < 0.3,
    )


def _draw_faults(random: Random, lasts: float) -> list[Event]:
    """Each kind is in or out of the seed's mix; what is in comes once or more."""
    mixed = random.choice([0.0, 0.05, 0.15, 0.3])
    found = []
    for name in FAULTS:
        share, times = RARE.get(name, mixed), random.choice([1, 1, 2, 3])
        if random.random() < share:
            latest = lasts / 2 if name in RARE else lasts  # these wait for something
            found += [Event(random.uniform(0, latest), name, number) for number in range(times)]
    return sorted(found, key=lambda event: event.at)


def _draw_kills(random: Random, lasts: float) -> list[Event]:
    names = random.sample(sorted(KILLS), random.choice([0, 1, 2, 3]))
    return sorted(
        (Event(random.choice([0.0, random.uniform(0, lasts)]), name, number) for number, name in enumerate(names)),
        key=lambda event: event.at,
    )
