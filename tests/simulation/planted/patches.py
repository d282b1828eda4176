"""How product code is patched for as long as a history lasts."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

Patch = AbstractContextManager[object]


@contextmanager
def together(*patches: Patch) -> Iterator[None]:
    """All of them, for one fault that has several places."""
    with ExitStack() as stack:
        for each in patches:
            stack.enter_context(each)
        yield
