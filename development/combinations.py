"""`make test-combinations`: Lead Intake beside the modules a company may have as well.

All are installed together into one database; a part of the addon's tests, and what concerns the
other modules only, runs there. Long: not a part of `make test`.
"""

from . import databases, paths
from .console import say, step
from .odoo import Odoo
from .tests import Result, Suite, report

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
    f"--deselect=lead_intake/tests/test_registration.py::{name}::test_copy_of_a_won_lead_starts_over"
    for name in ("TestRegistration", "TestRegistrationLeads")
]
OWN_TESTS = paths.DEVELOPMENT / "combination_tests"


def main(arguments):
    """Install everything and test; `names` of test files instead of the usual ones."""
    paths.make_folders()
    odoo = Odoo()
    modules = [name for name in MODULES if odoo.source.has_addon(name)]
    missing = sorted(set(MODULES) - set(modules))
    if missing:
        say(f"(not in this Odoo: {', '.join(missing)})")
    template = odoo.name("combination")
    log = paths.LOGS / f"{template}.log"
    log.unlink(missing_ok=True)
    with step(f"Installing Lead Intake with {', '.join(modules)}"):
        odoo.copy(databases.base_template(odoo), template)
        odoo.install(template, ["lead_intake", *modules], log=log)
    complaints = [
        line
        for line in log.read_text(errors="replace").splitlines()
        if "lead_intake" in line and (" WARNING " in line or " ERROR " in line)
    ]
    for line in complaints:
        say(line)
    targets = arguments or [paths.ADDON / "tests" / name for name in TESTS]
    suite = Suite(odoo, "combined", [*LEFT_OUT, OWN_TESTS, *targets])
    suite.start(template, shown=True)
    result = suite.finish()
    odoo.drop(template)
    report("Together with other modules", result)
    result += Result(failed=len(complaints))
    return 1 if result.failed or not result.passed else 0
