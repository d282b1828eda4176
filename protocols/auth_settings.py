"""Who may call the gateway, as `config.toml` says it: keys of tokens, API keys, certificates, and TLS."""

import re
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, SecretStr, model_validator

from protocols.calls import Role
from protocols.section import Section

SHORTEST_SECRET = 32  # bytes of an HS256 key (RFC 7518, 3.2)
ED25519_SIZE = 32  # bytes of either half of a key

Name = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")]
"""Of whoever calls: it stands in the log, in the audit and in front of limits."""


class SigningKey(Section):
    """Tokens that name `id` as their `kid` are checked with this key, and by its algorithm only.

    `hs256` has a `secret`, `eddsa` a `public_key` (Ed25519, base64url of its 32 bytes). With `private_key` too,
    `run.py token` can sign; the gateway itself never does.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    algorithm: Literal["eddsa", "hs256"] = "eddsa"
    public_key: str = ""
    private_key: SecretStr = SecretStr("")
    secret: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _fits(self) -> "SigningKey":
        secret, private = self.secret.get_secret_value(), self.private_key.get_secret_value()
        if self.algorithm == "hs256":
            if self.public_key or private:
                raise ValueError("hs256 has a secret, no public_key and no private_key")
            if len(secret.encode()) < SHORTEST_SECRET:
                raise ValueError(f"the secret of hs256 has at least {SHORTEST_SECRET} bytes")
        elif secret or not _is_ed25519(self.public_key) or not (private == "" or _is_ed25519(private)):
            raise ValueError("eddsa has a public_key and may have a private_key, each 32 bytes in base64url; no secret")
        return self


def _is_ed25519(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9_-]{43}", text)) and len(urlsafe_b64decode(text + "=")) == ED25519_SIZE


class ApiKey(Section):
    """Of a machine that can do no tokens. Its key is known here by its SHA-256 only; `drivers.auth.keys` says why."""

    name: Name
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", repr=False)]
    roles: Annotated[frozenset[Role], Field(min_length=1)]
    expires: AwareDatetime | None = None


class ClientCertificate(Section):
    """Whose certificate it is, told by one of three: its subject's common name, one of its alternative names (DNS, URI
    or e-mail), or the SHA-256 of all of it in hex."""

    name: Name
    roles: Annotated[frozenset[Role], Field(min_length=1)]
    common_name: str = ""
    alternative_name: str = ""
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""

    @model_validator(mode="after")
    def _one_way(self) -> "ClientCertificate":
        if sum(map(bool, (self.common_name, self.alternative_name, self.sha256))) != 1:
            raise ValueError("it is told by one of common_name, alternative_name and sha256")
        return self


class Auth(Section):
    """With nothing in it nobody is asked who he is. `issuer`: the `iss` of the tokens that are taken."""

    issuer: Annotated[str, Field(min_length=1, max_length=256)] = "kassir"
    signing_keys: list[SigningKey] = Field(default_factory=list)
    api_keys: list[ApiKey] = Field(default_factory=list)
    certificates: list[ClientCertificate] = Field(default_factory=list)

    @property
    def asks(self) -> bool:
        """Whether a caller must say who it is."""
        return bool(self.signing_keys or self.api_keys or self.certificates)

    @model_validator(mode="after")
    def _each_once(self) -> "Auth":
        for what, found in (
            ("signing_keys have the same id", [key.id for key in self.signing_keys]),
            ("api_keys have the same sha256", [key.sha256 for key in self.api_keys]),
            (
                "certificates are told by the same",
                [each.model_dump_json(exclude={"name", "roles"}) for each in self.certificates],
            ),
        ):
            if len(set(found)) != len(found):
                raise ValueError(f"two {what}")
        return self


class Tls(Section):
    """TLS 1.3 for the facade. `client_ca`: whose certificates of clients are taken; a client may also show none."""

    certificate: Path | None = None
    key: Path | None = None
    client_ca: Path | None = None

    @property
    def on(self) -> bool:
        return self.certificate is not None

    @model_validator(mode="after")
    def _whole(self) -> "Tls":
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key go together")
        if self.client_ca is not None and self.certificate is None:
            raise ValueError("client_ca needs certificate and key")
        return self
