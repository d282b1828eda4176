"""The emulated register met by a client that knows nothing of this repository: pyshtrih 2.0.6 over TCP.

pyshtrih was written for a serial port; over TCP it works once its port object is swapped for pyserial's `socket://`.
It does not know FF46h and FF45h, so receipts here are made of the old commands. Its results go by Russian names.
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pyshtrih
import pytest
import serial
import trio

from tests.emulated_register import WITHIN, Served, emulated, emulated_pty

T = TypeVar("T")
MINUTE = timedelta(minutes=1)


class Client:
    """pyshtrih in a thread, since it blocks; the register runs in the test's own loop meanwhile."""

    def __init__(self, served: Served) -> None:
        url = f"socket://127.0.0.1:{served.port}"
        self.device: Any = pyshtrih.ShtrihM02F(port=url, timeout=1)
        self.device.protocol.serial = serial.serial_for_url(url, do_not_open=True, baudrate=115200, timeout=1)

    async def __call__(self, what: Callable[[Any], T]) -> T:
        """What it says of the device. Raises its errors, and trio.TooSlowError."""
        with trio.fail_after(WITHIN):
            return await trio.to_thread.run_sync(what, self.device, abandon_on_cancel=True)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with emulated(tmp_path / "drive.jsonl", print_delay=0.01) as served:
        yield served


@pytest.fixture
async def client(served: Served) -> AsyncIterator[Client]:
    client = Client(served)
    await client(lambda device: device.connect())
    yield client
    await client(lambda device: device.disconnect())


def sell(device: Any) -> Any:
    device.open_check(0)
    device.sale(("Чай", 1500, 10000), department_num=1, tax1=2)
    return device.close_check(cash=20000)


def refund(device: Any) -> Any:
    device.open_check(2)
    device.return_sale(("Чай", 1000, 10000))
    return device.close_check(payment_type2=10000)


async def test_it_connects_and_learns_the_model(client: Client) -> None:
    assert await client(lambda device: device.name) == "ШТРИХ-М-01Ф"


async def test_it_reads_the_short_status(client: Client) -> None:
    status = await client(lambda device: device.state())

    assert (status["Режим ФР"].state, status["Подрежим ФР"].state) == ((2, 0), 0)
    assert status["Флаги ФР"]["Рулон чековой ленты"]
    assert status["Порядковый номер оператора"] == 1


async def test_it_reads_the_long_status(client: Client, served: Served) -> None:
    await client(sell)
    status = await client(lambda device: device.full_state())

    state = await served.state()
    assert status["Заводской номер"] == int(state["serial"])
    assert status["Сквозной номер текущего документа"] == state["last_fd"] == 1
    assert status["Номер последней закрытой смены"] == 0
    assert abs(datetime.combine(status["Дата"], status["Время"], UTC) - datetime.now(UTC)) < MINUTE


async def test_it_sells_and_the_journal_has_the_receipt(client: Client, served: Served) -> None:
    closed = await client(sell)

    assert closed["Сдача"] == 5000
    (document,) = await served.documents()
    assert (document["kind"], document["operation"], document["total_kopecks"]) == (3, 1, 15000)
    (item,) = document["items"]
    assert (item["name"], item["quantity"], item["vat"], item["department"]) == ("Чай", "1.5", "10%", 1)


async def test_it_refunds(client: Client, served: Served) -> None:
    await client(refund)

    (document,) = await served.documents()
    assert (document["operation"], document["payments"]) == (2, {"2": 10000})


async def test_it_cancels_a_receipt(client: Client, served: Served) -> None:
    await client(lambda device: device.open_check(0))
    assert (await client(lambda device: device.state()))["Режим ФР"].state == (8, 0)

    await client(lambda device: device.cancel_check())

    assert (await client(lambda device: device.state()))["Режим ФР"].state == (2, 0)
    assert await served.documents() == []


async def test_it_sees_the_drive(client: Client, served: Served) -> None:
    await client(sell)
    status = await client(lambda device: device.fs_state())

    (document,) = await served.documents()
    assert (status["Номер последнего ФД"], status["Номер ФН"].decode()) == (document["fd"], document["fn"])
    assert (status["Состояние смены"], status["Текущий документ"]) == ("смена открыта", "нет открытого документа")
    assert status["Состояние фазы жизни"]["Открыт фискальный режим"]
    assert status["Дата и время"] == _to_the_minute(document["at"])


async def test_it_sees_how_the_exchange_with_the_ofd_stands(client: Client, served: Served) -> None:
    for _ in range(3):
        await client(sell)
    await served.behave(ofd_queue=2)

    exchange = await client(lambda device: device.fs_info_exchange())
    unconfirmed = await client(lambda device: device.fs_unconfirmed_document_count())

    second = (await served.documents())[1]
    assert exchange["Количество сообщений для ОФД"] == unconfirmed["Количество неподтверждённых ФД"] == 2
    assert exchange["Номер документа для ОФД первого в очереди"] == second["fd"]
    assert exchange["Дата и время документа для ОФД первого в очереди"] == _to_the_minute(second["at"])
    assert exchange["Статус информационного обмена"]["Есть сообщение для передачи в ОФД"]


async def test_it_sees_the_shift(client: Client, served: Served) -> None:
    await client(sell)
    shift = await client(lambda device: device.fs_shift_params())

    (document,) = await served.documents()
    assert (shift["Состояние смены"], shift["Номер смены"]) == ("смена открыта", document["shift_number"])
    assert shift["Номер чека"] == document["receipt_number"]


