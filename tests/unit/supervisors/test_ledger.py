"""The restart budget and the wait before each restart."""

from random import Random

import pytest

from supervisors.ledger import Budget, Ledger, RestartsExhausted


class FixedChance(Random):
    """Always the same draw."""

    def __init__(self, draw: float) -> None:
        super().__init__(0)
        self._draw = draw

    def random(self) -> float:
        return self._draw


def ledger(budget: Budget, draw: float = 0.0) -> Ledger:
    return Ledger(budget, FixedChance(draw))


def test_the_wait_doubles_with_each_restart_up_to_the_ceiling() -> None:
    book = ledger(Budget(restarts=9, per=60.0, backoff=1.0, ceiling=5.0), draw=1.0)

    assert [book.spend(0.0) for _ in range(5)] == [1.0, 2.0, 4.0, 5.0, 5.0]


@pytest.mark.parametrize(("draw", "share"), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)])
def test_half_of_the_wait_is_chance(draw: float, share: float) -> None:
    assert ledger(Budget(restarts=1, per=60.0, backoff=8.0), draw).spend(0.0) == 8.0 * share


def test_a_budget_that_is_spent_is_said_to_be() -> None:
    book = ledger(Budget(restarts=2, per=60.0))
    book.spend(0.0)
    book.spend(59.0)

    with pytest.raises(RestartsExhausted, match="2 restarts within 60 s"):
        book.spend(59.999)


def test_a_restart_leaves_the_window_after_its_time() -> None:
    book = ledger(Budget(restarts=2, per=60.0, backoff=1.0), draw=1.0)
    book.spend(0.0)
    book.spend(30.0)

    assert book.spend(60.0) == 2.0  # that of 30 s is still counted
    assert book.spend(1000.0) == 1.0


def test_no_restarts_means_none() -> None:
    with pytest.raises(RestartsExhausted):
        ledger(Budget(restarts=0, per=60.0)).spend(0.0)


def test_a_thousand_restarts_do_not_pass_the_ceiling() -> None:
    book = ledger(Budget(restarts=2000, per=60.0, backoff=0.1, ceiling=30.0), draw=1.0)

    assert max(book.spend(0.0) for _ in range(1100)) == 30.0
