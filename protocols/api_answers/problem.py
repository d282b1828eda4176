"""The one error model."""

from typing import Any

from pydantic import Field

from protocols.api_answers.base import Answer


class Problem(Answer):
    """Why a request was refused. Programs look at `code`, people read `message`."""

    code: str = Field(description="In UPPER_SNAKE; stable.", examples=["VALIDATION_ERROR"])
    message: str = Field(description="A sentence in English.", examples=["items[0].price: Field required"])
    details: Any = Field(description="What a program may need beside the code; null where there is nothing to add.")
    id: str = Field(
        description="The request's id, also in the header X-Request-Id and in the gateway's log; in the stored refusal "
        "of an order (422) the order's id."
    )
