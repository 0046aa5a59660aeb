"""Demands and how they end, funding in versions, payments that fail and are repeated.

Tables whose constraints change are made anew and their rows carried over, alike on both databases.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from shared.store.migration_guards import append_only, counted, reworded

revision = "subsidy_0003"
down_revision = "subsidy_0002"
branch_labels = None
depends_on = None

ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
ID = sa.String(64)
CODE = sa.String(64)
DISTRICT = sa.String(6)
DOCUMENT = sa.String(160)
PERSON = sa.String(128)
FEN = sa.BigInteger
CAUSES = "cause IN ('result', 'fraud', 'check')"
PART = ("clawback_id", "fund_source", "fiscal_year")
REMADE = (
    "withdrawals",
    "offsets",
    "clawback_parts",
    "clawbacks",
    "payments",
    "claim_funding",
)
"""Children before their parents, as they are dropped."""

FUNDED = """
INSERT INTO claim_funding (claim_id, fund_source, version, live, fiscal_year, bears, sends)
SELECT claim_id, fund_source, 1, {true}, MAX(fiscal_year), SUM(kept) + SUM(sent), SUM(sent) FROM (
    SELECT claim_id, fund_source, fiscal_year, amount AS sent, 0 AS kept FROM claim_funding_before
    UNION ALL SELECT claim_id, fund_source, paying_year, 0, amount FROM offsets_before
) AS borne GROUP BY claim_id, fund_source
"""
PAID = """
INSERT INTO payments (id, batch_id, claim_id, payee_id, fund_source, funding_version, fiscal_year, amount, state,
    paid_on, bank_reference)
SELECT id, batch_id, claim_id, payee_id, fund_source, 1, fiscal_year, amount, state, paid_on, bank_reference
FROM payments_before
"""
DEMANDED = """
INSERT INTO demands (id, claim_id, project_id, programme, document, district, employer_id, payee_id, cause, rule,
    clause, basis, persons, amount, opened_on, turns)
SELECT claim_id || '-' || cause, claim_id, MIN(before.project_id), MIN(before.programme), MIN(claims.document),
    MIN(before.district), MIN(before.employer_id), MIN(before.payee_id), cause, MIN(rule), MIN(clause), '', COUNT(*),
    SUM(before.amount), MIN(opened_on), 0
FROM clawbacks_before AS before JOIN claims ON claims.id = before.claim_id
GROUP BY claim_id, cause ORDER BY MIN(before.number)
"""
ASKED = """
INSERT INTO clawbacks (number, id, demand_id, claim_id, project_id, programme, district, employer_id, enrolment_id,
    cause, payee_id, amount, opened_on, rule, clause, decision_id)
SELECT number, id, claim_id || '-' || cause, claim_id, project_id, programme, district, employer_id, enrolment_id,
    cause, payee_id, amount, opened_on, rule, clause, decision_id
FROM clawbacks_before ORDER BY number
"""
PARTS = """
INSERT INTO clawback_parts (clawback_id, fund_source, fiscal_year, amount, ended)
SELECT clawback_id, fund_source, fiscal_year, amount, 0 FROM clawback_parts_before
"""
KEPT = """
INSERT INTO offsets (id, demand_id, claim_id, amount, made_on, made_by)
SELECT before.claim_id || '-offset', before.claim_id || '-result', before.claim_id, SUM(before.amount),
    MIN(claims.decided_on), MIN(claims.approver)
FROM offsets_before AS before JOIN claims ON claims.id = before.claim_id GROUP BY before.claim_id
"""
KEPT_PARTS = """
INSERT INTO discharges (clawback_id, fund_source, fiscal_year, way, fact_id, amount, refilled)
SELECT clawback_id, fund_source, fiscal_year, 'offset', claim_id || '-offset', amount, {false} FROM offsets_before
"""
DROPPED = """
INSERT INTO discharges (clawback_id, fund_source, fiscal_year, way, fact_id, amount, refilled)
SELECT before.clawback_id, fund_source, fiscal_year, 'reversal', before.claim_id || '-offset', before.amount, {false}
FROM offsets_before AS before JOIN claims ON claims.id = before.claim_id WHERE claims.state = 'voided'
"""
WITHDRAWN = """
INSERT INTO discharges (clawback_id, fund_source, fiscal_year, way, fact_id, amount, refilled)
SELECT part.clawback_id, fund_source, fiscal_year, 'withdrawal', clawback.claim_id, part.amount, {false}
FROM withdrawals_before AS gone
JOIN clawback_parts_before AS part ON part.clawback_id = gone.clawback_id
JOIN clawbacks_before AS clawback ON clawback.id = gone.clawback_id
"""
ENDED = """
UPDATE clawback_parts SET ended = COALESCE((
    SELECT SUM(CASE WHEN way = 'reversal' THEN -discharges.amount ELSE discharges.amount END) FROM discharges
    WHERE discharges.clawback_id = clawback_parts.clawback_id AND discharges.fund_source = clawback_parts.fund_source
    AND discharges.fiscal_year = clawback_parts.fiscal_year), 0)
