"""What speaks against listening where the settings say.

Whoever reaches the gateway from another computer must say who he is, and nobody between may read along. To do without
one of the two is said twice, in the settings and on the command line: neither a copied file nor a copied command
opens a shop by itself.
"""

from collections.abc import Iterator, Set

from protocols.settings import EVERYWHERE, Settings

FLAGS = ("--without-tls", "--without-authentication")


def objections(settings: Settings, told: Set[str]) -> Iterator[str]:
    """Sentences; none where it is well. `told`: flags of the command line."""
    api = settings.api
    for key, where in {"api.listen": api, "grpc.listen": settings.grpc}.items():
        if where is None or where.is_local:
            continue
        place = f"{key}: {where.listen}"
        if not settings.auth.asks:
            yield from _said_twice(place, "authentication", "auth", api.without_authentication, told)
        if not api.tls.on:
            yield from _said_twice(place, "TLS", "api.tls", api.without_tls, told)
    if api.host in EVERYWHERE and not api.hosts:
        yield f"api.listen: by {api.listen} callers use names that are not known here; api.hosts lists them"


def _said_twice(place: str, what: str, section: str, in_settings: bool, told: Set[str]) -> Iterator[str]:
    flag = f"--without-{what.lower()}"
    key = f"api.without_{what.lower()} = true"
    missing = [
        *([] if in_settings else [f"{key} in the settings"]),
        *([] if flag in told else [f"{flag} when started"]),
    ]
    if missing:
        beyond = f"{place} is reached from other computers, without {what}"
        yield f"{beyond}: set up [{section}], or say that it is meant so; what is missing is {' and '.join(missing)}"
