"""Where a gateway is, as a person names it."""

import pytest

from protocols.gateway_address import GatewayAddress
from protocols.places import BadAddress


@pytest.mark.parametrize(
    ("text", "address", "netloc"),
    [
        ("shop", GatewayAddress("shop", 8000), "shop:8000"),
        ("10.0.0.5:81", GatewayAddress("10.0.0.5", 81), "10.0.0.5:81"),
        ("[::1]:81", GatewayAddress("::1", 81), "[::1]:81"),
        ("http://shop:80/", GatewayAddress("shop", 80), "shop:80"),
        ("ws://shop", GatewayAddress("shop", 8000), "shop:8000"),
        ("HTTPS://shop", GatewayAddress("shop", 443, secure=True), "shop:443"),
        ("wss://shop:8443", GatewayAddress("shop", 8443, secure=True), "shop:8443"),
    ],
)
def test_an_address_is_a_host_a_port_or_a_url(text: str, address: GatewayAddress, netloc: str) -> None:
    assert GatewayAddress.of(text) == address
    assert address.netloc == netloc


@pytest.mark.parametrize(
    "text", ["", "ftp://shop", "shop:x", "shop:0", "shop:70000", "http://shop/v1", "http://me@shop", "shop?x", "[::1"]
)
def test_what_is_no_address_is_named(text: str) -> None:
    with pytest.raises(BadAddress, match="is not HOST"):
        GatewayAddress.of(text)
