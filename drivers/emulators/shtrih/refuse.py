"""The register's "no"."""


class Refuse(Exception):
    """The command is not carried out. `code`: table of errors of the Штрих-М protocol 1.17, pp. 67-70."""

    def __init__(self, code: int) -> None:
        super().__init__(f"{code:02X}h")
        self.code = code
