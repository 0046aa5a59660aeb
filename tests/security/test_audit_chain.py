"""What an attacker with the whole database can't do unseen, given heads that others keep."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.security.audit_chain import (
    AuditRow,
    Head,
    Kind,
    Problem,
    Seal,
    SignedHead,
    head_is_genuine,
    seal,
    sign_head,
    verify,
)
from shared.security.keys import Keys

from .conftest import NOW

ROWS = [
    AuditRow(f"row-{n}", NOW + timedelta(seconds=n), {"who": "officer-1", "what": "approve", "on": n, "outcome": "ok"})
    for n in range(1, 6)
]
SEALED_UNTIL = NOW + timedelta(minutes=1)


class Chain:
    """A sound chain of five rows, sealed in two goes, and the heads that the other services keep of it."""

    def __init__(self, keys: Keys, algorithm: str = "sha-256") -> None:
        self.keys = keys
        first, middle = seal(Head("registry"), ROWS[:2], algorithm)
        second, last = seal(middle, ROWS[2:], algorithm)
        self.seals = first + second
        self.heads = [sign_head(head, keys.audit_key("registry"), NOW) for head in (middle, last)]

    def problems(
        self,
        rows: list[AuditRow] = ROWS,
        seals: list[Seal] | None = None,
        heads: list[SignedHead] | None = None,
    ) -> list[Problem]:
        return verify(
            "registry",
            rows,
            self.seals if seals is None else seals,
            self.heads if heads is None else heads,
            self.keys.audit_public("registry"),
            SEALED_UNTIL,
        )

    def kinds(
        self,
        rows: list[AuditRow] = ROWS,
        seals: list[Seal] | None = None,
        heads: list[SignedHead] | None = None,
    ) -> set[Kind]:
        return {problem.kind for problem in self.problems(rows, seals, heads)}


@pytest.fixture(params=["sha-256", "sm3"])
def chain(request: pytest.FixtureRequest, keys: Keys) -> Chain:
    return Chain(keys, request.param)


CHANGED = [replace(ROWS[0], content={**ROWS[0].content, "outcome": "refused"}), *ROWS[1:]]


def test_a_sound_chain_has_no_problem_in_whatever_order_rows_and_seals_are_read(chain: Chain) -> None:
    assert chain.problems() == []
    assert chain.problems(ROWS[::-1], chain.seals[::-1], chain.heads[::-1]) == []


def test_an_empty_chain_is_sound(chain: Chain) -> None:
    assert chain.problems([], [], []) == []


def test_a_changed_row_is_named(chain: Chain) -> None:
    assert chain.problems(CHANGED) == [Problem(Kind.CHANGED, "the row isn't as sealed", 1, "row-1")]
    moved = [replace(ROWS[0], recorded_at=NOW), *ROWS[1:]]
    assert chain.kinds(moved) == {Kind.CHANGED}


def test_a_removed_row_is_named(chain: Chain) -> None:
    assert chain.problems(ROWS[:2] + ROWS[3:]) == [Problem(Kind.REMOVED, "the sealed row is gone", 3, "row-3")]


def test_an_old_row_slipped_in_is_named_and_a_new_one_may_wait_for_its_seal(chain: Chain) -> None:
    slipped_in = AuditRow("row-x", NOW, {"who": "nobody"})
    assert chain.kinds([*ROWS, slipped_in]) == {Kind.INSERTED}
    assert chain.problems([*ROWS, replace(slipped_in, recorded_at=SEALED_UNTIL)]) == []


def test_a_row_removed_with_its_seal_leaves_a_gap(chain: Chain) -> None:
    kinds = chain.kinds(ROWS[:2] + ROWS[3:], chain.seals[:2] + chain.seals[3:])
    assert kinds == {Kind.GAP, Kind.BROKEN_LINK}


def test_two_rows_that_changed_places_are_noticed(chain: Chain) -> None:
    one, two = chain.seals[0], chain.seals[1]
    swapped = [replace(two, sequence=1), replace(one, sequence=2), *chain.seals[2:]]
    assert Kind.BROKEN_LINK in chain.kinds(seals=swapped)
    contents = [replace(ROWS[0], content=ROWS[1].content), replace(ROWS[1], content=ROWS[0].content), *ROWS[2:]]
    assert chain.kinds(contents) == {Kind.CHANGED}


def test_a_chain_sealed_anew_after_a_change_disagrees_with_the_heads_of_others(chain: Chain) -> None:
    forged, _ = seal(Head("registry"), CHANGED, chain.seals[0].algorithm)
    assert chain.problems(CHANGED, forged, heads=[]) == []  # without heads it would pass
    assert chain.kinds(CHANGED, forged) == {Kind.REWRITTEN}


def test_a_chain_sealed_anew_in_another_order_or_with_a_row_more_disagrees_too(chain: Chain) -> None:
    more = [AuditRow("row-x", NOW, {"who": "nobody"}), *ROWS]
    for rows in (ROWS[::-1], more):
        forged, _ = seal(Head("registry"), rows)
        assert chain.kinds(rows, forged) == {Kind.REWRITTEN}


def test_a_chain_cut_at_its_end_is_noticed_by_a_head_beyond_it(chain: Chain) -> None:
    assert chain.kinds(ROWS[:4], chain.seals[:4]) == {Kind.TRUNCATED}
    assert chain.kinds([], []) == {Kind.TRUNCATED}


def test_a_head_that_nobody_of_the_chain_signed_is_named(chain: Chain, keys: Keys) -> None:
    _, last = chain.heads
    changed = replace(last, head=replace(last.head, sequence=4))
    strangers = sign_head(last.head, keys.audit_key("training"), NOW)
    other_chain = sign_head(replace(last.head, chain="training"), keys.audit_key("registry"), NOW)
    no_hex = replace(last, signature="zz")
    for bad in (changed, strangers, other_chain, no_hex):
        assert chain.kinds(heads=[bad]) == {Kind.BAD_HEAD}
    assert not head_is_genuine(changed, keys.audit_public("registry"))


def test_one_row_sealed_twice_or_a_sequence_used_twice_is_a_gap(chain: Chain) -> None:
    assert Kind.GAP in chain.kinds(seals=[*chain.seals, replace(chain.seals[0], sequence=6)])
    assert Kind.GAP in chain.kinds(seals=[*chain.seals, chain.seals[0]])


def test_an_unknown_algorithm_is_a_problem_and_no_crash(chain: Chain) -> None:
    weak = [replace(chain.seals[0], algorithm="md5"), *chain.seals[1:]]
    assert Kind.BROKEN_LINK in chain.kinds(CHANGED, weak)


def test_a_chain_may_change_its_algorithm_on_the_way(keys: Keys) -> None:
    first, middle = seal(Head("registry"), ROWS[:2], "sha-256")
    second, last = seal(middle, ROWS[2:], "sm3")
    heads = [sign_head(last, keys.audit_key("registry"), NOW)]
    assert Chain(keys).problems(ROWS, first + second, heads) == []


def test_a_signed_head_survives_json(chain: Chain, keys: Keys) -> None:
    for head in chain.heads:
        again = SignedHead.from_json(json.loads(json.dumps(head.to_json())))
        assert again == head
        assert head_is_genuine(again, keys.audit_public("registry"))


def test_a_float_never_gets_into_a_chain() -> None:
    with pytest.raises(TypeError, match=r"\$\.amount"):
        seal(Head("registry"), [AuditRow("row-1", NOW, {"amount": 0.1})])


def test_an_instant_without_time_zone_never_gets_into_a_chain() -> None:
    with pytest.raises(ValueError, match="time zone"):
        AuditRow("row-1", NOW.replace(tzinfo=None), {})