"""
SETTLED = """
UPDATE demands SET settled_on = COALESCE((
        SELECT MAX(withdrawn_on) FROM withdrawals_before
        JOIN clawbacks ON clawbacks.id = withdrawals_before.clawback_id WHERE clawbacks.demand_id = demands.id
    ), (SELECT COALESCE(paid_on, decided_on) FROM claims WHERE claims.id = demands.claim_id))
WHERE NOT EXISTS (
        SELECT 1 FROM clawback_parts JOIN clawbacks ON clawbacks.id = clawback_parts.clawback_id
        WHERE clawbacks.demand_id = demands.id AND clawback_parts.ended < clawback_parts.amount)
    AND NOT EXISTS (
        SELECT 1 FROM offsets JOIN claims ON claims.id = offsets.claim_id
        WHERE offsets.demand_id = demands.id AND claims.state IN ('approved', 'in_payment'))
"""
UNKEPT = "UPDATE claims SET set_off = 0 WHERE state = 'voided'"


def upgrade() -> None:
    _set_aside()
    _funding()
    _demands()
    _ends()
    _carry_over()
    _clear_away()
    within = "set_off >= 0 AND set_off <= amount"
    reworded("claims", "ck_claims_set_off", f"{within} AND set_off <= clawback", within)
    for table in ("clawbacks", "discharges", "demand_notices", "repayments", "reversals", "offsets"):
        append_only(table)
    counted("clawback_parts", (*PART, "amount"))
    counted("claim_funding", ("claim_id", "fund_source", "version", "fiscal_year", "bears", "sends"))


def _set_aside() -> None:
    for table in REMADE:
        op.execute(f"CREATE TABLE {table}_before AS SELECT * FROM {table}")  # noqa: S608 - a name of ours
        op.drop_table(table)


def _clear_away() -> None:
    for table in REMADE:
        op.drop_table(f"{table}_before")


def _funding() -> None:
    op.create_table(
        "claim_funding",
        sa.Column("claim_id", ID, sa.ForeignKey("claims.id", name="fk_claim_funding_claim_id"), primary_key=True),
        sa.Column("fund_source", CODE, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("fiscal_year", sa.Integer, nullable=False),
        sa.Column("bears", FEN, nullable=False),
        sa.Column("sends", FEN, nullable=False),
        sa.UniqueConstraint(
            "claim_id", "fund_source", "version", "fiscal_year", "sends", name="uq_claim_funding_repeated_by_payment"
        ),
        sa.CheckConstraint("bears > 0 AND sends >= 0 AND sends <= bears", name="ck_claim_funding_amounts"),
    )
    _unique_where("uq_claim_funding_live", "claim_funding", ("claim_id", "fund_source"), "live")
    repeated = ("claim_id", "fund_source", "funding_version", "fiscal_year", "amount")
    funding = ("claim_id", "fund_source", "version", "fiscal_year", "sends")
    op.create_table(
        "payments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("batch_id", ID, sa.ForeignKey("batches.id", name="fk_payments_batch_id"), nullable=False),
        sa.Column("claim_id", ID, nullable=False),
        sa.Column("payee_id", ID, nullable=False),
        sa.Column("fund_source", CODE, nullable=False),
        sa.Column("funding_version", sa.Integer, nullable=False),
        sa.Column("fiscal_year", sa.Integer, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("paid_on", sa.Date),
        sa.Column("bank_reference", sa.String(64)),
        sa.Column("reason", sa.Text),
        sa.Column("retry_of", ID, sa.ForeignKey("payments.id", name="fk_payments_retry_of")),
        sa.ForeignKeyConstraint(repeated, [f"claim_funding.{one}" for one in funding], name="fk_payments_claim_id"),
        sa.UniqueConstraint("retry_of", name="uq_payments_retry_of"),
        sa.CheckConstraint("amount > 0", name="ck_payments_amount"),
        sa.CheckConstraint(
            "state IN ('prepared', 'instructed', 'unknown', 'paid', 'rejected', 'returned', 'voided')",
            name="ck_payments_state",
        ),
        sa.CheckConstraint(
            "(state IN ('paid', 'returned')) = (paid_on IS NOT NULL AND bank_reference IS NOT NULL)",
            name="ck_payments_paid",
        ),
        sa.CheckConstraint("retry_of IS NULL OR retry_of <> id", name="ck_payments_retry_of"),
    )
    on_its_way = "state NOT IN ('rejected', 'returned', 'voided')"
    _unique_where("uq_payments_on_its_way", "payments", ("claim_id", "fund_source"), on_its_way)
    op.create_index("ix_payments_batch_id", "payments", ["batch_id"])


def _demands() -> None:
    op.create_table(
        "demands",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("claim_id", ID, sa.ForeignKey("claims.id", name="fk_demands_claim_id"), nullable=False),
        _project("demands"),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("document", DOCUMENT, nullable=False),
        sa.Column("district", DISTRICT, nullable=False),
        sa.Column("employer_id", ID, nullable=False),
        sa.Column("payee_id", ID, nullable=False),
        sa.Column("cause", sa.String(10), nullable=False),
        sa.Column("rule", CODE, nullable=False),
        sa.Column("clause", sa.String(200), nullable=False),
        sa.Column("basis", sa.String(200), nullable=False),
        sa.Column("persons", sa.Integer, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("settled_on", sa.Date),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.UniqueConstraint("id", name="uq_demands_id"),
        sa.CheckConstraint("amount > 0", name="ck_demands_amount"),
        sa.CheckConstraint("persons > 0", name="ck_demands_persons"),
        sa.CheckConstraint(CAUSES, name="ck_demands_cause"),
    )
    for column in ("claim_id", "project_id", "payee_id"):
        op.create_index(f"ix_demands_{column}", "demands", [column])
    op.create_table(
        "clawbacks",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("id", ID, nullable=False),
        sa.Column("demand_id", ID, sa.ForeignKey("demands.id", name="fk_clawbacks_demand_id"), nullable=False),
        sa.Column("claim_id", ID, sa.ForeignKey("claims.id", name="fk_clawbacks_claim_id"), nullable=False),
        _project("clawbacks"),
        sa.Column("programme", CODE, nullable=False),
        sa.Column("district", DISTRICT, nullable=False),
        sa.Column("employer_id", ID, nullable=False),
        sa.Column("enrolment_id", ID, nullable=False),
        sa.Column("cause", sa.String(10), nullable=False),
        sa.Column("payee_id", ID, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("rule", CODE, nullable=False),
        sa.Column("clause", sa.String(200), nullable=False),
        sa.Column("decision_id", ID),
        sa.UniqueConstraint("id", name="uq_clawbacks_id"),
        sa.UniqueConstraint("demand_id", "enrolment_id", name="uq_clawbacks_demand_id_enrolment_id"),
        sa.CheckConstraint("amount > 0", name="ck_clawbacks_amount"),
        sa.CheckConstraint(CAUSES, name="ck_clawbacks_cause"),
    )
    for column in ("claim_id", "project_id", "demand_id"):
        op.create_index(f"ix_clawbacks_{column}", "clawbacks", [column])
    _unique_where("uq_clawbacks_by_result", "clawbacks", ("enrolment_id", "claim_id"), "cause = 'result'")
    clawback = sa.ForeignKey("clawbacks.id", name="fk_clawback_parts_clawback_id")
    op.create_table(
        "clawback_parts",
        sa.Column("clawback_id", ID, clawback, primary_key=True),
        sa.Column("fund_source", CODE, primary_key=True),
        sa.Column("fiscal_year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("ended", FEN, nullable=False),
        sa.CheckConstraint("amount > 0", name="ck_clawback_parts_amount"),
        sa.CheckConstraint("ended >= 0 AND ended <= amount", name="ck_clawback_parts_ended"),
    )


def _ends() -> None:
    op.create_table(
        "discharges",
        sa.Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
        sa.Column("clawback_id", ID, nullable=False),
        sa.Column("fund_source", CODE, nullable=False),
        sa.Column("fiscal_year", sa.Integer, nullable=False),
        sa.Column("way", sa.String(12), nullable=False),
        sa.Column("fact_id", ID, nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("refilled", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(PART, [f"clawback_parts.{one}" for one in PART], name="fk_discharges_clawback_id"),
        sa.UniqueConstraint("way", "fact_id", *PART, name="uq_discharges_once"),
        sa.CheckConstraint("amount > 0", name="ck_discharges_amount"),
        sa.CheckConstraint(
            "way IN ('repayment', 'offset', 'write_off', 'withdrawal', 'reversal')", name="ck_discharges_way"
        ),
    )
    op.create_index("ix_discharges_part", "discharges", list(PART))
    op.create_table(
        "demand_notices",
        sa.Column("demand_id", ID, sa.ForeignKey("demands.id", name="fk_demand_notices_demand_id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("noticed_on", sa.Date, nullable=False),
        sa.Column("noticed_by", PERSON, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("outstanding", FEN, nullable=False),
        sa.Column("pay_to", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
    )
    op.create_table(
        "repayments",
        sa.Column("id", ID, primary_key=True),
        _demand("repayments"),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("bank_reference", sa.String(64), nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.Column("recorded_by", PERSON, nullable=False),
        sa.UniqueConstraint("demand_id", "bank_reference", name="uq_repayments_demand_id_bank_reference"),
        sa.CheckConstraint("amount > 0", name="ck_repayments_amount"),
    )
    repayment = sa.ForeignKey("repayments.id", name="fk_reversals_repayment_id")
    op.create_table(
        "reversals",
        sa.Column("id", ID, primary_key=True),
        sa.Column("repayment_id", ID, repayment, nullable=False),
        sa.Column("reversed_on", sa.Date, nullable=False),
        sa.Column("reversed_by", PERSON, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.UniqueConstraint("repayment_id", name="uq_reversals_repayment_id"),
    )
    op.create_table(
        "offsets",
        sa.Column("id", ID, primary_key=True),
        _demand("offsets"),
        sa.Column("claim_id", ID, sa.ForeignKey("claims.id", name="fk_offsets_claim_id"), nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("made_by", PERSON, nullable=False),
        sa.UniqueConstraint("demand_id", "claim_id", name="uq_offsets_demand_id_claim_id"),
        sa.CheckConstraint("amount > 0", name="ck_offsets_amount"),
    )
    op.create_index("ix_offsets_claim_id", "offsets", ["claim_id"])
    _write_offs()


def _write_offs() -> None:
    op.create_table(
        "write_offs",
        sa.Column("id", ID, primary_key=True),
        _demand("write_offs"),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("amount", FEN, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("proposer", PERSON, nullable=False),
        sa.Column("proposed_on", sa.Date, nullable=False),
        sa.Column("first_approver", PERSON),
        sa.Column("first_on", sa.Date),
        sa.Column("second_approver", PERSON),
        sa.Column("second_on", sa.Date),
        sa.Column("refuser", PERSON),
        sa.Column("refused_on", sa.Date),
        sa.Column("decided_words", sa.Text, nullable=False),
        sa.CheckConstraint("amount > 0", name="ck_write_offs_amount"),
        sa.CheckConstraint("state IN ('proposed', 'done', 'refused')", name="ck_write_offs_state"),
        sa.CheckConstraint("(state = 'done') = (second_approver IS NOT NULL)", name="ck_write_offs_two_approvers"),
        sa.CheckConstraint("second_approver IS NULL OR first_approver IS NOT NULL", name="ck_write_offs_in_order"),
        sa.CheckConstraint(
            "(first_approver IS NULL OR first_approver <> proposer) AND "
            "(second_approver IS NULL OR (second_approver <> proposer AND second_approver <> first_approver))",
            name="ck_write_offs_other_person",
        ),
    )
    _unique_where("uq_write_offs_proposed", "write_offs", ("demand_id",), "state = 'proposed'")


def _carry_over() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    words = {"true": "1" if on_sqlite else "true", "false": "0" if on_sqlite else "false"}
    carried = (FUNDED, PAID, DEMANDED, ASKED, PARTS, KEPT, KEPT_PARTS, DROPPED, WITHDRAWN, ENDED, SETTLED, UNKEPT)
    for statement in carried:
        op.execute(statement.format(**words))
    if not on_sqlite:  # numbers that were given by hand don't move the sequence
        _go_on_numbering("clawbacks")


def _go_on_numbering(table: str) -> None:
    op.execute(
        f"SELECT setval(pg_get_serial_sequence('{table}', 'number'), MAX(number)) FROM {table} "  # noqa: S608 - ours
        "HAVING COUNT(*) > 0"
    )


def _unique_where(name: str, table: str, columns: Sequence[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, list(columns), unique=True, postgresql_where=where, sqlite_where=where)


def _project(table: str) -> sa.Column[str]:
    key = sa.ForeignKey("projects.project_id", name=f"fk_{table}_project_id")
    return sa.Column("project_id", ID, key, nullable=False)


def _demand(table: str) -> sa.Column[str]:
    return sa.Column("demand_id", ID, sa.ForeignKey("demands.id", name=f"fk_{table}_demand_id"), nullable=False)
