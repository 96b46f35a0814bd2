"""`make pot`: write lead_intake/i18n from the addon's source."""

import subprocess

from . import databases, paths
from .console import run, say, step
from .odoo import Odoo

I18N = paths.ADDON / "i18n"
# Of a header, only what does not change from run to run.
KEPT_METADATA = (
    "Project-Id-Version",
    "Report-Msgid-Bugs-To",
    "Language",
    "Language-Team",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Plural-Forms",
)


def main(arguments):
    odoo = Odoo()
    template = databases.test_template(odoo)
    database = odoo.name("pot")
    log = paths.LOGS / "pot.log"
    log.unlink(missing_ok=True)
    I18N.mkdir(exist_ok=True)
    known = {file: translations(file) for file in I18N.glob("*.po")}
    with step("Exporting the translatable texts"):
        odoo.copy(template, database)
        run(
            odoo.command(
                *("i18n", "export", "-d", database),
                *("-l", "pot", databases.LANGUAGE, "--", "lead_intake"),
            ),
            log=log,
            failure="Odoo could not export the texts (see above).",
            cwd=paths.WORK,
            env=odoo.environment,
            stdin=subprocess.DEVNULL,
        )
        odoo.drop(database)
    for file in sorted(I18N.glob("*.po*")):
        missing = normalise(file, known.get(file, {}))
        say(f"  {file.relative_to(paths.ROOT)}: {missing} texts without a translation")


def translations(file):
    """The translations a catalogue has, by their source."""
    import polib

    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(file)) if entry.msgstr}


def normalise(file, known):
    """Keep what was translated, and drop the dates from the header, so that a second run
    changes nothing.
    """
    import polib

    catalogue = polib.pofile(str(file))
    # Odoo reads the texts of the code from the file it is writing.
    for entry in catalogue.untranslated_entries():
        entry.msgstr = known.get(entry.msgid, "")
    catalogue.metadata = {
        name: catalogue.metadata.get(name, "")
        for name in KEPT_METADATA
        if name in catalogue.metadata
    }
    catalogue.save(str(file))
    return len(catalogue.untranslated_entries())
