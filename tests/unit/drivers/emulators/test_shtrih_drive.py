"""The emulated fiscal drive: numbers without gaps, a journal that survives a power cut."""

import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from drivers.emulators.fiscal.documents import CashMove, Document, Item
from drivers.emulators.fiscal.drive import Drive, DriveCorrupt
from drivers.emulators.fiscal.passport import rnm
from drivers.emulators.paper.roll import Letterhead, Sheet
from drivers.emulators.paper.text import text_of
from drivers.emulators.shtrih.tagged import tags_of
from protocols.ffd.tlv import first

NOW = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
TEA = Item(name="Чай", quantity=Decimal("1.5"), price_kopecks=10000, sum_kopecks=15000, vat="22%")
RECEIPT = Document(
    kind=3,
    at=NOW,
    operator=1,
    operation=1,
    total_kopecks=15000,
    payments={1: 15000},
    items=(TEA,),
    tags={1008: "a@b.ru"},
)
REFUND = msgspec.structs.replace(RECEIPT, operation=2)
OLD_JOURNAL = Path(__file__).parents[3] / "vectors" / "emulated_drive_before_formats.jsonl"  # written by 0.1
OPENED, CLOSED = (Document(kind=kind, at=NOW, operator=1) for kind in (2, 5))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "drive.jsonl"


def test_a_new_drive_has_an_open_shift_and_nothing_behind_it(path: Path) -> None:
    with Drive(path, now=NOW) as drive:
        counters = drive.counters
        assert (counters.fd, counters.shift_open, counters.shift_number, counters.receipt_number) == (0, True, 1, 0)
        assert drive.find(0) is None


def test_the_first_receipt_is_document_one_with_all_it_was_given(path: Path) -> None:
    with Drive(path, now=NOW) as drive:
        document = drive.append(RECEIPT)

        assert (document.fd, document.shift_number, document.receipt_number) == (1, 1, 1)
        assert (document.fn, document.rnm) == (drive.passport.fn, drive.passport.rnm)
        assert drive.find(1) == document
        assert (document.items, document.payments, document.tags) == ((TEA,), {1: 15000}, {1008: "a@b.ru"})


def test_receipts_count_anew_in_every_shift_and_shift_reports_take_numbers(path: Path) -> None:
    with Drive(path, now=NOW) as drive:
        documents = [drive.append(draft) for draft in (RECEIPT, RECEIPT, CLOSED, OPENED, RECEIPT)]

    assert [each.fd for each in documents] == [1, 2, 3, 4, 5]
    assert [each.shift_number for each in documents] == [1, 1, 1, 2, 2]
    assert [each.receipt_number for each in documents] == [1, 2, 0, 0, 1]


def test_equal_receipts_have_different_ten_digit_signs(path: Path) -> None:
    with Drive(path, now=NOW) as drive:
        signs = {drive.append(RECEIPT).fp for _ in range(20)}

    assert len(signs) == 20
    assert all(len(sign) == 10 and int(sign) < 2**32 for sign in signs)


@pytest.mark.parametrize("before", [(), (RECEIPT,), (RECEIPT, CLOSED), (RECEIPT, CLOSED, OPENED, RECEIPT)])
def test_a_drive_opened_again_knows_all_it_knew(path: Path, before: tuple[Document, ...]) -> None:
    with Drive(path, now=NOW) as drive:
        documents = [drive.append(draft) for draft in before]
    later = datetime(2027, 1, 1, tzinfo=UTC)

    with Drive(path, now=later) as again:
        assert list(again.after(0, 100)) == documents
        assert again.passport == drive.passport
        assert vars(again.counters) == vars(drive.counters)


def test_wherever_the_last_line_is_torn_the_documents_before_it_stay(path: Path) -> None:
    with Drive(path, now=NOW) as drive:
        drive.append(RECEIPT)
        drive.append(RECEIPT)
    whole = path.read_bytes()
    last = whole.rstrip(b"\n").rindex(b"\n") + 1

    for end in range(last, len(whole)):
        path.write_bytes(whole[:end])
        with Drive(path, now=NOW) as torn:
            assert torn.counters.fd == 1
            assert torn.append(RECEIPT).fd == 2
        with Drive(path, now=NOW) as mended:
            assert mended.counters.fd == 2


def test_a_drive_whose_registration_was_torn_is_registered_anew(path: Path) -> None:
    Drive(path, now=NOW).close()
    path.write_bytes(path.read_bytes()[:-5])

    with Drive(path, now=NOW) as drive:
        assert drive.append(RECEIPT).fd == 1


