"""The table of alerts of the offline-first adapter's specification (§3.6, §3.8), but for a register's own. Pure.

A drive that is nearly full, and documents that wait in a drive, are alarms of the register: `protocols.alarm`.
"""

from collections.abc import Callable, Mapping

from protocols.alarm import Level
from protocols.alert_settings import Alerts, Threshold
from protocols.alerts import GATEWAY, Rule, Seen, Step, World
from protocols.mode import Way, to_ofd

HALTED = "KKT_HALTED"
BY_HAND = frozenset({HALTED, "KKT_NO_PAPER", "KKT_SHIFT_CLOSED", "KKT_SHIFT_EXPIRED"})
"""Troubles that are told otherwise, or that whoever sells sees and puts right."""

YES = 1.0
IF_SO = Threshold(fire=YES, clear=YES)
FIGURE_OF_WAY = {Way.GOOD: 0.0, Way.UNSURE: 0.5, Way.SHUT: YES}
SHUT = Threshold(fire=YES, clear=0.5)  # a half-open breaker neither begins it nor ends it: it opens again each minute


def of_gateway(read: Callable[[Seen], float | None]) -> Callable[[Seen], Mapping[str, float]]:
    def figures(seen: Seen) -> Mapping[str, float]:
        figure = read(seen)
        return {} if figure is None else {GATEWAY: figure}

    return figures


def of_registers(read: Callable[[Seen, str], float | None]) -> Callable[[Seen], Mapping[str, float]]:
    """`read` by the name of the register's component. An actor that never told of its register counts all the same."""

    def figures(seen: Seen) -> Mapping[str, float]:
        names = {name for name in (*seen.world, *seen.world.get("actors", {})) if name.startswith("kkt.")}
        found = {name.removeprefix("kkt."): read(seen, name) for name in sorted(names)}
        return {pos_id: figure for pos_id, figure in found.items() if figure is not None}

    return figures


def buffer_percent(seen: Seen) -> float | None:
    buffer = seen.world.get("buffer")
    return 100 * buffer["current_queued"] / buffer["total_capacity"] if buffer else None


def disk_full(seen: Seen) -> float | None:
    buffer = seen.world.get("buffer")
    return float(buffer["disk"] == "full") if buffer and "disk" in buffer else None


def dead_letters(seen: Seen) -> float | None:
    return seen.world.get("buffer", {}).get("dead")


def waiting(seen: Seen) -> float | None:
    """Receipts and other fiscal work that tills wait for."""
    facade = seen.world.get("facade")
    return None if facade is None else float(facade["waiting"])


def sync_wait(seen: Seen) -> float | None:
    """For how many seconds the oldest printed receipt could have been delivered, and was not.

    The steady part of it bounds what a jump of the wall clock makes of the receipt's age.
    """
    buffer = seen.world.get("buffer")
    if not buffer:
        return None
    since = buffer.get("undelivered_since")
    age = 0.0 if since is None else (seen.moment.at - since).total_seconds()
    return min(age, seen.ofd_good_for)


def clock_drift(seen: Seen) -> float | None:
    drift = seen.world.get("odoo", {}).get("clock_drift_seconds")
    return None if drift is None else abs(drift)


def odoo_missed(seen: Seen) -> float | None:
    """From the first heartbeat on that was missed."""
    missed = seen.world.get("odoo", {}).get("missed_in_a_row")
    return None if missed is None else float(missed > 0)


def ofd_shut(seen: Seen) -> float:
    """By any way there, receipts to its API or messages of fiscal drives. No breaker knows of a pause that it asks for,
    so whoever delivers is heard too."""
    return FIGURE_OF_WAY[to_ofd(seen.world)]


def halted(seen: Seen, name: str) -> float | None:
    return float(_trouble(seen.world, name) == HALTED)


def down(seen: Seen, name: str) -> float | None:
    trouble = _trouble(seen.world, name)
    return float(not _lives(seen.world, name) or (trouble is not None and trouble not in BY_HAND))


def latency(seen: Seen, name: str) -> float | None:
    """Where nothing was printed lately nothing is slow."""
    told = seen.world.get(name, {})
    return (told["receipt_latency_p95_s"] or 0.0) if "receipt_latency_p95_s" in told else None


def _trouble(world: World, name: str) -> str | None:
    return (world.get(name, {}).get("trouble") or {}).get("code")


def _lives(world: World, name: str) -> bool:
    state: object = world.get("actors", {}).get(name, {}).get("state", "started")
    return state == "started"


