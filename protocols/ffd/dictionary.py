"""Every tag by its number, with the documents themselves, which are the outermost structures."""

from protocols.ffd.tags import Tag, stlv
from protocols.ffd.tags_item import ITEM
from protocols.ffd.tags_marking import MARKING
from protocols.ffd.tags_report import REPORT
from protocols.ffd.tags_settlement import SETTLEMENT

DOCUMENTS = (
    stlv(1, "Отчет о регистрации", 6144),
    stlv(2, "Отчет об открытии смены", 4096),
    stlv(3, "Кассовый чек", 32_768),
    stlv(4, "Бланк строгой отчетности", 32_768),
    stlv(5, "Отчет о закрытии смены", 4096),
    stlv(6, "Отчет о закрытии фискального накопителя", 4096),
    stlv(7, "Подтверждение оператора", 512),
    stlv(11, "Отчет об изменении параметров регистрации", 6144),
    stlv(21, "Отчет о текущем состоянии расчетов", 32_768),
    stlv(31, "Кассовый чек коррекции", 32_768),
    stlv(41, "Бланк строгой отчетности коррекции", 32_768),
    stlv(81, "Запрос о коде маркировки", 4096),
    stlv(82, "Уведомление о реализации маркированного товара", 32_768),
    stlv(83, "Ответ на запрос", 512),
    stlv(84, "Квитанция на уведомление", 512),
)
"""The number of a document is the tag that holds it (tables 6 and 4.1); sizes are those of FFD 1.2."""

TAGS: dict[int, Tag] = {tag.number: tag for tag in (*DOCUMENTS, *SETTLEMENT, *ITEM, *REPORT, *MARKING)}


def name_of(number: int) -> str:
    """What a person calls the tag, in Russian, with its number."""
    tag = TAGS.get(number)
    return f"тег {number}" if tag is None else f"{tag.name} (тег {number})"
