"""The world as the tree meets it: clock, chance, and what stands behind each driver's port."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import uuid4

from drivers.catalog_file import CatalogFile, CatalogStore
from drivers.clock import Now, utc_now
from drivers.kkt.port import Register
from drivers.odoo import Odoo, OdooClient
from drivers.odoo_catalog import OdooCatalog, OdooCatalogClient
from drivers.ofd import Ofd, OfdClient
from drivers.ofd_session import Courier, OfdSession
from drivers.store.event_log import EventLog, Events
from drivers.store.reader import Reader, StoreReader
from drivers.store.writer import Store, Writer
from drivers.webhook import Webhook, WebhookClient
from protocols.places import places
from protocols.register_settings import RegisterSettings
from protocols.settings import Settings
from supervisors.registers import make_register


def receipts_on_disk(settings: Settings, now: Now) -> Store:
    return Writer(_receipts(settings), now)


def events_on_disk(settings: Settings) -> Events:
    return EventLog(_receipts(settings))


def reader_of_disk(settings: Settings) -> Reader:
    return StoreReader(_receipts(settings))


def _receipts(settings: Settings) -> Path:
    return settings.storage.data / "kassir.db"


def ofd_over_http(settings: Settings) -> AbstractAsyncContextManager[Ofd]:
    ofd = settings.ofd
    return OfdClient(str(ofd.api_url), ofd.api_key.get_secret_value(), verify_ssl=ofd.verify_ssl)


def ofd_over_tcp(settings: Settings) -> Courier:
    """Needs `relay.address`."""
    (place,) = places((settings.relay.address or "",))
    return OfdSession(place.host, place.port or 0, settings.relay.timeout)


def odoo_over_http(settings: Settings) -> AbstractAsyncContextManager[Odoo]:
    return OdooClient(str(settings.odoo.url))


def products_over_http(settings: Settings) -> AbstractAsyncContextManager[OdooCatalog]:
    return OdooCatalogClient(str(settings.odoo.url))


def products_on_disk(settings: Settings) -> CatalogStore:
    return CatalogFile(settings.storage.data / "catalog.db")


def webhook_over_http(settings: Settings) -> AbstractAsyncContextManager[Webhook] | None:
    """None where nobody is to be told."""
    webhook = settings.webhook
    if webhook.url is None:
        return None
    return WebhookClient(str(webhook.url), webhook.secret.get_secret_value())


def new_uuid() -> str:
    return str(uuid4())


@dataclass(frozen=True)
class World:
    """As it is, unless a part of it is named. `random` is for jitter; `new_id` names receipts and errors."""

    now: Now = utc_now
    random: Random = field(default_factory=Random)
    new_id: Callable[[], str] = new_uuid
    make_register: Callable[[Settings, RegisterSettings], Register] = make_register
    make_store: Callable[[Settings, Now], Store] = receipts_on_disk
    make_events: Callable[[Settings], Events] = events_on_disk
    make_reader: Callable[[Settings], Reader] = reader_of_disk
    make_ofd: Callable[[Settings], AbstractAsyncContextManager[Ofd]] = ofd_over_http
    make_courier: Callable[[Settings], Courier] = ofd_over_tcp
    make_odoo: Callable[[Settings], AbstractAsyncContextManager[Odoo]] = odoo_over_http
    make_odoo_catalog: Callable[[Settings], AbstractAsyncContextManager[OdooCatalog]] = products_over_http
    make_catalog_store: Callable[[Settings], CatalogStore] = products_on_disk
    make_webhook: Callable[[Settings], AbstractAsyncContextManager[Webhook] | None] = webhook_over_http
