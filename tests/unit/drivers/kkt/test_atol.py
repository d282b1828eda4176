"""The АТОЛ driver against a web server in memory: what it does, and what it says when an answer is lost."""

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import trio

from drivers.errors import LinkError, LinkLost, LinkSilent
from drivers.kkt.atol import AtolRegister
from drivers.kkt.atol_link import AtolLink
from drivers.kkt.atol_queue import AtolQueue, PaperStopped
from drivers.kkt.port import RegisterRefused
from protocols.atol.tasks import Till
from protocols.fiscal import (
    Baseline,
    CashCount,
    CashSlip,
    DriveWarning,
    FiscalDocument,
    OtherDocument,
    Paper,
    Shift,
    ShiftReport,
)
from protocols.item import Item, Vat
from protocols.receipt import Cashier, Correction, Kind, Method, Payment, Receipt, Taxation
from protocols.till import TillWork, Work
from tests.fakes.atol import FN, PASSWORD, RNM, USER, FakeAtol, Job
from tests.samples import sale

MSK = ZoneInfo("Europe/Moscow")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=MSK)


def register(server: FakeAtol, *, user: str = USER, password: str = PASSWORD, linger: float = 10.0) -> AtolRegister:
    link = AtolLink("http://atol:16732", user, password, timeout=10.0, transport=server)
    numbers = count(1)
    queue = AtolQueue(link, lambda: f"00000000-0000-4000-8000-{next(numbers):012}", linger)
    return AtolRegister(link, queue, MSK, Till(Cashier("Иванова"), Taxation.OSN))


async def connected(server: FakeAtol, **how: Any) -> AtolRegister:
    atol = register(server, **how)
    await atol.connect()
    return atol


async def recover(atol: AtolRegister, linger: float = 10.0) -> None:
    """As the actor does after a LinkError."""
    await atol.close()
    await trio.sleep(linger)
    await atol.connect()


# what it does


async def test_status_tells_how_the_register_stands() -> None:
    atol = await connected(FakeAtol())

    seen = await atol.status()

    assert seen.last == Baseline(FN, 10)
    assert (seen.shift, seen.shift_number, seen.paper) == (Shift.OPEN, 7, Paper.PRESENT)
    assert (seen.model, seen.serial) == ("АТОЛ 22 v2 Ф", "00106700000001")
    assert not seen.busy
    assert not seen.receipt_open


@pytest.mark.parametrize(("state", "shift"), [("closed", Shift.CLOSED), ("expired", Shift.EXPIRED)])
async def test_status_tells_of_the_shift(state: str, shift: Shift) -> None:
    atol = await connected(FakeAtol(shift=state))

    assert (await atol.status()).shift is shift


async def test_unknown_shift_is_no_state_to_print_in() -> None:
    atol = await connected(FakeAtol(shift="unknown"))

    with pytest.raises(LinkLost, match="shift"):
        await atol.status()


async def test_open_cover_is_as_good_as_no_paper() -> None:
    atol = await connected(FakeAtol(cover=True))

    assert (await atol.status()).paper is Paper.OUT


async def test_printed_sale_is_the_document_that_the_server_tells_of() -> None:
    server = FakeAtol()
    atol = await connected(server)

    document = await atol.print_receipt(sale(10_050))

    assert document == FiscalDocument(FN, 11, "0000087109", NOON, Kind.SALE, 10_050, RNM, 7, 1)
    assert document.qr == f"t=20260301T1200&s=100.50&fn={FN}&i=11&fp=87109&n=1"
    assert [task["type"] for task in server.printed] == ["sell"]


async def test_document_found_in_the_archive_is_the_one_that_was_printed() -> None:
    atol = await connected(FakeAtol(ffd="1.2"))
    item = Item("Оправа", Decimal(1), 9_900, Vat.NONE)
    why = Correction(date(2026, 2, 27), of=Kind.REFUND)
    correction = Receipt("POS-001", Kind.CORRECTION, (item,), (Payment(Method.CARD, 9_900),), correction=why)

    printed: list[FiscalDocument | ShiftReport] = [
        await atol.open_shift(),
        await atol.print_receipt(sale()),
        await atol.print_receipt(sale(kind=Kind.PURCHASE_REFUND)),
        await atol.print_receipt(correction),
        await atol.close_shift(),
    ]

    assert [await atol.find(document.fd) for document in printed] == printed
    assert printed[0] == ShiftReport(FN, 11, "0000087109", NOON, Work.OPEN_SHIFT, RNM, 7)
    assert isinstance(printed[3], FiscalDocument)
    assert (printed[3].kind, printed[3].corrects, printed[3].sign) == (Kind.CORRECTION, Kind.REFUND, 2)


