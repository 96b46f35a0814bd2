"""Get Odoo 19: a checkout named by ODOO_PATH, or else Debian's package `odoo-19`.

The package is only downloaded and unpacked into `.cache`, never installed. It is in
Debian's unstable suite, which few machines have among their package sources, so apt is
run on private folders with one more source: the same mirror, another suite.
"""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .console import Failure, locked, run, step

APT = paths.CACHE / "apt"
TREE = paths.CACHE / "odoo"
DONE = TREE / "unpacked"
PACKAGE = "odoo-19"
# Odoo's package links to files of these.
LINKED_PACKAGES = [
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
]
# Distribution: its suite that carries the package, component, archive keys.
SUITES = {
    "Debian": ("sid", "main", "debian-archive-keyring"),
    "Ubuntu": ("devel", "universe", "ubuntu-archive-keyring"),
}
ADVICE = (
    "Check the network and try again, or get Odoo 19 yourself and name its folder:"
    " ODOO_PATH=/path/to/odoo make ..."
)


@dataclass
class Source:
    """An Odoo on this machine."""

    python_path: Path  # the folder that holds the Python package `odoo`
    version: str  # changes when its code does

    @property
    def addons_paths(self):
        """Its addons folders: a checkout has two; the package has all in one."""
        inner = self.python_path / "odoo" / "addons"
        if (inner / "crm").is_dir():
            return [inner]
        return [self.python_path / "addons", inner]

    def has_addon(self, name):
        return any((folder / name).is_dir() for folder in self.addons_paths)

    def addon(self, name):
        """The folder of one of its addons."""
        for folder in self.addons_paths:
            if (folder / name).is_dir():
                return folder / name
        raise Failure(f"This Odoo has no addon {name}.")


def get():
    """The Odoo to work with; downloaded if need be."""
    named = os.environ.get("ODOO_PATH")
    source = _checkout(Path(named)) if named else _package()
    _make_importable(source)
    return source


def _checkout(folder):
    folder = folder.expanduser().resolve()
    release = folder / "odoo" / "release.py"
    if not release.is_file():
        raise Failure(f"ODOO_PATH is {folder}, but there is no odoo/release.py in it.")
    match = re.search(r"^version_info = \((\d+), *(\d+)", release.read_text(), re.M)
    if not match or match.groups() != ("19", "0"):
        raise Failure(f"ODOO_PATH is {folder}, which is not an Odoo 19.0.")
    head = subprocess.run(
        ["git", "-C", folder, "rev-parse", "HEAD"], capture_output=True, text=True
    )
    return Source(folder, f"{folder} {head.stdout.strip()}")


def _package():
    with locked("odoo"):
        if not DONE.exists():
            _download_and_unpack()
        return Source(TREE / "usr/lib/python3/dist-packages", DONE.read_text().strip())


def _download_and_unpack():
    debs = APT / "debs"
    debs.mkdir(parents=True, exist_ok=True)
    if not list(debs.glob(f"{PACKAGE}_*.deb")):
        _download(debs)
    with step("Unpacking Odoo 19"):
        for deb in sorted(debs.glob("*.deb")):
            run(["dpkg", "-x", deb, TREE], failure=f"{deb} is damaged; delete it.")
        _fill_gap()
        # The package carries all addons twice; pytest stumbles over the second copy.
        shutil.rmtree(TREE / "usr/lib/python3/dist-packages/addons", ignore_errors=True)
        for metadata in (TREE / "usr/lib/python3/dist-packages").glob("*.egg-info"):
            # Else pip counts on Odoo's own list of dependencies, which has more.
            shutil.rmtree(metadata)
    DONE.write_text(next(debs.glob(f"{PACKAGE}_*.deb")).name + "\n")


def _fill_gap():
    """Put an empty file where Debian left one out (blurred background in video calls).

    Without it each page logs an error, and each browser test fails.
    """
    static = TREE / "usr/lib/python3/dist-packages/odoo/addons/mail/static"
    missing = static / "lib/selfie_segmentation/selfie_segmentation.js"
    if not missing.exists():
        missing.parent.mkdir(parents=True, exist_ok=True)
        missing.touch()


def _download(folder):
    with step("Looking for Odoo 19 at this machine's package mirror"):
        sources = _write_sources()
        _apt("update", sources=sources)
    with step("Downloading Odoo 19 (120 MB)"):
        # Elsewhere first: an interrupted download must not look like a whole one.
        with tempfile.TemporaryDirectory(dir=APT) as incoming:
            _apt("download", PACKAGE, *LINKED_PACKAGES, sources=sources, cwd=incoming)
            for deb in Path(incoming).iterdir():
                deb.rename(folder / deb.name)


def _write_sources():
    """A package source for the suite with Odoo 19, at the mirror apt already uses."""
    _apt("update")
    listed = _apt(
        "indextargets",
        "--format",
        "$(ORIGIN)|$(LABEL)|$(REPO_URI)",
        "Created-By: Packages",
    )
    for line in listed.splitlines():
        origin, label, mirror = line.split("|", 2)
        if origin == label and origin in SUITES:
            break
    else:
        raise Failure(f"apt names no mirror of Debian or Ubuntu on this machine. {ADVICE}")
    suite, component, keyring = SUITES[origin]
    keys = [
        key
        for suffix in (".gpg", ".pgp")
        if (key := Path(f"/usr/share/keyrings/{keyring}{suffix}")).exists()
    ]
    if not keys:
        raise Failure(f"The package {keyring} is missing: apt-get install {keyring}")
    file = APT / "odoo.sources"
    file.write_text(
        f"Types: deb\nURIs: {mirror}\nSuites: {suite}\n"
        f"Components: {component}\nSigned-By: {keys[0]}\n"
    )
    return file


def _apt(command, *arguments, sources=None, cwd=None):
    """Run apt on folders of its own: it needs no root and changes nothing outside."""
    state = APT / ("machine" if sources is None else "odoo")
    for folder in (state / "lists/partial", state / "cache/archives/partial"):
        folder.mkdir(parents=True, exist_ok=True)
    options = {
        "Dir::State::Lists": state / "lists",
        "Dir::Cache": state / "cache",
        "Acquire::Retries": 3,
        "Acquire::Languages": "none",
        "APT::Update::Error-Mode": "any",
    }
    if os.geteuid() == 0:
        # apt's own download user can't write below a private folder.
        options["APT::Sandbox::User"] = "root"
    if sources is not None:
        options["Dir::Etc::SourceList"] = sources
        options["Dir::Etc::SourceParts"] = "/nonexistent"
    tool = ["apt-get", "-q"]
    for key, value in options.items():
        tool += ["-o", f"{key}={value}"]
    try:
        finished = subprocess.run(
            [*tool, command, *arguments], cwd=cwd, capture_output=True, text=True
        )
    except FileNotFoundError:
        raise Failure(f"There is no apt-get here. {ADVICE}") from None
    if finished.returncode:
        raise Failure(
            f"apt-get {command} {' '.join(arguments)} failed:\n{finished.stderr.strip()}\n{ADVICE}"
        )
    return finished.stdout


def _make_importable(source):
    """Name the source in the virtual environment, as an installed package would be."""
    site = next((paths.VENV / "lib").glob("python3*/site-packages"))
    link = site / "odoo.pth"
    text = f"{source.python_path}\n"
    if not link.exists() or link.read_text() != text:
        link.write_text(text)
