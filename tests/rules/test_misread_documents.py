"""What a document's text may not say, because it would be misread; and nothing in it ever breaks the check."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.policy.document_check import check
from shared.policy.document_parser import parse_document
from shared.policy.problems import PolicyProblems
from shared.policy.yaml_files import YamlFault, parse
from tests.rules.policy import BEIJING, document_of, tree_of

MISREAD: dict[str, tuple[str, str, str]] = {
    "a float": ("values: {share: {value: 0.85}}", "values.share.value", '"0.85"'),
    "a float in a list": ("a: [1, .5]", "a[1]", '".5"'),
    "a key twice": ("a: {b: 1, b: 2}", "a.b", "写了两次"),
    "no such day": ("d: 2022-13-01", "d", "2022-13-01"),
    "a number beyond all measure": (f"n: {'9' * 5000}", "n", "不是日期或数目"),
    "a key that is a list": ("a: {[x]: 1}", "a", "键不是名称"),
    "an open bracket": ("on: [", "", "不是可读的 YAML"),
    "an alias": ("a: &a [x]\nb: *a", "", "第 2 行用了别名"),
    "a tag": ("a: 1\nb: !!binary aGk=", "", "第 2 行用了标签"),
    "endless nesting": ("a: " + "[" * 50_000, "", "层次太深"),
}


@pytest.mark.parametrize("name", MISREAD)
def test_yaml_that_would_be_misread_is_refused_at_its_place(name: str) -> None:
    text, place, fault = MISREAD[name]
    with pytest.raises(YamlFault) as refused:
        parse(text)
    ((found, said, cure),) = refused.value.faults
    assert (found, bool(cure)) == (place, True) and fault in said + cure


def test_every_float_of_a_document_is_named_at_once() -> None:
    text = BEIJING.read_text("utf-8").replace("value: 50%", "value: 0.5").replace("value: 5%", "value: 0.05")
    with pytest.raises(PolicyProblems) as refused:
        parse_document(text, "mine.yaml")
    assert [(problem.file, problem.path) for problem in refused.value.problems] == [
        ("mine.yaml", "values.subsidy.advance.value"),
        ("mine.yaml", "values.hours.ratio_tolerance.value"),
    ]


def places(tree: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a tree: keys and places in lists."""
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield (*place, key)
        yield from places(value, (*place, key))


STRANGE = [None, True, 0, -1, 10**30, "", "x", "-5", "0.5", [], {}, [[1]], [{}], {1: 2}, date.min, date.max]


@given(st.sampled_from(list(places(tree_of(BEIJING)))), st.sampled_from(STRANGE))
@settings(deadline=None)
def test_whatever_stands_at_a_place_is_read_or_refused_and_never_breaks_the_check(
    place: tuple[Any, ...], strange: Any
) -> None:
    node = tree = tree_of(BEIJING)
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = strange
    try:
        found = check(document_of(tree))
    except PolicyProblems as refused:
        found = refused.problems
    assert all(problem.fault and problem.cure for problem in found)
