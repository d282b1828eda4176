"""The faults as buttons, in Russian, for whoever trains on the register."""

from drivers.emulators.panel.buttons import Button, Dial, Groups
from drivers.emulators.shtrih.faults import MOST_OFFSET

GROUPS: Groups = {
    "Бумага и механизм": (
        Button("Бумага есть", {"paper": "present"}),
        Button("Бумаги нет", {"paper": "out"}),
        Button("Кончится на следующем чеке", {"paper": "out_next"}),
        Button("Открыть крышку", {"cover_open": True}),
        Button("Закрыть крышку", {"cover_open": False}),
        Button("Открыть ящик", {"drawer_open": True}),
        Button("Закрыть ящик", {"drawer_open": False}),
    ),
    "Питание и связь": (
        Button("Включено", {"power": "on"}),
        Button("Выключено", {"power": "off"}),
        Button("Погаснет на следующем чеке", {"power_off_in_receipt": True}),
        Button("Не принимать соединения", {"down": True}),
        Button("Принимать соединения", {"down": False}),
    ),
    "Потери": (
        Button("Потерять следующий ответ", {"lose_answer_next": 1}),
        Button("Потерять следующую команду", {"lose_command_next": 1}),
        Button("Отказать: нет денег (46h)", {"refuse_next": {"code": 0x46}}),
        Button("Отказать: отрезчик (71h)", {"refuse_next": {"code": 0x71}}),
    ),
    "Время и ресурс": (
        Button("Смена старше 24 ч", {"shift_age_h": 25}),
        Button("Смена в своём возрасте", {"shift_age_h": None}),
        Dial("Печатать, мс", "print_delay_ms", 0, 60_000, 250),
        Dial("Сдвиг часов, с", "clock_offset_s", -MOST_OFFSET, MOST_OFFSET, 3600),
        Button("Часы идут верно", {"clock_offset_s": 0}),
        Dial("Осталось документов в ФН", "fn_left", 0, 1_000_000, 3),
        Button("ФН без ограничения", {"fn_left": None}),
        Dial("До конца срока ФН, дней", "fn_days_left", -10_000, 10_000, 2),
        Button("Срок ФН по документам", {"fn_days_left": None}),
    ),
    "ФН и ОФД": (
        Button("ФН молчит", {"fn_silent": True}),
        Button("ФН отвечает", {"fn_silent": False}),
        Button("ОФД недоступен", {"ofd_unreachable": True}),
        Button("ОФД доступен", {"ofd_unreachable": False}),
        Dial("Не передано в ОФД", "ofd_queue", 0, 0xFFFF, 5),
    ),
}
