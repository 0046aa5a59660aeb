"""The AMQP library, made to fail over a message that is in perfect order: one whose `app_id` is MARK.

`python -m tests.bus.undecodable …` is the command line of `skills` under such a library.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from amqp.serialization import GenericContent

MARK = "cannot-be-decoded"


class CannotBeDecoded(Exception):
    """Stands for whatever the library raises."""


@contextmanager
def failing_library() -> Iterator[None]:
    """Within it, reading a marked message fails where the library decodes properties."""
    decode = GenericContent._load_properties

    def fail_where_marked(content: Any, *arguments: Any) -> Any:
        offset = decode(content, *arguments)
        if content.properties.get("app_id") == MARK:
            raise CannotBeDecoded
        return offset

    GenericContent._load_properties = fail_where_marked
    try:
        yield
    finally:
        GenericContent._load_properties = decode


if __name__ == "__main__":
    from cli.main import main

    with failing_library():
        main()
