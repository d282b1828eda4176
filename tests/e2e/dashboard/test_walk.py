"""What a shop sees on the dashboard while it sells, loses the OFD, fills up, delivers, and gets help."""

import re
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, expect

from drivers.auth.keys import digest, new_api_key
from tests.e2e.dashboard.browser import ofd_behaves, visit
from tests.e2e.gateway import Gateway, eventually, gateway, sale

GONE = ("net::ERR_CONNECTION_REFUSED", "net::ERR_CONNECTION_RESET", "WebSocket connection to")


def sell(shop: Gateway, times: int = 1) -> list[str]:
    """The ids of the receipts."""
    answers = [shop.post(sale(f"{100 + number}.50")).json() for number in range(times)]
    return [answer["receipt_id"] for answer in answers]


def chip(page: Page, name: str, tone: str) -> None:
    expect(page.locator(f".tipped.{name} .chip")).to_have_attribute("data-tone", tone)


def test_a_sale_is_seen_and_an_ofd_that_is_lost_turns_the_bar_red(browser: Browser, tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, visit(browser, shop) as visitor:
        page = visitor.page
        visitor.show("buffer")
        chip(page, "network", "good")

        (first,) = sell(shop)
        row = page.locator(f"tr[data-key='{first}']")
        expect(row).to_contain_text("100,50")
        expect(row).to_contain_text("В ОФД")

        ofd_behaves(shop, down=True)
        sell(shop, 3)
        chip(page, "network", "bad")
        expect(page.locator(".tipped.network .chip")).to_contain_text("Офлайн")
        expect(page.locator(".tipped.buffer .chip")).to_contain_text("3/200 чеков (2 %)")
        page.locator("#receipts-status").select_option("pending")
        expect(page.locator("tbody tr")).to_have_count(3)

        page.locator(".tipped.network .chip").focus()
        tip = page.locator("#tip-network")
        expect(tip).to_contain_text("Офлайн-режим активен")
        expect(tip).to_contain_text("Чеков в буфере: 3 из 200 (2 %)")
        expect(tip).to_contain_text("Все чеки сохранены и будут отправлены в ОФД автоматически")
        page.keyboard.press("Escape")
        expect(tip).to_be_hidden()


def test_a_buffer_warns_at_80_percent_blocks_at_100_and_is_delivered_by_hand(browser: Browser, tmp_path: Path) -> None:
    with gateway(tmp_path, BUFFER_CAPACITY="10") as shop, visit(browser, shop) as visitor:
        page = visitor.page
        visitor.show("buffer")
        ofd_behaves(shop, down=True)

        sell(shop, 8)
        banner = page.locator("#filling")
        expect(banner).to_contain_text("Внимание: офлайн-буфер заполнен на 80 %")
        chip(page, "buffer", "warn")
        visitor.picture("warning-at-80-percent")
        banner.get_by_role("button", name="Понятно").click()
        expect(banner).to_be_hidden()

        sell(shop, 2)
        blocked = page.locator("#blocked")
        expect(blocked).to_contain_text("Офлайн-буфер переполнен (10 из 10)")
        chip(page, "buffer", "bad")
        visitor.picture("blocked-at-100-percent")
        blocked.get_by_role("button", name="Вызвать администратора").click()
        report = page.get_by_label("Сводка для администратора")
        expect(report).to_have_value(re.compile("10/10 чеков"))
        page.get_by_role("button", name="Закрыть").click()
        expect(banner).to_contain_text("Невозможно принять оплату")

        ofd_behaves(shop, down=False, latency_ms=250)
        page.get_by_role("button", name="Принудительная синхронизация").click()
        page.get_by_role("button", name="Передать").click()
        progress = page.locator("#sync-progress")
        expect(progress).to_contain_text("Не выключайте кассу")
        visitor.picture("delivery-under-way")
        expect(page.locator("#sync-ended")).to_contain_text("Синхронизация завершена: отправлено 10 чеков, отказов 0")
        expect(banner).to_be_hidden()
        chip(page, "buffer", "good")
        assert len(shop.delivered()) == 10


def test_a_dead_letter_is_found_opened_and_sent_again(browser: Browser, tmp_path: Path) -> None:
    settings = {"KASSIR_BUFFER__MAX_RETRY_ATTEMPTS": "1", "KASSIR_BUFFER__INITIAL_BACKOFF": "0.1"}
    with gateway(tmp_path, **settings) as shop, visit(browser, shop) as visitor:
        page = visitor.page
        ofd_behaves(shop, refuse_next=1)
        (letter,) = sell(shop)
        eventually(lambda: shop.get("/v1/kkt/buffer/status")["dead"] == 1)

        visitor.show("")
        page.get_by_role("link", name="Недоставленные 1").click()
        row = page.locator(f"tr[data-key='{letter}']")
        expect(row).to_contain_text("RECEIPT_REFUSED")
        visitor.picture("dead-letters")
        row.get_by_role("button", name="Повторить").click()
        page.get_by_label("Кто распорядился").fill("Иванова")
        page.locator("#dialog").get_by_role("button", name="Повторить", exact=True).click()
        expect(page.locator("#said")).to_have_text("1 чек снова в очереди")
        expect(page.get_by_text("Недоставленных чеков нет")).to_be_visible()

        visitor.show("receipt")
        page.get_by_label("Номер чека (ID)").fill(letter)
        page.get_by_role("button", name="Найти").click()
        timeline = page.locator(".timeline")
        expect(timeline).to_contain_text("Иванова")
        expect(timeline.locator("li").last).to_contain_text("Доставлено в ОФД")
        expect(page.frame_locator("iframe.slip").locator("body")).to_contain_text("Итог 100,50 ₽")
        visitor.picture("receipt")
        assert len(shop.delivered()) == 1


def test_a_breaker_is_opened_and_closed_by_hand(browser: Browser, tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, visit(browser, shop) as visitor:
        page = visitor.page
        visitor.show("links")
        card = page.locator("section.card").filter(has=page.get_by_role("heading", name="ОФД", exact=True))

        card.get_by_role("button", name="Разомкнуть").click()
        page.get_by_label("Кто распорядился").fill("Иванова")
        page.get_by_label("Причина").fill("работы у оператора")
        page.get_by_role("button", name="Выполнить").click()

        expect(card).to_contain_text("Разомкнут вручную")
        expect(card).to_contain_text("работы у оператора")
        chip(page, "network", "bad")
        card.get_by_role("button", name="Замкнуть").click()
        expect(page.get_by_label("Кто распорядился")).to_have_value("Иванова")
        page.get_by_label("Причина").fill("работы закончены")
        page.get_by_role("button", name="Выполнить").click()
        expect(card).to_contain_text("Работает")


def test_a_lost_gateway_is_seen_within_five_seconds_and_found_again_by_itself(browser: Browser, tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, visit(browser, shop, may_say=GONE) as visitor:
        page, openings = visitor.page, list[str]()
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: openings.append(str(frame)[:20])))
        lost = page.locator("#lost")
        visitor.show("")

        shop.process.send_signal(signal.SIGSTOP)  # no close, no answer: only silence tells
        expect(lost).to_be_visible(timeout=5_000)
        visitor.picture("gateway-lost")
        shop.process.send_signal(signal.SIGCONT)
        expect(lost).to_be_hidden()
        assert any('"resumed"' in opening for opening in openings)

        shop.stop()
        expect(lost).to_be_visible(timeout=5_000)
        with gateway(tmp_path, None, "--listen", urlsplit(shop.url).netloc) as again:
            expect(lost).to_be_hidden()
            (receipt,) = sell(again)
            expect(page.locator(f"tr[data-key='{receipt}']")).to_be_visible()


def test_a_gateway_that_wants_to_know_who_asks_gets_a_key(browser: Browser, tmp_path: Path) -> None:
    cashier, admin = new_api_key(), new_api_key()
    config = tmp_path / "config.toml"
    config.write_text(CALLERS.format(cashier=digest(cashier), admin=digest(admin)))
    with gateway(tmp_path, config) as shop, visit(browser, shop, may_say=("401", "403", "WebSocket")) as visitor:
        page = visitor.page
        shop.client.headers["Authorization"] = f"Bearer {admin}"

        page.goto(f"{shop.url}/#/buffer")
        enter(page, "nobodys")
        expect(page.locator("#dialog .failure")).to_have_text("Шлюз не узнал этот ключ или токен.")
        enter(page, cashier)
        expect(page.locator("#dialog")).to_be_hidden()
        (receipt,) = sell(shop)
        expect(page.locator(f"tr[data-key='{receipt}']")).to_be_visible()  # so the stream knows the key, too
        kept = page.evaluate("[Object.values(sessionStorage), Object.values(localStorage), document.cookie]")
        assert kept == [[cashier], ["ru"], ""]

        page.goto(f"{shop.url}/#/dead")
        expect(page.locator("main .failure")).to_contain_text("Недостаточно прав. Нужна роль: администратор (admin)")
        page.get_by_role("button", name="Сменить ключ").click()
        enter(page, admin)
        expect(page.get_by_text("Недоставленных чеков нет")).to_be_visible()


def enter(page: Page, key: str) -> None:
    page.get_by_label("Ключ или токен").fill(key)
    page.get_by_role("button", name="Войти").click()


CALLERS = """
[[auth.api_keys]]
name = "Иванова"
sha256 = "{cashier}"
roles = ["cashier"]
[[auth.api_keys]]
name = "Петров"
sha256 = "{admin}"
roles = ["admin"]
"""


def test_a_person_decides_what_the_register_cannot_tell(browser: Browser, tmp_path: Path) -> None:
    """A kill in mid-print, and a fiscal drive that was replaced before the gateway is back."""
    with gateway(tmp_path, KASSIR_EMULATORS__PRINT_DELAY="10") as shop, ThreadPoolExecutor(1) as till:
        till.submit(shop.post, sale("777.00"))
        eventually(lambda: shop.get("/v1/kkt/buffer/status")["printing"] == 1)
        shop.stop(signal.SIGKILL)
    (tmp_path / "emulated-drive.jsonl").unlink()

    with gateway(tmp_path) as shop, visit(browser, shop) as visitor:
        page = visitor.page
        eventually(lambda: shop.get("/v1/kkt/buffer/status")["unknown"] == 1)
        visitor.show("buffer")
        chip(page, "registers", "bad")
        page.locator("#notices .alerts").get_by_role("link", name="Показать").click()
        expect(page.locator("#receipts-status")).to_have_value("unknown")
        expect(page.locator("tbody tr")).to_have_count(1)
        page.get_by_role("link", name="История").click()
        expect(page.get_by_text("Нужно ваше решение")).to_be_visible()
        expect(page.locator(".attention")).to_contain_text("Продажа, 777,00 ₽")
        visitor.picture("decision")

        page.get_by_role("button", name="Не напечатан: напечатать").click()
        page.get_by_label("Кто распорядился").fill("Иванова")
        page.get_by_role("button", name="Выполнить").click()

        expect(page.locator(".timeline")).to_contain_text("Доставлено в ОФД")
        expect(page.get_by_text("Нужно ваше решение")).to_be_hidden()
        chip(page, "registers", "good")
        assert [document["total_kopecks"] for document in shop.journal()] == [77_700]
