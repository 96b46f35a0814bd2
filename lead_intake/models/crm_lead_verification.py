from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import arguments
from ..tools.completeness import is_placeholder
from .lead_intake_verification import CODE_LIFE, DAY, HOUR, MINUTE

# Which field of the lead holds what is proven.
VALUE_FIELDS = {"phone": "phone_sanitized", "email": "email_normalized"}


class CrmLead(models.Model):
    """Step 1 · A contact method whose validity was checked: by a code the customer reads back
    from their phone, or by a link in an e-mail.
    """

    _inherit = "crm.lead"

    intake_verification_ids = fields.One2many(
        "lead.intake.verification", "lead_id", string="Verifications"
    )
    intake_phone_verified = fields.Boolean(
        string="Phone Verified",
        compute="_compute_intake_verified",
        search="_search_intake_phone_verified",
        help="The phone number is one that the contact was proven to have.",
    )
    intake_email_verified = fields.Boolean(
        string="E-mail Verified",
        compute="_compute_intake_verified",
        search="_search_intake_email_verified",
        help="The customer confirmed the e-mail address.",
    )
    intake_contact_verified = fields.Boolean(
        string="Verified Contact Method",
        compute="_compute_intake_verified",
        search="_search_intake_contact_verified",
        help="The phone number or the e-mail address was verified.",
    )
    intake_phone_proof = fields.Char(compute="_compute_intake_verified")
    intake_email_proof = fields.Char(compute="_compute_intake_verified")

    @api.model
    def _get_intake_field_names(self):
        return (*super()._get_intake_field_names(), "intake_contact_verified")

    @api.depends(
        "phone_sanitized", "email_normalized", "intake_verification_ids.state", "use_intake"
    )
    @api.depends_context("lang", "tz")
    def _compute_intake_verified(self):
        proofs = self._get_intake_proofs() if self.env["crm.team"]._has_intake_teams() else {}
        for lead in self:
            phone, email = proofs.get(lead, (False, False))
            lead.intake_phone_verified = bool(phone)
            lead.intake_email_verified = bool(email)
            lead.intake_contact_verified = bool(phone or email)
            lead.intake_phone_proof = phone._get_text() if phone else False
            lead.intake_email_proof = email._get_text() if email else False

    def _get_intake_proofs(self):
        """Return for each lead the rows that prove its present number and address, if any.

        :return: ``{lead: (row or False, row or False)}``
        :rtype: dict
        """
        proofs = {}
        for lead in self:
            # sudo: whoever reads the lead may know whether its number was verified.
            rows = lead._origin.sudo().intake_verification_ids
            proofs[lead] = tuple(
                lead[name]
                and rows.filtered(
                    lambda row, kind=kind, value=lead[name]: (
                        row.state == "confirmed" and row.kind == kind and row.value == value
                    )
                )[:1]
                for kind, name in VALUE_FIELDS.items()
            )
        return proofs

    @api.model
    def _search_intake_phone_verified(self, operator, value):
        return self._search_intake_verified(operator, value, ["phone"])

    @api.model
    def _search_intake_email_verified(self, operator, value):
        return self._search_intake_verified(operator, value, ["email"])

    @api.model
    def _search_intake_contact_verified(self, operator, value):
        return self._search_intake_verified(operator, value, list(VALUE_FIELDS))

    @api.model
    def _search_intake_verified(self, operator, value, kinds):
        if operator != "in":
            return NotImplemented
        self.flush_model(list(VALUE_FIELDS.values()))
        self.env["lead.intake.verification"].flush_model(["state", "kind", "value", "lead_id"])
        # The leads themselves are found by the user's own rights.
        verified = SQL(
            "(SELECT lead.id FROM crm_lead lead JOIN lead_intake_verification proof "
            "ON proof.lead_id = lead.id AND proof.state = 'confirmed' AND proof.kind IN %s "
            "AND proof.value = CASE proof.kind WHEN 'phone' THEN lead.phone_sanitized "
            "ELSE lead.email_normalized END)",
            tuple(kinds),
        )
        domain = fields.Domain("id", "in", verified)
        return domain if True in value else ~domain

    # --- the steps ---------------------------------------------------------------------------

    def intake_send_phone_code(self):
        """Send a six-digit code to the lead's phone number (step 1).

        A refusal is a result, not an error: it is counted, and the history says it.

        :return: ``{"ok": bool, "message": str}``
        :rtype: dict
        :raise AccessError: if the user may not change the lead
        :raise UserError: if the lead isn't of a team that uses the procedure, or has no number
            that could be dialled
        """
        number = self._check_intake_verifiable("phone")
        limits = [
            ("sms_minute", number, 1, MINUTE),
            ("sms_hour", number, 5, HOUR),
            ("sms_day", number, 10, DAY),
            ("sms_user", self.env.uid, 20, HOUR),
            ("sms_company", (self.company_id or self.env.company).id, 200, HOUR),
        ]
        if reached := self.env["lead.intake.attempt"]._take(limits):
            return {"ok": False, "message": self._get_intake_limit_text(reached)}
        row = self.env["lead.intake.verification"]._open(self, "phone", number, "code", CODE_LIFE)
        failure = row._send_code()
        return {
            "ok": not failure,
            "message": failure
            or self.env._(
                "A code was sent to %(number)s. It is valid for 10 minutes.", number=number
            ),
        }

    def intake_check_phone_code(self, code):
        """Compare the code the customer read out with the one that was sent (step 1).

        :param str code: six digits
        :return: ``{"ok": bool, "result": str, "message": str}``, the result as
            ``lead.intake.verification._check_code`` tells it
        :rtype: dict
        :raise AccessError: if the user may not change the lead
        :raise UserError: as ``intake_send_phone_code``
        """
        number = self._check_intake_verifiable("phone")
        # sudo: the rows are nobody's to read a code from, the lead was checked above.
        row = self.sudo().intake_verification_ids.filtered(
            lambda row: row.kind == "phone" and row.method == "code" and row.state != "replaced"
        )[:1]
        # A code for another number proves nothing about this one.
        result = (row if row.value == number else row.browse()).sudo(False)._check_code(code)
        return {
            "ok": result == "confirmed",
            "result": result,
            "message": self._get_intake_code_text(result),
        }

    @arguments.takes(note=arguments.text)
    def intake_confirm_phone_by_call(self, note):
        """Record that the number was verified by calling it (step 1); marked as such.

        :param str note: who answered, what was asked
        :raise AccessError: if the user may not change the lead
        :raise UserError: if the note says nothing, or as ``intake_send_phone_code``
        """
        number = self._check_intake_verifiable("phone")
        if is_placeholder(note):
            raise UserError(self.env._("Write who answered and how you were sure of it."))
        row = self.env["lead.intake.verification"]._open(self, "phone", number, "call", None)
        row._opened()._confirm(self.env.user, note=note.strip())
        return True

    def _check_intake_verifiable(self, kind):
        """Return what is to be verified.

        :raise AccessError: if the user may not change the lead
        :raise UserError: if there is nothing to verify
        """
        self.ensure_one()
        self.check_access("write")
        if not self.use_intake:
            raise UserError(self.env._("It isn't under the lead procedure."))
        value = self[VALUE_FIELDS[kind]]
        if not value:
            raise UserError(
                self.env._("Enter a phone number that can be dialled first.")
                if kind == "phone"
                else self.env._("Enter an e-mail address first.")
            )
        return value

    def _get_intake_limit_text(self, limit):
        texts = {
            "sms_minute": self.env._("A code was sent a moment ago. Wait a minute."),
            "sms_hour": self.env._(
                "Five codes were sent to this number within an hour. Try again later, or call."
            ),
            "sms_day": self.env._(
                "Ten codes were sent to this number today. Try again tomorrow, or call."
            ),
            "sms_user": self.env._("You sent twenty codes within an hour. Try again later."),
            "sms_company": self.env._(
                "Your company sent very many codes within this hour. Try again later."
            ),
        }
        return texts[limit]

    def _get_intake_code_text(self, result):
        texts = {
            "confirmed": self.env._("The number is verified."),
            "shape": self.env._("The code has six digits."),
            "none": self.env._("No code was sent to this number. Send one first."),
            "expired": self.env._("This code can't be used any more. Send a new one."),
            "blocked": self.env._("Too many attempts. Send a new code later, or call."),
            "busy": self.env._("The code is being checked already."),
            "wrong": self.env._("This isn't the code that was sent."),
        }
        return texts[result]

    def _intake_move_verifications(self, head):
        """Let the surviving lead keep what was proven of the merged ones: it counts if it takes
        over the number or the address as well. Codes on their way are of no use any more.
        """
        # sudo: rows that nobody may write move along with their lead.
        rows = self.sudo().intake_verification_ids
        rows.filtered(lambda row: row.state == "sent")._end("replaced")
        rows._opened().write({"lead_id": head.id})

    # --- buttons -----------------------------------------------------------------------------

    def action_intake_verify_phone(self):
        """Open the dialog that verifies the phone number."""
        return self._action_intake_verify("phone")

    def _action_intake_verify(self, kind):
        self._check_intake_verifiable(kind)
        wizard = self.env["lead.intake.verify"].create({"lead_id": self.id, "kind": kind})
        return wizard._reopen()
