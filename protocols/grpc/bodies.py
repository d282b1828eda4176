"""A message as the body that HTTP takes: so both are checked by the same rules and mean the same receipt."""

from typing import Any

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message

from protocols.api import BadRequest
from protocols.jsontext import roubles

KOPECKS = "_kopecks"
MOST = 100  # of anything that is repeated: the rules take no more of anything


def parse(kind: type[Message], data: bytes) -> Any:
    """Raises BadRequest."""
    message = kind()
    try:
        message.ParseFromString(data)
    except DecodeError as error:
        raise BadRequest("INVALID_MESSAGE", f"The bytes are no {kind.DESCRIPTOR.full_name}.") from error
    return message


def body(message: Message) -> dict[str, Any]:
    """What a message says, in the field names of HTTP. What it leaves out is left out. Raises BadRequest."""
    said = ((field, getattr(message, field.name)) for field in message.DESCRIPTOR.fields if _is_said(message, field))
    return {field.name.removesuffix(KOPECKS): _value(field, value) for field, value in said}


def _is_said(message: Message, field: FieldDescriptor) -> bool:
    if field.has_presence:
        return bool(message.HasField(field.name))
    return field.enum_type is None or bool(getattr(message, field.name))


def _value(field: FieldDescriptor, value: Any) -> Any:
    if field.is_repeated and len(value) > MOST:  # two bytes each are enough, and to look at half a million takes 20 s
        problem = f"at most {MOST} are taken, not {len(value)}"
        raise BadRequest("VALIDATION_ERROR", f"{field.name}: {problem}", [{"field": field.name, "problem": problem}])
    if field.message_type is not None:
        return [body(each) for each in value] if field.is_repeated else body(value)
    if field.enum_type is not None:
        return _word(field.enum_type, value)
    if field.name.endswith(KOPECKS):
        return roubles(value)
    return list(value) if field.is_repeated else value


def _word(of: EnumDescriptor, number: int) -> object:
    """`sale` for RECEIPT_TYPE_SALE; a number that is no member stays one, for the rules to refuse."""
    member = of.values_by_number.get(number)
    if member is None:
        return number
    prefix = of.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return member.name.removeprefix(prefix).lower()
