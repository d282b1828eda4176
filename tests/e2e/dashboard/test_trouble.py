"""The dashboard when things go wrong around it: slow and lost answers, odd addresses, hands quicker than it is."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.dashboard.browser import ofd_behaves, visit
from tests.e2e.gateway import Gateway, eventually, gateway, sale

JUDGED = """
async ([queued, capacity]) => {
  const { take, buffer } = await import("/assets/dashboard/world.js");
  const { toneOfBuffer } = await import("/assets/dashboard/standing.js");
  take({ type: "change", component: "buffer", state: { current_queued: queued, total_capacity: capacity } });
  return [buffer().percent, toneOfBuffer(buffer())];
}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("shop")) as running:
        for number in range(60):
            running.post(sale(f"{100 + number}.00"))
        yield running


@pytest.mark.parametrize(
    ("queued", "capacity", "shown"),
    [
        (34, 200, [17, "good"]),
        (47, 200, [24, "good"]),
        (159, 200, [80, "good"]),
        (160, 200, [80, "warn"]),
        (180, 200, [90, "warn"]),
        (181, 200, [91, "bad"]),
        (1803, 2000, [90, "bad"]),
        (1999, 2000, [99, "bad"]),
        (200, 200, [100, "bad"]),
        (0, 200, [0, "good"]),
    ],
)
def test_the_buffer_has_the_colours_and_figures_of_the_specification(
    browser: Browser, shop: Gateway, queued: int, capacity: int, shown: list[Any]
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{shop.url}/assets/dashboard/icon.svg")
        page.goto(f"{shop.url}/docs")  # a page of the same origin that no stream renews

        assert page.evaluate(JUDGED, [queued, capacity]) == shown


@pytest.mark.parametrize("address", ["receipt/%", "receipt/100%", "constructor", "toString/x", "__proto__", "нет"])
def test_no_address_breaks_the_page(browser: Browser, shop: Gateway, address: str) -> None:
    with visit(browser, shop, may_say=("404",)) as visitor:
        visitor.page.goto(f"{shop.url}/#/{address}")

        expect(visitor.page.locator("main h2").first).to_be_visible()
        expect(visitor.page.locator(".status:not(.stale)")).to_be_visible()


def test_rows_that_were_asked_for_stay_while_the_shop_sells(browser: Browser, shop: Gateway) -> None:
    with visit(browser, shop) as visitor:
        visitor.show("buffer")
        rows = visitor.page.locator("tbody tr")
        expect(rows).to_have_count(50)
        visitor.page.get_by_role("button", name="Показать ещё").click()
        expect(rows.nth(59)).to_be_visible()

        newest = shop.post(sale("7.00")).json()["receipt_id"]

        expect(rows.first).to_have_attribute("data-key", newest)
        assert rows.count() > 60


def test_a_gateway_that_answers_slower_than_the_shop_sells_is_shown_all_the_same(
    browser: Browser, shop: Gateway
) -> None:
    with visit(browser, shop) as visitor:
        visitor.show("buffer")
        slow_down(visitor.page, "**/v1/kkt/receipts?*", 1500)

        for number in range(8):
            newest = shop.post(sale(f"{number + 1}.50")).json()["receipt_id"]
            visitor.page.wait_for_timeout(500)
            if number == 6:  # it never paused, and yet something of it is seen
                assert visitor.page.locator("tbody tr", has_text="1,50").count() > 0

        expect(visitor.page.locator(f"tr[data-key='{newest}']")).to_be_visible()


def test_what_failed_once_is_asked_for_again_by_itself(browser: Browser, shop: Gateway) -> None:
    with visit(browser, shop, may_say=("503",)) as visitor:
        page = visitor.page
        busy = {"status": 503, "json": {"code": "TOO_BUSY", "message": "", "details": None, "id": ""}}
        page.route("**/v1/kkt/dlq?*", lambda route: route.fulfill(**busy), times=1)

        page.goto(f"{shop.url}/#/dead")
        expect(page.locator("main .failure")).to_have_text("Шлюз занят продажами. Попробуйте чуть позже.")

        expect(page.get_by_text("Недоставленных чеков нет")).to_be_visible()
        expect(page.locator("main .failure")).to_have_count(0)


def test_an_order_that_ends_late_leaves_the_next_question_open(browser: Browser, shop: Gateway) -> None:
    with visit(browser, shop) as visitor:
        page = visitor.page
        visitor.show("links")
        slow_down(page, "**/v1/links/*/breaker", 1500)
        page.get_by_role("button", name="Замкнуть").first.click()
        page.get_by_label("Кто распорядился").fill("Иванова")
        page.get_by_label("Причина").fill("работы закончены")
        page.get_by_role("button", name="Выполнить").click()
        page.keyboard.press("Escape")

        page.get_by_role("button", name="Отключить").first.click()
        page.get_by_label("Причина").fill("проверка")

        expect(page.locator("#said")).to_have_text("Выполнено")
        expect(page.get_by_label("Причина")).to_have_value("проверка")
        expect(page.get_by_label("Причина")).to_be_focused()


def test_a_full_buffer_waits_for_the_end_of_what_somebody_types(browser: Browser, tmp_path: Path) -> None:
    with gateway(tmp_path, BUFFER_CAPACITY="2") as full, visit(browser, full) as visitor:
        page = visitor.page
        ofd_behaves(full, down=True)
        visitor.show("links")
        page.get_by_role("button", name="Отключить").first.click()
        page.get_by_label("Причина").fill("жду")

        full.post(sale())
        full.post(sale())
        expect(page.locator(".tipped.buffer .chip")).to_have_attribute("data-tone", "bad")
        page.wait_for_timeout(1500)
        expect(page.get_by_label("Причина")).to_be_focused()
        expect(page.locator("#blocked")).to_be_hidden()

        page.keyboard.press("Escape")
        expect(page.locator("#blocked")).to_be_visible()


def test_a_key_in_the_wrong_letters_is_not_even_tried(browser: Browser, shop: Gateway) -> None:
    with visit(browser, shop) as visitor:
        page = visitor.page
        visitor.show("")
        page.evaluate("import('/assets/dashboard/signin.js').then(({ signIn }) => signIn(() => {}))")
        page.get_by_label("Ключ или токен").fill("лфыышк_ключ")
        page.get_by_role("button", name="Войти").click()

        expect(page.locator("#dialog")).to_be_visible()
        assert page.evaluate("sessionStorage.length") == 0


def test_a_filling_buffer_is_read_out_once_a_level_and_not_with_every_sale(browser: Browser, tmp_path: Path) -> None:
    with gateway(tmp_path, BUFFER_CAPACITY="40") as filling, visit(browser, filling) as visitor:
        ofd_behaves(filling, down=True)
        visitor.show("buffer")
        for _ in range(32):
            filling.post(sale())
        read_out = visitor.page.locator("#filling [role=alert]")
        expect(read_out).to_have_text("Внимание: офлайн-буфер заполнен на 80 %")

        filling.post(sale())
        filling.post(sale())

        expect(visitor.page.locator("#filling")).to_contain_text("В буфере 34 чека из 40")
        expect(read_out).to_have_text("Внимание: офлайн-буфер заполнен на 80 %")


def test_a_long_reason_is_no_wider_than_a_telephone(browser: Browser, tmp_path: Path) -> None:
    settings = {"KASSIR_BUFFER__MAX_RETRY_ATTEMPTS": "1"}
    with gateway(tmp_path, **settings) as refused, visit(browser, refused, (400, 800)) as visitor:
        ofd_behaves(refused, refuse_next=1)
        letter = refused.post(sale()).json()["receipt_id"]
        eventually(lambda: refused.get("/v1/kkt/buffer/status")["dead"] == 1)
        visitor.show(f"receipt/{letter}")
        expect(visitor.page.locator(".timeline")).to_contain_text("RECEIPT_REFUSED")

        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert visitor.page.evaluate(wide) == 0


def slow_down(page: Page, what: str, milliseconds: int) -> None:
    """Answers of these calls come so much later."""
    script = f"""
    const real = window.fetch;
    const slow = new RegExp({what.replace("**", ".*").replace("/*/", "/[^/]*/").replace("?*", "[?].*")!r});
    window.fetch = async (path, how) => {{
      if (slow.test(path)) await new Promise((over) => setTimeout(over, {milliseconds}));
      return real(path, how);
    }};
    """
    page.evaluate(f"() => {{ {script} }}")


def test_a_wrong_clock_of_who_looks_makes_no_wrong_durations(browser: Browser, tmp_path: Path) -> None:
    with gateway(tmp_path) as shop, visit(browser, shop) as visitor:
        page = visitor.page
        page.add_init_script("const real = Date.now; Date.now = () => real() + 7 * 60000;")
        shop.post(sale())
        eventually(lambda: shop.get("/v1/kkt/buffer/status")["synced"] == 1)

        visitor.show("")

        expect(page.locator(".tile[data-key=sync] .value")).to_have_text(re.compile(r"^\d+\sс\sназад$"))


PATCHED = """
async ([before, after]) => {
  const { h, patch } = await import("/assets/dashboard/element.js");
  const made = (names) => names.map((name) => name === "failure"
    ? h("p", {}, "no")
    : h("div", { "data-key": name.startsWith("row") && name },
        h("button", { id: name }, name), h("input", { id: `${name}-text` })));
  const place = document.body.appendChild(document.createElement("main"));
  patch(place, ...made(before));
  place.querySelector(`#${before.at(-1)}`).focus();
  place.querySelector(`#${before.at(-1)}-text`).value = "typed";
  patch(place, ...made(after));
  return [document.activeElement.id, place.querySelector(`#${before.at(-1)}-text`).value];
}
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["row-1", "row-2"], ["row-2"]),
        (["row-1", "row-2"], ["row-0", "row-1", "row-2"]),
        (["row-1", "row-2", "row-3"], ["row-0", "row-1", "row-3"]),
        (["failure", "row-1"], ["row-1"]),
        (["failure", "table"], ["table"]),
        (["table"], ["failure", "table"]),
        (["row-1", "failure", "table"], ["table"]),
    ],
)
def test_what_goes_and_comes_above_leaves_the_focus_and_what_was_typed(
    browser: Browser, shop: Gateway, before: list[str], after: list[str]
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{shop.url}/docs")

        focused, typed = page.evaluate(PATCHED, [before, after])

        assert (focused, typed) == (before[-1], "typed")


def test_a_button_that_has_nothing_to_do_for_now_keeps_the_focus(browser: Browser, shop: Gateway) -> None:
    with visit(browser, shop) as visitor:
        page = visitor.page
        visitor.show("log")
        page.get_by_role("button", name="Старше").click()
        newer = page.get_by_role("button", name="Новее")
        expect(newer).to_be_enabled()

        newer.press("Enter")

        expect(newer).to_be_disabled()
        expect(newer).to_be_focused()
        newer.press("Enter")
        expect(page.locator(".pager")).to_contain_text("Страница 1 из")


def test_names_as_long_as_they_may_be_fit_a_telephone_and_are_no_markup(browser: Browser, tmp_path: Path) -> None:
    names = ["<img src=x onerror=alert(1)>", "Ш" * 64, "POS-001"]
    block = '[[kkt.registers]]\npos_id = "{}"\ndriver = "shtrih"\ndevice_path = "tcp://127.0.0.1:9"\n'
    config = tmp_path / "config.toml"
    config.write_text("".join(map(block.format, names)))
    with gateway(tmp_path, config) as shop, visit(browser, shop, (400, 800)) as visitor:
        for part in ("", "buffer", "registers"):
            visitor.show(part)
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert visitor.page.evaluate(wide) == 0, part
        for name in names:
            expect(visitor.page.get_by_role("heading", name=name, exact=True)).to_be_visible()
