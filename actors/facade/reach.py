"""Whom the facade asks, and how long it waits for them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from actors import buffer, status
from actors.kkt import actor as kkt
from actors.mailbox import Address
from drivers.clock import Now
from drivers.store.event_log import Events


@dataclass(frozen=True)
class Reach:
    """`kkts` by pos_id. `stand_ins`: who may take whose sales, by pos_id.

    `receipt_timeout`: seconds a POS waits for its receipt before it is told to ask again. `new_id` names receipts and
    errors.
    """

    kkts: Mapping[str, Address[kkt.Message]]
    buffer: Address[buffer.Message]
    status: Address[status.Message]
    events: Events
    capacity: int
    receipt_timeout: float
    now: Now
    new_id: Callable[[], str]
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    device_paths: Sequence[str] = ()  # of the registers that this gateway works with
    patience: float = 5.0  # seconds for a question that touches no device
