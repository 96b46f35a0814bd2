from odoo import models

from ..tools import guard
from ..tools.profile import PERSON_FIELDS

# What a lead says of a person, and where people may have written about one. The company, and all
# that figures count, says nothing of anybody.
FORGOTTEN_FIELDS = (
    "contact_name",
    "email_from",
    "email_cc",
    "phone",
    "function",
    "partner_id",
    "street",
    "street2",
    "zip",
    "website",
    "referred",
    "description",
    "initial_need",
    "need_description",
    "retrospective",
    *PERSON_FIELDS,
)


class CrmLead(models.Model):
    """Privacy: a lead is deleted with all that belongs to it. One that a closed month counted
    stays as it was counted, and forgets the person.
    """

    _inherit = "crm.lead"

    def _intake_forget_person(self):
        """Take everything about people off these leads, for good: the caller checked that the
        user may.

        What figures count stays: who sold what to which company, when, and what became of it.
        """
        # sudo and key: rows that nobody writes by hand, and leads of closed months.
        leads = guard.opened(self.sudo().with_context(tracking_disable=True))
        for lead in leads:
            names = {lead.contact_name, *lead.intake_contact_ids.mapped("name")}
            title = lead.name
            for name in filter(None, names):
                title = title.replace(name, "*")
            # The company's name would go with its contact.
            lead.write(
                {
                    **dict.fromkeys(FORGOTTEN_FIELDS, False),
                    "name": title,
                    "partner_name": lead.partner_name,
                }
            )
        leads.intake_contact_ids.unlink()
        leads.intake_step_ids.write({"person": False, "note": False})
        leads.intake_verification_ids.unlink()
        leads.activity_ids.unlink()
        for rows, names in (
            (leads.intake_follow_up_ids, self._get_intake_texts("lead.intake.follow.up")),
            (leads.intake_review_ids, ("comment", "override_reason")),
            (leads.intake_review_ids.rejection_ids, ("old_value",)),
            (leads.intake_closing_ids, ("retrospective", "reopened_reason")),
        ):
            rows.write(dict.fromkeys(names, False))
        leads._get_intake_attachments().unlink()
        leads.message_ids.unlink()
        for lead in leads:
            lead._message_log(body=self.env._("What this lead said about people was erased."))

    def _get_intake_texts(self, model):
        """Return the fields of a model in which people write freely."""
        return [
            name
            for name, field in self.env[model]._fields.items()
            if field.store and field.type in ("char", "text", "html") and not field.compute
        ]

    def _get_intake_attachments(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        )
