"""Marking codes of FFD 1.2: the tasks that have one checked, and what the check says."""

from protocols.atol.positions import imc_params
from protocols.atol.results import Camel, Fault
from protocols.atol.tasks import Task
from protocols.atol.words import UNITS
from protocols.item import Line, Marking, plain

READ_CHECK: Task = {"type": "getMarkingCodeValidationStatus"}
ACCEPT: Task = {"type": "acceptMarkingCode"}
DECLINE: Task = {"type": "declineMarkingCode"}
CANCEL: Task = {"type": "cancelMarkingCodeValidation"}
FORGET_ALL: Task = {"type": "clearMarkingCodeValidationResult"}


class ItemCheck(Camel, frozen=True):
    """FFD tag 2106, bit by bit: checked by the drive or the server; right; the server was asked; and says yes."""

    imc_check_flag: bool = False
    imc_check_result: bool = False
    imc_status_info: bool = False
    imc_estimated_status_correct: bool = False


class Online(Camel, frozen=True):
    item_info_check_result: ItemCheck = ItemCheck()


class CheckResult(Camel, frozen=True):
    """`driver_error`: why the server of the marking system could not be asked, if its code is not 0."""

    ready: bool = False
    driver_error: Fault = Fault()
    online_validation: Online = Online()


class Offline(Camel, frozen=True):
    fm_check: bool = False
    fm_check_result: bool = False


class BegunCheck(Camel, frozen=True):
    """What the fiscal drive itself says, at once."""

    offline_validation: Offline = Offline()


def check_task(line: Line, marking: Marking, sign: int) -> Task:
    """`sign` is FFD tag 1054 of the receipt. Raises NotSayable."""
    params = imc_params(line.item, marking, sign)
    if params["itemEstimatedStatus"] in ("itemDryForSale", "itemDryReturn"):
        params |= {"itemQuantity": plain(line.quantity), "itemUnits": UNITS[line.item.measure]}
    return {"type": "beginMarkingCodeValidation", "params": params}


def objection(begun: BegunCheck, checked: CheckResult) -> str | None:
    """Why the goods may not be sold, in Russian; None if they may.

    A server that cannot be asked is no reason: then the drive's own check decides, and a code that the drive has no
    keys for is sold unchecked, which the document says (FFD tag 2106).
    """
    online = checked.online_validation.item_info_check_result
    if online.imc_status_info and not online.imc_estimated_status_correct:
        return "система маркировки не разрешает продать этот товар"
    if online.imc_check_flag and not online.imc_check_result:
        return "код маркировки не прошёл проверку"
    if begun.offline_validation.fm_check and not begun.offline_validation.fm_check_result:
        return "код маркировки не прошёл проверку в ФН"
    return None