async def test_it_sees_until_when_the_drive_serves(client: Client) -> None:
    expiry = await client(lambda device: device.fs_expiration_time())

    left = expiry["Срок действия"] - datetime.now(UTC).date()
    assert left.days in range(455, 461)  # 15 months
    assert expiry["Выполнено отчетов о перерегистрации"] == 0


async def test_it_finds_a_document(client: Client, served: Served) -> None:
    await client(sell)
    found = await client(lambda device: device.fs_find_document_by_num(1))

    (document,) = await served.documents()
    data = bytes(found["Данные фискального документа"])
    assert found["Тип фискального документа"] == document["kind"]
    assert int.from_bytes(data[5:9], "little") == document["fd"]
    assert int.from_bytes(data[9:13], "little") == int(document["fp"])
    assert (data[13], int.from_bytes(data[14:19], "little")) == (document["operation"], document["total_kopecks"])


async def test_it_hears_that_a_document_is_not_there(client: Client) -> None:
    with pytest.raises(pyshtrih.Error) as refusal:
        await client(lambda device: device.fs_find_document_by_num(1))

    assert refusal.value.code == 0x08


async def test_it_hears_a_refusal(client: Client) -> None:
    await client(lambda device: device.open_check(0))
    await client(lambda device: device.sale(("Чай", 1000, 10000)))

    with pytest.raises(pyshtrih.Error) as refusal:
        await client(lambda device: device.close_check(cash=9999))

    assert refusal.value.code == 0x45


async def test_it_closes_the_shift_and_opens_the_next_with_the_cashier_named(client: Client, served: Served) -> None:
    cashier = "Иван"
    await client(sell)
    await client(lambda device: device.z_report())
    assert (await client(lambda device: device.state()))["Режим ФР"].state == (4, 0)

    await client(lambda device: device.fs_begin_open_shift())
    await client(lambda device: device.send_tlv_struct(bytearray(b"\xfd\x03\x04\x00" + cashier.encode("cp866"))))
    await client(lambda device: device.open_shift())

    assert [(each["kind"], each["shift_number"], each["tags"]) for each in await served.documents()] == [
        (3, 1, {}),
        (5, 1, {}),
        (2, 2, {"1021": cashier}),
    ]


async def test_it_moves_cash_and_reads_registers_and_tables(client: Client, served: Served) -> None:
    await client(lambda device: device.income(50000))
    await client(lambda device: device.outcome(20000))

    register = await client(lambda device: device.request_monetary_register(241))
    sums = await client(lambda device: [device.request_monetary_register(number) for number in (242, 243)])
    counts = await client(lambda device: [device.request_operational_register(number) for number in (153, 154)])
    rnm = await client(lambda device: device.read_table(18, 1, 3, str))
    assert register["Содержимое регистра"] == 30000
    assert [each["Содержимое регистра"] for each in (*sums, *counts)] == [50000, 20000, 1, 1]
    assert rnm["Значение"] == (await served.state())["rnm"]


async def test_it_prints_a_correction_and_finds_it(client: Client, served: Served) -> None:
    """It knows the old way (FF36h) only."""
    basis = bytes.fromhex("9604 0D00 9A04 0400 00000000 9B04 0100 30")
    await client(lambda device: device.fs_begin_correction_check())
    await client(lambda device: device.send_tlv_struct(basis))
    formed = await client(lambda device: device.fs_correction_check(12300, 1))
    found = await client(lambda device: device.fs_find_document_by_num(1))

    (kept,) = await served.documents()
    assert (kept["kind"], kept["operation"], kept["total_kopecks"]) == (31, 1, 12300)
    assert kept["tags"] == {"1174": basis[4:].hex()}
    assert (formed["Номер ФД"], formed["Фискальный признак"]) == (1, int(kept["fp"]))
    assert found["Тип фискального документа"] == 31


async def test_it_cancels_a_correction_it_began(client: Client, served: Served) -> None:
    await client(lambda device: device.fs_begin_correction_check())
    begun = await client(lambda device: device.fs_state())
    await client(lambda device: device.fs_cancel_document())

    assert begun["Текущий документ"] == "кассовый чек коррекции"
    assert (await client(lambda device: device.fs_state()))["Текущий документ"] == "нет открытого документа"
    assert await served.documents() == []


async def test_it_goes_on_after_the_paper_ended_over_a_receipt(client: Client, served: Served) -> None:
    await served.behave(paper="out_next")
    await client(sell)
    await served.behave(paper="present")

    await client(sell)  # it sends B0h by itself first

    assert [each["fd"] for each in await served.documents()] == [1, 2]


async def test_an_answer_lost_on_the_wire_leaves_one_document(client: Client, served: Served) -> None:
    await served.behave(lose_answer_next=1)

    with pytest.raises(pyshtrih.CloseCheckError):
        await client(sell)

    assert len(await served.documents()) == 1
    assert (await client(lambda device: device.fs_state()))["Номер последнего ФД"] == 1


def _to_the_minute(at: str) -> datetime:
    return datetime.fromisoformat(at).replace(second=0, microsecond=0, tzinfo=None)


async def test_it_finds_the_register_on_a_serial_port_and_sells(tmp_path: Path) -> None:
    def find_and_sell() -> tuple[str, int]:
        (device,) = pyshtrih.discovery(port=str(tmp_path / "kkt0"), baudrate=115200)
        device.connect()
        change = sell(device)["Сдача"]
        device.disconnect()
        return device.name, change

    async with emulated_pty(tmp_path / "drive.jsonl", tmp_path / "kkt0"):
        with trio.fail_after(WITHIN):
            assert await trio.to_thread.run_sync(find_and_sell, abandon_on_cancel=True) == ("ШТРИХ-М-01Ф", 5000)
