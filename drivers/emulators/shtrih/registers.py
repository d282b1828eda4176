"""The register's own registers: cash sums (1Ah) and counts of operations (1Bh). Setup guide of 22.06.2018, pp. 5-10."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain

from drivers.emulators.fiscal.sums import Sums
from drivers.emulators.fiscal.taxes import SHARES, taxes, turnovers
from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.tables import RATE_NAMES
from protocols.shtrih import service
from protocols.shtrih.codes import OperationKind

GROUP = (OperationKind.SALE, OperationKind.BUY, OperationKind.SALE_RETURN, OperationKind.BUY_RETURN)
"""The order of registers that go by operation."""
OLD_SLOTS = range(1, 5)  # cash and the three other payments of old
OLD_RATES = RATE_NAMES[:4]  # А, Б, В, Г
DEPARTMENTS = range(1, 17)
# where each group of registers begins
IN_RECEIPT_TURNOVERS, IN_RECEIPT_TAXES = 88, 104
SHIFT_DEPARTMENTS, SHIFT_PAYMENTS, SHIFT_TURNOVERS, SHIFT_TAXES = 121, 193, 209, 225
DRAWER, MOVED_IN, MOVED_OUT, CANCELLED = 241, 242, 243, 249


def cash_register(device: Device, request: service.ReadCashRegister, operator: int) -> service.CashRegisterValue:
    """Kopecks; a register that nothing is counted in holds nothing."""
    values = Counter[int]()
    for number, kopecks in chain(_cash(device), _receipt_in_hand(device)):
        values[number] += kopecks
    return service.CashRegisterValue(operator, max(0, values[request.number]))


def operation_register(
    device: Device, request: service.ReadOperationRegister, operator: int
) -> service.OperationRegisterValue:
    counters, memory = device.drive.counters, device.nvram.memory
    closed = counters.shift_number - counters.shift_open
    values = dict(_by_kind(144, counters.receipts)) | dict(_by_kind(148, counters.made))
    values |= dict(_by_kind(179, memory.cancelled)) | dict(_by_kind(200, counters.corrections))
    values |= {152: counters.through, 153: counters.moves["in"], 154: counters.moves["out"]}
    values |= {155: counters.slips["in"], 156: counters.slips["out"], 157: sum(memory.cancelled.values())}
    values |= {158: memory.x_reports, 159: closed, 166: sum(memory.cancelled.values())}
    values |= {185: counters.through, 186: counters.through >> 16}
    return service.OperationRegisterValue(operator, values.get(request.number, 0) & 0xFFFF)


def _cash(device: Device) -> Iterator[tuple[int, int]]:
    counters = device.drive.counters
    yield from {DRAWER: counters.drawer, MOVED_IN: counters.moved["in"], MOVED_OUT: counters.moved["out"]}.items()
    yield from _by_kind(CANCELLED, device.nvram.memory.cancelled_kopecks)
    for sums in (counters.sold, counters.corrected):
        for place, kind in enumerate(GROUP):
            if kind in sums:
                yield from _of_shift(place, sums[kind])


def _of_shift(place: int, sums: Sums) -> Iterator[tuple[int, int]]:
    for at, slot in enumerate(OLD_SLOTS):
        yield SHIFT_PAYMENTS + 4 * at + place, sums.paid[slot]
    for at, department in enumerate(DEPARTMENTS):
        yield SHIFT_DEPARTMENTS + 4 * at + place, sums.departments[department]
    yield from _of_rates(SHIFT_TURNOVERS, SHIFT_TAXES, place, sums.turned, sums.taxes)


def _of_rates(
    turned_at: int, taxed_at: int, place: int, turned: Mapping[str, int], taxed: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    for at, rate in enumerate(OLD_RATES):
        yield turned_at + 4 * at + place, turned.get(rate, 0)
        if rate in SHARES:
            yield taxed_at + 4 * at + place, taxed.get(rate, 0)


def _receipt_in_hand(device: Device) -> Iterator[tuple[int, int]]:
    if receipt := device.receipt:
        place, items = GROUP.index(OperationKind(receipt.operation)), receipt.items
        yield from _of_rates(IN_RECEIPT_TURNOVERS, IN_RECEIPT_TAXES, place, turnovers(items), taxes(items))


def _by_kind(first: int, found: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    for place, kind in enumerate(GROUP):
        yield first + place, found.get(kind, 0)
