"""From which figures on a person is alerted: `[alerts]`."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from protocols.section import Section

Figure = Annotated[float, Field(gt=0, le=1_000_000)]
Pause = Annotated[float, Field(ge=0, le=86_400)]


class Threshold(Section):
    """Begins when the figure is at `fire` and has not been below `clear` for `hold` seconds; ends below `clear`."""

    fire: Figure
    clear: Figure
    hold: Pause = 0.0

    @model_validator(mode="after")
    def _check(self) -> "Threshold":
        if self.clear > self.fire:
            raise ValueError(f"it would end at {self.clear:g} before it begins at {self.fire:g}")
        return self


class Alerts(Section):
    """Figures of the offline-first adapter's specification, §3.6 and §3.8; percent, seconds, receipts. Of a
    threshold one figure may be set alone."""

    dwell: Pause = 10.0  # how long a lost way must be good again before the mode gets better
    buffer_warning: Threshold = Threshold(fire=80, clear=75)  # percent
    buffer_critical: Threshold = Threshold(fire=90, clear=85)
    buffer_full: Threshold = Threshold(fire=100, clear=95)
    receipt_latency: Threshold = Threshold(fire=60, clear=45)  # seconds; of the slowest twentieth
    sync_duration: Threshold = Threshold(
        fire=1200, clear=300, hold=60
    )  # seconds; of a receipt's wait while the OFD answers
    clock_drift: Threshold = Threshold(fire=5, clear=3)  # seconds
    dead_letters: Threshold = Threshold(fire=11, clear=11)  # receipts
    queue_standing: Threshold = Threshold(fire=21, clear=15, hold=300)  # receipts that wait for their register
    queue_long: Threshold = Threshold(fire=51, clear=40)
    queue_critical: Threshold = Threshold(fire=101, clear=80)
    register_down_after: Pause = 60.0
    odoo_lost_after: Pause = 300.0
    ofd_lost_after: Pause = 300.0

    @model_validator(mode="before")
    @classmethod
    def _over_defaults(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {name: _completed(cls.model_fields[name].default, value) if name in cls.model_fields else value
                for name, value in given.items()}  # fmt: skip


def _completed(default: Any, given: Any) -> Any:
    if isinstance(default, Threshold) and isinstance(given, dict):
        return {**default.model_dump(), **given}
    return given
