"""How a register's actor is to behave, as it was configured."""

from dataclasses import dataclass
from datetime import UTC, time, tzinfo
from zoneinfo import ZoneInfo

from protocols.register_settings import RegisterSettings


@dataclass(frozen=True)
class Policy:
    """Seconds. `linger`: the longest time that a command can be under way on this link before it arrives.

    `tells_confirmed`: its receipts do not go to the OFD through us, or as its drive's own messages; what it says of its
    queue tells which of them are there. `close_shift_at` is on the register's clock, which shows the time of `zone`.
    """

    linger: float = 10.0
    reconnect: float = 0.5
    longest_reconnect: float = 30.0
    auto_open_shift: bool = True
    reopen_expired_shift: bool = True
    close_shift_at: time | None = None
    zone: tzinfo = UTC
    tells_confirmed: bool = False


def policy_of(register: RegisterSettings, *, tells_confirmed: bool = False) -> Policy:
    return Policy(
        linger=register.linger,
        auto_open_shift=register.auto_open_shift,
        reopen_expired_shift=register.reopen_expired_shift,
        close_shift_at=register.close_shift_at,
        zone=ZoneInfo(register.timezone),
        tells_confirmed=tells_confirmed,
    )
