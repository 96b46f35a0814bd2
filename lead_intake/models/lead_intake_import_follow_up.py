from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import import_headings
from ..tools.company_name import company_key
from .crm_lead_registration import CLOCK_SKEW

COLUMNS = (
    "lead_id lead_id/intake_reference lead_id/partner_name lead_id/phone contacted_on user_id "
    "method outcome summary feedback next_on next_goal"
).split()
# What belongs to the record itself; the rest says which lead it is of, and what comes next.
OWN = ("user_id", "contacted_on", "method", "outcome", "summary", "feedback")
NEEDED = ("contacted_on", "outcome", "summary")
# By what a row names its lead, the surest first.
KEYS = {
    "lead_id/intake_reference": "intake_reference",
    "lead_id/phone": "phone_sanitized",
    "lead_id/email_from": "email_normalized",
    "lead_id": "name",
    "lead_id/partner_name": "intake_company_key",
}


class LeadIntakeImportFollowUp(models.AbstractModel):
    """Step 4 · Follow-up records from a spreadsheet, by the rules of those that are typed.

    The person of the row is its author only if operations or an administrator imports it:
    anybody else records their own contacts. It keeps its time, which isn't in the future, and
    is marked as imported.
    """

    _name = "lead.intake.import.follow.up"
    _inherit = "lead.intake.import"
    _description = "Import Follow-Ups"

    _import_model = "lead.intake.follow.up"
    _import_headings = import_headings.FOLLOW_UP_INDEX

    @api.model
    def _get_columns(self, kind=None):
        now = fields.Datetime.context_timestamp(self, fields.Datetime.now()).replace(tzinfo=None)
        examples = {
            "lead_id": self.env._("Ten presses for a new hall"),
            "lead_id/intake_reference": "EXPO-2026-0042",
            "lead_id/partner_name": self.env._("Hangzhou Presses Ltd"),
            "lead_id/phone": "+86 10 6552 9988",
            "contacted_on": now.replace(hour=10, minute=0, second=0, microsecond=0),
            "user_id": self.env.user.name,
            "summary": self.env._("Went through the requirement list; they compare two suppliers."),
            "feedback": self.env._("The delivery time matters most."),
            "next_goal": self.env._("Send the quotation"),
        }
        return {path: examples.get(path, "") for path in COLUMNS}

    @api.model
    def _get_field(self, path):
        if path in ("next_on", "next_goal"):
            name = {"next_on": "planned_on", "next_goal": "goal"}[path]
            return self.env[self._import_model]._fields[name]
        return super()._get_field(path)

    @api.model
    def _get_label(self, path):
        labels = {
            "lead_id": self.env._("Lead"),
            "contacted_on": self.env._("Contacted On"),
            "next_on": self.env._("Next Contact"),
            "next_goal": self.env._("Next Action"),
        }
        if path.startswith("lead_id/"):
            name = path.split("/")[1]
            return self.env["crm.lead"]._get_intake_labels([name])[name]
        return labels.get(path) or super()._get_label(path)

    @api.model
    def _get_fields_tree(self, tree):
        """Return what a column may be matched with: what a contact says, and all by which its
        lead can be named.
        """
        known = {field["name"]: field for field in tree}

        def entry(path, field):
            return {
                "id": path,
                "name": path.split("/")[-1],
                "string": self._get_label(path),
                "required": False,
                "fields": [],
                "type": field.type,
                "model_name": field.model_name,
            }

        lead = {**known["lead_id"], "string": self._get_label("lead_id")}
        lead["fields"] = [
            *lead["fields"],
            *(entry(path, self._get_field(path)) for path in KEYS if "/" in path),
        ]
        own = [{**known[name], "string": self._get_label(name)} for name in OWN]
        following = [entry(path, self._get_field(path)) for path in ("next_on", "next_goal")]
        return [lead, *own, *following]

    @api.model
    def _get_reader(self, path, options):
        if path == "lead_id/phone":
            return super()._get_reader("phone", options)
        return super()._get_reader(path, options)

    @api.model
    def _get_choice_domain(self, path):
        return (
            [("crm_team_member_ids.crm_team_id.use_intake", "=", True)]
            if path == "user_id"
            else None
        )

    @api.model
    def _convert_rows(self, paths, rows, options):
        # What the model has no field for isn't the converters' to read.
        for row in rows:
            row.named = {
                path: text for path, text in zip(paths, row.texts, strict=True) if path not in OWN
            }
        own = [place for place, path in enumerate(paths) if path in OWN]
        for row in rows:
            row.texts = [row.texts[place] for place in own]
        res = super()._convert_rows([paths[place] for place in own], rows, options)
        for row in rows:
            row.outcome = None
        return res

    # --- importing -------------------------------------------------------------------------

    @api.model
    def _import_rows(self, rows, options):
        self._find_leads(rows)
        may_name_others = self._may_name_others()
        for row in rows:
            self._check_row(row, may_name_others)
        self._skip_known([row for row in rows if not row.problems])
        ready = [row for row in rows if not row.problems and not row.outcome]
        # In the order in which they took place: each is told after the one before.
        for row in sorted(ready, key=lambda row: str(row.vals["contacted_on"])):
            record = self._attempt(row, lambda row=row: self._import_row(row))
            if record:
                row.outcome, row.record = "created", record
        return self.env[self._import_model].concat(
            *(row.record for row in rows if row.outcome == "created")
        )

    @api.model
    def _import_row(self, row):
        vals = row.vals
        record = row.lead._intake_log_imported(
            author=self.env["res.users"].browse(vals["user_id"]),
            **{name: vals.get(name) for name in OWN if name != "user_id"},
        )
        next_on = fields.Datetime.to_datetime(self._get_next_on(row))
        if next_on and next_on > fields.Datetime.now() and not row.lead._refuse_follow_up():
            row.lead.intake_plan(next_on, record.method, goal=row.named.get("next_goal") or False)
        return record

    @api.model
    def _get_next_on(self, row):
        text = row.named.get("next_on")
        if not text:
            return False
        Converter = self.env["ir.fields.converter"]
        field = self._get_field("next_on")
        return Converter._str_to_datetime(self.env[self._import_model], field, text, None)[0]

    @api.model
    def _may_name_others(self):
        user = self.env.user
        return user.has_group("lead_intake.group_intake_operations") or user.has_group(
            "sales_team.group_sale_manager"
        )

    @api.model
    def _check_row(self, row, may_name_others):
        vals = row.vals
        labels = {name: self._get_label(name) for name in OWN}
        refused = {path for path, _text in row.problems}
        for name in NEEDED:
            if not vals.get(name) and name not in refused:
                row.refuse(self.env._("Enter %(field)s.", field=labels[name]), name)
        on = fields.Datetime.to_datetime(vals.get("contacted_on"))
        if on and on > fields.Datetime.now() + CLOCK_SKEW:
            row.refuse(
                self.env._(
                    "A contact can't be recorded before it took place. Enter the time at which it "
                    "did."
                ),
                "contacted_on",
            )
        author = vals.get("user_id")
        if not author and may_name_others and "user_id" not in refused:
            row.refuse(self.env._("Say who made the contact; you import for others."), "user_id")
        elif author and author != self.env.uid and not may_name_others:
            row.refuse(
                self.env._(
                    "You can import your own contacts. Those of colleagues are imported by "
                    "operations."
                ),
                "user_id",
            )
        vals["user_id"] = author or self.env.uid
        if row.lead:
            reason = row.lead._refuse_imported_follow_up(may_name_others)
            if reason:
                row.refuse(reason, "lead_id")

    @api.model
    def _find_leads(self, rows):
        """Find the lead each row is of, by all it says of it, in one search."""
        Lead = self.env["crm.lead"]
        for row in rows:
            row.lead, row.keys = Lead, {}
            for path, name in KEYS.items():
                value = self._get_key(name, row.named.get(path))
                if value:
                    row.keys[name] = value
        asked = {key for row in rows for key in row.keys.items()}
        found = Lead
        if asked:
            found = Lead.search_fetch(
                Domain.OR(
                    Domain(name, "in", [value for other, value in asked if other == name])
                    for name in {name for name, _value in asked}
                ),
                [*KEYS.values(), "intake_state", "team_id", "user_id"],
                order="id",
            )
        by_key = {}
        for lead in found:
            for name in KEYS.values():
                if lead[name]:
                    by_key.setdefault((name, lead[name]), []).append(lead.id)
        for row in rows:
            self._choose_lead(row, by_key)

    @api.model
    def _get_key(self, name, text):
        if not text:
            return False
        if name == "phone_sanitized":
            return self.env["crm.lead"]._phone_format(number=text) or text
        if name == "intake_company_key":
            return company_key(text)
        return text.lower() if name == "email_normalized" else text

    @api.model
    def _choose_lead(self, row, by_key):
        """One lead fits everything the row says, or the row is refused with what is to be done."""
        if not row.keys:
            row.refuse(
                self.env._(
                    "Nothing says which lead it is of. Enter its external reference, its phone "
                    "number, its title or its company."
                ),
                "lead_id",
            )
            return
        sets = [set(by_key.get(key, ())) for key in row.keys.items()]
        fitting = set.intersection(*sets)
        if len(fitting) == 1:
            row.lead = self.env["crm.lead"].browse(fitting)
        elif fitting:
            row.refuse(
                self.env._(
                    "%(count)s leads fit. Enter the external reference, the phone number or the "
                    "title, too.",
                    count=len(fitting),
                ),
                "lead_id",
            )
        else:
            row.refuse(
                self.env._(
                    "No lead of yours fits all that the row says of it. Correct it, or import "
                    "the lead first."
                ),
                "lead_id",
            )

    @api.model
    def _skip_known(self, rows):
        """A record that is there already, to the minute and the word, isn't made twice."""
        leads = self.env["crm.lead"].concat(*(row.lead for row in rows))
        known = {
            self._get_identity(
                record.lead_id, record.contacted_on, record.user_id.id, record.summary
            )
            for record in self.env[self._import_model].search(
                [("lead_id", "in", leads.ids), ("state", "=", "done")]
            )
        }
        for row in rows:
            vals = row.vals
            on = fields.Datetime.to_datetime(vals["contacted_on"])
            identity = self._get_identity(row.lead, on, vals["user_id"], vals["summary"])
            if identity in known:
                row.outcome = "skipped"
                row.reason = self.env._("This contact is recorded already.")
            known.add(identity)

    @api.model
    def _get_identity(self, lead, on, user_id, summary):
        return lead.id, on.replace(second=0), user_id, " ".join((summary or "").split())
