"""Any honest history is clean; any damage to what a witness saw shows, as the right property."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.protocols.audit.damages import DAMAGES, Damage
from tests.unit.protocols.audit.fates import histories
from tests.unit.protocols.audit.history import History


@given(histories(settled=True))
def test_an_honest_history_that_has_settled_is_clean(history: History) -> None:
    assert history.violations(settled=True) == []


@given(histories())
def test_an_honest_history_is_clean_at_any_instant(history: History) -> None:
    assert history.violations() == []


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@settings(max_examples=20)
@given(data=st.data())
def test_a_damage_shows(damage: Damage, data: st.DataObject) -> None:
    history = data.draw(histories(of_all=True))

    expected = damage(history, lambda options: data.draw(st.sampled_from(options)))

    assert history.broken() & expected
