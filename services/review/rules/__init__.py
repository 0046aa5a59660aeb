"""What a project must show, how a case moves from station to station, and how projects are overseen.

    project     application of employer and provider (APP-1, 3, 8, 9, 24, 30)
    workflow    moves between the stations that a document names (APP-24, X-5)
    acceptance  an officer's reasons for accepting principles
    oversight   audits, inspections, interviews and suspensions (APP-23, 26, 37)

Importing this registers every rule.
"""

from services.review.rules import acceptance, oversight, project, workflow

__all__ = ["acceptance", "oversight", "project", "workflow"]
