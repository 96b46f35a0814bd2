"""`make package`: what others install, in dist/: a wheel, and a ZIP for the apps folder."""

import os
import subprocess
import sys
import zipfile

from . import paths
from .console import Failure, run, say, step

DIST = paths.ROOT / "dist"
# What a user's installation has no use for.
LEFT_OUT = ("pyproject.toml",)


def main(arguments):
    paths.make_folders()
    say(f"  {os.path.relpath(make_zip())}")
    say(f"  {os.path.relpath(make_wheel())}")


def version():
    manifest = (paths.ADDON / "__manifest__.py").read_text()
    return eval(manifest)["version"]  # noqa: S307, pylint: disable=eval-used


def make_zip(folder=DIST):
    """Pack the addon's files that git knows, under `lead_intake/`."""
    folder.mkdir(exist_ok=True)
    path = folder / f"lead_intake-{version()}.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in addon_files():
            archive.write(paths.ADDON / name, f"lead_intake/{name}")
    return path


def addon_files():
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=paths.ADDON,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = sorted(set(filter(None, listing.split("\0"))) - set(LEFT_OUT))
    return [name for name in names if (paths.ADDON / name).exists()]


def make_wheel(folder=DIST):
    """Build the wheel with whool, as anybody would: pip gets whool from the package index."""
    folder.mkdir(exist_ok=True)
    log = paths.LOGS / "package-wheel.log"
    with step("Building the wheel with whool"):
        run(
            [
                *(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-cache-dir"),
                *("--disable-pip-version-check", "-w", folder, paths.ADDON),
            ],
            log=log,
            failure="The wheel could not be built (see above).",
        )
    # whool counts the commits since the version was set behind it.
    wheels = sorted(
        folder.glob(f"odoo_addon_lead_intake-{version()}*.whl"),
        key=lambda wheel: wheel.stat().st_mtime,
    )
    if not wheels:
        raise Failure(f"No wheel of version {version()} in {folder}.")
    return wheels[-1]
