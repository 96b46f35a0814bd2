from odoo import models


class CrmLead(models.Model):
    """Step 3 · Who is told that a lead changed hands: who owns it now, and who doesn't any more,
    so that the customer isn't approached twice. One message each, however many leads.
    """

    _inherit = "crm.lead"

    def _intake_tell_owners(self, before):
        """Tell each new owner in one message which leads they were given.

        :param dict before: ``{lead: user}``, the owners before
        """
        new = self.filtered(lambda lead: lead.user_id and lead.user_id != before[lead])
        for user, leads in new.grouped("user_id").items():
            if user != self.env.user:
                env = leads._get_intake_reader_env(user)
                leads.with_env(env)._intake_tell(
                    user,
                    env._("Leads given to you: %(count)s", count=len(leads)),
                    "lead_intake.assignment_digest",
                )

    def _intake_tell_former_owners(self, before):
        """Tell each former owner, who may not see the leads any more, who has them now.

        :param dict before: ``{lead: user}``, the owners before
        """
        for user, leads in self.grouped(lambda lead: before[lead]).items():
            # sudo: whether a colleague is still there is no secret.
            if user and user != self.env.user and user.sudo().active:
                env = leads._get_intake_reader_env(user)
                leads.with_env(env)._intake_tell(
                    user,
                    env._("Leads taken over from you: %(count)s", count=len(leads)),
                    "lead_intake.hand_over_digest",
                )

    def _get_intake_reader_env(self, user):
        # sudo: somebody's language, to write to them in it.
        return self.env(context=dict(self.env.context, lang=user.sudo().lang or "en_US"))

    def _intake_tell(self, user, subject, template):
        self.env["mail.thread"].message_notify(
            partner_ids=user.sudo().partner_id.ids,  # where to reach a colleague
            subject=subject,
            body=self.env["ir.qweb"]._render(template, {"leads": self}),
            email_layout_xmlid="mail.mail_notification_light",
        )
