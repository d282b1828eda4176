"""The products of the head office, at hand without it."""

from typing import Any

from actors.facade.documentation.operation import Operation, Operations, Sent, Told
from protocols.api_answers.catalog import CacheRefreshed, CacheRefreshing, ProductsFound
from protocols.api_catalog import AskedBody, RefreshBody

TAG = "Products"
REFRESHED = "2026-11-21T04:30:00Z"
FRAME: dict[str, Any] = {
    "sku": "RB-3025-58",
    "name": "Оправа Ray-Ban Aviator 3025, 58 мм",
    "price": 17990.00,
    "vat": "22%",
    "barcode": "8053672000000",
    "stock": 4,
    "marked": False,
    "changed_at": "2026-11-20T15:12:00Z",
    "sold_at": None,
}
FOUND = {"products": [FRAME], "total": 1, "refreshed_at": REFRESHED, "age_s": 1680.2, "stale": False}
DONE = {"status": "done", "full": False, "changed": 3, "gone": 0, "products": 940, "refreshed_at": REFRESHED}

OPERATIONS: Operations = {
    ("GET", "/v1/kkt/cache/products"): Operation(
        TAG,
        "findProducts",
        "Products by SKU, by barcode, or by the beginnings of the words of their name",
        {200: Told("What was found.", ProductsFound, {"a frame": FOUND})},
        "Answered from the gateway's own cache, whether or not the head office can be reached. Case does not matter, "
        "and ё is е. Without `q` the newest products.",
        query=AskedBody,
        refused={400: ("INVALID_PARAMETER",)},
    ),
    ("POST", "/v1/kkt/cache/refresh"): Operation(
        TAG,
        "refreshProducts",
        "Have the products read anew from the head office, now",
        {
            200: Told("It is done.", CacheRefreshed, {"some have changed": DONE}),
            202: Told("It goes on; the same key tells its end.", CacheRefreshing, {"running": {"status": "running"}}),
        },
        "It comes by itself each hour. What was known before is served until all of the new is there.",
        sent=Sent(RefreshBody, {"all of them": {"full": True}}, needed=False),
        refused={409: ("REFRESH_RUNNING",), 503: ("NO_WAY_TO_ODOO", "ODOO_REFUSED")},
        keyed=True,
    ),
}
