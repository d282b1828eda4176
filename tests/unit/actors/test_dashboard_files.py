"""The dashboard's files: every word in both languages and none too many, all of them served, no data as markup."""

import re
from pathlib import Path
from string import Formatter
from typing import TypeAlias

import pytest
import trio

from actors.facade.pages import FOLDER
from protocols.alarm import Level
from protocols.alert_rules import rules
from protocols.alert_settings import Alerts
from protocols.breaker import State as BreakerState
from protocols.calls import DASHBOARD, Role
from protocols.event_log import Severity
from protocols.jsontext import loads
from protocols.life import State
from protocols.mode import Mode
from protocols.receipt import Kind
from tests.fakes.pair import Pair

Words: TypeAlias = dict[str, str | dict[str, str]]

HOME = FOLDER / "dashboard"
SCRIPTS = {path.name: path.read_text("utf-8") for path in HOME.glob("*.js")}
EXPORTED = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
FORMS = {"ru": {"one", "few", "many", "other"}, "en": {"one", "other"}}  # of the plural, as browsers choose them


def words(language: str) -> Words:
    table: Words = loads((HOME / f"{language}.json").read_bytes())
    return table


def forms(text: str | dict[str, str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def gaps(text: str | dict[str, str]) -> set[str]:
    """The figures that are filled in."""
    return {name for form in forms(text) for _, name, _, _ in Formatter().parse(form) if name}


def test_both_languages_say_the_same() -> None:
    russian, english = words("ru"), words("en")

    assert russian.keys() == english.keys()
    assert {key for key in russian if gaps(russian[key]) != gaps(english[key])} == set()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_word_has_all_of_its_forms(language: str) -> None:
    several = {key: set(text) for key, text in words(language).items() if isinstance(text, dict)}

    assert {key: found for key, found in several.items() if found != FORMS[language]} == {}
    assert all(form.strip() for text in words(language).values() for form in forms(text))


def test_every_word_that_a_script_asks_for_is_there_and_none_is_too_many() -> None:
    code = "\n".join(SCRIPTS.values())
    asked = set(re.findall(r'\bt\(\s*"([^"]+)"', code))
    families = tuple(found + "." for found in re.findall(r"`(\w+)\.\$\{", code))

    assert asked - words("ru").keys() == set()
    assert {key for key in words("ru") if f'"{key}"' not in code and not key.startswith(families)} == set()


def test_whatever_the_gateway_names_has_a_word() -> None:
    """Else a code would stand where a cashier looks for a word."""
    named = {
        "state": [*State, "failed"],
        "mode": [*Mode, "unknown"],
        "breaker": [*BreakerState],
        "role": [*Role],
        "level": [*Severity],
        "kind": [*Kind],
        "event": [*State],
        "alarm": [*(rule.code for rule in rules(Alerts())), *(f"BREAKER_{state.upper()}" for state in BreakerState)],
    }

    wanted = {f"{family}.{name}" for family, names in named.items() for name in names}

    assert wanted - words("ru").keys() == set()
    assert {level.value for level in Level} == {"P1", "P2", "P3"}  # shown as they are


async def test_every_file_is_served(
    tmp_path: Path, autojump_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(tmp_path)
    await pair.open(nursery)

    for path in HOME.iterdir():
        served = "/" if path.name == "index.html" else f"/assets/dashboard/{path.name}"
        answer = await pair.client.get(served, headers={"Host": "localhost"})
        assert await answer.get_data(as_text=False) == path.read_bytes(), served
    assert {path.name for path in HOME.iterdir()} == {*DASHBOARD, "index.html"}


async def test_a_page_of_many_files_costs_a_till_beside_it_no_turn(
    tmp_path: Path, autojump_clock: trio.testing.MockClock, nursery: trio.Nursery
) -> None:
    pair = Pair(tmp_path, requests_per_second=3)
    await pair.open(nursery)

    for file in DASHBOARD:
        assert (await pair.client.get(f"/assets/dashboard/{file}", headers={"Host": "localhost"})).status_code == 200

    assert (await pair.sell(10_000)).status_code == 200


@pytest.mark.parametrize("path", [*HOME.glob("*.js"), *HOME.glob("*.css")], ids=lambda path: path.name)
def test_no_file_needs_a_browser_newer_than_the_last_for_windows_7(path: Path) -> None:
    """Tills are old: Chrome ended there with 109, Firefox with 115. Without its colours the page would be of no use."""
    newer = r"light-dark\(|color-mix\(|:has\(|groupBy|\.withResolvers|\.toSorted|\.toReversed|Set\.prototype|@scope"

    assert re.findall(newer, path.read_text("utf-8")) == []


def test_every_script_finds_what_it_imports() -> None:
    for name, code in SCRIPTS.items():
        for names, source in re.findall(r'^import \{([^}]+)\} from "\./([^"]+)";$', code, re.MULTILINE):
            exported = set(EXPORTED.findall(SCRIPTS[source]))
            taken = {each.strip() for each in names.split(",")}
            assert taken - exported == set(), f"{name} takes from {source} what is not there"
            used = re.sub(r"^import .*$", "", code, flags=re.MULTILINE)
            assert {each for each in taken if not re.search(rf"\b{each}\b", used)} == set(), f"{name} takes too much"


def test_nothing_asks_for_more_than_the_last_browser_of_windows_7_knows() -> None:
    """Chromium 109, which many a till runs."""
    newer = r"light-dark\(|color-mix\(|@scope|popovertarget|\.toSorted\(|\.toReversed\(|\.groupBy\(|withResolvers"

    found = {path.name: re.findall(newer, path.read_text("utf-8")) for path in HOME.iterdir()}

    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_makes_markup_of_data_or_loads_from_elsewhere(name: str) -> None:
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", SCRIPTS[name])
    assert set(re.findall(r"https?://[^\"'`\s]+", SCRIPTS[name])) <= {"http://www.w3.org/2000/svg"}
