"""`development/run database list|drop NAME...`: the databases this clone made."""

from .console import Failure, say
from .odoo import Odoo


def main(arguments):
    odoo = Odoo()
    action, *names = arguments or ["list"]
    if action == "list":
        for name in odoo.server.databases():
            say(name)
    elif action == "drop":
        for name in names:
            odoo.drop(name)
    else:
        raise Failure("development/run database list, or: drop NAME...")
