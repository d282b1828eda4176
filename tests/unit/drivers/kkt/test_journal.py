"""What a register's drive is read back as."""

import pytest

from drivers.errors import LinkLost
from drivers.kkt.journal import read_journal
from protocols.audit.witnesses import OTHER
from protocols.fiscal import OtherDocument, ShiftReport
from protocols.receipt import Kind
from protocols.till import Work
from tests.fakes import FakeRegister
from tests.samples import FN, NOON

POS_ID = "POS-001"


class Heard(list[tuple[int, int]]):
    def __call__(self, fd: int, last: int) -> None:
        self.append((fd, last))


@pytest.fixture
def register() -> FakeRegister:
    """A registration, a shift report, a sale and a refund."""
    register = FakeRegister()
    register.journal.append(OtherDocument(1))
    register.journal.append(ShiftReport(FN, 2, "0000000002", NOON, Work.OPEN_SHIFT, "1", 1))
    register.prints_stranger(500)
    register.prints_stranger(600, Kind.REFUND)
    return register


async def test_documents_are_read_from_the_first_that_matters(register: FakeRegister) -> None:
    heard = Heard()

    journal = await read_journal(register, POS_ID, {FN: 3, "another": 1}, heard)

    found = [(entry.fd, entry.kind, entry.total_kopecks) for entry in journal.entries]
    assert found == [(3, "sale", 500), (4, "refund", 600)]
    assert not journal.every_drive
    assert not journal.slips
    assert heard == [(3, 4), (4, 4)]
    assert not register.connected


async def test_every_kind_of_document_is_named_and_a_missing_one_is_left_out(register: FakeRegister) -> None:
    register.unreadable.add(3)

    journal = await read_journal(register, POS_ID, {FN: 1}, Heard())

    assert [(entry.fd, entry.kind) for entry in journal.entries] == [(1, OTHER), (2, "open_shift"), (4, "refund")]


async def test_of_a_drive_that_nothing_was_printed_on_nothing_is_read(register: FakeRegister) -> None:
    assert (await read_journal(register, POS_ID, {"another": 1}, Heard())).entries == ()


async def test_a_register_that_is_away_is_let_go(register: FakeRegister) -> None:
    register.away = True

    with pytest.raises(LinkLost):
        await read_journal(register, POS_ID, {FN: 1}, Heard())

    assert not register.connected


async def test_reading_prints_and_cancels_nothing(register: FakeRegister) -> None:
    register.receipt_open = True

    await read_journal(register, POS_ID, {FN: 1}, Heard())

    assert {name for name, _ in register.calls} == {"connect", "status", "find"}
