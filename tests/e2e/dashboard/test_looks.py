"""How the dashboard looks: in both languages and themes, on a desk and on a telephone, and to who cannot see it."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.dashboard.browser import DESK, TELEPHONE, Scheme, ofd_behaves, visit
from tests.e2e.gateway import Gateway, eventually, gateway, sale

PARTS = ("overview", "buffer", "receipt", "dead", "registers", "links", "log")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """One that has lived: a receipt of each kind, an alert, and an OFD that is away."""
    settings = {"KASSIR_BUFFER__MAX_RETRY_ATTEMPTS": "1", "BUFFER_CAPACITY": "20"}
    with gateway(tmp_path_factory.mktemp("shop"), **settings) as running:
        running.post(sale("8990.00"))
        eventually(lambda: running.get("/v1/kkt/buffer/status")["synced"] == 1)
        ofd_behaves(running, refuse_next=1)
        running.post(sale("4500.50"))
        eventually(lambda: running.get("/v1/kkt/buffer/status")["dead"] == 1)
        ofd_behaves(running, down=True)
        for number in range(17):
            running.post(sale(f"{1290 + 271 * number}.50"))
        eventually(lambda: running.get("/v1/health")["components"]["circuit_breaker"]["state"] == "OPEN")
        yield running


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
def test_every_part_fits_and_serves_everybody(
    browser: Browser, shop: Gateway, size: tuple[int, int], scheme: Scheme
) -> None:
    newest = shop.get("/v1/kkt/receipts?limit=1")["items"][0]["id"]
    with visit(browser, shop, size, scheme) as visitor:
        for part in PARTS:
            path = {"overview": "", "receipt": f"receipt/{newest}"}.get(part, part)
            visitor.show(path)
            if part == "receipt":
                expect(visitor.page.frame_locator("iframe.slip").locator("h1")).to_have_text("Кассовый чек")
            visitor.picture(f"{part}-{size[0]}-{scheme}")
            assert too_wide(visitor.page) == 0, f"{part} has to be scrolled sideways"
            if size == DESK:
                assert faults_of(visitor.page, scheme) == [], f"{part} shuts somebody out"


def test_dialogs_serve_everybody(browser: Browser, shop: Gateway) -> None:
    with visit(browser, shop) as visitor:
        page = visitor.page
        visitor.show("links")
        page.get_by_role("button", name="Отключить").first.click()
        expect(page.get_by_label("Кто распорядился")).to_be_focused()
        assert faults_of(page) == []
        visitor.picture("order-of-a-breaker")
        page.keyboard.press("Escape")

        expect(page.locator("#dialog")).to_be_hidden()


def test_language_and_theme_are_chosen_and_kept(browser: Browser, shop: Gateway) -> None:
    with visit(browser, shop) as visitor:
        page = visitor.page
        visitor.show("")
        expect(page.locator("html")).to_have_attribute("lang", "ru")
        expect(page.get_by_role("link", name="Обзор")).to_be_visible()
        light = page.evaluate("getComputedStyle(document.body).backgroundColor")

        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("link", name="Overview")).to_be_visible()
        page.get_by_role("button", name="Dark theme").click()

        page.reload()
        expect(page.get_by_role("link", name="Overview")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.get_by_role("button", name="Dark theme")).to_have_attribute("aria-pressed", "true")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
        for part in PARTS:
            visitor.show("" if part == "overview" else part)
            assert cyrillic(page) == "", f"{part} speaks Russian to who reads English"
        visitor.picture("log-in-english")


def test_all_of_it_can_be_reached_by_keyboard(browser: Browser, shop: Gateway) -> None:
    with visit(browser, shop) as visitor:
        page = visitor.page
        visitor.show("buffer")

        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="К содержимому")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Принудительная синхронизация")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("ОФД сейчас недоступен")
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="Принудительная синхронизация")).to_be_focused()


def too_wide(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def faults_of(page: Page, scheme: Scheme = "light") -> list[str]:
    """What axe finds serious or critical; the dark scheme is the same but for its colours."""
    options = {"resultTypes": ["violations"], **({"runOnly": ["color-contrast"]} if scheme == "dark" else {})}
    found = Axe().run(page, options=options).response["violations"]
    grave = [fault for fault in found if fault["impact"] in ("serious", "critical")]
    return [f"{fault['id']}: {node['html']} {node['failureSummary']}" for fault in grave for node in fault["nodes"][:3]]


def cyrillic(page: Page) -> str:
    """What is in Russian letters, but for names of things: the model of a register, the goods."""
    text: str = page.locator("main").inner_text()
    return "".join(letter for letter in text.replace("ШТРИХ-М-01Ф", "") if "а" <= letter.lower() <= "я")
