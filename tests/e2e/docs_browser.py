"""A person at /docs, in Debian's Chromium: `python docs_browser.py URL` prints what was seen, as JSON.

A program of its own: Playwright wants asyncio as it is, and where the gateway's code is imported it runs on Trio.
"""

import json
import sys
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
CALL = "#createReceipt"


def look(page: Page, url: str) -> dict[str, Any]:
    complaints: list[str] = []
    asked_for: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked_for.append(request.url))
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{url}/docs{CALL}")
    page.wait_for_selector(f"{CALL} form")
    fields = page.locator(f"{CALL} .fields .name").all_inner_texts()
    page.keyboard.press("/")
    page.keyboard.type("cash/in")
    listed = [each for each in page.locator("nav li:visible").all_inner_texts() if each]
    page.fill("#filter", "")
    page.click(f"{CALL} button[type=submit]")
    page.wait_for_selector(f"{CALL} .answer h4")
    faults = faults_of_access(page)  # with one call open: all of them are twenty thousand elements, made alike
    page.evaluate("document.querySelectorAll('details.call').forEach((call) => (call.open = true))")
    page.wait_for_selector("#getHealth form")
    return {
        "complaints": complaints,
        "asked_for": asked_for,
        "fields": fields,
        "listed": listed,
        "curl": page.inner_text(f"{CALL} .curl"),
        "answer": page.inner_text(f"{CALL} .answer"),
        "faults": faults,
        "calls": page.locator("main details.call form").count(),
    }


def faults_of_access(page: Page) -> list[str]:
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in Axe().run(page).response["violations"]]


if __name__ == "__main__":
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        seen: dict[str, Any] = {}
        for scheme in ("light", "dark"):
            page = browser.new_context(color_scheme="dark" if scheme == "dark" else "light").new_page()
            seen[scheme] = look(page, sys.argv[1])
            if len(sys.argv) > 2:
                page.screenshot(path=f"{sys.argv[2]}/docs-{scheme}.png", full_page=False)
        browser.close()
    json.dump(seen, sys.stdout)
