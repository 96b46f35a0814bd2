import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import hmac

KEPT = timedelta(days=2)


class LeadIntakeAttempt(models.Model):
    """What was tried how often: codes sent, codes guessed, links opened.

    Nobody has access. The rows are written by a transaction of their own, so that a request
    that fails, or is made to fail, is counted as well; and they hold no number, address or
    person, but a keyed hash of it.
    """

    _name = "lead.intake.attempt"
    _description = "Counted Attempt"
    _log_access = False

    kind = fields.Char(required=True)
    subject = fields.Char(required=True)
    detail = fields.Char()
    moment = fields.Datetime(required=True)

    _count_idx = models.Index("(kind, subject, moment)")

    @api.model
    def _own_cursor(self):
        return self.env.registry.cursor()

    @api.model
    def _take(self, limits):
        """Count an attempt, unless it would be one too many.

        :param list limits: of ``(kind, subject, most, timedelta)``: no more than ``most`` within
            the time; the attempt counts towards each
        :return: the kind of the limit that is reached, or False if the attempt may be made
        :rtype: str | bool
        """
        now = fields.Datetime.now()
        rows = [
            (kind, self._hash_subject(kind, subject), most, now - span)
            for kind, subject, most, span in limits
        ]
        with self._own_cursor() as cr:
            # Two requests at once count each other: taken before the first look at the table,
            # the lock makes the second one wait and then see what the first one wrote.
            cr.execute("LOCK TABLE lead_intake_attempt IN SHARE ROW EXCLUSIVE MODE")
            for kind, subject, most, since in rows:
                # A clock that was put back doesn't forget: what lies in its future counts.
                cr.execute(
                    SQL(
                        "SELECT count(*) FROM lead_intake_attempt "
                        "WHERE kind = %s AND subject = %s AND moment > %s",
                        kind,
                        subject,
                        since,
                    )
                )
                if cr.fetchone()[0] >= most:
                    return kind
            for kind, subject, _most, _since in rows:
                cr.execute(
                    SQL(
                        "INSERT INTO lead_intake_attempt (kind, subject, moment) "
                        "VALUES (%s, %s, %s)",
                        kind,
                        subject,
                        now,
                    )
                )
        return False

    @api.model
    def _take_distinct(self, kind, subject, things, most, span, others=()):
        """Count different things; the same thing again counts once.

        :param set things: what is asked for now
        :param set others: what doesn't count, but is too much as well once nothing is left
        :return: those of both that would be too many
        :rtype: set
        """
        now = fields.Datetime.now()
        subject = self._hash_subject(kind, subject)
        details = {self._hash_subject(kind, thing): thing for thing in sorted(things)}
        known = SQL(
            "SELECT DISTINCT detail FROM lead_intake_attempt "
            "WHERE kind = %s AND subject = %s AND moment > %s",
            kind,
            subject,
            now - span,
        )
        if not details:
            # The usual case needs no lock: nothing is counted.
            self.env.cr.execute(known)
            seen = {detail for [detail] in self.env.cr.fetchall()}
            return self._get_unseen(kind, others, seen) if len(seen) >= most else set()
        with self._own_cursor() as cr:
            cr.execute("LOCK TABLE lead_intake_attempt IN SHARE ROW EXCLUSIVE MODE")  # as above
            cr.execute(known)
            seen = {detail for [detail] in cr.fetchall()}
            new = [detail for detail in details if detail not in seen]
            room = max(most - len(seen), 0)
            if new[:room]:
                rows = SQL(", ").join(
                    SQL("(%s, %s, %s, %s)", kind, subject, detail, now) for detail in new[:room]
                )
                cr.execute(
                    SQL(
                        "INSERT INTO lead_intake_attempt (kind, subject, detail, moment) VALUES %s",
                        rows,
                    )
                )
        over = {details[detail] for detail in new[room:]}
        if len(new) >= room:
            over |= self._get_unseen(kind, others, seen.union(new))
        return over

    @api.model
    def _get_unseen(self, kind, things, seen):
        return {thing for thing in things if self._hash_subject(kind, thing) not in seen}

    @api.model
    def _hash_subject(self, kind, subject):
        # su: the key is the database's secret; only the hash leaves this method.
        return hmac(self.env(su=True), "lead_intake.attempt", (kind, str(subject)), hashlib.sha256)

    @api.autovacuum
    def _gc_attempts(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM lead_intake_attempt WHERE moment < %s",
                fields.Datetime.now() - KEPT,
            )
        )
