"""Who may call what: read strictly from the operators' file, and for our own services from their code."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shared.bus.broker_rights import outside_rights
from shared.bus.grants import Grants, GrantsError, granted_by, internal, outside_of, read_grants
from shared.bus.questions import FILE
from shared.contracts.schema.declare import SERVICES
from shared.errors import NotPermitted, Unauthenticated
from shared.reference.questions import written
from shared.security.speaker import Role, Speaker
from tests.architecture.test_questions import questions as questions_of_the_code

GOOD = 'systems: [{system: portal, methods: ["subsidy.get_claim"]}]'


def system(extra: str = "", **changed: str) -> str:
    fields = {"system": "portal", "methods": '["subsidy.get_claim"]'} | changed
    return "systems:\n  - {" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + extra + "}\n"


def queue(**changed: str) -> str:
    fields = {"queue": "portal.claims", "names": "[claim_decided]", "districts": '["110105"]'} | changed
    return ", events: [{" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}]"


def test_a_system_may_call_what_was_granted_and_nothing_else() -> None:
    grants = read_grants(GOOD)
    grants.check_method("portal", "subsidy.get_claim")
    for user, route in (("portal", "subsidy.submit_claim"), ("stranger", "subsidy.get_claim"), ("", "*")):
        with pytest.raises(NotPermitted) as refused:
            grants.check_method(user, route)
        assert refused.value.details["reason"] == "ungranted"


def test_a_system_brings_tokens_of_its_own_unless_told_otherwise() -> None:
    def brings(grants: Grants, whose: str) -> None:
        grants.check_token("portal", Speaker("u", whose, Role.AUDITOR))

    brings(read_grants(GOOD), "portal")
    with pytest.raises(Unauthenticated):
        brings(read_grants(GOOD), "sso")
    wider = read_grants(system(", tokens_of: [sso]"))
    brings(wider, "sso")
    with pytest.raises(Unauthenticated):
        brings(wider, "portal")


@pytest.mark.parametrize("service", SERVICES)
def test_our_services_may_ask_what_their_code_asks_in_their_own_name(service: str) -> None:
    routes = {route for asked in questions_of_the_code()[service].values() for route in asked}
    grants = Grants(internal())
    assert internal()[service].methods == routes, "run `make schemas`"
    for route in routes:
        grants.check_method(service, route)
    grants.check_token(service, Speaker.service(service))
    with pytest.raises(NotPermitted):
        grants.check_method(service, "review.submit_decision")
    with pytest.raises(Unauthenticated):
        grants.check_token(service, Speaker.service("operator"))


def test_the_committed_questions_are_those_of_the_code() -> None:
    assert FILE.read_text("utf-8") == written(), "run `make schemas`"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "`systems`"),
        ("systems: {}", "`systems`"),
        ("systems: [1]", "systems[0]"),
        ("a: 1\na: 2", "两次"),
        (GOOD.replace("system:", "systm:"), "systems[0]"),
        (system(system="Portal"), "no name of a system"),
        (system(system='"a.b"'), "no name of a system"),
        (system(system="subsidy"), "our own services"),
        (system(methods="subsidy.get_claim"), "methods: write a list"),
        (system(methods="[]"), "methods: write a list"),
        (system(methods='["subsidy.gt_claim"]'), "subsidy.gt_claim: no method of ours"),
        (system(", tokens_of: 5"), "tokens_of"),
        (system() + system()[len("systems:\n") :], "stands twice"),
        (system(queue(queue="neighbour.claims")), "portal.<"),
        (system(queue(queue='"portal.#"')), "portal.<"),
        (system(queue(names="[claim_dcided]")), "no public event"),
        (system(queue(names="[audit_sealed]")), "no public event"),
        (system(queue(districts='["#"]')), "no district"),
        (system(queue(districts="[110105]")), "write a list of names in quotes"),
    ],
)
def test_what_is_wrong_in_the_file_is_named_with_its_place(text: str, named: str) -> None:
    with pytest.raises(GrantsError) as refused:
        read_grants(text, "grants.yaml")
    assert named in str(refused.value) and str(refused.value).startswith("grants.yaml: ")


def test_a_queue_is_bound_by_event_and_district() -> None:
    (grant,) = outside_of(
        read_grants(system(queue(names="[claim_decided, claim_submitted]", districts='["110105", city]')))
    )
    assert grant.queues[0].keys == (
        *("claim_decided.110105", "claim_decided.city"),
        *("claim_submitted.110105", "claim_submitted.city"),
    )


def test_patterns_are_anchored_and_take_names_literally() -> None:
    (grant,) = outside_of(read_grants(system(queue())))
    rights = outside_rights(grant)
    assert (rights.rights.configure, rights.rights.read) == ("^$", r"^(portal\.claims)$")
    assert rights.topics[0].write == r"^(subsidy\.get_claim)$"
    assert {(topic.write, topic.read) for topic in rights.topics[1:]} == {("^$", "^$")}


def test_the_file_is_read_again_when_it_changes_and_a_broken_one_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "grants.yaml"
    file.write_text(GOOD, "utf-8")
    grants = granted_by(file, every=0.0)
    grants().check_method("portal", "subsidy.get_claim")
    file.write_text("systems: [", "utf-8")
    os.utime(file, ns=(1, 1))
    grants().check_method("portal", "subsidy.get_claim")
    file.write_text(system(methods='["subsidy.list_claims"]'), "utf-8")
    os.utime(file, ns=(2, 2))
    grants().check_method("portal", "subsidy.list_claims")
    with pytest.raises(NotPermitted):
        grants().check_method("portal", "subsidy.get_claim")


def test_a_missing_file_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(GrantsError, match="METHOD_GRANTS"):
        granted_by(tmp_path / "none.yaml")
