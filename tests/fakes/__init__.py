"""Other worlds behind the ports: they behave, remember and fail as told, and answer in virtual time."""

from tests.fakes.inline_store import InlineStore
from tests.fakes.odoo import FakeOdoo
from tests.fakes.ofd import FakeOfd
from tests.fakes.register import FakeRegister
from tests.fakes.webhook import FakeWebhook

__all__ = ["FakeOdoo", "FakeOfd", "FakeRegister", "FakeWebhook", "InlineStore"]
