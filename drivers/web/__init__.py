"""Serves Quart-Trio applications to a network that may be hostile, and listens on its behalf."""

from drivers.web.body import BodyTooLarge, BodyTooSlow, read_body
from drivers.web.connection import hang_up
from drivers.web.limits import Limits
from drivers.web.listen import AddressTaken, CannotListen, Entrance, SocketEntrance, bind, url
from drivers.web.server import serve

__all__ = [
    "AddressTaken",
    "BodyTooLarge",
    "BodyTooSlow",
    "CannotListen",
    "Entrance",
    "Limits",
    "SocketEntrance",
    "bind",
    "hang_up",
    "read_body",
    "serve",
    "url",
]
