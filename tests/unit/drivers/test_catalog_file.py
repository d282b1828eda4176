"""The product cache on disk: kept, made anew, and never half of anything."""

from contextlib import closing
from pathlib import Path

import pysqlite3.dbapi2
import pytest

from drivers import catalog_file
from drivers.catalog_file import CatalogDamaged, CatalogFile, CatalogNotSaved, read, write
from protocols.catalog import Product, Snapshot
from protocols.item import Vat
from tests.samples import NOON

SNAPSHOT = Snapshot(
    (
        Product("FR-1", "Оправа «Ёжик»\x00", 899_050, Vat.NONE, NOON, "4607100000015", -3, marked=True, sold_at=NOON),
        Product("SV-1", "Проверка зрения", 0, Vat.V22, NOON),
    ),
    cursor="abc.17",
    keep=1000,
    refreshed_at=NOON,
)
OTHER = Snapshot((), "abc.18", 10, NOON)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "catalog.db"


def spoil(path: Path, sql: str) -> None:
    with closing(pysqlite3.dbapi2.connect(path)) as connection, connection:
        connection.executescript(sql)


async def test_what_was_saved_is_there_at_the_next_start(path: Path) -> None:
    await CatalogFile(path).save(OTHER)
    await CatalogFile(path).save(SNAPSHOT)

    assert await CatalogFile(path).load() == SNAPSHOT
    assert [each.name for each in path.parent.iterdir()] == ["catalog.db"]


async def test_nothing_saved_is_nothing_loaded_and_no_file_is_made(path: Path) -> None:
    assert await CatalogFile(path).load() is None
    assert not path.parent.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"garbage" * 1000),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096 + path.read_bytes()[8192:]),
        lambda path: spoil(path, "PRAGMA user_version = 2"),
        lambda path: spoil(path, "DELETE FROM snapshot"),
        lambda path: spoil(path, "DROP TABLE products"),
        lambda path: spoil(path, "UPDATE products SET vat = '99%'"),
        lambda path: spoil(path, "UPDATE products SET price_kopecks = -1"),
        lambda path: spoil(path, "UPDATE products SET changed_at = 'noon'"),
        lambda path: spoil(path, "UPDATE products SET name = CAST(x'ff' AS TEXT)"),
        lambda path: (path.unlink(), path.mkdir()),
    ],
)
async def test_a_file_that_is_none_is_said_to_be_damaged(path: Path, damage: object) -> None:
    await CatalogFile(path).save(SNAPSHOT)
    damage(path)  # type: ignore[operator]

    with pytest.raises(CatalogDamaged):
        await CatalogFile(path).load()


def test_a_damaged_file_is_written_anew(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"garbage")
    path.with_name("catalog.db.new").write_bytes(b"what a kill left behind")

    write(path, SNAPSHOT)

    assert read(path) == SNAPSHOT


def test_a_kill_in_the_middle_leaves_what_was_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, SNAPSHOT)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(catalog_file, "_row", killed)
    with pytest.raises(KeyboardInterrupt):
        write(path, SNAPSHOT)

    assert read(path) == SNAPSHOT


def test_the_last_room_on_the_disk_is_left_to_receipts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(path, SNAPSHOT)
    monkeypatch.setattr(catalog_file, "ROOM", 2**62)

    with pytest.raises(CatalogNotSaved, match="nearly full"):
        write(path, OTHER)

    assert read(path) == SNAPSHOT


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")

    with pytest.raises(CatalogNotSaved):
        await CatalogFile(tmp_path / "data" / "catalog.db").save(SNAPSHOT)
