"""Every setting with its default, as `config.toml` spells it. Durations are seconds."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, HttpUrl, PositiveInt, SecretStr, field_validator, model_validator

from protocols.alert_settings import Alerts
from protocols.auth_settings import Auth, Tls
from protocols.catalog import MOST
from protocols.link_policy import BreakerPolicy, Off, Policy
from protocols.places import places
from protocols.register_settings import Kkt, RegisterSettings, Way
from protocols.section import Days, Seconds, Section


class Adapter(Section):
    name: Annotated[str, Field(max_length=64)] = ""  # how alerts call this gateway; empty: the computer's name
    environment: Literal["dev", "staging", "production"] = "dev"


class Listening(Section):
    """Where callers reach us: HOST:PORT."""

    listen: str

    @field_validator("listen")
    @classmethod
    def _is_a_place(cls, listen: str) -> str:
        host, colon, port = listen.rpartition(":")
        if not colon or not port.isdecimal() or int(port) > 65_535:
            raise ValueError(f"{listen!r} is not HOST:PORT")
        if not host:
            raise ValueError(f"{listen!r} names no host; 0.0.0.0 is any")
        return listen

    @property
    def host(self) -> str:
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def is_local(self) -> bool:
        """Whether only this computer can reach us."""
        return self.host in LOOPBACK

    @property
    def port(self) -> int:
        return int(self.listen.rpartition(":")[2])


class Api(Listening):
    """Where the POS reaches us. Beyond loopback it takes authentication and TLS, or `without_` them, said twice: here
    and on the command line. `hosts`: by which names, beside that of `listen`; `origins`: of whose web pages."""

    listen: str = "127.0.0.1:8000"
    tls: Tls = Tls()
    without_tls: bool = False
    without_authentication: bool = False
    hosts: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,253}$")]] = Field(default_factory=list)
    origins: list[Annotated[str, Field(pattern=r"^https?://[a-z0-9.:\[\]-]{1,253}$")]] = Field(default_factory=list)
    receipt_timeout: Seconds = 30.0  # how long a POS waits for its receipt before it is told to ask again
    requests_per_second: Off[Annotated[int, Field(gt=0, le=100_000)]] = 60  # of one client; more is 429; false: any

    @property
    def names(self) -> frozenset[str]:
        """By which a caller may call us; of an address that stands for all of ours none is known."""
        ours = frozenset() if self.host in EVERYWHERE else frozenset((self.host.lower(),))
        return LOOPBACK | ours | {name.lower() for name in self.hosts}


class Grpc(Listening):
    """Where gRPC is served, beside HTTP: with the TLS of `api`, to the same callers, under the same conditions."""

    listen: str = "127.0.0.1:50051"


class Buffer(Section):
    capacity: PositiveInt = 200
    auto_sync_interval: Seconds = 300.0  # a look at what waits for the OFD, though nothing was printed
    max_retry_attempts: PositiveInt = 20
    initial_backoff: Seconds = 5.0
    max_backoff: Seconds = 300.0
    synced_retention_days: Days = 7.0  # how long a row is kept that nothing can happen to any more
    dlq_retention_days: Days = 90.0  # how long a dead letter waits for a person
    events_retention_days: Days = 30.0  # how long the log tells of what is over, though its row is gone
    key_retention_days: Days = 400.0  # how long its key is known: a repeat after that would print again


LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  to be told apart from one address


class Ofd(Policy):
    """`receipts_at_once` of one register may be under way; more than one, and they may arrive out of order."""

    way: Way = "http"  # of all registers that name none
    api_url: HttpUrl | None = None
    api_key: SecretStr = SecretStr("")
    verify_ssl: bool = True
    receipts_at_once: Annotated[int, Field(gt=0, le=64)] = 1

    @field_validator("api_key")
    @classmethod
    def _fits_a_header(cls, key: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[!-~]*", key.get_secret_value()):
            raise ValueError("it goes into a header and may have printable ASCII characters only")
        return key


class Relay(Policy):
    """To where the OFD takes the messages of fiscal drives: `address` is HOST:PORT.

    `timeout` is for one document and its answer; the tax service would allow 300, a single source says.
    """

    address: str | None = None
    timeout: Seconds = 60.0
    deadline: Seconds = 120.0

    @field_validator("address")
    @classmethod
    def _is_a_place(cls, address: str | None) -> str | None:
        if address is not None and any(place.port is None for place in places((address,))):
            raise ValueError(f"{address!r} is not HOST:PORT")
        return address


class OdooBreaker(BreakerPolicy):
    """The heartbeat is the probe: it is to find out soon that Odoo is back."""

    failure_threshold: Off[PositiveInt] = 3
    recovery_timeout: Seconds = 25.0
    max_recovery_timeout: Seconds = 25.0
    success_threshold: PositiveInt = 1


class Odoo(Policy):
    url: HttpUrl | None = None
    breaker: Off[OdooBreaker] = OdooBreaker()


class Webhook(Policy):
    """Who is told of alerts by HTTP. `secret` signs what is sent; the address may hold a key of its own."""

    url: Annotated[HttpUrl | None, Field(repr=False)] = None
    secret: SecretStr = SecretStr("")

    @field_validator("url")
    @classmethod
    def _not_in_the_clear(cls, url: HttpUrl | None) -> HttpUrl | None:
        if url is not None and url.scheme != "https" and (url.host or "").strip("[]") not in LOOPBACK:
            raise ValueError("what goes beyond this computer goes by https")
        return url


class Heartbeat(Section):
    interval: Seconds = 30.0
    timeout: Seconds = 2.0
    max_failures: PositiveInt = 3


class Catalog(Section):
    """The local cache of products, those sold or changed last."""

    max_products: Annotated[int, Field(gt=0, le=MOST)] = 1000
    refresh_interval: Off[Seconds] = 3600.0  # false: only when somebody asks for it
    timeout: Seconds = 10.0  # for one page of the list
    stale_after: Seconds = 7200.0  # how old it may be before tills are told so


class Emulators(Section):
    """Ports that the embedded emulators would like; 0, or a port that is taken, means any free one."""

    kkt_port: Annotated[int, Field(ge=0, le=65_535)] = 7778
    kkt_http_port: Annotated[int, Field(ge=0, le=65_535)] = 7779
    ofd_relay_port: Annotated[int, Field(ge=0, le=65_535)] = 9001
    ofd_port: Annotated[int, Field(ge=0, le=65_535)] = 9000
    odoo_port: Annotated[int, Field(ge=0, le=65_535)] = 8069
    print_delay: Annotated[float, Field(ge=0, le=60)] = 0.25


class Monitoring(Section):
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"


class Storage(Section):
    data: Path = Path("data")


class Settings(Section):
    adapter: Adapter = Adapter()
    api: Api = Api()
    grpc: Grpc | None = None  # not served
    auth: Auth = Auth()
    storage: Storage = Storage()
    buffer: Buffer = Buffer()
    kkt: Kkt = Kkt()
    ofd: Ofd = Ofd()
    relay: Relay = Relay()
    odoo: Odoo = Odoo()
    heartbeat: Heartbeat = Heartbeat()
    catalog: Catalog = Catalog()
    alerts: Alerts = Alerts()
    webhook: Webhook = Webhook()
    emulators: Emulators = Emulators()
    monitoring: Monitoring = Monitoring()

    @property
    def links(self) -> dict[str, Policy]:
        """The policies of all links to the outside, by the name of link and section."""
        relay: dict[str, Policy] = {"relay": self.relay} if self.registers_by("relay") else {}
        webhook: dict[str, Policy] = {"webhook": self.webhook} if self.webhook.url is not None else {}
        return {"ofd": self.ofd, **relay, "odoo": self.odoo, **webhook}

    def with_links_of(self, other: "Settings") -> "Settings":
        """These, but for the figures of the links' policies."""
        sections = {}
        for name, policy in other.links.items():
            figures = {field: getattr(policy, field) for field in Policy.model_fields}
            sections[name] = getattr(self, name).model_copy(update=figures)
        return self.model_copy(update=sections)

    @model_validator(mode="after")
    def _check(self) -> "Settings":
        if self.auth.certificates and self.api.tls.client_ca is None:
            raise ValueError("auth.certificates need api.tls.client_ca, which says whose certificates are taken")
        for register in self.registers_by("relay"):
            if register.driver != "shtrih":
                message = f"kkt.registers {register.pos_id}: {register.driver} sends to the OFD by itself"
                raise ValueError(f'{message} (ofd_way = "device"), its messages cannot be carried by relay')
        if self.kkt.mode == "production":
            missing = [name for name, value in self._needed() if value is None]
            if missing:
                raise ValueError(f"production needs {' and '.join(missing)}")
        return self

    def way_of(self, register: RegisterSettings) -> Way:
        """How this register's documents reach the OFD."""
        return register.ofd_way or self.ofd.way

    def registers_by(self, way: Way) -> list[RegisterSettings]:
        return [register for register in self.kkt.registers if self.way_of(register) == way]

    def _needed(self) -> Iterator[tuple[str, object]]:
        if self.registers_by("http"):
            yield "ofd.api_url", self.ofd.api_url
        if self.registers_by("relay"):
            yield "relay.address", self.relay.address
        yield "odoo.url", self.odoo.url
