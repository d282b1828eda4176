"""A page of another site, in the same browser, can neither sell nor see anything."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.gateway import Gateway, gateway, sale

TRY = """
async ([url, sale]) => {
  const json = { "Content-Type": "application/json" };
  const text = async (how) => { try { return await (await fetch(...how)).text() } catch { return null } };
  const SALES = "/v1/kkt/receipt";
  const key = "3f0e1c3e-6a1b-4d57-9d4c-0d6b8a2f4c11";
  const opened = new Promise((found) => {
    const socket = new WebSocket(url.replace("http", "ws") + "/v1/status/stream");
    socket.onmessage = (event) => { found(event.data); socket.close() };
    socket.onerror = () => found(null);
  });
  return {
    read: await text([url + "/v1/kkt/devices"]),
    peeked: await text([url + "/v1/kkt/devices", { mode: "no-cors" }]),
    posted: await text([url + SALES, { method: "POST", body: sale, headers: { ...json, "Idempotency-Key": key } }]),
    slipped_in: await text([url + SALES, { method: "POST", body: sale, mode: "no-cors" }]),
    followed: await opened,
  };
}
"""

FRAME = """
url => {
  const frame = document.createElement("iframe");
  frame.src = url;
  document.body.append(frame);
}
"""


class EmptyPage(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>another site</title>")

    def log_message(self, *_: Any) -> None:
        """Not into the output of the tests."""


@contextmanager
def another_site() -> Iterator[str]:
    """Its address, by a name that browsers take to this machine."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), EmptyPage) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://evil.localhost:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def tried(page: Page, url: str) -> dict[str, str | None]:
    found: dict[str, str | None] = page.evaluate(TRY, [url, json.dumps(sale())])
    return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    with gateway(tmp_path_factory.mktemp("shop")) as running:
        yield running


def test_a_page_of_another_site_neither_sells_nor_sees_anything(browser: Browser, shop: Gateway) -> None:
    with another_site() as elsewhere, browser.new_context() as context:
        page = context.new_page()

        page.goto(elsewhere)
        theirs = tried(page, shop.url)

        assert (theirs["read"], theirs["posted"], theirs["followed"]) == (None, None, None)
        assert not theirs["peeked"]  # a browser hands on nothing of such an answer
        assert shop.journal() == []

        page.goto(f"{shop.url}/")
        ours = tried(page, shop.url)
        assert "POS-001" in (ours["read"] or "")
        assert "snapshot" in (ours["followed"] or "")
        assert len(shop.journal()) == 1  # so the same would have sold


def test_a_foreign_name_for_this_machine_shows_nothing(browser: Browser, shop: Gateway) -> None:
    """DNS rebinding: a page's own name leads to the gateway."""
    with browser.new_context() as context:
        page = context.new_page()

        answer = page.goto(shop.url.replace("127.0.0.1", "evil.localhost") + "/")

        assert answer is not None
        assert answer.status == 403
        assert "FOREIGN_HOST" in page.content()


def test_no_other_site_can_put_the_dashboard_into_a_frame(browser: Browser, shop: Gateway) -> None:
    """Or it could have a person press buttons that they do not see."""
    with another_site() as elsewhere, browser.new_context() as context:
        page = context.new_page()
        page.goto(elsewhere)

        page.evaluate(FRAME, shop.url)
        page.wait_for_load_state("networkidle")

        assert "Kassir" not in page.frames[1].content()
