from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import is_html_empty

from .tour_common import TourCommon


@tagged("post_install", "-at_install")
class TestFirstSteps(TourCommon):
    """What an administrator sets up first, and a representative's first lead."""

    def _screen(self, user=None):
        return self.env["lead.intake.first.steps"].with_user(user or self.manager)

    def _states(self, figures):
        return {step["key"]: step["state"] for step in figures["steps"]}

    def _switch_all_off(self):
        self.env["crm.team"].search([("use_intake", "=", True)]).use_intake = False

    def test_one_switch_is_enough_to_work(self):
        self._switch_all_off()
        steps = self._screen()
        self.assertTrue(steps._is_wanted())
        self.assertEqual(self._states(steps.get_steps())["teams"], "todo")
        team = self.env["crm.team"].create({"name": "Fresh", "member_ids": self.outsider.ids})
        figures = steps.set_team(team.id, True)
        self.assertFalse(steps._is_wanted())
        self.assertTrue(team.use_intake)
        states = self._states(figures)
        self.assertEqual(states.pop("first_lead"), "todo")
        self.assertNotIn("todo", states.values())
        # The team works: a lead is registered, reviewed, and the status has its stage.
        lead = self._new_lead(self.outsider, team_id=team.id)
        lead.with_user(self.outsider).intake_submit()
        lead.with_user(self.supervisor).intake_approve()
        self.assertEqual(lead.stage_id.intake_status, "to_follow_up")
        self.assertEqual(self._states(steps.get_steps())["first_lead"], "done")

    def test_a_step_back(self):
        lead = self._lead_in("draft")
        figures = self._screen().set_team(self.team.id, False)
        self.assertFalse(self.team.use_intake)
        self.assertNotIn(self.team.name, figures["steps"][0]["summary"])
        lead.with_user(self.rep).name = "Worked like any other"
        self._screen().set_team(self.team.id, True)
        self.assertEqual(lead.intake_state, "draft")

    def test_steps_say_what_was_set(self):
        self._switch_all_off()
        self._screen().set_team(self.team.id, True)
        self.assertEqual(self._states(self._screen().get_steps())["hours"], "default")
        calendar = self.env["resource.calendar"].create(
            {"name": "Office", "tz": "Asia/Shanghai", "company_id": self.company.id}
        )
        self.team.write(
            {
                "intake_review_hours": 24,
                "intake_calendar_id": calendar.id,
                "intake_minimum_deal": 5000,
                "intake_reviewer_ids": self.supervisor.ids,
            }
        )
        figures = self._screen().get_steps()
        states = self._states(figures)
        for key in ("hours", "calendar", "scorecard", "supervisors", "operations"):
            self.assertEqual(states[key], "done", key)
        summary = {step["key"]: step["summary"] for step in figures["steps"]}
        self.assertIn("review 24 h", summary["hours"])
        self.assertIn(self.supervisor.name, summary["supervisors"])

    def test_every_screen_opens_for_who_sees_it(self):
        for user in (self.manager, self.env.ref("base.user_admin")):
            for step in self._screen(user).get_steps()["steps"]:
                action = step["action"]
                if not action:
                    # Users are not the sales administrator's.
                    self.assertIn(step["key"], ("supervisors", "operations"))
                    self.assertFalse(user.has_group("base.group_erp_manager"))
                    continue
                self.assertTrue(step["label"])
                self.env[action["res_model"]].with_user(user).check_access("read")

    def test_only_administrators(self):
        for user in (self.rep, self.supervisor, self.operations):
            with self.assertRaises(AccessError):
                self._screen(user).get_steps()
            with self.assertRaises(AccessError):
                self._screen(user).set_team(self.plain_team.id, True)
            self.assertFalse(self._screen(user)._is_wanted())
        self.assertFalse(self.plain_team.use_intake)

    def test_first_lead_is_shown_to_who_registers(self):
        tours = self.env["web_tour.tour"]
        tours.search([("name", "!=", "lead_intake_first_lead")]).unlink()
        (self.rep | self.outsider).write({"tour_enabled": True})
        current = tours.with_user(self.rep).get_current_tour()
        self.assertEqual(current["name"], "lead_intake_first_lead")
        self.assertFalse(tours.with_user(self.outsider).get_current_tour())

    def test_tour_of_the_first_lead(self):
        self._play("lead_intake_first_lead", self.rep, "/odoo")
        lead = self.env["crm.lead"].search([("partner_name", "=", "Tour Presses Ltd")])
        self.assertEqual(lead.intake_state, "submitted")

    def test_administrator_switches_a_team_on(self):
        self._switch_all_off()
        self.manager.company_ids = self.company
        self._play("lead_intake_switch_on", self.manager, "/odoo/crm")
        self.assertTrue(self.plain_team.use_intake)
        self.assertTrue(self.plain_team._get_intake_stage("proposal"))

    def test_every_list_of_ours_explains_itself(self):
        actions = self.env["ir.model.data"].search(
            [("module", "=", "lead_intake"), ("model", "=", "ir.actions.act_window")]
        )
        for action in self.env["ir.actions.act_window"].browse(actions.mapped("res_id")):
            if action.target != "new":
                self.assertFalse(is_html_empty(action.help), action.xml_id)

    def test_every_field_people_set_explains_itself(self):
        """The settings of a team and of the procedure's catalogues have a `help=`."""
        shown = ("char", "text", "integer", "float", "monetary", "selection", "boolean")
        shown += ("many2one", "many2many", "date", "datetime")
        silent = []
        for name, field in self.env["crm.team"]._fields.items():
            ours = "lead_intake" in field._modules and field.type in shown
            if ours and not field.compute and not field.help:
                silent.append(name)
        self.assertFalse(silent)
