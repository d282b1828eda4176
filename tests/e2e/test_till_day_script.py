"""A whole day at a till, and the next morning: POS, buffer, register and Z report come to the same sums."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
import trio

from drivers.store.reading import read_store
from protocols.life import State
from protocols.shtrih.service import ReadCashRegister, ReadOperationRegister
from tests.e2e.emulator import Emulator, emulator
from tests.e2e.gateway import Gateway, eventually, gateway
from tests.e2e.till_day import CORRECTIONS, REFUNDS, Asked, Tally, cash, receipts, work
from tests.emulated_register import Host

DAY = 86_400  # seconds
OPEN, CLOSE = work("shift/open", "open_shift"), work("shift/close", "close_shift")
SCRIPT, MORNING = [*receipts(Random(2026))], [*receipts(Random(2027))][:5]
TROUBLES: dict[int, dict[str, Any]] = {40: {"paper": "out_next"}, 90: {"down": True}, 140: {"paper": "out"}}
MENDED: dict[int, dict[str, Any]] = {41: {"paper": "present"}, 90: {"down": False}, 140: {"paper": "present"}}
"""By place in the script: the roll ends in the middle of a receipt, the cable is pulled, the roll has ended; and
what a person does when the till says "not now".
"""
KINDS = {(2, 0): "open_shift", (3, 1): "sale", (3, 2): "refund", (5, 0): "close_shift", (31, 1): "correction"}
CASH_SLOT = "1"
PRINTED = {State.PENDING, State.SYNCING, State.SYNCED, State.DONE}
PAUSE = 0.1  # seconds between two tries of a till


@dataclass(eq=False)
class Day:
    """A till at work: what it was answered 200 to is in `tally`."""

    shop: Gateway
    register: Emulator
    tally: Tally = field(default_factory=Tally)

    def ask(self, asked: Asked, **mend: Any) -> None:
        """Until there is an answer. `mend`: what a person puts right after the first "not now"."""
        key, waits = str(uuid4()), dict(mend)

        def answered() -> bool:
            answer = self.shop.client.post(
                f"{self.shop.url}/v1/kkt/{asked.path}", json=asked.body, headers={"Idempotency-Key": key}
            )
            assert answer.status_code in (200, 503), answer.text
            if answer.status_code == 503:
                self.register.behave(**waits)
                waits.clear()
                time.sleep(PAUSE)
            return answer.status_code == 200

        eventually(answered, within=30, what=f"no answer to {asked}")
        assert not waits, f"nothing was in the way of {asked}"
        self.tally.add(asked.kind, asked.total, asked.cash)

    def live(self, *script: Asked) -> Tally:
        """What was asked, in order, among the troubles of the day."""
        for place, asked in enumerate(script):
            if fault := TROUBLES.get(place):
                self.register.behave(**fault)
            self.ask(asked, **MENDED.get(place, {}))
        return self.tally


@dataclass(frozen=True)
class Make:
    """One make of register. `counters`: what it counted in the last shift, in its own way. `first`: a day before."""

    settings: Callable[[Emulator], dict[str, str]]
    counters: Callable[[Emulator], dict[str, int]]
    first: tuple[Asked, ...] = ()


def shtrih_settings(register: Emulator) -> dict[str, str]:
    return {"DRIVER": "shtrih", "DEVICE_PATH": register.places["device_path"]}


def shtrih_counters(register: Emulator) -> dict[str, int]:
    """Operation and cash registers of the shift (setup guide of 22.06.2018, pp. 5-10)."""

    async def read() -> dict[str, int]:
        host, _, port = register.places["device_path"].removeprefix("tcp://").partition(":")
        async with await trio.open_tcp_stream(host, int(port)) as stream:
            at = Host(stream)
            counts = {"sale": 144, "refund": 146, "correction": 200}
            sums = {"drawer": 241, "cash_in": 242, "cash_out": 243}
            found = {name: (await at.ask(ReadOperationRegister(30, number))).value for name, number in counts.items()}
            return found | {name: (await at.ask(ReadCashRegister(30, number))).value for name, number in sums.items()}

    return trio.run(read)


MAKES = {
    "shtrih": Make(shtrih_settings, shtrih_counters, first=(CLOSE,)),
}
"""The emulated Штрих-М has its first shift open from the start."""


@contextmanager
def shop_on(data: Path, settings: Mapping[str, str]) -> Iterator[Gateway]:
    """A gateway that ends as a service does."""
    register = {"POS_ID": "POS-001", "LINGER": "0", **settings}
    rules = {f"KASSIR_KKT__REGISTERS__0__{key}": value for key, value in register.items()}
    with gateway(data, KASSIR_BUFFER__CAPACITY="1000", **rules) as running:
        yield running
        assert running.stop() == 0


def in_register(printed: Iterable[Mapping[str, Any]]) -> Tally:
    """What the register has printed for good."""
    found = Tally()
    for kept in printed:
        if "amount_kopecks" in kept:
            moved = abs(kept["amount_kopecks"])
            found.add("cash_in" if kept["amount_kopecks"] > 0 else "cash_out", moved, moved)
        else:
            in_cash = kept["payments"].get(CASH_SLOT, 0) - kept["change_kopecks"]
            found.add(KINDS[kept["kind"], kept["operation"]], kept["total_kopecks"], in_cash)
    return found


def in_store(data: Path) -> Tally:
    """What the gateway keeps; of cash it knows the slips only."""
    found = Tally()
    for order in read_store(data / "kassir.db").receipts:
        assert order.state in PRINTED, order
        found.add(order.kind, order.total_kopecks, 0)
    return found


def counted_by(tally: Tally) -> dict[str, int]:
    """What the register's counters must say."""
    counts = {kind: tally.count[kind] for kind in ("sale", "refund", "correction")}
    return counts | {"drawer": tally.drawer, "cash_in": tally.cash["cash_in"], "cash_out": tally.cash["cash_out"]}


@pytest.mark.parametrize("name", MAKES)
def test_a_day_of_two_hundred_receipts_comes_to_the_same_sums_everywhere(name: str, tmp_path: Path) -> None:
    make = MAKES[name]
    with emulator(name, tmp_path / "register") as register:
        settings = make.settings(register)
        with shop_on(tmp_path / "shop", settings) as shop:
            yesterday = Day(shop, register).live(*make.first)
            today = Day(shop, register).live(OPEN, cash("in", 5_000_00), *SCRIPT, cash("out", 1_000_00), CLOSE)
        counted = make.counters(register)
        register.behave(clock_offset_s=DAY)
        with shop_on(tmp_path / "shop", settings) as shop:
            tomorrow = Day(shop, register).live(OPEN, *MORNING, CLOSE)
        printed = in_register(register.printed())
    stored, asked = in_store(tmp_path / "shop"), yesterday + today + tomorrow

    assert (today.count["refund"], today.count["correction"]) == (len(REFUNDS), len(CORRECTIONS))
    assert printed == asked
    assert (stored.count, stored.total) == (asked.count, asked.total)
    assert counted == counted_by(today)
