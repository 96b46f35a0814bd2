from odoo import api, fields, models

from ..tools.ranking import CRITERIA


class CrmTeam(models.Model):
    """How a team gives out its approved leads (step 3): what counts for how much, when it
    happens by itself and what happens when nobody fits.
    """

    _inherit = "crm.team"

    intake_weight_relation = fields.Integer(
        string="Knows the Customer",
        default=60,
        help="Points for a member who won, works or long worked a lead of the same customer.",
    )
    intake_weight_industry = fields.Integer(
        string="Knows the Industry",
        default=30,
        help="Points for a member with expertise in the customer's industry; fewer for "
        "expertise in one further up.",
    )
    intake_weight_territory = fields.Integer(
        string="Territory",
        default=20,
        help="Points for a member whose territory the customer is in: all for the city, fewer "
        "for the state or the country.",
    )
    intake_weight_preference = fields.Integer(
        string="Preferred Leads",
        default=15,
        help="Points for a member whose own lead priority filter asks for the lead.",
    )
    intake_weight_workload = fields.Integer(
        string="Room for Work",
        default=15,
        help="Points for a member without open leads; the fuller, the fewer.",
    )
    intake_weight_fairness = fields.Integer(
        string="Waited for a Lead",
        default=10,
        help="Points for a member who got no lead for a week or longer. On equal points the one "
        "who waited longest gets the lead.",
    )
    intake_strict_territory = fields.Boolean(
        string="Territory Is Binding",
        help="Members with a territory get no leads from elsewhere.",
    )
    intake_auto_assign = fields.Selection(
        [
            ("no", "By a supervisor"),
            ("unowned", "On approval, if nobody owns the lead"),
            ("all", "On approval, every lead"),
        ],
        string="Assignment",
        default="no",
        required=True,
        help="An approved lead can go to the member who fits best without anybody's click.",
    )
    intake_fallback = fields.Selection(
        [
            ("leader", "The team leader gets the lead"),
            ("stay", "The lead stays without an owner"),
        ],
        string="If Nobody Fits",
        default="leader",
        required=True,
        help="Either way a supervisor is told, with the reasons.",
    )
    intake_take_unassigned = fields.Boolean(
        string="Take Unassigned Leads",
        help="Members may make themselves the owner of an approved lead that has none.",
    )

    _intake_weights_positive = models.Constraint(
        "CHECK (LEAST(intake_weight_relation, intake_weight_industry, intake_weight_territory, "
        "intake_weight_preference, intake_weight_workload, intake_weight_fairness) >= 0)",
        "The points of a criterion can't be less than zero.",
    )

    def _get_intake_weights(self):
        """Return the team's points per criterion.

        :rtype: dict[str, int]
        """
        self.ensure_one()
        return {criterion: self[f"intake_weight_{criterion}"] for criterion in CRITERIA}

    @api.model
    def _get_intake_criterion_labels(self):
        """Return what the criteria are called, in the reader's language.

        :rtype: dict[str, str]
        """
        names = {f"intake_weight_{criterion}": criterion for criterion in CRITERIA}
        descriptions = self.sudo().fields_get(list(names), ["string"])  # labels are no secret
        return {names[name]: description["string"] for name, description in descriptions.items()}
