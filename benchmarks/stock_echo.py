"""A stock nameko service that returns what it is given: the yardstick. `python -m benchmarks.stock_echo`.

Nothing of ours is in it: nameko's own entrypoint, serialiser, runner and ten workers.
"""

from __future__ import annotations

import os
import warnings
from typing import Any

READY = "stock echo is consuming"


def main() -> None:
    """Serves on AMQP_URL until it is ended."""
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated", category=Warning)
    import eventlet

    eventlet.monkey_patch()  # as `nameko run` does: before nameko and all that it imports
    from nameko.rpc import rpc
    from nameko.runners import ServiceRunner

    class StockEcho:
        name = "stock_echo"

        @rpc  # type: ignore[untyped-decorator]
        def echo(self, value: Any) -> Any:
            return value

    runner = ServiceRunner({"AMQP_URI": os.environ["AMQP_URL"]})
    runner.add_service(StockEcho)
    runner.start()
    print(READY, flush=True)
    runner.wait()


if __name__ == "__main__":
    main()
