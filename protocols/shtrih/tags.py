"""Tags of the fiscal data format as FF0Ch takes them: number and length of two bytes each, least significant first."""


def tlv(tag: int, value: bytes) -> bytes:
    """A tag with its value; a structured tag holds others the same way."""
    return tag.to_bytes(2, "little") + len(value).to_bytes(2, "little") + value


def tlv_text(tag: int, value: str) -> bytes:
    """A tag that is a text: in CP866, with a question mark for what that lacks."""
    return tlv(tag, value.encode("cp866", "replace"))
