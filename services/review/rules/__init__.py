"""What a project must show, how a case moves from station to station, and how projects are overseen.

    project     application of employer and provider (APP-1, 3, 8, 9, 24, 30)
    workflow    moves between the stations that a document names (APP-24, X-5)
    acceptance  an officer's reasons for accepting principles
    oversight   audits, inspections, suspensions and their remedy, fraud (APP-23, 26, 27, 37)
    notices     how long a public notice stands, and what ends it (X-11)
    summons     moves from the call to an interview to the end of a suspension (APP-26)

Importing this registers every rule.
"""

from services.review.rules import acceptance, notices, oversight, project, summons, workflow

__all__ = ["acceptance", "notices", "oversight", "project", "summons", "workflow"]
