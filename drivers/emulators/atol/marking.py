"""Marking codes: checked one at a time, accepted, then sold (FFD 1.2).

A code that ends in BAD is known to the server as not fit for sale; while the server is down only the drive answers.
"""

from drivers.emulators.atol import tags
from drivers.emulators.atol.device import Device
from drivers.emulators.atol.errors import Error, Refuse, describe
from drivers.emulators.atol.parts import Fields, Marking, MarkingTask, Position, Simple

BAD = b"BAD"
BY_DRIVE, BY_SERVER, GOOD = 0b00011, 0b00100, 0b01000
"""Bits of tag 2106: the drive has checked it and found it right; the server was asked; and says yes."""
MAX_MARKS = 128
FLAGS = ("imcCheckFlag", "imcCheckResult", "imcStatusInfo", "imcEstimatedStatusCorrect", "ecrStandAloneFlag")


def begin(device: Device, task: MarkingTask) -> Fields:
    _check_format(device)
    if device.mark_in_check is not None:
        raise Refuse(Error.INVALID_MARKING_STATE)
    device.mark_in_check = tags.code(task.params.imc)
    return {"offlineValidation": {"fmCheck": True, "fmCheckResult": True, "fmCheckErrorReason": "checked"}}


def state(device: Device, task: Simple) -> Fields:
    result = _result(device, _in_check(device))
    if not result & BY_SERVER:
        text = describe(Error.NO_CONNECTION_WITH_SERVER)
        error = {"code": int(Error.NO_CONNECTION_WITH_SERVER), "error": text, "description": text}
        return {"ready": True, "sentImcRequest": True, "driverError": error}
    good = bool(result & GOOD)
    return {
        "ready": True,
        "sentImcRequest": True,
        "driverError": {"code": 0, "error": "", "description": describe(0)},
        "onlineValidation": {
            "itemInfoCheckResult": _flags(result),
            "markOperatorItemStatus": "itemEstimatedStatusCorrect" if good else "itemEstimatedStatusIncorrect",
            "markOperatorResponse": {"responseStatus": True, "itemStatusCheck": good},
            "markOperatorResponseResult": "correct" if good else "incorrect",
            "imcType": "imcFmVerifyCode44",
            "imcBarcode": "",
            "imcModeProcessing": 0,
        },
    }


def accept(device: Device, task: Simple) -> Fields:
    mark = _in_check(device)
    if len(device.marks) >= MAX_MARKS:
        raise Refuse(Error.INVALID_MARKING_STATE)
    device.marks[mark] = _result(device, mark)
    device.mark_in_check = None
    return {"itemInfoCheckResult": _flags(device.marks[mark])}


def drop(device: Device, task: Simple) -> None:
    """declineMarkingCode, cancelMarkingCodeValidation."""
    _in_check(device)
    device.mark_in_check = None


def clear(device: Device, task: Simple) -> None:
    device.marks, device.mark_in_check = {}, None


def check_marked(device: Device, position: Position, *, validates: bool) -> None:
    """Raises Refuse: its marking code is not the format's, or was not checked."""
    old = position.nomenclature_code is not None or position.marking_code is not None
    if position.imc_params is None:
        if old and device.ffd == "1.2":
            raise Refuse(Error.PROPERTY_DENIED, "nomenclatureCode")
        return
    _check_format(device)
    if old:
        raise Refuse(Error.MARKING_CODE_CONFLICT)
    _check_params(device, position.imc_params, validates)


def _check_params(device: Device, marking: Marking, validates: bool) -> None:
    if marking.imc_mode_processing != 0:
        raise Refuse(Error.INVALID_PARAM, "imcModeProcessing")
    if marking.item_estimated_status is None:
        raise Refuse(Error.NO_REQUIRED_PROPERTY, "itemEstimatedStatus")
    checked = marking.item_info_check_result is not None or tags.code(marking.imc) in device.marks
    if not checked and not validates:
        raise Refuse(Error.MARK_NOT_CHECKED, "imc")


def marking_code(position: Position) -> str:
    """In hex; empty where there is none. Raises Refuse."""
    if position.imc_params is not None:
        return tags.code(position.imc_params.imc)
    if position.marking_code is not None:
        return tags.code(str(position.marking_code.get("mark", "")))
    code = position.nomenclature_code
    if isinstance(code, dict):
        return "".join(str(code.get(name, "")) for name in ("gtin", "serial")).encode().hex()
    return tags.code(code) if code else ""


def _check_format(device: Device) -> None:
    if device.ffd != "1.2":
        raise Refuse(Error.DENIED_IN_THIS_FFD)


def _in_check(device: Device) -> str:
    if device.mark_in_check is None:
        raise Refuse(Error.INVALID_MARKING_STATE)
    return device.mark_in_check


def _result(device: Device, mark: str) -> int:
    if device.faults.marking_server == "down":
        return BY_DRIVE
    return BY_DRIVE | BY_SERVER | (0 if bytes.fromhex(mark).endswith(BAD) else GOOD)


def _flags(result: int) -> dict[str, bool]:
    return {name: bool(result >> place & 1) for place, name in enumerate(FLAGS)}
