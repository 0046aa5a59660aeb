"""What the architecture tests read of the code: modules without their migrations, and the texts that they write."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def modules(folder: str) -> Iterator[Path]:
    """Every module under a folder of the repository; migrations run by themselves and are never changed."""
    return (file for file in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in file.parts)


def texts(source: str) -> Iterator[str]:
    """The strings that code works with: docstrings and comments explain, they decide nothing."""
    tree = ast.parse(source)
    explaining = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explaining:
            yield node.value
