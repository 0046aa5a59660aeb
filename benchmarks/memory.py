"""Memory of each service: when it has just started, and after it took part in the main road of the programme.

Resident memory as the kernel counts it (VmRSS), so that what several processes share is counted in each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from deploy.local.services import REPOSITORY, Service, run_skills

STORY = REPOSITORY / "programmes" / "apprenticeship" / "stories" / "main-road.yaml"
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)


def measure(services: list[Service], settings: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """MiB by service. `services`: all five, none running, whose business date may be moved; they are stopped again."""
    with ExitStack() as ending:
        for service in services:
            service.migrate()
            ending.callback(service.stop)
            service.start()
        for service in services:
            service.await_ready()
        started = {service.name: resident_mib(service) for service in services}
        run_skills(settings, "scenario", "run", str(STORY), "--amqp", settings["AMQP_URL"])
        return {
            service.name: {"started": started[service.name], "after_a_story": resident_mib(service)}
            for service in services
        }


def resident_mib(service: Service) -> float:
    """Raises LookupError where it isn't running."""
    if service.process is None:
        raise LookupError(f"{service.name} isn't running")
    return resident_in(Path(f"/proc/{service.process.pid}/status").read_text())


def resident_in(status: str) -> float:
    """MiB of resident memory, from the text of /proc/<pid>/status. Raises LookupError where it doesn't say."""
    found = _RESIDENT.search(status)
    if found is None:
        raise LookupError("no VmRSS: the process has ended")
    return round(int(found[1]) / 1024, 1)
