"""The minimum wage of a month (APP-25), asked of registry once for a list, and the facts of `training.wage`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.training.decisions import names_rules_of
from services.training.rules.programme import MinimumWage, WageFacts
from shared.contracts.registry.catalogues import ASK_MINIMUM_WAGE, AskMinimumWage
from shared.kernel.work import Asks
from shared.money import Money
from shared.policy.document import Document


@dataclass(frozen=True)
class MonthMinimum:
    """What registry says of one month, named by its first day. `amount`: None where operators entered none.

    `asked`: false where the document doesn't compare wages.
    """

    month_on: date
    amount: Money | None
    asked: bool = True

    def facts(self, wage: Money) -> WageFacts:
        """A month's wage beside it."""
        known = () if self.amount is None else (MinimumWage(self.month_on, self.amount),)
        return WageFacts(self.month_on, wage, known)


def compares_wages(document: Document) -> bool:
    """Whether the document has a rule about wages."""
    return names_rules_of(document, "training.wage")


def ask_minimum_wage(asks: Asks, document: Document, month_on: date) -> MonthMinimum:
    """Of the document's place, in the month that begins on that day; not asked where it has no rule about wages."""
    if not compares_wages(document):
        return MonthMinimum(month_on, None, asked=False)
    answer = asks.ask(ASK_MINIMUM_WAGE, AskMinimumWage(document.jurisdiction, month_on))
    return MonthMinimum(month_on, answer.amount)
