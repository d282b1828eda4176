"""A command from the wire carried out: bytes in, bytes out."""

from typing import Any

from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.refuse import Refuse
from drivers.emulators.shtrih.rules import CLOSED, IN_RECEIPT, RULES, Rule
from protocols.shtrih.codes import Error, Mode
from protocols.shtrih.commands import Command, UnknownCommand, decode_request, encode_answer, encode_refusal
from protocols.shtrih.layout import LayoutError

_NOT_IN = {
    Mode.SHIFT_CLOSED: Error.SHIFT_NOT_OPEN,
    Mode.SHIFT_OPEN: Error.WRONG_MODE,
    Mode.SHIFT_OVER_24H: Error.SHIFT_OVER_24H,
    Mode.RECEIPT_OPEN: Error.RECEIPT_OPEN,
    Mode.AWAITS_DATE_CONFIRMATION: Error.CONFIRM_DATE,
}


def code_of(body: bytes) -> int:
    """The command's number: one byte, or two that begin with FF."""
    return int.from_bytes(body[: 2 if body[0] == 0xFF else 1], "big")


def refuses(answer: bytes) -> bool:
    """Whether it is a "no": the byte behind the command's number."""
    return answer[2 if answer[0] == 0xFF else 1] != 0


def execute(device: Device, body: bytes) -> bytes:
    """The answer to CMD+data, a refusal if need be. Blocks while the drive writes. Raises OSError from the drive."""
    try:
        request = decode_request(body)
    except UnknownCommand:
        return encode_refusal(code_of(body), Error.NOT_SUPPORTED)
    except LayoutError:
        return encode_refusal(code_of(body), Error.BAD_LENGTH)
    try:
        answer = _obey(device, request)
    except Refuse as refusal:
        return encode_refusal(code_of(body), refusal.code)
    return encode_answer(request, answer)


def _obey(device: Device, request: Command[Any]) -> Any:
    rule = RULES.get(type(request))
    if rule is None:
        raise Refuse(Error.NOT_SUPPORTED)
    operator = device.operator(request.password) if hasattr(request, "password") else 0
    if operator and operator < rule.least:
        raise Refuse(Error.WRONG_PASSWORD)
    _refuse_by_order(device, rule, request.CODE)
    if rule.prints:
        device.check_paper()
    if device.faults.fn_silent and (rule.lasts or request.CODE > 0xFF):
        raise Refuse(Error.DRIVE_SILENT)
    if device.mode not in rule.modes:
        raise Refuse(_misplaced(device.mode, rule))
    return rule.do(device, request, operator)


def _refuse_by_order(device: Device, rule: Rule, code: int) -> None:
    refusal = device.faults.refuse_next
    if refusal and (rule.prints if refusal.command is None else refusal.command == code):
        device.faults.refuse_next = None
        raise Refuse(refusal.code)


def _misplaced(mode: Mode, rule: Rule) -> Error:
    """Which refusal says best what is in the way."""
    if rule.modes == IN_RECEIPT or mode is Mode.DATA_OUTPUT:
        return Error.WRONG_MODE
    if rule.modes == CLOSED and mode in (Mode.SHIFT_OPEN, Mode.SHIFT_OVER_24H):
        return Error.SHIFT_OPEN
    return _NOT_IN[mode]
