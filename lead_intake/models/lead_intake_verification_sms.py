import logging

from odoo import models

_logger = logging.getLogger(__name__)


class LeadIntakeVerification(models.Model):
    """The gateway: a code goes out by SMS, or we say in words why it couldn't."""

    _inherit = "lead.intake.verification"

    def _send_code(self):
        """Make a code, keep its hash and send it.

        :return: why it could not be sent, or False
        :rtype: str | bool
        """
        self.ensure_one()
        code = self._new_code()
        self._opened().write({"secret_hash": self._hash_secret(code)})
        # A second request at the same time stops here, before a message goes out.
        self.flush_recordset()
        failure = self._send_sms(code)
        if failure:
            self._end("failed", failure=failure)
        return failure

    def _get_sms_text(self, code):
        lead = self.lead_id
        reader = self.with_context(lang=lead.lang_id.code or self.env.lang)
        company = lead.company_id or self.env.company
        return reader.env._(
            "%(code)s is your confirmation code. %(company)s asks for it to be sure that this is "
            "your number. It is valid for 10 minutes.",
            code=code,
            company=company.name,
        )

    def _send_sms(self, code):
        company = self.lead_id.company_id or self.env.company
        # sudo: representatives can't write SMS. Created, sent and deleted within this
        # transaction, the message with its code is never in a table anybody can read.
        # Without the client's context, which could bring defaults.
        Sms = self.env(context={})["sms.sms"].sudo().with_company(company)
        sms = Sms.create({"number": self.value, "body": self._get_sms_text(code)})
        state, failure_type = "error", "sms_server"
        try:
            with self.env.cr.savepoint():
                sms.send(unlink_failed=False, unlink_sent=False)
                state, failure_type = sms.state, sms.failure_type
        except Exception as error:
            # Whatever a gateway answers. Not its text: it may quote the message.
            _logger.warning("The SMS gateway failed: %s", type(error).__name__)
        sms.exists().unlink()
        if state in ("process", "pending", "sent"):
            return False
        return self._get_sms_failure(failure_type)

    def _get_sms_failure(self, failure_type):
        """Say why an SMS could not be sent, and what to do.

        :param str failure_type: of ``sms.sms``
        :rtype: str
        """
        texts = {
            "sms_credit": self.env._(
                "The SMS account has no credit left. Ask an administrator to buy credit."
            ),
            "sms_acc": self.env._(
                "No SMS account is set up yet. An administrator can register one in the settings."
            ),
            "sms_number_missing": self.env._("There is no number to send the code to."),
            "sms_number_format": self.env._("The SMS gateway says this number doesn't exist."),
            "sms_country_not_supported": self.env._("The SMS gateway doesn't reach this country."),
            "sms_registration_needed": self.env._(
                "This country asks senders of SMS to register first. Ask an administrator."
            ),
            "sms_server": self.env._("The SMS gateway doesn't answer. Try again in a few minutes."),
            "sms_blacklist": self.env._("This number doesn't want to get SMS."),
            "sms_optout": self.env._("This number doesn't want to get SMS."),
            "sms_duplicate": self.env._("The SMS gateway refused to send a second message."),
        }
        return texts.get(failure_type) or self.env._("The SMS gateway didn't take the message.")
