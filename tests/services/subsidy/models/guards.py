"""What must never be written, one statement for each guard of the database, named as the guard is.

A statement breaks that one rule only: where the guard is taken away it goes through (`test_guards.py`).
"""

from __future__ import annotations

from services.subsidy.models import SubsidyTable

NOBODY = {"project_id": "'project-0'", "enrolment_id": "'project-0-enrolment-0000'"}
NOT_RETURNED = "(SELECT MIN(id) FROM payments WHERE id NOT IN (SELECT payment_id FROM payment_returns))"
NOT_OF_A_RETURN = "(SELECT MIN(id) FROM bank_lines WHERE id NOT IN (SELECT line_id FROM payment_returns))"
NOT_KEPT = "(SELECT MIN(id) FROM claims WHERE id NOT IN (SELECT claim_id FROM offsets))"
NOT_REVERSED = "(SELECT MIN(id) FROM repayments WHERE id NOT IN (SELECT repayment_id FROM reversals))"
UNSENT, SENDS_NOTHING = 97, 98
"""Versions of a funding that no payment repeats yet."""


def of_funding(version: int) -> dict[str, str]:
    """What a payment repeats of that version."""
    repeated = {"claim_id": "claim_id", "fund_source": "fund_source", "fiscal_year": "fiscal_year", "amount": "sends"}
    columns = {mine: f"(SELECT {its} FROM claim_funding WHERE version = {version})" for mine, its in repeated.items()}
    return columns | {"funding_version": str(version)}


FRESH: dict[str, dict[str, str]] = {
    "appropriations": {"id": "'other'"},
    "bank_lines": {"id": "'other'", "reference_key": "'other'", "kind": "'stray'", "applied_on": "NULL"},
    "batches": {"id": "'other'"},
    "budgets": {"fiscal_year": "2099"},
    "checks": {"id": "'other'"},
    "claim_funding": {"version": "99", "live": "(1 = 0)"},
    "claim_lines": {"id": "'other'", "number": "99", "decision_id": "'other'", **NOBODY},
    "claims": {"id": "'other'"},
    "clawback_parts": {"fiscal_year": "2099", "ended": "0"},
    "clawbacks": {"id": "'other'", "enrolment_id": "'other'"},
    "closings": {"id": "'other'", "period": "'2030-01'"},
    "demands": {"id": "'other'"},
    "discharges": {"fact_id": "'other'"},
    "hits": {"id": "'other'", "reference": "'other'"},
    "offset_ends": {},
    "offsets": {"id": "'other'", "claim_id": NOT_KEPT},
    "payment_returns": {"id": "'other'", "payment_id": NOT_RETURNED, "line_id": NOT_OF_A_RETURN},
    "payments": {
        "id": "'other'",
        "state": "'voided'",
        "paid_on": "NULL",
        "bank_reference": "NULL",
        "retry_of": "NULL",
        **of_funding(UNSENT),
    },
    "postings": {"fact_id": "'other'", "accounted_on": "'2025-01-25'"},
    "reductions": {"id": "'other'"},
    "repayments": {"id": "'other'", "reference_key": "'other'"},
    "reversals": {"id": "'other'", "repayment_id": NOT_REVERSED},
    "settled_offsets": {"fund_source": "'other'"},
    "write_offs": {"id": "'other'", "state": "'refused'"},
}
"""What makes a copy of a row another row, that no guard has anything against."""


