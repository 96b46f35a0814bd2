from psycopg2.errors import ForeignKeyViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.lead_intake.tests.common import IntakeCommon

CRITERIA = "odoo.addons.lead_intake.models.lead_intake_criterion"


@tagged("post_install", "-at_install")
class TestScorecard(IntakeCommon):
    """Step 2, quality: the suggested grade, its reasons, and what is kept of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.industry = cls.env["res.partner.industry"].create({"name": "Focus (test)"})
        cls.team.intake_focus_industry_ids = cls.industry
        cls.team.intake_minimum_deal = 10000

    def _best(self, **vals):
        return {
            "industry_id": self.industry.id,
            "need_fit": "high",
            "purchase_horizon": "3",
            "estimated_budget": 10000,
            "decision_maker": "known",
            **vals,
        }

    def _submitted(self, **vals):
        lead = self._new_lead(**vals)
        lead.with_user(self.rep).intake_submit()
        return lead.with_user(self.supervisor)

    # --- the suggestion --------------------------------------------------------------------

    def test_each_shipped_criterion(self):
        cases = {
            "Their industry is one of our focus industries": {"industry_id": self.industry.id},
            "Their need fits what we sell": {"need_fit": "high"},
            "Their need partly fits what we sell": {"need_fit": "medium"},
            "They mean to buy within three months": {"purchase_horizon": "1"},
            "Their budget reaches our minimum deal size": {"estimated_budget": 10000},
            "We know who decides": {"decision_maker": "known"},
        }
        for reason, vals in cases.items():
            with self.subTest(reason=reason):
                lead = self._new_lead(**vals)
                criterion = self.env["lead.intake.criterion"].search([("name", "=", reason)])
                self.assertTrue(criterion)
                self.assertEqual(lead.intake_score, criterion.points)
                self.assertEqual(lead.intake_score_reasons, f"{criterion.points:+d}  {reason}")

    def test_what_falls_short_earns_nothing(self):
        lead = self._new_lead(
            industry_id=self.env["res.partner.industry"].create({"name": "Other"}).id,
            need_fit="low",
            purchase_horizon="6",
            estimated_budget=9999,
            decision_maker="partly",
        )
        self.assertEqual((lead.intake_score, lead.intake_score_reasons), (0, ""))
        self.assertEqual(lead.intake_suggested_grade_id, self.grade_c)

    def test_grades_by_score(self):
        for vals, score, grade in (
            (self._best(), 100, self.grade_a),
            (self._best(need_fit=False, decision_maker=False), 60, self.grade_a),
            (
                self._best(industry_id=False, estimated_budget=0, need_fit="medium"),
                45,
                self.grade_b,
            ),
            ({"decision_maker": "known"}, 15, self.grade_c),
            ({}, 0, self.grade_c),
        ):
            lead = self._new_lead(**vals)
            self.assertEqual(lead.intake_score, score)
            self.assertEqual(lead.intake_suggested_grade_id, grade)

    def test_points_may_be_taken_off(self):
        self.env["lead.intake.criterion"].create(
            {"name": "They owe us", "domain": "[('function', '=', 'debtor')]", "points": -50}
        )
        lead = self._new_lead(**self._best(function="debtor"))
        self.assertEqual(lead.intake_score, 50)
        self.assertIn("-50  They owe us", lead.intake_score_reasons)

    def test_criterion_of_a_team_or_company(self):
        other = self.team.copy({"name": "Another", "alias_name": False})
        criteria = self.env["lead.intake.criterion"].create(
            [
                {"name": "Theirs", "points": 7, "team_ids": [Command.set(other.ids)]},
                {"name": "Abroad", "points": 9, "company_id": self.company2.id},
                {"name": "Ours", "points": 11, "team_ids": [Command.set(self.team.ids)]},
            ]
        )
        self.assertTrue(criteria)
        self.assertEqual(self._new_lead().intake_score_reasons, "+11  Ours")

    def test_archived_criteria_do_not_count(self):
        self.env["lead.intake.criterion"].search([]).active = False
        self.assertEqual(self._new_lead(**self._best()).intake_score, 0)

    def test_conditions_can_be_searched(self):
        """A criterion may be tried as a filter: the search agrees with the computation."""
        leads = self._new_lead(**self._best()) | self._new_lead(estimated_budget=1)
        for name in ("is_focus_industry", "reaches_minimum_deal"):
            for value in (True, False):
                found = self.env["crm.lead"].search([("id", "in", leads.ids), (name, "=", value)])
                self.assertEqual(
                    found, leads.filtered(lambda lead, n=name, v=value: lead[n] == v), name
                )

    def test_representative_sees_the_suggestion(self):
        lead = self._new_lead(**self._best()).with_user(self.rep)
        self.assertEqual(lead.intake_suggested_grade_id.sudo(), self.grade_a)

    # --- the decision ----------------------------------------------------------------------

    def test_score_and_reasons_of_that_moment_are_kept(self):
        lead = self._submitted(**self._best(decision_maker=False))
        reasons = lead.intake_score_reasons
        lead.intake_approve()
        self.env["lead.intake.criterion"].search([]).points = 1
        self.env["lead.intake.criterion"].search([])[0].name = "Reworded"
        lead.decision_maker = "known"
        self.assertRecordValues(
            lead.intake_review_ids,
            [
                {
                    "score": 85,
                    "score_reasons": reasons,
                    "grade_id": self.grade_a.id,
                    "suggested_grade_id": self.grade_a.id,
                    "override_reason": False,
                }
            ],
        )

    def test_another_grade_needs_a_reason(self):
        lead = self._submitted()
        for reason in (False, "", "   "):
            with self.assertRaisesRegex(UserError, "suggests grade C .* Say why it is to be A"):
                lead.intake_approve(self.grade_a.id, "Comment", reason)
        lead.intake_approve(self.grade_a.id, override_reason="The CEO called.")
        self.assertEqual(lead.intake_grade_id, self.grade_a)
        self.assertEqual(lead.intake_review_ids.suggested_grade_id, self.grade_c)
        self.assertEqual(lead.intake_review_ids.override_reason, "The CEO called.")

    def test_suggested_grade_needs_none(self):
        lead = self._submitted(**self._best())
        lead.intake_approve(self.grade_a.id, override_reason="Not needed.")
        self.assertFalse(lead.intake_review_ids.override_reason)

    def test_without_grades_there_is_a_clear_message(self):
        lead = self._submitted()
        self.env["lead.intake.grade"].search([]).active = False
        with self.assertRaisesRegex(UserError, "Create a grade first"):
            lead.intake_approve()

    def test_grade_in_use_is_not_deleted(self):
        lead = self._submitted()
        lead.intake_approve()
        with self.assertRaises(ForeignKeyViolation), mute_logger("odoo.sql_db"):
            self.grade_c.unlink()
        self.assertTrue(self.grade_c.exists())

    # --- criteria --------------------------------------------------------------------------

    def test_mistyped_condition_is_refused(self):
        for domain in (
            "[('nosuch_field', '=', 1)]",
            "[('need_fit' '=', 'high')]",
            "need_fit = high",
            "[('need_fit', 'is', 'high')]",
            "__import__('os').getcwd()",
            "[('partner_id.nosuch', '=', 1)]",
            "[",
            "{}",
        ):
            with self.subTest(domain=domain):
                with self.assertRaises(ValidationError) as refused, mute_logger(CRITERIA):
                    self.env["lead.intake.criterion"].create({"name": "Odd one", "domain": domain})
                self.assertIn("“Odd one” can't be read", str(refused.exception))
                self.assertIn("[('need_fit', '=', 'high')]", str(refused.exception))

    def test_good_conditions_are_taken(self):
        for domain in (
            "[]",
            "[('need_fit', '=', 'high')]",
            "['|', ('phone', '!=', False), ('partner_id.country_id.code', '=', 'CN')]",
            "[('is_focus_industry', '=', True)]",
            "[('date_acquired', '>', 'today -30d')]",
        ):
            criterion = self.env["lead.intake.criterion"].create({"name": "X", "domain": domain})
            self.assertFalse(criterion.is_broken, domain)

    def test_broken_criterion_never_blocks_a_review(self):
        """A field it names was removed since, or somebody wrote the table."""
        criterion = self.env.ref("lead_intake.criterion_need_fit")
        for domain in ("[('gone_field', '=', 1)]", "[(", "x", "[('need_fit', 'wat', 1)]"):
            with self.subTest(domain=domain):
                lead = self._submitted(**self._best())
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE lead_intake_criterion SET domain = %s WHERE id = %s",
                    (domain, criterion.id),
                )
                self.env.invalidate_all()
                with self.assertLogs(CRITERIA, "WARNING"):
                    self.assertEqual(lead.intake_score, 75)
                self.assertTrue(criterion.is_broken)
                with mute_logger(CRITERIA):
                    lead.intake_approve()
                self.assertEqual(lead.intake_state, "approved")
                self.assertNotIn("fits what we sell", lead.intake_review_ids.score_reasons)

    def test_who_may_not_see_the_lead_breaks_no_criterion(self):
        """Whoever may not see a lead is told so; the scorecard isn't blamed in the log."""
        lead = self._submitted()
        self.env.invalidate_all()
        with self.assertNoLogs(CRITERIA), self.assertRaises(AccessError):
            lead.with_user(self.rep2).intake_approve()
