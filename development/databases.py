"""The databases that tests and other runs copy instead of installing everything anew.

Base template: Odoo's addons and Chinese; made once for a version of Odoo.
Addon template: a copy of it with Lead Intake; made anew when the addon changed.
"""

import ast
import hashlib

from . import paths
from .console import locked, step

# The addons whose own test suites are run too, and Odoo's lint tests.
BASE_MODULES = ["crm", "crm_sms", "sales_team", "base_automation", "test_lint"]
LANGUAGE = "zh_CN"
KEPT_TEMPLATES = 6


# As Odoo does for its own tests: else each class of browser tours compiles all scripts and
# styles anew, since what it stores is rolled back after it.
BUNDLES = """
env["ir.qweb"]._pregenerate_assets_bundles()
env.cr.commit()
"""
# Run while the addon is installed: what they do is in the database.
INSTALLING = ("hooks.py", "demo", "migrations")


def addon_fingerprint():
    """Changes when something does that an installation reads.

    Of Python that is what it declares: a database is as good after a method's body changed.
    """
    digest = hashlib.sha256()
    for path in sorted(paths.ADDON.rglob("*")):
        folders = path.relative_to(paths.ADDON).parts
        if path.suffix in (".pyc", ".pot", ".md", ".rst") or not path.is_file():
            continue
        if folders[0] in ("tests", "static", "readme"):
            continue
        digest.update(str(folders).encode())
        if path.suffix == ".py" and folders[0] not in INSTALLING:
            digest.update(_declarations(path))
        else:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _declarations(path):
    """A Python file without the bodies of its functions."""
    source = path.read_text(encoding="utf-8")
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source.encode()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not _is_default(node):
            node.body = [ast.Pass()]
    return ast.dump(tree).encode()


def _is_default(function):
    """Whether it may fill columns when they are made."""
    return function.name.startswith(("_default", "_compute", "_init", "init", "_register_hook"))


def test_template(odoo):
    """The template with the addon, without demo data."""
    base = base_template(odoo)
    name = f"{odoo.server.prefix}_addon_{_digest(base, addon_fingerprint())}"
    with locked(name):
        if name not in odoo.server.databases():
            with step("Installing Lead Intake into a template database"):
                log = paths.LOGS / "template-addon.log"
                _build(odoo, name, base, ["lead_intake"], log, BUNDLES)
            _drop_old_templates(odoo)
    return name


def base_template(odoo):
    """The template of Odoo's addons alone."""
    key = _digest(odoo.source.version, *BASE_MODULES, LANGUAGE)
    name = f"{odoo.server.prefix}_base_{key}"
    with locked(name):
        if name not in odoo.server.databases():
            with step("Installing Odoo's addons into a template database (1 to 2 min)"):
                log = paths.LOGS / "template-base.log"
                _build(odoo, name, "template0", BASE_MODULES, log)
    return name


def _build(odoo, name, template, modules, log, script=None):
    """Install under another name, so that an interrupted run leaves no half template."""
    log.unlink(missing_ok=True)
    draft = f"{name}_draft"
    odoo.copy(template, draft)
    odoo.install(draft, modules, log=log)
    if template == "template0":
        odoo.load_language(draft, LANGUAGE, log=log)
    if script:
        odoo.shell(draft, script, log=log)
    odoo.drop_files(name)
    files = odoo.filestore(draft)
    if files.exists():
        files.rename(odoo.filestore(name))
    odoo.server.rename(draft, name)


def _drop_old_templates(odoo):
    """Keep the newest few: colleagues may be testing other states of the addon."""
    start = f"{odoo.server.prefix}_addon_"
    names = [
        name
        for name in odoo.server.databases()
        if name.startswith(start) and not name.endswith("_draft")
    ]
    for name in names[:-KEPT_TEMPLATES]:
        odoo.drop(name)


def _digest(*texts):
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:8]
