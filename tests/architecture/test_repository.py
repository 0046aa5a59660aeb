"""The repository keeps its own promises: reproducible, portable, small files, documents that tell the truth."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements/runtime.txt", "requirements/dev.txt")
READMES = ("README.md", "README.zh-CN.md")
BYTES_MAX = 256 * 1024
LINES_MAX = 300
PRODUCT = {"cli", "deploy", "programmes", "services", "shared"}
LINES_OF_A_FUNCTION_MAX = 40

MAKE = re.compile(r"\bmake ([a-z][a-z-]*)\b")
COMMAND = re.compile(r"^(make [a-z-]+)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
TOPS = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")} - {"var"}
PLACE = re.compile(r"`([\w.<>-]+/[\w./<>-]*)`")
# Homes and working folders of whoever wrote a file: written in parts, or this file would find itself.
MACHINE_PATH = re.compile("/(?:" + "|".join(("home", "Users", "root", "work")) + r")/[\w.-]")


def _files() -> list[Path]:
    """Every file that is tracked, or would be by `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _commands(name: str) -> list[str]:
    """The make commands of a page's code blocks, in order."""
    blocks = re.findall(r"^```\n(.*?)^```", _text(name), re.MULTILINE | re.DOTALL)
    return [command for block in blocks for command in COMMAND.findall(block)]


def _targets() -> dict[str, str]:
    """Each target of the Makefile that help lists, with its line."""
    return dict(re.findall(r"^([a-z-]+):.*?## (.+)$", _text("Makefile"), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_package_index(lock: str) -> None:
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links", _text(lock))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_library_has_one_version_and_a_hash(lock: str) -> None:
    entries = re.findall(r"^[A-Za-z0-9][^\n]*(?:\n[ ]+--hash[^\n]*)*", _text(lock), re.MULTILINE)
    assert entries
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_development_and_running_use_the_same_versions() -> None:
    runtime, dev = (dict(re.findall(r"^([\w.-]+)==(\S+)", _text(lock), re.MULTILINE)) for lock in LOCKS)
    assert {name: (version, dev.get(name)) for name, version in runtime.items() if dev.get(name) != version} == {}


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    found = []
    for path in _files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in MACHINE_PATH.finditer(text)]
    assert found == []


def test_every_file_is_small() -> None:
    # The whole bus in one document is what tools for it read; nobody reads it through.
    written = [path for path in _files() if path != ROOT / "docs" / "contracts" / "asyncapi.json"]
    assert [str(path.relative_to(ROOT)) for path in written if path.stat().st_size > BYTES_MAX] == []


def _modules() -> list[Path]:
    """Every module but migrations, which run by themselves and are never changed."""
    return [path for path in _files() if path.suffix == ".py" and "migrations" not in path.parts]


def test_every_module_is_read_in_one_sitting() -> None:
    long = [path for path in _modules() if len(path.read_text("utf-8").splitlines()) > LINES_MAX]
    assert [str(path.relative_to(ROOT)) for path in long] == []


def test_every_public_function_says_what_it_does() -> None:
    silent = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in _modules()
        if path.relative_to(ROOT).parts[0] in PRODUCT
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_function_fits_on_a_screen() -> None:
    """Its decorators, signature and docstring included."""
    long = []
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                if (node.end_lineno or first) - first >= LINES_OF_A_FUNCTION_MAX:
                    long.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert long == []


@pytest.mark.parametrize("page", [*READMES, "CONTRIBUTING.md", "docs/running-locally.md"])
def test_every_command_of_a_page_is_a_target_of_the_makefile(page: str) -> None:
    named = set(MAKE.findall("\n".join(re.findall(r"```.*?```|`[^`]+`", _text(page), re.DOTALL))))
    assert named - set(_targets()) == set()


def test_both_readmes_name_the_same_commands_and_open_with_demo_and_test() -> None:
    english, chinese = (_commands(name) for name in READMES)
    assert english == chinese
    assert english[:2] == ["make demo", "make test"]


def test_both_readmes_have_the_same_sections_and_point_at_the_same_files() -> None:
    english, chinese = (_text(name) for name in READMES)
    assert english.count("\n## ") == chinese.count("\n## ")
    assert set(LINK.findall(english)) - set(READMES) == set(LINK.findall(chinese)) - set(READMES)


def _pages() -> list[Path]:
    """What tells a reader where things stand. A decision or a note of a release speaks of its own day."""
    pages = [path for path in _files() if path.suffix == ".md" and path.name != "CHANGELOG.md"]
    return [path for path in pages if not {"adr", "contracts"} & set(path.relative_to(ROOT).parts)]


@pytest.mark.parametrize("page", _pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_place_that_a_page_names_exists(page: Path) -> None:
    """From the top of the repository, or from the page; in a picture from `services/` or `shared/`, too."""
    written = page.read_text("utf-8")
    pictures = "".join(re.findall(r"```mermaid\n(.*?)```", written, re.DOTALL))
    named = {place for place in PLACE.findall(written) if place.partition("/")[0] in TOPS and "<" not in place}
    drawn = set(re.findall(r"\b[a-z_]+(?:/[a-z_]+)+\.py\b", pictures))
    assert [place for place in sorted(named) if not (ROOT / place).exists()] == []
    assert [
        one for one in sorted(drawn) if not any((ROOT / top / one).exists() for top in ("services", "shared"))
    ] == []


@pytest.mark.parametrize("page", READMES)
def test_a_readme_leads_to_the_figure_and_to_the_rule_that_it_names(page: str) -> None:
    (row,) = [line for line in _text(page).splitlines() if line.startswith("|") and "85%" in line]
    document, rule = (_text(place) for place in PLACE.findall(row) if not place.startswith(".venv/"))
    key, function = re.findall(r"`([a-z]+(?:\.[a-z]+)+|[a-z]+)`", row)
    assert re.search(rf"^  {re.escape(key)}:(?:\n    .*)*85%", document, re.MULTILINE)
    assert f"def {function}(" in rule


def test_every_link_of_a_page_leads_somewhere() -> None:
    pages = [path for path in _files() if path.suffix == ".md"]
    links = [(page, link) for page in pages for link in LINK.findall(page.read_text("utf-8"))]
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_the_index_of_the_documentation_is_complete() -> None:
    docs = ROOT / "docs"
    linked = {(docs / link).resolve() for link in LINK.findall(_text("docs/README.md"))}
    pages = {path for path in _files() if path.suffix == ".md" and path.is_relative_to(docs)}
    assert {str(page.relative_to(docs)) for page in pages - linked - {docs / "README.md"}} == set()


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    declared = set(re.findall(r"^\.PHONY: ([a-z-]+)$", _text("Makefile"), re.MULTILINE))
    assert declared == set(_targets())


@pytest.mark.parametrize("script", [".ci/run", "tools/setup.sh"])
def test_scripts_can_be_run_and_stop_at_the_first_error(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert "set -euo pipefail" in _text(script)


def test_nobody_imports_whom_they_may_not() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
