#!/usr/bin/env python3
"""The command line of Kassir."""

import argparse
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import trio

from drivers.config import ConfigError, load_settings
from drivers.datadir import DataDirTaken
from drivers.logs import configure
from drivers.status_client import BadAuthority, BadToken, StatusClient, trusting
from drivers.web import BadCertificate, CannotListen
from protocols.calls import Role
from protocols.exposure import FLAGS
from protocols.gateway_address import GatewayAddress
from protocols.places import BadAddress
from supervisors.auditing import CannotAudit, audit
from supervisors.discovering import search
from supervisors.issuing import Wanted, issue
from supervisors.process import live
from supervisors.standalone import NAMES, Options, emulate
from supervisors.viewing import look_once, watch

FAILED, MISUSED = 1, 2
MISTAKES = (
    ConfigError,
    BadCertificate,
    CannotListen,
    DataDirTaken,
    CannotAudit,
    BadAddress,
    BadAuthority,
    BadToken,
)
SPEEDS = (2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
FFDS = ("1.05", "1.1", "1.2")
HERE = "127.0.0.1:8000"
WHERE_TO_LOOK = """where to look: a register tells in the line "emulator_ready" where it is, and there
  /                      is a page: how it stands, what it printed, a button for everything that can go wrong
  /kkt/v1/paper          has the last sheets as text, /kkt/v1/paper/-1.png the last one as a picture (-1.txt as text)
  /kkt/_test/behave      takes faults from programs, /kkt/_test/journal shows all that was printed for good
  /api/v2                is the vendor's server, of atol alone: the driver's URL is what stands before it
"""


def main(arguments: list[str]) -> int:
    """Exit status: 0 after a clean stop, 1 if the gateway gave up, 2 if it was called or configured wrongly.

    Of an audit: 0 if nothing is wrong, 1 if something is, 2 if not all could be compared. Of `watch --once`: 0 if all
    gateways were reached, 1 if not.
    """
    options = _parse(arguments)
    try:
        return trio.run(_program(options)) or 0
    except MISTAKES as error:
        print(f"kassir: {error}", file=sys.stderr)
        return MISUSED
    except ExceptionGroup as gave_up:
        print(f"kassir: gave up: {'; '.join(_causes(gave_up))}", file=sys.stderr)
        return MISUSED if options.command == "audit" else FAILED


def _program(options: argparse.Namespace) -> Callable[[], Awaitable[int | None]]:
    """What is to run; it may give an exit status. Raises ConfigError."""
    if options.command == "emulate":
        configure("INFO")
        wanted = {name: value for name, value in vars(options).items() if name in Options.__dataclass_fields__}
        return partial(emulate, options.name, Options(**wanted))
    if options.command == "watch":
        configure("WARNING", sys.stderr)
        return partial(look_once if options.once else watch, _gateways(options), options.lang)
    load = partial(load_settings, options.config, os.environ, _overrides(options))
    settings = load()
    if options.command == "audit":
        configure("WARNING", sys.stderr)
        return partial(audit, settings, options.ofd, json=options.json)
    if options.command == "discover":
        configure("WARNING", sys.stderr)
        return partial(search, settings, options.serial, options.tcp)
    if options.command == "token":
        return partial(issue, settings.auth, _wanted(options))
    configure(settings.monitoring.log_level)
    return partial(live, settings, load, options.ready_file, {flag for flag in FLAGS if getattr(options, _key(flag))})


def _gateways(options: argparse.Namespace) -> list[StatusClient]:
    """Raises BadAddress, BadToken."""
    token = (options.token or os.environ.get("KASSIR_TOKEN", "")).strip()
    tls = trusting(options.ca)
    return [StatusClient(GatewayAddress.of(each), token, tls) for each in options.gateways or [HERE]]


def _causes(error: BaseException) -> Iterator[str]:
    """What lies at the bottom of groups and of what was raised from what."""
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _causes(each)
    elif error.__cause__ is not None:
        yield f"{error} ({'; '.join(_causes(error.__cause__))})"
    else:
        yield f"{type(error).__name__}: {error}"


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run.py", description="Kassir, the fiscal gateway.")
    commands = parser.add_subparsers(dest="command")
    run = commands.add_parser("run", help="the gateway (the default)")
    run.add_argument("--config", type=Path, help="config.toml; without it everything runs on embedded parts")
    run.add_argument("--data", type=Path, help="the folder for receipts (data)")
    run.add_argument("--listen", metavar="HOST:PORT", help="where the POS reaches the gateway (127.0.0.1:8000)")
    run.add_argument("--ready-file", type=Path, help="written once everything listens: URLs and pid as JSON")
    for flag in FLAGS:
        run.add_argument(flag, action="store_true", help="beyond loopback, if the settings say so too")
    emulate = commands.add_parser(
        "emulate",
        help="one emulator alone: for tests and training, no fiscal device",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=WHERE_TO_LOOK,
    )
    _parse_emulate(emulate)
    audit = commands.add_parser("audit", help="receipts on disk against the register: nothing lost, nothing twice")
    audit.add_argument("--config", type=Path, help="config.toml; without it the embedded register is read")
    audit.add_argument("--data", type=Path, help="the folder of the receipts (data); no gateway may work in it")
    audit.add_argument("--ofd", metavar="URL", help="an emulated OFD, whose list is compared too")
    audit.add_argument("--json", action="store_true", help="the report as JSON")
    _parse_token(commands.add_parser("token", help="a token, an API key, or a key that signs tokens; prints them"))
    _parse_discover(commands.add_parser("discover", help="finds registers and prints the lines for config.toml"))
    _parse_watch(commands.add_parser("watch", help="how gateways stand, live on this terminal"))
    if not arguments or arguments[0] not in {*commands.choices, "-h", "--help"}:
        arguments = ["run", *arguments]
    return parser.parse_args(arguments)


def _parse_discover(discover: argparse.ArgumentParser) -> None:
    for option, metavar, words in (
        ("--tcp", "HOST[:PORT]", "or a network, A.B.C.0/24"),
        ("--serial", "PATH", "a serial port; with neither all of them, and the usual addresses"),
    ):
        discover.add_argument(option, metavar=metavar, help=words, nargs="+", default=[], action="extend")
    discover.add_argument("--config", type=Path, help="config.toml: registers of a gateway that runs are left alone")
    discover.add_argument("--data", type=Path, help="the folder of that gateway (data)")


def _parse_token(token: argparse.ArgumentParser) -> None:
    token.add_argument("--config", type=Path, help="config.toml with the key that signs ([[auth.signing_keys]])")
    token.add_argument("--name", default="", help="of whom it is for: till-1")
    token.add_argument("--role", choices=[*Role], action="append", default=[], help="what they may; again for more")
    token.add_argument("--minutes", type=int, choices=range(1, 16), default=15, metavar="N", help="1 to 15 (15)")
    token.add_argument("--key-id", metavar="ID", help="of the key that signs, if there are several; or of the new one")
    what = token.add_mutually_exclusive_group()
    what.add_argument("--api-key", action="store_true", help="a key that lasts, for machines that can do no tokens")
    what.add_argument("--new-signing-key", choices=("eddsa", "hs256"), nargs="?", const="eddsa", help="(eddsa)")


def _wanted(options: argparse.Namespace) -> Wanted:
    roles = [Role(role) for role in options.role]
    asked = {"api_key": options.api_key, "new_signing_key": options.new_signing_key}
    return Wanted(options.name, roles, options.minutes, options.key_id, **asked)


def _parse_watch(watch: argparse.ArgumentParser) -> None:
    watch.add_argument("gateways", metavar="URL|HOST:PORT", nargs="*", help=f"which ({HERE})")
    watch.add_argument("--once", action="store_true", help="one look, and the end: 0 if all were reached, 1 if not")
    watch.add_argument("--lang", choices=("ru", "en"), default="ru", help="the language of the screen (ru)")
    watch.add_argument(
        "--token", default="", help="who we are; better in KASSIR_TOKEN, for a list of processes tells all"
    )
    watch.add_argument("--ca", type=Path, metavar="FILE", help="the certificate that signs those of the gateways")


def _parse_emulate(emulate: argparse.ArgumentParser) -> None:
    emulate.add_argument("name", choices=NAMES)
    emulate.add_argument(
        "--port", "--tcp", type=int, default=0, help="the register's protocol for shtrih, HTTP for the others"
    )
    emulate.add_argument("--http-port", type=int, default=0, help="where shtrih takes its control calls")
    emulate.add_argument("--relay-port", type=int, default=0, help="where ofd takes the messages of fiscal drives")
    emulate.add_argument("--carried", action="store_true", help="shtrih leaves its documents for the host to carry")
    emulate.add_argument(
        "--data", type=Path, default=Path("data"), help="the folder of a register's fiscal drive (data)"
    )
    emulate.add_argument(
        "--pty", metavar="PATH", nargs="?", const="", help="shtrih on a pseudo-terminal, to which PATH leads"
    )
    emulate.add_argument("--baud", type=int, choices=SPEEDS, help="shtrih's line is as slow as that")
    emulate.add_argument("--only-at-baud", action="store_true", help="and deaf to a port set to another speed")
    emulate.add_argument("--ffd", choices=FFDS, help="the fiscal data format (1.05 for shtrih, 1.2 for atol)")
    emulate.add_argument("--count", type=int, choices=range(1, 1001), default=1, metavar="N", help="so many registers")
    emulate.add_argument("--print-delay", type=float, default=0.25, help="seconds a document takes (0.25)")
    emulate.add_argument("--user", default="", help="who may call atol; without it anybody")
    emulate.add_argument("--password", default="", help="of that user")


def _key(flag: str) -> str:
    """Under which argparse keeps it."""
    return flag.lstrip("-").replace("-", "_")


def _overrides(options: argparse.Namespace) -> dict[str, str]:
    wanted = {"storage.data": getattr(options, "data", None), "api.listen": getattr(options, "listen", None)}
    return {key: str(value) for key, value in wanted.items() if value is not None}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
