"""A receipt on its way into a Штрих-М register: whatever can be refused comes before the command that closes it."""

from drivers.kkt.port import RegisterRefused
from drivers.kkt.shtrih_link import ShtrihLink
from protocols.shtrih.marking import AcceptMarkingCode, CheckMarkingCode, Verdict, complaint
from protocols.shtrih.receipts import ReadSubtotal
from protocols.shtrih.script import Script


async def send(link: ShtrihLink, script: Script, total_kopecks: int, password: int) -> int:
    """The number of the document. Raises RegisterRefused: there is none, though a receipt may be left open."""
    for check in script.codes:
        await _check(link, check, password)
    for command in script.body:
        await link.ask(command)
    if script.by_items:
        await _compare(link, total_kopecks, password)
    number: int = (await link.ask(script.closing)).number
    return number


async def _check(link: ShtrihLink, check: CheckMarkingCode, password: int) -> None:
    """Every check wants its verdict, a bad one too."""
    wrong = complaint(await link.ask(check))
    if wrong is None:
        await link.ask(AcceptMarkingCode(password, Verdict.ACCEPT))
        return
    await link.ask(AcceptMarkingCode(password, Verdict.REJECT))
    raise RegisterRefused(0, wrong, advice="Отложите товар и покажите его администратору.")


async def _compare(link: ShtrihLink, total_kopecks: int, password: int) -> None:
    """Once closed it would be a sale that nobody asked for."""
    total = (await link.ask(ReadSubtotal(password))).total
    if total != total_kopecks:
        raise RegisterRefused(0, f"итог ККТ {total} коп., итог чека {total_kopecks} коп.")
