"""The rule functions that documents are checked against.

checked(policies, "subsidy")   by subsidy's own, which is all that a service's process knows
checked(policies)              by all of them, both ways: the command line, `make up`, one process of all five, tests
"""

from __future__ import annotations

from importlib import import_module

from shared.contracts.schema.declare import SERVICES
from shared.policy.document import Document
from shared.policy.document_check import check
from shared.policy.policies import Policies, load_documents
from shared.policy.problems import PolicyProblems


def register_all_rules() -> None:
    """Imports every rule package, so that RULES and DECIDERS are complete."""
    for service in SERVICES:
        register_rules_of(service)


def register_rules_of(service: str) -> None:
    """Imports the rule package of one service."""
    import_module(f"services.{service}.rules")


def checked_policies(policy_path: str = "") -> Policies:
    """The documents at hand, compared with all rules both ways. Raises PolicyProblems with every problem."""
    return checked(load_documents(policy_path))


def checked(policies: Policies, service: str | None = None) -> Policies:
    """The same documents, if they agree with all rules, or with one service's. Raises PolicyProblems with every one."""
    if service is None:
        register_all_rules()
    else:
        register_rules_of(service)
    problems = [problem for document in policies.documents for problem in check(document, service)]
    if problems:
        raise PolicyProblems(problems)
    return policies


def check_document(service: str, document: Document) -> None:
    """Raises PolicyProblems where the document and this service's rules don't agree."""
    checked(Policies((document,)), service)
