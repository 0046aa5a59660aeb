"""What is wrong with a policy document, said so that its author can mend it: file, place, fault and cure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Fault = tuple[str, str, str]
"""Path in the file, what is wrong, and its cure, in Chinese: the author of a document is an official."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of one file. `path`: where in the file, such as `values.subsidy.rate.unit`, or empty."""

    file: str
    path: str
    fault: str
    cure: str

    @property
    def said(self) -> str:
        """Fault and cure as one sentence."""
        return f"{self.fault}：{self.cure}"

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.path, self.said) if part)


class PolicyProblems(Exception):
    """A folder or file of documents that can't be used; `problems` lists every fault, not the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
