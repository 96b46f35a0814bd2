"""`make clean`: remove everything that was made here, the databases too."""

import fcntl
import os
import shutil

from . import paths, postgres
from .console import Failure, say


def main(arguments):
    if not paths.CACHE.exists():
        return 0
    paths.make_folders()
    with open(paths.LOCKS / "postgres-users.lock", "w") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure("A demo or a test is running; end it first.") from None
        postgres.remove()
    if os.environ.get("PGHOST"):
        server = postgres.NamedServer()
        for name in server.databases():
            server.drop(name)
    shutil.rmtree(paths.CACHE, ignore_errors=True)
    if paths.CACHE.exists():
        raise Failure(f"Part of {paths.CACHE} belongs to another user; remove it as root.")
    for folder in (paths.ADDON, paths.DEVELOPMENT):
        for compiled in list(folder.rglob("__pycache__")):
            shutil.rmtree(compiled)
    say("Removed what was made here.")
    return 0
