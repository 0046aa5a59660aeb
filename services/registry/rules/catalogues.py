"""What the dated catalogues say of an occupation, and on which day they are asked (APP-17, INT-24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.policy.document import Document
from shared.policy.findings import Finding
from shared.policy.rules import Clause, Result, calculation, clause, rule


@dataclass(frozen=True, slots=True)
class Entry:
    """An occupation in a catalogue: `shortage` or `appraisable`. `until`: last day, None while it stands."""

    catalogue: str
    occupation: str
    since: date
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the occupation stands in the catalogue on that day."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class OccupationFacts:
    """An occupation with its catalogue entries. `enrolled_on`, `assessed_on`: None until they are known."""

    occupation: str
    approved_on: date
    entries: tuple[Entry, ...]
    enrolled_on: date | None = None
    assessed_on: date | None = None


@calculation("registry.occupation", "dated_catalogues", OccupationFacts, ("registry.occupation_class",))
def occupation(facts: OccupationFacts, document: Document) -> Result:
    """`occupation_class` (shortage or ordinary) and `appraisable`, each on the day that the reading names."""
    view = clause(document, "registry.occupation_class")
    class_on, appraisable_on = days(facts, view.reading("catalogue_day"))
    shortage = _stands("shortage", facts, class_on)
    appraisable = _stands("appraisable", facts, appraisable_on)
    answers: dict[str, str | int | bool] = {
        "occupation_class": "shortage" if shortage else "ordinary",
        "class_on": class_on.isoformat(),
        "appraisable": appraisable,
        "appraisable_on": appraisable_on.isoformat(),
    }
    finding = occupation_class(facts, (shortage, class_on), (appraisable, appraisable_on), view)
    return Result((finding,), {}, answers, ("registry.occupation_class",))


@rule("registry.occupation_class", of="registry.occupation", readings=("catalogue_day",))
def occupation_class(
    facts: OccupationFacts, shortage: tuple[bool, date], appraisable: tuple[bool, date], view: Clause
) -> Finding:
    """Says what the catalogues held of the occupation on the days that count (APP-17)."""
    kind = "急需紧缺" if shortage[0] else "普通"
    can = "可以评价" if appraisable[0] else "尚不能评价"
    compared = f"{kind}（{shortage[1]}），{can}（{appraisable[1]}）"
    return view.met(compared, f"{facts.occupation}：{compared}，项目获批后的类别不因目录调整而改变")


def told_apart(document: Document) -> bool:
    """Whether a document tells occupations apart by catalogues; one that doesn't needs none to be published."""
    varies = any({"occupation_class", "appraisable"} & set(value.by) for value in document.values.values())
    return varies or "registry.occupation" in document.decisions


def days(facts: OccupationFacts, reading: str) -> tuple[date, date]:
    """The days on which class and appraisability are asked; the approval stands in for days not yet known."""
    if reading == "enrolment":
        day = facts.enrolled_on or facts.approved_on
        return day, day
    return facts.approved_on, facts.assessed_on or facts.approved_on


def _stands(catalogue: str, facts: OccupationFacts, on: date) -> bool:
    return any(
        entry.catalogue == catalogue and entry.occupation == facts.occupation and entry.holds(on)
        for entry in facts.entries
    )
