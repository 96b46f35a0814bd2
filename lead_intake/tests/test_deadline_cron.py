from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase
from odoo.addons.lead_intake.models import lead_intake_deadline_cron, lead_intake_notice
from odoo.addons.lead_intake.tests.deadline_common import ClockCommon
from odoo.addons.lead_intake.tools import guard

CRON = "lead_intake.ir_cron_deadlines"
LOGGERS = (
    "odoo.addons.lead_intake.models.lead_intake_deadline_cron",
    "odoo.addons.lead_intake.models.lead_intake_notice",
)


@tagged("post_install", "-at_install")
class TestEscalation(ClockCommon):
    """Warned before, marked at the due minute, escalated level by level, each once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The levels are told apart: a reviewer who isn't the leader.
        cls.team.intake_reviewer_ids = cls.supervisor2

    def _notices(self, clock):
        rows = self.Notice.search([("deadline_id", "=", clock.id)], order="id")
        return [(row.user_id, row.kind) for row in rows]

    def test_the_whole_way(self):
        clock = self._clock(self._lead_in("draft", date_acquired=self.NOW), "registration")
        self.at(17.99)
        self._run_cron()
        self.assertFalse(clock.date_warned)
        self.at(18)
        self._run_cron()
        self.assertRecordValues(
            clock, [{"state": "running", "date_warned": self._in(18), "date_next": self._in(24)}]
        )
        expected = [(self.rep, "warning")]
        self.assertEqual(self._notices(clock), expected)
        levels = (
            (24, 1, (self.rep, "overdue")),
            (48, 2, (self.supervisor2, "escalated")),
            (72, 3, (self.supervisor, "escalated")),
        )
        for hours, level, notice in levels:
            with self.subTest(level=level):
                self.at(hours - 0.01)
                self._run_cron()
                self.assertEqual(clock.escalation_level, level - 1)
                self.at(hours)
                self._run_cron()
                self._run_cron()
                expected.append(notice)
                self.assertEqual((clock.state, clock.escalation_level), ("overdue", level))
                self.assertEqual(self._notices(clock), expected)
        self.assertEqual(clock.date_overdue, self._in(24))
        self.assertFalse(clock.date_next)
        for user in (self.rep, self.supervisor2, self.supervisor):
            self.assertEqual(len(self._digests(user)), 2 if user == self.rep else 1)

    def test_nobody_looked_for_a_week(self):
        clock = self._clock(self._lead_in("draft", date_acquired=self.NOW), "registration")
        self.at(24 * 7)
        self._run_cron()
        self.assertEqual(clock.escalation_level, 3)
        self.assertEqual(
            self._notices(clock),
            [
                (self.rep, "overdue"),
                (self.supervisor2, "escalated"),
                (self.supervisor, "escalated"),
            ],
        )

    def test_delays_are_the_teams(self):
        self.team.write({"intake_supervisor_delay": 1, "intake_leader_delay": 1})
        clock = self._clock(self._lead_in("draft", date_acquired=self.NOW), "registration")
        self.at(24.9)
        self._run_cron()
        self.assertEqual(clock.escalation_level, 1)
        self.at(25)
        self._run_cron()
        self.assertEqual(clock.escalation_level, 3)

    def test_registered_with_little_time_left_is_warned_at_once(self):
        clock = self._clock(self._lead_in("draft", date_acquired=self._in(-20)), "registration")
        self._run_cron()
        self.assertEqual(self._notices(clock), [(self.rep, "warning")])
        self.assertEqual((clock.state, clock.date_next), ("running", self._in(4)))

    def test_what_was_kept_is_not_told(self):
        lead = self._lead_in("draft", date_acquired=self.NOW)
        self.at(20)
        lead.with_user(self.rep).intake_submit()
        self.at(30)
        self._run_cron()
        self.assertFalse(self._notices(self._clock(lead, "registration")))

    def test_what_was_kept_before_the_digest_went_out_is_not_told(self):
        """The server was killed between marking and telling; meanwhile it was done."""
        lead = self._lead_in("draft", date_acquired=self._in(-30))
        with patch.object(self.registry["lead.intake.notice"], "_send_digests"):
            self._run_cron()
        self.assertTrue(self._notices(self._clock(lead, "registration")))
        lead.with_user(self.rep).intake_submit()
        self._run_cron()
        self.assertFalse(self._digests(self.rep))
        self.assertFalse(self.Notice.search([("date_sent", "=", False)]))

    def test_leavers_are_told_nothing(self):
        clock = self._clock(self._lead_in("draft", date_acquired=self._in(-20)), "registration")
        self.rep.active = False
        self._run_cron()
        self.assertEqual(self._notices(clock), [(self.supervisor, "warning")])
        self.assertFalse(self._digests(self.rep))
        self.assertEqual(len(self._digests(self.supervisor)), 1)

    def test_who_left_between_marking_and_telling(self):
        clock = self._clock(self._lead_in("draft", date_acquired=self._in(-30)), "registration")
        with patch.object(self.registry["lead.intake.notice"], "_send_digests"):
            self._run_cron()
        self.rep.active = False
        self._run_cron()
        self.assertFalse(self._digests(self.rep))
        self.assertEqual(len(self._digests(self.supervisor)), 1)
        self.assertIn((self.supervisor, "overdue"), self._notices(clock))

    def test_nobody_left_to_tell(self):
        clock = self._clock(self._lead_in("draft", date_acquired=self._in(-300)), "registration")
        (self.rep | self.supervisor | self.supervisor2).active = False
        self.team.user_id = False
        self._run_cron()
        self.assertEqual((clock.state, clock.escalation_level), ("overdue", 3))

    def test_team_deleted(self):
        clock = self._clock(self._lead_in("draft", date_acquired=self._in(-300)), "registration")
        guard.opened(clock).write({"team_id": False})
        self._run_cron()
        self.assertEqual(clock.escalation_level, 3)

    def test_it_writes_no_lead(self):
        leads = self.env["crm.lead"].concat(
            self._lead_in("draft", date_acquired=self._in(-20)),
            self._lead_in("draft", date_acquired=self._in(-30)),
            self._lead_in("draft", date_acquired=self._in(-300)),
        )
        self.env.flush_all()
        query = "SELECT id, xmin::text, ctid::text FROM crm_lead WHERE id IN %s ORDER BY id"
        self.cr.execute(query, (tuple(leads.ids),))
        before = self.cr.fetchall()
        self._run_cron()
        self.cr.execute(query, (tuple(leads.ids),))
        self.assertEqual(self.cr.fetchall(), before)
        self.assertEqual(
            leads.intake_deadline_ids.mapped("state"), ["running", "overdue", "overdue"]
        )


@tagged("post_install", "-at_install")
class TestDigest(ClockCommon):
    """One message per person per run, in their language and time zone."""

    def _overdue(self, count, **vals):
        leads = (
            self.env["crm.lead"]
            .with_user(self.supervisor)
            .create(
                [
                    self._complete_vals(
                        **{
                            "team_id": self.team.id,
                            "user_id": self.rep.id,
                            "name": f"Lead {n:03}",
                            "date_acquired": self._in(-25) - timedelta(minutes=count - n),
                            **vals,
                        }
                    )
                    for n in range(count)
                ]
            )
        )
        return leads.sudo(False).with_env(self.env)

    def test_one_digest_however_many_batches(self):
        leads = self._overdue(7)
        self._run_cron(limit=2)
        (message,) = self._digests(self.rep)
        for lead in leads:
            self.assertIn(f"/odoo/crm.lead/{lead.id}", message.body)
            self.assertIn(lead.name, message.body)
        self.assertIn("1.0 hours overdue", message.body)
        self.assertIn("7", message.subject)
        self.assertEqual(message.author_id, self.env.ref("base.partner_root"))

    def test_the_mail_waits_in_the_queue_and_its_links_are_whole(self):
        lead = self._overdue(1)
        with CronMixinCase.capture_triggers(self, "mail.ir_cron_mail_scheduler_action") as alarms:
            self._run_cron()
            mail = (
                self.env["mail.mail"]
                .sudo()
                .search([("mail_message_id", "in", self._digests(self.rep).ids)])
            )
            self.assertEqual(mail.state, "outgoing")
            self.assertIn(
                f"{lead.get_base_url()}/odoo/crm.lead/{lead.id}", mail._prepare_outgoing_body()
            )
            self.assertTrue(alarms.records)

    def test_time_zone_and_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.rep.write({"tz": "America/New_York", "lang": "fr_FR"})
        self._overdue(1)
        self._run_cron()
        (message,) = self._digests(self.rep)
        # Due at 23:59 UTC on 3 March: 18:59 in New York, as French people write it.
        self.assertIn("03/03/2026 18:59", message.body)

    def test_names_are_escaped(self):
        lead = self._overdue(1, name="<script>alert(1)</script> & Co")
        self._run_cron()
        (message,) = self._digests(self.rep)
        self.assertNotIn("<script", message.body)
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co", message.body)
        self.assertTrue(lead)

    def test_a_long_list_is_cut(self):
        leads = self._overdue(6)
        with patch.object(lead_intake_notice, "MOST_LINES", 4):
            self._run_cron()
        (message,) = self._digests(self.rep)
        self.assertIn("… and 2 more", message.body)
        # The longest overdue are the ones that are named.
        self.assertIn(leads[0].name, message.body)
        self.assertNotIn(leads[5].name, message.body)
        self.assertFalse(self.Notice.search([("date_sent", "=", False)]))

    def test_a_person_without_address(self):
        self._overdue(1)
        self.rep.partner_id.email = False
        self._run_cron()
        self.assertEqual(len(self._digests(self.rep)), 1)

    @mute_logger(*LOGGERS)
    def test_one_persons_failure_keeps_nobody_elses_back(self):
        self._overdue(1)
        self._overdue(1, user_id=self.rep2.id)
        notice = self.registry["lead.intake.notice"]
        send = notice._send_digest

        def fail(notices, user):
            if user == self.rep:
                raise ValueError("Nothing can be sent to this person")
            return send(notices, user)

        with patch.object(notice, "_send_digest", fail):
            self._run_cron()
        self.assertFalse(self._digests(self.rep))
        self.assertEqual(len(self._digests(self.rep2)), 1)
        self._run_cron()
        self.assertEqual(len(self._digests(self.rep)), 1)
        self.assertEqual(len(self._digests(self.rep2)), 1)

    def test_old_notices_are_cleared(self):
        self._overdue(1)
        self.at(200)
        self._run_cron()
        self.assertTrue(self._told())
        self.at(24 * 150)
        self.Notice._gc_notices()
        self.assertTrue(self._told())
        self.at(24 * 250)
        self.Notice._gc_notices()
        self.assertFalse(self._told())


@tagged("post_install", "-at_install")
class TestCron(ClockCommon, CronMixinCase):
    """It is woken at the due minute, reads what is due only, and one bad row stops nothing."""

    def _overdue(self, count):
        return self.env["lead.intake.deadline"].concat(
            *(
                self._clock(self._lead_in("draft", date_acquired=self._in(-30 - n)), "registration")
                for n in range(count)
            )
        )

    def _trigger_times(self, alarms):
        return sorted(alarms.records.mapped("call_at"))

    def test_woken_when_a_clock_wants_attention(self):
        with self.capture_triggers(CRON) as alarms:
            self._lead_in("draft", date_acquired=self.NOW)
        self.assertEqual(self._trigger_times(alarms), [self._in(18)])
        self.at(18)
        with self.capture_triggers(CRON) as alarms:
            self._run_cron()
        self.assertEqual(self._trigger_times(alarms), [self._in(24)])
        # The next run finds its alarm set.
        with self.capture_triggers(CRON) as alarms:
            self._run_cron()
        self.assertFalse(alarms.records)

    def test_through_the_scheduler(self):
        clock = self._overdue(1)
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(clock.state, "overdue")
        self.assertEqual(len(self._digests(self.rep)), 1)

    @mute_logger(*LOGGERS)
    def test_a_poison_row_stops_nothing_and_starves_nobody(self):
        clocks = self._overdue(5)
        poison = clocks[-1]  # due first
        model = self.registry["lead.intake.deadline"]
        get_escalation, tried = model._get_escalation, []

        def fail(row, *args):
            if row.id == poison.id:
                tried.append(row.id)
                raise ValueError("Nobody knows whom to tell")
            return get_escalation(row, *args)

        with patch.object(model, "_get_escalation", fail):
            self._run_cron(limit=2)
            self.assertEqual((clocks - poison).mapped("state"), ["overdue"] * 4)
            self.assertEqual(poison.state, "running")
            self.assertEqual(poison.date_next, self.NOW + lead_intake_deadline_cron.RETRY)
            self.assertFalse(self._told().deadline_id & poison)
            # Not until it is its turn again.
            count = len(tried)
            self._run_cron(limit=2)
            self.assertEqual(len(tried), count)
        self.at(1)
        self._run_cron()
        self.assertEqual(poison.state, "overdue")

    @mute_logger(*LOGGERS)
    def test_a_failing_batch_is_tried_row_by_row(self):
        clocks = self._overdue(3)
        model = self.registry["lead.intake.deadline"]
        process = model._process_due

        def fail(rows):
            if len(rows) > 1:
                raise ValueError("Together they fail")
            return process(rows)

        with patch.object(model, "_process_due", fail):
            self._run_cron()
        self.assertEqual(clocks.mapped("state"), ["overdue"] * 3)
        self.assertEqual(len(self._told(self.rep, "overdue")), 3)

    def test_a_collision_is_no_failure(self):
        """A row another transaction has just changed is looked at again, and not put off."""
        clocks = self._overdue(3)
        model = self.registry["lead.intake.deadline"]
        process, collisions = model._process_due, [1, 2]

        def collide(rows):
            if collisions:
                collisions.pop()
                raise SerializationFailure
            return process(rows)

        with patch.object(model, "_process_due", collide):
            self._run_cron()
        self.assertEqual(clocks.mapped("state"), ["overdue"] * 3)
        self.assertEqual(len(self._told(self.rep, "overdue")), 3)

    def test_out_of_time_it_goes_on_where_it_stopped(self):
        """No digest before everything is processed, so that there is one."""
        clocks = self._overdue(5)
        model = self.registry["ir.cron"]
        commit, calls = model._commit_progress, []

        def short_of_time(cron, processed=0, **kwargs):
            commit(cron, processed, **kwargs)
            calls.append((processed, kwargs))
            return 0 if processed else 1

        with patch.object(model, "_commit_progress", short_of_time):
            for overdue in (2, 4, 5):
                self._run_cron(limit=2)
                self.assertEqual(len(clocks.filtered(lambda c: c.state == "overdue")), overdue)
                self.assertFalse(self._digests(self.rep))
            self.assertEqual(calls[0], (0, {"remaining": 5}))
            self._run_cron(limit=2)
            self.assertEqual(len(self._digests(self.rep)), 1)

    # --- what it costs ---------------------------------------------------------------------

    def _insert(self, count, date_next):
        """Insert clocks on the leads of a team nobody looks at, as many as told."""
        self.env.flush_all()
        self.cr.execute(
            """
            WITH leads AS (
                INSERT INTO crm_lead (name, type, active, team_id, user_id, company_id,
                                      intake_state, won_status)
                SELECT 'Many ' || n, 'lead', true, %(team)s, %(user)s, %(company)s,
                       'draft', 'pending'
                  FROM generate_series(1, %(count)s) n
                RETURNING id
            )
            INSERT INTO lead_intake_deadline
                   (lead_id, team_id, company_id, responsible_id, milestone, state, hours,
                    counted_hours, date_started, counted_from, date_due, date_next,
                    escalation_level, on_time)
            SELECT id, %(team)s, %(company)s, %(user)s, 'registration', 'running', 24,
                   24, %(due)s, %(due)s, %(due)s, %(next)s, 0, 0
              FROM leads
            """,
            {
                "team": self.team.id,
                "user": self.rep.id,
                "company": self.company.id,
                "count": count,
                "due": date_next or self._in(100),
                "next": date_next,
            },
        )
        self.cr.execute("ANALYZE lead_intake_deadline")
        self.env.invalidate_all()

    def _insert_history(self, count, date_next):
        """Insert clocks that are over on one lead: they only fill the table and its index."""
        lead = self._lead_in("draft")
        self.env.flush_all()
        self.cr.execute(
            """
            INSERT INTO lead_intake_deadline
                   (lead_id, milestone, state, hours, date_started, date_due, date_next)
            SELECT %(lead)s, 'review', 'met', 24, %(due)s, %(due)s, %(next)s
              FROM generate_series(1, %(count)s)
            """,
            {"lead": lead.id, "due": self.NOW, "next": date_next, "count": count},
        )
        self.cr.execute("ANALYZE lead_intake_deadline")

    def _count_queries(self):
        self.env.flush_all()
        before = self.cr.sql_log_count
        self._run_cron()
        return self.cr.sql_log_count - before

    def test_cost_follows_what_is_due(self):
        self._insert(10, self._in(-1))
        self._insert(1, self._in(5))
        self._run_cron()  # fills the caches
        self._insert(10, self._in(-1))
        alone = self._count_queries()
        self._insert_history(3000, self._in(5))
        self._insert_history(3000, None)
        self._insert(10, self._in(-1))
        self.assertLessEqual(self._count_queries(), alone)
        self._insert(200, self._in(-1))
        self.assertLessEqual(self._count_queries(), alone + 5, "A constant number per batch")

    def test_it_reads_the_partial_index(self):
        self._insert_history(4000, self._in(50))
        self._insert_history(2000, None)
        self._insert(20, self._in(-1))
        query = self.Deadline._search(
            self.Deadline._get_due_domain(), order="date_next, id", limit=500
        )
        self.cr.execute("EXPLAIN " + self.cr.mogrify(query.select()).decode())
        plan = "\n".join(line for (line,) in self.cr.fetchall())
        self.assertIn("lead_intake_deadline_next_idx", plan)
        self.assertNotIn("Seq Scan", plan)
        query = self.Deadline._search([("date_next", "!=", False)], order="date_next, id", limit=1)
        self.cr.execute("EXPLAIN " + self.cr.mogrify(query.select()).decode())
        self.assertIn("lead_intake_deadline_next_idx", str(self.cr.fetchall()))

    def test_many_teams_and_people(self):
        """Whoever they are, a person gets their own, once."""
        teams = self.env["crm.team"].create(
            [
                {
                    "name": f"Team {n}",
                    "user_id": self.supervisor.id,
                    "member_ids": [Command.set((self.rep | self.rep2).ids)],
                    "use_intake": True,
                    "company_id": self.company.id,
                }
                for n in range(3)
            ]
        )
        for team in teams:
            for user in (self.rep, self.rep2):
                self._new_lead(user, team_id=team.id, date_acquired=self._in(-49))
        self._run_cron(limit=2)
        for user, count in ((self.rep, 3), (self.rep2, 3), (self.supervisor, 6)):
            (message,) = self._digests(user)
            self.assertIn(str(count), message.subject)
