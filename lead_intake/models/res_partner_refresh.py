from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import arguments, guard

REFRESH_TYPE = "lead_intake.mail_activity_type_refresh"
BATCH = 200


class ResPartner(models.Model):
    """Customer maintenance (客户维护): won customers keep current key facts, so that a repeat sale
    has something to start from. The cron reads who is due from a partial index.
    """

    _inherit = "res.partner"

    intake_won_lead_id = fields.Many2one(
        "crm.lead",
        string="Last Won",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        groups="sales_team.group_sale_salesman",
        help="The lead this customer was last won with: its owner keeps the customer.",
    )
    intake_contact_id = fields.Many2one(
        "res.partner",
        string="Key Contact",
        copy=False,
        ondelete="set null",
        domain="[('id', 'child_of', id)]",
        help="Whom we talk to at this customer's.",
    )
    intake_refresh_days = fields.Integer(
        string="Confirm Every",
        copy=False,
        help="Days after which the key facts are confirmed anew. 0: by the grade of the lead.",
    )
    intake_refresh_on = fields.Date(
        string="Confirm Next On", copy=False, help="When the key facts are to be confirmed."
    )
    intake_needs = fields.Char(string="Needs", copy=False, help="What they may buy next.")
    intake_fact_ids = fields.One2many(
        "lead.intake.fact", "partner_id", string="Confirmed Facts", readonly=True
    )

    _intake_refresh_idx = models.Index(
        "(intake_refresh_on, id) WHERE intake_refresh_on IS NOT NULL"
    )
    _intake_refresh_positive = models.Constraint(
        "CHECK (intake_refresh_days IS NULL OR intake_refresh_days >= 0)",
        "The days between refreshes can't be less than zero.",
    )

    @api.constrains("intake_won_lead_id")
    def _check_intake_won_lead_id(self):
        """Whoever may change a customer may not name any lead there is: its name would be told,
        and a new need be made of it.
        """
        # sudo: whoever won the customer may be out of the user's sight.
        for partner in self.sudo().filtered("intake_won_lead_id"):
            lead = partner.intake_won_lead_id
            outcomes = [lead.won_status, *lead.intake_closing_ids.mapped("outcome")]
            if lead.partner_id.commercial_partner_id != partner or "won" not in outcomes:
                raise ValidationError(
                    self.env._(
                        "With what lead “%(customer)s” was won follows from the leads; it can't be "
                        "typed or imported.",
                        customer=partner.name,
                    )
                )

    # --- the rhythm ------------------------------------------------------------------------

    def _get_intake_refresh_days(self):
        self.ensure_one()
        return self.intake_refresh_days or self.intake_won_lead_id.intake_grade_id.refresh_days

    def _intake_plan_refresh(self):
        """Set when the facts of these customers are to be confirmed next."""
        today = fields.Date.context_today(self)
        for partner in self:
            days = partner._get_intake_refresh_days()
            partner.intake_refresh_on = today + timedelta(days=days) if days else False

    @api.model
    def _cron_intake_refresh(self, limit=BATCH):
        """Give the salespeople the customers whose facts are due.

        :param int limit: customers in a batch, which is one transaction
        """
        domain = [("intake_refresh_on", "<=", fields.Date.today())]
        commit = self.env["ir.cron"]._commit_progress
        left = commit(remaining=self.search_count(domain, limit=limit * 20))
        while left:
            self.env.invalidate_all()
            found = self.search(domain, limit=limit, order="intake_refresh_on, id")
            partners = found.try_lock_for_update(allow_referencing=True)
            if not partners:
                break
            partners._intake_ask_refresh()
            left = commit(len(partners))

    def _intake_ask_refresh(self):
        """Give each customer's salesperson a to-do, unless the last one is still open, and plan
        the next: one that is never done comes back by itself.
        """
        activity_type = self.env.ref(REFRESH_TYPE)
        today = fields.Date.today()
        Activity = self.env["mail.activity"]
        waiting = Activity.search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", activity_type.id),
            ]
        )
        asked = set(waiting.mapped("res_id"))
        model_id = self.env["ir.model"]._get_id("res.partner")
        Activity.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "date_deadline": today,
                    "res_id": partner.id,
                    "res_model_id": model_id,
                    "summary": activity_type.summary,
                    "user_id": partner._get_intake_keeper().id,
                }
                for partner in self
                if partner.id not in asked and partner._get_intake_keeper()
            ]
        )
        self._intake_plan_refresh()

    def _get_intake_keeper(self):
        """Return who keeps this customer: who won it last, else its salesperson or its team's
        leader.

        :rtype: res.users
        """
        lead = self.intake_won_lead_id
        users = (lead.user_id, self.user_id, lead.team_id.user_id)
        return next((user for user in users if user.active), self.env["res.users"])

    # --- confirming ------------------------------------------------------------------------

    def _get_intake_facts(self):
        """Return the present value of each key fact, as text.

        :rtype: dict[str, str]
        """
        self.ensure_one()
        person = self.intake_contact_id or self
        return {
            "contact": self.intake_contact_id.name or "",
            "function": person.function or "",
            "phone": person.phone or "",
            "email": person.email or "",
            "needs": self.intake_needs or "",
        }

    def _get_intake_fact_dates(self):
        """Return when each fact was last confirmed.

        :rtype: dict[str, datetime]
        """
        self.ensure_one()
        rows = self.env["lead.intake.fact"]._read_group(
            [("partner_id", "=", self.id)], ["name"], ["confirmed_on:max"]
        )
        return dict(rows)

    @arguments.takes(confirmed=arguments.names, changes=arguments.texts_by_name)
    def intake_refresh(self, confirmed=(), changes=None):
        """Confirm key facts of a customer, or change them.

        :param list confirmed: names of facts that are still right
        :param dict changes: ``{name of the fact: new value}``; a new contact person becomes a
            contact of the customer, and what else is changed is theirs
        :raise AccessError: if the user may not change the customer
        """
        self.ensure_one()
        self.check_access("write")
        old = self._get_intake_facts()
        changes = {
            name: value.strip()
            for name, value in (changes or {}).items()
            if name in old and value.strip() != old[name]
        }
        if changes.get("contact"):
            self.intake_contact_id = self.create(
                {"name": changes["contact"], "parent_id": self.id, "type": "contact"}
            )
        person = self.intake_contact_id or self
        values = {name: changes[name] for name in ("function", "phone", "email") if name in changes}
        if values:
            person.write(values)
        if "needs" in changes:
            self.intake_needs = changes["needs"]
        self._intake_keep_facts([*(confirmed or ()), *changes], old, changes)
        self._intake_plan_refresh()
        # sudo: whoever confirms closes the to-do of whoever it was given to.
        activity_type = self.env.ref(REFRESH_TYPE)
        todos = self.sudo().activity_ids.filtered(lambda a: a.activity_type_id == activity_type)
        todos.write({"active": False})

    def _intake_keep_facts(self, names, old, changes):
        labels = dict(self.env["lead.intake.fact"]._fields["name"]._description_selection(self.env))
        now = fields.Datetime.now()
        # sudo and key: history is written by the step, which was just checked.
        guard.opened(self.env["lead.intake.fact"].sudo()).create(
            [
                {
                    "partner_id": self.id,
                    "name": name,
                    "value": changes.get(name, old[name]),
                    "old_value": old[name] if name in changes else False,
                    "is_changed": name in changes,
                    "confirmed_on": now,
                    "confirmed_by_id": self.env.user.id,
                }
                for name in dict.fromkeys(names)
                if name in old
            ]
        )
        for name, value in changes.items():
            self._message_log(
                body=self.env._(
                    "%(fact)s: %(before)s → %(after)s",
                    fact=labels[name],
                    before=old[name] or "–",
                    after=value or "–",
                )
            )

    def action_intake_refresh(self):
        """Open the form that confirms the customer's key facts."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Confirm Key Facts"),
            "res_model": "lead.intake.refresh",
            "view_mode": "form",
            "target": "new",
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }

    # --- a new need ------------------------------------------------------------------------

    def action_intake_new_need(self):
        """Register a repeat sale: a lead with everything known of the customer, its previous
        owner's if they are still there.

        :return: the new lead's form; a notification if it became somebody else's
        :rtype: dict
        :raise AccessError: if the user is no salesperson or may not read the customer
        """
        self.ensure_one()
        self.check_access("read")
        self.env["crm.lead"].check_access("create")
        company = self.commercial_partner_id
        # sudo: a salesperson may not see whose the customer was, nor give somebody a lead; they
        # say what the customer needs, and who knows the customer takes it.
        lead = self.env["crm.lead"].sudo().create(company.sudo()._prepare_intake_new_need())
        lead = lead.sudo(False)
        if lead.has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "res_model": "crm.lead",
                "res_id": lead.id,
                "views": [(False, "form")],
            }
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The new need was given to %(user)s, who knows the customer.",
                    user=lead.sudo().user_id.name,
                ),
            },
        }

    def _prepare_intake_new_need(self):
        self.ensure_one()
        last = self.intake_won_lead_id
        if last.company_id and last.company_id not in self.env.companies:
            last = last.browse()
        person = self.intake_contact_id or last.partner_id or self
        owner = last.user_id if last.user_id.active else self.env.user
        # A company may have deleted the types it has no use for.
        repeat = self.env.ref("lead_intake.lead_type_repeat", raise_if_not_found=False)
        values = {
            "name": self.env._("New need of %(customer)s", customer=self.name),
            "type": last.type or "opportunity",
            "partner_id": person.id,
            "partner_name": self.name,
            "contact_name": (person.name if not person.is_company else "") or last.contact_name,
            "function": person.function or last.function,
            "phone": person.phone or last.phone,
            "email_from": person.email or last.email_from,
            "industry_id": last.industry_id.id or self.industry_id.id,
            "medium_id": last.medium_id.id,
            "source_id": last.source_id.id,
            "referred": self.name,
            "initial_need": self.intake_needs,
            "lead_type_id": repeat.id if repeat else False,
            "registrant_id": self.env.user.id,
            "user_id": owner.id,
        }
        if last.team_id:
            values["team_id"] = last.team_id.id
        return values
