from odoo import fields, models
from odoo.tools import SQL


class LeadIntakeFairness(models.Model):
    """Who gets how many leads, and who has how many to work on (step 3): one row for each lead
    that was given to somebody, and one for each open lead somebody has. What a person registered
    themselves was given by nobody, and is work all the same.
    """

    _name = "lead.intake.fairness"
    _description = "Assignment Fairness"
    _auto = False
    _rec_name = "lead_id"
    _order = "date desc, id desc"

    lead_id = fields.Many2one("crm.lead", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Owner", readonly=True)
    grade_id = fields.Many2one("lead.intake.grade", readonly=True)
    date = fields.Datetime(string="Received On", readonly=True)
    received = fields.Integer(readonly=True, help="Leads given to the person, whoever gave them.")
    open = fields.Integer(
        readonly=True, help="Leads the person has now, neither closed nor on hold."
    )
    load = fields.Float(
        readonly=True, help="The open leads, each counted as its grade is: an A lead is more work."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT a.id * 2 AS id, a.lead_id, a.team_id, l.company_id, a.user_id, a.grade_id,
                   a.assigned_on AS date, 1 AS received, 0 AS open, 0.0 AS load
              FROM lead_intake_assignment a
              JOIN crm_lead l ON l.id = a.lead_id
             WHERE a.user_id IS NOT NULL
         UNION ALL
            SELECT l.id * 2 + 1, l.id, l.team_id, l.company_id, l.user_id, l.intake_grade_id,
                   COALESCE(l.date_open, l.create_date), 0, 1, COALESCE(g.load_weight, 1.0)
              FROM crm_lead l
              JOIN crm_team t ON t.id = l.team_id AND t.use_intake
         LEFT JOIN lead_intake_grade g ON g.id = l.intake_grade_id
             WHERE l.user_id IS NOT NULL AND l.active AND l.won_status = 'pending'
               AND l.intake_state IS DISTINCT FROM 'on_hold'
            """
        )

    def action_open_lead(self):
        """Open the lead behind the row.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }
