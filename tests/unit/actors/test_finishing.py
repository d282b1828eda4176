"""What every answer gets on its way out, at the real facade over two registers, in virtual time."""

import gzip
import json
from pathlib import Path
from uuid import uuid4

import pytest
import trio
from quart import Response
from trio.testing import MockClock

from actors.facade.app import make_app
from actors.facade.finishing import TAGGED, WORTH_IT, tag_of
from tests.fakes.pair import ONE, Pair, sale_body

LIST, STATUS = "/v1/kkt/receipts", "/v1/kkt/buffer/status"


@pytest.fixture
async def pair(tmp_path: Path, nursery: trio.Nursery, autojump_clock: MockClock) -> Pair:
    pair = Pair(tmp_path)
    await pair.open(nursery)
    await trio.sleep(1)
    return pair


async def get(pair: Pair, path: str, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await pair.client.get(path, headers={"Host": "localhost", **named})


async def body(answer: Response) -> bytes:
    return await answer.get_data(as_text=False)


async def test_a_long_list_is_packed_for_whoever_can_unpack_it(pair: Pair, autojump_clock: MockClock) -> None:
    for _ in range(10):
        await pair.sell(100)

    plain, packed = await get(pair, LIST), await get(pair, LIST, Accept_Encoding="br, gzip;q=0.5")
    refused = await get(pair, LIST, Accept_Encoding="gzip;q=0, identity")
    endless = await get(pair, LIST, Accept_Encoding="gzip" + ",a" * 5000)  # which takes 30 ms to read

    assert gzip.decompress(await body(packed)) == await body(plain) == await body(refused)
    assert "Content-Encoding" not in endless.headers
    assert len(await body(packed)) * 4 < len(await body(plain))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content_length == len(await body(packed))
    assert {answer.headers["Vary"] for answer in (plain, packed, refused)} == {"Accept-Encoding"}
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["ETag"] != plain.headers["ETag"]


async def test_a_short_answer_and_a_page_of_figures_are_as_they_must_be(pair: Pair, autojump_clock: MockClock) -> None:
    short = await get(pair, "/v1/kkt/shift?pos_id=POS-001", Accept_Encoding="gzip")
    figures = await get(pair, "/metrics", Accept_Encoding="gzip")

    assert "Content-Encoding" not in short.headers
    assert len(await body(short)) < WORTH_IT
    assert gzip.decompress(await body(figures)).startswith(b"# HELP")
    assert figures.headers["Content-Type"].startswith("text/plain")


async def test_who_has_it_already_is_told_so_until_something_happens(pair: Pair, autojump_clock: MockClock) -> None:
    await pair.sell(100)
    first = await get(pair, LIST)
    tag = first.headers["ETag"]

    known = await get(pair, LIST, If_None_Match=f'"other", {tag}')
    await pair.sell(200)
    changed = await get(pair, LIST, If_None_Match=tag)

    assert (known.status_code, await body(known)) == (304, b"")
    assert (known.headers["ETag"], known.headers["Cache-Control"]) == (tag, "no-cache")
    assert (changed.status_code, changed.headers["ETag"] == tag) == (200, False)
    assert not tag.startswith("W/")


async def test_who_has_the_packed_form_is_told_of_that(pair: Pair, autojump_clock: MockClock) -> None:
    for _ in range(10):
        await pair.sell(100)
    packed = await get(pair, LIST, Accept_Encoding="gzip")

    known = await get(pair, LIST, Accept_Encoding="gzip", If_None_Match=packed.headers["ETag"])
    plain = await get(pair, LIST, If_None_Match=packed.headers["ETag"])

    assert (known.status_code, known.headers["Vary"]) == (304, "Accept-Encoding")
    assert plain.status_code == 200


@pytest.mark.parametrize(
    "path",
    [LIST, "/v1/kkt/dlq", "/v1/kkt/devices", "/v1/kkt/handover", STATUS, "/v1/status/history"],
)
async def test_where_nothing_happens_the_tag_stays_though_time_goes_on(
    pair: Pair, autojump_clock: MockClock, path: str
) -> None:
    await pair.sell(100)
    await trio.sleep(20)
    first = await get(pair, path)
    await trio.sleep(9 if "history" in path else 90)  # of the history every half minute is news
    again = await get(pair, path, If_None_Match=first.headers["ETag"])

    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.status_code == 304


async def test_a_tag_is_weak_where_the_clock_alone_changes_what_is_said(pair: Pair, autojump_clock: MockClock) -> None:
    await trio.sleep(10)
    strong = await get(pair, STATUS)
    await pair.sell(100)
    await trio.sleep(60)
    weak = await get(pair, STATUS)

    assert "age_hours" in json.loads(await body(weak))["oldest_receipt"]
    assert (strong.headers["ETag"][:1], weak.headers["ETag"][:3]) == ('"', 'W/"')


async def test_no_answer_is_guessed_at_or_kept_unless_it_says_so(pair: Pair, autojump_clock: MockClock) -> None:
    sold = await pair.sell(100)
    answers = [
        sold,
        await get(pair, "/v1/kkt/ready?pos_id=POS-001"),
        await get(pair, "/v1/kkt/nothing"),
        await get(pair, LIST),
    ]

    assert {answer.headers["X-Content-Type-Options"] for answer in answers} == {"nosniff"}
    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store"] * 3 + ["no-cache"]


async def test_the_answer_to_a_receipt_is_the_same_bytes_whatever_its_caller_takes(
    pair: Pair, autojump_clock: MockClock
) -> None:
    key = str(uuid4())
    first = await pair.sell(100, key=key)
    headers = {"Host": "localhost", "Idempotency-Key": key, "Accept-Encoding": "gzip", "If-None-Match": "*"}
    again = await pair.client.post("/v1/kkt/receipt", json=sale_body(100, ONE), headers=headers)

    assert await body(again) == await body(first)
    assert not {"ETag", "Content-Encoding", "Vary"} & set(again.headers.keys())


async def test_whoever_says_himself_how_it_is_kept_and_packed_is_left_alone(
    pair: Pair, autojump_clock: MockClock
) -> None:
    app = make_app(pair.wiring.reach, trio.Event())
    said = {"ETag": '"mine"', "Cache-Control": "max-age=60", "Content-Type": "text/css"}
    said["X-Content-Type-Options"] = "nosniff"
    answer = Response("x" * 5000, headers=said)
    async with app.test_request_context(LIST, headers={"Host": "localhost", "Accept-Encoding": "gzip"}):
        await app.process_response(answer)

    assert await body(answer) == b"x" * 5000
    assert {name: answer.headers.getlist(name) for name in said} == {name: [value] for name, value in said.items()}


async def test_every_tagged_route_that_is_served_here_is_routed(pair: Pair, autojump_clock: MockClock) -> None:
    routed = {rule.rule for rule in make_app(pair.wiring.reach, trio.Event()).url_map.iter_rules()}

    assert TAGGED - routed <= {"/openapi.json"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b'{"paused_for":7,"a":1}', b'{"paused_for":6,"a":1}', True),
        (b'{"paused_for":7,"a":1}', b'{"paused_for":0,"a":1}', False),
        (b'{"state":"open","until":"2026-03-01T12:00:00.000001Z"}', b'{"state":"open","until":"2026-03-01Z"}', True),
        (b'{"state":"open","until":"2026-03-01Z"}', b'{"state":"open","until":null}', False),
        (b'{"name":"\\"age_hours\\":1"}', b'{"name":"\\"age_hours\\":2"}', False),
    ],
)
def test_what_the_clock_alone_changes_is_no_other_state(one: bytes, other: bytes, same: bool) -> None:
    assert (tag_of(one, packs=False)[0] == tag_of(other, packs=False)[0]) is same
