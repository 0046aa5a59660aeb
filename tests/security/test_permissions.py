"""Role × jurisdiction × object: default deny, and nothing is gained on the way through a service."""

from __future__ import annotations

import pytest

from shared.errors import NotFound, NotPermitted
from shared.security.permissions import (
    Reach,
    ReachKind,
    check_other_person,
    check_place,
    check_reach,
    check_role,
    check_unmask,
    may_unmask,
    not_found,
    visible,
)
from shared.security.speaker import Purpose, Role, Speaker

ALL_PURPOSES = frozenset(Purpose)


def speaker(role: Role, subject: str = "u-1") -> Speaker:
    return Speaker(subject, "sandbox", role, district="110105", organisation="org-1", purposes=ALL_PURPOSES)


PEOPLE = [speaker(role) for role in Role if role is not Role.MACHINE]

SEES = {
    Role.EMPLOYER: Reach(ReachKind.ORGANISATION, "org-1"),
    Role.TRAINING_PROVIDER: Reach(ReachKind.ORGANISATION, "org-1"),
    Role.LEARNER: Reach(ReachKind.SUBJECT, "u-1"),
    Role.EXPERT: Reach(ReachKind.SUBJECT, "u-1"),
    Role.DISTRICT_OFFICER: Reach(ReachKind.DISTRICT, "110105"),
    Role.FINANCE_OFFICER: Reach(ReachKind.DISTRICT, "110105"),
    Role.CITY_OFFICER: Reach(ReachKind.ALL),
    Role.CENTRE_OFFICER: Reach(ReachKind.ALL),
    Role.CITY_FINANCE_OFFICER: Reach(ReachKind.ALL),
    Role.AUDITOR: Reach(ReachKind.ALL),
    Role.OPERATOR: Reach(ReachKind.NOTHING),
}


@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who.role)
def test_each_role_sees_so_far_and_no_further_also_through_a_service(who: Speaker) -> None:
    assert visible(who) == SEES[who.role]
    assert visible(who.through("training")) == SEES[who.role]
    assert visible(who.through("training").through("registry")) == SEES[who.role]


def test_a_service_in_its_own_name_sees_all() -> None:
    assert visible(Speaker.service("notify")) == Reach(ReachKind.ALL)
    assert visible(Speaker.service("notify").through("registry")) == Reach(ReachKind.ALL)
    assert Speaker.service("notify", on_behalf_of="employer-1").person == "employer-1"


@pytest.mark.parametrize("code", ["110105", "110302"])
def test_a_district_officer_reaches_the_own_district_and_no_other(code: str) -> None:
    officer = Speaker("officer-1", "sandbox", Role.DISTRICT_OFFICER, district=code)
    check_reach(officer, district=code)
    for other in ("110113", "110000", None):
        with pytest.raises(NotFound):
            check_reach(officer, district=other, organisations={"org-1"})


def test_an_employer_reaches_what_names_the_own_organisation_only() -> None:
    employer = speaker(Role.EMPLOYER)
    check_reach(employer, district="110113", organisations={"org-1", "org-2"})
    with pytest.raises(NotFound):
        check_reach(employer, district="110105", organisations={"org-2"})


def test_an_expert_reaches_what_was_given_to_them_only() -> None:
    expert = speaker(Role.EXPERT)
    check_reach(expert, subjects={"u-1", "u-2"})
    with pytest.raises(NotFound):
        check_reach(expert, district="110105", organisations={"org-1"}, subjects={"u-2"})


def test_an_operator_reaches_nothing() -> None:
    with pytest.raises(NotFound):
        check_reach(speaker(Role.OPERATOR), district="110105", organisations={"org-1"}, subjects={"u-1"})


def test_what_one_may_not_know_of_is_answered_like_what_doesnt_exist() -> None:
    with pytest.raises(NotFound) as refused:
        check_reach(speaker(Role.EMPLOYER), organisations={"org-2"})
    assert refused.value.to_wire() == not_found().to_wire()


def test_a_wrong_role_is_told_so() -> None:
    check_role(speaker(Role.CITY_OFFICER), {Role.CITY_OFFICER})
    with pytest.raises(NotPermitted) as refused:
        check_role(speaker(Role.AUDITOR), {Role.CITY_OFFICER})
    assert refused.value.details == {"role": "auditor", "allowed": ["city_officer"]}


@pytest.mark.parametrize("who", [*PEOPLE, Speaker.service("registry")], ids=lambda who: who.role)
def test_without_a_role_named_nobody_may(who: Speaker) -> None:
    with pytest.raises(NotPermitted):
        check_role(who, ())


def test_a_service_for_a_person_doesnt_pass_as_a_machine() -> None:
    check_role(Speaker.service("training"), {Role.MACHINE})
    with pytest.raises(NotPermitted):
        check_role(speaker(Role.AUDITOR).through("training"), {Role.MACHINE})


def test_acting_in_another_district_is_not_permitted() -> None:
    check_place(speaker(Role.DISTRICT_OFFICER), "110105")
    check_place(speaker(Role.CITY_OFFICER), "110113")
    for who in (speaker(Role.DISTRICT_OFFICER), speaker(Role.OPERATOR)):
        with pytest.raises(NotPermitted):
            check_place(who, "110113")


def test_who_took_an_earlier_step_cant_take_this_one_not_even_through_a_service() -> None:
    earlier = {"申报": "u-1", "初审": "u-2"}
    check_other_person(speaker(Role.FINANCE_OFFICER, "u-3"), earlier)
    for who in (speaker(Role.FINANCE_OFFICER, "u-2"), speaker(Role.FINANCE_OFFICER, "u-2").through("subsidy")):
        with pytest.raises(NotPermitted, match="初审"):
            check_other_person(who, earlier)


@pytest.mark.parametrize("purpose", Purpose)
def test_auditor_operator_and_expert_never_see_personal_data_in_full(purpose: Purpose) -> None:
    for role in (Role.AUDITOR, Role.OPERATOR, Role.EXPERT):
        assert not may_unmask(speaker(role), purpose)
        assert not may_unmask(speaker(role).through("registry"), purpose)


def test_full_data_needs_role_and_purpose_both() -> None:
    finance = speaker(Role.FINANCE_OFFICER)
    check_unmask(finance, Purpose.PAYMENT)
    with pytest.raises(NotPermitted):
        check_unmask(finance, Purpose.IDENTITY)
    without = Speaker("u-1", "sandbox", Role.FINANCE_OFFICER, district="110105")
    with pytest.raises(NotPermitted):
        check_unmask(without, Purpose.PAYMENT)
    assert not may_unmask(Speaker.service("notify"), Purpose.CONTACT)
    assert may_unmask(Speaker.service("notify", frozenset({Purpose.CONTACT})), Purpose.CONTACT)


def spoken(who: Speaker) -> str:
    return f"{who.subject}-{who.acting_role}"


@pytest.mark.parametrize("who", [*PEOPLE, Speaker.service("a"), PEOPLE[0].through("a")], ids=spoken)
def test_a_speaker_survives_json(who: Speaker) -> None:
    assert Speaker.from_json(who.to_json()) == who
