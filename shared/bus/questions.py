"""Which methods each service asks of the others: what its account on the bus is granted.

`questions.yaml` beside this file is generated from the code (`shared/reference/questions.py`): a running service reads
the file, not the code of the others.
"""

from __future__ import annotations

from pathlib import Path

import yaml

FILE = Path(__file__).with_name("questions.yaml")


def asked() -> dict[str, frozenset[str]]:
    """Routes by asking service, as the committed file says."""
    listed: dict[str, list[str]] = yaml.safe_load(FILE.read_text("utf-8"))
    return {service: frozenset(routes) for service, routes in listed.items()}
