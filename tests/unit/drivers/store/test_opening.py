"""Opening what is damaged, gone, or on a full disk: a clear sentence, nothing replaced in silence."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.store.ballast import SIZE, Ballast, ballast_of
from drivers.store.damage import note_of
from drivers.store.database import CannotOpen, close_database, open_database
from drivers.store.opening import open_store
from protocols.errors import FailStop
from tests.fakes.inline_store import FakeReserve

PAGE = 4096


def now() -> datetime:
    return datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kassir.db"


def open_and_close(path: Path) -> None:
    close_database(open_store(path, Ballast(ballast_of(path)), now, open_database))


def damaged(path: Path, how: str) -> None:
    whole = path.read_bytes()
    if how == "overwritten":
        path.write_bytes(whole[:PAGE] + b"\xa5" * (len(whole) - PAGE))
    elif how == "not a database":
        path.write_bytes(b"a letter to the shop's manager" * 1000)
    elif how == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif how == "emptied":
        path.write_bytes(b"")
    elif how == "gone":
        path.unlink()


HOW = ["overwritten", "not a database", "truncated", "emptied", "gone"]


@pytest.mark.parametrize("how", HOW)
def test_a_damaged_file_is_set_aside_and_nothing_begins_anew_before_a_person_has_seen_it(path: Path, how: str) -> None:
    open_and_close(path)
    damaged(path, how)
    content = path.read_bytes() if path.exists() else None

    for _ in range(2):
        with pytest.raises(FailStop, match="damaged"):
            open_and_close(path)

    kept = path.parent / "damaged-20260301T120000" / path.name
    assert not path.exists()
    assert (kept.read_bytes() if kept.exists() else None) == content


def test_when_the_person_has_put_a_backup_in_place_and_removed_the_note_the_gateway_opens(path: Path) -> None:
    open_and_close(path)
    backup = path.read_bytes()
    damaged(path, "truncated")
    with pytest.raises(FailStop):
        open_and_close(path)

    path.write_bytes(backup)
    note_of(path).unlink()

    open_and_close(path)


class FullUntilSpent:
    """Opens only once the reserve was spent."""

    def __init__(self, code: str) -> None:
        self.code, self.reserve, self.opened = code, FakeReserve(), 0

    def __call__(self, path: Path) -> object:
        if not self.reserve.spent:
            raise CannotOpen("the disk is full", self.code)
        self.opened += 1
        return "a connection"


@pytest.mark.parametrize("code", ["SQLITE_FULL", "SQLITE_IOERR"])
def test_on_a_full_disk_the_ballast_makes_room_to_open(path: Path, code: str) -> None:
    opens = FullUntilSpent(code)

    connection: object = open_store(path, opens.reserve, now, opens)  # type: ignore[arg-type]

    assert (connection, opens.opened) == ("a connection", 1)


def test_another_failure_spends_no_ballast(path: Path) -> None:
    opens = FullUntilSpent("SQLITE_CANTOPEN")

    with pytest.raises(CannotOpen):
        open_store(path, opens.reserve, now, opens)  # type: ignore[arg-type]

    assert opens.reserve.spent == 0


def test_the_ballast_takes_room_gives_it_back_and_comes_again(path: Path) -> None:
    ballast = Ballast(ballast_of(path))

    assert ballast.in_place()
    assert ballast_of(path).stat().st_blocks * 512 >= SIZE
    assert ballast.spend()
    assert not ballast_of(path).exists()
    assert not ballast.spend()
    assert ballast.in_place()


def test_an_earlier_processs_ballast_is_found_in_place(path: Path) -> None:
    Ballast(ballast_of(path)).in_place()

    assert Ballast(ballast_of(path)).in_place()
