"""What is paid, taken back, from which source, and what stands in the way. Importing this registers every rule.

checks         what is on file elsewhere about the people of a claim, or its payee (APP-2, APP-19, X-1)
claims         what a claim must show (APP-16, 20, 22, 26, X-11), its age (APP-38), whom it pays
funds          split over the fund sources in order (APP-21), recovery by the channel that paid (APP-27)

and in apprenticeship/:

facts          what the rules are told
standard       元/人年 × years (APP-18)
results        certified, passed, failed; which certificate counts (APP-19, APP-34)
entitlement    advance, entitlement, balance, clawback (APP-19, APP-20)
"""

from services.subsidy.rules import checks, claims, funds
from services.subsidy.rules.apprenticeship import entitlement, quotes, results, standard

__all__ = ["checks", "claims", "entitlement", "funds", "quotes", "results", "standard"]
