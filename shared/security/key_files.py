"""Makes and rotates the folder that `keys.py` reads: what `skills keys` does. Services never write there.

Nothing is overwritten but `active` and the public key sets, and those are replaced in one step. A ring or
a signing folder appears whole (made beside its place, then renamed): of two first starts one prevails.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import OKPAlgorithm

from shared.security.keys import RINGS, SECRET_BYTES, KeysError, checked_name, read_jwks, read_private
from shared.security.tokens import CLOCK_SKEW, LIFETIME_MAX

SETTLING = timedelta(minutes=1)
"""Until every process has noticed a change, and whatever began before it has ended."""

RING_DEFAULTS = {"personal": "aes-256-gcm", "digest": "hmac-sha-256", "objects": "aes-256-gcm"}


def init(root: Path, services: Iterable[str], issuers: Iterable[str], today: date) -> list[str]:
    """Makes what is missing under `root` and publishes every public key; returns the folders that it made."""
    rings = list(RING_DEFAULTS)
    signing = [f"issuers/{checked_name(issuer)}" for issuer in issuers]
    for service in services:
        signing += [f"services/{checked_name(service)}/token", f"services/{checked_name(service)}/audit"]
    made = [folder for folder in [*rings, *signing] if _make_folder(root, folder, today)]
    publish(root)
    return made


def add_key(root: Path, folder: str, today: date, algorithm: str | None = None) -> str:
    """Adds a key to a ring or signing folder without using it yet; returns its id. Raises KeysError."""
    place = _existing(root, folder)
    if algorithm and algorithm not in RINGS.get(folder, frozenset()):
        raise KeysError(f"{folder} takes no {algorithm}: choose one of {sorted(RINGS.get(folder, frozenset()))}")
    key_id = _write_key(place, folder, today, algorithm)
    publish(root)
    return key_id


def activate(root: Path, folder: str, key_id: str) -> None:
    """New data and signatures use this key, in running services within seconds. Raises KeysError when it isn't one."""
    place = _existing(root, folder)
    if not (place / f"{checked_name(key_id)}{_suffix(folder)}").is_file():
        raise KeysError(f"{folder} has no key {key_id}: choose one of {key_ids(root, folder)}")
    _replace(place / "active", key_id + "\n", 0o600)


def check_retirable(root: Path, folder: str, key_id: str, now: datetime) -> None:
    """Raises KeysError where a key is still used, or was until so lately that somebody may not know yet.

    Whether data at rest needs a ring's key is asked of the services: `skills keys retire` does.
    """
    if key_id not in key_ids(root, folder):
        raise KeysError(f"{folder} has no key {key_id}: choose one of {key_ids(root, folder)}")
    if key_id == active_id(root, folder):
        raise KeysError(f"{folder} writes with {key_id}: activate another key first")
    active = _existing(root, folder) / "active"
    since = datetime.fromtimestamp(active.stat().st_mtime, UTC)
    pause = SETTLING if folder in RINGS or folder.endswith("/audit") else LIFETIME_MAX + CLOCK_SKEW
    if now < since + pause:
        raise KeysError(f"{folder} changed its key at {since:%H:%M:%S} UTC: wait until {since + pause:%H:%M:%S} UTC")


def retire(root: Path, folder: str, key_id: str, now: datetime) -> None:
    """Takes an old key away; its public part too, unless it proves heads of an audit chain. Raises KeysError."""
    check_retirable(root, folder, key_id, now)
    (root / folder / f"{key_id}{_suffix(folder)}").unlink()
    publish(root)


def folders(root: Path) -> list[str]:
    """Every ring and signing folder under `root`, by relative path."""
    # Names with a dot in front are folders that another first start is still making.
    signing = [*root.glob("issuers/[!.]*"), *root.glob("services/[!.]*/[!.]*")]
    places = [*(root / ring for ring in RINGS), *signing]
    return sorted(place.relative_to(root).as_posix() for place in places if (place / "active").is_file())


def key_ids(root: Path, folder: str) -> list[str]:
    """The ids of the keys in a folder, sorted."""
    suffix = _suffix(folder)
    return sorted(path.name.removesuffix(suffix) for path in _existing(root, folder).glob(f"*{suffix}"))


def active_id(root: Path, folder: str) -> str:
    """The id of the key in use."""
    return (_existing(root, folder) / "active").read_text(encoding="utf-8").strip()


def publish(root: Path) -> None:
    """Writes the public key set of every signing folder under `root`; sets of others are left as they are.

    A token key whose file was taken away is no longer accepted; an audit key stays: old heads are checked.
    """
    for folder in folders(root):
        kind, _, rest = folder.partition("/")
        if kind == "issuers":
            _publish_keys(root, folder, f"issuers/{rest}", keep_old=False)
        elif kind == "services":
            service, _, use = rest.partition("/")
            target = f"audit/{service}" if use == "audit" else f"services/{service}"
            _publish_keys(root, folder, target, keep_old=use == "audit")


def _publish_keys(root: Path, folder: str, target: str, *, keep_old: bool) -> None:
    file = root / "public" / f"{target}.jwks.json"
    public = read_jwks(str(file), file.read_text(encoding="utf-8")) if keep_old and file.is_file() else {}
    for key_id in key_ids(root, folder):
        pem = root / folder / f"{key_id}.pem"
        public[key_id] = read_private(str(pem), pem.read_text(encoding="utf-8")).public_key()
    listed = [
        {**OKPAlgorithm.to_jwk(key, as_dict=True), "kid": key_id, "use": "sig", "alg": "EdDSA"}
        for key_id, key in sorted(public.items())
    ]
    file.parent.mkdir(parents=True, exist_ok=True)
    _replace(file, json.dumps({"keys": listed}, indent=2) + "\n", 0o644)


def _make_folder(root: Path, folder: str, today: date) -> bool:
    place = root / folder
    if place.exists():
        return False
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{secrets.token_hex(8)}")
    beside.mkdir(mode=0o700)
    try:
        _create(beside / "active", _write_key(beside, folder, today, None) + "\n")
        beside.rename(place)
    except OSError:
        shutil.rmtree(beside)
        if not place.is_dir():
            raise
        return False  # another first start was quicker: its keys are as good as ours
    return True


def _write_key(place: Path, folder: str, today: date, algorithm: str | None) -> str:
    unique = f"{today:%Y%m%d}-{secrets.token_hex(4)}"
    if folder in RINGS:
        name = algorithm or RING_DEFAULTS[folder]
        encoded = b64encode(secrets.token_bytes(SECRET_BYTES[name])).decode()
        _create(place / f"{unique}.key", f"{name} {encoded}\n")
        return unique
    # Ids of signing keys open with their owner, so that a kid in a token or a log says whose it is.
    key_id = f"{folder.split('/')[1]}.{unique}"
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _create(place / f"{key_id}.pem", pem.decode())
    return key_id


def _existing(root: Path, folder: str) -> Path:
    for part in folder.split("/"):
        checked_name(part)
    if not (root / folder / "active").is_file():
        raise KeysError(f"{root} has no keys {folder}: choose one of {folders(root)}")
    return root / folder


def _suffix(folder: str) -> str:
    return ".key" if folder in RINGS else ".pem"


def _create(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _replace(file: Path, text: str, mode: int) -> None:
    beside = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    _create(beside, text)
    beside.chmod(mode)
    beside.replace(file)
