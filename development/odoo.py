"""Run Odoo, and make and copy databases together with their files."""

import os
import runpy
import shutil
import subprocess
from functools import partial
from types import SimpleNamespace

from . import odoo_source, paths, postgres
from .console import run

# Odoo's server refuses the role `postgres`, which may be the only one of a server that
# PGHOST names. That guards production; the databases here can be thrown away.
LAUNCHER = """
import odoo.cli.server
odoo.cli.server.check_postgres_user = lambda: None
odoo.cli.main()
"""


class Odoo:
    """Odoo 19 with a database server, ready to be run."""

    def __init__(self, server=None, config=paths.ODOO_CONFIG, addons=()):
        paths.make_folders()
        self.source = odoo_source.get()
        self.server = server or postgres.get()
        self.config = config
        self.addons = addons  # folders of more addons
        self.write_config()

    def name(self, *parts):
        """A database's name, with the suffix of this run if it has one."""
        suffix = os.environ.get("LEAD_INTAKE_DB_SUFFIX")
        return "_".join(filter(None, [self.server.prefix, *parts, suffix]))

    def write_config(self):
        """Write Odoo's configuration file."""
        addons = [*self.source.addons_paths, paths.ROOT, *self.addons]
        options = {
            "addons_path": ",".join(str(folder) for folder in addons),
            "data_dir": paths.ODOO_DATA,
            "screenshots": paths.LOGS / "screenshots",
            "db_maxconn": 16,
            "max_cron_threads": 0,
            "limit_time_real_cron": 600,
            "workers": 0,
            "list_db": False,
            "http_interface": "127.0.0.1",
            **{f"db_{name}": value for name, value in self.server.connection.items()},
        }
        lines = [f"{name} = {value}" for name, value in options.items()]
        # In one go: another run may be reading it.
        new = self.config.with_suffix(f".{os.getpid()}")
        new.write_text("\n".join(["[options]", *lines, ""]))
        new.replace(self.config)

    def command(self, *arguments):
        """A command line of Odoo; to be run in `environment`."""
        python = paths.VENV / "bin" / "python"
        command = (python, "-W", "ignore", "-c", LAUNCHER, *arguments)
        return [str(part) for part in command]

    @property
    def environment(self):
        # A machine that forbids it would have all of Odoo compiled anew at each start.
        inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        # Odoo would heed these rather than its configuration.
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER"}
        inherited |= {
            names[name]: str(value)
            for name, value in self.server.connection.items()
            if name in names
        }
        # Fetched addons lie beside the packages they need.
        folders = [str(folder.parents[1]) for folder in self.addons if folder.name == "addons"]
        if folders:
            inherited["PYTHONPATH"] = os.pathsep.join(folders)
        return {
            **inherited,
            "PYTHONPYCACHEPREFIX": str(paths.CACHE / "pycache"),
            "ODOO_RC": str(self.config),
            # The browser of the tests would leave files in the home folder.
            "XDG_CACHE_HOME": str(paths.WORK / "cache"),
            "XDG_CONFIG_HOME": str(paths.WORK / "config"),
        }

    def install(self, database, modules, *options, log):
        """Install modules into a database and stop."""
        self._stop_after("-i", database, modules, options, log)

    def upgrade(self, database, modules, *options, log):
        """Upgrade modules of a database and stop. Its views may be of an earlier commit of the same
        version, and not fit each other: they are treated as those of an earlier version are.
        """
        cursor = SimpleNamespace(execute=partial(self.server.execute, database=database))
        [*scripts] = paths.ADDON.glob("migrations/*/pre-views.py")
        runpy.run_path(str(max(scripts)))["migrate"](cursor, None)
        self._stop_after("-u", database, modules, options, log)

    def load_language(self, database, language, log):
        """Add a language. (`--load-language` would make it everybody's.)"""
        run(
            self.command("i18n", "loadlang", "-d", database, "-l", language),
            log=log,
            failure=f"Odoo could not load the language {language} (see above).",
            cwd=paths.WORK,
            env=self.environment,
            stdin=subprocess.DEVNULL,
        )

    def shell(self, database, script, log):
        """Run a script in Odoo's shell."""
        run(
            self.command("shell", "-d", database, "--no-http", "--shell-interface", "python"),
            log=log,
            failure="A script failed in Odoo's shell (see above).",
            cwd=paths.WORK,
            env=self.environment,
            input=script.encode(),
        )

    def _stop_after(self, action, database, modules, options, log):
        run(
            self.command(
                *("server", "-d", database, action, ",".join(modules)),
                *("--stop-after-init", "--no-http", *options),
            ),
            log=log,
            failure="Odoo could not install the addon (see above).",
            cwd=paths.WORK,
            env=self.environment,
            stdin=subprocess.DEVNULL,
        )

    def copy(self, template, database):
        """Make a database and its filestore as copies of another's."""
        self.server.create(database, template)
        self.drop_files(database)
        files = self.filestore(template)
        if files.exists():
            # Odoo never changes a stored file, so links do for copies.
            shutil.copytree(files, self.filestore(database), copy_function=os.link)

    def drop(self, database):
        if self.server.exists(database):
            self.server.drop(database)
        self.drop_files(database)

    def drop_files(self, database):
        shutil.rmtree(self.filestore(database), ignore_errors=True)

    def filestore(self, database):
        return paths.ODOO_DATA / "filestore" / database
