"""`run.py watch`: how gateways stand, live on a terminal. Changes nothing."""

import os
import signal
import sys
import termios
import tty
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NoReturn

import trio
from rich.console import Console
from rich.live import Live

from drivers.clock import utc_now
from drivers.status_client import StatusClient
from protocols.followed import Followed
from protocols.overview import Overview, overview
from supervisors.viewing_screen import Language, draw, write

REACHED, MISSED = 0, 1
REDRAW = 0.25  # seconds at least between two pictures
TICK = 1.0  # seconds after which the picture is drawn anew though nothing was told: times go on
WRITE_EVERY = 5.0  # seconds between two texts, where there is no terminal
FIRST_WORD = 5.0  # seconds, for all gateways at once
QUIT = b"qQ\x04"  # Ctrl-D; Ctrl-C is a signal


@dataclass(frozen=True)
class Watched:
    """A gateway, and what is known of it."""

    client: StatusClient
    followed: Followed


async def look_once(clients: Sequence[StatusClient], language: Language) -> int:
    """Prints how each gateway stands; the exit status says whether all were reached."""
    watched = _watched(clients)
    async with trio.open_nursery() as nursery:
        for each in watched:
            nursery.start_soon(_first_word, each)
    _print(watched, language)
    return REACHED if all(each.followed.components for each in watched) else MISSED


async def watch(clients: Sequence[StatusClient], language: Language) -> int:
    """Until q, SIGINT or SIGTERM. Without a terminal it writes plain text, again whenever something has changed."""
    watched, news = _watched(clients), _News()
    async with trio.open_nursery() as nursery:
        for each in watched:
            nursery.start_soon(each.client.follow, each.followed, news.tell, Random())
        await nursery.start(_end_on_signal, nursery.cancel_scope)
        if sys.stdout.isatty():
            nursery.start_soon(_end_on_key, nursery.cancel_scope)
            await _keep_drawing(watched, news, language)
        await _keep_writing(watched, news, language)
    return REACHED


class _News:
    """Whether something has changed since it was looked at last."""

    def __init__(self) -> None:
        self._came = trio.Event()

    def tell(self) -> None:
        self._came.set()

    async def wait(self) -> None:
        await self._came.wait()
        self._came = trio.Event()


def _watched(clients: Sequence[StatusClient]) -> list[Watched]:
    return [Watched(client, Followed(client.address.netloc)) for client in clients]


async def _first_word(watched: Watched) -> None:
    with trio.move_on_after(FIRST_WORD) as patience:
        await watched.client.follow_once(watched.followed, patience.cancel)


async def _keep_drawing(watched: Sequence[Watched], news: _News, language: Language) -> NoReturn:
    with Live(auto_refresh=False, screen=True) as screen:
        while True:
            screen.update(draw(_seen(watched), utc_now(), language), refresh=True)
            await trio.sleep(REDRAW)
            with trio.move_on_after(TICK - REDRAW):
                await news.wait()


async def _keep_writing(watched: Sequence[Watched], news: _News, language: Language) -> NoReturn:
    while True:
        await news.wait()
        _print(watched, language)
        await trio.sleep(WRITE_EVERY)


def _print(watched: Sequence[Watched], language: Language) -> None:
    if sys.stdout.isatty():
        Console().print(draw(_seen(watched), utc_now(), language))
    else:
        print(write(_seen(watched), utc_now(), language), flush=True)


def _seen(watched: Sequence[Watched]) -> list[Overview]:
    return [overview(each.followed) for each in watched]


async def _end_on_key(everything: trio.CancelScope) -> None:
    """Where there is a keyboard."""
    if not sys.stdin.isatty():
        return
    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    tty.setcbreak(keyboard)
    try:
        while True:
            await trio.lowlevel.wait_readable(keyboard)
            if set(os.read(keyboard, 64)) & set(QUIT):
                everything.cancel()
    finally:
        termios.tcsetattr(keyboard, termios.TCSADRAIN, before)


async def _end_on_signal(everything: trio.CancelScope, *, task_status: trio.TaskStatus[None]) -> None:
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        task_status.started()
        await anext(signals)
        everything.cancel()