def rules(limits: Alerts) -> tuple[Rule, ...]:
    """In the order in which they are shown."""
    p1, p2 = Level.P1, Level.P2
    return (
        Rule("BUFFER_FULL", of_gateway(buffer_percent), (
            Step(p1, limits.buffer_full,
                "The buffer is full: sales are blocked until receipts reach the OFD.",
                "Буфер чеков заполнен: продажи остановлены, пока чеки не уйдут в ОФД."),
        )),
        Rule("BUFFER_NEARLY_FULL", of_gateway(buffer_percent), (
            Step(p1, limits.buffer_critical,
                "The buffer has filled to {limit:g} %: prepare to deliver by hand.",
                "Буфер чеков заполнился до {limit:g} %: готовьтесь передавать чеки вручную."),
            Step(p2, limits.buffer_warning,
                "The buffer has filled to {limit:g} %: see to the way to the OFD.",
                "Буфер чеков заполнился до {limit:g} %: проверьте связь с ОФД."),
        )),
        Rule("DISK_FULL", of_gateway(disk_full), (
            Step(p1, IF_SO,
                "The disk is full: sales are blocked until there is room on it.",
                "На диске шлюза нет места: продажи остановлены, пока его не освободят."),
        )),
        Rule("REGISTER_HALTED", of_registers(halted), (
            Step(p1, IF_SO,
                "Register {pos_id}: nobody knows whether a receipt was printed; a person must decide.",
                "Касса {pos_id}: неизвестно, напечатан ли чек; нужно решение ответственного лица."),
        )),
        Rule("REGISTER_DOWN", of_registers(down), (
            Step(p1, Threshold(fire=YES, clear=YES, hold=limits.register_down_after),
                "Register {pos_id} cannot print: see to its power, cable and messages.",
                "Касса {pos_id} не может печатать: проверьте её питание, кабель и сообщения."),
        )),
        Rule("SYNC_SLOW", of_gateway(sync_wait), (
            Step(p1, limits.sync_duration,
                "Receipts have waited for the OFD for {limit:g} s though it answers: see to the line and the buffer.",
                "Чеки ждут отправки дольше {limit:g} с, хотя ОФД отвечает: проверьте канал и буфер."),
        )),
        Rule("FISCAL_QUEUE_LONG", of_gateway(waiting), (
            Step(p1, limits.queue_critical,
                "{limit:g} receipts or more wait for their registers: tills stand still, see to the registers.",
                "{limit:g} чеков или больше ждут своих касс: продажи стоят, проверьте кассы."),
            Step(p2, limits.queue_long,
                "{limit:g} receipts or more wait for their registers: lists and reports are put off for them.",
                "{limit:g} чеков или больше ждут своих касс: списки и отчёты отложены ради них."),
        )),
        Rule("FISCAL_QUEUE_STANDS", of_gateway(waiting), (
            Step(p2, limits.queue_standing,
                "For {minutes:g} minutes {limit:g} receipts or more have waited for their registers.",
                "Уже {minutes:g} мин {limit:g} чеков или больше ждут своих касс."),
        )),
        Rule("RECEIPT_SLOW", of_registers(latency), (
            Step(p2, limits.receipt_latency,
                "Register {pos_id}: one receipt in twenty takes {limit:g} s or longer: see to the register.",
                "Касса {pos_id}: каждый двадцатый чек печатается {limit:g} с и дольше: проверьте кассу."),
        )),
        Rule("OFD_LOST", of_gateway(ofd_shut), (
            Step(p2, SHUT.model_copy(update={"hold": limits.ofd_lost_after}),
                "The OFD has been out of reach for {minutes:g} minutes: receipts are printed and wait in the buffer.",
                "ОФД недоступен уже {minutes:g} мин: чеки печатаются и копятся в буфере."),
        )),
        Rule("ODOO_LOST", of_gateway(odoo_missed), (
            Step(p2, Threshold(fire=YES, clear=YES, hold=limits.odoo_lost_after),
                "Odoo has not answered for {minutes:g} minutes: see to the network.",
                "Odoo не отвечает уже {minutes:g} мин: проверьте сеть."),
        )),
        Rule("HOST_CLOCK_DRIFT", of_gateway(clock_drift), (
            Step(p2, limits.clock_drift,
                "This computer's clock is {limit:g} s or more from Odoo's: see to its time service (NTP).",
                "Часы компьютера расходятся с часами Odoo на {limit:g} с и больше: проверьте службу времени (NTP)."),
        )),
        Rule("DEAD_LETTERS", of_gateway(dead_letters), (
            Step(p2, limits.dead_letters,
                "{limit:g} receipts or more were refused by the OFD too often: a person must see to them.",
                "ОФД слишком много раз отказал {limit:g} чекам или больше: их нужно разобрать вручную."),
        )),
    )  # fmt: skip
