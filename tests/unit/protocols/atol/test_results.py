"""Answers of the web server, in the shapes of its description and as hostile peers may have them."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from protocols.atol.documents import Unreadable, found_document, printed_receipt, shift_report
from protocols.atol.results import (
    OPEN,
    Answer,
    FiscalResult,
    JobResult,
    QueueStatus,
    Refusal,
    Tags,
    TaskResult,
    TaskStatus,
)
from protocols.fiscal import FiscalDocument
from protocols.receipt import Kind
from protocols.till import Work
from tests.samples import sale

SHAPES: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "vectors/atol_web_shapes.json").read_text(encoding="utf-8")
)
MSK, VLADIVOSTOK = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Vladivostok")


def read(shape: str, kind: Any) -> Any:
    return msgspec.json.decode(json.dumps(SHAPES[shape]), type=kind)


def only(shape: str) -> TaskResult:
    (result,) = read(shape, JobResult).results
    assert isinstance(result, TaskResult)
    return result


@pytest.mark.parametrize("shape", [name for name in SHAPES if name.startswith("GET result")])
def test_every_shape_of_a_result_is_read(shape: str) -> None:
    results = read(shape, JobResult).results

    assert all(isinstance(result.status, TaskStatus) for result in results)


def test_printed_receipt_is_what_the_server_tells_with_its_leading_zeros() -> None:
    told = msgspec.json.decode(only("GET result receipt ready").result, type=FiscalResult)

    document = printed_receipt(sale(10_000), told.fiscal_params, MSK)

    assert document == FiscalDocument(
        fn="9999078900000001",
        fd=71,
        fp="0494325660",
        fiscal_datetime=datetime(2026, 11, 20, 12, 34, tzinfo=MSK),
        kind=Kind.SALE,
        total_kopecks=10_000,
        kkt_number="0000000005008570",
        shift_number=12,
        receipt_number=1,
    )
    assert document.qr == "t=20261120T1234&s=100.00&fn=9999078900000001&i=71&fp=494325660&n=1"


def test_wall_time_stays_though_the_servers_computer_is_in_another_zone() -> None:
    told = msgspec.json.decode(only("GET result receipt ready").result, type=FiscalResult)

    document = printed_receipt(sale(), told.fiscal_params, VLADIVOSTOK)

    assert document.fiscal_datetime == datetime(2026, 11, 20, 12, 34, tzinfo=VLADIVOSTOK)
    assert "t=20261120T1234" in document.qr


def test_shift_report_and_its_warning_are_read() -> None:
    told = msgspec.json.decode(only("GET result openShift ready").result, type=FiscalResult)

    assert shift_report(Work.OPEN_SHIFT, told.fiscal_params, MSK).shift_number == 12
    assert told.warnings.not_printed
    assert not told.warnings.recovered


def test_recovered_result_says_so() -> None:
    assert msgspec.json.decode(only("GET result receipt recovered").result, type=FiscalResult).warnings.recovered


def test_blocked_is_not_an_end() -> None:
    assert only("GET result blocked").status in OPEN
    assert only("GET result blocked").error.code == 44


def test_queue_and_states_are_read() -> None:
    queue: QueueStatus = read("GET /getRequestsQueueStatus", QueueStatus)
    drive: Answer = read("operations/queryFnStatus", Answer)
    shift: Answer = read("operations/queryShiftStatus", Answer)
    device: Answer = read("operations/queryDeviceStatus", Answer)

    assert (queue.number, queue.is_blocked) == (2, True)
    assert drive.fn_status is not None
    assert drive.fn_status.fiscal_document_number == 71
    assert shift.shift_status is not None
    assert (shift.shift_status.state, shift.shift_status.number) == ("opened", 12)
    assert device.device_status is not None
    assert device.device_status.paper_present


@pytest.mark.parametrize("body", [{"error": {"code": 505, "description": "d"}}, {"code": 505, "description": "d"}])
def test_refusal_is_read_nested_and_flat(body: dict[str, Any]) -> None:
    fault = msgspec.json.decode(json.dumps(body), type=Refusal).fault

    assert (fault.code, fault.description) == (505, "d")


@pytest.mark.parametrize(
    ("told", "sign"),
    [("21041D76E01C", "0494329884"), ("0494325660", "0494325660"), (494325660, "0494325660"), ("7", "0000000007")],
)
def test_fiscal_sign_of_the_archive_is_ten_digits(told: str | int, sign: str) -> None:
    tags = Tags("receipt", moment="2026-11-20T12:34:00", total=Decimal(1), sign=1, fiscal_sign=told)

    found = found_document(tags, 5, "9999078900000001", MSK)

    assert isinstance(found, FiscalDocument)
    assert found.fp == sign


@pytest.mark.parametrize("told", [None, "", "7" * 11, "-5", -5, "2104ZZ76E01C"])
def test_fiscal_sign_in_no_known_form_is_unreadable(told: str | int | None) -> None:
    tags = Tags("receipt", moment="2026-11-20T12:34:00", total=Decimal(1), sign=1, fiscal_sign=told)

    with pytest.raises(Unreadable):
        found_document(tags, 5, "9999078900000001", MSK)