def copy(table: str, *, where: str = "1 = 1", **changes: str) -> str:
    """A second row like one that is there, but for these columns."""
    own = SubsidyTable.metadata.tables[table].columns
    changed = FRESH[table] | changes
    columns = [one.name for one in own if one.name != "number" or table == "claim_lines"]
    values = ", ".join(changed.get(name, name) for name in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {where} LIMIT 1"


REPEATED = {name: name for name in ("claim_id", "fund_source", "funding_version", "fiscal_year", "amount")}
"""A payment's own, as it stands."""

GUARDS: dict[str, str] = {
    # --- once ----------------------------------------------------------------------------------------------------
    "uq_claim_lines_paid_once": copy(
        "claim_lines", where="kind = 'final'", project_id="project_id", enrolment_id="enrolment_id"
    ),
    "uq_claim_lines_open_advance": "UPDATE claim_lines SET open_advance = 'the same' WHERE live",
    "uq_claim_lines_claim_id_number": copy("claim_lines", where="kind = 'final'", number="number"),
    "uq_claim_lines_decision_id": copy("claim_lines", where="kind = 'final'", decision_id="decision_id"),
    "uq_claim_funding_live": copy("claim_funding", where="live", live="live"),
    "uq_payments_on_its_way": copy("payments", where="state = 'paid'", state="'prepared'", **REPEATED),
    "uq_payments_retry_of": copy("payments", where="retry_of IS NOT NULL", retry_of="retry_of"),
    "uq_postings_kind_fact_id_fund_source_fiscal_year": copy("postings", where="kind = 'clawback'", fact_id="fact_id"),
    "uq_bank_lines_once": copy("bank_lines", reference_key="reference_key"),
    "uq_bank_lines_applied": copy(
        "bank_lines", where="applied_on IS NOT NULL AND outcome = 'paid'", applied_on="applied_on"
    ),
    "uq_payment_returns_line_id": copy("payment_returns", line_id="line_id"),
    "uq_clawbacks_demand_id_enrolment_id": copy("clawbacks", cause="'check'", enrolment_id="enrolment_id"),
    "uq_clawbacks_by_result": copy(
        "clawbacks", where="cause = 'result'", enrolment_id="enrolment_id", demand_id="'other demand'"
    ),
    "uq_discharges_once": copy("discharges", fact_id="fact_id"),
    "uq_repayments_reference": copy("repayments", where="reversed_on IS NULL", reference_key="reference_key"),
    "uq_reversals_repayment_id": copy("reversals", repayment_id="repayment_id"),
    "uq_offsets_demand_id_claim_id": copy("offsets", claim_id="claim_id"),
    "uq_write_offs_proposed": copy("write_offs", state="state"),
    "uq_hits_of_enrolment": copy("hits", where="state = 'cleared'", reference="reference"),
    "uq_hits_of_payee": copy("hits", where="payee_id IS NOT NULL", reference="reference"),
    "uq_closings_programme_district_period": copy("closings", period="period"),
    # --- never more than there is ---------------------------------------------------------------------------------
    "ck_budgets_committed": "UPDATE budgets SET committed = -1",
    "ck_budgets_paid": "UPDATE budgets SET paid = -1, committed = 0",
    "ck_budgets_within_appropriation": "UPDATE budgets SET paid = appropriated + 1",
    "ck_clawback_parts_ended": "UPDATE clawback_parts SET ended = amount + 1",
    "ck_claim_funding_amounts": copy("claim_funding", sends="bears + 1"),
    "ck_claim_lines_amounts": "UPDATE claim_lines SET clawback = 1 WHERE amount > 0",
    "ck_claims_amounts": "UPDATE claims SET missing = -1",
    "ck_claims_set_off": "UPDATE claims SET set_off = amount + 1",
    "fk_payments_claim_id": "UPDATE payments SET amount = amount + 1",
    # --- amounts that are none --------------------------------------------------------------------------------------
    **{
        f"ck_{table}_amount": copy(table, amount="0", where="kind = 'clawback'" if table == "postings" else "1 = 1")
        for table in (
            "appropriations",
            "clawback_parts",
            "clawbacks",
            "demands",
            "discharges",
            "offsets",
            "postings",
            "reductions",
            "repayments",
            "settled_offsets",
            "write_offs",
        )
    },
    "ck_payments_amount": copy("payments", **of_funding(SENDS_NOTHING)),
    "ck_closings_amounts": copy("closings", carried="-1"),
    "ck_demands_persons": "UPDATE demands SET persons = 0",
    "ck_ended_enrolments_earns": "UPDATE ended_enrolments SET earns = -1",
    "ck_checks_counts": copy("checks", unread="persons + 1"),
    # --- who ----------------------------------------------------------------------------------------------------
    "ck_claims_other_person": "UPDATE claims SET approver = applicant",
    "ck_batches_other_person": "UPDATE batches SET checker = maker WHERE checker IS NOT NULL",
    "ck_hits_other_person": copy("hits", where="decided_by IS NOT NULL", decided_by="found_by"),
    "ck_write_offs_other_person": "UPDATE write_offs SET first_approver = proposer",
    "ck_write_offs_two_approvers": "UPDATE write_offs SET state = 'done'",
    "ck_write_offs_in_order": "UPDATE write_offs SET state = 'done', second_approver = 'second', first_approver = NULL",
    # --- states -------------------------------------------------------------------------------------------------
    "ck_claims_kind": copy("claims", where="state = 'paid'", kind="'gift'"),
    "ck_claims_state": copy("claims", where="state = 'approved'", state="'lost'"),
    "ck_claims_live": copy("claims", where="state = 'approved'", live="(1 = 0)"),
    "ck_claims_paid_on": "UPDATE claims SET paid_on = NULL WHERE state = 'paid'",
    "ck_batches_state": "UPDATE batches SET state = 'lost' WHERE state = 'paid'",
    "ck_batches_checked": "UPDATE batches SET checker = NULL WHERE state = 'paid'",
    "ck_payments_state": copy("payments", state="'lost'"),
    "ck_payments_paid": "UPDATE payments SET paid_on = NULL WHERE state = 'paid'",
    "ck_payments_retry_of": copy("payments", retry_of="'other'"),
    "ck_bank_lines_outcome": copy("bank_lines", outcome="'lost'"),
    "ck_bank_lines_kind": copy("bank_lines", kind="'other'"),
    "ck_bank_lines_applied_or_listed": copy("bank_lines", kind="NULL"),
    "ck_bank_lines_one_end": copy(
        "bank_lines",
        outcome="'unknown'",
        applied_on="recorded_on",
        explained_on="recorded_on",
        explained_by="'x'",
        explanation="'x'",
    ),
    "ck_bank_lines_explained": copy("bank_lines", explanation="'x'"),
    "ck_blocks_told": "UPDATE blocks SET opened_on = NULL, lifted_on = NULL",
    "ck_clawbacks_cause": copy("clawbacks", cause="'other'"),
    "ck_demands_cause": "UPDATE demands SET cause = 'other'",
    "ck_ended_enrolments_result": "UPDATE ended_enrolments SET result = 'lost'",
    "ck_ended_enrolments_decided": "UPDATE ended_enrolments SET decision_id = NULL",
    "ck_discharges_way": copy("discharges", way="'other'"),
    "ck_offset_ends_outcome": copy("offset_ends", outcome="'lost'"),
    "ck_hits_kind": copy("hits", where="enrolment_id IS NOT NULL", kind="'other'"),
    "ck_hits_payee": copy("hits", where="enrolment_id IS NOT NULL", kind="'shared_account'"),
    "ck_hits_subject": copy("hits", where="enrolment_id IS NOT NULL AND decided_on IS NOT NULL", enrolment_id="NULL"),
    "ck_hits_state": copy("hits", where="decided_on IS NOT NULL", state="'lost'"),
    "ck_hits_decided": copy("hits", where="decided_on IS NOT NULL", decision_id="NULL"),
    "ck_write_offs_state": "UPDATE write_offs SET state = 'lost'",
    "ck_postings_accounts": copy("postings", where="kind = 'clawback'", debit="'available'"),
    "ck_postings_claim": copy("postings", where="kind = 'clawback'", claim_id="NULL"),
    # --- what is there stays -----------------------------------------------------------------------------------------
    "closed_period": copy("postings", where="kind = 'clawback'", accounted_on="'2024-12-05'"),
    **{
        f"append_only_{table}": f"UPDATE {table} SET {column} = {column}"
        for table, column in {
            "appropriations": "amount",
            "checks": "hits",
            "clawbacks": "amount",
            "closings": "carried",
            "demand_notices": "words",
            "discharges": "amount",
            "fraud_persons": "person_id",
            "frauds": "confirmed_on",
            "frozen_balances": "amount",
            "held_claims": "held_by",
            "offsets": "amount",
            "payment_returns": "returned_on",
            "postings": "amount",
            "reductions": "amount",
            "offset_ends": "ended_by",
            "reversals": "words",
            "settled_offsets": "amount",
        }.items()
    },
    "kept_bank_lines_delete": "DELETE FROM bank_lines WHERE kind IS NOT NULL",
    "kept_bank_lines_fixed": "UPDATE bank_lines SET amount = amount + 7 WHERE explained_on IS NULL",
    "kept_bank_lines_ended": "UPDATE bank_lines SET explanation = 'x' WHERE explained_on IS NOT NULL",
    "kept_claim_funding_delete": "DELETE FROM claim_funding WHERE NOT live",
    "kept_claim_funding_fixed": "UPDATE claim_funding SET bears = bears + 1 WHERE NOT live",
    "kept_clawback_parts_delete": "DELETE FROM clawback_parts WHERE fiscal_year = 2098",
    "kept_clawback_parts_fixed": "UPDATE clawback_parts SET amount = amount + 1",
    "kept_repayments_delete": "DELETE FROM repayments WHERE reversed_on IS NULL",
    "kept_repayments_fixed": "UPDATE repayments SET amount = amount + 1 WHERE reversed_on IS NULL",
    "kept_repayments_ended": "UPDATE repayments SET reversed_on = NULL WHERE reversed_on IS NOT NULL",
    "kept_hits_delete": "DELETE FROM hits",
    "kept_hits_fixed": "UPDATE hits SET kind = 'student' WHERE state = 'open' AND enrolment_id IS NOT NULL",
    "kept_hits_ended": "UPDATE hits SET words = 'x' WHERE decided_on IS NOT NULL",
}

UNPAID = "live AND claim_id NOT IN (SELECT claim_id FROM payments)"
FILLED = (
    copy("claim_funding", where=UNPAID, version=str(UNSENT)),
    copy("claim_funding", where=UNPAID, version=str(SENDS_NOTHING), sends="0"),
    copy("demands", id="'other demand'"),
    copy("clawback_parts", fiscal_year="2098"),
    copy("hits", id="'payee'", kind="'shared_account'", payee_id="'employer-1'", enrolment_id="NULL"),
    "INSERT INTO frauds VALUES ('inquiry', 'project-0', (1 = 0), '2025-01-25')",
    "INSERT INTO fraud_persons VALUES ('inquiry', 'person')",
    "UPDATE bank_lines SET explanation = 'x', explained_on = '2025-01-25', explained_by = 'x' "
    "WHERE id = (SELECT MIN(id) FROM bank_lines WHERE kind IS NOT NULL)",
)
"""What the story leaves empty."""
