"""`run.py audit`: a data folder against the registers it printed on, and against the OFD if asked. Changes nothing."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import trio

from drivers.datadir import hold
from drivers.errors import LinkError
from drivers.kkt.journal import read_journal
from drivers.kkt.port import RegisterRefused
from drivers.ofd_list import read_list
from drivers.store.damage import refuse_if_noted
from drivers.store.reading import read_store
from protocols.audit.case import first_documents
from protocols.audit.report import Report, as_json, as_text, report
from protocols.audit.witnesses import OfdList, RegisterJournal, Store, Terms, Witnesses
from protocols.errors import FailStop
from protocols.register_settings import RegisterSettings
from protocols.settings import Settings
from supervisors.embedded import DRIVE, Embedded, embed_register
from supervisors.registers import make_register

CLEAN, WRONG, NOT_AUDITED = 0, 1, 2
TOLD_EVERY = 100  # documents


class CannotAudit(Exception):
    """There is nothing that could be compared; the message says why."""


async def audit(settings: Settings, ofd: str | None, *, json: bool) -> int:
    """Prints the report; gives the exit status. Raises CannotAudit, DataDirTaken."""
    found = await gather(settings, ofd)
    sys.stdout.write(as_json(found).decode() + "\n" if json else as_text(found))
    if found.violations:
        return WRONG
    return NOT_AUDITED if found.unread else CLEAN


async def gather(settings: Settings, ofd: str | None) -> Report:
    """Asks everyone. Raises CannotAudit, DataDirTaken."""
    database = settings.storage.data / "kassir.db"
    if not database.exists():
        raise CannotAudit(f"there are no receipts in {settings.storage.data}")
    with hold(settings.storage.data):
        store = await _read(database)
        unread: list[str] = []
        registers = await _registers(settings, store, unread)
        listed = None if ofd is None else await _list(ofd, unread)
    terms = Terms(sole=False, max_attempts=settings.buffer.max_retry_attempts)
    return report(Witnesses(registers, store, listed), terms, unread)


async def _read(database: Path) -> Store:
    try:
        refuse_if_noted(database)
        return await trio.to_thread.run_sync(read_store, database)
    except FailStop as error:
        raise CannotAudit(str(error)) from error


async def _registers(settings: Settings, store: Store, unread: list[str]) -> tuple[RegisterJournal, ...]:
    first, found = first_documents(store), []
    async with _reachable(settings, unread) as reachable:
        for register in reachable.kkt.registers:
            link = make_register(reachable, register)
            try:
                found.append(await read_journal(link, register.pos_id, first, partial(_tell, register)))
            except (LinkError, RegisterRefused) as error:
                unread.append(f"the register of {register.pos_id} at {register.device_path}: {error}")
    return tuple(found)


@asynccontextmanager
async def _reachable(settings: Settings, unread: list[str]) -> AsyncIterator[Settings]:
    """With the embedded register where none is configured, switched on for as long as this lasts."""
    if settings.kkt.registers:
        yield settings
        return
    if not (settings.storage.data / DRIVE).exists():
        unread.append(f"the embedded register has left no {DRIVE} in {settings.storage.data}")
        yield settings
        return
    embedded = Embedded(settings)
    embed_register(embedded)
    async with trio.open_nursery() as nursery:
        await nursery.start(embedded.starts["kkt"])
        yield embedded.settings
        nursery.cancel_scope.cancel()


async def _list(url: str, unread: list[str]) -> OfdList | None:
    try:
        return await read_list(url)
    except LinkError as error:
        unread.append(f"the OFD at {url}: {error}")
        return None


def _tell(register: RegisterSettings, fd: int, last: int) -> None:
    if fd % TOLD_EVERY == 0 or fd == last:
        print(f"{register.pos_id}: document {fd} of {last}", file=sys.stderr)
