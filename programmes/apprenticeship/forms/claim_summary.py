"""补贴申领汇总表 under the programme's own title; its layout is that of every programme."""

from __future__ import annotations

from collections.abc import Sequence

from shared.forms.common import claim_summary
from shared.forms.common.claim_summary import ClaimGroup, ClaimHead
from shared.money import Money

__all__ = ["ClaimGroup", "ClaimHead", "write_claim_summary"]

TITLE = "企业新型学徒制补贴资金申领汇总表"


def write_claim_summary(head: ClaimHead, groups: Sequence[ClaimGroup], clawback: Money) -> bytes:
    """.docx bytes. `clawback`: what is to be taken back from the same batch, shown apart (INT-4)."""
    return claim_summary.write_claim_summary(head, groups, clawback, title=TITLE)
