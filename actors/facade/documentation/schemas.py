"""The named types of the document: each once, and a reference wherever it is used."""

from types import UnionType
from typing import Any, Protocol, get_args

AS_THEY_ARE = frozenset({"default", "const", "enum", "example", "examples", "value", "required"})
"""Keys below which stands data, not a schema."""


class Builder(Protocol):
    def build_response_object(self, model: Any, headers_model: Any) -> tuple[dict[str, Any], dict[str, Any]]: ...


class Schemas:
    """Collects definitions while operations are described."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._kept: dict[str, Any] = {}

    def taken(self) -> dict[str, Any]:
        return self._kept

    def keep(self, definitions: dict[str, Any]) -> None:
        """Raises ValueError where two types go by one name: generated clients would know only one of them."""
        for name, definition in without_titles(definitions).items():
            if self._kept.setdefault(name, definition) != definition:
                raise ValueError(f"there are two types {name} in the document")

    def named(self, model: Any, schema: dict[str, Any]) -> dict[str, Any]:
        """A reference to the model's own schema; that of a dict, which has no name, as it is."""
        if not isinstance(model, type) or "properties" not in schema:
            return schema
        self.keep({model.__name__: schema})
        return {"$ref": f"#/components/schemas/{model.__name__}"}

    def of_answer(self, model: Any) -> dict[str, Any]:
        """Of a type, or of a union of them."""
        if isinstance(model, UnionType):
            return {"anyOf": [self.of_answer(each) for each in get_args(model)]}
        if model is str:
            return {"type": "string"}
        response, definitions = self._builder.build_response_object(model, None)
        self.keep(definitions)
        (content,) = response["content"].values()
        return self.named(model, content["schema"])


def without_null(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter that may be left out: a query knows no null."""
    schema = dict(parameter["schema"])
    kinds = [each for each in schema.pop("anyOf", ()) if each != {"type": "null"}]
    if len(kinds) == 1:
        schema |= kinds[0]
    elif kinds:
        schema["anyOf"] = kinds
    if schema.get("default", ...) is None:
        del schema["default"]
    return {**parameter, "schema": schema}


def without_titles(part: Any) -> Any:
    """Pydantic names every type and field once more in its title, which says nothing."""
    if isinstance(part, list):
        return [without_titles(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        name: value if name in AS_THEY_ARE else without_titles(value)
        for name, value in part.items()
        if not (name == "title" and isinstance(value, str))
    }
