"""The yardstick: a stock nameko service that returns what it is given, and stock nameko's own client of it.

`python -m benchmarks.stock_echo` serves. Nothing of ours is in either end: nameko's entrypoint, serialiser, runner, ten
workers and proxy. nameko is imported only where an end is opened: the service must be made green before it, and
whoever only reads the figures needs neither.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

READY = "stock echo is consuming"


@contextmanager
def client(amqp_url: str) -> Iterator[Callable[[Any], Any]]:
    """One caller's connection: a function that sends a value and returns what came back."""
    _expect_deprecation()
    from nameko.standalone.rpc import ClusterRpcProxy

    with ClusterRpcProxy({"AMQP_URI": amqp_url}) as proxy:
        yield proxy.stock_echo.echo


def main() -> None:
    """Serves on AMQP_URL until it is ended."""
    _expect_deprecation()
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


def _expect_deprecation() -> None:
    """eventlet asks at its import not to be used for new work; why it is here all the same: docs/adr/0001."""
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated", category=Warning)


if __name__ == "__main__":
    main()
