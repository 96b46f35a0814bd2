"""`make test-package`: what a user does with the package, on databases of its own.

The wheel in a Python environment of its own, the ZIP in an addons folder, the upgrade from
earlier versions, and the removal, after which plain CRM works as before. And the demo's story.
"""

import os
import shutil
import subprocess
import tarfile
import time
import zipfile

from . import databases, package, paths
from .console import Failure, install_packages, say, show_end, step
from .odoo import LAUNCHER, Odoo

WORK = paths.CACHE / "package"
SCRIPTS = paths.DEVELOPMENT / "package_scripts"
BASELINES = paths.DEVELOPMENT / "upgrade-baselines"


class Site:
    """An Odoo as a user has it: its own configuration, addons folders and Python."""

    def __init__(self, odoo, name, addons=(), python=None):
        self.odoo = odoo
        self.python = python or paths.VENV / "bin" / "python"
        self.log = paths.LOGS / f"package-{name}.log"
        self.log.unlink(missing_ok=True)
        self.config = WORK / f"{name}.conf"
        text = paths.ODOO_CONFIG.read_text()
        folders = [*odoo.source.addons_paths, *addons]
        lines = [
            f"addons_path = {','.join(str(folder) for folder in folders)}"
            if line.startswith("addons_path")
            else line
            for line in text.splitlines()
        ]
        self.config.write_text("\n".join([*lines, ""]))

    def odoo_bin(self, *arguments, script=None):
        """Run `odoo-bin`; a warning or an error in its log is a failure."""
        start = self.log.stat().st_size if self.log.exists() else 0
        command = [self.python, "-W", "ignore", "-c", LAUNCHER, *arguments]
        with open(self.log, "ab") as log:
            finished = subprocess.run(
                [str(part) for part in command],
                cwd=paths.WORK,
                env={**self.odoo.environment, "ODOO_RC": str(self.config)},
                input=script.encode() if script else None,
                stdin=None if script else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        text = self.log.read_text(errors="replace")[start:]
        bad = [
            line
            for line in text.splitlines()
            # Debian's wkhtmltopdf says with each page what it can't do.
            if (" ERROR " in line or " WARNING " in line) and "wkhtmltopdf" not in line
        ]
        if finished.returncode or bad:
            show_end(self.log)
            for line in bad[:10]:
                say(f"  {line}")
            raise Failure(f"This failed: odoo-bin {' '.join(map(str, arguments))}")
        return text

    def shell(self, database, name):
        """Run one of our scripts in Odoo's shell; it says `<name> ok` last."""
        script = (SCRIPTS / f"{name}.py").read_text()
        text = self.odoo_bin("shell", "-d", database, "--no-http", script=script)
        if f"{name} ok" not in text:
            show_end(self.log)
            raise Failure(f"{name}.py did not come to its end (see above).")
        return text


def main(arguments):
    paths.make_folders()
    WORK.mkdir(exist_ok=True)
    install_packages("chromium", "wkhtmltopdf", "poppler-utils", "fonts-noto-cjk")
    odoo = Odoo()
    checks = {
        "wheel": check_wheel,
        "zip": check_zip,
        "upgrade": check_upgrade,
        "uninstall": check_uninstall,
        "demo": check_demo,
    }
    start = time.monotonic()
    for name in arguments or checks:
        checks[name](odoo)
    say(f"The package is sound ({time.monotonic() - start:.0f} s).")


def with_database(odoo, name, template, check):
    database = odoo.name("package", name)
    odoo.copy(template, database)
    try:
        return check(database)
    finally:
        odoo.drop(database)


def check_wheel(odoo):
    """pip install into an Odoo environment, then `odoo-bin module install lead_intake`."""
    shutil.rmtree(WORK / "dist", ignore_errors=True)
    wheel = package.make_wheel(WORK / "dist")
    python = make_environment(odoo)
    with step("Installing the wheel with pip, and the module with odoo-bin"):
        log = paths.LOGS / "package-pip.log"
        with open(log, "wb") as output:
            code = subprocess.call(
                [python, "-m", "pip", "install", "--disable-pip-version-check", wheel],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        if code:
            show_end(log)
            raise Failure("pip could not install the wheel (see above).")
        site = Site(odoo, "wheel", python=python)

        def install(database):
            site.odoo_bin("module", "install", "-d", database, "lead_intake")
            text = site.shell(database, "installed")
            if f"lead_intake from {WORK / 'venv'}" not in text:
                raise Failure("The installed addon isn't the wheel's.")

        with_database(odoo, "wheel", databases.base_template(odoo), install)


def make_environment(odoo):
    """A virtual environment that has Odoo and its dependencies, as a user's has."""
    venv = WORK / "venv"
    shutil.rmtree(venv, ignore_errors=True)
    python = venv / "bin" / "python"
    subprocess.run([paths.VENV / "bin" / "python", "-m", "venv", venv], check=True)
    (packages,) = venv.glob("lib/python*/site-packages")
    (dependencies,) = paths.VENV.resolve().glob("lib/python*/site-packages")
    folder = next(
        parent for parent in odoo.source.addon("crm").parents if parent.name == "odoo"
    ).parent
    (packages / "odoo-environment.pth").write_text(f"{dependencies}\n{folder}\n")
    # What pip leaves of an Odoo it installed; Debian's package has none.
    info = packages / "odoo-19.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n")
    (info / "INSTALLER").write_text("pip\n")
    (info / "RECORD").write_text("")
    return python


def check_zip(odoo):
    """The ZIP, unpacked into an addons folder."""
    with step("Installing the ZIP from an addons folder"):
        addons = WORK / "apps"
        shutil.rmtree(addons, ignore_errors=True)
        with zipfile.ZipFile(package.make_zip(WORK)) as archive:
            archive.extractall(addons)
        site = Site(odoo, "zip", [addons])

        def install(database):
            site.odoo_bin("module", "install", "-d", database, "lead_intake")
            text = site.shell(database, "installed")
            if f"lead_intake from {addons}" not in text:
                raise Failure("The installed addon isn't the ZIP's.")

        with_database(odoo, "zip", databases.base_template(odoo), install)


def check_upgrade(odoo):
    """From every version that was given out: nothing is lost, and the schema is the new one's."""
    current = Site(odoo, "upgrade", [paths.ROOT])
    template = databases.test_template(odoo)
    expected = with_database(odoo, "fresh", template, lambda name: schema(odoo, name))
    for line in BASELINES.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        old_version, commit = line.split()
        with step(f"Upgrading from {old_version} ({commit})"):
            old = Site(odoo, "baseline", [unpack(commit)])

            def upgrade(database, old=old):
                old.odoo_bin("module", "install", "-d", database, "lead_intake")
                old.shell(database, "baseline_story")
                # Not `module upgrade`, which reads companies before it brings their new columns.
                current.odoo_bin(
                    *("server", "-d", database, "-u", "lead_intake"),
                    *("--stop-after-init", "--no-http"),
                )
                current.shell(database, "baseline_kept")
                return schema(odoo, database)

            upgraded = with_database(odoo, "upgrade", databases.base_template(odoo), upgrade)
            if upgraded != expected:
                for line in sorted(upgraded ^ expected):
                    say(f"  {'+' if line in upgraded else '-'} {line}")
                raise Failure("An upgraded database isn't like a new one (see above).")


def unpack(commit):
    """The addon as it was in `commit`, in a folder of its own."""
    folder = WORK / f"baseline-{commit}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    archive = WORK / "baseline.tar"
    with open(archive, "wb") as output:
        code = subprocess.call(
            ["git", "archive", commit, "lead_intake"], cwd=paths.ROOT, stdout=output
        )
    if code:
        raise Failure(
            f"git doesn't know {commit}: fetch the whole history (git fetch --unshallow)."
        )
    with tarfile.open(archive) as tar:
        tar.extractall(folder)
    archive.unlink()
    return folder


def schema(odoo, database):
    """Columns, indexes and constraints of what is ours, as lines."""
    rows = odoo.server.execute(
        """
        SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type
          FROM information_schema.columns
         WHERE table_schema = 'public'
           AND (table_name LIKE '%lead_intake%' OR table_name LIKE '%intake%'
                OR table_name IN ('crm_lead', 'crm_team', 'crm_stage', 'res_partner'))
         UNION ALL
        SELECT 'index ' || indexname || ' ' || indexdef FROM pg_indexes
         WHERE schemaname = 'public' AND (tablename LIKE '%intake%' OR indexname LIKE '%intake%')
         UNION ALL
        SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
         WHERE conrelid <> 0 AND conname LIKE '%intake%'
        """,
        database=database,
    )
    return {row[0] for row in rows}


def check_uninstall(odoo):
    """Export, uninstall: plain CRM works and nothing of ours is left; then install again."""
    with step("Uninstalling, and installing again"):
        site = Site(odoo, "uninstall", [paths.ROOT])

        def uninstall(database):
            site.shell(database, "story")
            site.odoo_bin("module", "uninstall", "-d", database, "lead_intake")
            site.shell(database, "plain_crm")
            left = {line for line in schema(odoo, database) if "intake" in line}
            if left:
                raise Failure(f"This is left behind: {', '.join(sorted(left))}")
            site.odoo_bin("module", "install", "-d", database, "lead_intake")
            site.shell(database, "installed")

        with_database(odoo, "uninstall", databases.test_template(odoo), uninstall)


def check_demo(odoo):
    """The demo's story, of which Odoo says no more than a warning when it breaks off."""
    with step("Telling the demo's story"):
        site = Site(odoo, "demo", [paths.ROOT])
        template = databases.test_template(odoo)
        with_database(odoo, "demo", template, lambda name: site.shell(name, "demo_story"))


if os.environ.get("LEAD_INTAKE_KEEP"):  # to look at what a failure left
    Odoo.drop = lambda self, database: None
