"""Who a caller is: by a token, an API key or a client certificate, as the settings have it."""

from drivers.auth.doorkeeper import Doorkeeper, make_doorkeeper

__all__ = ["Doorkeeper", "make_doorkeeper"]