@pytest.mark.parametrize("damage", [b"\0" * 40, b"{}", b'{"fd": 7}', b"[1]"])
def test_a_journal_damaged_in_the_middle_is_not_believed(path: Path, damage: bytes) -> None:
    with Drive(path, now=NOW) as drive:
        drive.append(RECEIPT)
    with path.open("ab") as journal:
        journal.write(damage + b"\n")

    with pytest.raises(DriveCorrupt, match="line 3"):
        Drive(path, now=NOW)


def test_a_document_missing_from_the_journal_is_noticed(path: Path) -> None:
    with Drive(path, now=NOW) as drive:
        for _ in range(3):
            drive.append(RECEIPT)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2] + lines[3:]))

    with pytest.raises(DriveCorrupt, match="document 3 stands behind document 1"):
        Drive(path, now=NOW)


def test_documents_are_read_in_pages(path: Path) -> None:
    with Drive(path, now=NOW) as drive:
        for _ in range(5):
            drive.append(RECEIPT)

        pages = [[each.fd for each in drive.after(fd, 2)] for fd in (-1, 0, 2, 4, 5, 99)]

    assert pages == [[1, 2], [1, 2], [3, 4], [5], [], []]


def test_cash_in_and_out_of_the_drawer_is_kept_beside_the_documents(path: Path) -> None:
    with Drive(path, now=NOW) as drive:
        drive.move_cash(CashMove(at=NOW, operator=1, amount_kopecks=50000))
        drive.append(RECEIPT)
        drive.move_cash(CashMove(at=NOW, operator=1, amount_kopecks=-20000))
        drive.append(REFUND)

    with Drive(path, now=NOW) as again:
        counters = again.counters
        assert (counters.drawer, counters.moved, counters.through) == (30000, {"in": 50000, "out": 20000}, 4)
        assert [each.fd for each in again.after(0, 9)] == [1, 2]


def test_change_does_not_stay_in_the_drawer(path: Path) -> None:
    with Drive(path, now=NOW) as drive:
        drive.append(msgspec.structs.replace(RECEIPT, payments={1: 20000}, change_kopecks=5000))

        assert drive.counters.drawer == 15000


def test_a_line_is_on_disk_before_append_returns(path: Path) -> None:
    with Drive(path, now=NOW) as drive:
        document = drive.append(RECEIPT)

        assert msgspec.json.decode(path.read_bytes().splitlines()[-1], type=Document) == document


def test_two_drives_are_two_drives(tmp_path: Path) -> None:
    with Drive(tmp_path / "1", now=NOW) as one, Drive(tmp_path / "2", now=NOW) as two:
        assert one.passport.fn != two.passport.fn
        assert one.passport.rnm != two.passport.rnm
        assert len(one.passport.fn) == len(one.passport.rnm) == 16


def test_the_registration_number_carries_its_check() -> None:
    assert (
        rnm(5, "7702203276", 2) == "0000000005008570"
    )  # a document seen in public, checked by the format order, item 63


def test_a_journal_has_one_drive_at_a_time(path: Path) -> None:
    with Drive(path, now=NOW), pytest.raises(BlockingIOError):
        Drive(path, now=NOW)

    Drive(path, now=NOW).close()


def test_a_journal_of_before_the_formats_is_read_printed_and_told_as_tags(path: Path) -> None:
    shutil.copy(OLD_JOURNAL, path)

    with Drive(path, now=NOW) as drive:
        documents = list(drive.after(0, 10))
        assert (drive.counters.fd, drive.counters.drawer, drive.counters.slips["in"]) == (4, 65110, 1)
        assert [(each.kind, each.ffd) for each in documents] == [(3, 2), (31, 2), (5, 2), (2, 2)]
        drawn = [text_of(Sheet(1, (), Letterhead("", "", "", ""), each)) for each in documents]
        assert "ИТОГ                                     =150.00" in drawn[0]
        assert [first(tags_of(each, drive.passport), 1040) for each in documents] == [1, 2, 3, 4]
        assert drive.append(RECEIPT).fd == 5


def test_a_journal_that_was_refused_is_let_go(path: Path) -> None:
    path.write_bytes(b"{}\n")
    for _ in range(2):
        with pytest.raises(DriveCorrupt):
            Drive(path, now=NOW)
