import logging
import random

from odoo import Command
from odoo.exceptions import AccessDenied
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.lead_intake.tests import hostile_calls
from odoo.addons.lead_intake.tests.hostile_common import REFUSALS, HostileCommon
from odoo.addons.lead_intake.tools import guard
from odoo.addons.mail.tests.common import mail_new_test_user

# Found in nothing that a stranger is told.
MARK = "Zwölfgeheim"
CONTEXTS = (
    {},
    {guard.CONTEXT_KEY: True, guard.MERGE_KEY: 1, guard.ADJUST_KEY: {"object": "PASS"}},
    {"default_state": "approved", "default_intake_state": "approved", "default_user_id": 2},
    {"active_test": False, "import_file": True, "install_mode": True, "lang": "xx_XX"},
    {"tracking_disable": True, "mail_notrack": True, "mail_activity_quick_update": True},
    {"allowed_company_ids": [1, 2, 99999], "tz": "Nowhere/Never", "uid": 1, "su": True},
    {"intake_figures": {"figures": {}}, "intake_masked": False, "intake_reopen_reason": ["x"]},
    {"intake_gate_stage_id": -1, "active_ids": [1, "x"], "active_id": "x", "active_model": "x"},
)
# Their rows, as they are, are nobody's to change but by a step of the procedure.
LEAD_COLUMNS = ("intake_state", "intake_grade_id", "won_status", "active", "user_id", "team_id")
TABLES = {
    "crm_team": ("use_intake", "intake_self_review", "user_id", "active"),
    "crm_stage": ("is_won", "intake_status"),
    "res_groups_users_rel": None,
    "crm_team_intake_reviewer_rel": None,
    "lead_intake_grade": ("name", "first_contact_hours"),
    "lead_intake_criterion": ("domain", "points"),
}
HISTORY = {
    "lead_intake_review": ("lead_id", "submitted_by_id", "submitted_on", "round"),
    "lead_intake_deadline": ("lead_id", "milestone", "date_started"),
    "lead_intake_assignment": ("lead_id", "user_id", "assigned_on", "how"),
    "lead_intake_follow_up": ("lead_id", "user_id", "recorded_on"),
    "lead_intake_verification": ("lead_id", "kind", "value", "method", "secret_hash"),
    "lead_intake_closing": ("lead_id", "closed_on", "outcome"),
}


