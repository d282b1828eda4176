"""GET /v1/kkt/receipt/{id}/slip at the real facade, in virtual time: a page that nothing of a receipt can break."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import trio
from quart import Response
from trio.testing import MockClock

from actors import buffer, deliveries
from actors.facade.slip import page
from drivers.store.records import Retention
from protocols.receipt import Receipt
from protocols.slip import slip_of
from tests.fakes.pair import ONE, Pair, sale_body
from tests.samples import document, intent, sale

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;{{ 7*7 }}"


class Read(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.text = list[str](), ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("style", "href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


async def slip(pair: Pair, receipt_id: str) -> Response:
    return await pair.client.get(f"/v1/kkt/receipt/{receipt_id}/slip", headers={"Host": "localhost"})


async def opened(folder: Path, nursery: trio.Nursery) -> Pair:
    pair = Pair(folder)
    await pair.open(nursery)
    await trio.sleep(1)
    return pair


async def sold(pair: Pair, **changes: Any) -> str:
    return str((await (await pair.post("/receipt", sale_body(12_345, ONE) | changes)).get_json())["receipt_id"])


async def test_a_receipt_on_paper_is_a_page_that_says_so(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = await opened(tmp_path, nursery)
    receipt_id = await sold(pair, customer={"email": "ivanova@example.ru"})

    answer = await slip(pair, receipt_id.upper())

    text = await answer.get_data(as_text=True)
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    for part in ("Кассовый чек", "Приход", "123,45 ₽", "Оправа", "i***@example.ru"):
        assert part in Read(text).text
    assert "ivanova" not in text
    assert "svg" in Read(text).tags
    nursery.cancel_scope.cancel()


async def test_its_policy_lets_nothing_in_but_its_own_style(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = await opened(tmp_path, nursery)
    answer = await slip(pair, await sold(pair))

    policy = answer.headers["Content-Security-Policy"]
    (style,) = re.findall(r"<style>(.*?)</style>", await answer.get_data(as_text=True), re.DOTALL)
    assert f"style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    nursery.cancel_scope.cancel()


def test_nothing_that_a_receipt_says_becomes_markup() -> None:
    (item,) = sale().items
    hostile = Receipt(
        "POS-001",
        sale().kind,
        (type(item)(HOSTILE, item.quantity, item.price_kopecks, item.vat),),
        sale().payments,
        customer_email=f"{HOSTILE}@{HOSTILE}",
        place=HOSTILE,
        header=(HOSTILE,),
        footer=(HOSTILE,),
    )

    read, honest = Read(page(slip_of(hostile, document()))), Read(page(slip_of(sale(), document())))

    assert not {"script", "img"} & set(read.tags)
    assert set(read.tags) == set(honest.tags)
    assert read.text.count(HOSTILE) == 5  # item, address (after its @), place, above and below


async def test_one_that_is_not_on_paper_is_409_and_one_that_is_not_there_404(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = await opened(tmp_path, nursery)
    claim = intent(sale(pos_id=ONE))
    await pair.wiring.mailboxes.buffer.address.ask(buffer.Claim(claim), within=1)

    refused, missing = await slip(pair, claim.receipt_id), await slip(pair, "nobody")

    told = await refused.get_json()
    assert (refused.status_code, told["code"], told["details"]) == (409, "RECEIPT_NOT_PRINTED", {"state": "printing"})
    assert (missing.status_code, (await missing.get_json())["code"]) == (404, "RECEIPT_NOT_FOUND")
    nursery.cancel_scope.cancel()


async def test_of_an_unknown_one_both_sides_are_shown(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = await opened(tmp_path, nursery)
    claim = intent(sale(pos_id=ONE))
    address = pair.wiring.mailboxes.buffer.address
    await address.ask(buffer.Claim(claim), within=1)
    found = b'[{"type":"sale","fn":"9999078900000001","fd":"77","fp":"0000000001","total":55.50}]'
    await address.ask(buffer.Unknown(claim.receipt_id, "two might be it", found), within=1)

    answer = await slip(pair, claim.receipt_id)

    text = Read(await answer.get_data(as_text=True)).text
    assert answer.status_code == 200
    for side in ("Неизвестно", "Оправа", "100,00", "Что показывает ККТ", "77", "55,50"):
        assert side in text
    nursery.cancel_scope.cancel()


async def test_of_one_that_is_cleaned_up_its_document_is_shown_still(
    tmp_path: Path, autojump_clock: MockClock, nursery: trio.Nursery
) -> None:
    pair = await opened(tmp_path, nursery)
    receipt_id = await sold(pair)
    address = pair.wiring.mailboxes.buffer.address
    await address.ask(deliveries.Take(), within=1)
    await address.ask(deliveries.Synced(receipt_id, "OFD-1"), within=1)
    now = Retention(rows=-1, keys=1e9, dead=1e9, events=1e9)
    await pair.store.transact([lambda store: store.clean_up(now, 10)])

    answer = await slip(pair, receipt_id)

    text = Read(await answer.get_data(as_text=True)).text
    assert answer.status_code == 200
    assert "уже не хранится" in text
    assert "123,45" in text
    nursery.cancel_scope.cancel()


def test_a_page_stands_alone() -> None:
    text = page(slip_of(sale(), document()))

    assert not re.search(r"https?://|<link|<script|@import|url\(", text)
