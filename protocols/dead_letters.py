"""What a person says who has dead letters sent again."""

from typing import Any

from protocols.api import validated
from protocols.api_fields import Body, Words64


class RetryBody(Body):
    who: Words64 | None = None


def parse_retry(data: Any, caller: str) -> str:
    """Who it is: as the body says, or else whoever calls. Raises BadRequest."""
    return validated(RetryBody, data).who or caller
