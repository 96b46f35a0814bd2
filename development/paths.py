"""Where things are. All that is made here lies in `.cache`, which git ignores."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "lead_intake"
DEVELOPMENT = ROOT / "development"
CACHE = ROOT / ".cache"
VENV = CACHE / "venv"
LOGS = CACHE / "logs"
LOCKS = CACHE / "locks"
# Odoo runs with this as its working directory: inside an addons folder the addon
# `calendar` would hide Python's module of that name.
WORK = CACHE / "work"
ODOO_DATA = CACHE / "odoo-data"
ODOO_CONFIG = CACHE / "odoo.conf"


def make_folders():
    for folder in (CACHE, LOGS, LOCKS, WORK, ODOO_DATA):
        folder.mkdir(parents=True, exist_ok=True)