async def test_documents_that_no_order_ends_in_are_told_apart() -> None:
    server = FakeAtol(documents={1: {"fiscalDocumentType": "registration", "1040": 1, "1041": FN, "1037": RNM}})
    atol = await connected(server)

    assert await atol.find(1) == OtherDocument(1)
    assert await atol.find(2) is None


@pytest.mark.parametrize(
    "tags",
    [{"1041": "9999078900000001"}, {"1040": 4}, {"1054": 9}, {"1020": None}, {"1012": "yesterday"}, {"1077": "??"}],
    ids=lambda tags: next(iter(tags)),
)
async def test_document_that_makes_no_sense_is_not_taken_for_any(tags: dict[str, Any]) -> None:
    whole = {"fiscalDocumentType": "receipt", "1012": "2026-03-01T12:00:00", "1020": 1, "1054": 1, "1077": "1"}
    atol = await connected(FakeAtol(documents={1: whole | {"1040": 1, "1041": FN} | tags}))

    with pytest.raises(RegisterRefused, match="не разобран"):
        await atol.find(1)


async def test_registers_number_is_known_from_its_last_document() -> None:
    server = FakeAtol(fd=1, documents={1: {"fiscalDocumentType": "registration", "1040": 1, "1041": FN, "1037": RNM}})
    atol = await connected(server)

    assert (await atol.status()).kkt_number == RNM


async def test_cash_is_moved_and_counted() -> None:
    atol = await connected(FakeAtol())

    slip = await atol.move_cash(TillWork("POS-001", Work.CASH_OUT, 5_000))

    assert slip == CashSlip(FN, Work.CASH_OUT, 5_000, 1)
    assert await atol.cash_moved(Work.CASH_OUT) == CashCount(1, 5_000)
    assert await atol.cash_moved(Work.CASH_IN) == CashCount(0, 0)


async def test_paper_without_documents_is_printed() -> None:
    server = FakeAtol()
    atol = await connected(server)

    await atol.print_x_report()
    await atol.print_copy()
    await atol.print_text(["Строка"])
    await atol.cancel_receipt()

    assert server.done == [
        {"type": "reportX", "operator": {"name": "Иванова"}},
        {"type": "printLastReceiptCopy"},
        {"type": "nonFiscal", "items": [{"type": "text", "text": "Строка", "wrap": "words"}]},
    ]


async def test_inspection_tells_of_drive_and_queue() -> None:
    atol = await connected(FakeAtol())

    told = await atol.inspect()

    assert (told.fn, told.expires, told.ffd, told.firmware) == (FN, date(2027, 5, 24), "1.05", "5.8.100")
    assert told.warnings == {DriveWarning.EXPIRES_SOON}
    assert (told.unsent, told.oldest_unsent, told.clock) == (2, NOON, NOON)
    assert (told.cover_open, told.drawer_open) == (False, False)


async def test_calls_on_a_closed_link_say_so() -> None:
    atol = await connected(FakeAtol())
    await atol.close()
    await atol.close()

    with pytest.raises(LinkLost):
        await atol.status()


HOSTILE = ["", "x" * 100, "NaN", -1, 2**40, None, [], {"a": 1}, "1e999999", 0.005, True]


@pytest.mark.parametrize("hostile", HOSTILE, ids=[str(each)[:8] for each in HOSTILE])
@pytest.mark.parametrize(
    "name", ["fiscalDocumentNumber", "fiscalDocumentSign", "fiscalDocumentDateTime", "shiftNumber", "total", "fnNumber"]
)
async def test_result_that_makes_no_sense_is_doubt_or_read_as_it_is(name: str, hostile: Any) -> None:
    server = FakeAtol()
    atol = await connected(server)

    def spoil(fake: FakeAtol, call: str) -> None:
        for job in fake.jobs.values():
            if call.startswith("GET requests/") and isinstance(job.result, dict):
                job.result["fiscalParams"][name] = hostile

    server.before = spoil

    try:
        document = await atol.print_receipt(sale())
    except LinkLost:
        return
    assert document.qr
    assert document.fn
    assert 0 <= document.fd < 2**32


