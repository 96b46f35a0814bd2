"""`make test-combinations`: Lead Intake beside the modules a company may have as well.

Odoo's are installed together into one database, the OCA's into another that a company works with
before Lead Intake comes. All of the addon's tests, and what concerns the other modules only, run
there. Long: not a part of `make test`.
"""

from dataclasses import dataclass, field
from pathlib import Path

from . import databases, paths, wheels
from .console import say, step
from .odoo import Odoo
from .tests import Result, Suite, report, target_of

MODULES = [
    "sale_crm",
    "website_crm",
    "crm_livechat",
    "event_crm",
    "mass_mailing_crm",
    "survey_crm",
    "crm_iap_enrich",
    "crm_iap_mine",
    "hr_holidays",
    "privacy_lookup",
]
# From PyPI, each with what it needs that Odoo doesn't bring.
WHEELS = [
    "odoo-addon-crm_industry==19.0.1.0.0.3",
    "odoo-addon-partner_industry_secondary==19.0.1.0.0.4",
    "odoo-addon-base_tier_validation==19.0.1.4.6",
    "odoo-addon-queue_job==19.0.2.4.0.1",
    "openupgradelib==3.13.2",
]
OCA_MODULES = ["crm_industry", "base_tier_validation", "queue_job"]
GLUE = paths.ROOT / "glue"
# Odoo's tests of the CRM family that run beside it.
THEIRS = [
    "crm",
    "crm_iap_enrich",
    "crm_iap_mine",
    "crm_livechat",
    "crm_sms",
    "event_crm",
    "sale_crm",
    "sales_team",
    "survey_crm",
    "website_crm",
]
# They take it for granted that nothing but English is installed.
THEIRS_LEFT_OUT = ["-k", "not test_survey_with_lead_generation"]
# What another module says in its name: exported texts are those of a database of ours.
LEFT_OUT = [
    "--deselect=lead_intake/tests/test_translations.py::TestTranslations::test_template_is_current"
]
OWN_TESTS = paths.DEVELOPMENT / "combination_tests"


@dataclass
class Combination:
    """Modules beside Lead Intake, and the tests that run there.

    :ivar theirs: Odoo's modules whose own tests are run as well
    :ivar tests: what concerns the other modules only
    :ivar before: modules that are there before Lead Intake is installed, with the data of
        ``before_script``
    :ivar modules: modules that come with it; ``after_script`` sets them up
    :ivar environment: what the addon's own tests are run with
    """

    name: str
    tests: list
    modules: list = field(default_factory=list)
    before: list = field(default_factory=list)
    before_script: Path = None
    after_script: Path = None
    addons: list = field(default_factory=list)
    left_out: list = field(default_factory=list)
    environment: dict = field(default_factory=dict)
    theirs: list = field(default_factory=list)

    def run(self, targets):
        odoo = Odoo(config=paths.CACHE / f"odoo-{self.name}.conf", addons=self.addons)
        there = odoo.source.has_addon
        missing = [name for name in self.modules if not self.addons and not there(name)]
        if missing:
            say(f"(not in this Odoo: {', '.join(missing)})")
        modules = [name for name in self.modules if name not in missing]
        template = odoo.name("combination", self.name)
        log = paths.LOGS / f"{template}.log"
        log.unlink(missing_ok=True)
        with step(f"Installing Lead Intake with {', '.join([*self.before, *modules])}"):
            odoo.copy(databases.base_template(odoo), template)
            if self.before:
                odoo.install(template, self.before, log=log)
                odoo.shell(template, self.before_script.read_text(), log=log)
            odoo.install(template, ["lead_intake", *modules], log=log)
            if self.after_script:
                odoo.shell(template, self.after_script.read_text(), log=log)
        complaints = [
            line
            for line in log.read_text(errors="replace").splitlines()
            if (" WARNING " in line or " ERROR " in line)
            and ("lead_intake" in line.partition(template)[2] or " ERROR " in line)
        ]
        for line in complaints:
            say(line)
        result = Result(failed=len(complaints))
        folders = [odoo.source.addon(name) / "tests" for name in self.theirs]
        result += self._test(odoo, template, [*THEIRS_LEFT_OUT, *folders] if folders else [])
        result += self._test(odoo, template, self.tests)
        result += self._test(odoo, template, [*self.left_out, *targets], self.environment)
        odoo.drop(template)
        return result

    def _test(self, odoo, template, tests, environment=None):
        if not tests:
            return Result()
        suite = Suite(odoo, f"combined_{self.name}", tests, environment)
        suite.start(template, shown=True)
        return suite.finish()


def main(arguments):
    """Install everything and test; paths of tests instead of all of the addon's."""
    paths.make_folders()
    targets = [target_of(text) for text in arguments] or [paths.ADDON / "tests"]
    results = {}
    for combination in (
        Combination(
            "odoo",
            [OWN_TESTS / "test_privacy_lookup.py", OWN_TESTS / "test_odoo_modules.py"],
            modules=MODULES,
            after_script=OWN_TESTS / "after_odoo_modules.py",
            left_out=LEFT_OUT,
            theirs=[] if arguments else THEIRS,
        ),
        Combination(
            "oca",
            [OWN_TESTS / "test_crm_industry.py", GLUE / "lead_intake_queue_job" / "tests"],
            modules=["lead_intake_queue_job"],
            before=OCA_MODULES,
            before_script=OWN_TESTS / "before_crm_industry.py",
            addons=[wheels.fetch("oca", WHEELS), GLUE],
            # The glue's own tests look at the jobs; here what is asked for is done at once.
            environment={"QUEUE_JOB__NO_DELAY": "1"},
            left_out=LEFT_OUT,
        ),
    ):
        results[combination.name] = combination.run(targets)
    for name, result in results.items():
        report(f"Together with other modules ({name})", result)
    total = sum(results.values(), Result())
    return 1 if total.failed or not total.passed else 0
