"""A Cosmos-DB-compatible server for a laptop and CI: the REST dialect and SQL grammar of the SDK over SQLite.

Start it with `python -m infra.local.cosmos`. What the cloud refuses is refused here with the same status;
what this server does not implement answers 501 with its name.
"""
