"""The review service on the bus: each body is one call."""

from __future__ import annotations

from shared.bus.service import Service


class ReviewService(Service):
    """See services/review/README.md."""

    name = "review"
