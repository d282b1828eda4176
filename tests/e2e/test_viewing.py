"""`run.py watch` before real gateways: once, as text, and live on a terminal of its own."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from select import select
from typing import Any

from tests.e2e.gateway import ROOT, eventually, gateway, sale

NOBODY = "127.0.0.1:1"


def watched(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "run.py", "watch", "--once", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@dataclass
class Terminal:
    """A program on a terminal, and all that it has written there."""

    process: subprocess.Popen[bytes]
    keyboard: int
    written: bytearray = field(default_factory=bytearray)

    def read(self) -> str:
        """What has come, without colours."""
        while select([self.keyboard], [], [], 0.05)[0]:
            try:
                self.written += os.read(self.keyboard, 65_536)
            except OSError:  # the program has ended
                break
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.written.decode(errors="ignore"))

    def wait_for(self, text: str, within: float = 30.0) -> None:
        self.written.clear()
        eventually(lambda: text in self.read(), within=within, what=f"no {text!r}")


@contextmanager
def terminal(*arguments: str) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    environment: dict[str, Any] = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
    command = [sys.executable, "run.py", "watch", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait(15)
        os.close(ours)


def test_one_look_at_two_gateways_tells_how_they_stand_and_ends_with_success(tmp_path: Path) -> None:
    with gateway(tmp_path / "one", KASSIR_ADAPTER__NAME="Тверская, 5") as one, gateway(tmp_path / "two") as two:
        one.post(sale())
        paper_out = two.client.post(f"{two.emulators['kkt']}/kkt/_test/behave", json={"paper": "out"})
        assert paper_out.status_code == 200
        eventually(lambda: "POS-001: нет бумаги" in watched(two.url).stdout, within=45)
        russian, english = watched(one.url, two.url), watched("--lang", "en", one.url.removeprefix("http://"))

    assert (russian.returncode, russian.stderr) == (0, "")
    assert len(re.findall("на связи", russian.stdout)) == 2
    seen = russian.stdout.replace("\N{NO-BREAK SPACE}", " ")
    told = ("Тверская, 5", "онлайн", "Буфер: ░", "0/200", "● POS-001", "▭ POS-001", "odoo CLOSED", "0.1.0")
    assert [each for each in told if each not in seen] == []
    assert "connected  online" in english.stdout


def test_a_gateway_that_was_not_reached_is_told_and_ends_with_failure(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop:
        both = watched(shop.url, NOBODY)

    assert both.returncode == 1
    assert "на связи" in both.stdout
    assert f"{NOBODY}  нет связи" in both.stdout


def test_what_is_no_gateway_s_address_is_said_in_a_sentence() -> None:
    done = watched("shop:port")

    assert (done.returncode, done.stdout) == (2, "")
    assert "'shop:port' is not HOST" in done.stderr


def test_a_live_view_shows_a_lost_gateway_within_five_seconds_and_ends_by_a_key(tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, terminal(shop.url, NOBODY) as screen:
        screen.wait_for("на связи")
        os.kill(shop.process.pid, signal.SIGSTOP)  # it is there, and says nothing
        silent_since = time.monotonic()
        screen.wait_for("нет связи (молчит)")
        took = time.monotonic() - silent_since
        os.kill(shop.process.pid, signal.SIGCONT)
        screen.wait_for("на связи")
        os.write(screen.keyboard, b"q")

        assert screen.process.wait(15) == 0
    assert took < 6  # 5, and what a machine under load takes to draw it


def test_a_live_view_ends_by_ctrl_c(tmp_path: Path) -> None:
    with terminal(NOBODY) as screen:
        screen.wait_for("нет связи")
        screen.process.send_signal(signal.SIGINT)  # which is what a terminal makes of it

        assert screen.process.wait(15) == 0


def test_without_a_terminal_it_writes_text_until_it_is_told_to_stop(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with out.open("wb") as written:
        process = subprocess.Popen([sys.executable, "run.py", "watch", NOBODY], cwd=ROOT, stdout=written)
    try:
        eventually(lambda: "нет связи" in out.read_text("utf-8"))
        process.terminate()

        assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait(15)
    assert "\x1b" not in out.read_text("utf-8")
