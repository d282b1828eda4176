"""What every test of the audit begins with."""

import pytest

from protocols.receipt import Kind
from tests.unit.protocols.audit.history import TWO, History


@pytest.fixture
def history() -> History:
    """Some trade on two registers, so that nothing is found only because it is alone."""
    history = History()
    history.sells(100)
    history.sells(100, TWO)
    history.sells(200, kind=Kind.REFUND)
    return history
