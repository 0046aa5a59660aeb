"""The readings of every programme: settings by which a document chooses among the ways to understand its text."""

from __future__ import annotations

READINGS: dict[str, tuple[str, ...]] = {
    # setting: its choices, the default first. The register of interpretations says what each means.
    "paid_term": ("filed_term", "extension_adds_months"),
    "not_appraisable_ordinary": ("as_uncertified", "as_certified"),
    "lower_certificate": ("no_certificate", "lower_level_rate"),
    "advance_base": ("filed_term", "one_year"),
    "early_completion": ("filed_term", "by_months"),
    "left_before_end": ("as_failed", "by_months", "hardship_keeps_advance"),
    "certificate_kinds": ("every_kind", "levelled_only"),
    "catalogue_day": ("approval_and_assessment", "enrolment"),
    "contract_holder_insured": ("everyone", "new_hires_and_transfers"),
    "contract_length": ("whole_term", "remaining_term_covers_training"),
    "dispatched_evidence": ("agency", "user"),
    "eligibility_decided": ("roster_and_enrolment", "roster_only"),
    "insured_when": ("enrolment_or_month_before", "month_of_claim"),
    "hours_ratio": ("principle", "advice"),
    "extra_credits": ("uncapped", "capped"),
    "first_claim_not_made": ("waiver_recorded", "strict_order"),
    "level_held_already": ("refused", "officer_with_reason"),
    "provider_not_in_catalogue": ("refused", "advice"),
    "textbooks_not_filed": ("finding", "blocks_balance"),
    "fund_split": ("in_order", "one_source"),
    "balance_year": ("year_due", "year_of_approval"),
    "payee": ("contract_employer", "entrusted_employer"),
    "other_programmes": ("finding", "forbidden"),
    "clawback_offset": ("two_amounts", "automatic"),
    "certificate_when": ("until_final_claim", "supplementary"),
    "hours_a_day": ("at_most", "the_day_itself"),
    "returned_money": ("refills_open_year", "to_treasury"),
    "demand_opens": ("at_result", "with_final_claim"),
    "second_enrolment": ("reviewed_and_settled", "as_new_apprentice"),
    "balance_claimed": ("as_results_come", "all_together"),
}
"""Every setting that a rule asks for. A document that is silent about one gets the first choice."""
