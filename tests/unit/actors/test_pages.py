"""Pages: found, small, known again, and loading nothing from elsewhere."""

import gzip
import re
from pathlib import Path
from typing import cast

import pytest
import trio
from quart_trio.testing.client import TrioClient

from actors.facade.pages import FOLDER, PAGES, Page
from tests.fakes.pair import Pair

HOST = {"Host": "localhost"}
ONE_OF_EACH = {Path(page.file).suffix: page for page in PAGES}.values()  # files of a type all go the same way
each_page = pytest.mark.parametrize("page", ONE_OF_EACH, ids=lambda page: page.path)


@pytest.fixture
async def client(tmp_path: Path, autojump_clock: trio.testing.MockClock, nursery: trio.Nursery) -> TrioClient:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    return pair.client


@each_page
async def test_a_page_is_its_file(client: TrioClient, page: Page) -> None:
    answer = await client.get(page.path, headers=HOST)

    assert answer.status_code == 200
    assert cast(bytes, await answer.get_data()) == (FOLDER / page.file).read_bytes()


@each_page
async def test_a_browser_may_load_nothing_from_elsewhere(client: TrioClient, page: Page) -> None:
    answer = await client.get(page.path, headers=HOST)

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("page", [page for page in PAGES if page.file.endswith(".html")], ids=lambda page: page.path)
def test_what_a_page_names_is_served_from_here(page: Page) -> None:
    text = (FOLDER / page.file).read_text()

    named = re.findall(r'(?:src|href)="(?!data:|#)([^"]+)"', text)

    assert set(named) <= {each.path for each in PAGES} | {"/openapi.json"}
    assert not re.search(r"<script(?![^>]*src)|<style|\son\w+=|\sstyle=", text)  # the policy would not let them run


@each_page
async def test_a_browser_that_has_a_page_hears_so(client: TrioClient, page: Page) -> None:
    tag = (await client.get(page.path, headers=HOST)).headers["ETag"]

    answer = await client.get(page.path, headers={**HOST, "If-None-Match": tag})

    assert answer.status_code == 304
    assert cast(bytes, await answer.get_data()) == b""
    assert answer.headers["ETag"] == tag


@each_page
async def test_a_page_goes_out_pressed_to_whoever_can_read_that(client: TrioClient, page: Page) -> None:
    plain = await client.get(page.path, headers=HOST)
    pressed = await client.get(page.path, headers={**HOST, "Accept-Encoding": "br, gzip"})

    if pressed.headers.get("Content-Encoding") == "gzip":
        assert gzip.decompress(cast(bytes, await pressed.get_data())) == cast(bytes, await plain.get_data())
        assert pressed.headers["ETag"] != plain.headers["ETag"]
    assert pressed.headers["Vary"] == "Accept-Encoding"
