"""The key folder: made once, never overwritten, rotated in two steps, read the same from folder and environment."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Thread

import pytest

from shared.security import key_files
from shared.security.keys import FolderSource, InlineSource, Keys, KeysError, key_source

from .conftest import TODAY


def files_of(root: Path) -> dict[str, str]:
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in found}


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    root = tmp_path / "keys"
    key_files.init(root, ("registry",), ("sandbox",), TODAY)
    return root


def test_init_twice_changes_nothing(fresh: Path) -> None:
    before = files_of(fresh)
    assert key_files.init(fresh, ("registry",), ("sandbox",), TODAY) == []
    assert files_of(fresh) == before


def test_init_adds_only_the_service_that_is_new(fresh: Path) -> None:
    made = key_files.init(fresh, ("registry", "notify"), ("sandbox",), TODAY)
    assert made == ["services/notify/token", "services/notify/audit"]


def test_secret_files_are_for_their_owner_alone_and_public_ones_hold_no_secret(fresh: Path) -> None:
    for path in fresh.rglob("*"):
        public = "public" in path.relative_to(fresh).parts
        if path.is_file() and not public:
            assert path.stat().st_mode & 0o777 == 0o600, path
        elif path.is_file():
            assert '"d"' not in path.read_text(encoding="utf-8")


def test_many_first_starts_at_once_end_with_one_set_of_keys(tmp_path: Path) -> None:
    threads = [Thread(target=key_files.init, args=(tmp_path, ("registry",), ("sandbox",), TODAY)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(len(key_files.key_ids(tmp_path, folder)) == 1 for folder in key_files.folders(tmp_path))
    assert not list(tmp_path.rglob(".*"))
    assert Keys(FolderSource(tmp_path)).token_key("registry").key_id in Keys(FolderSource(tmp_path)).trusted()


def test_a_secret_file_that_every_user_can_read_is_refused(fresh: Path) -> None:
    next(fresh.glob("personal/*.key")).chmod(0o644)
    with pytest.raises(KeysError, match="chmod 600"):
        Keys(FolderSource(fresh)).ring("personal")


def test_a_staged_key_reads_but_doesnt_write_until_it_is_activated(fresh: Path) -> None:
    before = Keys(FolderSource(fresh)).ring("personal").active.key_id
    added = key_files.add_key(fresh, "personal", TODAY, "sm4-gcm")
    staged = Keys(FolderSource(fresh)).ring("personal")
    assert staged.active.key_id == before
    assert staged.keys[added].algorithm == "sm4-gcm"
    key_files.activate(fresh, "personal", added)
    assert Keys(FolderSource(fresh)).ring("personal").active.key_id == added


def test_a_token_key_taken_away_is_no_longer_trusted_but_an_audit_key_still_proves_old_heads(fresh: Path) -> None:
    keys = Keys(FolderSource(fresh))
    for folder in ("services/registry/token", "services/registry/audit"):
        old = key_files.active_id(fresh, folder)
        key_files.activate(fresh, folder, key_files.add_key(fresh, folder, TODAY))
        (fresh / folder / f"{old}.pem").unlink()
        key_files.publish(fresh)
        known = keys.trusted() if folder.endswith("token") else keys.audit_public("registry")
        assert (old in known) == folder.endswith("audit")


def test_a_service_can_do_with_its_own_part_of_the_folder(fresh: Path) -> None:
    needed = ("services/registry/", "public/")
    part = {path: text for path, text in files_of(fresh).items() if path.startswith(needed)}
    keys = Keys(InlineSource(part))
    assert keys.token_key("registry").key_id in keys.trusted()
    with pytest.raises(KeysError, match="personal/active"):
        keys.ring("personal")


def test_the_environment_holds_the_same_keys_as_the_folder(fresh: Path) -> None:
    inline = Keys(key_source({"SKILLS_KEYS": json.dumps(files_of(fresh))}))
    in_folder = Keys(key_source({"KEYS_DIR": str(fresh)}))
    assert inline.ring("personal") == in_folder.ring("personal")
    assert inline.trusted().keys() == in_folder.trusted().keys()


def test_no_keys_named_and_unreadable_keys_say_the_cure_and_no_secret() -> None:
    with pytest.raises(KeysError, match="KEYS_DIR"):
        key_source({})
    with pytest.raises(KeysError) as refused:
        key_source({"SKILLS_KEYS": "{topsecret"})
    assert "topsecret" not in str(refused.value)


def test_secrets_dont_show_when_a_key_is_printed(keys: Keys, folder: Path) -> None:
    ring = keys.ring("personal")
    printed = f"{ring!r} {keys.token_key('registry')!r} {InlineSource({'personal/k.key': 'topsecret'})!r}"
    assert repr(ring.active.secret) not in printed
    assert "topsecret" not in printed


@pytest.mark.parametrize("name", ["../etc", "a/b", "", "A", ".hidden"])
def test_a_name_cant_leave_the_folder(keys: Keys, name: str) -> None:
    with pytest.raises(KeysError):
        keys.token_key(name)


def test_a_key_of_the_wrong_length_or_kind_is_refused() -> None:
    for text in ("aes-256-gcm c2hvcnQ=", "des c2hvcnQ=", "aes-256-gcm ***"):
        with pytest.raises(KeysError):
            Keys(InlineSource({"personal/active": "k", "personal/k.key": text})).ring("personal")


def test_two_owners_of_one_key_id_are_refused(fresh: Path) -> None:
    own = fresh / "public/issuers/sandbox.jwks.json"
    (fresh / "public/issuers/sso.jwks.json").write_text(own.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(KeysError, match="two key sets"):
        Keys(FolderSource(fresh)).trusted()


def test_no_issuer_of_people_may_take_the_name_kept_for_services(fresh: Path) -> None:
    own = fresh / "public/issuers/sandbox.jwks.json"
    own.rename(own.with_name("services.jwks.json"))
    with pytest.raises(KeysError, match="kept for services"):
        Keys(FolderSource(fresh)).trusted()


def test_a_foreign_key_set_may_hold_keys_of_other_kinds_but_needs_one_of_ours(fresh: Path) -> None:
    own = json.loads((fresh / "public/issuers/sandbox.jwks.json").read_text(encoding="utf-8"))["keys"]
    foreign = {"kty": "EC", "crv": "P-256", "kid": "ec-1", "x": "AA", "y": "AA"}
    file = fresh / "public/issuers/sandbox.jwks.json"
    file.write_text(json.dumps({"keys": [foreign, *own]}), encoding="utf-8")
    assert "ec-1" not in Keys(FolderSource(fresh)).trusted()
    useless_sets: list[object] = [{"keys": [foreign]}, {"keys": []}, [], {"keys": [1]}]
    for useless in useless_sets:
        file.write_text(json.dumps(useless), encoding="utf-8")
        with pytest.raises(KeysError, match=r"sandbox\.jwks\.json"):
            Keys(FolderSource(fresh)).trusted()
