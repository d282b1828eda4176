"""The faults as buttons, in Russian, for whoever trains on the register."""

from drivers.emulators.atol.faults import MOST_OFFSET
from drivers.emulators.panel.buttons import Button, Dial, Groups

GROUPS: Groups = {
    "Бумага и механизм": (
        Button("Бумага есть", {"paper": "present"}),
        Button("Бумаги нет", {"paper": "out"}),
        Button("Кончится на следующем документе", {"paper": "out_next"}),
        Button("Открыть крышку", {"cover_open": True}),
        Button("Закрыть крышку", {"cover_open": False}),
        Button("Открыть ящик", {"drawer_open": True}),
        Button("Закрыть ящик", {"drawer_open": False}),
        Button("Недопечатанное ждёт команды", {"unfinished_print": "blocks"}),
        Button("Недопечатанное выходит само", {"unfinished_print": "resumes"}),
    ),
    "Питание и сервер": (
        Button("Включено", {"power": "on"}),
        Button("Выключено", {"power": "off"}),
        Button("Погаснет перед следующим чеком", {"power_off_in_receipt": True}),
        Button("Погаснет сразу после чека", {"power_off_after_receipt": True}),
        Button("Сервер не отвечает", {"down": True}),
        Button("Сервер отвечает", {"down": False}),
        Button("Отключить ККТ (403)", {"activated": False}),
        Button("Подключить ККТ", {"activated": True}),
    ),
    "Связь сервера с ККТ": (
        Button("Связь есть", {"connection": "ok"}),
        Button("Связи нет", {"connection": "lost"}),
        Button("Пропадёт перед следующим документом", {"connection": "lost_next"}),
        Button("Пропадёт сразу после документа", {"connection": "lost_after_next"}),
    ),
    "Потери на пути к серверу": (
        Button("Потерять следующий ответ", {"lose_answer_next": 1}),
        Button("Потерять следующее задание", {"lose_command_next": 1}),
        Button("Задержать следующее задание", {"late_command_next": 1}),
        Dial("Задержка, мс", "late_ms", 0, 600_000, 5000),
        Button("Потерять ответ о ходе задания", {"lose_poll_next": 1}),
        Button("Следующий запрос: занят (408)", {"busy_next": 1}),
        Button("Отказать: нет денег (80)", {"refuse_next": {"code": 80}}),
        Button("Отказать: отрезчик (150)", {"refuse_next": {"code": 150}}),
    ),
    "Время и ресурс": (
        Button("Смена старше 24 ч", {"shift_age_h": 25}),
        Button("Смена в своём возрасте", {"shift_age_h": None}),
        Button("Смена открывается сама", {"auto_open_shift": True}),
        Button("Смену открывает команда", {"auto_open_shift": False}),
        Dial("Печатать, мс", "print_delay_ms", 0, 60_000, 250),
        Dial("Сдвиг часов, с", "clock_offset_s", -MOST_OFFSET, MOST_OFFSET, 3600),
        Button("Часы идут верно", {"clock_offset_s": 0}),
        Dial("Осталось документов в ФН", "fn_left", 0, 1_000_000, 3),
        Button("ФН без ограничения", {"fn_left": None}),
        Dial("До конца срока ФН, дней", "fn_days_left", -10_000, 10_000, 2),
        Button("Срок ФН по документам", {"fn_days_left": None}),
    ),
    "ФН, ОФД и маркировка": (
        Button("ФН исправен", {"fn": "ok"}),
        Button("ФН неисправен", {"fn": "fault"}),
        Button("Откажет перед следующим документом", {"fn": "fault_next"}),
        Button("Откажет сразу после документа", {"fn": "fault_after_next"}),
        Dial("Не передано в ОФД", "ofd_queue", 0, 1_000_000, 5),
        Button("Сервер маркировки недоступен", {"marking_server": "down"}),
        Button("Сервер маркировки доступен", {"marking_server": "up"}),
    ),
}
