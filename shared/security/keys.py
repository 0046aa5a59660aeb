"""The keys of one service, never written here (`key_files.py` does that); `live_keys.py` follows their files.

    personal/  digest/  objects/      rings: `active` names a key id, `<key id>.key` holds "algorithm base64"
    issuers/<issuer>/                 private keys of a token issuer: `active`, `<key id>.pem` (Ed25519)
    services/<service>/token/         the same for the service's own tokens
    services/<service>/audit/         the same for the heads of its audit chain
    public/issuers/<issuer>.jwks.json accepted public keys; and public/services/, public/audit/ by service

The same relative paths work from a folder (`KEYS_DIR`) and from one environment variable (`SKILLS_KEYS`,
a JSON object of path → content). A service is given only the folders it needs: docs/security.md.
"""

from __future__ import annotations

import binascii
import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import OKPAlgorithm
from jwt.exceptions import InvalidKeyError

from shared.watched_files import Mark, mark_of

FOLDER_VARIABLE = "KEYS_DIR"
INLINE_VARIABLE = "SKILLS_KEYS"
SERVICES_ISSUER = "services"
SECRET_BYTES: Mapping[str, int] = {"aes-256-gcm": 32, "sm4-gcm": 16, "hmac-sha-256": 32, "hmac-sm3": 32}
RINGS: Mapping[str, frozenset[str]] = {
    "personal": frozenset({"aes-256-gcm", "sm4-gcm"}),
    "digest": frozenset({"hmac-sha-256", "hmac-sm3"}),
    "objects": frozenset({"aes-256-gcm", "sm4-gcm"}),
}

_KEY_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_READABLE_BY_OTHERS = 0o007


class KeysError(Exception):
    """The key folder can't be used as it is: the message names the file and the cure, never a key."""


@dataclass(frozen=True)
class SecretKey:
    """A symmetric key and what it is for. `secret`: raw bytes, as many as SECRET_BYTES says."""

    key_id: str
    algorithm: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class KeyRing:
    """Keys of one purpose by id. `active` writes new data; the others still read what they wrote."""

    active: SecretKey
    keys: Mapping[str, SecretKey]

    def now(self, seeking: str | None = None) -> KeyRing:
        """Itself: this one doesn't change."""
        return self


class Ring(Protocol):
    """A ring that may change while it is used: who needs more than one of its keys takes it whole, by `now`."""

    @property
    def active(self) -> SecretKey:
        """The key that writes."""

    @property
    def keys(self) -> Mapping[str, SecretKey]:
        """Every key, by id."""

    def now(self, seeking: str | None = None) -> KeyRing:
        """The ring at one moment. `seeking`: a key id that it should hold."""


@dataclass(frozen=True)
class SigningKey:
    """A private Ed25519 key that signs under its id."""

    key_id: str
    private: Ed25519PrivateKey = field(repr=False)


@dataclass(frozen=True)
class TrustedKey:
    """A public key that may sign tokens of one issuer. `subject`: the only one it speaks for, None = any."""

    issuer: str
    public: Ed25519PublicKey
    subject: str | None = None


class KeySource(Protocol):
    """Where key files are read: a folder or its copy in the environment. Paths are relative, with slashes."""

    def names(self, folder: str) -> list[str]:
        """The files of a folder, sorted; empty when there is none."""

    def read(self, path: str) -> str:
        """A file's text. Raises KeysError when it is missing or open to others."""

    def mark(self) -> Mark:
        """What changes when a file does."""


@dataclass(frozen=True)
class FolderSource:
    """Key files under one folder."""

    root: Path

    def names(self, folder: str) -> list[str]:
        """Files of a folder below the root; none where there is no such folder."""
        path = self.root / folder
        return sorted(entry.name for entry in path.iterdir() if entry.is_file()) if path.is_dir() else []

    def read(self, path: str) -> str:
        """The text of a file. Raises KeysError where it is missing or others may read a secret."""
        file = self.root / path
        if not file.is_file():
            raise KeysError(f"{file} is missing: run `skills keys init {self.root}` or mount it")
        if not path.startswith("public/") and file.stat().st_mode & _READABLE_BY_OTHERS:
            raise KeysError(f"{file} can be read by every user: chmod 600")
        return file.read_text(encoding="utf-8")

    def mark(self) -> Mark:
        """Changes when a file of the folder does."""
        return mark_of(self.root)


@dataclass(frozen=True)
class InlineSource:
    """Key files as a mapping of relative path → content."""

    files: Mapping[str, str] = field(repr=False)

    def names(self, folder: str) -> list[str]:
        """As of a folder, from the paths of the variable."""
        inside = (path.removeprefix(f"{folder}/") for path in self.files if path.startswith(f"{folder}/"))
        return sorted(name for name in inside if "/" not in name)

    def read(self, path: str) -> str:
        """The text of an entry. Raises KeysError where it is missing."""
        if path not in self.files:
            raise KeysError(f"{INLINE_VARIABLE} has no entry {path}: add it")
        return self.files[path]

    def mark(self) -> Mark:
        """Always the same: a process's environment doesn't change."""
        return ()


def key_source(environ: Mapping[str, str]) -> KeySource:
    """The source that the environment names: SKILLS_KEYS, else KEYS_DIR. Raises KeysError when neither."""
    if inline := environ.get(INLINE_VARIABLE):
        return InlineSource(_inline_files(inline))
    if folder := environ.get(FOLDER_VARIABLE):
        return FolderSource(Path(folder))
    raise KeysError(f"no keys: set {FOLDER_VARIABLE} to a folder made by `skills keys init`, or {INLINE_VARIABLE}")


