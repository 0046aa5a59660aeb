"""The keys of a running service, read again when their files change: a rotation needs no restart.

A ring or a key that can't be read any more (half a change, a file taken away too early) stays as it was, and the log
says why. A key id that isn't known is looked for in the files at once, so whoever is first to use a new key need not
wait for the others to notice it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from shared.security.keys import KeyRing, Keys, Ring, SecretKey, SigningKey, TrustedKey
from shared.watched_files import Watch, Watched


@dataclass(frozen=True)
class LiveRing:
    """A ring as its files are now."""

    watched: Watched[KeyRing]

    @property
    def active(self) -> SecretKey:
        """The key that writes now."""
        return self.now().active

    @property
    def keys(self) -> Mapping[str, SecretKey]:
        """All its keys now, by key id."""
        return self.now().keys

    def now(self, seeking: str | None = None) -> KeyRing:
        """The whole ring at one moment; looked for again where it lacks the key id that is sought."""
        ring = self.watched.now()
        if seeking is not None and seeking not in ring.keys:
            ring = self.watched.now(at_once=True)
        return ring


class LiveTrusted(Mapping[str, TrustedKey]):
    """The public keys that may sign tokens, by key id, as their files are now."""

    def __init__(self, watched: Watched[Mapping[str, TrustedKey]]) -> None:
        self._watched = watched

    def __getitem__(self, key_id: str) -> TrustedKey:
        found = self._watched.now().get(key_id)
        return found or self._watched.now(at_once=True)[key_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._watched.now())

    def __len__(self) -> int:
        return len(self._watched.now())


@dataclass(frozen=True)
class LiveKeys(Keys):
    """As `Keys`, but what it hands out follows the files. `watch`: their marks."""

    watch: Watch
    _parts: dict[Hashable, Watched[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, keys: Keys) -> LiveKeys:
        """The same keys, watched."""
        return cls(keys.source, Watch(keys.source.mark))

    def ring(self, name: str) -> Ring:
        """A ring that follows its files. Raises KeysError where they are missing now."""
        ring = LiveRing(self._part("ring", name, super().ring))
        ring.now()  # a service that lacks its keys says so at its start
        return ring

    def token_key(self, service: str) -> SigningKey:
        """The key that signs a service's tokens now. Raises KeysError."""
        key: SigningKey = self._part("token", service, super().token_key).now()
        return key

    def audit_key(self, service: str) -> SigningKey:
        """The key that signs a service's audit heads now. Raises KeysError."""
        key: SigningKey = self._part("audit", service, super().audit_key).now()
        return key

    def trusted(self) -> Mapping[str, TrustedKey]:
        """The public keys that may sign tokens, as their files are whenever it is asked. Raises KeysError."""
        trusted = LiveTrusted(self._part("trusted", "", lambda _: super(LiveKeys, self).trusted()))
        len(trusted)
        return trusted

    def _part(self, kind: str, name: str, read: Callable[[str], Any]) -> Watched[Any]:
        what = f"{kind} {name}".strip()
        return self._parts.setdefault((kind, name), Watched(what, partial(read, name), self.watch))
