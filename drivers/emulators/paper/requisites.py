"""What stands on paper of the tags that a host added to a document or a line (order ЕД-7-20/662@, printed form)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from struct import pack

from drivers.emulators.fiscal.texts import TEXTS
from drivers.emulators.paper.columns import roubles, sides
from protocols.ffd.dictionary import name_of
from protocols.ffd.tlv import NotTlv, Tlv, Value, decode

LABELS = {
    1008: "ЭЛ. АДР. ПОКУПАТЕЛЯ",
    1009: "АДРЕС РАСЧЕТОВ",
    1021: "КАССИР",
    1036: "№ АВТОМАТА",
    1057: "АГЕНТ",
    1085: "ДОП. РЕКВИЗИТ",
    1086: "ЗНАЧЕНИЕ",
    1097: "НЕПЕРЕДАННЫХ ФД",
    1098: "ФД НЕ ПЕРЕДАНЫ С",
    1116: "ПЕРВЫЙ НЕПЕРЕДАННЫЙ ФД",
    1117: "ЭЛ. АДР. ОТПРАВИТЕЛЯ",
    1125: "РАСЧЕТ В ИНТЕРНЕТ",
    1171: "ТЛФ. ПОСТАВЩИКА",
    1173: "ТИП КОРРЕКЦИИ",
    1177: "ОСНОВАНИЕ КОРРЕКЦИИ",
    1178: "ДАТА РАСЧЕТА",
    1179: "ПРЕДПИСАНИЕ №",
    1187: "МЕСТО РАСЧЕТОВ",
    1191: "ДОП. РЕКВИЗИТ",
    1192: "ДОП. РЕКВИЗИТ ЧЕКА",
    1203: "ИНН КАССИРА",
    1222: "АГЕНТ",
    1225: "ПОСТАВЩИК",
    1226: "ИНН ПОСТАВЩИКА",
    1227: "ПОКУПАТЕЛЬ",
    1228: "ИНН ПОКУПАТЕЛЯ",
    1229: "АКЦИЗ",
    1230: "СТРАНА ПРОИСХОЖДЕНИЯ",
    1231: "ДЕКЛАРАЦИЯ №",
}
AGENTS = {
    1: "БАНК. ПЛ. АГЕНТ",
    2: "БАНК. ПЛ. СУБАГЕНТ",
    4: "ПЛ. АГЕНТ",
    8: "ПЛ. СУБАГЕНТ",
    16: "ПОВЕРЕННЫЙ",
    32: "КОМИССИОНЕР",
    64: "АГЕНТ",
}
WORDS = {1057: AGENTS, 1125: {1: "ДА"}, 1173: {0: "САМОСТОЯТЕЛЬНО", 1: "ПО ПРЕДПИСАНИЮ"}, 1222: AGENTS}
MONEY = frozenset({1229})
UNIT, MEASURE = 1197, 2108
MEASURES = {
    **{0: "шт.", 10: "г", 11: "кг", 12: "т", 20: "см", 21: "дм", 22: "м", 30: "кв. см", 31: "кв. дм", 32: "кв. м"},
    **{40: "мл", 41: "л", 42: "куб. м", 50: "кВт*ч", 51: "Гкал", 70: "сутки", 71: "час", 72: "мин", 73: "с"},
    **{80: "Кбайт", 81: "Мбайт", 82: "Гбайт", 83: "Тбайт"},
}
SILENT = frozenset({UNIT, MEASURE, 1162, 1163, 2106})
"""Said elsewhere: with the quantity, or by the sign of a marked product."""


def requisites(tags: Mapping[int, str], indent: str = "") -> Iterator[str]:
    """Of the tags as a drive keeps them, text or hex: a line each, name and value."""
    for tag, data in tags.items():
        if tag not in SILENT:
            for number, words in _read(tag, data):
                yield from sides(f"{indent}{LABELS.get(number, name_of(number))}", words)


def measure_of(tags: Mapping[int, str]) -> str:
    """In what the quantity is, with a space before it; empty where it is not said."""
    if MEASURE in tags:
        number = dict(_read(MEASURE, tags[MEASURE]))[MEASURE]
        return f" {MEASURES[int(number)]}" if number.isdigit() and int(number) in MEASURES else ""
    return f" {tags[UNIT]}" if UNIT in tags else ""


def _read(tag: int, data: str) -> Iterator[tuple[int, str]]:
    """A structure gives each of its tags. What cannot be read stands as it is."""
    if tag in TEXTS:
        yield tag, data
        return
    try:
        value = bytes.fromhex(data)
        found = decode(pack("<HH", tag, len(value)) + value)
    except (ValueError, NotTlv):
        yield tag, data
        return
    for each in found:
        yield from _flat(each)


def _flat(found: Tlv) -> Iterator[tuple[int, str]]:
    if not isinstance(found.value, tuple):
        yield found.tag, _words(found.tag, found.value)
        return
    for each in found.value:
        yield from _flat(each)


def _words(tag: int, value: Value) -> str:
    match value:
        case int() if tag in MONEY:
            return roubles(value)
        case int():
            return WORDS.get(tag, {}).get(value, str(value))
        case datetime():
            return f"{value:%d.%m.%Y}"
        case bytes():
            return value.hex()
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value).rstrip()
