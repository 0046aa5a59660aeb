"""Every rule of every service, and the documents checked against them: for the launcher, the CLI and the tests.

Services import only their own rules; what compares documents with all rules stands outside them, here.
"""

from __future__ import annotations

from importlib import import_module

from shared.policy.document_check import check
from shared.policy.policies import Policies, load_documents
from shared.policy.problems import PolicyProblems

RULE_PACKAGES = (
    "services.registry.rules",
    "services.review.rules",
    "services.training.rules",
    "services.subsidy.rules",
)


def register_all_rules() -> None:
    """Imports every rule package, so that RULES and DECIDERS are complete."""
    for package in RULE_PACKAGES:
        import_module(package)


def checked_policies(policy_path: str = "") -> Policies:
    """The documents at hand, compared with all rules both ways. Raises PolicyProblems with every problem."""
    return checked(load_documents(policy_path))


def checked(policies: Policies) -> Policies:
    """The same documents, if they and all rules agree. Raises PolicyProblems with every problem."""
    register_all_rules()
    problems = [problem for document in policies.documents for problem in check(document)]
    if problems:
        raise PolicyProblems(problems)
    return policies
