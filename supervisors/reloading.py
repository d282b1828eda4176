"""The settings read anew while the gateway runs: at SIGHUP, what can change without a restart changes."""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
import trio

from drivers.config import ConfigError
from drivers.web import BadCertificate, Tls
from protocols.link_policy import Policy
from protocols.settings import Settings

log = structlog.get_logger()


@dataclass
class Reloading:
    """`known`: as the gateway started, or was last changed. `apply` takes over the figures of the links; the files of
    `tls` are read anew, whatever the settings are."""

    known: Settings
    load: Callable[[], Settings]
    apply: Callable[[Settings], None]
    tls: Sequence[Tls] = ()

    async def __call__(self) -> None:
        """Settings that are wrong change nothing; what needs a restart is named, and the rest is taken over."""
        for tls in self.tls:
            await _renew(tls)
        try:
            fresh = await trio.to_thread.run_sync(self.load)
        except ConfigError as error:
            log.error("settings_refused", reason=str(error))
            return
        changed = set(_differences(self.known.model_dump(), fresh.model_dump()))
        taken = {key for key in changed if _is_of_a_link(key, fresh)}
        self.apply(fresh)
        self.known = self.known.with_links_of(fresh)
        log.info("settings_taken_over", changed=sorted(taken))
        if changed - taken:
            log.warning("settings_need_restart", changed=sorted(changed - taken))


async def _renew(tls: Tls) -> None:
    try:
        await trio.to_thread.run_sync(tls.reload)
    except BadCertificate as error:
        log.error("certificates_refused", reason=str(error))
    else:
        log.info("certificates_taken_over")


async def reload_on_hangup(
    reloading: Reloading, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    with trio.open_signal_receiver(signal.SIGHUP) as signals:
        task_status.started()
        async for _ in signals:
            await reloading()


def _is_of_a_link(key: str, settings: Settings) -> bool:
    section, _, rest = key.partition(".")
    return section in settings.links and rest.partition(".")[0] in Policy.model_fields


def _differences(old: Mapping[str, Any], new: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Dotted keys; a list is one value."""
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _differences(before, after, f"{path}{key}.")
        elif before != after:
            yield f"{path}{key}"
