"""Where a webhook may go: hosts that operators listed, over TLS, at addresses that are public or meant by name.

    WEBHOOK_HOSTS=hooks.example.gov.cn,.example.com,127.0.0.1
        a name alone      that host, wherever it stands, inner networks included
        .name             every host below it, at public addresses only
        a loopback        this machine itself; only there plain http is allowed, for trying things out

A host is looked up when something is sent, and the connection goes to the very address that was looked at.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from shared.errors import InvalidRequest
from shared.settings import SettingsError

_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*|[0-9a-f:]*:[0-9a-f:.]*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
PORTS = {"https": 443, "http": 80}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Target:
    """A webhook's address, taken apart. `path`: with its query, as it is sent."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


class ForbiddenAddressError(Exception):
    """A host that stands at an address where nothing may be sent."""


@dataclass(frozen=True)
class AllowedHosts:
    """`names`: hosts exactly; `suffixes`: with their leading dot."""

    names: frozenset[str]
    suffixes: tuple[str, ...]

    @classmethod
    def of(cls, listed: str) -> AllowedHosts:
        """Raises SettingsError for what is no host."""
        entries = [entry.strip().lower().rstrip(".") for entry in listed.split(",") if entry.strip()]
        wrong = [entry for entry in entries if not _HOST.fullmatch(entry.removeprefix("."))]
        if wrong:
            raise SettingsError(
                f"WEBHOOK_HOSTS: {wrong[0]!r}: write hosts such as hooks.example.gov.cn or .example.com"
            )
        suffixes = tuple(entry for entry in entries if entry.startswith("."))
        return cls(frozenset(entries) - frozenset(suffixes), suffixes)

    def target(self, url: str) -> Target:
        """A party's address, if it may be used. Raises InvalidRequest that says what to do."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            raise _refused("地址格式有误，请填写 https:// 开头的完整地址") from None
        if parts.scheme not in PORTS or not host or parts.fragment or "@" in parts.netloc or "\\" in url:
            raise _refused("请填写 https:// 开头的完整地址，不带用户名、口令和 # 部分")
        if not self.allows(host):
            raise _refused("该主机不在许可名单内，请联系系统运维加入后再登记")
        if parts.scheme == "http" and not is_this_machine(host):
            raise _refused("请使用 https:// 地址，消息不以明文外发")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(parts.scheme, host, port or PORTS[parts.scheme], path)

    def allows(self, host: str) -> bool:
        """Whether operators listed it, or the name above it."""
        return host in self.names or host.endswith(self.suffixes)

    def addresses(self, target: Target) -> list[str]:
        """Where the host stands now. Raises ForbiddenAddressError if any of it is no place to send to, OSError if it
        can't be found.
        """
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if target.host not in self.names and not all(map(is_public, addresses)):
            raise ForbiddenAddressError
        return addresses


def is_public(address: str) -> bool:
    """Whether it is a public unicast address, also when it is wrapped into one of IPv6."""
    parsed = _unwrapped(ipaddress.ip_address(address.partition("%")[0]))
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def _unwrapped(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    return inner or address


def is_this_machine(host: str) -> bool:
    """Whether a host, by its name or address, is the one that this runs on."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refused(message: str) -> InvalidRequest:
    return InvalidRequest.of(("webhook_url", message))
