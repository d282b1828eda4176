"""Registers are found where they are, told apart, and left alone where the gateway works with them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import trio
from quart import Response
from quart_trio import QuartTrio

from drivers import web
from drivers.kkt.discovery import discover
from drivers.kkt.serial_ports import serial_ports
from protocols.found import FoundRegister
from protocols.places import BadAddress
from tests.emulated_register import Served, emulated, emulated_pty

ANSWERS = {
    "/api/v2/serverInfo": {"serverVersion": "1.0", "driverVersion": "10.9", "os": "linux"},
    "/api/v2/operations/queryDeviceInfo": {"deviceInfo": {"modelName": "АТОЛ 30Ф", "serial": "00106"}},
    "/api/v2/operations/queryFnInfo": {"fnInfo": {"serial": "9999078900001234"}},
}


@asynccontextmanager
async def server(answers: dict[str, object], status: int = 200) -> AsyncIterator[int]:
    """The port of a web server that gives these answers."""
    app = QuartTrio(__name__)

    @app.route("/<path:path>", methods=["GET", "POST"])
    async def any_path(path: str) -> Response:
        found = answers.get(f"/{path}")
        return Response(msgspec.json.encode(found), status if found else 404, content_type="application/json")

    with web.bind("127.0.0.1", 0) as listener:
        async with trio.open_nursery() as nursery:
            await nursery.start(serve, app, listener)
            yield listener.getsockname()[1]
            nursery.cancel_scope.cancel()


async def serve(app: QuartTrio, listener: object, *, task_status: trio.TaskStatus[None]) -> None:
    entrance = web.SocketEntrance(listener)  # type: ignore[arg-type]
    await web.serve(app, entrance, stopping=trio.Event(), task_status=task_status)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with emulated(tmp_path / "drive.jsonl") as served:
        yield served


async def test_a_register_tells_who_it_is_and_where_it_goes_in_the_configuration(served: Served) -> None:
    (found,) = await discover([], [f"127.0.0.1:{served.port}"])

    assert (found.driver, found.model, found.trouble) == ("shtrih", "ШТРИХ-М-01Ф", "")
    assert found.fn == (await served.state())["fn"]
    assert found.serial.isdecimal()
    assert len(found.kkt_number) == 16
    assert found.as_config("POS-007") == (
        f'[[kkt.registers]]\npos_id = "POS-007"\ndriver = "shtrih"\ndevice_path = "tcp://127.0.0.1:{served.port}"\n'
    )


async def test_a_register_on_a_serial_port_is_found_at_its_speed(tmp_path: Path) -> None:
    link = tmp_path / "ttyKKT"
    async with emulated_pty(tmp_path / "drive.jsonl", link, only_at=4_800):
        (found,) = await discover([str(link), "/dev/no-such-port"], [])

    assert (found.device_path, found.baudrate, found.model) == (str(link), 4_800, "ШТРИХ-М-01Ф")
    assert "baudrate = 4800\n" in found.as_config("POS-001")


async def test_a_register_with_another_password_is_found_all_the_same(served: Served) -> None:
    await served.behave(refuse_next={"code": 0x4F, "command": 0x11})

    (found,) = await discover([], [f"127.0.0.1:{served.port}"])

    assert (found.model, found.serial) == ("ШТРИХ-М-01Ф", "")
    assert "пароль" in found.trouble


async def test_the_vendors_web_server_tells_of_its_register() -> None:
    async with server(ANSWERS) as port:
        found = await discover([], [f"127.0.0.1:{port}"])

    url = f"http://127.0.0.1:{port}"
    assert found == [FoundRegister("atol", url, model="АТОЛ 30Ф", serial="00106", fn="9999078900001234")]


async def test_a_web_server_that_wants_a_user_counts_as_found() -> None:
    async with server(ANSWERS, status=401) as port:
        (found,) = await discover([], [f"127.0.0.1:{port}"])

    assert found.driver == "atol"
    assert "user" in found.trouble


async def test_other_servers_are_no_registers(served: Served) -> None:
    async with server({"/api/v2/serverInfo": {"hello": "world"}}) as port, server({}) as other:
        assert await discover([], [f"127.0.0.1:{port}", f"127.0.0.1:{other}"]) == []


@pytest.mark.parametrize("spelled", ["127.0.0.1", "localhost"])
async def test_a_register_that_the_gateway_holds_is_named_and_not_disturbed(served: Served, spelled: str) -> None:
    holder = await trio.open_tcp_stream("127.0.0.1", served.port)  # another connection would end this one
    held = f"tcp://127.0.0.1:{served.port}"

    found = await discover([], [f"{spelled}:{served.port}"], held=[held])

    assert found == [FoundRegister("shtrih", held, in_use=True)]
    with pytest.raises(trio.TooSlowError), trio.fail_after(0.1):
        await holder.receive_some()
    await holder.aclose()


async def test_a_serial_port_that_the_gateway_holds_is_known_by_every_path_to_it(tmp_path: Path) -> None:
    link = tmp_path / "ttyKKT"
    async with emulated_pty(tmp_path / "drive.jsonl", link):
        port = str(await trio.Path(link).resolve())
        found = await discover([str(link)], [], held=[port])

    assert found == [FoundRegister("shtrih", port, in_use=True)]


async def test_results_stand_in_the_order_of_the_question(served: Served) -> None:
    async with server(ANSWERS) as port:
        found = await discover([], [f"127.0.0.1:{port}", f"127.0.0.1:{served.port}"])

    assert [each.driver for each in found] == ["atol", "shtrih"]


async def test_a_silent_address_costs_no_more_than_it_is_given(served: Served) -> None:
    with web.bind("127.0.0.1", 0) as mute, trio.fail_after(20):
        found = await discover([], [f"127.0.0.1:{mute.getsockname()[1]}", f"127.0.0.1:{served.port}"], within=2.0)

    assert [each.driver for each in found] == ["shtrih"]


@pytest.mark.parametrize("address", ["10.0.0.0/8", "host:0", "host:70000", "http://host", "a b", "1.2.3.4/x"])
async def test_what_is_no_address_is_told_before_anything_is_asked(address: str) -> None:
    with pytest.raises(BadAddress, match=address.replace("/", ".")):
        await discover([], [address])


async def test_more_addresses_than_a_shop_has_are_refused() -> None:
    with pytest.raises(BadAddress, match="1024"):
        await discover([], [f"10.0.{net}.0/24" for net in range(5)])


def test_the_ports_of_this_machine_can_be_listed() -> None:
    assert all(path.startswith("/dev/") for path in serial_ports())
