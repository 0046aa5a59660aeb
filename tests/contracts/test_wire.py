"""Bytes as they come, hostile ones too: a typed error with its path, and nothing else; errors survive the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.bus import wire
from shared.contracts.catalogue import EVENTS, METHODS
from shared.contracts.common import FindingShape, HistoryLine
from shared.contracts.kernel.audit import AuditSealed
from shared.contracts.schema import codec
from shared.errors import BY_CODE, InvalidRequest, NotFound, SkillsError, TooLarge, Unavailable

ROUTE = "subsidy.appropriate"
GOOD = {
    "programme": "apprenticeship",
    "district": "110105",
    "fund_source": "employment_fund",
    "fiscal_year": 2022,
    "amount": "1500000.00",
    "reference": "示例拨款文件第1号",
}
fuzzed = settings(max_examples=300, deadline=None, database=None, derandomize=True)


def _read(body: bytes | str, headers: dict[str, Any] | None = None) -> Any:
    call = wire.read_call(ROUTE, body, headers or {}, received_at=100.0)
    return codec.read(METHODS[ROUTE].request, call.payload)


def _body(**changed: str) -> bytes:
    """The good call with fields set to raw JSON text."""
    fields = {name: json.dumps(value) for name, value in GOOD.items()} | changed
    inner = ",".join(f'"{name}":{text}' for name, text in fields.items())
    return f'{{"args":[],"kwargs":{{{inner}}}}}'.encode()


def _paths(refused: pytest.ExceptionInfo[InvalidRequest]) -> list[str]:
    return [field["path"] for field in refused.value.details["fields"]]


# --- errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BY_CODE.values(), ids=BY_CODE)
def test_an_error_arrives_as_the_same_class_with_its_message_and_details(kind: type[SkillsError]) -> None:
    sent = kind("请核对后重新提交", findings=[{"rule": "X-1", "clause": None}], limit=5000)
    with pytest.raises(SkillsError) as arrived:
        wire.read_answer(wire.write_error(sent).encode())
    assert type(arrived.value) is kind
    assert (arrived.value.message, arrived.value.details) == (sent.message, sent.details)


def test_a_stock_nameko_caller_reads_the_class_and_the_message() -> None:
    error = json.loads(wire.write_error(NotFound("没有这项申领，请核对编号")))["error"]
    assert (error["exc_type"], error["exc_path"]) == ("NotFound", "shared.errors.NotFound")
    assert error["exc_args"] == [error["value"]] == ["没有这项申领，请核对编号"]


def test_an_error_that_is_unknown_here_may_be_repeated() -> None:
    with pytest.raises(Unavailable, match="稍后再试"):
        wire.read_answer('{"result":null,"error":{"code":"from_next_year","message":"请稍后再试"}}')


@pytest.mark.parametrize("body", ["", "[]", "null", "{}", '"text"', '{"error":null}', '{"result":1,"error":"broken"}'])
def test_what_is_no_answer_is_unavailable(body: str) -> None:
    with pytest.raises(Unavailable, match="request_id"):
        wire.read_answer(body)


# --- hostile bodies ----------------------------------------------------------------------------------------------


def test_the_good_call_is_good() -> None:
    assert codec.write(_read(_body())) == GOOD


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff\xfe", b"null", b"[]", b'"kwargs"', b"{}", b'{"kwargs":[]}', b'{"args":[1],"kwargs":{}}',
        b"[" * 100_000, b'{"args":[],"kwargs":' + b'{"a":' * 50_000, b'{"kwargs":{"a":' + b"9" * 5_000 + b"}}",
    ],
    ids=lambda body: str(body[:24]),
)  # fmt: skip
def test_a_body_that_is_no_call_is_invalid_as_a_whole(body: bytes) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _read(body)
    assert _paths(refused) == [""]


@pytest.mark.parametrize(
    "raw", ["1500000.00", "1500000", "1.5e6", "NaN", "Infinity", "-Infinity", "true", "null", '"1,5"']
)
def test_money_comes_as_text_or_not_at_all(raw: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _read(_body(amount=raw))
    assert _paths(refused) == ["amount"]


@pytest.mark.parametrize("raw", ["2022.0", "2.022e3", '"2022"', "NaN", "true", "1" + "0" * 400])
def test_a_whole_number_has_no_point_and_no_exponent(raw: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _read(_body(fiscal_year=raw))
    assert _paths(refused) == ["fiscal_year"]


@pytest.mark.parametrize("raw", [r'"\ud800"', r'"示\udfff"', r'"\u0000"', "7", "[]", '""'])
def test_text_that_cannot_be_kept_is_refused_by_its_path(raw: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _read(_body(reference=raw))
    assert _paths(refused) == ["reference"]


def test_full_width_digits_are_no_district() -> None:
    with pytest.raises(InvalidRequest) as refused:
        _read(_body(district=json.dumps("１１０１０５")))
    assert _paths(refused) == ["district"]


def test_every_bad_field_is_named_at_once() -> None:
    with pytest.raises(InvalidRequest) as refused:
        _read(_body(amount="1.5", fiscal_year='"x"', remark='"?"', district="null"))
    assert sorted(_paths(refused)) == ["amount", "district", "fiscal_year", "remark"]


def test_a_row_deep_inside_is_named_by_its_number() -> None:
    rows = [{"row": number, "person_id": "p-1"} for number in range(1, 4)] + [{"row": 4, "person_id": "?"}]
    with pytest.raises(InvalidRequest) as refused:
        codec.read(METHODS["review.submit_roster"].request, {"project_id": "pr-1", "rows": rows})
    assert _paths(refused) == ["rows[3].person_id"]


@pytest.mark.parametrize("name", ["\ud800", "长" * 100_000, "\x00"])
def test_an_unknown_field_can_always_be_answered_whatever_its_name(name: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _read(_body(**{json.dumps(name)[1:-1]: "1"}))
    assert len(wire.write_error(refused.value).encode()) < 1000


def test_free_json_has_no_fractions_and_no_depth_without_end() -> None:
    deep: Any = 1
    for _ in range(30):
        deep = [deep]
    hostiles: list[Any] = [{"a": deep}, codec.loads('{"a":[1.5]}'), {"\ud800": 1}, {"a": "\x00"}, [], "text"]
    for hostile in hostiles:
        with pytest.raises(InvalidRequest) as refused:
            codec.read_tolerant(AuditSealed, {"head": hostile})
        assert _paths(refused) == ["head"]


@pytest.mark.parametrize("as_text", [False, True], ids=["bytes", "text"])
def test_a_message_is_too_large_by_one_byte(as_text: bool) -> None:
    empty = len(_body(reference='""'))
    filled = "示" * ((codec.MAX_BODY - empty) // 3)
    fits = _body(reference=json.dumps(filled, ensure_ascii=False))
    fits += b" " * (codec.MAX_BODY - len(fits))
    with pytest.raises(InvalidRequest):  # read as far as its field, which is shorter
        _read(fits.decode() if as_text else fits)
    with pytest.raises(TooLarge, match="4 MiB"):
        _read((fits + b" ").decode() if as_text else fits + b" ")


@fuzzed
@given(st.binary(max_size=60) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(codec.dumps))
def test_no_body_gives_anything_but_a_typed_error(body: bytes | str) -> None:
    for read in (_read, wire.read_event, wire.read_answer):
        with pytest.raises(SkillsError):
            read(body)


# --- headers -----------------------------------------------------------------------------------------------------


def test_a_call_without_headers_has_a_deadline_and_a_correlation_id() -> None:
    call = wire.read_call(ROUTE, _body(), {}, received_at=100.0)
    assert (call.token, call.request_id, call.deadline) == (None, None, 100.0 + wire.DEFAULT_TIMEOUT)
    assert len(call.correlation_id) == 32


def test_headers_that_are_not_ours_are_not_looked_at() -> None:
    assert wire.read_call(ROUTE, _body(), {"nameko.call_id_stack": object(), "x": 1}, 100.0).token is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (wire.TOKEN, "t" * 8193), (wire.TOKEN, 7), (wire.REQUEST_ID, ""), (wire.REQUEST_ID, "r" * 65),
        (wire.REQUEST_ID, "a\nb"), (wire.CORRELATION_ID, b"bytes"), (wire.DEADLINE, "soon"), (wire.DEADLINE, True),
        (wire.DEADLINE, 1.5), (wire.DEADLINE, -1), (wire.DEADLINE, 10**400),
    ],
    ids=lambda value: str(value)[:24],
)  # fmt: skip
def test_a_wrong_header_is_named(name: str, value: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        _read(_body(), {name: value})
    assert _paths(refused) == [name]


# --- what comes later --------------------------------------------------------------------------------------------


def test_a_field_may_have_any_name() -> None:
    finding = {
        "rule": "X-1",
        "clause": "示例",
        "outcome": "not_met",
        "force": "must",
        "compared": "1 < 2",
        "message": "请补正",
    }
    assert codec.read_tolerant(FindingShape, finding).message == "请补正"


def test_an_event_with_fields_of_next_year_is_read() -> None:
    known = {"catalogue_id": "cat-1", "kind": "shortage", "from_on": "2022-07-01"}
    envelope = {
        "event_id": "e-1", "name": "registry.catalogue_published", "version": 1, "aggregate_id": "cat-1", "sequence": 1,
        "district": None, "occurred_at": "2022-06-06T08:00:00+08:00", "business_date": "2022-06-06", "actor": {},
        "correlation_id": "c-1", "data": known | {"replaces": "cat-0"}, "region": "north",
    }  # fmt: skip
    heard = wire.read_event(json.dumps(envelope).encode())
    data = codec.read_tolerant(EVENTS["registry.catalogue_published"].data, heard.data)
    assert codec.write(data) == known
    assert heard.occurred_at.isoformat() == "2022-06-06T08:00:00+08:00"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_instant_outside_of_all_years_of_utc_is_none(at: str) -> None:
    line = {"at": at, "on": "2022-06-06", "action": "a", "title": "t", "by": "b", "role": "r", "of_id": "o"}
    with pytest.raises(InvalidRequest) as refused:
        codec.read_tolerant(HistoryLine, line)
    assert _paths(refused) == ["at"]
