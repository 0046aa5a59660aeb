"""Which document a message may cite, and where a case waits.

A project keeps its document to its end (X-7), so only a document that is certain is cited: the one that the event or
the remembered project names, or the only one of its programme and place, by its newest revision: all revisions mirror
the same printed clauses. A station is looked up in the others, too:
it says whose desk it is, and that is the same in a document's next version unless the station's name changes.
"""

from __future__ import annotations

from typing import Any

from services.notify.models import ProjectRow
from shared.bus.wire import Event
from shared.contracts.review.cases import ProjectApproved
from shared.errors import NoPolicyInForce
from shared.kernel.work import Work
from shared.policy.document import Document, Station


def store_document(work: Work, data: Any) -> None:
    """The document of a project, when it is approved (X-7)."""
    if isinstance(data, ProjectApproved) and work.session.get(ProjectRow, data.project_id) is None:
        work.add(ProjectRow(project_id=data.project_id, document=data.document))


def documents_for(work: Work, event: Event[Any]) -> tuple[Document, ...]:
    """The documents that may govern what the event is about, newest first; one: it is certain. Raises
    NoPolicyInForce where the project's own document isn't loaded: the event waits for it.
    """
    data = event.data
    project = work.session.get(ProjectRow, data.project_id) if hasattr(data, "project_id") else None
    if project is not None:
        return (work.policies.by_identity(project.document),)
    if not hasattr(data, "programme"):
        return ()
    return tuple(work.policies.begun(data.programme, data.district, event.envelope.business_date))


def station_of(data: Any, documents: tuple[Document, ...]) -> Station | None:
    """Where a case waits; None where nobody reviews it. Raises NoPolicyInForce for a station nobody knows."""
    name = getattr(data, "station", None)
    if name is None:
        return None
    for document in documents:
        workflow = document.workflow.get(data.kind)
        for station in workflow.stations if workflow else ():
            if station.id == name:
                return station
    raise NoPolicyInForce(
        f"没有文件规定环节 {name}：请将案件所依据的政策文件放入 POLICY_PATH", programme=data.programme, station=name
    )


def clause_of(document: Document, name: str) -> str | None:
    """The clause of a rule function, a value or a deadline, by its name in the document."""
    clauses = (entry.clause for entry, function in document.rules_by_function() if function == name)
    named = document.values.get(name) or document.deadlines.get(name)
    return next(clauses, named.clause if named else None)
