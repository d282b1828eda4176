"""Every case runs on every rig: its register connected, and let go at the end."""

from collections.abc import AsyncIterator

import pytest

from tests.conformance.rig import Rig
from tests.conformance.rigs import OLD_RIGS, RIGS
from tests.crash.sample import quick_place


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "rig" in metafunc.fixturenames:
        rigs = RIGS | OLD_RIGS if metafunc.definition.get_closest_marker("every_format") else RIGS
        metafunc.parametrize("rig", rigs, indirect=True)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "every_format: on registers of older fiscal data formats too")


@pytest.fixture
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    with quick_place() as place:
        async with (RIGS | OLD_RIGS)[request.param](place) as rig:
            await rig.register.connect()
            yield rig
            await rig.register.close()
