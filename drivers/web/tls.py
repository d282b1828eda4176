"""TLS 1.3 on accepted connections, and what a client's certificate says.

Three things are done in another way than a context of the library does by itself:

- dates of certificates are not checked in the handshake: whoever decides who may call does that, by its own clock, and
  a person hears "expired" in the answer and not that a handshake failed;
- no session is resumed: each connection shows its certificate, and nothing lives longer than it;
- when a handshake fails, trio.SSLStream (0.35) keeps the alert to itself; here the client gets it.
"""

import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import trio

NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h
PARTING = 0.5  # seconds for a client to read why it is refused, before the connection goes
PARTING_SIZE = 64 * 1024  # bytes that are read from it meanwhile

Certificate = Mapping[str, Any]


class BadCertificate(Exception):
    """The files of TLS cannot be used; the message is a sentence for a person."""


class HandshakeFailed(Exception):
    """There will be no connection. `untrusted`: the client showed a certificate of a CA that is none of ours."""

    def __init__(self, reason: str, *, untrusted: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.untrusted = reason, untrusted


class Tls:
    """`certificate` (with its chain) and `key` are PEM files; so is `client_ca`: all CAs that issue certificates of
    clients. `speaks`: what is offered by ALPN. Raises BadCertificate.
    """

    def __init__(
        self, certificate: Path, key: Path, client_ca: Path | None = None, speaks: Sequence[str] = ("http/1.1",)
    ) -> None:
        self._files = certificate, key, client_ca
        self._speaks = list(speaks)
        self._context = self._load()

    def reload(self) -> None:
        """Reads the files anew, for the connections to come. Raises BadCertificate, and goes on with what it has."""
        self._context = self._load()

    async def welcome(
        self, stream: trio.abc.Stream, *, within: float
    ) -> tuple[trio.SSLStream[Any], Certificate | None]:
        """The connection and the client's certificate, if it has shown one; see `protocols.credentials`.

        Raises HandshakeFailed; `stream` is closed then.
        """
        secure = trio.SSLStream(stream, self._context, server_side=True, https_compatible=True)
        try:
            with trio.fail_after(within):
                await secure.do_handshake()
            return secure, _shown(secure, self._context)
        except trio.TooSlowError:
            failed = HandshakeFailed(f"no handshake within {within} s")
        except (trio.BrokenResourceError, trio.ClosedResourceError, OSError, ValueError) as error:
            cause = error.__cause__ or error
            failed = HandshakeFailed(str(cause), untrusted=isinstance(cause, ssl.SSLCertVerificationError))
        await _part(stream, secure)
        raise failed

    def _load(self) -> ssl.SSLContext:
        certificate, key, client_ca = self._files
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.num_tickets = 0
        context.verify_flags |= ssl.VerifyFlags(NO_CHECK_TIME)
        context.set_alpn_protocols(self._speaks)
        try:
            context.load_cert_chain(certificate, key, password="")  # or OpenSSL asks the terminal for it
            if client_ca is not None:
                context.load_verify_locations(client_ca)
                context.verify_mode = ssl.CERT_OPTIONAL
        except (OSError, ValueError) as error:
            files = ", ".join(str(path) for path in self._files if path is not None)
            raise BadCertificate(f"Cannot serve TLS with {files}: {error}.") from error
        return context


def _shown(secure: trio.SSLStream[Any], context: ssl.SSLContext) -> Certificate | None:
    whole = secure.getpeercert(binary_form=True)
    if whole is None:
        return None
    certificate: dict[str, Any] = secure.getpeercert()
    authorities = [each for each in context.get_ca_certs() if each["subject"] == certificate["issuer"]]
    newest = max(authorities, key=lambda each: ssl.cert_time_to_seconds(str(each["notAfter"])), default=None)
    return {**certificate, "sha256": sha256(whole).hexdigest(), "authority": newest}


async def _part(stream: trio.abc.Stream, secure: trio.SSLStream[Any]) -> None:
    """Sends the alert and waits a little for it to be read: with input unread, TCP would reset the connection."""
    with trio.move_on_after(PARTING), suppress(trio.BrokenResourceError, trio.ClosedResourceError):
        await stream.send_all(secure._outgoing.read())  # there is no public way to it
        if isinstance(stream, trio.abc.HalfCloseableStream):
            await stream.send_eof()
        dropped = 0
        while dropped < PARTING_SIZE and (data := await stream.receive_some(PARTING_SIZE)):
            dropped += len(data)
    await trio.aclose_forcefully(stream)
