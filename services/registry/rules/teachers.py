"""Who may teach: workplace mentors (APP-11) and instructors of the provider (APP-12). Awards are shown (APP-32)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from shared.calendar import MONTHS_A_YEAR, add_months, after_months
from shared.policy.findings import Finding
from shared.policy.rules import Clause, checks, rule


@dataclass(frozen=True, slots=True)
class MentorFacts:
    """A workplace mentor. `attested_on`: the employer's word on ability, health, conduct, communication, None if none.

    `post_since`: start of practice in the related post; levels and title are None where there is none; `full_years`: a
    year that begins on 29 February lasts to 28 February; False in facts of before that was so.
    """

    on: date
    attested_on: date | None
    post_since: date | None
    certificate_level: str | None
    title: str | None
    key_technical_staff: bool
    awards: tuple[str, ...] = ()
    full_years: bool = False


@dataclass(frozen=True, slots=True)
class InstructorFacts:
    """An instructor. `attested_on`: the provider's word on course development, theory and practice, None if none."""

    on: date
    attested_on: date | None
    dual_qualified: bool
    teaching_since: date | None
    certificate_level: str | None
    title: str | None
    full_years: bool = False


checks("registry.mentor", MentorFacts)
checks("registry.instructor", InstructorFacts)


@rule("registry.mentor_attested", of="registry.mentor")
def mentor_attested(facts: MentorFacts, clause: Clause) -> Finding:
    """Able to guide practice, healthy, of good conduct, communicates: attested by the employer, dated (APP-11)."""
    return _attested(facts, clause, "企业已出具证明", "请企业出具导师能力、健康和品行的书面证明并注明日期")


@rule(
    "registry.mentor_standing",
    of="registry.mentor",
    reads=("mentor.post_years_min", "mentor.certificate_levels", "mentor.titles"),
)
def mentor_standing(facts: MentorFacts, clause: Clause) -> Finding:
    """Any one of: years in the post, certificate or title, key technical staff (APP-11)."""
    years = clause.whole("mentor.post_years_min", facts.on)
    ways = {
        f"相关岗位满 {years} 年": _since(facts, facts.post_since, years),
        "证书等级": facts.certificate_level in clause.codes("mentor.certificate_levels", facts.on),
        "专业技术职务": facts.title in clause.codes("mentor.titles", facts.on),
        "企业认定的技术骨干": facts.key_technical_staff,
    }
    return _any_of(ways, clause)


@rule("registry.mentor_awards", of="registry.mentor")
def mentor_awards(facts: MentorFacts, clause: Clause) -> Finding:
    """Awards of mentors are shown; none are needed (APP-32)."""
    shown = "、".join(facts.awards)
    return clause.check(bool(shown), shown or "无", f"导师奖项：{shown}", "可登记导师的奖项、聘任和津贴，不影响资格")


@rule("registry.instructor_attested", of="registry.instructor")
def instructor_attested(facts: InstructorFacts, clause: Clause) -> Finding:
    """Course development and teaching experience, theory and practice: attested by the provider (APP-12)."""
    return _attested(facts, clause, "培训机构已出具证明", "请培训机构出具教学经验和能力的书面证明并注明日期")


@rule(
    "registry.instructor_standing",
    of="registry.instructor",
    reads=("instructor.teaching_years_min", "instructor.certificate_levels", "instructor.titles"),
)
def instructor_standing(facts: InstructorFacts, clause: Clause) -> Finding:
    """Any one of: integrated or dual-qualified, years of teaching, certificate or title (APP-12)."""
    years = clause.whole("instructor.teaching_years_min", facts.on)
    ways = {
        "一体化或双师型教师": facts.dual_qualified,
        f"教学满 {years} 年": _since(facts, facts.teaching_since, years),
        "证书等级": facts.certificate_level in clause.codes("instructor.certificate_levels", facts.on),
        "专业技术职务": facts.title in clause.codes("instructor.titles", facts.on),
    }
    return _any_of(ways, clause)


def _attested(facts: MentorFacts | InstructorFacts, clause: Clause, words: str, cure: str) -> Finding:
    done = facts.attested_on is not None and facts.attested_on <= facts.on
    return clause.check(done, str(facts.attested_on), words, cure)


def _since(facts: MentorFacts | InstructorFacts, start: date | None, years: int) -> bool:
    later = after_months if facts.full_years else add_months
    return start is not None and later(start, years * MONTHS_A_YEAR) <= facts.on


def _any_of(ways: dict[str, bool], clause: Clause) -> Finding:
    fulfilled = "、".join(name for name, holds in ways.items() if holds)
    cure = f"请提供以下任一证明：{'、'.join(ways)}"
    return clause.check(bool(fulfilled), fulfilled or "均不符合", f"符合：{fulfilled}", cure)
