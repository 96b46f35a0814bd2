"""What users would pick instead, from the OCA.

base_tier_validation needs a line of glue to work on leads, ``rivals/bench_tier_lead``.
"""

import hashlib
from pathlib import Path

from development import paths, wheels

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
    """Fetch the wheels."""
    wheels.fetch(FOLDER.name, WHEELS)


def addons_path(odoo):
    """All addons folders, the rivals' as well."""
    folders = [*odoo.source.addons_paths, paths.ROOT]
    oca = FOLDER / "odoo" / "addons"
    if oca.exists():
        folders += [oca, GLUE]
    return ",".join(str(folder) for folder in folders)


def options(odoo):
    return ("--addons-path", addons_path(odoo))
