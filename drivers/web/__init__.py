"""Serves Quart-Trio applications to a network that may be hostile, and listens on its behalf."""

from drivers.web.body import BodyTooLarge, BodyTooSlow, read_body
from drivers.web.connection import hang_up
from drivers.web.limits import Limits
from drivers.web.listen import AddressTaken, CannotListen, Entrance, SocketEntrance, bind, url
from drivers.web.peer import certificate_of
from drivers.web.server import serve
from drivers.web.tls import BadCertificate, HandshakeFailed, Tls
from drivers.web.websocket import send_texts

__all__ = [
    "AddressTaken",
    "BadCertificate",
    "BodyTooLarge",
    "BodyTooSlow",
    "CannotListen",
    "Entrance",
    "HandshakeFailed",
    "Limits",
    "SocketEntrance",
    "Tls",
    "bind",
    "certificate_of",
    "hang_up",
    "read_body",
    "send_texts",
    "serve",
    "url",
]
