"""Keys that follow their files: a change counts within seconds, half a change not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.clock import now
from shared.security import key_files
from shared.security.aead import Unreadable
from shared.security.keys import FolderSource, InlineSource, Keys, KeysError
from shared.security.live_keys import LiveKeys
from shared.security.personal import LookupDigest, PersonalCipher, Place
from shared.security.tokens import LIFETIME_MAX, TokenIssuer, TokenVerifier
from shared.watched_files import EVERY, Watch
from tests.security.test_permissions import PEOPLE

from .conftest import TODAY

PLACE = Place("people", "name", "p-1")


@dataclass
class Clock:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Running:
    """A service's keys, the folder behind them, and its clock."""

    root: Path
    clock: Clock
    live: LiveKeys

    def rotate(self, folder: str) -> str:
        key_id = key_files.add_key(self.root, folder, TODAY)
        key_files.activate(self.root, folder, key_id)
        return key_id

    def wait(self) -> None:
        self.clock.seconds += EVERY


@pytest.fixture
def running(tmp_path: Path) -> Running:
    key_files.init(tmp_path, ("registry", "review"), ("sandbox",), TODAY)
    clock = Clock()
    keys = Keys(FolderSource(tmp_path))
    return Running(tmp_path, clock, LiveKeys(keys.source, Watch(keys.source.mark, clock=clock)))


def test_a_new_active_key_writes_within_seconds_and_the_old_one_still_reads(running: Running) -> None:
    cipher = PersonalCipher(running.live.ring("personal"))
    old = cipher.encrypt("某人", PLACE)
    running.rotate("personal")
    assert cipher.is_current(old)  # not looked at yet
    running.wait()
    assert not cipher.is_current(old)
    assert cipher.decrypt(old, PLACE) == "某人"
    assert cipher.is_current(cipher.encrypt("某人", PLACE))


def test_what_a_quicker_process_wrote_under_a_new_key_is_read_at_once(running: Running) -> None:
    slow = PersonalCipher(running.live.ring("personal"))
    running.rotate("personal")
    quick = PersonalCipher(Keys(FolderSource(running.root)).ring("personal"))
    assert slow.decrypt(quick.encrypt("某人", PLACE), PLACE) == "某人"


def test_a_token_under_a_new_key_is_believed_at_once_and_under_a_retired_one_no_longer(running: Running) -> None:
    verifier = TokenVerifier(running.live.trusted())
    people = Keys(FolderSource(running.root))
    old = TokenIssuer("sandbox", people.issuer_key("sandbox")).issue(PEOPLE[0], now(), LIFETIME_MAX)
    old_key = key_files.active_id(running.root, "issuers/sandbox")
    running.rotate("issuers/sandbox")
    new = TokenIssuer("sandbox", people.issuer_key("sandbox")).issue(PEOPLE[0], now(), LIFETIME_MAX)
    for token in (new, old):
        assert verifier.verify(token, now()).subject == PEOPLE[0].subject
    key_files.retire(running.root, "issuers/sandbox", old_key, now() + 2 * LIFETIME_MAX)
    running.wait()
    with pytest.raises(Exception, match="登录令牌无效"):
        verifier.verify(old, now())
    assert verifier.verify(new, now())


def test_a_service_signs_with_its_new_key(running: Running) -> None:
    before = running.live.token_key("registry").key_id, running.live.audit_key("registry").key_id
    token, audit = running.rotate("services/registry/token"), running.rotate("services/registry/audit")
    running.wait()
    assert (running.live.token_key("registry").key_id, running.live.audit_key("registry").key_id) == (token, audit)
    assert {token, audit}.isdisjoint(before)


def test_digests_are_made_under_every_key_that_is_there_now(running: Running) -> None:
    lookup = LookupDigest(running.live.ring("digest"))
    (old,) = lookup.digests("resident_id", "1")
    key_id = running.rotate("digest")
    running.wait()
    assert [one[0] for one in lookup.digests("resident_id", "1")] == [key_id, old[0]]


def _active_names_nothing(root: Path) -> None:
    (root / "personal" / "active").write_text("not-there-yet\n", encoding="utf-8")


def _key_of_half_a_line(root: Path) -> None:
    (root / "personal" / "half.key").write_text("aes-256-gcm c2hv\n", encoding="utf-8")
    (root / "personal" / "half.key").chmod(0o600)


def _ring_gone(root: Path) -> None:
    for file in (root / "personal").iterdir():
        file.unlink()


@pytest.mark.parametrize("damage", [_active_names_nothing, _key_of_half_a_line, _ring_gone])
def test_half_a_change_is_no_change_until_it_is_whole(running: Running, damage: Callable[[Path], None]) -> None:
    ring = running.live.ring("personal")
    cipher = PersonalCipher(ring)
    stored = cipher.encrypt("某人", PLACE)
    kept = {file.name: file.read_bytes() for file in (running.root / "personal").iterdir()}
    damage(running.root)
    running.wait()
    assert cipher.decrypt(stored, PLACE) == "某人"
    assert cipher.is_current(cipher.encrypt("某人", PLACE))
    (running.root / "personal" / "half.key").unlink(missing_ok=True)
    for name, content in kept.items():
        (running.root / "personal" / name).write_bytes(content)
        (running.root / "personal" / name).chmod(0o600)
    new = running.rotate("personal")
    running.wait()
    assert ring.active.key_id == new


def test_a_key_that_nobody_has_is_still_unreadable(running: Running) -> None:
    stranger = Keys(InlineSource({"personal/active": "k", "personal/k.key": "sm4-gcm MDEyMzQ1Njc4OWFiY2RlZg=="}))
    stored = PersonalCipher(stranger.ring("personal")).encrypt("某人", PLACE)
    with pytest.raises(Unreadable):
        PersonalCipher(running.live.ring("personal")).decrypt(stored, PLACE)


def test_keys_that_are_missing_at_the_start_are_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(KeysError, match="personal/active"):
        LiveKeys.of(Keys(FolderSource(tmp_path))).ring("personal")


# --- the end of a key ------------------------------------------------------------------------------------------------


def test_a_key_in_use_or_changed_a_moment_ago_is_not_retired(running: Running) -> None:
    old = key_files.active_id(running.root, "digest")
    with pytest.raises(KeysError, match="activate another key first"):
        key_files.retire(running.root, "digest", old, now())
    running.rotate("digest")
    with pytest.raises(KeysError, match="wait until"):
        key_files.retire(running.root, "digest", old, now())
    with pytest.raises(KeysError, match="has no key"):
        key_files.retire(running.root, "digest", "nobody", now())
    assert old in key_files.key_ids(running.root, "digest")


@pytest.mark.parametrize(
    ("folder", "pause"),
    [
        ("personal", timedelta(minutes=1)),
        ("services/registry/audit", timedelta(minutes=1)),
        ("services/registry/token", timedelta(minutes=60, seconds=30)),
        ("issuers/sandbox", timedelta(minutes=60, seconds=30)),
    ],
)
def test_a_key_ends_when_nobody_can_still_rely_on_it(running: Running, folder: str, pause: timedelta) -> None:
    old = key_files.active_id(running.root, folder)
    running.rotate(folder)
    changed = datetime.fromtimestamp((running.root / folder / "active").stat().st_mtime, UTC)
    with pytest.raises(KeysError, match="wait until"):
        key_files.retire(running.root, folder, old, changed + pause - timedelta(milliseconds=1))
    key_files.retire(running.root, folder, old, changed + pause)
    assert old not in key_files.key_ids(running.root, folder)
