from odoo.tests import TransactionCase, tagged

from odoo.addons.mail.tests.common import mail_new_test_user

ROLES = ("employee", "rep", "supervisor", "operations", "manager")
GROUPS = {
    "employee": "base.group_user",
    "rep": "sales_team.group_sale_salesman",
    "supervisor": "lead_intake.group_intake_supervisor",
    "operations": "lead_intake.group_intake_operations",
    "manager": "sales_team.group_sale_manager",
}
OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}
# Who may do what by the access rights: read, write, create, delete. History is written by the
# steps of the procedure only, whatever these say; each has its own tests.
#                               employee rep   superv. operat. manager
MATRIX = {
    "lead.intake.adjust":        "-    -    -    rwcd -   ",
    "lead.intake.amend":         "-    rwcd rwcd rwcd rwcd",
    "lead.intake.assign":        "-    -    rwcd -    -   ",
    "lead.intake.assign.line":   "-    -    rwcd -    -   ",
    "lead.intake.assignment":    "-    r    r    r    r   ",
    "lead.intake.attempt":       "-    -    -    -    -   ",
    "lead.intake.bring.in":      "-    -    -    -    rwcd",
    "lead.intake.calendar.day":  "r    r    r    r    rwcd",
    "lead.intake.chain.template": "-   r    r    r    rwcd",
    "lead.intake.chain.template.line": "- r r    r    rwcd",
    "lead.intake.closing":       "-    r    r    r    r   ",
    "lead.intake.competitor":    "-    rc   rwc  rc   rwcd",
    "lead.intake.contact":       "-    rwcd rwcd rwcd rwcd",
    "lead.intake.correction":    "-    -    -    -    rwcd",
    "lead.intake.criterion":     "-    -    r    -    rwcd",
    "lead.intake.deadline":      "-    r    r    r    r   ",
    "lead.intake.decision":      "-    -    rwcd -    -   ",
    "lead.intake.decision.line": "-    -    rwcd -    -   ",
    "lead.intake.decision.step": "-    rwcd rwcd rwcd rwcd",
    "lead.intake.export":        "-    -    -    rwcd rwcd",
    "lead.intake.fact":          "-    r    r    r    r   ",
    "lead.intake.fairness":      "-    -    r    r    r   ",
    "lead.intake.follow.up":     "-    r    r    r    r   ",
    "lead.intake.grade":         "-    r    r    r    rwcd",
    "lead.intake.log":           "-    rwcd rwcd rwcd rwcd",
    "lead.intake.month":         "-    -    r    rwcd r   ",
    "lead.intake.month.adjustment": "- -  r    r    r   ",
    "lead.intake.month.line":    "-    -    r    r    r   ",
    "lead.intake.notice":        "-    -    r    -    -   ",
    "lead.intake.plan":          "-    rwcd rwcd rwcd rwcd",
    "lead.intake.plan.template": "-    r    r    r    rwcd",
    "lead.intake.print.month":   "-    -    rwcd rwcd -   ",
    "lead.intake.refresh":       "-    rwcd rwcd rwcd rwcd",
    "lead.intake.refresh.line":  "-    rwcd rwcd rwcd rwcd",
    "lead.intake.rejection":     "-    r    r    r    r   ",
    "lead.intake.reopen":        "-    rwcd rwcd rwcd rwcd",
    "lead.intake.analysis":      "-    r    r    r    r   ",
    "lead.intake.review":        "-    r    r    r    r   ",
    "lead.intake.success.factor": "-    r    r    r    rwcd",
    "lead.intake.type":          "-    r    r    r    rwcd",
    "lead.intake.verification":  "-    r    r    r    r   ",
    "lead.intake.verify":        "-    rwcd rwcd rwcd rwcd",
    "lead.intake.won":           "-    rwcd rwcd rwcd rwcd",
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestRights(TransactionCase):
    """Who may do what with each model, as data; a new model without a row fails."""

    def test_every_model_has_a_row(self):
        ours = {
            name
            for name, model in self.registry.items()
            if name.startswith("lead.intake.") and not model._abstract
        }
        self.assertEqual(ours, set(MATRIX))

    def test_rights(self):
        users = {
            role: mail_new_test_user(self.env, login=f"rights_{role}", groups=group)
            for role, group in GROUPS.items()
        }
        for model, row in MATRIX.items():
            for role, rights in zip(ROLES, row.split(), strict=True):
                records = self.env[model].with_user(users[role])
                for flag, operation in OPERATIONS.items():
                    with self.subTest(model=model, role=role, operation=operation):
                        self.assertEqual(records.has_access(operation), flag in rights)