@pytest.mark.parametrize("hostile", HOSTILE, ids=[str(each)[:8] for each in HOSTILE])
@pytest.mark.parametrize("tag", ["1012", "1020", "1037", "1038", "1040", "1041", "1042", "1054", "1077"])
async def test_archive_that_makes_no_sense_is_refused_or_read_as_it_is(tag: str, hostile: Any) -> None:
    server = FakeAtol()
    atol = await connected(server)
    await atol.print_receipt(sale())
    server.documents[11][tag] = hostile

    try:
        found = await atol.find(11)
    except RegisterRefused:  # no LinkLost: to ask again would lead nowhere for ever
        return
    assert isinstance(found, FiscalDocument)
    assert found.qr


# refusals


async def test_wrong_password_says_what_to_set_and_shows_no_secret() -> None:
    with pytest.raises(RegisterRefused) as caught:
        await connected(FakeAtol(), password="Other-parol-12")

    assert "config.toml" in caught.value.advice
    assert caught.value.passing
    assert "Other-parol-12" not in repr(caught.value) + repr(register(FakeAtol(), password="Other-parol-12"))


async def test_user_is_shut_out_between_post_and_answer_and_the_receipt_is_in_doubt(
    autojump_clock: trio.testing.MockClock,
) -> None:
    server = FakeAtol(faults={"GET requests/": [401] * 100})
    atol = await connected(server)

    with pytest.raises(LinkLost):
        await atol.print_receipt(sale())


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 420])
async def test_job_that_the_server_did_not_take_is_a_refusal(status: int) -> None:
    server = FakeAtol(faults={"POST requests": [status]})
    atol = await connected(server)

    with pytest.raises(RegisterRefused):
        await atol.print_receipt(sale())

    assert not server.jobs
    assert not (await atol.status()).busy


@pytest.mark.parametrize(
    ("code", "passing"),
    [(68, True), (73, True), (36, True), (55, True), (200, True), (140, True), (120, False), (227, False), (80, False)],
)
async def test_error_that_the_task_earned_is_a_refusal(code: int, passing: bool) -> None:
    atol = await connected(FakeAtol(fail=[(code, False)]))

    with pytest.raises(RegisterRefused) as caught:
        await atol.print_receipt(sale())

    assert (caught.value.code, caught.value.passing, caught.value.spelled) == (code, passing, str(code))


@pytest.mark.parametrize("code", [73, 83])
async def test_shift_that_is_as_it_was_to_be_is_a_final_answer(code: int) -> None:
    atol = await connected(FakeAtol(fail=[(code, False)]))

    with pytest.raises(RegisterRefused) as caught:
        await atol.close_shift()

    assert not caught.value.passing


@pytest.mark.parametrize("code", [2, 15, 44, 47, 115, 166, 177, 241, 9999])
async def test_error_that_leaves_the_document_open_is_doubt(code: int) -> None:
    atol = await connected(FakeAtol(fail=[(code, True)]))

    with pytest.raises(LinkError):
        await atol.print_receipt(sale())

    assert (await atol.find(11)) is not None


async def test_what_no_task_can_say_is_refused_before_anything_is_sent() -> None:
    server = FakeAtol(ffd="1.05")
    atol = await connected(server)
    item = Item("Оправа", Decimal(1), 100, Vat.NONE)
    why = Correction(date(2026, 2, 27), of=Kind.REFUND)

    with pytest.raises(RegisterRefused, match="исправляют только приход"):
        await atol.print_receipt(
            Receipt("POS-001", Kind.CORRECTION, (item,), (Payment(Method.CASH, 100),), correction=why)
        )

    assert not server.jobs


async def test_server_that_is_busy_looking_for_the_register_is_no_refusal() -> None:
    server = FakeAtol(faults={"POST operations/queryShiftStatus": [408]})
    atol = await connected(server)

    with pytest.raises(LinkSilent):
        await atol.status()


# lost calls


async def test_post_that_never_arrived_is_doubt_and_nothing_is_printed() -> None:
    server = FakeAtol(faults={"POST requests": ["lost"]})
    atol = await connected(server)

    with pytest.raises(LinkLost):
        await atol.print_receipt(sale())

    assert not server.printed


