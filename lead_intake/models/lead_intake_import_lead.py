from odoo import Command, api, fields, models
from odoo.tools import email_normalize

from ..tools import import_headings

CHUNK = 500
# What a registration asks for, with the example the template shows.
REGISTRATION = (
    "name partner_name contact_name phone email_from function medium_id source_id referred "
    "date_acquired registrant_id user_id team_id lead_type_id intake_proposed_grade_id "
    "industry_id initial_need need_fit estimated_budget purchase_horizon decision_maker "
    "intake_reference"
).split()
CUSTOMER = (
    "intake_reference partner_name contact_name phone email_from function contact_role "
    "chat_account chat_remark industry_id country_id state_id city street website founded_year "
    "employee_range annual_revenue main_business main_products need_description budget_from "
    "budget_to purchase_date intake_step_ids competitor_ids"
).split()
# Without any of these nobody knows whom a row is about.
IDENTIFYING = ("partner_name", "contact_name", "phone", "email_from", "partner_id")


class LeadIntakeImportLead(models.AbstractModel):
    """Step 1 · Leads from a spreadsheet. The file says who registered and owns a lead and when
    it was acquired; whoever imports it is none of these.
    """

    _name = "lead.intake.import.lead"
    _inherit = "lead.intake.import"
    _description = "Import Leads"

    _import_model = "crm.lead"
    _import_headings = import_headings.LEAD_INDEX

    @api.model
    def _get_columns(self, kind=None):
        names = {"registration": REGISTRATION, "customer": CUSTOMER}.get(
            kind, [*REGISTRATION, *CUSTOMER]
        )
        examples = self._get_examples()
        return {name: examples.get(name, "") for name in names}

    @api.model
    def _get_examples(self):
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now())
        user = self.env.user
        return {
            "name": self.env._("Ten presses for a new hall"),
            "partner_name": self.env._("Hangzhou Presses Ltd"),
            "contact_name": self.env._("Liu Wei"),
            "phone": "+86 10 6552 9988",
            "email_from": "liu.wei@example.com",
            "function": self.env._("Purchasing manager"),
            "source_id": self.env._("2026 Industry Expo"),
            "date_acquired": now.replace(hour=9, minute=30, second=0, tzinfo=None),
            "registrant_id": user.name,
            "user_id": user.name,
            "initial_need": self.env._("Ten presses by June, budget about 500,000"),
            "estimated_budget": 500_000,
            "intake_reference": "EXPO-2026-0042",
            "chat_account": "liuwei_presses",
            "chat_remark": self.env._("Presses – Liu"),
            "city": self.env._("Hangzhou"),
            "website": "https://www.example.com",
            "founded_year": 2005,
            "annual_revenue": 80_000_000,
            "main_business": self.env._("Metal forming"),
            "budget_from": 400_000,
            "budget_to": 600_000,
            "purchase_date": now.date().replace(month=12, day=1),
            "intake_step_ids": self.env._(
                "Technical evaluation (Wang) → Finance approval → Owner's confirmation"
            ),
        }

    @api.model
    def _get_label(self, path):
        # Next to each other in one file, the two have names of their own.
        labels = {
            "decision_maker": self.env._("How Complete the Decision Chain Is"),
            "intake_step_ids": self.env._("Decision Chain"),
        }
        return labels.get(path.split("/")[0]) or super()._get_label(path)

    @api.model
    def _get_choice_domain(self, path):
        return {
            "medium_id": [("is_intake_channel", "=", True)],
            "lead_type_id": [],
            "intake_proposed_grade_id": [],
            "team_id": [("use_intake", "=", True)],
            "industry_id": [("level", "in", ("group", "class"))],
            # Who may be chosen: members of the teams.
            "user_id": [("crm_team_member_ids.crm_team_id.use_intake", "=", True)],
            "registrant_id": [("crm_team_member_ids.crm_team_id.use_intake", "=", True)],
        }.get(path)

    @api.model
    def _get_name_create(self, options):
        # A trade show nobody registered yet is a source all the same.
        return {"source_id": True, "competitor_ids": True, **super()._get_name_create(options)}

    # --- whose import it is ----------------------------------------------------------------

    @api.model
    def _is_in_play(self, paths, rows, options):
        """Ours is what goes to a team that uses the procedure. Records named by their ids are
        updated by Odoo's own import; the rules are the same.
        """
        if not {"id", ".id"}.isdisjoint(paths):
            return False
        intake = self.env["crm.team"]._get_intake_team_ids()
        places = [place for place, path in enumerate(paths) if path.split("/")[0] == "team_id"]
        if not places or not rows or any(row.values[places[0]] in ("", None) for row in rows):
            if self._get_team_id(options) in intake:
                return True
        names = {str(row.values[place]).strip() for row in rows for place in places} - {""}
        return bool(names) and bool(
            self.env["crm.team"].search_count(self._get_team_domain(names, intake), limit=1)
        )

    @api.model
    def _get_team_domain(self, names, intake):
        ids = [int(name) for name in names if name.isdecimal() and len(name) < 10]
        refs = [name for name in names if "." in name]
        known = [self.env["ir.model.data"]._xmlid_to_res_id(name) for name in refs]
        return [
            ("id", "in", list(intake)),
            "|",
            ("name", "in", list(names)),
            ("id", "in", [*ids, *filter(None, known)]),
        ]

    @api.model
    def _get_team_id(self, options):
        """Return the team of rows that name none: as chosen in the dialog, else Odoo's."""
        chosen = options.get("intake_team_id")
        if isinstance(chosen, int) and chosen:
            return self.env["crm.team"].search([("id", "=", chosen)]).id
        return self.env["crm.team"]._get_default_team_id().id

    # --- importing -------------------------------------------------------------------------

    @api.model
    def _import_rows(self, rows, options):
        for row in rows:
            self._complete(row, options)
        ready = [row for row in rows if not row.problems and not row.outcome]
        leads = self.env["crm.lead"]
        known = self.env["lead.intake.import.known"]._recognise(ready, options)
        new = [row for row in ready if not row.outcome and not known.get(row) and not row.problems]
        leads |= self._create_rows(new)
        for row, what in known.items():
            # The second row of a customer names the first, whose lead is there by now.
            lead = what.record if isinstance(what, type(row)) else what
            if lead:
                leads |= self._update_row(row, lead)
            else:
                row.refuse(self.env._("It repeats another row of the file that wasn't imported."))
        if not options.get("intake_dryrun"):
            self._tell_owners(new)
        return leads

    @api.model
    def _complete(self, row, options):
        """Add what the procedure needs and a file needn't say."""
        row.vals = {name: value for name, value in row.vals.items() if value not in (False, None)}
        vals = row.vals
        row.given = set(vals)
        if row.problems or row.outcome:
            return
        if not any(vals.get(name) for name in IDENTIFYING):
            row.refuse(
                self.env._(
                    "Nothing says whose lead it is. Enter a company, a contact, a phone number or "
                    "an e-mail address."
                )
            )
            return
        if not vals.get("team_id"):
            vals["team_id"] = self._get_team_id(options)
        if not vals.get("name"):
            vals["name"] = (
                vals.get("partner_name")
                or vals.get("contact_name")
                or vals.get("email_from")
                or vals.get("phone")
                or self.env._("Imported lead")
            )
        if "type" not in vals:
            # sudo: how a team works is known.
            team = self.env["crm.team"].sudo().browse(vals["team_id"] or [])
            uses_leads = team.use_leads and self.env.user.has_group("crm.group_use_lead")
            vals["type"] = "lead" if uses_leads else "opportunity"

    @api.model
    def _create_rows(self, rows):
        leads = self.env["crm.lead"]
        for start in range(0, len(rows), CHUNK):
            leads |= self._create_all(rows[start : start + CHUNK])
        return leads

    @api.model
    def _create_all(self, rows):
        """Create the leads of the rows in one go; where that is refused, of one half and of the
        other, until the row is found that is to blame.
        """
        if not rows:
            return self.env["crm.lead"]
        Lead = self.env["crm.lead"].with_context(
            import_file=True, mail_auto_subscribe_no_notify=True
        )
        try:
            with self.env.cr.savepoint():
                leads = Lead.create([dict(row.vals) for row in rows])
        except Exception as error:  # noqa: BLE001 one row of a file must not stop the others
            if len(rows) > 1:
                half = len(rows) // 2
                return self._create_all(rows[:half]) | self._create_all(rows[half:])
            rows[0].refuse(self._get_error_text(error))
            return self.env["crm.lead"]
        leads = leads.with_env(self.env)
        for row, lead in zip(rows, leads, strict=True):
            row.outcome, row.record = "created", lead
        return leads

    @api.model
    def _update_row(self, row, lead):
        """Write what the row says and the lead doesn't; a row that says nothing new is skipped."""
        vals = {
            name: value
            for name, value in row.vals.items()
            if name in row.given
            and name not in self._get_kept()
            and self._is_news(lead, name, value)
        }
        row.record = lead
        if not vals:
            row.outcome = "skipped"
            return lead.browse()
        done = self._attempt(row, lambda: lead.with_context(import_file=True).write(vals))
        if done:
            row.outcome = "updated"
            return lead
        return lead.browse()

    @api.model
    def _get_kept(self):
        """Return what an update leaves alone: how a lead came to us, and whose it is."""
        return ("name", "date_acquired", "registrant_id", "user_id", "team_id", "type")

    @api.model
    def _is_news(self, lead, name, value):
        if name == "intake_step_ids":
            known = {step._get_key()[0] for step in lead.intake_step_ids}
            value[:] = [
                command for command in value if command[2]["name"].strip().casefold() not in known
            ]
            return bool(value)
        if lead._fields[name].type == "many2many":
            ids = {each for command in value for each in command[2] or ()} - set(lead[name].ids)
            value[:] = [Command.link(each) for each in sorted(ids)]
            return bool(value)
        if name == "email_from" and lead.email_normalized == email_normalize(value):
            return False
        return lead._intake_differs(name, value)

    @api.model
    def _tell_owners(self, rows):
        """Tell owners in one message each which leads they were given."""
        created = [row.record for row in rows if row.outcome == "created"]
        leads = self.env["crm.lead"].concat(*created)
        leads._intake_tell_owners(dict.fromkeys(leads, self.env["res.users"]))
