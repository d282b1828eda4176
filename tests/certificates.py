"""Certificates for tests, of CAs that nobody else knows."""

from datetime import UTC, datetime
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext

import trustme

from drivers.web import Tls

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Authority:
    """A CA whose files lie in `folder`."""

    def __init__(self, folder: Path, name: str = "ours") -> None:
        self.ca, self.folder = trustme.CA(organization_name=name), folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.folder / "ca.pem"
        self.ca.cert_pem.write_to_path(self.file)

    def issue(self, *names: str, common_name: str | None = None, until: datetime | None = None) -> tuple[Path, Path]:
        """The files of a certificate (its chain with it) and of its key."""
        issued = self.ca.issue_cert(
            *names, common_name=common_name, not_before=LONG_AGO.replace(year=2019), not_after=until
        )
        stem = f"{common_name or names[0]}-{'old' if until else 'good'}".replace("/", "-")
        certificate, key = self.folder / f"{stem}.pem", self.folder / f"{stem}.key"
        certificate.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        issued.private_key_pem.write_to_path(key)
        return certificate, key

    def tls(self, *names: str) -> Tls:
        """A server's, that takes clients of this CA."""
        return Tls(*self.issue(*(names or ("localhost", "127.0.0.1"))), client_ca=self.file)

    def client(self, shows: tuple[Path, Path] | None = None) -> SSLContext:
        """Of a client that trusts this CA."""
        context = SSLContext(PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.file)
        if shows is not None:
            context.load_cert_chain(*shows)
        return context
