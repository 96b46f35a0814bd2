"""`make test-combinations`: Lead Intake beside the modules a company may have as well.

Odoo's are installed together into one database, the OCA's into another that a company works with
before Lead Intake comes. A part of the addon's tests, and what concerns the other modules only,
runs there. Long: not a part of `make test`.
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
# Each step of the procedure, and every path into it.
TESTS = [
    "test_registration.py",
    "test_review.py",
    "test_paths.py",
    "test_assignment.py",
    "test_stage_gate.py",
    "test_requirement.py",
    "test_customer_profile.py",
    "test_duplicates.py",
    "test_email_verification.py",
    "test_won.py",
    "test_lost.py",
    "test_closing_review.py",
    "test_rights.py",
]
# With event_crm, Odoo itself lets nobody copy a lead who isn't of its registration desk.
LEFT_OUT = [
    f"--deselect=lead_intake/tests/{name}"
    for name in (
        "test_registration.py::TestRegistration::test_copy_of_a_won_lead_starts_over",
        "test_registration.py::TestRegistrationLeads::test_copy_of_a_won_lead_starts_over",
        "test_duplicates.py::TestDuplicates::test_block_refuses_on_every_path",
    )
]
OWN_TESTS = paths.DEVELOPMENT / "combination_tests"


@dataclass
class Combination:
    """Modules beside Lead Intake, and the tests that run there.

    :ivar before: modules that are there, with a script's data, before Lead Intake is installed
    :ivar modules: modules that come with it
    """

    name: str
    tests: list
    modules: list = field(default_factory=list)
    before: list = field(default_factory=list)
    script: Path = None
    addons: list = field(default_factory=list)
    left_out: list = field(default_factory=list)

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
                odoo.shell(template, self.script.read_text(), log=log)
            odoo.install(template, ["lead_intake", *modules], log=log)
        complaints = [
            line
            for line in log.read_text(errors="replace").splitlines()
            if (" WARNING " in line or " ERROR " in line)
            and ("lead_intake" in line.partition(template)[2] or " ERROR " in line)
        ]
        for line in complaints:
            say(line)
        suite = Suite(odoo, f"combined_{self.name}", [*self.left_out, *self.tests, *targets])
        suite.start(template, shown=True)
        result = suite.finish()
        odoo.drop(template)
        return result + Result(failed=len(complaints))


def main(arguments):
    """Install everything and test; `names` of test files instead of the usual ones."""
    paths.make_folders()
    targets = [target_of(text) for text in arguments] or [
        paths.ADDON / "tests" / name for name in TESTS
    ]
    results = {}
    for combination in (
        Combination(
            "odoo", [OWN_TESTS / "test_privacy_lookup.py"], modules=MODULES, left_out=LEFT_OUT
        ),
        Combination(
            "oca",
            [OWN_TESTS / "test_crm_industry.py", GLUE / "lead_intake_queue_job" / "tests"],
            modules=["lead_intake_queue_job"],
            before=OCA_MODULES,
            script=OWN_TESTS / "before_crm_industry.py",
            addons=[wheels.fetch("oca", WHEELS), GLUE],
        ),
    ):
        results[combination.name] = combination.run(targets)
    for name, result in results.items():
        report(f"Together with other modules ({name})", result)
    total = sum(results.values(), Result())
    return 1 if total.failed or not total.passed else 0