@tagged("post_install", "-at_install")
class TestHostileClients(HostileCommon):
    """Every public method there is, called by everybody with what no client of ours sends.

    The methods are found in the registry: a new one is tried without anybody remembering to.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Thousands of refusals are what is wanted here, and nothing to log.
        logging.disable(logging.CRITICAL)
        cls.addClassCleanup(logging.disable, logging.NOTSET)
        cls.env["mail.alias.domain"].search([])
        marked = {
            "name": f"{MARK} presses",
            "partner_name": f"{MARK} Ltd",
            "contact_name": f"{MARK} Liu",
            "email_from": f"{MARK.lower()}@example.com",
        }
        cls.leads = cls.env["crm.lead"].concat(
            *(cls._lead_in(state, **marked) for state in ("draft", "submitted", "approved"))
        )
        approved = cls.leads[-1].with_user(cls.rep)
        approved.intake_log("reached", f"{MARK}: they want ten presses by May.")
        approved.intake_confirm_phone_by_call(f"{MARK} answered, I knew the voice.")
        cls.env.flush_all()
        portal = mail_new_test_user(
            cls.env, login="intake_portal", groups="base.group_portal", name="Portal"
        )
        employee = mail_new_test_user(
            cls.env, login="intake_employee", groups="base.group_user", name="Employee"
        )
        cls.strangers = {
            "public": cls.env.ref("base.public_user"),
            "portal": portal,
            "employee": employee,
            "colleague": cls.rep2,
            "other company": cls.other_supervisor,
        }
        cls.lead_ids = {lead.id for lead in cls.leads}

    # --- what must not change ----------------------------------------------------------------

    def _digest(self, tables, where=None):
        parts = []
        for table, columns in tables.items():
            row = (
                SQL("t")
                if columns is None
                else SQL("(%s)", SQL(", ").join(SQL.identifier("t", name) for name in columns))
            )
            key = row if columns is None else SQL.identifier("t", "id")
            parts.append(
                SQL(
                    "(SELECT md5(string_agg(%s::text, '|' ORDER BY %s)) FROM %s t WHERE %s)",
                    row,
                    key,
                    SQL.identifier(table),
                    where or SQL("TRUE"),
                )
            )
        return self.env.execute_query(SQL("SELECT %s", SQL(", ").join(parts)))

    def _snapshot(self):
        ids = tuple(self.lead_ids)
        return (
            self._digest({"crm_lead": LEAD_COLUMNS}, SQL("t.id IN %s", ids)),
            self._digest(HISTORY, SQL("t.lead_id IN %s", ids)),
            self._digest(TABLES),
        )

    def _approved(self):
        return {lead.id for lead in self.leads.exists() if lead.intake_state == "approved"}

    def _hit(self, user, model, method, args, kwargs, check):
        """Make a call and undo it; return what there is to complain about, or None."""
        savepoint = self.cr.savepoint(flush=False)
        complaint = result = None
        try:
            result = call_kw(self.env(user=user, context={})[model], method, args, kwargs)
            self.env.flush_all()
            complaint = check(result)
        except (*REFUSALS, AccessDenied) as error:
            complaint = check(str(error))
        except Exception as error:
            if hostile_calls.is_our_fault(self.env, model, method, error):
                complaint = f"no clear refusal but {type(error).__name__}: {str(error)[:200]}"
        finally:
            self.env.clear()
            savepoint.rollback()
            savepoint.close(rollback=False)
            self.env.invalidate_all(flush=False)
        return complaint

    def _calls(self, tries):
        """Yield every method with crafted arguments."""
        for model, method in hostile_calls.our_methods(self.env):
            if method in hostile_calls.GENERIC:
                continue  # tried with values of the shape that Odoo itself takes for granted
            ids = self._ids(model)
            for seed in range(tries):
                args, kwargs = hostile_calls.make_arguments(
                    self.env, model, method, ids, seed, CONTEXTS
                )
                yield model, method, args, kwargs

    def _ids(self, model):
        if model == "crm.lead":
            return self.leads.ids
        records = self.env[model]
        if records._abstract:
            return [1]
        if "lead_id" in records._fields:
            return records.search([("lead_id", "in", self.leads.ids)], limit=3).ids or [1]
        return records.search([], limit=3).ids or [1]

    def _try_all(self, people, calls, make_check, share=1):
        """Have everybody make every call, or, of many, everybody a share of them in turn."""
        complaints = []
        for turn, (who, user) in enumerate(people.items()):
            check = make_check(who, user)
            for model, method, args, kwargs in calls[turn % share :: share]:
                complaint = self._hit(user, model, method, args, kwargs, check)
                if complaint:
                    shown = f"{args!r:.150} {kwargs!r:.250}"
                    complaints.append(f"{who}: {model}.{method} {shown}: {complaint}")
        self.assertFalse(complaints, "\n".join(["", *complaints[:40]]))

    def _check_of_a_stranger(self, who, user):
        before = self._snapshot()

        def check(result):
            if MARK.lower() in repr(result).lower():
                return f"tells of the lead: {result!r:.300}"
            if self._snapshot() != before:
                return "changed what isn't theirs"
            return None

        return check

    def _check_of_an_insider(self, who, user):
        approved, before = self._approved(), self._snapshot()

        def check(result):
            # The key of a history row may be refused, its past may not change.
            after = self._snapshot()
            if who != "manager" and after[2] != before[2]:
                return "changed the configuration"
            new = {lead.id for lead in self.leads.exists() if lead.intake_state == "approved"}
            if new - approved and who != "supervisor":
                return "approved"
            if "secret_hash" in repr(result) and "fields_get" not in repr(result):
                hashes = self.env["lead.intake.verification"].sudo().search([])
                if any(row.secret_hash and row.secret_hash in repr(result) for row in hashes):
                    return "tells a secret"
            return None

        return check

    # --- the tests -----------------------------------------------------------------------------

    def test_methods_are_discovered(self):
        found = hostile_calls.our_methods(self.env)
        for known in (
            ("base_import.import", "get_intake_options"),
            ("crm.lead", "intake_approve"),
            ("crm.lead", "intake_push"),
            ("crm.lead", "write"),
            ("lead.intake.follow.up", "load"),
            ("crm.team", "action_intake_replan"),
            ("res.partner", "intake_refresh"),
            ("lead.intake.dashboard", "get_figures"),
            ("lead.intake.decision", "action_apply"),
        ):
            self.assertIn(known, found)
        self.assertFalse([name for _model, name in found if name.startswith("_")])

    def test_strangers(self):
        """Who may not see a lead learns nothing of it and changes nothing."""
        self._try_all(self.strangers, list(self._calls(2)), self._check_of_a_stranger)

    def test_insiders(self):
        """Who may see it gets a clear answer whatever they send."""
        self._try_all(self.users, list(self._calls(3)), self._check_of_an_insider)

    def _generic(self, seed):
        """Yield what Odoo lets anybody call on the models we bring or whose rules we add to."""
        extended = {
            model
            for model, method in hostile_calls.our_methods(self.env)
            if method in hostile_calls.GENERIC and not self.env[model]._abstract
        }
        for model in sorted(extended | set(hostile_calls.our_models(self.env))):
            for method in hostile_calls.GENERIC:
                chance = random.Random(f"{model} {method} {seed}")
                args = hostile_calls.make_generic(self.env, model, method, self._ids(model), chance)
                context = chance.choice(CONTEXTS)
                yield model, method, list(args), {"context": context} if context else {}

    def test_strangers_and_the_models(self):
        calls = list(self._generic(1))
        self._try_all(self.strangers, calls, self._check_of_a_stranger, share=5)

    def test_insiders_and_the_models(self):
        calls = list(self._generic(2))
        self._try_all(self.users, calls, self._check_of_an_insider, share=4)

    def test_commands_through_other_models(self):
        """x2many commands that reach a lead or its history from somewhere else."""
        lead = self.leads[1]
        partner = self.env["res.partner"].create({"name": "Nobody in particular"})
        review = lead.intake_review_ids
        paths = []
        for model in sorted(self.registry.models):
            cls = self.registry[model]
            if cls._abstract or cls._transient or not cls._auto:
                continue
            for name, field in cls._fields.items():
                if field.type not in ("one2many", "many2many") or field.compute:
                    continue
                if field.comodel_name in ("crm.lead", "lead.intake.review", "lead.intake.deadline"):
                    paths.append((model, name, field.comodel_name))
        self.assertIn(("res.partner", "opportunity_ids", "crm.lead"), paths)
        for who, user in self.strangers.items():
            check = self._check_of_a_stranger(who, user)
            for model, name, comodel in paths:
                target = {"crm.lead": lead, "lead.intake.review": review}.get(
                    comodel, lead.intake_deadline_ids[:1]
                )
                holder = {"res.partner": partner, "crm.lead": lead}.get(
                    model, self.env[model].sudo().search([], limit=1)
                )
                for command in (
                    Command.update(target.id, {"active": False, "intake_state": "approved"}),
                    Command.update(target.id, {"state": "approved"}),
                    Command.delete(target.id),
                    Command.link(target.id),
                    Command.unlink(target.id),
                    Command.clear(),
                ):
                    with self.subTest(who=who, path=f"{model}.{name}", command=command):
                        args = [holder.ids, {name: [command]}]
                        self.assertFalse(self._hit(user, model, "write", args, {}, check))

    def _dialogs(self):
        """Yield ``(model, values)``: each dialog of ours, opened on leads or rows of theirs."""
        for model in hostile_calls.our_models(self.env):
            dialog = self.env[model]
            if not dialog._transient:
                continue
            values = {}
            for name, field in dialog._fields.items():
                if field.type in ("many2one", "many2many") and (
                    field.comodel_name == "crm.lead" or field.comodel_name in self._rows()
                ):
                    ids = self._ids(field.comodel_name)
                    values[name] = ids[-1] if field.type == "many2one" else [[6, 0, ids]]
            if values:
                yield model, self._filled(dialog, values)

    def _filled(self, dialog, values):
        """Add what the form asks for, as a client that got so far would."""
        fillings = {"char": "x", "text": "x", "integer": 1, "datetime": "2030-01-01 00:00:00"}
        for name, field in dialog._fields.items():
            if field.required and field.store and name not in values:
                if field.type == "selection":
                    values[name] = field.get_values(self.env)[0]
                elif field.type in fillings:
                    values[name] = fillings[field.type]
        return values

    def _rows(self):
        return [
            name
            for name in hostile_calls.our_models(self.env)
            if "lead_id" in self.env[name]._fields
        ]

    def test_dialogs_on_leads_of_others(self):
        """A dialog is its user's own record; what it is opened on needn't be theirs."""
        dialogs = list(self._dialogs())
        complaints, opened = [], set()
        # The supervisor opens them: what is tried is what a client sends.
        for who, user in {**self.strangers, "supervisor": self.supervisor}.items():
            is_theirs = who == "supervisor"
            check = (lambda _result: None) if is_theirs else self._check_of_a_stranger(who, user)
            for model, values in dialogs:
                names = [name for name in self.env[model]._fields if name != "id"]
                spec = {
                    name: {"fields": {"display_name": {}}} if field.relational else {}
                    for name, field in self.env[model]._fields.items()
                }
                self._complain(
                    complaints, user, model, "onchange", [[], values, list(values), spec], check
                )
                defaults = {f"default_{name}": value for name, value in values.items()}
                for method, args in (("onchange", [[], {}, [], spec]), ("default_get", [names])):
                    self._complain(complaints, user, model, method, args, check, context=defaults)
                actions = [
                    method
                    for found, method in hostile_calls.our_methods(self.env)
                    if found == model and method.startswith("action_")
                ]
                for method in ["read", *actions]:
                    savepoint = self.cr.savepoint(flush=False)
                    try:
                        dialog = call_kw(
                            self.env(user=user, context={})[model], "create", [values], {}
                        )
                        self.env.flush_all()
                    except (*REFUSALS, AccessDenied) as error:
                        if complaint := check(str(error)):
                            complaints.append(f"{who}: {model}.create: {complaint}")
                        dialog = None
                    if dialog:
                        opened.add((is_theirs, model))
                        args = [[dialog], names] if method == "read" else [[dialog]]
                        self._complain(complaints, user, model, method, args, check)
                    self.env.clear()
                    savepoint.rollback()
                    savepoint.close(rollback=False)
                    self.env.invalidate_all(flush=False)
        self.assertFalse(complaints, "\n".join(["", *complaints[:40]]))
        self.assertGreater(len(opened), 6)
        self.assertEqual([model for is_theirs, model in opened if not is_theirs], [])

    def _complain(self, complaints, user, model, method, args, check, **kwargs):
        if complaint := self._hit(user, model, method, args, kwargs, check):
            complaints.append(f"{user.login}: {model}.{method}: {complaint}")

    def test_a_contact_of_somebody_elses_lead_is_not_named(self):
        contact = self.env["lead.intake.contact"].create(
            {"lead_id": self.leads[0].id, "name": f"{MARK} Zhao"}
        )
        mine = self._new_lead(self.rep2, partner_name="Mine Ltd")
        self.env.flush_all()
        self.env.invalidate_all()
        step = {"lead_id": mine.id, "name": "Owner", "contact_id": contact.id}
        model, spec = "lead.intake.decision.step", {"person": {}, "contact_id": {"fields": {}}}
        told = repr(self._rpc(self.rep2, model, "onchange", [], step, ["contact_id"], spec))
        told += self._refused(self.rep2, model, "create", [step])
        step.pop("lead_id")
        values = {"intake_step_ids": [Command.create(step)]}
        told += self._refused(self.rep2, "crm.lead", "write", mine.ids, values)
        self.assertNotIn(MARK, told)

    def test_hidden_fields_are_no_oracle(self):
        """What can't be read can't be searched, grouped, sorted by or exported either."""
        row = (
            self.env["lead.intake.verification"]
            .sudo()
            .search([("lead_id", "in", self.leads.ids)], limit=1)
        )
        guard.opened(row).write({"secret_hash": "0123456789abcdef"})
        path = "intake_verification_ids.secret_hash"
        model = "lead.intake.verification"
        for user in (*self.users.values(), *self.strangers.values()):
            for on, call, args in (
                (model, "search", ([["secret_hash", "=like", "0%"]],)),
                (model, "search_count", ([["secret_hash", "!=", False]],)),
                (model, "search", ([], 0, None, "secret_hash")),
                (model, "formatted_read_group", ([], ["secret_hash"], ["__count"])),
                (model, "formatted_read_group", ([], [], ["secret_hash:max"])),
                (model, "read", (row.ids, ["secret_hash"])),
                (model, "search_read", ([], ["secret_hash"])),
                (model, "web_read", (row.ids, {"secret_hash": {}})),
                (model, "export_data", (row.ids, ["secret_hash"])),
                ("crm.lead", "search", ([[path, "=like", "0%"]],)),
                ("crm.lead", "search", ([["intake_verification_ids", "any", [["secret_hash", "=like", "0%"]]]],)),
                ("crm.lead", "export_data", (self.leads.ids, [path.replace(".", "/")])),
                ("crm.lead", "web_read", (self.leads.ids, {"intake_verification_ids": {"fields": {"secret_hash": {}}}})),
            ):  # fmt: skip
                with self.subTest(user=user.login, on=on, call=call, args=args):
                    told = []
                    # What append returns is nothing to complain about.
                    self._hit(user, on, call, list(args), {}, told.append)
                    self.assertNotIn("0123456789abcdef", repr(told))
                    if call in ("search", "search_count"):
                        self.assertTrue(not told or isinstance(told[0], str), told)
