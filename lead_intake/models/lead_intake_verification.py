import hashlib
import re
import secrets
import unicodedata
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import consteq, format_date
from odoo.tools.misc import hmac

from ..tools import guard

KINDS = [("phone", "Phone"), ("email", "E-mail")]
METHODS = [("code", "Code by SMS"), ("call", "Call"), ("link", "Link by E-mail")]
CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=10)
CODE_GUESSES = 5
USER_GUESSES = 30
LINK_LIFE = timedelta(days=3)
# A clock that is put back doesn't make a secret live longer.
CLOCK_SKEW = timedelta(minutes=2)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
SCOPE = "lead_intake.verification"


class LeadIntakeVerification(models.Model):
    """One proof that a phone number or an e-mail address belongs to the contact (step 1).

    The row names what was proven. A lead is verified while its number or address is the one a
    confirmed row names: whatever changes the number takes the verification back, and nothing
    has to notice.
    """

    _name = "lead.intake.verification"
    _inherit = "lead.intake.history"
    _description = "Contact Verification"
    _order = "requested_on desc, id desc"
    _rec_name = "value"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", ondelete="set null", index=True)
    kind = fields.Selection(KINDS, required=True, help="A phone number or an e-mail address.")
    value = fields.Char(
        string="Number or Address", required=True, help="As it was when the proof was asked for."
    )
    method = fields.Selection(
        METHODS, required=True, help="How it was proved: by a code, a link, or by calling."
    )
    state = fields.Selection(
        [
            ("sent", "Waiting"),
            ("confirmed", "Verified"),
            ("expired", "Expired"),
            ("replaced", "Replaced"),
            ("blocked", "Too Many Attempts"),
            ("failed", "Not Sent"),
        ],
        required=True,
        default="sent",
        help="Only “Verified” proves anything; the others are attempts.",
    )
    # Never the code or the token itself, and not even this for anybody.
    secret_hash = fields.Char(groups=fields.NO_ACCESS, copy=False)
    requested_by_id = fields.Many2one("res.users", ondelete="restrict")
    requested_on = fields.Datetime(required=True)
    expires_on = fields.Datetime()
    attempts = fields.Integer(help="Wrong codes that were typed.")
    confirmed_on = fields.Datetime()
    confirmed_by_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        help="Who typed the code or made the call. Empty: the customer opened the link.",
    )
    note = fields.Text(help="What a verification by call was based on.")
    failure = fields.Text(help="Why the message could not be sent.")

    _one_waiting = models.UniqueIndex(
        "(lead_id, kind) WHERE state = 'sent'", "A message was sent a moment ago."
    )
    _proof_idx = models.Index("(kind, value, lead_id) WHERE state = 'confirmed'")

    # --- secrets ---------------------------------------------------------------------------

    @api.model
    def _new_code(self):
        return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"

    def _hash_secret(self, secret):
        """Return the keyed hash of a secret, of use for this row only."""
        self.ensure_one()
        # su: the key is the database's secret; only the hash leaves this method.
        return hmac(self.env(su=True), SCOPE, (self.id, secret), hashlib.sha256)

    @api.model
    def _read_code(self, text):
        """Return the digits of what was typed, full-width or spaced ones too, or None if it
        can't be a code.
        """
        if not isinstance(text, str) or len(text) > 40:
            return None
        code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
        return code if re.fullmatch(rf"[0-9]{{{CODE_DIGITS}}}", code) else None

    # --- the life of a row -------------------------------------------------------------------

    def _opened(self):
        # sudo and key: nobody may write these rows; the step that calls us was checked itself.
        return guard.opened(self.sudo())

    @api.model
    def _open(self, lead, kind, value, method, life):
        """Begin a verification; the one that waits is replaced.

        :rtype: lead.intake.verification
        """
        now = fields.Datetime.now()
        lead.sudo().intake_verification_ids.filtered(
            lambda row: row.kind == kind and row.state == "sent"
        )._end("replaced")
        return self._opened().create(
            {
                "lead_id": lead.id,
                "company_id": lead.company_id.id,
                "kind": kind,
                "value": value,
                "method": method,
                "requested_by_id": self.env.user.id,
                "requested_on": now,
                "expires_on": now + life if life else False,
            }
        )

    def _end(self, state, **values):
        """Close rows; a secret is of no use afterwards."""
        self._opened().write({"state": state, "secret_hash": False, **values})

    def _is_alive(self):
        """Tell whether the code or link may still be used."""
        self.ensure_one()
        now = fields.Datetime.now()
        return self.state == "sent" and self.requested_on - CLOCK_SKEW <= now < self.expires_on

    def _check_code(self, text):
        """Compare a typed code with the one that was sent.

        A refusal is a result, not an error: what is written about it must stay written.

        :param str text: what was typed
        :return: ``"confirmed"``, ``"shape"`` (no six digits), ``"none"`` (no code waits),
            ``"expired"``, ``"blocked"`` (too many), ``"busy"`` (checked elsewhere) or ``"wrong"``
        :rtype: str
        """
        code = self._read_code(text)
        if not code:
            return "shape"
        if not self:
            return "none"
        self.ensure_one()
        if not self._is_alive():
            if self.state == "sent":
                self._end("expired")
            return "expired"
        if not self._take_guess():
            return "blocked"
        # Of two requests at once only one goes on.
        row = self._opened().try_lock_for_update()
        if not row:
            return "busy"
        if not consteq(row.secret_hash or "", row._hash_secret(code)):
            row.attempts += 1
            return "wrong"
        row._confirm(self.env.user)
        return "confirmed"

    def _take_guess(self):
        """Count a guess, for good; tell whether it may be made."""
        reached = self.env["lead.intake.attempt"]._take(
            [
                ("guess", self.id, CODE_GUESSES, DAY),
                ("guess_user", self.env.uid, USER_GUESSES, HOUR),
            ]
        )
        if reached == "guess":
            self._end("blocked")
        return not reached

    def _confirm(self, user=None, **values):
        self.ensure_one()
        self._end(
            "confirmed",
            confirmed_on=fields.Datetime.now(),
            confirmed_by_id=user.id if user else False,
            **values,
        )
        self._say_confirmed(user)

    def _say_confirmed(self, user):
        """Put the confirmation into the lead's history; who made it stands beside it."""
        texts = {
            "code": self.env._("%(value)s was verified with a code sent by SMS."),
            "call": self.env._("%(value)s was verified by a call: %(note)s"),
            "link": self.env._("%(value)s was confirmed by the customer."),
        }
        body = texts[self.method] % {"value": self.value, "note": self.note or ""}
        # sudo: the customer confirms as a visitor; the words are ours.
        author = (user or self.env.ref("base.user_root")).sudo().partner_id
        self.lead_id.sudo()._message_log(body=body, author_id=author.id)

    def _get_text(self):
        """Return the badge: when it was verified, and how."""
        self.ensure_one()
        day = fields.Datetime.context_timestamp(self, self.confirmed_on).date()
        date = format_date(self.env, day, date_format="medium")
        texts = {
            "code": self.env._("Verified %(date)s by code", date=date),
            "call": self.env._("Verified %(date)s by call", date=date),
            "link": self.env._("Confirmed %(date)s", date=date),
        }
        return texts[self.method]

    @api.autovacuum
    def _gc_expired(self):
        self.search(
            [("state", "=", "sent"), ("expires_on", "<=", fields.Datetime.now())], limit=10000
        )._end("expired")
