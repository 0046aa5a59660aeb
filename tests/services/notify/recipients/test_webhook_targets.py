"""A webhook goes where operators allow it and nowhere else, whatever a name stands for when it is sent."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from services.notify.recipients.webhook_targets import AllowedHosts, ForbiddenAddressError, Target, is_public
from shared.errors import InvalidRequest
from shared.settings import SettingsError

ALLOWED = AllowedHosts.of("hooks.example.gov.cn, .example.com, 127.0.0.1, localhost, 10.1.2.3")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://hooks.example.gov.cn/in?x=1", Target("https", "hooks.example.gov.cn", 443, "/in?x=1")),
        ("https://HOOKS.example.gov.cn:8443", Target("https", "hooks.example.gov.cn", 8443, "/")),
        ("https://a.b.example.com/in", Target("https", "a.b.example.com", 443, "/in")),
        ("https://10.1.2.3/in", Target("https", "10.1.2.3", 443, "/in")),
        ("http://127.0.0.1:8080/in", Target("http", "127.0.0.1", 8080, "/in")),
        ("http://localhost/in", Target("http", "localhost", 80, "/in")),
    ],
)
def test_a_listed_host_is_a_target(url: str, target: Target) -> None:
    assert ALLOWED.target(url) == target


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/in",  # below it, not itself
        "https://notexample.com/in",
        "https://hooks.example.gov.cn.evil.org/in",
        "https://evil.org/hooks.example.gov.cn",
        "https://hooks.example.gov.cn@evil.org/in",
        "https://evil.org\\@hooks.example.gov.cn/in",
        "https://user:password@hooks.example.gov.cn/in",
        "http://hooks.example.gov.cn/in",
        "http://10.1.2.3/in",
        "ftp://hooks.example.gov.cn/in",
        "https://hooks.example.gov.cn:many/in",
        "https://hooks.example.gov.cn/in#part",
        "https://[::1/in",
        "https:///in",
        "https://2130706433/in",  # 127.0.0.1 in other words
        "https://127.1/in",
    ],
)
def test_anything_else_is_refused_with_what_to_do(url: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        ALLOWED.target(url)
    (fault,) = refused.value.details["fields"]
    assert fault["path"] == "webhook_url"


def test_nothing_is_allowed_where_nothing_is_listed() -> None:
    with pytest.raises(InvalidRequest):
        AllowedHosts.of("").target("https://hooks.example.gov.cn/in")


@pytest.mark.parametrize("listed", ["https://a.example.com", "a b", "*.example.com", "a..b", "."])
def test_what_is_no_host_is_refused_at_start(listed: str) -> None:
    with pytest.raises(SettingsError, match="WEBHOOK_HOSTS"):
        AllowedHosts.of(listed)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    ],
)  # fmt: skip
def test_inner_addresses_are_not_public_in_any_disguise(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8"])
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)


def _stands_at(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_a_host_below_a_listed_name_must_stand_at_public_addresses_only(monkeypatch: pytest.MonkeyPatch) -> None:
    target = ALLOWED.target("https://a.example.com/in")
    _stands_at(monkeypatch, "8.8.8.8")
    assert ALLOWED.addresses(target) == ["8.8.8.8"]
    _stands_at(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(ForbiddenAddressError):
        ALLOWED.addresses(target)


def test_a_host_that_is_listed_itself_may_stand_within(monkeypatch: pytest.MonkeyPatch) -> None:
    _stands_at(monkeypatch, "10.0.0.1")
    assert ALLOWED.addresses(ALLOWED.target("https://hooks.example.gov.cn/in")) == ["10.0.0.1"]
