"""What users would pick instead, from the OCA: fetched from PyPI into a private folder.

base_tier_validation needs a line of glue to work on leads, ``rivals/bench_tier_lead``.
"""

import hashlib
from pathlib import Path

from development import paths
from development.console import run, step

WHEELS = [
    "odoo-addon-base_tier_validation==19.0.1.4.6",
    "odoo-addon-helpdesk_mgmt==19.0.1.3.2",
    "odoo-addon-helpdesk_mgmt_sla==19.0.1.0.0.4",
]
ADDONS = ["bench_tier_lead", "helpdesk_mgmt_sla"]
FOLDER = paths.CACHE / "rivals"
GLUE = Path(__file__).parent / "rivals"


def fingerprint():
    """Changes when the rivals or the glue do."""
    texts = [*WHEELS, *(path.read_text() for path in sorted(GLUE.rglob("*.py")))]
    return hashlib.sha256("".join(texts).encode()).hexdigest()[:12]


def install():
    """Fetch the wheels. Nothing is installed into the virtual environment."""
    made_from = FOLDER / "made-from"
    if made_from.exists() and made_from.read_text() == "\n".join(WHEELS):
        return
    with step("Fetching the rivals from PyPI"):
        run(
            [
                *(paths.VENV / "bin" / "python", "-m", "pip", "install", "-q", "--no-deps"),
                *("--disable-pip-version-check", "--upgrade", "--target", FOLDER, *WHEELS),
            ],
            failure="pip could not fetch the rivals (see above).",
        )
        made_from.write_text("\n".join(WHEELS))


def addons_path(odoo):
    """All addons folders, the rivals' as well."""
    folders = [*odoo.source.addons_paths, paths.ROOT]
    oca = FOLDER / "odoo" / "addons"
    if oca.exists():
        folders += [oca, GLUE]
    return ",".join(str(folder) for folder in folders)


def options(odoo):
    return ("--addons-path", addons_path(odoo))
