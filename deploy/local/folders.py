"""Folders and secret files that only their owner can read."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
from pathlib import Path
from typing import Any

_UNPRIVILEGED = ("postgres", "nobody")
_LASTING = Path("/var/tmp")  # noqa: S108 - the folders made in it are named by hash, 0700 and checked for their owner


def unprivileged_account() -> pwd.struct_passwd | None:
    """The account for a program that refuses to run as root, or None where this process isn't root."""
    if os.geteuid() != 0:
        return None
    known = {account.pw_name: account for account in pwd.getpwall()}
    return next(known[name] for name in _UNPRIVILEGED if name in known)


def private_folder(path: Path, account: pwd.struct_passwd | None = None) -> Path:
    """Makes the folder, 0700, for the account or for ours; raises PermissionError where another owns it."""
    owner = account.pw_uid if account else os.geteuid()
    path.mkdir(parents=True, exist_ok=True)
    if account and path.stat().st_uid == 0:
        os.chown(path, account.pw_uid, account.pw_gid)
    if path.is_symlink() or path.stat().st_uid != owner:
        raise PermissionError(f"{path} belongs to somebody else: move it away and try again")
    path.chmod(0o700)
    return path


def folder_for(account: pwd.struct_passwd | None, wanted: Path) -> Path:
    """The wanted folder, or a stand-in where the account can't reach it (a clone in a closed home)."""
    wanted = wanted.absolute()
    if account is None or all(_may_enter(parent, account) for parent in wanted.parents):
        return wanted
    return _LASTING / f"skills-{hashlib.sha256(os.fsencode(wanted)).hexdigest()[:16]}"


def _may_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    if not folder.exists():
        return True  # it will be made with the modes of its parent's other children
    status = folder.stat()
    if status.st_uid == account.pw_uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == account.pw_gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)


def write_secret(path: Path, text: str, account: pwd.struct_passwd | None = None) -> None:
    """Writes a file, 0600 from its first byte, and gives it to the account."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)


def remembered(path: Path) -> dict[str, Any] | None:
    """What `remember` wrote there, or None."""
    if not path.exists():
        return None
    values: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return values


def remember(path: Path, values: dict[str, Any]) -> None:
    """Keeps plain JSON values in a 0600 file for the next start."""
    write_secret(path, json.dumps(values, indent=2, sort_keys=True) + "\n")
