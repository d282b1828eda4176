"""The product cache on disk: a SQLite file of its own, written anew and whole each time.

Nothing depends on it that the head office could not tell again. So it is no part of the receipts: nobody who writes
them waits for it, and a file that is damaged, or of another version, is put aside for one that is not. It is built
beside the old one and put in its place in one step, so there is no instant at which it is half of anything.
"""

import os
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pysqlite3.dbapi2
import trio

from drivers.threads import InThread
from protocols.catalog import Product, Snapshot

VERSION = 1
ROOM = 64 * 1024 * 1024  # bytes of disk below which nothing is written: the receipts come first
COLUMNS = Product.__struct_fields__
SCHEMA = f"""
    CREATE TABLE products (
        sku TEXT PRIMARY KEY, name TEXT NOT NULL, price_kopecks INTEGER NOT NULL, vat TEXT NOT NULL,
        changed_at TEXT NOT NULL, barcode TEXT, stock INTEGER, marked INTEGER NOT NULL, sold_at TEXT
    ) STRICT;
    CREATE TABLE snapshot (
        cursor TEXT NOT NULL, keep INTEGER NOT NULL, refreshed_at TEXT NOT NULL
    ) STRICT;
    PRAGMA user_version = {VERSION};
"""
INSERT = f"INSERT INTO products ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})"  # noqa: S608


class CatalogDamaged(Exception):
    """There is a file, and nothing can be read from it; the message says why."""


class CatalogNotSaved(Exception):
    """The disk does not take it; what was there before still is. The message says why."""


class CatalogStore(Protocol):
    """The port that CatalogActor keeps its products through."""

    async def load(self) -> Snapshot | None:
        """What was saved last; None: nothing ever was. Raises CatalogDamaged."""

    async def save(self, snapshot: Snapshot) -> None:
        """In place of what was there. Raises CatalogNotSaved."""


class CatalogFile:
    def __init__(self, path: Path, in_thread: InThread = trio.to_thread.run_sync) -> None:
        self._path, self._in_thread = path, in_thread
        self._one = trio.CapacityLimiter(1)

    async def load(self) -> Snapshot | None:
        """See CatalogStore."""
        return await self._in_thread(read, self._path, limiter=self._one)

    async def save(self, snapshot: Snapshot) -> None:
        """See CatalogStore."""
        await self._in_thread(write, self._path, snapshot, limiter=self._one)


def read(path: Path) -> Snapshot | None:
    """See CatalogStore.load."""
    if not path.exists():
        return None
    try:
        with closing(pysqlite3.dbapi2.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return _read(connection)
    except (pysqlite3.dbapi2.Error, msgspec.ValidationError, OSError, UnicodeError) as error:
        raise CatalogDamaged(str(error)) from error


def _read(connection: Any) -> Snapshot:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        raise CatalogDamaged(f"it is of version {version}, not {VERSION}")
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    kept = connection.execute("SELECT cursor, keep, refreshed_at FROM snapshot").fetchone()
    if verdict != "ok" or kept is None:
        raise CatalogDamaged(str(verdict) if kept else "it is not complete")
    rows = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM products").fetchall()  # noqa: S608  our own names
    products = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    cursor, keep, refreshed_at = kept
    found = {"products": products, "cursor": cursor, "keep": keep, "refreshed_at": refreshed_at}
    return msgspec.convert(found, Snapshot, strict=False)  # SQLite knows no bool


def write(path: Path, snapshot: Snapshot) -> None:
    """See CatalogStore.save."""
    draft = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        if _room(path.parent) < ROOM:
            raise CatalogNotSaved("the disk is nearly full, and what is left is for receipts")
        with closing(pysqlite3.dbapi2.connect(draft)) as connection:
            _write(connection, snapshot)
        draft.replace(path)
    except (pysqlite3.dbapi2.Error, OSError) as error:
        raise CatalogNotSaved(str(error)) from error


def _write(connection: Any, snapshot: Snapshot) -> None:
    """The file is nobody's until it is whole: no journal, one sync at the end."""
    connection.execute("PRAGMA journal_mode=OFF")
    connection.executescript(SCHEMA)
    with connection:
        connection.executemany(INSERT, [_row(product) for product in snapshot.products])
        kept = (snapshot.cursor, snapshot.keep, snapshot.refreshed_at.isoformat())
        connection.execute("INSERT INTO snapshot VALUES (?, ?, ?)", kept)


def _row(product: Product) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(product)
    return row


def _room(folder: Path) -> int:
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize
