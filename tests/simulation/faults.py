"""What goes wrong, one row a kind. Each is told the shop and a stream of chance of its own."""

from collections.abc import Callable, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

import trio

from actors import buffer
from actors.kkt.standing import FRESH
from actors.mailbox import Mailbox
from drivers.emulators.fiscal.documents import CashMove
from drivers.emulators.shtrih.rules import LASTING
from protocols.shtrih.codes import DocumentType, Error
from protocols.shtrih.drive import FindDocument
from protocols.shtrih.receipts import CancelReceipt, CloseReceipt
from protocols.shtrih.service import CashIn, CashOut
from tests.simulation.diskerror import DiskError
from tests.simulation.net import End
from tests.simulation.register import STRANGER, ShopRegister, Snag, Way, command_in
from tests.simulation.services import ODOO, OFD
from tests.simulation.tills import BAD_BODIES, new_key

if TYPE_CHECKING:
    from tests.simulation.shop import Shop

WRITES, SYNCS = frozenset({"write"}), frozenset({"sync"})
Strike = Callable[["Shop", Random], None]

SHORT, LONG = (0.5, 2.0, 6.0), (5.0, 15.0, 40.0)  # seconds
OUTAGE = (3600.0, 3 * 3600.0)


def seconds_of(random: Random, choice: tuple[float, ...] = SHORT) -> float:
    return random.choice(choice) * random.uniform(0.5, 1.0)


# on the line to a register


def _cutting_out(end: End, data: bytes, random: Random) -> None:
    at = random.randrange(len(data))
    end.carry(data[:at] + data[at + random.randint(1, 3) :])


def _late(end: End, data: bytes, random: Random) -> None:
    end.carry(data, seconds_of(random))


def _torn(end: End, data: bytes, random: Random) -> None:
    at = random.randrange(len(data))
    end.carry(data[:at])
    end.carry(data[at:], random.choice([0.01, 0.3, 1.5, 4.0]))


def _repeated(end: End, data: bytes, random: Random) -> None:
    end.carry(data + data)


def _corrupted(end: End, data: bytes, random: Random) -> None:
    at = random.randrange(len(data))
    end.carry(data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :])


def _cut(end: End, data: bytes, random: Random) -> None:
    end.carry(data[: random.randrange(len(data) + 1)])
    end.cut()


def _silent(end: End, data: bytes, random: Random) -> None:
    """From here on nothing comes through in either direction, and nobody is told."""
    end.tap = end.peer.tap = lambda *_: None


def _drop(end: End, data: bytes, random: Random) -> None:
    """The link goes, and both sides hear of it."""
    end.cut()


def _on_the_line(name: str, do: Callable[[End, bytes, Random], None]) -> Strike:
    def strike(shop: "Shop", random: Random) -> None:
        way: Way = random.choice(["command", "answer"])
        snag = Snag(way, lambda end, data: do(end, data, random), name=name)
        snag.lasting, snag.skip = random.random() < 0.6, random.randrange(4)
        if snag.lasting:
            snag.skip = 0
        shop.any_register(random).cable.snags.append(snag)

    return strike


def _lingers(
    name: str,
    commands: frozenset[int] = LASTING,
    goes: Sequence[Callable[[End, bytes, Random], None]] = (_silent, _drop),
) -> Strike:
    """A box on the line keeps a command back; it comes in the end, also when the link was let go meanwhile."""

    def strike(shop: "Shop", random: Random) -> None:
        register, longest = shop.any_register(random), shop.linger
        if longest == 0:
            return
        delay = longest * random.uniform(0.3, 0.95)

        def keep_back(end: End, data: bytes) -> None:
            random.choice(goes)(end, data, random)
            register.tasks.start_soon(_come_late, shop, register, data, delay)

        register.cable.snags.append(Snag("command", keep_back, lasting=True, name=name, codes=commands))

    return strike


async def _come_late(shop: "Shop", register: ShopRegister, frame: bytes, delay: float) -> None:
    await trio.sleep(delay)
    shop.trace(f"{register.pos_id} late", f"{frame[2]:X}")
    await register.wire.hear(frame[2:-1])


# the register itself


def _behaves(name: str, then: dict[str, Any] | None = None, lasts: tuple[float, ...] = SHORT, **wanted: Any) -> Strike:
    """It behaves so; after a while as `then` says."""

    def strike(shop: "Shop", random: Random) -> None:
        register = shop.any_register(random)
        shop.trace.count("fault", name)
        shop.behave(register, wanted)
        if then is not None:
            shop.later(seconds_of(random, lasts), lambda: shop.behave(register, then))

    return strike


