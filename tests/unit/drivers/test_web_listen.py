"""Listening before there is anything to serve."""

import socket

import pytest

from drivers.web import AddressTaken, CannotListen, bind, url


def test_free_port_is_found_and_told() -> None:
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        assert port > 0
        assert url(listener) == f"http://127.0.0.1:{port}"


def test_ipv6_address_stands_in_brackets() -> None:
    with bind("::1", 0) as listener:
        assert url(listener) == f"http://[::1]:{listener.getsockname()[1]}"


def test_localhost_is_the_ipv4_one() -> None:
    with bind("localhost", 0) as listener:
        assert listener.family == socket.AF_INET


def test_taken_address_is_told_in_a_sentence() -> None:
    with bind("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        with pytest.raises(AddressTaken, match=rf"^Another program already listens on 127\.0\.0\.1:{port}\.$"):
            bind("127.0.0.1", port)


def test_address_can_be_bound_again_at_once() -> None:
    with bind("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()) as client:
        port = listener.getsockname()[1]
        listener.accept()[0].close()  # the side that closes first is left in TIME_WAIT
        client.recv(1)

    with bind("127.0.0.1", port) as again:
        assert again.getsockname()[1] == port


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("not a host", 0), ("127.0.0.1", 70000)])
def test_address_that_is_not_ours_is_no_taken_address(host: str, port: int) -> None:
    with pytest.raises(CannotListen, match=r"^Cannot listen on ") as refused:
        bind(host, port)

    assert not isinstance(refused.value, AddressTaken)
