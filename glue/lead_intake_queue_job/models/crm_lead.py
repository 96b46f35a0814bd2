from odoo import models


class CrmLead(models.Model):
    """A decision on many leads is carried out a part at a time, by whoever made it."""

    _inherit = "crm.lead"

    def _intake_decide_in_job(self, decision, values):
        """Carry the decision out on those of these leads it may still be carried out on: between
        the click and the job somebody else may have decided. Who decided is told of the others.

        :param str decision: the ``intake_state`` they move to
        :param dict values: what the step that makes it takes
        :return: what was done, for the list of jobs
        :rtype: str
        """
        leads, refused = self.exists()._intake_partition(decision)
        if leads:
            leads._intake_decide(decision, values)
        done = self.env._("%(count)s leads done", count=len(leads))
        if not refused:
            return done
        text = leads._intake_refusal_text(refused)
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "title": self.env._(
                    "%(done)s leads done, %(refused)s not", done=len(leads), refused=len(refused)
                ),
                "message": text,
            },
        )
        return f"{done}\n{text}"