def _stranger(shop: "Shop", random: Random) -> None:
    """Another program prints: sums of its own, or (where sums repeat) one that an order has too.

    Not while a receipt is being printed, nor between the look that its baseline comes from and its intent: no register
    can tell such a twin from ours, which is why the gateway has to be the register's only writer.
    """
    register = shop.any_register(random)
    counters = register.device.drive.counters
    if register.device.receipt is None and counters.shift_open:
        shop.trace.count("fault", "stranger's document")
        idle = trio.current_time() - register.cable.heard_at > FRESH and not shop.printing_on_disk(register.pos_id)
        may_be_a_twin = shop.repeats_sums and idle
        kopecks = random.choice([*shop.sums, 777]) if may_be_a_twin else 777
        register.print_stranger(DocumentType.RECEIPT, 1, kopecks)


def _new_drive(shop: "Shop", random: Random) -> None:
    register = shop.any_register(random)
    shop.trace.count("fault", "drive replaced")
    if shop.printing_on_disk(register.pos_id):
        shop.trace.count("point", "C17")
    register.tasks.start_soon(register.replace_drive)


# doubts that the register cannot lift: the line is cut over a command, and then something makes it worse

Worse = Callable[["Shop", ShopRegister, int], None]


def _doubt(name: str, worse: Worse, *, arrives: bool = True, commands: frozenset[int] = LASTING) -> Strike:
    def strike(shop: "Shop", random: Random) -> None:
        register = shop.any_register(random)

        def do(end: End, data: bytes) -> None:
            code = command_in(data) or 0
            if arrives:
                end.carry(data)
            end.tap = lambda *_: None
            register.tasks.start_soon(_make_worse, shop, register, worse, code, end)

        register.cable.snags.append(Snag("command", do, lasting=True, name=name, codes=commands))

    return strike


async def _make_worse(shop: "Shop", register: ShopRegister, worse: Worse, code: int, end: End) -> None:
    await trio.sleep(0.05)
    end.cut()
    worse(shop, register, code)


def _prints_the_same(shop: "Shop", register: ShopRegister, code: int) -> None:
    """A twin beside ours. Where ours did not come to be, a twin alone would be taken for it: see `_stranger`."""
    last = register.device.drive.find(register.device.drive.counters.fd)
    ours = [row for row in shop.rows() if row.pos_id == register.pos_id and row.state == "printing"]
    is_ours = last is not None and any((row.baseline_fn, row.baseline_fd) == (last.fn, last.fd - 1) for row in ours)
    if last is not None and is_ours and register.device.drive.counters.shift_open:
        register.print_stranger(last.kind, last.operation, last.total_kopecks)


def _prints_a_thousand(shop: "Shop", register: ShopRegister, code: int) -> None:
    for _ in range(1002 if register.device.drive.counters.shift_open else 0):
        register.print_stranger(DocumentType.RECEIPT, 1, 777)


def _turns_the_shift(shop: "Shop", register: ShopRegister, code: int) -> None:
    for kind in (DocumentType.SHIFT_CLOSED, DocumentType.SHIFT_OPENED):
        register.print_stranger(kind, 0, 0)


def _moves_cash(shop: "Shop", register: ShopRegister, code: int) -> None:
    for _ in range(2):
        sign = 1 if code == CashIn.CODE else -1
        register.device.drive.move_cash(CashMove(at=register.device.now, operator=STRANGER, amount_kopecks=777 * sign))


def _keeps_it_open(shop: "Shop", register: ShopRegister, code: int) -> None:
    shop.behave(register, {"refuse_next": {"code": int(Error.WRONG_MODE), "command": CancelReceipt.CODE}})


def _hides_it(shop: "Shop", register: ShopRegister, code: int) -> None:
    refusal = {"code": int(Error.DRIVE_WRONG_STATE), "command": FindDocument.CODE}

    async def again_and_again() -> None:
        for _ in range(150):
            if shop.stopped:
                return
            await register.wire.behave({"refuse_next": refusal})
            await trio.sleep(0.3)

    register.tasks.start_soon(again_and_again)


def _tears_it_out(shop: "Shop", register: ShopRegister, code: int) -> None:
    shop.trace.count("point", "C17")
    register.tasks.start_soon(register.replace_drive)


