from ast import literal_eval

from odoo import fields, models

from ..tools.ranking import Candidate, Subject, city_key, distribute, is_away


class CrmTeam(models.Model):
    """Gathers what a ranking looks at, for a whole batch of leads in a fixed number of queries;
    the ranking itself is plain Python (``tools/ranking.py``).
    """

    _inherit = "crm.team"

    def _intake_distribute(self, leads, forced=None):
        """Rank the team's members for each lead, and deal the leads to those who fit best.

        :param crm.lead leads: leads of this team
        :param dict forced: ``{lead id: user id}`` where somebody chose already
        :return: ``{lead: (user, [Score, …])}``; the user is empty where nobody fits
        :rtype: dict
        """
        self.ensure_one()
        # sudo: whoever may assign sees how busy members are and who knows the customer, not
        # the leads they know it from.
        team = self.sudo()
        leads = leads.sudo()
        members = team._get_intake_members()
        now = fields.Datetime.now()
        candidates = team._get_intake_candidates(members, leads, now)
        subjects = team._get_intake_subjects(members, leads)
        dealt = distribute(
            subjects,
            candidates,
            team._get_intake_weights(),
            now.timestamp(),
            team.intake_strict_territory,
            forced,
        )
        User = self.env["res.users"]
        return {
            lead.with_env(self.env): (User.browse(dealt[lead.id][0] or []), dealt[lead.id][1])
            for lead in leads
        }

    def _get_intake_members(self):
        """Return who is looked at when a lead is given out: whoever left, too, so that the
        explanation can say so.

        :rtype: crm.team.member
        """
        self.ensure_one()
        return self.crm_team_member_ids.filtered("active")

    # --- candidates ------------------------------------------------------------------------

    def _get_intake_candidates(self, members, leads, now):
        users = members.user_id
        absences = self._get_intake_absences(users, now, self._get_intake_plan_due(now))
        loads = self._get_intake_loads(users, leads)
        last = self._get_intake_last_assigned(users)
        return [
            Candidate(
                key=member.user_id.id,
                industries=frozenset(member.intake_industry_ids.ids),
                countries=frozenset(member.intake_country_ids.ids),
                states=frozenset(member.intake_state_ids.ids),
                cities=member._get_intake_cities(),
                load=loads.get(member.user_id.id, 0.0),
                capacity=max(0, member.assignment_max),
                last_assigned=last.get(member.user_id.id, 0.0),
                out=self._get_intake_unavailable(member, absences),
            )
            for member in members
        ]

    def _get_intake_unavailable(self, member, absences):
        """Return why a member gets no lead at all now, or None.

        :rtype: dict | None
        """
        user = member.user_id
        if not user.active:
            return {"code": "inactive"}
        if user.share:
            return {"code": "share"}
        if self.company_id and self.company_id not in user.company_ids:
            return {"code": "company"}
        if member.assignment_optout:
            return {"code": "paused"}
        if user.id in absences:
            start, end = absences[user.id]
            out = {"code": "leave", "until": fields.Datetime.to_string(end)}
            if start > fields.Datetime.now():
                out["from"] = fields.Datetime.to_string(start)
            return out
        return None

    def _get_intake_plan_due(self, now):
        """Return by when who gets a lead now has to have planned it.

        :rtype: datetime
        """
        # A calendar that companies share has the days off of each.
        calendar = self.intake_calendar_id.with_company(self.company_id or self.env.company)
        hours = self._get_intake_hours("plan") or 0.0
        return self.env["lead.intake.deadline"]._plan([(calendar, now, hours)])[0]

    def _get_intake_absences(self, users, now, due):
        """Return who is away too much to take a lead now: on leave at this moment, when the first
        promise is due, or for at least half of the time until then. Leave takes somebody out
        of their working time; where the company keeps it in Odoo's Time Off, what was granted
        there is among it, and "worked time" isn't.

        :param datetime due: by when a lead has to be planned, naive UTC
        :return: ``{user id: (from when, until when)}``, naive UTC
        :rtype: dict
        """
        near = [("date_from", "<=", due), ("date_to", ">", now)]
        leaves = {}
        for leave in self.env["resource.calendar.leaves"].search_fetch(
            [*near, ("resource_id.user_id", "in", users.ids), ("time_type", "=", "leave")],
            ["resource_id", "date_from", "date_to"],
        ):
            leaves.setdefault(leave.resource_id.user_id.id, set()).add(
                (leave.date_from, leave.date_to)
            )
        return {
            user_id: (min(start for start, _end in spans), max(end for _start, end in spans))
            for user_id, spans in leaves.items()
            if is_away(spans, now, due)
        }

    def _get_intake_loads(self, users, leads):
        """Return how much each user has to work on in this team, without the leads that are
        being given out; by grade, because an A lead is more work than a C lead.
        """
        loads = {}
        for user, grade, count in self.env["crm.lead"]._read_group(
            [
                ("team_id", "=", self.id),
                ("user_id", "in", users.ids),
                ("won_status", "=", "pending"),
                ("intake_state", "!=", "on_hold"),
                ("id", "not in", leads.ids),
            ],
            ["user_id", "intake_grade_id"],
            ["__count"],
        ):
            loads[user.id] = loads.get(user.id, 0.0) + count * (grade.load_weight or 1.0)
        return loads

    def _get_intake_last_assigned(self, users):
        """Return when each user last got a lead, whoever gave it and how, in seconds. Of a batch
        that was given out in one second, the last one is the last.
        """
        groups = self.env["lead.intake.assignment"]._read_group(
            [("user_id", "in", users.ids)], ["user_id"], ["assigned_on:max", "id:max"]
        )
        groups.sort(key=lambda group: group[1:])
        return {
            user.id: assigned_on.timestamp() + place * 1e-6
            for place, (user, assigned_on, _last_id) in enumerate(groups)
        }

    # --- leads -----------------------------------------------------------------------------

    def _get_intake_subjects(self, members, leads):
        """Return the leads in the order in which they are given out: the best grade first, so
        that it has the most to choose from, then the one that waits longest.
        """
        relations = leads._get_intake_relations(members.user_id)
        refused = self._get_intake_refused(members, leads)
        preferred = self._get_intake_preferred(members, leads)
        above = {
            industry: tuple(
                industry._get_intake_ancestors()
                .sorted(lambda other: len(other.parent_path or ""), reverse=True)
                .ids
            )
            for industry in leads.industry_id
        }
        ordered = leads.sorted(
            lambda lead: (
                lead.intake_grade_id.sequence,
                lead.intake_submitted_on or lead.create_date,
                lead.id,
            )
        )
        return [
            Subject(
                key=lead.id,
                industries=above.get(lead.industry_id, ()),
                country=lead.country_id.id or lead.state_id.country_id.id,
                state=lead.state_id.id,
                city=city_key(lead.city),
                weight=lead.intake_grade_id.load_weight or 1.0,
                relations=relations.get(lead, {}),
                preferred=preferred.get(lead, frozenset()),
                refused=refused.get(lead, {}),
            )
            for lead in ordered
        ]

    def _get_intake_refused(self, members, leads):
        """Return who may not get a lead for the lead's sake: Odoo's filter on the member, or a
        company the member doesn't work for.
        """
        refused = {}
        for member in members:
            key = member.user_id.id
            # Most members have no filter and all companies: nothing is asked of each lead.
            if domain := literal_eval(member.assignment_domain or "[]"):
                for lead in leads - leads.filtered_domain(domain):
                    refused.setdefault(lead, {})[key] = {"code": "filter"}
            if strange := leads.company_id - member.user_id.company_ids:
                for lead in leads.filtered(
                    lambda lead, strange=strange: lead.company_id in strange
                ):
                    refused.setdefault(lead, {})[key] = {"code": "company"}
        return refused

    def _get_intake_preferred(self, members, leads):
        preferred = {}
        for member in members:
            domain = literal_eval(member.assignment_domain_preferred or "[]")
            for lead in leads.filtered_domain(domain) if domain else ():
                preferred.setdefault(lead, set()).add(member.user_id.id)
        return {lead: frozenset(keys) for lead, keys in preferred.items()}
