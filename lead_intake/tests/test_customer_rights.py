from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import IntakeCommon

SALES = ("rep", "supervisor", "operations", "manager")
# model → operation → who may
RIGHTS = {
    "lead.intake.contact": dict.fromkeys(("read", "write", "create", "unlink"), SALES),
    "lead.intake.decision.step": dict.fromkeys(("read", "write", "create", "unlink"), SALES),
    "lead.intake.competitor": {
        "read": SALES,
        "create": SALES,
        "write": ("supervisor", "manager"),
        "unlink": ("manager",),
    },
    "lead.intake.chain.template": {
        "read": SALES,
        "create": ("manager",),
        "write": ("manager",),
        "unlink": ("manager",),
    },
    "lead.intake.chain.template.line": {
        "read": SALES,
        "create": ("manager",),
        "write": ("manager",),
        "unlink": ("manager",),
    },
}


@tagged("post_install", "-at_install")
class TestCustomerRights(IntakeCommon):
    """Who may touch what is known of a customer."""

    def test_rights_matrix(self):
        for model, rights in RIGHTS.items():
            for operation, allowed in rights.items():
                may = {
                    name
                    for name, user in self.users.items()
                    if self.env[model].with_user(user).has_access(operation)
                }
                with self.subTest(model=model, operation=operation):
                    self.assertEqual(may, set(allowed))

    def test_employees_see_nothing(self):
        employee = self.env["res.users"].create(
            {
                "name": "Employee",
                "login": "intake_customer_employee",
                "group_ids": self.env.ref("base.group_user").ids,
            }
        )
        for model in RIGHTS:
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(employee).search([])

    def test_two_companies(self):
        lead = self._lead_in("approved")
        contact = self.env["lead.intake.contact"].create({"lead_id": lead.id, "name": "Wang"})
        step = self.env["lead.intake.decision.step"].create({"lead_id": lead.id, "name": "Owner"})
        for record in (contact, step):
            with self.subTest(model=record._name):
                there = record.with_user(self.other_supervisor)
                self.assertFalse(there.search([("id", "=", record.id)]))
                self.assertFalse(there.search_count([("lead_id", "=", lead.id)]))
                with self.assertRaises(AccessError):
                    there.read(["name"])
                with self.assertRaises(AccessError):
                    there.unlink()
