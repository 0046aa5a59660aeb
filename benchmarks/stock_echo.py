"""A stock nameko service that returns what it is given: the yardstick. `python -m benchmarks.stock_echo`."""

from __future__ import annotations

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated", category=Warning)

import eventlet  # noqa: E402

eventlet.monkey_patch()  # as `nameko run` does, before every other import

import os  # noqa: E402
from typing import Any  # noqa: E402

from nameko.rpc import rpc  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

READY = "consuming"


class StockEcho:
    """Nothing of ours: nameko's own entrypoint, its own serialiser, its own ten workers."""

    name = "stock_echo"

    @rpc  # type: ignore[untyped-decorator]
    def echo(self, value: Any) -> Any:
        return value


def main() -> None:
    """Serves on AMQP_URL until it is ended."""
    runner = ServiceRunner({"AMQP_URI": os.environ["AMQP_URL"]})
    runner.add_service(StockEcho)
    runner.start()
    print(READY, flush=True)
    runner.wait()


if __name__ == "__main__":
    main()
