"""Other people's addons, fetched from PyPI into private folders; never into the environment."""

from . import paths
from .console import run, step


def fetch(name, wheels):
    """Fetch wheels into a folder of `.cache`, unless they are there.

    :param name: of the folder
    :param wheels: requirements with their versions; what they need themselves isn't fetched
    :return: the addons folder in it; the Python packages lie two folders above
    """
    folder = paths.CACHE / name
    made_from = folder / "made-from"
    wanted = "\n".join(wheels)
    if not made_from.exists() or made_from.read_text() != wanted:
        with step(f"Fetching from PyPI: {', '.join(wheels)}"):
            run(
                [
                    *(paths.VENV / "bin" / "python", "-m", "pip", "install", "-q", "--no-deps"),
                    *("--disable-pip-version-check", "--upgrade", "--target", folder, *wheels),
                ],
                failure="pip could not fetch them (see above).",
            )
            made_from.write_text(wanted)
    return folder / "odoo" / "addons"
