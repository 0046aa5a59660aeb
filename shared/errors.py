"""The few errors that cross the bus, and nothing else does.

    SkillsError
    ├── InvalidRequest     invalid_request     a field is missing or wrong: every bad field at once
    ├── Unauthenticated    unauthenticated     no token, or one that is forged or expired
    ├── NotPermitted       not_permitted       the role or the jurisdiction forbids it
    ├── NotFound           not_found           no such thing, or none that the caller may know of
    ├── Conflict           conflict            the state forbids it: already done, taken, changed meanwhile
    ├── PolicyNotMet       policy_not_met      a clause forbids it: `findings` says which and why
    ├── NoPolicyInForce    no_policy_in_force  no document governs that day and place
    ├── TooLarge           too_large           more than a message or a list may hold
    └── Unavailable        unavailable         a part is down or the deadline passed: repeat the same request id

Each carries a Chinese sentence that says what to do, and `details` made of plain JSON values. Personal data never
goes into either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self


class SkillsError(Exception):
    """Base of every typed error. `message`: Chinese, for officials. `details`: JSON values, no personal data."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def to_wire(self) -> dict[str, Any]:
        """The `error` of an answer, as docs/wire-format.md has it."""
        return {"code": self.code, "message": self.message, "details": self.details}

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> SkillsError:
        """The same class at the caller. An unknown code becomes `Unavailable`, which a caller may repeat."""
        kind = BY_CODE.get(str(wire.get("code")), Unavailable)
        return kind._rebuild(str(wire.get("message", "")), dict(wire.get("details") or {}))

    @classmethod
    def _rebuild(cls, message: str, details: dict[str, Any]) -> Self:
        return cls(message, **details)


class InvalidRequest(SkillsError):
    """Fields that are missing or wrong; `details["fields"]` is a list of {path, message}."""

    code = "invalid_request"

    @classmethod
    def of(cls, *fields: tuple[str, str]) -> Self:
        """One error for every bad field: `InvalidRequest.of(("rows[3].id_number", "校验码不符，请核对身份证件"))`."""
        listed = [{"path": path, "message": message} for path, message in fields]
        return cls("请求内容有误，请按所列各项更正后重新提交", fields=listed)


class Unauthenticated(SkillsError):
    """Nobody knows who speaks: a token is missing, expired, forged, or not this caller's."""

    code = "unauthenticated"


class NotPermitted(SkillsError):
    """Who speaks may not do this: role, district, organisation, or the same person twice."""

    code = "not_permitted"


class NotFound(SkillsError):
    """There is no such thing, or none that the speaker may see: the two are not told apart."""

    code = "not_found"


class Conflict(SkillsError):
    """What is there already stands against it; `details["constraint"]` where the database said so."""

    code = "conflict"


class PolicyNotMet(SkillsError):
    """A clause forbids it; `details["findings"]`: {rule, clause, outcome, message} of every rule that was asked."""

    code = "policy_not_met"

    @classmethod
    def of(cls, message: str, findings: Sequence[Mapping[str, Any]]) -> Self:
        """With the findings as they travel."""
        return cls(message, findings=[dict(finding) for finding in findings])


class NoPolicyInForce(SkillsError):
    """No document governs it, or the one that does isn't loaded."""

    code = "no_policy_in_force"


class TooLarge(SkillsError):
    """More rows or bytes than a message may hold; the message names the limit."""

    code = "too_large"


class Unavailable(SkillsError):
    """Not done, for now: the same request id may be sent again."""

    code = "unavailable"


BY_CODE: dict[str, type[SkillsError]] = {
    kind.code: kind
    for kind in (
        InvalidRequest,
        Unauthenticated,
        NotPermitted,
        NotFound,
        Conflict,
        PolicyNotMet,
        NoPolicyInForce,
        TooLarge,
        Unavailable,
    )
}
