"""A real RabbitMQ and a real PostgreSQL as ordinary child processes, for the tests and for `make up`.

    processes.py    start, await, stop and kill one program, known by its pid
    programs.py     where the installed programs are, and the line to type where they aren't
    ports.py        free ports on the loopback interface
    folders.py      folders and secret files that only their owner can read
    rabbitmq.py     one RabbitMQ node with its own cookie, port mapper and data folder
    postgres.py     one PostgreSQL cluster with its own data folder
    accounts.py     a database, its roles and a RabbitMQ user for each service; a user for each outside system
    grants.yaml     what the operator and a sample outside system may call and hear
    services.py     one running service: its environment, its process, whether it is ready
    system.py       all of it together under one folder
    up.py down.py   `make up` and `make down`

Nothing here touches a server that somebody else started: other ports, other folders, other cookies.
"""
