"""Failures on the way to a device or service; what was to be done there is in doubt, unless it says otherwise."""


class LinkError(Exception):
    """The way there failed. The fate of what was under way is unknown, not "failed".

    `pause`: seconds that the other side asks for before it is called again; None: it said nothing of that.
    `blames_link`: whether it tells that the link is ill.
    """

    def __init__(self, message: str = "", *, pause: float | None = None, blames_link: bool = True) -> None:
        super().__init__(message)
        self.pause, self.blames_link = pause, blames_link


class LinkLost(LinkError):
    """The other side closed or broke the link."""


class LinkSilent(LinkError):
    """Nothing came within the time allowed."""


class NoCallNow(LinkError):
    """No call was made: the link's policy lets none through. Asking again makes sense at `retry_at` (Trio's clock)."""

    def __init__(self, message: str, retry_at: float) -> None:
        super().__init__(message, blames_link=False)
        self.retry_at = retry_at


class CircuitOpen(NoCallNow):
    """The breaker keeps calls back."""


class TooManyCalls(NoCallNow):
    """More calls than the link may have, by its rate or at once."""


class Paused(NoCallNow):
    """The other side asked not to be called before `retry_at`."""


class Refusal(Exception):
    """The other side answered, and the answer is no: the link is well."""