def _inline_files(text: str) -> dict[str, str]:
    try:
        files = json.loads(text)
    except json.JSONDecodeError:
        files = None
    if not isinstance(files, dict) or not all(isinstance(content, str) for content in files.values()):
        # `from None` and no excerpt: the text is secret.
        raise KeysError(f"{INLINE_VARIABLE} is no JSON object of path → text: mend it") from None
    return files


@dataclass(frozen=True)
class Keys:
    """What a source holds, read on demand, only the parts asked for. Every reader may raise KeysError."""

    source: KeySource

    def ring(self, name: str) -> Ring:
        """The ring `personal`, `digest` or `objects`."""
        key_ids = [file.removesuffix(".key") for file in self.source.names(name) if file.endswith(".key")]
        keys = {key_id: self._secret(name, key_id) for key_id in key_ids}
        active = self.source.read(f"{name}/active").strip()
        if active not in keys:
            raise KeysError(f"{name}/active names {active!r}, but {name}/{active}.key is missing: mount it")
        return KeyRing(keys[active], keys)

    def issuer_key(self, issuer: str) -> SigningKey:
        """The active private key of a token issuer."""
        return self._signing_key(f"issuers/{checked_name(issuer)}")

    def token_key(self, service: str) -> SigningKey:
        """The active private key for a service's own tokens."""
        return self._signing_key(f"services/{checked_name(service)}/token")

    def audit_key(self, service: str) -> SigningKey:
        """The active private key for the heads of a service's audit chain."""
        return self._signing_key(f"services/{checked_name(service)}/audit")

    def trusted(self) -> Mapping[str, TrustedKey]:
        """Every public key that may sign a token, by key id; a service's key speaks for it alone."""
        found: dict[str, TrustedKey] = {}
        for issuer, jwks in self._jwks("public/issuers"):
            if issuer == SERVICES_ISSUER:
                raise KeysError(f"public/issuers/{issuer}.jwks.json: this name is kept for services, rename it")
            _add_trusted(found, {kid: TrustedKey(issuer, public) for kid, public in jwks.items()})
        for service, jwks in self._jwks("public/services"):
            _add_trusted(found, {kid: TrustedKey(SERVICES_ISSUER, public, service) for kid, public in jwks.items()})
        return found

    def audit_public(self, service: str) -> dict[str, Ed25519PublicKey]:
        """The public keys, retired ones too, that may have signed a service's audit heads, by key id."""
        path = f"public/audit/{checked_name(service)}.jwks.json"
        return read_jwks(path, self.source.read(path))

    def _jwks(self, folder: str) -> list[tuple[str, dict[str, Ed25519PublicKey]]]:
        suffix = ".jwks.json"
        files = [name for name in self.source.names(folder) if name.endswith(suffix)]
        paths = [f"{folder}/{name}" for name in files]
        sets = [read_jwks(path, self.source.read(path)) for path in paths]
        return [(name.removesuffix(suffix), jwks) for name, jwks in zip(files, sets, strict=True)]

    def _secret(self, ring: str, key_id: str) -> SecretKey:
        path = f"{ring}/{checked_name(key_id)}.key"
        algorithm, _, encoded = self.source.read(path).strip().partition(" ")
        if algorithm not in RINGS[ring]:
            raise KeysError(f"{path} names no algorithm of this ring: write one of {sorted(RINGS[ring])}")
        try:
            secret = b64decode(encoded, validate=True)
        except binascii.Error:
            raise KeysError(f"{path} holds no base64 after its algorithm: restore the file") from None
        if len(secret) != SECRET_BYTES[algorithm]:
            raise KeysError(f"{path} holds {len(secret)} bytes, {algorithm} needs {SECRET_BYTES[algorithm]}")
        return SecretKey(key_id, algorithm, secret)

    def _signing_key(self, folder: str) -> SigningKey:
        key_id = checked_name(self.source.read(f"{folder}/active").strip())
        path = f"{folder}/{key_id}.pem"
        return SigningKey(key_id, read_private(path, self.source.read(path)))


def checked_name(name: str) -> str:
    """The name of a key, an issuer or a service, once it can't leave its folder. Raises KeysError."""
    if not _KEY_ID.fullmatch(name):
        raise KeysError(f"{name!r} is no name for a key: use a-z, 0-9, '.', '_', '-', at most 63 characters")
    return name


def read_private(path: str, text: str) -> Ed25519PrivateKey:
    """An Ed25519 key from PKCS 8 PEM. Raises KeysError."""
    try:
        key = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeysError(f"{path} is no Ed25519 private key in PEM: restore the file")
    return key


def read_jwks(path: str, text: str) -> dict[str, Ed25519PublicKey]:
    """The Ed25519 keys of a JWKS by key id, others left out. Raises KeysError when none is left."""
    try:
        listed = json.loads(text)["keys"]
        usable = [entry for entry in listed if entry.get("crv") == "Ed25519" and "d" not in entry]
        keys = {entry["kid"]: OKPAlgorithm.from_jwk(entry) for entry in usable}
    except (ValueError, KeyError, TypeError, AttributeError, InvalidKeyError):
        raise KeysError(f"{path} is no JSON Web Key Set: restore the file") from None
    public = {kid: key for kid, key in keys.items() if isinstance(key, Ed25519PublicKey)}
    if not public:
        raise KeysError(f"{path} holds no Ed25519 public key with a kid: only EdDSA is accepted, add one")
    return public


def _add_trusted(found: dict[str, TrustedKey], more: Mapping[str, TrustedKey]) -> None:
    if twice := sorted(found.keys() & more.keys()):
        # A token names its key by kid alone: two owners of one kid could speak for each other.
        raise KeysError(f"key ids {twice} stand in two key sets under public/: rename them in one")
    found.update(more)
