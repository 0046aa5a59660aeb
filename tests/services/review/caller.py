"""Who acts in these tests: the harness of review, and its speakers by role."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from shared.contracts.schema.declare import Method
from shared.security.speaker import Role, Speaker
from tests.services.harness import CHAOYANG, KernelHarness
from tests.services.review.neighbours import EMPLOYER, PROVIDER

Req = TypeVar("Req")
Ans = TypeVar("Ans")


class Caller:
    """Calls in somebody's name."""

    def __init__(self, harness: KernelHarness) -> None:
        self.harness = harness

    @property
    def today(self) -> date:
        return self.harness.today

    def call(self, speaker: Speaker, method: Method[Req, Ans], request: Req) -> Ans:
        return self.harness.call(speaker, method, request)

    def employer(self, organisation: str = EMPLOYER, subject: str = "clerk-1") -> Speaker:
        return self.harness.speaker(Role.EMPLOYER, subject, organisation=organisation)

    def provider(self, organisation: str = PROVIDER, subject: str = "clerk-2") -> Speaker:
        return self.harness.speaker(Role.TRAINING_PROVIDER, subject, organisation=organisation)

    def district(self, subject: str = "officer-1", district: str = CHAOYANG) -> Speaker:
        return self.harness.speaker(Role.DISTRICT_OFFICER, subject, district=district)

    def city(self, subject: str = "officer-2") -> Speaker:
        return self.harness.speaker(Role.CITY_OFFICER, subject)
