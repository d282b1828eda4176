"""The server's own settings (GET and PUT /settings). They last until the program ends."""

from typing import Annotated

from msgspec import Meta, Struct


class Options(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """`delete_requests_after` is in minutes."""

    scripts_path: str = ""
    invert_cash_drawer_status: bool = False
    additional_header_lines: str = ""
    additional_footer_lines: str = ""
    block_queue_on_print_errors: bool = False
    delete_requests_after: Annotated[int, Meta(ge=1, le=1_000_000)] = 43_200
    validate_requests_on_add: bool = False
