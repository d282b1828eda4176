"""Who a caller is by what it shows: API keys, certificates, and which of them counts."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from drivers.auth import make_doorkeeper
from drivers.auth.keys import PREFIX, digest, new_api_key
from protocols.calls import Role
from protocols.credentials import Credentials, NotIdentified
from protocols.principal import LOCAL, Principal
from protocols.settings import Settings
from tests.callers import token
from tests.samples import NOON

KEY, OLD_KEY = PREFIX + "k" * 43, PREFIX + "o" * 43
TILL = frozenset({Role.POS})
SETTINGS = Settings.model_validate(
    {
        "api": {"tls": {"certificate": "a", "key": "b", "client_ca": "c"}},
        "auth": {
            "signing_keys": [{"id": "hs-1", "algorithm": "hs256", "secret": "s" * 32}],
            "api_keys": [
                {"name": "terminal", "sha256": digest(KEY), "roles": ["pos", "cashier"]},
                {"name": "old", "sha256": digest(OLD_KEY), "roles": ["pos"], "expires": NOON + timedelta(hours=1)},
            ],
            "certificates": [
                {"name": "till-1", "roles": ["pos"], "common_name": "till-1.shop"},
                {"name": "till-2", "roles": ["pos"], "alternative_name": "till-2.shop"},
                {"name": "chief", "roles": ["admin"], "sha256": "c" * 64},
            ],
        },
    }
)


def certificate(
    common_name: str = "till-1.shop",
    *others: str,
    sha256: str = "0" * 64,
    ends: str = "Jan  1 00:00:00 2030 GMT",
    ca_ends: str = "Jan  1 00:00:00 2031 GMT",
) -> dict[str, Any]:
    begins = "Jan  1 00:00:00 2020 GMT"
    return {
        "subject": ((("organizationName", "till-9.shop"),), (("commonName", common_name),)),
        "subjectAltName": tuple(("DNS", name) for name in others),
        "notBefore": begins,
        "notAfter": ends,
        "sha256": sha256,
        "authority": {"notBefore": begins, "notAfter": ca_ends},
    }


def identify(
    authorization: str | None = None, shown: dict[str, Any] | None = None, *, now: datetime = NOON
) -> Principal:
    return make_doorkeeper(SETTINGS, lambda: now).identify(Credentials(authorization, shown))


def code(authorization: str | None = None, shown: dict[str, Any] | None = None, *, now: datetime = NOON) -> str:
    with pytest.raises(NotIdentified) as refused:
        identify(authorization, shown, now=now)
    return refused.value.code


def test_where_nothing_is_set_up_everybody_is_the_owner_of_the_computer() -> None:
    door = make_doorkeeper(Settings(), lambda: NOON)

    assert door.identify(Credentials()) is LOCAL
    assert door.identify(Credentials("Bearer nonsense")) is LOCAL
    assert not door.asks
    assert make_doorkeeper(SETTINGS, lambda: NOON).asks


def test_who_shows_nothing_is_asked_to() -> None:
    assert code() == "CREDENTIALS_MISSING"


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER "])
def test_an_api_key_says_who_it_is(word: str) -> None:
    assert identify(f"{word} {KEY}") == Principal("terminal", frozenset({Role.POS, Role.CASHIER}), "key")


def test_an_api_key_ends_when_its_time_is_over() -> None:
    assert identify(f"Bearer {OLD_KEY}", now=NOON + timedelta(minutes=59)).expires_at == NOON + timedelta(hours=1)
    assert code(f"Bearer {OLD_KEY}", now=NOON + timedelta(hours=1)) == "API_KEY_EXPIRED"


@pytest.mark.parametrize("key", [PREFIX, PREFIX + "x" * 43, KEY + "x", KEY[:-1], digest(KEY).join((PREFIX, ""))])
def test_an_api_key_that_is_not_whole_is_unknown(key: str) -> None:
    assert code(f"Bearer {key}") == "API_KEY_UNKNOWN"


def test_an_api_key_is_256_random_bits() -> None:
    keys = {new_api_key() for _ in range(100)}

    assert len(keys) == 100
    assert {len(key) for key in keys} == {len(PREFIX) + 43}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", f"Basic {KEY}", KEY, f"Bearer\t{KEY}", "Bearer\udcff", "Digest x=y"]
)
def test_a_header_of_another_form_is_refused(header: str) -> None:
    assert code(header) == "AUTHORIZATION_INVALID"


def test_a_certificate_says_who_it_is_by_its_common_name() -> None:
    until = datetime.fromisoformat("2030-01-01T00:00:00+00:00")
    assert identify(shown=certificate()) == Principal("till-1", TILL, "certificate", until)


def test_or_by_another_of_its_names() -> None:
    assert identify(shown=certificate("anything", "x.shop", "till-2.shop")).name == "till-2"


def test_or_by_the_whole_of_it_before_any_name() -> None:
    assert identify(shown=certificate("till-1.shop", "till-2.shop", sha256="c" * 64)).name == "chief"


def test_a_name_counts_only_where_it_was_said_to_stand() -> None:
    assert code(shown=certificate("till-2.shop")) == "CERTIFICATE_UNKNOWN"
    assert code(shown=certificate("anything", "till-1.shop")) == "CERTIFICATE_UNKNOWN"
    assert code(shown=certificate("till-9.shop")) == "CERTIFICATE_UNKNOWN"
    assert code(shown=certificate("")) == "CERTIFICATE_UNKNOWN"


def test_a_certificate_ends_by_our_clock_and_the_answer_says_when() -> None:
    old = certificate(ends="Nov  1 00:00:00 2026 GMT")

    with pytest.raises(NotIdentified, match=r"CERTIFICATE_EXPIRED.*2026-11-01"):
        identify(shown=old, now=datetime.fromisoformat("2026-11-02T00:00:00+00:00"))
    assert identify(shown=old, now=datetime.fromisoformat("2026-10-31T00:00:00+00:00")).name == "till-1"
    assert code(shown=old, now=datetime.fromisoformat("2019-12-31T00:00:00+00:00")) == "CERTIFICATE_NOT_YET"


def test_it_is_good_no_longer_than_that_of_its_ca() -> None:
    shown = certificate(ca_ends="Jan  1 00:00:00 2027 GMT")

    assert identify(shown=shown).expires_at == datetime.fromisoformat("2027-01-01T00:00:00+00:00")
    assert code(shown=shown, now=datetime.fromisoformat("2027-01-02T00:00:00+00:00")) == "CERTIFICATE_EXPIRED"


def test_a_certificate_whose_issuer_is_not_known_itself_is_refused() -> None:
    assert code(shown=certificate() | {"authority": None}) == "CERTIFICATE_ISSUER_UNKNOWN"


def test_what_stands_in_the_header_goes_before_the_certificate() -> None:
    assert identify(f"Bearer {KEY}", certificate()).name == "terminal"
    assert code(f"Bearer {token('pos', at=NOON)}", certificate()) == "TOKEN_UNKNOWN_KEY"


def test_nothing_that_is_shown_is_seen_in_a_log() -> None:
    assert KEY not in repr(Credentials(f"Bearer {KEY}", {"sha256": KEY}))
