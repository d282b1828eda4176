"""Who is there? A few harmless questions to what may be a register."""

from collections.abc import Callable
from dataclasses import replace

import trio
from msgspec import Struct

from drivers.http_link import HttpLink, Malformed
from drivers.kkt.line import Line
from drivers.kkt.port import RegisterRefused
from drivers.kkt.shtrih_link import ShtrihLink
from protocols.found import FoundRegister
from protocols.shtrih.drive import ReadFiscalDriveNumber, ReadRegistrationResult
from protocols.shtrih.service import ReadDeviceType, ReadLongStatus

PASSWORD = 30  # the system administrator's, as registers leave the works
ANSWER = 3.0  # seconds
NEEDS_USER = 401


async def ask_shtrih(line: Line, path: str, speed: Callable[[], int] = int) -> FoundRegister:
    """`speed` tells that of the line once it is open. Raises LinkError where nobody speaks this protocol."""
    link = ShtrihLink(line, ANSWER)
    try:
        await line.open()
        found = FoundRegister("shtrih", path, speed(), (await link.ask(ReadDeviceType())).name)
        try:
            return await _named(found, link)
        except RegisterRefused as refusal:  # another password, no fiscal drive, not registered yet
            return replace(found, trouble=str(refusal))
    finally:
        with trio.CancelScope(shield=True):
            await line.drop()


async def _named(found: FoundRegister, link: ShtrihLink) -> FoundRegister:
    return replace(
        found,
        serial=str((await link.ask(ReadLongStatus(PASSWORD))).serial),
        fn=(await link.ask(ReadFiscalDriveNumber(PASSWORD))).serial.strip(),
        kkt_number=(await link.ask(ReadRegistrationResult(PASSWORD))).register_number.strip(),
    )


class _Server(Struct, frozen=True, rename="camel"):
    """GET serverInfo of the vendor's web server (OpenAPI of Web Requests 1.0.4.0)."""

    driver_version: str


class _Device(Struct, frozen=True, rename="camel"):
    model_name: str = ""
    serial: str = ""


class _Drive(Struct, frozen=True, rename="camel"):
    serial: str = ""


class _Told(Struct, frozen=True, rename="camel"):
    """POST operations/queryDeviceInfo and operations/queryFnInfo."""

    device_info: _Device = _Device()
    fn_info: _Drive = _Drive()


async def ask_atol(url: str) -> FoundRegister | None:
    """None where some other web server answers. Raises LinkError."""
    async with HttpLink(f"{url}/api/v2/", timeout=ANSWER) as http:
        server = await http.get("serverInfo")
        if server.status == NEEDS_USER:
            return FoundRegister("atol", url, trouble="the server wants a user and a password")
        try:
            server.read(_Server)
            device = (await http.post("operations/queryDeviceInfo", {})).read(_Told).device_info
            drive = (await http.post("operations/queryFnInfo", {})).read(_Told).fn_info
        except Malformed:
            return None
    return FoundRegister("atol", url, model=device.model_name, serial=device.serial, fn=drive.serial)
