from odoo import api, fields, models


class LeadIntakeVerify(models.TransientModel):
    """The dialog beside the phone number and the e-mail address (step 1)."""

    _name = "lead.intake.verify"
    _inherit = "lead.intake.dialog"
    _description = "Verify a Contact Method"

    lead_id = fields.Many2one("crm.lead", required=True, readonly=True, ondelete="cascade")
    kind = fields.Selection([("phone", "Phone"), ("email", "E-mail")], required=True, readonly=True)
    value = fields.Char(compute="_compute_value")
    step = fields.Selection(
        [("start", "Start"), ("code", "Code"), ("call", "Call"), ("done", "Done")],
        default="start",
        required=True,
        readonly=True,
    )
    # What is typed here is looked at and forgotten: no table keeps it.
    code = fields.Char(compute="_compute_code", inverse="_inverse_code", help="Six digits.")
    note = fields.Text(string="Who Answered")
    message = fields.Char(readonly=True)
    is_problem = fields.Boolean(readonly=True)

    @api.depends("lead_id", "kind")
    def _compute_value(self):
        for wizard in self:
            lead = wizard.lead_id
            wizard.value = lead.phone_sanitized if wizard.kind == "phone" else lead.email_normalized

    def _compute_code(self):
        self.code = False

    def _inverse_code(self):
        for wizard in self.filtered("code"):
            result = wizard.lead_id.intake_check_phone_code(wizard.code)
            wizard._tell(result, "done" if result["ok"] else "code")

    def action_send(self):
        """Send the code or the link.

        :raise UserError: if there is no number or address to send it to
        """
        self.ensure_one()
        if self.kind == "email":
            result = self.lead_id.intake_send_email_link()
        else:
            result = self.lead_id.intake_send_phone_code()
        after = "done" if self.kind == "email" else "code"
        self._tell(result, after if result["ok"] else self.step)
        return self._reopen()

    def action_check(self):
        """Show what became of the code, which was looked at when it was saved."""
        self.ensure_one()
        return self._reopen()

    def action_call(self):
        """Ask for the note of a verification by call."""
        self.ensure_one()
        self.write({"step": "call", "message": False})
        return self._reopen()

    def action_back(self):
        """Go back to sending a code."""
        self.ensure_one()
        self.write({"step": "start", "message": False})
        return self._reopen()

    def action_confirm_call(self):
        """Record the verification by call.

        :raise UserError: if the note says nothing
        """
        self.ensure_one()
        self.lead_id.intake_confirm_phone_by_call(self.note)
        return {"type": "ir.actions.act_window_close"}

    def _tell(self, result, step):
        self.write({"message": result["message"], "is_problem": not result["ok"], "step": step})

    def _reopen(self):
        titles = {
            "phone": self.env._("Verify the Phone Number"),
            "email": self.env._("Confirm the E-mail Address"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[self.kind],
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