CLOSES = frozenset({CloseReceipt.CODE})
CASH = frozenset({CashIn.CODE, CashOut.CODE})


# the services


def _ofd(name: str, then: dict[str, Any], lasts: tuple[float, ...] = LONG, **wanted: Any) -> Strike:
    def strike(shop: "Shop", random: Random) -> None:
        shop.trace.count("fault", name)
        conduct = shop.services.ofd.conduct
        conduct.change(wanted)
        shop.later(seconds_of(random, lasts), lambda: conduct.change(then))

    return strike


def _odoo_down(shop: "Shop", random: Random) -> None:
    shop.trace.count("fault", "odoo down")
    conduct = shop.services.odoo.conduct
    conduct.change({"down": True})
    shop.later(seconds_of(random, LONG), lambda: conduct.change({"down": False}))


def _unplugged(name: str, place: str, lasts: tuple[float, ...]) -> Strike:
    def strike(shop: "Shop", random: Random) -> None:
        shop.trace.count("fault", name)
        shop.net.pull(place)
        shop.later(seconds_of(random, lasts), lambda: shop.net.unplugged.discard(place))

    return strike


def _ofd_line(name: str, do: Callable[[End, bytes, Random], None]) -> Strike:
    def strike(shop: "Shop", random: Random) -> None:
        entrance = shop.services.entrances[OFD]

        def once(end: End, data: bytes) -> None:
            end.tap = entrance.tap = lambda end, data: end.carry(data)
            shop.trace.count("fault", name)
            do(end, data, random)

        entrance.tap = once

    return strike


# the gateway's own disk


def _disk_full(shop: "Shop", random: Random) -> None:
    shop.trace.count("fault", "disk full")
    shop.fill_disk(random.choice([0, 4096, 3 * 4096]))
    shop.later(seconds_of(random, LONG), shop.free_disk)


def _disk_error(name: str, what: frozenset[str], wants: Callable[[Any], bool], *, lasts: bool = False) -> Strike:
    """An I/O error at the next operation of this kind: once, or at every one for a while."""

    def strike(shop: "Shop", random: Random) -> None:
        error = DiskError(name, what, wants, random.randrange(3), lasts)
        shop.disk_errors.append(error)
        if lasts:
            shop.later(seconds_of(random, LONG), lambda: shop.mend_disk(error))

    return strike


def _any(_: Any) -> bool:
    return True


def _is(kind: type) -> Callable[[Any], bool]:
    return lambda message: isinstance(message, kind)


# the gateway's own


def _crash(shop: "Shop", random: Random) -> None:
    """A message that no actor knows."""
    life = shop.gateway.life
    if life is not None and life.wiring is not None:
        boxes = life.wiring.mailboxes
        crashing: list[Mailbox[Any]] = [boxes.status, boxes.buffer, boxes.ofd_sync]
        crashing += [boxes.breakers["ofd"], *boxes.kkts.values()]
        shop.trace.count("fault", "actor crash")
        shop.tell_nonsense(random.choice(crashing))


def _clock_jumps(shop: "Shop", random: Random) -> None:
    shop.trace.count("fault", "clock jump")
    shop.jump += random.choice([-86400.0, -3600.0, -30.0, 30.0, 3600.0, 86400.0])


def _bad_bodies(shop: "Shop", random: Random) -> None:
    async def post() -> None:
        for body in BAD_BODIES:
            heard = await shop.till.post("/v1/kkt/receipt", body, new_key(random))
            if heard is None or (heard.status is not None and not 400 <= heard.status < 600):
                shop.wrong.append(f"P5: {body!r} was answered {heard and heard.status}")
        shop.trace.count("fault", "bad bodies")

    shop.tasks.start_soon(post)


