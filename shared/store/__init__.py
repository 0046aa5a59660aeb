"""One service's database, on PostgreSQL and on SQLite: the same code, the same constraints.

database.py      transactions, lost races; constraints.py which constraint was broken; types.py columns
kernel_tables.py the tables of every service; migrate.py, migration_guards.py how they come and what guards them
bulk.py          rows by the thousand; cursors.py pages by keys; access_filter.py what a speaker's queries may see
key_rotation.py  what an old key wrote is written again
"""
