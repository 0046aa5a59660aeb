"""`make bench`: our bus beside stock nameko, measured in one run on a RabbitMQ and PostgreSQL of its own.

    __main__.py    everything in order; prints one JSON object
    bench.py       the system under test: servers, two of our services, a stock echo; all of it ends with us
    stock_echo.py  the stock nameko service, as a process
    loads.py       the three calls that are compared
    caller.py      one caller, as a process     callers.py   all of them, ordered about
    rounds.py      interleaved rounds, ratios and their spread
    latency.py     from an event's commit to its effect in another service
    quotes.py      pricing on one core

What the figures mean: docs/bench.md.
"""
