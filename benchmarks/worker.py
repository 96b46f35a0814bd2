"""What runs inside Odoo's Python, started by the command; see ``command.py``.

worker.py company DATABASE [ADDONS PATH]            make users, teams and lists there
worker.py measure SPECIFICATION RESULTS             run the items the JSON file asks for
"""

import json
import os
import sys

import odoo
from odoo.modules.registry import Registry
from odoo.tools import config


def start_odoo(addons_path=None):
    arguments = ["-c", os.environ["ODOO_RC"], "--log-level", "error", "--no-http"]
    if addons_path:
        arguments += ["--addons-path", addons_path]
    config.parse_config(arguments, setup_logging=True)


def make_company(database):
    from . import company

    with Registry(database).cursor() as cursor:
        company.make(odoo.api.Environment(cursor, odoo.api.SUPERUSER_ID, {}))


def main():
    action, *arguments = sys.argv[1:]
    if action == "company":
        database, *addons_path = arguments
        start_odoo(*addons_path)
        make_company(database)
        return
    specification, results = arguments
    with open(specification) as file:
        wanted = json.load(file)
    start_odoo(wanted.get("addons_path"))
    from . import measuring

    with open(results, "w") as file:
        json.dump(measuring.run(wanted), file, indent=1)


if __name__ == "__main__":
    main()
