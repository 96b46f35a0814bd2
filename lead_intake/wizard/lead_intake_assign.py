from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import arguments


class LeadIntakeAssign(models.TransientModel):
    """The dialog in which a supervisor gives approved leads an owner (step 3): for one lead the
    ranked candidates, for many how they would be dealt, before anything is written.
    """

    _name = "lead.intake.assign"
    _inherit = "lead.intake.dialog"
    _description = "Assign Leads"

    lead_ids = fields.Many2many("crm.lead", required=True, context={"active_test": False})
    lead_count = fields.Integer(readonly=True)
    # Who would get what: {lead id: user id, or False where nobody fits}. What the supervisor
    # saw is what is carried out; every owner in it is checked again then.
    plan = fields.Json(readonly=True, export_string_translation=False)
    placed_count = fields.Integer(readonly=True)
    refused_text = fields.Text(readonly=True, help="Which of the leads can't be assigned, and why.")
    nobody_text = fields.Text(readonly=True, help="Which of the leads nobody fits.")
    team_ids = fields.Many2many("crm.team", readonly=True)
    member_ids = fields.Many2many(
        "res.users", "lead_intake_assign_member_rel", compute="_compute_member_ids"
    )
    user_id = fields.Many2one("res.users", string="Owner", domain="[('id', 'in', member_ids)]")
    note = fields.Char(help="Why this owner, for the log.")
    line_ids = fields.One2many("lead.intake.assign.line", "wizard_id", string="Candidates")

    @api.depends("team_ids")
    def _compute_member_ids(self):
        for wizard in self:
            teams = wizard.team_ids.sudo()  # who is in a team is known
            wizard.member_ids = (teams.member_ids | teams.user_id).filtered("active")

    @api.model
    def _open(self, leads):
        """Return the action that shows the dialog for ``leads``.

        :raise UserError: if none of them can be assigned
        """
        refused = {lead: reason for lead in leads if (reason := lead._refuse_assign())}
        allowed = leads.filtered(lambda lead: lead not in refused)
        if not allowed:
            raise UserError(leads._intake_refusal_text(refused))
        ranked = allowed._intake_rank()
        nobody = allowed.filtered(lambda lead: not ranked[lead][0])
        wizard = self.create(
            {
                "lead_ids": allowed.ids,
                "lead_count": len(allowed),
                "team_ids": allowed.team_id.ids,
                "plan": {str(lead.id): user.id for lead, (user, _scores) in ranked.items()},
                "placed_count": len(allowed) - len(nobody),
                "refused_text": leads._intake_refusal_text(refused) if refused else False,
                "nobody_text": self._get_nobody_text(nobody),
                "user_id": ranked[allowed][0].id if len(allowed) == 1 else False,
                "line_ids": [
                    fields.Command.create(vals)
                    for vals in (
                        self._prepare_candidates(allowed, ranked[allowed][1])
                        if len(allowed) == 1
                        else self._prepare_distribution(ranked)
                    )
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": (
                self.env._("Assign “%(lead)s”", lead=allowed.name)
                if len(allowed) == 1
                else self.env._("Assign %(count)s Leads", count=len(allowed))
            ),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _get_nobody_text(self, leads, most=10):
        names = leads[:most].mapped("display_name")
        if len(leads) > most:
            names.append(self.env._("… and %(count)s more.", count=len(leads) - most))
        return "\n".join(names)

    @api.model
    def _prepare_candidates(self, lead, scores):
        """Return a line per candidate of a single lead, in the order of the ranking."""
        packed = lead._intake_pack_scores({lead: (None, scores)})[lead.id]
        facts = {row["user"]: row["parts"]["workload"][1] for row in packed}
        return [
            {
                "sequence": place,
                "user_id": line["user_id"],
                "total": line["total"],
                "reasons": line["out"] or line["reasons"],
                "is_out": bool(line["out"]),
                "load_before": facts[line["user_id"]]["load"],
                "capacity": facts[line["user_id"]]["capacity"],
            }
            for place, line in enumerate(
                self.env["lead.intake.assignment"]._get_score_lines(packed)
            )
        ]

    @api.model
    def _prepare_distribution(self, ranked):
        """Return a line per member of the leads' teams: how many they would get, and how much
        they have to do before and after.
        """
        by_team = {}
        for lead, (user, scores) in ranked.items():
            by_team.setdefault(lead.team_id, []).append((lead, user, scores))
        lines = []
        for team, rows in by_team.items():
            first = rows[0]
            leads = self.env["crm.lead"].concat(*(lead for lead, _user, _scores in rows))
            team_sudo = team.sudo()  # how busy members are is what the preview shows
            loads = team_sudo._get_intake_loads(team_sudo._get_intake_members().user_id, leads)
            given = {}
            for lead, user, _scores in rows:
                given.setdefault(user.id, []).append(lead.intake_grade_id.load_weight or 1.0)
            packed = leads._intake_pack_scores({first[0]: first[1:]})[first[0].id]
            texts = self.env["lead.intake.assignment"]._get_score_lines(packed)
            for line, score in zip(texts, packed, strict=True):
                got = given.get(line["user_id"], [])
                before = loads.get(line["user_id"], 0.0)
                # Out of the first lead for its own sake isn't out of all.
                general = (score.get("out") or {}).get("code") not in (None, "filter", "territory")
                lines.append(
                    {
                        "team_id": team.id,
                        "user_id": line["user_id"],
                        "received": len(got),
                        "load_before": before,
                        "load_after": before + sum(got),
                        "capacity": score["parts"]["workload"][1]["capacity"],
                        "is_out": general,
                        "reasons": line["out"] if general else False,
                    }
                )
        lines.sort(key=lambda line: (line["team_id"], line["is_out"], -line["received"]))
        return [{"sequence": place, **line} for place, line in enumerate(lines)]

    def action_apply(self):
        """Carry out what the dialog shows.

        :return: a summary of who got how many, for more than one lead
        :rtype: dict
        :raise UserError: if an owner in it can't be one any more
        """
        self.ensure_one()
        if len(self.lead_ids) == 1:
            if not self.user_id:
                raise UserError(self.env._("Choose who is to own the lead."))
            self.lead_ids.intake_assign(self.user_id.id, self.note)
            return {"type": "ir.actions.act_window_close"}
        User = self.env["res.users"]
        owners = self._get_owners()
        plan = {lead: User.browse(owners[lead.id]) for lead in self.lead_ids if owners.get(lead.id)}
        if not plan:
            raise UserError(self.env._("Nobody fits any of these leads. Assign them one by one."))
        self.env["crm.lead"]._intake_assign_plan(plan, self.note)
        return self._get_summary(plan)

    def _get_owners(self):
        """Return ``{lead id: user id}`` of the plan that was shown; a client may send another."""
        try:
            return {
                int(lead_id): arguments.one_id(user_id)
                for lead_id, user_id in (self.plan or {}).items()
                if user_id
            }
        except (AttributeError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("This isn't what the dialog showed. Open it once more.")
            ) from error

    def _get_summary(self, plan):
        counts = {}
        for user in plan.values():
            counts[user] = counts.get(user, 0) + 1
        left = len(self.lead_ids) - len(plan)
        lines = [
            self.env._("%(person)s: %(count)s", person=user.sudo().name, count=count)
            for user, count in counts.items()
        ]
        if left:
            lines.append(self.env._("Nobody fits: %(count)s. They stay to assign.", count=left))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "sticky": bool(left),
                "title": self.env._("%(count)s leads assigned", count=len(plan)),
                "message": "\n".join(lines),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class LeadIntakeAssignLine(models.TransientModel):
    """A candidate, as the dialog shows them."""

    _name = "lead.intake.assign.line"
    _inherit = "lead.intake.dialog"
    _description = "Candidate for Leads"
    _order = "sequence, id"

    wizard_id = fields.Many2one("lead.intake.assign", required=True, ondelete="cascade")
    sequence = fields.Integer()
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    user_id = fields.Many2one("res.users", string="Member", readonly=True)
    total = fields.Float(
        string="Points",
        digits=(5, 1),
        readonly=True,
        help="The sum of the points the team gives for what is known of the candidate.",
    )
    reasons = fields.Char(string="Why", readonly=True)
    is_out = fields.Boolean(readonly=True)
    received = fields.Integer(
        string="Gets", readonly=True, help="How many of these leads the candidate would get."
    )
    load_before = fields.Float(
        string="Load Now",
        digits=(6, 1),
        readonly=True,
        help="The open leads of the candidate, each with the weight of its grade.",
    )
    load_after = fields.Float(
        digits=(6, 1), readonly=True, help="The load with the leads that would be given now."
    )
    capacity = fields.Integer(readonly=True, help="0: no limit.")

    def action_choose(self):
        """Make this candidate the owner of the dialog's lead, in one click."""
        self.ensure_one()
        self.wizard_id.user_id = self.user_id
        return self.wizard_id.action_apply()