async def test_post_whose_answer_was_lost_is_known_to_the_server() -> None:
    server = FakeAtol(faults={"POST requests": ["unanswered"]})
    atol = await connected(server)

    document = await atol.print_receipt(sale())

    assert document.fd == 11
    assert len(server.printed) == 1


async def test_uuid_that_the_server_knows_is_not_printed_again() -> None:
    server = FakeAtol(faults={"POST requests": [409]})
    server.jobs["00000000-0000-4000-8000-000000000001"] = job = Job({"type": "sell", "total": 100})
    atol = await connected(server)

    document = await atol.print_receipt(sale())

    assert document.fd == 11
    assert job.status == "ready"
    assert len(server.printed) == 1


async def test_lost_answers_about_a_job_are_asked_for_again(autojump_clock: trio.testing.MockClock) -> None:
    server = FakeAtol(faults={"GET requests/": ["lost", "unanswered", 500, "lost"]})
    atol = await connected(server)

    assert (await atol.print_receipt(sale())).fd == 11
    assert len(server.printed) == 1


async def test_server_that_stays_away_is_given_up_in_time(autojump_clock: trio.testing.MockClock) -> None:
    atol = await connected(FakeAtol(faults={"GET requests/": ["lost"] * 1000}))
    began = trio.current_time()

    with pytest.raises(LinkLost):
        await atol.print_receipt(sale())

    assert 15 <= trio.current_time() - began < 16


async def test_server_that_has_forgotten_the_job_leaves_it_in_doubt() -> None:
    atol = await connected(FakeAtol(faults={"GET requests/": [404]}))

    with pytest.raises(LinkLost, match="forgotten"):
        await atol.print_receipt(sale())


async def test_polls_grow_rarer(autojump_clock: trio.testing.MockClock) -> None:
    server = FakeAtol()
    atol = await connected(server)
    server.paused = True

    async with trio.open_nursery() as nursery:
        nursery.start_soon(atol.print_receipt, sale())
        await trio.sleep(10)
        server.paused = False

    assert server.calls["GET requests"] < 30


# jobs that do not end


async def test_job_that_never_began_is_taken_back(autojump_clock: trio.testing.MockClock) -> None:
    server = FakeAtol()
    atol = await connected(server)
    server.paused = True

    with pytest.raises(LinkLost, match="taken back"):
        await atol.print_receipt(sale())
    server.paused = False

    assert not (await atol.status()).busy
    assert not server.printed


async def test_job_that_will_not_be_taken_back_is_given_up_in_time(autojump_clock: trio.testing.MockClock) -> None:
    server = FakeAtol(faults={"DELETE": [409] * 10})
    atol = await connected(server)
    server.paused = True
    began = trio.current_time()

    with pytest.raises(LinkLost):
        await atol.print_receipt(sale())

    assert trio.current_time() - began < 125
    assert (await atol.status()).busy


async def test_blocked_job_that_the_server_settles_is_printed_once(autojump_clock: trio.testing.MockClock) -> None:
    server = FakeAtol(block=[(44, True)], recovered=True)
    atol = await connected(server)
    printed = []

    async def print_it() -> None:
        printed.append(await atol.print_receipt(sale()))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(print_it)
        await trio.sleep(5)
        server.unblock()

    assert printed == [await atol.find(11)]
    assert len(server.printed) == 1


async def test_blocked_job_that_ends_in_an_error_is_judged_by_the_error(autojump_clock: trio.testing.MockClock) -> None:
    server = FakeAtol(block=[(121, False)])
    atol = await connected(server)

    async with trio.open_nursery() as nursery:

        async def later() -> None:
            await trio.sleep(5)
            server.unblock()

        nursery.start_soon(later)
        with pytest.raises(RegisterRefused, match="Память ФН заполнена"):
            await atol.print_receipt(sale())


async def test_job_that_stays_blocked_keeps_the_register_busy_until_it_is_settled(
    autojump_clock: trio.testing.MockClock,
) -> None:
    server = FakeAtol(block=[(44, True)])
    atol = await connected(server)

    with pytest.raises(LinkLost, match="blocked"):
        await atol.print_receipt(sale())
    await recover(atol)
    before = await atol.status()
    server.unblock()
    after = await atol.status()

    assert before.busy
    assert not after.busy
    assert after.last.fd == 11


