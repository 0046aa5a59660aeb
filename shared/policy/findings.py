"""Findings: what one rule says about one set of facts, and how strongly the document means it.

A decision always carries every finding, never only the first, so that whoever is refused can mend
everything at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self


class Force(StrEnum):
    """How a clause binds: `must` refuses, `principle` (原则上) may be accepted with a reason, `advice` only shows."""

    MUST = "must"
    PRINCIPLE = "principle"
    ADVICE = "advice"


class Outcome(StrEnum):
    """What came of asking a rule. `accepted`: an unmet principle that an officer accepted with a reason; `pending`:
    what can't be known yet and is settled by a later decision of the same name, where a document's reading says so.
    """

    MET = "met"
    UNMET = "unmet"
    ADVICE = "advice"
    ACCEPTED = "accepted"
    NOT_APPLICABLE = "not_applicable"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's answer. `compared`: the quantities as they were compared; `message`: Chinese, says what to do."""

    rule: str
    clause: str
    outcome: Outcome
    force: Force
    compared: str
    message: str

    @property
    def blocks(self) -> bool:
        """An unmet clause that no officer can accept."""
        return self.outcome is Outcome.UNMET and self.force is Force.MUST

    @property
    def awaits_reason(self) -> bool:
        """An unmet principle: an officer may accept it with a recorded reason."""
        return self.outcome is Outcome.UNMET and self.force is Force.PRINCIPLE

    def accepted(self, reason: str) -> Finding:
        """The same finding, accepted by an officer for the recorded reason."""
        return replace(self, outcome=Outcome.ACCEPTED, message=f"{self.message}（已接受，理由：{reason}）")

    def to_json(self) -> dict[str, str]:
        """Plain JSON values."""
        return {
            "rule": self.rule,
            "clause": self.clause,
            "outcome": self.outcome.value,
            "force": self.force.value,
            "compared": self.compared,
            "message": self.message,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """From `to_json`. Raises LookupError, ValueError."""
        return cls(
            rule=stored["rule"],
            clause=stored["clause"],
            outcome=Outcome(stored["outcome"]),
            force=Force(stored["force"]),
            compared=stored["compared"],
            message=stored["message"],
        )
