"""Every case runs on every rig: its register connected, and let go at the end."""

from collections.abc import AsyncIterator

import pytest

from tests.conformance.rig import Rig
from tests.conformance.rigs import RIGS
from tests.crash.sample import quick_place


@pytest.fixture(params=RIGS)
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    with quick_place() as place:
        async with RIGS[request.param](place) as rig:
            await rig.register.connect()
            yield rig
            await rig.register.close()
