"""Registers, as they last told how they stand. No register is asked for it."""

from datetime import date
from typing import Literal

from pydantic import Field

from protocols.alarm import Level
from protocols.api_answers.base import Answer, Fn, Moment, PosId
from protocols.fiscal import DriveWarning, Paper, Shift


class Trouble(Answer):
    """Why a register cannot print now."""

    code: str = Field(examples=["KKT_NO_PAPER"])
    message: str


class Alarm(Answer):
    """What a person must see to at a register."""

    code: str = Field(examples=["DRIVE_EXPIRES"])
    level: Level = Field(description="P1: sales stop soon, or have stopped. P2: this week. P3: to be known.")
    message: str


class Drive(Answer):
    """The fiscal drive (ФН). What a register does not tell is null."""

    fn: Fn
    expires: date | None
    days_left: int | None = Field(description="Negative once it has expired.")
    documents_left: int | None = Field(description="How many more it takes.")
    warnings: list[DriveWarning]


class OfdQueue(Answer):
    """Documents that the drive itself has still to send to the OFD."""

    unsent: int | None
    oldest_at: Moment | None
    oldest_age_s: int | None
    days_left: int | None = Field(description="Until the drive prints no more, 30 days after the oldest.")


class ShiftPolicy(Answer):
    """What the gateway does by itself when a receipt meets a shift that is closed, or open for over 24 hours."""

    auto_open: bool
    reopen_expired: bool


class RegisterState(Answer):
    """A register. What it has not told yet, or never tells, is missing or null."""

    pos_id: PosId
    ready: bool = Field(description="It can print now.")
    trouble: Trouble | None
    alarms: list[Alarm]
    driver: str | None = Field(None, examples=["shtrih", "atol"])
    shift_policy: ShiftPolicy | None = None
    model: str | None = None
    serial: str | None = None
    fn: Fn | None = None
    rnm: str | None = Field(None, description="Number with the tax office (РНМ).")
    last_fd: int | None = Field(None, description="The last fiscal document in the drive.")
    shift: Shift | None = Field(None, description="`expired`: open for over 24 hours.")
    shift_number: int | None = None
    shift_opened_at: Moment | None = None
    paper: Paper | None = Field(None, description="`waits`: it is back, and the register waits to go on printing.")
    ffd: str | None = Field(None, description="Format of fiscal data.", examples=["1.2"])
    firmware: str | None = None
    cover_open: bool | None = None
    drawer_open: bool | None = None
    temperature_c: float | None = None
    supply_v: float | None = None
    battery_v: float | None = None
    clock_drift_s: int | None = Field(None, description="By how much its clock is ahead of the gateway's, in seconds.")
    drive: Drive | None = None
    ofd_queue: OfdQueue | None = None
    receipt_latency_p95_s: float | None = Field(None, description="95 of 100 receipts took no longer, in seconds.")


class Devices(Answer):
    """Every register of the settings, by name."""

    devices: list[RegisterState]


class ShiftState(Answer):
    """The shift, as the register last told it."""

    pos_id: PosId
    shift: Shift | None
    shift_number: int | None
    shift_opened_at: Moment | None
    last_fd: int | None
    ready: bool
    trouble: Trouble | None


class Said(Answer):
    """For a program and for the cashier."""

    code: str
    message: str = Field(description="In the language that was asked for.")


class Readiness(Answer):
    """May a card be charged now."""

    pos_id: PosId
    printed_on: PosId = Field(description="The register that would print: this one, or its stand-in.")
    ready: bool = Field(description="True when there are no reasons. A sale may be refused all the same.")
    reasons: list[Said]
    warnings: list[Said] = Field(description="They hinder no sale.")
    shift_left_s: int | None = Field(
        description="Seconds until the open shift is 24 hours old; null with none, or where nobody knows."
    )


class Found(Answer):
    """A register that a search came upon. What it did not tell is empty."""

    driver: Literal["shtrih", "atol"]
    device_path: str = Field(description="As `config.toml` takes it.", examples=["tcp://192.168.1.50:7778"])
    baudrate: int = Field(description="Of a serial line; 0 with any other.")
    model: str
    serial: str
    fn: str
    kkt_number: str
    in_use: bool = Field(description="This gateway works with it, so it was asked nothing.")
    trouble: str = Field(description="Why it told nothing more; else empty.")
    config: str | None = Field(description="Its lines for `config.toml`; null when it is in use.")


class FoundRegisters(Answer):
    found: list[Found]
