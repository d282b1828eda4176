"""How an emulated service misbehaves by order."""

import msgspec
import pytest

from drivers.emulators.behaviour import Conduct, Fate
from drivers.emulators.ofd import OfdBehaviour

SERVE, FAIL, REFUSE, DROP = Fate.SERVE, Fate.FAIL, Fate.REFUSE, Fate.DROP


@pytest.mark.parametrize(
    ("wanted", "fates"),
    [
        ({}, [SERVE, SERVE, SERVE]),
        ({"down": True}, [FAIL, FAIL, FAIL]),
        ({"fail_next": 2}, [FAIL, FAIL, SERVE]),
        ({"fail_every": 2}, [SERVE, FAIL, SERVE, FAIL]),
        ({"refuse_next": 1}, [REFUSE, SERVE]),
        ({"drop_answer_every": 3}, [SERVE, SERVE, DROP, SERVE, SERVE, DROP]),
        ({"fail_next": 1, "refuse_next": 1}, [FAIL, REFUSE, SERVE]),
        ({"fail_every": 2, "drop_answer_every": 2}, [SERVE, FAIL]),
    ],
)
def test_calls_meet_their_fate_in_turn(wanted: dict[str, object], fates: list[Fate]) -> None:
    conduct = Conduct(OfdBehaviour())

    conduct.change(wanted)

    assert [conduct.meet() for _ in fates] == fates


def test_outage_uses_up_no_ordered_failure() -> None:
    conduct = Conduct(OfdBehaviour())
    conduct.change({"down": True, "fail_next": 1})
    conduct.meet()

    conduct.change({"down": False})

    assert [conduct.meet(), conduct.meet()] == [FAIL, SERVE]


@pytest.mark.parametrize("wanted", [{"fail_nxt": 1}, {"fail_next": -1}, {"down": "yes"}, {"latency_ms": 10**9}])
def test_wrong_order_is_refused_by_name_and_changes_nothing(wanted: dict[str, object]) -> None:
    conduct = Conduct(OfdBehaviour())

    with pytest.raises(msgspec.ValidationError, match=next(iter(wanted))):
        conduct.change({"refuse_next": 5} | wanted)

    assert conduct.behaviour == OfdBehaviour()


def test_reset_ends_misbehaviour_and_counts_calls_anew() -> None:
    conduct = Conduct(OfdBehaviour())
    conduct.change({"fail_every": 2})
    conduct.meet()

    conduct.reset()

    assert [conduct.meet(), conduct.meet()] == [SERVE, SERVE]
    assert conduct.calls == 2
