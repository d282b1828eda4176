"""How gateways at a glance are drawn on a terminal, or written as plain text, in Russian or English."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from protocols.followed import Contact, Why
from protocols.mode import Mode
from protocols.overview import (
    MODES,
    Bar,
    Cell,
    Overview,
    Ranked,
    Standing,
    Tone,
    breaker_tone,
    fullest_gateways,
    fullest_registers,
)

Language = Literal["ru", "en"]

COLOURS = {Tone.GOOD: "green", Tone.WARN: "yellow", Tone.BAD: "red", Tone.UNKNOWN: "bright_black"}
SIGNS = {Standing.READY: "●", Standing.TROUBLE: "✗", Standing.EXPIRED: "◷", Standing.NO_PAPER: "▭"}
CONTACTS = {
    Contact.CONNECTING: Tone.UNKNOWN,
    Contact.FOLLOWED: Tone.GOOD,
    Contact.LOST: Tone.BAD,
    Contact.REFUSED: Tone.BAD,
}
BAR = 20  # characters

WORDS: dict[str, dict[Language, str]] = {
    "title": {"ru": "Шлюзы Kassir", "en": "Kassir gateways"},
    "keys": {"ru": "q — выход", "en": "q: quit"},
    "buffer": {"ru": "Буфер", "en": "Buffer"},
    "registers": {"ru": "Кассы", "en": "Registers"},
    "odoo": {"ru": "Odoo", "en": "Odoo"},
    "breakers": {"ru": "Предохранители", "en": "Breakers"},
    "top": {"ru": "Больше всего ждёт отправки", "en": "Most receipts that wait"},
    "top_registers": {"ru": "Больше всего ждёт в самих кассах", "en": "Most documents that wait in registers"},
    "ago": {"ru": "{} с назад", "en": "{} s ago"},
    "never": {"ru": "не было", "en": "never"},
    Contact.CONNECTING: {"ru": "подключаемся…", "en": "connecting…"},
    Contact.FOLLOWED: {"ru": "на связи", "en": "connected"},
    Contact.LOST: {"ru": "нет связи", "en": "lost"},
    Contact.REFUSED: {"ru": "доступ закрыт", "en": "refused"},
    Why.UNREACHABLE: {"ru": "не подключиться:", "en": "out of reach:"},
    Why.SILENT: {"ru": "молчит", "en": "silent"},
    Why.ENDED: {"ru": "завершил поток:", "en": "ended the stream:"},
    Why.ANSWERED: {"ru": "ответил", "en": "answered"},
    Why.GARBLED: {"ru": "отвечает непонятное:", "en": "talks nonsense:"},
    Mode.ONLINE: {"ru": "онлайн", "en": "online"},
    Mode.DEGRADED: {"ru": "без Odoo", "en": "degraded"},
    Mode.OFFLINE: {"ru": "офлайн", "en": "offline"},
    Standing.READY: {"ru": "готова", "en": "ready"},
    Standing.TROUBLE: {"ru": "не готова", "en": "trouble"},
    Standing.EXPIRED: {"ru": "смена больше 24 ч", "en": "shift over 24 h"},
    Standing.NO_PAPER: {"ru": "нет бумаги", "en": "no paper"},
}


def draw(shown: Sequence[Overview], now: datetime, language: Language) -> RenderableType:
    """The fullest first, then each gateway in some lines. `now`: aware."""
    tops = [("top", fullest_gateways(shown)), ("top_registers", fullest_registers(shown))]
    ranked = [_ranking(WORDS[name][language], top) for name, top in tops if top]
    gateways = [line for each in shown for line in (Text(), *_lines(each, now, language))]
    footer = Text("   ").join([_legend(language), Text(WORDS["keys"][language], "bright_black")])
    return Panel(Group(*ranked, *gateways, Text(), footer), title=WORDS["title"][language])


def write(shown: Sequence[Overview], now: datetime, language: Language) -> str:
    """The same without colours, signs in words."""
    lines = []
    for each in shown:
        lines += [line.plain for line in _lines(each, now, language)]
        amiss = [cell for cell in each.cells if cell.standing is not Standing.READY]
        lines += [f"    {cell.pos_id}: {WORDS[cell.standing][language]}" for cell in amiss]
    return "\n".join(lines)


def _lines(shown: Overview, now: datetime, language: Language) -> list[Text]:
    lines = [_head(shown, language)]
    if shown.bar is not None:
        lines.append(_fact("buffer", _bar(shown.bar), language))
    if shown.mode is not None:
        odoo = _fact("odoo", _heard(shown.heard_by_odoo, now, language), language)
        breakers = _fact("breakers", Text(", ").join(_breaker(*each) for each in shown.breakers.items()), language)
        lines.append(odoo.append_text(breakers))
    if shown.cells:
        lines.append(_fact("registers", Text(" ").join(map(_cell, shown.cells)), language))
    return lines


def _head(shown: Overview, language: Language) -> Text:
    head = Text().append(f"{shown.name}  ", "bold")
    head.append(WORDS[shown.contact][language], COLOURS[CONTACTS[shown.contact]])
    if shown.trouble is not None:
        why = f"{WORDS[shown.trouble.why][language]} {shown.trouble.detail}".strip()
        head.append(f" ({why})", "bright_black")
    if shown.mode is not None:
        head.append(f"  {WORDS[shown.mode][language]}", COLOURS[MODES[shown.mode]])
    return head.append(f"  {shown.version}", "bright_black")


def _fact(name: str, told: Text, language: Language) -> Text:
    return Text(f"  {WORDS[name][language]}: ").append_text(told)


def _breaker(name: str, state: str) -> Text:
    return Text(f"{name} {state}", COLOURS[breaker_tone(state)])


def _bar(bar: Bar) -> Text:
    full = min(BAR, round(bar.percent * BAR / 100))
    text = Text("█" * full, COLOURS[bar.tone])
    text.append("░" * (BAR - full), "bright_black")
    return text.append(f" {bar.percent:.0f} % {bar.waiting}/{bar.capacity}", COLOURS[bar.tone])


def _cell(cell: Cell) -> Text:
    return Text(f"{SIGNS[cell.standing]}\u00a0{cell.pos_id}", COLOURS[cell.tone])


def _heard(at: datetime | None, now: datetime, language: Language) -> Text:
    if at is None:
        return Text(WORDS["never"][language], COLOURS[Tone.WARN])
    return Text(WORDS["ago"][language].format(max(0, round((now - at).total_seconds()))))


def _ranking(title: str, top: Sequence[Ranked]) -> Text:
    text = Text(f"{title}: ", "bold")
    share = (f" ({each.percent:.0f} %)" if each.percent is not None else "" for each in top)
    return text.append("; ".join(f"{each.name} {each.waiting}{of}" for each, of in zip(top, share, strict=True)), "")


def _legend(language: Language) -> Text:
    return Text("  ").join(Text(f"{sign} {WORDS[standing][language]}") for standing, sign in SIGNS.items())
