"""Which module writes or reads a form: `programmes/<programme>/forms/<form>.py`, else `shared/forms/common/<form>.py`.

So a service names the form and the document names the programme: no service knows what a programme's form looks like.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from shared.errors import NotFound


def layout(programme: str, form: str) -> ModuleType:
    """The module of this form of that programme. Raises NotFound where the programme has none."""
    for place in (f"programmes.{programme}.forms.{form}", f"shared.forms.common.{form}"):
        try:
            return import_module(place)
        except ModuleNotFoundError as missing:
            if missing.name is None or not place.startswith(missing.name):
                raise
    raise NotFound("该项目类别没有这一表样，请联系系统管理员补充")
