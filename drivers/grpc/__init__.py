"""Serves gRPC calls of one request to a network that may be hostile."""

from drivers.grpc.connection import Answer, Call, Ending
from drivers.grpc.limits import Limits
from drivers.grpc.server import serve

__all__ = ["Answer", "Call", "Ending", "Limits", "serve"]
