"""`development/run COMMAND`: what the Makefile's targets call."""

import importlib
import sys

from .console import Failure

COMMANDS = {
    "demo": "demo",
    "test": "tests",
    "test-combinations": "combinations",
    "test-lifecycle": "lifecycle",
    "test-faults": "faults",
    "lint": "lint",
    "pot": "translations",
    "odoo": "odoo_command",
    "database": "database_command",
    "bench": "bench",
    "package": "package",
    "test-package": "package_tests",
    "clean": "clean",
}


def main():
    name, *arguments = sys.argv[1:] or ["help"]
    if name not in COMMANDS:
        sys.exit(f"development/run knows these commands: {', '.join(COMMANDS)}")
    module = importlib.import_module(f"development.{COMMANDS[name]}")
    try:
        sys.exit(module.main(arguments))
    except Failure as failure:
        sys.exit(f"✗ {failure}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
