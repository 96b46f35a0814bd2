import ipaddress
import logging
import secrets

from odoo import api, models
from odoo.tools import consteq
from odoo.tools.misc import hash_sign, verify_hash_signed

from .lead_intake_verification import DAY, HOUR

_logger = logging.getLogger(__name__)
LINK_SCOPE = "lead_intake.verification.link"
TOKEN_LENGTH = 400


class LeadIntakeVerification(models.Model):
    """The link: signed, of use once and for three days, and only by pressing the button on the
    page it opens; programs that look into mail open links, they press nothing.
    """

    _inherit = "lead.intake.verification"

    def _get_link(self, nonce):
        # su: the key is the database's secret; only the signature leaves this method.
        token = hash_sign(self.env(su=True), LINK_SCOPE, [self.id, nonce])
        return f"{self.lead_id.get_base_url()}/lead/confirm/{token}"

    def _send_link(self):
        """Make a link, keep its hash and send it.

        :return: why it could not be sent, or False
        :rtype: str | bool
        """
        self.ensure_one()
        nonce = secrets.token_urlsafe(24)
        self._opened().write({"secret_hash": self._hash_secret(nonce)})
        self.flush_recordset()
        failed = True
        try:
            with self.env.cr.savepoint():
                mail = self._create_link_mail(nonce)
                mail.send(raise_exception=False)
                left = mail.exists()
                failed = left.state in ("exception", "outgoing", "cancel") if left else False
                left.unlink()
        except Exception as error:
            # Whatever a mail server answers. Not its text: it may quote the message.
            _logger.warning("The confirmation could not be sent: %s", type(error).__name__)
        if not failed:
            return False
        failure = self.env._(
            "The message could not be sent. Check the address, or ask an administrator to look "
            "at the outgoing mail server."
        )
        self._end("failed", failure=failure)
        return failure

    def _create_link_mail(self, nonce):
        """Write the message with the link, to nobody but the address that is to be confirmed.

        Not by a mail template: in Odoo every employee may edit those, and would send the link to
        themselves. For the same reason the client's context stays outside.

        :rtype: mail.mail
        """
        requester = self.requested_by_id.sudo()  # who asks is told to the customer
        company = (self.company_id or requester.company_id).sudo()  # as above
        lang = self.lead_id.lang_id.code or requester.lang
        record = self.with_env(self.env(context={"lang": lang}))
        body = record.env["ir.qweb"]._render(
            "lead_intake.confirm_message",
            {
                "greeting": record.env._("Hello %(contact)s,", contact=self.lead_id.contact_name)
                if self.lead_id.contact_name
                else record.env._("Hello,"),
                "question": record.env._(
                    "%(person)s of %(company)s would like to be sure that messages reach you at "
                    "this address. Please open the page and press the button on it:",
                    person=requester.name,
                    company=company.name,
                ),
                "link": record._get_link(nonce),
            },
        )
        # sudo: the words are ours, and the message with its link is nobody's to read: it is
        # sent and deleted within this transaction.
        record = record.sudo()
        return record.env["mail.mail"].create(
            {
                "subject": record.env._("Please confirm your e-mail address"),
                "body_html": record.env["mail.render.mixin"]._render_encapsulate(
                    "mail.mail_notification_light",
                    body,
                    add_context={"company": company},
                    context_record=record,
                ),
                "email_to": self.value,
                "email_from": requester.email_formatted or company.email_formatted,
                "auto_delete": True,
            }
        )

    @api.model
    def _read_link(self, token):
        """Return the id of the row and the nonce a token is signed for, or None.

        :param str token: what stood in the address of the page
        """
        if not isinstance(token, str) or len(token) > TOKEN_LENGTH:
            return None
        try:
            # su: as above.
            values = verify_hash_signed(self.env(su=True), LINK_SCOPE, token)
        except (ValueError, IndexError, OverflowError):
            return None  # garbage
        return tuple(values) if values else None

    @api.model
    def _get_link_company(self, token):
        """Return whose page it is: of the company that sent the link, else the visitor's."""
        found = self._read_link(token)
        # sudo: a visitor reads nothing; the company is the one that wrote to them.
        row = self.sudo().browse(found[0] if found else []).exists()
        return row.company_id or self.env.company.sudo()

    @api.model
    def _get_visitor(self, address):
        """Return what is counted as one visitor: the address, or the network it is a part of
        where every visitor has one to themselves.
        """
        try:
            found = ipaddress.IPv6Address(address)
        except ValueError:
            return str(address)
        return str(found.ipv4_mapped or ipaddress.IPv6Network((int(found), 64), strict=False))

    @api.model
    def _confirm_link(self, token, address):
        """Confirm the e-mail address a link was sent to (step 1).

        :param str token: as ``_read_link``
        :param str address: the visitor's IP address
        :return: ``"confirmed"``, ``"limited"``, or ``"refused"`` whatever is wrong with the link
        :rtype: str
        """
        found = self._read_link(token)
        visitor = self._get_visitor(address)
        limits = [("link_ip", visitor, 20, HOUR), ("link_ip_day", visitor, 60, DAY)]
        if found:
            limits.append(("link", found[0], 10, HOUR))
        if self.env["lead.intake.attempt"]._take(limits):
            return "limited"
        if not found:
            return "refused"
        # sudo: whoever has the link proves what it was sent for, and reads nothing.
        row = self.sudo().browse(found[0]).exists()
        if row.kind != "email" or not row._is_alive():
            return "refused"
        # Of two requests at once only one goes on.
        row = row._opened().try_lock_for_update()
        if not row or row.lead_id.email_normalized != row.value:
            return "refused"
        if not consteq(row.secret_hash or "", row._hash_secret(found[1])):
            return "refused"
        row._confirm()
        return "confirmed"
