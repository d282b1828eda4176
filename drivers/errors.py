"""Failures on the way to a device or service; what was to be done there is in doubt."""


class LinkError(Exception):
    """The way there failed. The fate of what was under way is unknown, not "failed"."""


class LinkLost(LinkError):
    """The other side closed or broke the link."""


class LinkSilent(LinkError):
    """Nothing came within the time allowed."""
