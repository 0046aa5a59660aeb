"""`skills keys` and `skills token` as somebody at a terminal meets them."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from cli.keys import keys as keys_command
from cli.token import token as token_command
from shared.clock import now
from shared.security.keys import FolderSource, Keys
from shared.security.speaker import Purpose, Role
from shared.security.tokens import TokenVerifier


def run_keys(*arguments: str) -> Result:
    return CliRunner().invoke(keys_command, arguments)


def run_token(*arguments: str) -> Result:
    return CliRunner().invoke(token_command, arguments, env={"KEYS_DIR": ""})


def test_a_token_from_fresh_keys_is_believed(tmp_path: Path) -> None:
    assert run_keys("init", str(tmp_path)).exit_code == 0
    result = run_token(
        *("--role", "finance_officer", "--subject", "officer-2", "--district", "110105"),
        *("--purpose", "payment", "--keys", str(tmp_path)),
    )
    assert result.exit_code == 0
    speaker = TokenVerifier(Keys(FolderSource(tmp_path)).trusted()).verify(result.output.strip(), now())
    assert (speaker.role, speaker.subject, speaker.district) == (Role.FINANCE_OFFICER, "officer-2", "110105")
    assert speaker.purposes == {Purpose.PAYMENT}


def test_a_role_without_its_district_is_refused_with_the_cure(tmp_path: Path) -> None:
    run_keys("init", str(tmp_path))
    result = run_token("--role", "district_officer", "--subject", "officer-1", "--keys", str(tmp_path))
    assert result.exit_code == 1
    assert "请加 --district" in result.output


def test_nobody_makes_a_machines_token_or_a_long_one_at_a_terminal(tmp_path: Path) -> None:
    run_keys("init", str(tmp_path))
    machine = run_token("--role", "machine", "--subject", "registry", "--keys", str(tmp_path))
    long_lived = run_token("--role", "auditor", "--subject", "a", "--minutes", "61", "--keys", str(tmp_path))
    assert (machine.exit_code, long_lived.exit_code) == (2, 2)


def test_where_no_issuer_key_was_made_no_token_can_be_issued(tmp_path: Path) -> None:
    run_keys("init", "--no-issuer", str(tmp_path))
    result = run_token("--role", "auditor", "--subject", "a", "--keys", str(tmp_path))
    assert result.exit_code == 1
    assert "issuers/sandbox/active" in result.output


def test_a_rotation_in_two_steps_is_seen_in_the_list(tmp_path: Path) -> None:
    run_keys("init", str(tmp_path))
    staged = run_keys("rotate", str(tmp_path), "personal", "--algorithm", "sm4-gcm", "--stage")
    assert staged.exit_code == 0
    before = personal_lines(tmp_path)
    assert len(before) == 2
    waiting = next(line.split()[-1] for line in before if not line.startswith("*"))
    assert run_keys("activate", str(tmp_path), "personal", waiting).exit_code == 0
    assert [line for line in personal_lines(tmp_path) if line.startswith("*")] == [f"* personal {waiting}"]


def test_a_wrong_folder_or_key_is_refused_with_what_there_is(tmp_path: Path) -> None:
    run_keys("init", str(tmp_path))
    assert "services/registry/token" in run_keys("rotate", str(tmp_path), "nothing").output
    assert run_keys("rotate", str(tmp_path), "../etc").exit_code == 1
    assert run_keys("rotate", str(tmp_path), "digest", "--algorithm", "sm4-gcm").exit_code == 1
    assert run_keys("activate", str(tmp_path), "personal", "nothing").exit_code == 1


def personal_lines(root: Path) -> list[str]:
    return [line for line in run_keys("list", str(root)).output.splitlines() if " personal " in line]
