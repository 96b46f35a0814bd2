"""The PostgreSQL server the databases lie in.

Normally a cluster of this clone's own, reached through a socket in a private folder and
running only while something here uses it. Where PGHOST names a server, that one is used
instead. Either way no database is changed or dropped that was not made here: each made
here says so in its comment.
"""

import atexit
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import closing, suppress
from pathlib import Path

from . import paths
from .console import Failure, install_packages, run, say, step

MARK = "Made by Lead Intake's development tools: "
# Databases here can be made anew at any time: speed before safety.
SETTINGS = [
    "listen_addresses=''",
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=300",
    "shared_buffers=256MB",
    # Parallel workers need shared memory that containers often lack.
    "max_parallel_workers_per_gather=0",
    # Compiling a statement of a test takes longer than running it.
    "jit=off",
]


def get():
    """The server to work with; started if need be."""
    if os.environ.get("PGHOST"):
        return NamedServer()
    return OwnServer()


class Server:
    """Databases of one server, as far as they were made by this clone."""

    prefix = "lead_intake"
    connection = {}  # what psycopg2 and Odoo need to reach it

    def execute(self, statement, *parameters, database="postgres"):
        """Run one statement outside a transaction; the rows, if it gives any."""
        import psycopg2  # the virtual environment has it; `make clean` can do without

        with closing(psycopg2.connect(dbname=database, **self.connection)) as link:
            link.autocommit = True
            with link.cursor() as cursor:
                cursor.execute(statement, parameters or None)
                return cursor.fetchall() if cursor.description else []

    def databases(self):
        """Name and notes of each database this clone made, the newest last."""
        rows = self.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database ORDER BY oid"
        )
        found = {}
        for name, comment in rows:
            if comment and comment.startswith(MARK):
                notes = json.loads(comment.removeprefix(MARK))
                if notes["clone"] == str(paths.ROOT):
                    found[name] = notes
        return found

    def exists(self, name):
        return bool(self.execute("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def create(self, name, template="template0"):
        """Make a database, as a copy of another if `template` names one."""
        if self.exists(name):
            self.drop(name)
        encoding = "ENCODING 'UTF8'" if template == "template0" else ""
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {encoding}')
        self.note(name)

    def drop(self, name):
        if name not in self.databases():
            raise Failure(
                f"There is a database {name} that this clone did not make."
                f" It stays untouched; rename or drop it by hand."
            )
        self.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            name,
        )
        self.execute(f'DROP DATABASE IF EXISTS "{name}"')

    def note(self, name, **notes):
        """Write into the database's comment that it is ours, and what else we note."""
        comment = MARK + json.dumps({"clone": str(paths.ROOT), **notes})
        self.execute(f'COMMENT ON DATABASE "{name}" IS %s', comment)

    def rename(self, name, new_name):
        self.execute(f'ALTER DATABASE "{name}" RENAME TO "{new_name}"')


class NamedServer(Server):
    """The server that PGHOST, PGPORT, PGUSER and PGPASSWORD name."""

    def __init__(self):
        clone = hashlib.sha256(str(paths.ROOT).encode()).hexdigest()[:6]
        self.prefix = f"lead_intake_{clone}"
        self.connection = {"host": os.environ["PGHOST"]}
        if os.environ.get("PGPORT"):
            self.connection["port"] = int(os.environ["PGPORT"])
        if os.environ.get("PGUSER"):
            self.connection["user"] = os.environ["PGUSER"]
        where = f"The PostgreSQL server that PGHOST names ({os.environ['PGHOST']})"
        try:
            [(version, may_create)] = self.execute(
                "SELECT current_setting('server_version_num')::int,"
                " rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            )
        except Exception as error:
            raise Failure(
                f"{where} can't be reached: {error}Correct PGHOST, PGPORT, PGUSER and"
                " PGPASSWORD, or unset PGHOST to let a private server be started."
            ) from None
        if version < 130000:
            raise Failure(f"{where} is older than PostgreSQL 13. Unset PGHOST.")
        if not may_create:
            raise Failure(f"{where} does not let this role create databases.")


class OwnServer(Server):
    """A cluster of this clone."""

    settings = SETTINGS

    def __init__(self):
        self.home = _cluster_home()
        self.data = self.home / "data"
        self.connection = {"host": str(self.home), "user": "lead_intake"}
        self._use()

    def _use(self):
        """Start the cluster unless it runs, and stop it after its last user."""
        with open(paths.LOCKS / "postgres-start.lock", "w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            self._users = open(paths.LOCKS / "postgres-users.lock", "w")
            fcntl.flock(self._users, fcntl.LOCK_SH)
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            if not self._is_running():
                self._start()
        atexit.register(self._leave, os.getpid())

    def _leave(self, process):
        if os.getpid() != process:
            return
        with open(paths.LOCKS / "postgres-start.lock", "w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            with suppress(BlockingIOError):
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop(self.home)
            self._users.close()

    def _initialise(self):
        with step("Making a PostgreSQL cluster for this clone"):
            run(
                as_owner(
                    self.home,
                    _program("initdb", self.home),
                    *("-D", self.data, "-U", "lead_intake", "-A", "trust"),
                    *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
                ),
                log=paths.LOGS / "postgres-initdb.log",
                failure="PostgreSQL could not make a cluster (see above).",
                cwd=self.home,
            )

    def _is_running(self):
        status = as_owner(self.home, _program("pg_ctl", self.home), "-D", self.data, "status")
        return not subprocess.run(status, cwd=self.home, stdout=subprocess.DEVNULL).returncode

    def _start(self):
        options = f"-k {self.home} " + " ".join(f"-c {line}" for line in self.settings)
        run(
            as_owner(
                self.home,
                _program("pg_ctl", self.home),
                *("-D", self.data, "-l", self.home / "log", "-w", "-s"),
                *("-o", options, "start"),
            ),
            failure=f"PostgreSQL did not start; its log is {self.home / 'log'}.",
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            # Without this the server would keep our output pipe open.
            stdout=subprocess.DEVNULL,
        )


def stop(home, mode="fast"):
    """Stop the cluster in a folder; nothing happens if it does not run."""
    subprocess.run(
        as_owner(
            home,
            _program("pg_ctl", home),
            *("-D", home / "data", "-m", mode, "-w", "-s", "stop"),
        ),
        cwd=home,
        stderr=subprocess.DEVNULL,
    )


def remove():
    """Stop and delete this clone's cluster, wherever its folder is."""
    home = _known_home()
    if home:
        if (home / "data").exists():
            stop(home)
        shutil.rmtree(home, ignore_errors=True)


def as_owner(home, *command):
    """The command, run as the folder's owner: PostgreSQL refuses to run as root."""
    command = [str(part) for part in command]
    if os.geteuid() == 0:
        return ["runuser", "-u", home.owner(), "--", *command]
    return command


def _known_home():
    written = paths.CACHE / "postgres-home"
    if written.exists():
        home = Path(written.read_text().strip())
        if home.is_dir():
            return home
    return None


def _cluster_home():
    """The cluster's folder: in the cache, or in /var/tmp where that can't be.

    The path of a socket may have 107 bytes; and as root the server runs as `postgres`,
    who may be kept out of the clone.
    """
    if not _programs():
        install_packages("postgresql")
    home = _known_home()
    if not home:
        wanted = paths.CACHE / "postgres"
        home = place(wanted)
        if home != wanted:
            say(f"(the PostgreSQL cluster goes to {home}; `make clean` removes it)")
        (paths.CACHE / "postgres-home").write_text(f"{home}\n")
    return home


def place(folder):
    """Make a folder for a cluster: this one, or one in /var/tmp where it can't be."""
    if len(str(folder)) > 85 or not _reachable(paths.CACHE):
        folder = Path(tempfile.mkdtemp(prefix="lead-intake-", dir="/var/tmp"))
    folder.mkdir(mode=0o700, exist_ok=True)
    give(folder)
    return folder


def give(folder):
    """As root, give a folder to the user that PostgreSQL runs as."""
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")


def _reachable(folder):
    if os.geteuid() != 0:
        return True
    test = ["runuser", "-u", "postgres", "--", "test", "-x", folder]
    return subprocess.run(test, cwd="/").returncode == 0


def _programs():
    """Folders with PostgreSQL's server programs, by version."""
    folders = {
        int(folder.parent.name): folder
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if re.fullmatch(r"\d+", folder.parent.name) and (folder / "initdb").exists()
    }
    if not folders and (found := shutil.which("initdb")):
        folders[0] = Path(found).parent
    return {version: folders[version] for version in sorted(folders)}


def _program(name, home):
    """A server program of the cluster's version, else of the newest there is."""
    programs = _programs()
    if not programs:
        raise Failure("PostgreSQL's server programs are missing: install postgresql.")
    made_with = home / "data" / "PG_VERSION"
    newest = list(programs)[-1]
    try:
        version = int(made_with.read_text())
    except (OSError, ValueError):
        version = newest
    return programs.get(version, programs[newest]) / name
