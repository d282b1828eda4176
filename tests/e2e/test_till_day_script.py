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
from protocols.jsontext import loads
from protocols.life import State
from protocols.shtrih.service import ReadCashRegister, ReadOperationRegister
from tests.e2e.emulator import Emulator, emulator
from tests.e2e.gateway import Gateway, eventually, gateway
from tests.e2e.till_day import CORRECTIONS, REFUNDS, Asked, Tally, cash, receipts, roubles, work
from tests.emulated_register import Host

DAY = 86_400  # seconds
OPEN, CLOSE = work("shift/open", "open_shift"), work("report/z", "close_shift")
X_REPORT = work("report/x", "")
SCRIPT, MORNING = [*receipts(Random(2026))], [*receipts(Random(2027))][:5]
TROUBLES: dict[int, dict[str, Any]] = {40: {"paper": "out_next"}, 90: {"down": True}, 140: {"paper": "out"}}
MENDED: dict[int, dict[str, Any]] = {41: {"paper": "present"}, 90: {"down": False}, 140: {"paper": "present"}}
"""By place in the script: the roll ends in the middle of a receipt, the cable is pulled, the roll has ended; and
what a person does when the till says "not now".
"""
CLOSED = 5
KINDS = {(2, 0): "open_shift", (3, 1): "sale", (3, 2): "refund", (CLOSED, 0): "close_shift", (31, 1): "correction"}
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

        eventually(answered, what=f"no answer to {asked}")
        assert not waits, f"nothing was in the way of {asked}"
        if asked.kind:
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
    """One make of register. `counters`: what it counted in the last shift, by names of `expected`. `paper`: shown."""

    driver: str
    counters: Callable[[Emulator], dict[str, int]]
    paper: bool = False


def shtrih_counters(register: Emulator) -> dict[str, int]:
    """Operation and cash registers of the shift (setup guide of 22.06.2018, pp. 5-10)."""
    counts = {"sales": 144, "refunds": 146, "corrections": 200}
    sums = {"cash paid": 193, "cash refunded": 195, "card paid": 197, "card refunded": 199}
    sums |= {"drawer": 241, "cash in": 242, "cash out": 243}

    async def read() -> dict[str, int]:
        host, _, port = register.places["device_path"].removeprefix("tcp://").partition(":")
        async with await trio.open_tcp_stream(host, int(port)) as stream:
            at = Host(stream)
            found = {name: (await at.ask(ReadOperationRegister(30, number))).value for name, number in counts.items()}
            return found | {name: (await at.ask(ReadCashRegister(30, number))).value for name, number in sums.items()}

    return trio.run(read)


def atol_counters(register: Emulator) -> dict[str, int]:
    """The vendor's query of a shift's totals, in roubles (OpenAPI of Web Requests 1.0.4.0); corrections are apart."""
    answer = register.client.post(f"{register.places['url']}/api/v2/operations/queryShiftTotals")
    told = loads(answer.content)["shiftTotals"]
    sold, back = told["receipts"]["sell"], told["receipts"]["sellReturn"]
    sums = {
        "drawer": told["cashDrawer"]["sum"],
        "cash in": told["income"]["sum"],
        "cash out": told["outcome"]["sum"],
        "sold in cash": sold["payments"]["cash"],
        "sold by card": sold["payments"]["electronically"],
        "cash refunded": back["payments"]["cash"],
        "card refunded": back["payments"]["electronically"],
    }
    return {"sales": sold["count"], "refunds": back["count"]} | {name: int(sum * 100) for name, sum in sums.items()}


def expected(tally: Tally) -> dict[str, int]:
    """What counters must say, whichever a register has."""
    cash, total = tally.cash, tally.total
    card = {kind: total[kind] - cash[kind] for kind in ("sale", "refund", "correction")}
    return {
        "sales": tally.count["sale"],
        "refunds": tally.count["refund"],
        "corrections": tally.count["correction"],
        "cash paid": cash["sale"] + cash["correction"],
        "card paid": card["sale"] + card["correction"],
        "sold in cash": cash["sale"],
        "sold by card": card["sale"],
        "cash refunded": cash["refund"],
        "card refunded": card["refund"],
        "cash in": cash["cash_in"],
        "cash out": cash["cash_out"],
        "drawer": tally.drawer,
    }


MAKES = {
    "shtrih": Make("shtrih", shtrih_counters, paper=True),
    "atol": Make("atol", atol_counters),
}


@contextmanager
def shop_on(data: Path, make: Make, register: Emulator) -> Iterator[Gateway]:
    """A gateway that ends as a service does."""
    place = {"POS_ID": "POS-001", "LINGER": "0", "DRIVER": make.driver, "DEVICE_PATH": register.places["device_path"]}
    rules = {f"KASSIR_KKT__REGISTERS__0__{key}": value for key, value in place.items()}
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


def on_z_report(z: Mapping[str, Any]) -> dict[str, tuple[int, int, int]]:
    """By kind: how many, for how much, how much of that in cash. Of a correction it tells what it corrects."""
    names = {"sale": "sale", "refund": "refund", "correction_sale": "correction", "cash_in": "cash_in"}
    names["cash_out"] = "cash_out"
    sums = {names[kind]: told for kind, told in z["totals"].items() if kind in names}
    return {kind: (told["count"], told["total"], told.get("cash", told["total"])) for kind, told in sums.items()}


def by_kind(tally: Tally) -> dict[str, tuple[int, int, int]]:
    return {kind: (tally.count[kind], tally.total[kind], tally.cash[kind]) for kind in tally.total if tally.total[kind]}


@pytest.mark.parametrize("name", MAKES)
def test_a_day_of_two_hundred_receipts_comes_to_the_same_sums_everywhere(name: str, tmp_path: Path) -> None:
    make = MAKES[name]
    with emulator(name, tmp_path / "register") as register:
        with shop_on(tmp_path / "shop", make, register) as shop:
            yesterday = Day(shop, register).live(CLOSE)  # the first shift of an emulated drive is open from the start
            till = Day(shop, register)
            till.live(OPEN, cash("in", 5_000_00), *SCRIPT, cash("out", 1_000_00), X_REPORT)
            on_x_report = register.sheet() if make.paper else ""
            today = till.live(CLOSE)
        counted = make.counters(register)
        register.behave(clock_offset_s=DAY)
        with shop_on(tmp_path / "shop", make, register) as shop:
            tomorrow = Day(shop, register).live(OPEN, *MORNING, CLOSE)
        journal = register.printed()
    stored, asked = in_store(tmp_path / "shop"), yesterday + today + tomorrow
    z_reports = [on_z_report(kept) for kept in journal if kept.get("kind") == CLOSED]

    assert (today.count["refund"], today.count["correction"]) == (len(REFUNDS), len(CORRECTIONS))
    assert in_register(journal) == asked
    assert (stored.count, stored.total) == (asked.count, asked.total)
    assert counted.items() <= expected(today).items()
    assert z_reports == [by_kind(day) for day in (yesterday, today, tomorrow)]
    for kopecks in (today.total["sale"], today.total["refund"], today.drawer) if make.paper else ():
        assert f"={roubles(kopecks)}\n" in on_x_report
