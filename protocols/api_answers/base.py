"""The kinds of fields that answers are made of."""

from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema


class Answer(BaseModel):
    model_config = ConfigDict(defer_build=True)  # they are many, and most gateways never show the document


def text(says: str, example: str) -> object:
    return Field(description=says, examples=[example])


Roubles = Annotated[
    Decimal,
    WithJsonSchema(
        {
            "type": "number",
            "description": "Roubles, with two decimal places. Read it as a decimal number, not as a float.",
            "examples": [1990.50],
        }
    ),
]
Moment = Annotated[AwareDatetime, Field(description="ISO 8601 with an offset.", examples=["2026-11-21T04:58:00.123Z"])]
OrderId = Annotated[str, text("The order's id, which the gateway gave it.", "b61fe836-a323-4382-be03-4d0e50fa31d7")]
PosId = Annotated[str, text("A register, by the name that the settings give it.", "POS-001")]
Fn = Annotated[str, text("Number of the fiscal drive (ФН), sixteen digits.", "9999177208510271")]
Fd = Annotated[str, text("Number of the fiscal document (ФД) in its drive, decimal, as a string.", "42")]
Fp = Annotated[str, text("Fiscal sign (ФПД), ten digits.", "0443784134")]
