"""Government documents as data, and decisions that explain themselves down to the clause.

yaml_files → yaml_entries, tables → document_parser → document
                                          one YAML file becomes one frozen Document, or every problem with its cure
policies                                  which document governs a programme, a place and a day (X-7)
readings                                  the settings by which a document chooses how its text is understood
rules, document_check, workflow_check     which functions decide which clause, compared both ways at load
findings, decisions, verification         every finding of a decision, stored whole and decided again (X-6)
replay                                    the same under another document: what would change
"""

from shared.policy.decisions import Decision, ReadingUsed, Verdict, decide
from shared.policy.document import Document, Station, Workflow
from shared.policy.document_check import check
from shared.policy.findings import Finding, Force, Outcome
from shared.policy.policies import Policies, load_documents, load_files
from shared.policy.problems import PolicyProblems, Problem
from shared.policy.rules import DECIDERS, RULES, Clause, Result, ask_all, calculation, checks, clause, rule
from shared.policy.verification import verify

__all__ = [
    "DECIDERS",
    "RULES",
    "Clause",
    "Decision",
    "Document",
    "Finding",
    "Force",
    "Outcome",
    "Policies",
    "PolicyProblems",
    "Problem",
    "ReadingUsed",
    "Result",
    "Station",
    "Verdict",
    "Workflow",
    "ask_all",
    "calculation",
    "check",
    "checks",
    "clause",
    "decide",
    "load_documents",
    "load_files",
    "rule",
    "verify",
]
