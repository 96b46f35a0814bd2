from odoo import api, models
from odoo.exceptions import UserError

# What a message says, of what, when and by whom.
SAID = frozenset(
    {
        "attachment_ids",
        "author_guest_id",
        "author_id",
        "body",
        "create_date",
        "create_uid",
        "date",
        "email_from",
        "message_type",
        "model",
        "parent_id",
        "res_id",
        "subject",
        "subtype_id",
        "tracking_value_ids",
    }
)


class MailMessage(models.Model):
    """What is noted by itself in the chatter of a lead under the procedure stays as it was noted:
    who changed what, which decision was made. Odoo lets whoever may change a lead rewrite it all.
    """

    _inherit = "mail.message"

    def write(self, vals):
        if SAID.intersection(vals):
            self._intake_check_noted()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_noted(self):
        self._intake_check_noted()

    def _intake_check_noted(self):
        # su: a merge moves the chatter, and it goes with a lead that is deleted.
        if self.env.su or not self.env["crm.team"]._has_intake_history():
            return
        # sudo: what kind of message it is decides what may be done with it.
        noted = self.sudo().filtered(
            lambda message: message.model == "crm.lead" and message.message_type == "notification"
        )
        leads = self.env["crm.lead"].sudo().browse(noted.mapped("res_id")).exists()
        # What left the procedure may come back, and has a history as well.
        leads = leads.filtered(lambda lead: lead.intake_state or lead.intake_deadline_ids)
        if leads:
            raise UserError(
                self.env._(
                    "What was noted on “%(lead)s” by itself stays. Write a note of your own to say "
                    "more.",
                    lead=leads[0].name,
                )
            )