async def test_strangers_document_is_not_taken_for_a_recovered_receipt(autojump_clock: trio.testing.MockClock) -> None:
    server = FakeAtol(recovered=True)
    atol = await connected(server)
    server.before = lambda fake, call: fake.documents.get(11, {}).update({"1020": 5})

    with pytest.raises(LinkLost, match="another"):
        await atol.print_receipt(sale())


@pytest.mark.parametrize("status", ["canceled", "interrupted"])
async def test_task_that_somebody_stopped_is_doubt(status: str) -> None:
    server = FakeAtol()
    atol = await connected(server)

    def stop(fake: FakeAtol, call: str) -> None:
        for job in fake.jobs.values():
            job.status = status

    server.paused, server.before = True, stop

    with pytest.raises(LinkLost, match=status):
        await atol.print_receipt(sale())


# a job that arrives late


async def test_post_on_its_way_can_no_longer_be_carried_out_once_the_register_is_idle(
    autojump_clock: trio.testing.MockClock,
) -> None:
    server = FakeAtol(faults={"POST requests": ["lost"]})
    atol = await connected(server)
    with pytest.raises(LinkLost):
        await atol.print_receipt(sale())

    await recover(atol, linger=0)
    seen = await atol.status()
    late = server._post({"uuid": "00000000-0000-4000-8000-000000000001", "request": [{"type": "sell", "total": 100}]})

    assert not seen.busy
    assert late.status_code == 409
    assert not server.printed


async def test_post_that_arrives_before_the_register_is_believed_is_waited_for(
    autojump_clock: trio.testing.MockClock,
) -> None:
    server = FakeAtol(faults={"POST requests": ["lost"]})
    atol = await connected(server)
    with pytest.raises(LinkLost):
        await atol.print_receipt(sale())
    await recover(atol, linger=0)

    def arrive(fake: FakeAtol, call: str) -> None:
        if call == "POST requests" and len(fake.jobs) < 1:
            fake._post({"uuid": "00000000-0000-4000-8000-000000000001", "request": [{"type": "sell", "total": 100}]})

    server.before = arrive
    seen = await atol.status()

    assert not seen.busy
    assert seen.last.fd == 11


async def test_count_of_no_jobs_is_not_believed_while_one_is_at_work(autojump_clock: trio.testing.MockClock) -> None:
    server = FakeAtol(faults={"DELETE": [409] * 100}, uncounted=True)
    server.jobs["earlier"] = Job({"type": "sell", "total": 100})
    server.paused = True
    server.jobs["earlier"].status = "inProgress"
    atol = await connected(server)

    assert (await atol.status()).busy


async def test_harmless_jobs_stop_when_nothing_of_an_earlier_link_can_come(
    autojump_clock: trio.testing.MockClock,
) -> None:
    server = FakeAtol()
    atol = await connected(server)
    await atol.status()
    early = len(server.jobs)
    await trio.sleep(11)
    await atol.status()
    late = len(server.jobs)

    await atol.status()

    assert late > early
    assert len(server.jobs) == late


# paper


async def test_receipt_that_is_only_half_on_paper_is_printed_to_its_end_and_never_again(
    autojump_clock: trio.testing.MockClock,
) -> None:
    server = FakeAtol(not_printed=True)
    atol = await connected(server)

    await atol.print_receipt(sale())
    server.paper = False
    without_paper = (await atol.status()).paper
    server.paper = True
    with_paper = (await atol.status()).paper
    await atol.continue_printing()

    assert (without_paper, with_paper, (await atol.status()).paper) == (Paper.OUT, Paper.WAITS, Paper.PRESENT)
    assert [task["type"] for task in server.done] == ["sell", "continuePrint"]


async def test_printer_that_stopped_goes_on_after_new_paper() -> None:
    server = FakeAtol(fail=[(44, True), (44, False)])
    atol = await connected(server)

    with pytest.raises(PaperStopped):
        await atol.print_receipt(sale())
    with pytest.raises(PaperStopped):
        await atol.continue_printing()
    still = (await atol.status()).paper
    await atol.continue_printing()

    assert (still, (await atol.status()).paper) == (Paper.WAITS, Paper.PRESENT)


async def test_nothing_to_go_on_with_is_not_asked_for_again() -> None:
    server = FakeAtol(fail=[(177, False), (12, False)])
    atol = await connected(server)
    with pytest.raises(PaperStopped):
        await atol.print_receipt(sale())

    with pytest.raises(RegisterRefused):
        await atol.continue_printing()

    assert (await atol.status()).paper is Paper.PRESENT
