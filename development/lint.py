"""`make lint`: the linters and formatters, all in pinned versions.

`make format` lets the formatters rewrite the files. pre-commit calls this too, with the
files of the commit.
"""

import os
import shutil
import subprocess
from pathlib import Path

from . import paths
from .console import Failure, locked, run, say

NODE = paths.CACHE / "node"
PRETTIER_FOLDER = paths.DEVELOPMENT / "prettier"
PRETTIER_FILES = (".js", ".json", ".scss", ".xml", ".yaml", ".yml")


def main(arguments):
    paths.make_folders()
    fix = "--fix" in arguments
    files = [
        Path(name).resolve()
        for argument in arguments
        for name in argument.split()
        if name != "--fix"
    ]
    failed = lint(files, fix)
    if failed:
        hint = "" if fix else " `make format` may put some of it right."
        raise Failure(f"These found something: {', '.join(failed)}.{hint}")
    return 0


def all_files():
    """What git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        raise Failure(f"git can't list the files: {listed.stderr.strip()}")
    names = listed.stdout.rstrip("\0").split("\0")
    return [path for name in names if (path := paths.ROOT / name).is_file()]


def lint(files=(), fix=False):
    """Run each linter on the files meant for it; the names of those that complained."""
    chosen, files = files, files or all_files()
    python = [path for path in files if path.suffix == ".py"]
    addon = [path for path in python if paths.ADDON in path.parents]
    if not chosen:
        addon = [paths.ADDON]  # as a whole: pylint-odoo compares files of an addon
    pretty = [
        path for path in files if path.suffix in PRETTIER_FILES and path.name != "package-lock.json"
    ]
    program = paths.VENV / "bin"
    ruff_check = [program / "ruff", "check", *(["--fix"] if fix else [])]
    # Concise: which files, not their whole differences.
    checked = [] if fix else ["--check", "--output-format", "concise"]
    ruff_format = [program / "ruff", "format", *checked]
    commands = {
        "ruff check": (ruff_check, python),
        "ruff format": (ruff_format, python),
        "prettier": ([*prettier(), "--write" if fix else "--check"], pretty),
        "pylint-odoo": ([program / "pylint"], addon),
    }
    environment = {**os.environ, "PYLINTHOME": str(paths.CACHE / "pylint")}
    failed = []
    for name, (command, targets) in commands.items():
        if not targets:
            continue
        say(f"→ {name}")
        command = [str(part) for part in [*command, *targets]]
        if subprocess.run(command, cwd=paths.ROOT, env=environment).returncode:
            failed.append(name)
    return failed


def prettier():
    """The command line of prettier, which is fetched if need be."""
    wanted = (PRETTIER_FOLDER / "package-lock.json").read_text()
    stamp = NODE / "made-from"
    with locked("node"):
        if not stamp.exists() or stamp.read_text() != wanted:
            shutil.rmtree(NODE, ignore_errors=True)
            shutil.copytree(PRETTIER_FOLDER, NODE)
            npm = [paths.VENV / "bin" / "npm", "ci", "--no-audit", "--no-fund"]
            run(
                [*npm, "--loglevel=error"],
                cwd=NODE,
                env=npm_environment(),
                failure="npm could not fetch prettier (see above). Is there a network?",
            )
            stamp.write_text(wanted)
    modules = NODE / "node_modules"
    return [
        *(paths.VENV / "bin" / "node", modules / "prettier/bin/prettier.cjs"),
        *("--plugin", modules / "@prettier/plugin-xml/src/plugin.js"),
        *("--log-level", "warn"),
    ]


def npm_environment():
    environment = {
        **os.environ,
        "PATH": f"{paths.VENV / 'bin'}:{os.environ['PATH']}",
        "npm_config_cache": str(NODE / "cache"),
    }
    # Node does not look at the certificates that the system trusts.
    trusted = Path("/etc/ssl/certs/ca-certificates.crt")
    if trusted.exists():
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(trusted))
    return environment
