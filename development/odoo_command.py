"""`development/odoo ARGUMENTS`: Odoo's own command line, set up for this clone.

`development/odoo shell -d NAME`, `development/odoo -d NAME -u lead_intake`, ...
"""

import subprocess

from . import paths
from .odoo import Odoo


def main(arguments):
    odoo = Odoo()
    if not arguments or arguments[0].startswith("-"):
        arguments = ["server", *arguments]
    return subprocess.run(odoo.command(*arguments), cwd=paths.WORK, env=odoo.environment).returncode
