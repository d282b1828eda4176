"""Client certificates. The handshake has checked the chain; dates are checked here, by our clock, for two reasons: a
person hears that a certificate has expired, and not that a handshake failed; and who was let in on a connection that
lasts is not let in for ever.
"""

import ssl
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from drivers.clock import Now
from protocols.auth_settings import ClientCertificate
from protocols.credentials import NotIdentified
from protocols.principal import Principal

Certificate = Mapping[str, Any]


class Certificates:
    def __init__(self, known: Iterable[ClientCertificate], now: Now) -> None:
        self._known = {_told_by(each): each for each in known}
        self._now = now

    def identify(self, certificate: Certificate) -> Principal:
        """Raises NotIdentified."""
        authority = certificate.get("authority")
        if authority is None:
            raise NotIdentified("CERTIFICATE_ISSUER_UNKNOWN", "No CA known here has issued the certificate itself.")
        until = min(self._good_until(certificate, "certificate"), self._good_until(authority, "certificate of the CA"))
        for told in _names(certificate):
            known = self._known.get(told)
            if known is not None:
                return Principal(known.name, known.roles, "certificate", until)
        raise NotIdentified("CERTIFICATE_UNKNOWN", "The certificate is good, and nobody is known by it.")

    def _good_until(self, certificate: Certificate, what: str) -> datetime:
        """Raises NotIdentified."""
        now, begins, ends = self._now(), _time(certificate["notBefore"]), _time(certificate["notAfter"])
        if now < begins:
            raise NotIdentified("CERTIFICATE_NOT_YET", f"The {what} is good from {begins.isoformat()} on.")
        if now > ends:
            raise NotIdentified("CERTIFICATE_EXPIRED", f"The {what} was good until {ends.isoformat()}.")
        return ends


def _told_by(known: ClientCertificate) -> tuple[str, str]:
    if known.sha256:
        return "sha256", known.sha256
    return ("common name", known.common_name) if known.common_name else ("alternative name", known.alternative_name)


def _names(certificate: Certificate) -> Iterator[tuple[str, str]]:
    """The most exact first."""
    yield "sha256", certificate["sha256"]
    for _, name in certificate.get("subjectAltName", ()):
        yield "alternative name", name
    for part in certificate.get("subject", ()):
        for field, value in part:
            if field == "commonName":
                yield "common name", value


def _time(text: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
