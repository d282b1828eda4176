"""Settings that are read anew: what can change while the gateway runs does, the rest is named."""

import signal
from pathlib import Path

import pytest
import structlog
import trio

from drivers.config import ConfigError
from drivers.web import SocketEntrance, Tls, bind
from protocols.settings import Settings
from supervisors.reloading import Reloading, reload_on_hangup
from supervisors.wiring import Wiring
from tests.certificates import Authority


def settings(timeout: float = 10, threshold: int = 5, capacity: int = 200) -> Settings:
    return Settings.model_validate(
        {
            "ofd": {"timeout": timeout, "breaker": {"failure_threshold": threshold}},
            "buffer": {"capacity": capacity},
        }
    )


async def test_figures_of_a_link_are_taken_over_and_what_needs_a_restart_is_named() -> None:
    applied: list[Settings] = []
    reloading = Reloading(settings(), lambda: settings(timeout=4, threshold=9, capacity=50), applied.append)

    with structlog.testing.capture_logs() as logs:
        await reloading()

    (taken,) = applied
    assert (taken.ofd.timeout, taken.ofd.breaker and taken.ofd.breaker.failure_threshold) == (4, 9)
    said = {entry["event"]: entry["changed"] for entry in logs}
    assert said["settings_taken_over"] == ["ofd.breaker.failure_threshold", "ofd.timeout"]
    assert said["settings_need_restart"] == ["buffer.capacity"]


async def test_what_needs_a_restart_is_named_again_until_it_comes() -> None:
    reloading = Reloading(settings(), lambda: settings(capacity=50), lambda _: None)
    for _ in range(2):
        with structlog.testing.capture_logs() as logs:
            await reloading()

    assert [entry["event"] for entry in logs] == ["settings_taken_over", "settings_need_restart"]


async def test_settings_that_are_wrong_change_nothing() -> None:
    def load() -> Settings:
        raise ConfigError("ofd.timeout: it is no number")

    applied: list[Settings] = []
    with structlog.testing.capture_logs() as logs:
        await Reloading(settings(), load, applied.append)()

    assert applied == []
    assert [entry["event"] for entry in logs] == ["settings_refused"]


async def test_a_breaker_that_is_gone_for_good_keeps_no_other_link_from_its_figures() -> None:
    with bind("127.0.0.1", 0) as listener:
        wiring = Wiring(settings(), SocketEntrance(listener))
        gone, lives = wiring.mailboxes.breakers["ofd"], wiring.mailboxes.breakers["odoo"]
        gone.abandon()

        with structlog.testing.capture_logs() as logs:
            await Reloading(settings(), lambda: settings(timeout=4), wiring.configure)()

    assert [entry["event"] for entry in logs] == ["breaker_not_configured", "settings_taken_over"]
    assert wiring.links["ofd"].policy.timeout == 4
    assert lives.depth == 1


async def test_a_hangup_signal_has_them_read(nursery: trio.Nursery, tmp_path: Path) -> None:
    send, receive = trio.open_memory_channel[Settings](1)
    await nursery.start(reload_on_hangup, Reloading(settings(), lambda: settings(timeout=3), send.send_nowait))

    signal.raise_signal(signal.SIGHUP)

    with trio.fail_after(5):
        assert (await receive.receive()).ofd.timeout == 3
    nursery.cancel_scope.cancel()


@pytest.mark.parametrize("stage", ["rate", "bulkhead", "breaker", "retry", "cache"])
def test_a_stage_can_be_switched_off_in_the_file(stage: str) -> None:
    assert getattr(Settings.model_validate({"ofd": {stage: False}}).ofd, stage) is None


async def test_certificates_are_read_anew_and_those_that_cannot_be_used_are_named_and_left_alone(
    tmp_path: Path,
) -> None:
    certificate, key = Authority(tmp_path).issue("localhost")
    good = certificate.read_bytes()
    reloading = Reloading(settings(), settings, lambda _: None, [Tls(certificate, key)])
    said = []
    for content in (good, b"nonsense", good):
        certificate.write_bytes(content)
        with structlog.testing.capture_logs() as logs:
            await reloading()
        said.append(logs[0]["event"])

    assert said == ["certificates_taken_over", "certificates_refused", "certificates_taken_over"]