FAULTS: dict[str, Strike] = {
    "bytes lost": _on_the_line("bytes lost", _cutting_out),
    "bytes late": _on_the_line("bytes late", _late),
    "bytes torn": _on_the_line("bytes torn", _torn),
    "bytes repeated": _on_the_line("bytes repeated", _repeated),
    "bytes corrupted": _on_the_line("bytes corrupted", _corrupted),
    "cut at a byte": _on_the_line("cut at a byte", _cut),
    "line silent": _on_the_line("line silent", _silent),
    "command lingers": _lingers("command lingers"),
    "cash lingers": _lingers("cash lingers", CASH, [_drop]),
    "answer lost": _behaves("answer lost", lose_answer_next=1),
    "command lost": _behaves("command lost", lose_command_next=1),
    "power off in receipt": _behaves("power off in receipt", {"power": "on"}, LONG, power_off_in_receipt=True),
    "power off": _behaves("power off", {"power": "on"}, LONG, power="off"),
    "paper out": _behaves("paper out", {"paper": "present"}, LONG, paper="out"),
    "paper out next": _behaves("paper out next", {"paper": "present"}, LONG, paper="out_next"),
    "shift over 24 h": _behaves("shift over 24 h", shift_age_h=25),
    "refuses": _behaves("refuses", refuse_next={"code": 0x33}),
    "refuses to cancel": _behaves(
        "refuses to cancel", refuse_next={"code": int(Error.WRONG_MODE), "command": CancelReceipt.CODE}
    ),
    "cannot read a document": _behaves(
        "cannot read a document", refuse_next={"code": int(Error.DRIVE_NO_DATA), "command": FindDocument.CODE}
    ),
    "register down": _behaves("register down", {"down": False}, LONG, down=True),
    "slow print": _behaves("slow print", {"print_delay_ms": 0}, LONG, print_delay_ms=4000),
    "stranger's document": _stranger,
    "drive replaced": _new_drive,
    "doubt: the same again": _doubt("doubt: the same again", _prints_the_same, commands=CLOSES),
    "doubt: a thousand more": _doubt("doubt: a thousand more", _prints_a_thousand, commands=CLOSES),
    "doubt: the shift turned": _doubt("doubt: the shift turned", _turns_the_shift, commands=CASH),
    "doubt: more cash": _doubt("doubt: more cash", _moves_cash, commands=CASH),
    "doubt: kept open": _doubt("doubt: kept open", _keeps_it_open, arrives=False, commands=CLOSES),
    "doubt: not shown": _doubt("doubt: not shown", _hides_it, commands=CLOSES),
    "doubt: drive replaced": _doubt("doubt: drive replaced", _tears_it_out, commands=CLOSES),
    "ofd down": _ofd("ofd down", {"down": False}, down=True),
    "ofd slow": _ofd("ofd slow", {"latency_ms": 0}, latency_ms=12_000),
    "ofd 503": _ofd("ofd 503", {"fail_next": 0}, fail_next=3),
    "ofd refuses one": _ofd("ofd refuses one", {"refuse_next": 0}, refuse_next=1),
    "ofd refuses": _ofd("ofd refuses", {"refuse_next": 0}, refuse_next=3),
    "ofd refuses for long": _ofd("ofd refuses for long", {}, refuse_next=25),
    "ofd drops answers": _ofd("ofd drops answers", {"drop_answer_every": 0}, drop_answer_every=1),
    "ofd unplugged": _unplugged("ofd unplugged", OFD, LONG),
    "ofd gone for hours": _unplugged("ofd gone for hours", OFD, OUTAGE),
    "ofd answer cut": _ofd_line("ofd answer cut", _cut),
    "ofd answers twice": _ofd_line("ofd answers twice", _repeated),
    "odoo down": _odoo_down,
    "odoo unplugged": _unplugged("odoo unplugged", ODOO, LONG),
    "disk full": _disk_full,
    "EIO at a write": _disk_error("EIO at a write", WRITES, _any),
    "EIO at a sync": _disk_error("EIO at a sync", SYNCS, _any),
    "EIO at a claim": _disk_error("EIO at a claim", WRITES | SYNCS, _is(buffer.Claim)),
    "EIO at a result": _disk_error("EIO at a result", WRITES | SYNCS, _is(buffer.Printed)),
    "EIO for a while": _disk_error("EIO for a while", WRITES | SYNCS, _any, lasts=True),
    "bad bodies": _bad_bodies,
    "actor crash": _crash,
    "clock jump": _clock_jumps,
}
RARE = {
    **{name: 0.05 for name in FAULTS if name.startswith("doubt")},
    "doubt: not shown": 0.15,  # takes long enough that the faults are often healed before
    "doubt: the shift turned": 0.25,  # these two wait for cash, which few orders are about
    "doubt: more cash": 0.25,
    "ofd refuses one": 0.2,
    "cash lingers": 0.5,  # a receipt's last command does nothing without those before it; one about cash does all
    "ofd gone for hours": 0.0015,  # a night costs as much as twenty other histories
    "drive replaced": 0.03,
    "refuses to cancel": 0.03,
    "cannot read a document": 0.08,
}
"""In so many of the seeds; all others by the seed's own mix."""
