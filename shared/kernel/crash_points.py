"""The points where a process may die, by name, so that a crash test can say where it kills.

    before_commit  after_commit  after_publish  after_inbox  before_ack  before_apply_commit  after_apply_commit

A process that was started with CRASH_AT="<boundary>[:<route or event>]" ends itself there with SIGKILL, once per
process. Production never sets it; nothing else happens here.
"""

from __future__ import annotations

import os
import signal

BOUNDARIES = (
    "before_commit",
    "after_commit",
    "after_publish",
    "after_inbox",
    "before_ack",
    "before_apply_commit",
    "after_apply_commit",
)


class CrashPoints:
    """Called at each boundary; dies at the chosen one."""

    def __init__(self, crash_at: str | None = None) -> None:
        self._boundary, _, self._subject = (crash_at or "").partition(":")
        if self._boundary and self._boundary not in BOUNDARIES:
            raise ValueError(f"CRASH_AT={crash_at}: name one of {', '.join(BOUNDARIES)}")

    def reached(self, boundary: str, subject: str) -> None:
        """`subject`: the method's route or the event's name."""
        if boundary == self._boundary and self._subject in ("", subject):
            os.kill(os.getpid(), signal.SIGKILL)
