"""Marked goods, in format 1.2: a code is checked (FF61h), decided upon (FF69h), bound to a line (FF67h)."""

from drivers.emulators.shtrih.device import Device
from drivers.emulators.shtrih.labels import Checked, Codes
from drivers.emulators.shtrih.refuse import Refuse
from drivers.emulators.shtrih.tables import FFD_12
from protocols.shtrih import marking
from protocols.shtrih.codes import Error

NOT_ENABLED = 0xA0
KIND_44 = 3  # with a check code of 44 letters
BY_DRIVE = Checked.BY_DRIVE | Checked.DRIVE_SAYS_GOOD


def check(device: Device, request: marking.CheckMarkingCode, operator: int) -> marking.MarkingCodeChecked:
    code = _code(device, request.code_and_tlv[0])
    if request.mode:
        raise Refuse(Error.BAD_PARAMETERS)
    found = device.codes.check(code)
    return marking.MarkingCodeChecked(found & BY_DRIVE, 0, KIND_44, more=2, drive_answer=0, result=found)


def decide(device: Device, request: marking.AcceptMarkingCode, operator: int) -> marking.MarkingCodeAccepted:
    _check_format(device)
    if request.verdict == marking.Verdict.CLEAR:
        device.codes = Codes()
        return marking.MarkingCodeAccepted(0)
    if request.verdict not in (marking.Verdict.REJECT, marking.Verdict.ACCEPT):
        raise Refuse(Error.BAD_PARAMETERS)
    return marking.MarkingCodeAccepted(device.codes.decide(request.verdict == marking.Verdict.ACCEPT))


def bind(device: Device, request: marking.BindMarkingCode, operator: int) -> marking.MarkingCodeBound:
    """To the last line, or to the next where that has its code: sources disagree on which comes first."""
    code = _code(device, request.code[0])
    receipt = device.in_hand(operator)
    device.codes.bind(code)
    receipt.bind(code.hex())
    return marking.MarkingCodeBound(recognised=0, kind=KIND_44)


def _code(device: Device, code: bytes) -> bytes:
    _check_format(device)
    if not code:
        raise Refuse(Error.BAD_PARAMETERS)
    return code


def _check_format(device: Device) -> None:
    if device.tables.ffd < FFD_12:
        raise Refuse(NOT_ENABLED)
