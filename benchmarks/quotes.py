"""Pricing on one core: the pure function behind `skills quote`, without reading, writing or storing anything."""

from __future__ import annotations

import time
from datetime import date
from itertools import cycle, product

from services.subsidy.rules.apprenticeship.facts import TrainingFacts
from services.subsidy.rules.apprenticeship.quotes import OCCUPATION, quote
from shared.policy.document import Document
from shared.runtime.rulebook import checked_policies

SECONDS = 3.0
ON = date(2022, 6, 6)
JURISDICTION, PROGRAMME = "110000", "apprenticeship"

Case = tuple[TrainingFacts, bool, bool]
"""Training, passed, certified."""


def per_second() -> float:
    """Quotes a second in this process, over every class, level and result that the document knows."""
    document = checked_policies().governing(PROGRAMME, JURISDICTION, ON)
    endless = cycle(_cases(document))
    started = time.perf_counter()
    done = 0
    while (took := time.perf_counter() - started) < SECONDS:
        training, passed, certified = next(endless)
        quote(training, passed, certified, document)
        done += 1
    return done / took


def _cases(document: Document) -> list[Case]:
    results = ((True, True), (True, False), (False, False))
    return [
        (TrainingFacts(ON, OCCUPATION, occupation_class, appraisable, level, 1), passed, certified)
        for occupation_class, level, appraisable, (passed, certified) in product(
            document.dimensions["occupation_class"], document.dimensions["level"], (True, False), results
        )
    ]
