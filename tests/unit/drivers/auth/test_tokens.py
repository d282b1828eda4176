"""Which tokens are taken, and what is said of each that is not. The clock stands at NOON."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from drivers.auth.tokens import LEEWAY, LONGEST, Tokens, sign
from protocols.calls import Role
from protocols.credentials import NotIdentified
from protocols.principal import Principal
from tests.callers import EDDSA, HS256, KEYS, PRIVATE, PUBLIC, SECRET, base64url, claims, signed
from tests.samples import NOON

PEM = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
SAID = claims("pos cashier", at=NOON)


def identify(token: str, after: float = 0.0) -> Principal:
    """`after` so many seconds."""
    return Tokens(KEYS, "kassir", lambda: NOON + timedelta(seconds=after)).identify(token)


def code(token: str, after: float = 0.0) -> str:
    with pytest.raises(NotIdentified) as refused:
        identify(token, after)
    return refused.value.code


def by_hand(header: Any, payload: bytes, make: Callable[[bytes], bytes]) -> str:
    """A token as no library would write it."""
    parts = f"{base64url(json.dumps(header).encode())}.{base64url(payload)}"
    return f"{parts}.{base64url(make(parts.encode()))}"


@pytest.mark.parametrize("kid", [EDDSA, HS256])
def test_a_good_token_says_who_it_is_what_they_may_and_until_when(kid: str) -> None:
    found = identify(signed(SAID, kid))

    until = NOON + timedelta(minutes=15, seconds=LEEWAY)
    assert found == Principal("till-1", frozenset({Role.POS, Role.CASHIER}), "token", until)


@pytest.mark.parametrize("kid", [EDDSA, HS256])
def test_it_is_good_until_it_ends_and_a_little_longer_for_clocks_that_differ(kid: str) -> None:
    token, end = signed(SAID, kid), 15 * 60

    assert identify(token, end + LEEWAY - 1).name == "till-1"
    assert code(token, end + LEEWAY) == "TOKEN_EXPIRED"


@pytest.mark.parametrize("kid", [EDDSA, HS256])
def test_one_that_was_taken_ends_all_the_same_and_helps_no_other(kid: str) -> None:
    clock = [NOON]
    tokens, token = Tokens(KEYS, "kassir", lambda: clock[0]), signed(SAID, kid)
    for minutes in (0, 5, 15):
        clock[0] = NOON + timedelta(minutes=minutes)
        assert tokens.identify(token).name == "till-1"
    with pytest.raises(NotIdentified, match="TOKEN_INVALID"):
        tokens.identify(token[:-8] + "AAAAAAAA")
    clock[0] = NOON + timedelta(minutes=15, seconds=LEEWAY)
    with pytest.raises(NotIdentified, match="TOKEN_EXPIRED"):
        tokens.identify(token)


def test_it_is_good_a_little_before_it_begins() -> None:
    assert identify(signed(SAID), -LEEWAY).name == "till-1"
    assert code(signed(SAID), -LEEWAY - 1) == "TOKEN_NOT_YET"


def test_what_we_sign_we_take() -> None:
    for key in KEYS:
        how: dict[str, Any] = {"now": NOON, "lifetime": timedelta(minutes=15)}
        found = identify(sign(key, "kassir", "Иванова", [Role.MANAGER], **how))
        assert (found.name, found.roles) == ("Иванова", frozenset({Role.MANAGER}))


def test_roles_that_nobody_knows_give_nothing() -> None:
    assert identify(signed(SAID | {"scope": "root openid POS  pos\tadmins"})).roles == {Role.POS}
    assert identify(signed(SAID | {"scope": ""})).roles == frozenset()


def test_claims_that_we_do_not_read_do_no_harm() -> None:
    assert identify(signed(SAID | {"jti": "1", "email": None})).name == "till-1"


NOON_S = int(NOON.timestamp())
CLAIMS: list[tuple[str, dict[str, Any]]] = [
    ("TOKEN_LIVES_TOO_LONG", {"exp": NOON_S + 16 * 60}),
    ("TOKEN_LIVES_TOO_LONG", {"exp": NOON_S + 15 * 60 + 1}),
    ("TOKEN_LIVES_TOO_LONG", {"exp": 10**30}),
    ("TOKEN_LIVES_TOO_LONG", {"iat": -(10**30)}),
    ("TOKEN_NOT_YET", {"iat": NOON_S + 600, "exp": NOON_S + 900}),
    ("TOKEN_NOT_YET", {"iat": 10**30, "exp": 10**30 + 60}),
    ("TOKEN_NOT_YET", {"nbf": NOON_S + 600}),
    ("TOKEN_EXPIRED", {"iat": NOON_S - 1000, "exp": NOON_S - 100}),
    ("TOKEN_EXPIRED", {"exp": NOON_S - 100}),
    ("TOKEN_INVALID", {"iss": "kassir2"}),
    ("TOKEN_INVALID", {"iss": None}),
    ("TOKEN_INVALID", {"aud": "other"}),
    ("TOKEN_INVALID", {"aud": ["kassir", "other"]}),
    ("TOKEN_INVALID", {"sub": ""}),
    ("TOKEN_INVALID", {"sub": 7}),
    ("TOKEN_INVALID", {"sub": "till\n1"}),
    ("TOKEN_INVALID", {"sub": "t" * 65}),
    ("TOKEN_INVALID", {"scope": ["admin"]}),
    ("TOKEN_INVALID", {"exp": float(NOON_S + 60)}),
    ("TOKEN_INVALID", {"exp": str(NOON_S + 60)}),
    ("TOKEN_INVALID", {"exp": True}),
    ("TOKEN_INVALID", {"exp": None}),
    ("TOKEN_INVALID", {"iat": float("nan")}),
    ("TOKEN_INVALID", {"exp": float("inf")}),
    ("TOKEN_INVALID", {"nbf": "soon"}),
]


@pytest.mark.parametrize("kid", [EDDSA, HS256])
@pytest.mark.parametrize(("says", "other"), CLAIMS)
def test_a_token_with_wrong_claims_is_refused_however_well_it_is_signed(
    says: str, other: dict[str, Any], kid: str
) -> None:
    header = {"alg": "EdDSA" if kid == EDDSA else "HS256", "kid": kid}
    algorithm = jwt.get_algorithm_by_name("HS256")
    sign_it = PRIVATE.sign if kid == EDDSA else lambda data: algorithm.sign(data, SECRET.encode())

    assert code(by_hand(header, json.dumps(SAID | other).encode(), sign_it)) == says


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "scope", "iat", "exp"])
def test_a_token_without_one_of_its_claims_is_refused_by_its_name(missing: str) -> None:
    with pytest.raises(NotIdentified, match=f"TOKEN_INVALID.*{missing}"):
        identify(signed({name: value for name, value in SAID.items() if name != missing}))


STRANGER = Ed25519PrivateKey.generate()


def _hs256(secret: bytes) -> Callable[[bytes], bytes]:
    algorithm = jwt.get_algorithm_by_name("HS256")
    return lambda data: algorithm.sign(data, secret)


PAYLOAD = json.dumps(SAID).encode()
FORGED: list[tuple[str, str, str]] = [
    ("no algorithm", "TOKEN_INVALID", by_hand({"alg": "none", "kid": EDDSA}, PAYLOAD, lambda _: b"")),
    ("no algorithm, in capitals", "TOKEN_INVALID", by_hand({"alg": "None", "kid": EDDSA}, PAYLOAD, lambda _: b"")),
    ("no algorithm named", "TOKEN_INVALID", by_hand({"kid": EDDSA}, PAYLOAD, PRIVATE.sign)),
    ("the public key as a secret", "TOKEN_INVALID", by_hand({"alg": "HS256", "kid": EDDSA}, PAYLOAD, _hs256(PUBLIC))),
    ("and in PEM", "TOKEN_INVALID", by_hand({"alg": "HS256", "kid": EDDSA}, PAYLOAD, _hs256(PEM))),
    ("the secret by the key of eddsa", "TOKEN_INVALID", by_hand({"alg": "EdDSA", "kid": HS256}, PAYLOAD, PRIVATE.sign)),
    ("another hash", "TOKEN_INVALID", by_hand({"alg": "HS512", "kid": HS256}, PAYLOAD, _hs256(SECRET.encode()))),
    ("a stranger's key", "TOKEN_INVALID", by_hand({"alg": "EdDSA", "kid": EDDSA}, PAYLOAD, STRANGER.sign)),
    ("a stranger's secret", "TOKEN_INVALID", by_hand({"alg": "HS256", "kid": HS256}, PAYLOAD, _hs256(b"x" * 32))),
    ("no signature", "TOKEN_INVALID", signed(SAID).rpartition(".")[0] + "."),
    ("no key named", "TOKEN_UNKNOWN_KEY", by_hand({"alg": "EdDSA"}, PAYLOAD, PRIVATE.sign)),
    ("a key that nobody knows", "TOKEN_UNKNOWN_KEY", by_hand({"alg": "EdDSA", "kid": "x"}, PAYLOAD, PRIVATE.sign)),
    ("a path for a key", "TOKEN_UNKNOWN_KEY", by_hand({"alg": "EdDSA", "kid": "/dev/null"}, PAYLOAD, PRIVATE.sign)),
    ("a list for a key", "TOKEN_INVALID", by_hand({"alg": "EdDSA", "kid": [EDDSA]}, PAYLOAD, PRIVATE.sign)),
    (
        "a key that it brings itself",
        "TOKEN_INVALID",
        by_hand({"alg": "EdDSA", "kid": EDDSA, "jwk": {"kty": "OKP"}}, PAYLOAD, STRANGER.sign),
    ),
    (
        "an extension that must be understood",
        "TOKEN_INVALID",
        by_hand({"alg": "EdDSA", "kid": EDDSA, "crit": ["exp"], "exp": 0}, PAYLOAD, PRIVATE.sign),
    ),
    (
        "a payload apart",
        "TOKEN_INVALID",
        by_hand({"alg": "EdDSA", "kid": EDDSA, "b64": False, "crit": ["b64"]}, b"", PRIVATE.sign),
    ),
    ("a header that is a list", "TOKEN_INVALID", by_hand(["EdDSA"], PAYLOAD, PRIVATE.sign)),
    (
        "a claim twice",
        "TOKEN_INVALID",
        by_hand({"alg": "EdDSA", "kid": EDDSA}, PAYLOAD[:-1] + b', "scope": "admin"}', PRIVATE.sign),
    ),
    ("claims that are a list", "TOKEN_INVALID", by_hand({"alg": "EdDSA", "kid": EDDSA}, b"[]", PRIVATE.sign)),
    ("claims that are no JSON", "TOKEN_INVALID", by_hand({"alg": "EdDSA", "kid": EDDSA}, b"\xff", PRIVATE.sign)),
    ("claims of brackets", "TOKEN_INVALID", by_hand({"alg": "EdDSA", "kid": EDDSA}, b"[" * 2500, PRIVATE.sign)),
    ("a header of brackets", "TOKEN_INVALID", base64url(b"[" * 2500) + ".e30.e30"),
    ("a number of too many digits", "TOKEN_INVALID", base64url(b'{"kid":' + b"9" * 2900 + b"}") + ".e30.e30"),
    ("nothing", "TOKEN_INVALID", ""),
    ("dots", "TOKEN_INVALID", "..."),
    ("other letters", "TOKEN_INVALID", "ключ.ключ.ключ"),
    ("half of a surrogate", "TOKEN_INVALID", "\udc80"),
    ("a megabyte", "TOKEN_INVALID", "a" * 1024 * 1024),
    ("a good one, a megabyte long", "TOKEN_INVALID", signed(SAID | {"jti": "j" * 1024 * 1024})),
]


@pytest.mark.parametrize(("says", "token"), [case[1:] for case in FORGED], ids=[case[0] for case in FORGED])
def test_a_forged_token_is_refused(says: str, token: str) -> None:
    assert code(token) == says


@given(st.data())
def test_no_changed_letter_of_a_token_is_overlooked(data: st.DataObject) -> None:
    token = signed(SAID, data.draw(st.sampled_from([EDDSA, HS256])))
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.characters(codec="ascii"))
    changed = token[:place] + letter + token[place + 1 :]
    try:
        found = identify(changed)
    except NotIdentified:
        return
    # the last letter of a part holds bits that belong to no byte
    assert (found.name, found.roles) == ("till-1", frozenset({Role.POS, Role.CASHIER}))
    assert changed == token or token[place + 1 : place + 2] in ("", ".")


@given(st.one_of(st.text(), st.binary().map(base64url), st.lists(st.binary().map(base64url), max_size=4).map(".".join)))
def test_whatever_comes_it_is_refused_and_nothing_breaks(text: str) -> None:
    assert code(text) in {"TOKEN_INVALID", "TOKEN_UNKNOWN_KEY"}


def test_a_refusal_shows_nothing_of_what_came() -> None:
    token = signed(SAID | {"aud": "other"})
    with pytest.raises(NotIdentified) as refused:
        identify(token)

    assert token not in str(refused.value)
    assert "other" not in str(refused.value)


def test_keys_are_changed_one_after_the_other() -> None:
    old, new = signed(SAID, EDDSA), signed(SAID, HS256)
    after = Tokens(KEYS[1:], "kassir", lambda: NOON)

    assert {identify(old).name, identify(new).name} == {"till-1"}
    assert after.identify(new).name == "till-1"
    with pytest.raises(NotIdentified, match="TOKEN_UNKNOWN_KEY"):
        after.identify(old)


def test_the_longest_token_is_longer_than_any_of_ours() -> None:
    widest = claims(" ".join(Role), "Я" * 64, at=NOON)
    assert len(signed(widest)) < LONGEST / 2


def test_no_key_is_shown_by_accident() -> None:
    tokens = Tokens(KEYS, "kassir", lambda: datetime.now(NOON.tzinfo))
    assert SECRET not in repr(vars(tokens))
