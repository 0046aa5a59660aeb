"""`skills file`: what was sent is named by its reference and fetched by those in reach, under its name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deploy.local.services import REPOSITORY

FINANCE = ("--role", "finance_officer", "--district", "110105")
ANOTHER_DISTRICT = ("--role", "finance_officer", "--district", "110108")


def skills(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", "file", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_a_file_is_sent_named_and_fetched_within_reach(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    sheet = tmp_path / "银行拨付结果表.csv"
    sheet.write_bytes(b"\xe5\xba\x8f\xe5\x8f\xb7\n")
    sent = skills("send", "subsidy", str(sheet), *FINANCE, *data)
    assert sent.returncode == 0, sent.stdout + sent.stderr
    reference = sent.stdout.strip()
    assert reference.startswith("sha256:")

    fetched = skills("fetch", "subsidy", reference, "--out", str(tmp_path / "out"), *FINANCE, *data)
    assert fetched.returncode == 0, fetched.stdout + fetched.stderr
    assert (tmp_path / "out" / sheet.name).read_bytes() == sheet.read_bytes()

    refused = skills("fetch", "subsidy", reference, "--out", str(tmp_path / "other"), *ANOTHER_DISTRICT, *data)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "other").exists()
