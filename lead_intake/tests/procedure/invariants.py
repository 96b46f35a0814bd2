from collections import defaultdict

from hypothesis.stateful import invariant

from odoo.tools import SQL

from .machine import Machine

# Rows of history, and what of them never changes once they are closed: everything but the lead,
# and a round's number, which counts on after a merge.
HISTORY = {
    "lead_intake_review": SQL("state != 'waiting'"),
    "lead_intake_deadline": SQL("date_closed IS NOT NULL"),
    "lead_intake_follow_up": SQL("state != 'planned'"),
    "lead_intake_assignment": SQL("TRUE"),
    "lead_intake_closing": SQL("reopened_on IS NOT NULL"),
}
CHANGEABLE = ("lead_id", "round", "write_date", "write_uid", "activity_id")
SHOWN = ("intake_state", "won_status", "active", "intake_date_due", "intake_milestone")
ALSO = ("user_id", "use_intake", "type")

# What somebody is to do with a lead in each state.
NEXT = {
    "draft": "complete",
    "returned": "complete",
    "submitted": "review",
    "on_hold": "look_again",
}


class Invariants(Machine):
    """What is so after every step."""

    def _rows(self, query):
        return self.env.execute_query(query)

    @invariant()
    def the_screen_agrees(self):
        """With the model, and with what is in the table."""
        self.env.flush_all()
        ids = [lead_id for lead_id, _lead in self.leads]
        rows = self._call("manager", "read", ids, [*SHOWN, *ALSO], None)  # without names
        shown = {row["id"]: row for row in rows}
        for lead_id, lead in self.leads:
            self._compare_with_model(lead, shown[lead_id])
        self._compare_with_table(
            ids, {row["id"]: tuple(row[name] or None for name in SHOWN) for row in shown.values()}
        )

    def _compare_with_model(self, lead, row):
        owner = row["user_id"] and self._name(self.env["res.users"].browse(row["user_id"]))
        is_ = (
            row["intake_state"] or None,
            owner or None,
            row["won_status"] if row["active"] or row["won_status"] == "won" else "lost",
            row["use_intake"],
            row["type"] == "opportunity",
        )
        outcome = "pending" if lead.is_open else lead.outcome
        should = (lead.state, lead.owner, outcome, lead.is_held, lead.is_converted)
        assert is_ == should, f"it is {is_}, should be {should}"

    def _compare_with_table(self, ids, shown):
        stored = self._rows(
            SQL(
                "SELECT id, %s FROM crm_lead WHERE id IN %s",
                SQL(", ").join(map(SQL.identifier, SHOWN)),
                tuple(ids),
            )
        )
        assert shown == {row[0]: tuple(value or None for value in row[1:]) for row in stored}
        due = self._rows(
            SQL(
                "SELECT l.id FROM crm_lead l LEFT JOIN lead_intake_deadline d ON d.lead_id = l.id "
                "AND d.date_closed IS NULL AND d.date_paused IS NULL WHERE l.id IN %s "
                "GROUP BY l.id HAVING min(d.date_due) IS DISTINCT FROM l.intake_date_due",
                tuple(ids),
            )
        )
        assert not due, "the due time shown isn't that of the clock due first"

    @invariant()
    def nobody_approved_their_own(self):
        own = self._rows(
            SQL(
                "SELECT id FROM lead_intake_review WHERE lead_id IN %s AND state = 'approved' "
                "AND submitted_by_id = decided_by_id",
                tuple(self.every_id),
            )
        )
        assert not own, "somebody approved their own lead"

    @invariant()
    def what_waits_has_one_round(self):
        rows = self._rows(
            SQL(
                "SELECT l.id FROM crm_lead l LEFT JOIN lead_intake_review r ON r.lead_id = l.id "
                "AND r.state = 'waiting' WHERE l.id IN %s GROUP BY l.id "
                "HAVING count(r.id) != CASE l.intake_state WHEN 'submitted' THEN 1 ELSE 0 END",
                tuple(self.every_id),
            )
        )
        assert not rows, "a submitted lead without its one round, or a round without its lead"

    @invariant()
    def one_clock_for_a_promise(self):
        rows = self._rows(
            SQL(
                "SELECT lead_id, milestone, count(*) FROM lead_intake_deadline "
                "WHERE lead_id IN %s AND date_closed IS NULL GROUP BY 1, 2",
                tuple(self.every_id),
            )
        )
        assert all(row[2] == 1 for row in rows), "two clocks for one promise"
        running = defaultdict(set)
        for lead_id, milestone, _count in rows:
            running[lead_id].add(milestone)
        for lead_id, lead in self.leads:
            has = running[lead_id]
            if lead.outcome == "lost" or not lead.is_held:
                assert has <= {"closing"}, f"{has} run on a lead that is over or left"
            elif lead.is_open and lead.state in ("submitted", "returned"):
                owed = "review" if lead.state == "submitted" else "completion"
                assert owed in has, f"no clock for {owed}"
            elif lead.is_open and lead.state == "approved" and lead.owner:
                assert lead.is_contacted or "first_contact" in has, "no clock for the contact"

    @invariant()
    def nobody_is_forgotten(self):
        """Of what is open somebody has the to-do that comes next, or owns what is approved."""
        for lead_id, lead in self.leads:
            kind = NEXT.get(lead.state) or (None if lead.owner else "assign")
            if lead.is_open and lead.is_held and kind:
                todos = self.env["mail.activity"].search(
                    [("res_model", "=", "crm.lead"), ("res_id", "=", lead_id)]
                )
                wanted = self.env.ref(f"lead_intake.mail_activity_type_{kind}")
                assert wanted in todos.filtered("user_id").activity_type_id, (
                    f"nobody is told to {kind} a lead in {lead.state}"
                )

    @invariant()
    def history_only_grows(self):
        tables = [
            SQL(
                "SELECT %s, id, %s, to_jsonb(t) FROM %s t WHERE lead_id IN %s",
                table,
                is_closed,
                SQL.identifier(table),
                tuple(self.every_id),
            )
            for table, is_closed in HISTORY.items()
        ]
        rows = {
            (table, row_id): (is_closed or None) and self._fixed(row)
            for table, row_id, is_closed, row in self._rows(SQL(" UNION ALL ").join(tables))
        }
        for key, before in self.known.items():
            assert key in rows, f"a row of {key[0]} is gone"
            assert before is None or rows[key] == before, f"{before} became {rows[key]}"
        self.known = rows

    def _fixed(self, row):
        return {name: value for name, value in row.items() if name not in CHANGEABLE}
