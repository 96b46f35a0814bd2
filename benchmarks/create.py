"""Creating leads and opening the pipeline: with Lead Intake and without it, in alternation.

Needs two databases, one with lead_intake and one with crm alone::

    createdb bench; development/odoo -d bench -i lead_intake --stop-after-init
    createdb plain; development/odoo -d plain -i crm --stop-after-init
    PLAIN_DATABASE=plain development/odoo shell -d bench --no-http < benchmarks/create.py

Three contenders take turns ``RUNS`` times, each in a savepoint that is rolled back: a team under
the procedure, another team of the same database, and crm without the addon. ``CREATE_BENCHMARK``
is the number of leads in a batch.
"""

import os
import statistics
import time

from lxml import etree

import odoo
from odoo.modules.registry import Registry

COUNT = int(os.environ.get("CREATE_BENCHMARK", "1000"))
RUNS = int(os.environ.get("CREATE_RUNS", "7"))
CARDS = 40
OPENS = 5


class Contender:
    """One database and team, and what each of its runs took."""

    def __init__(self, name, env, use_intake):
        self.name = name
        self.env = env(context=dict(env.context, no_reset_password=True))
        values = {"name": name, "use_opportunities": True, "user_id": False}
        if use_intake is not None:
            values["use_intake"] = use_intake
        self.owner = self.env["res.users"].create(
            {
                "name": name,
                "login": name,
                "group_ids": [(4, self.env.ref("sales_team.group_sale_salesman_all_leads").id)],
            }
        )
        self.team = self.env["crm.team"].create({**values, "member_ids": [(4, self.owner.id)]})
        self.medium = self.env.ref("utm.utm_medium_website")
        self.source = self.env["utm.source"].create({"name": f"Expo of {name}"})
        self.country = self.env.ref("base.cn")
        self.specification = self.kanban_specification()
        # What others have done is in the database, not in the cache.
        self.env.flush_all()
        self.seconds = {"create": [], "kanban": []}
        self.queries = {}

    def values(self):
        return [
            {
                "name": f"Enquiry {number}",
                "type": "opportunity",
                "partner_name": f"Customer {number} Ltd",
                "contact_name": f"Buyer {number}",
                "email_from": f"buyer@customer{number}.example",
                "phone": f"+86138{number:08}",
                "country_id": self.country.id,
                "medium_id": self.medium.id,
                "source_id": self.source.id,
                "team_id": self.team.id,
                "user_id": self.owner.id,
            }
            for number in range(COUNT)
        ]

    def timed(self, what, do):
        cr = self.env.cr
        queries = cr.sql_log_count
        start = time.perf_counter()
        result = do()
        self.env.flush_all()
        cr.precommit.run()  # tracking is written here
        self.seconds[what].append(time.perf_counter() - start)
        self.queries[what] = cr.sql_log_count - queries
        return result

    def run(self):
        env = self.env(user=self.owner)
        env.cr.execute("SAVEPOINT run")
        env.invalidate_all()
        values = self.values()
        leads = self.timed("create", lambda: env["crm.lead"].create(values))
        # The procedure's leads have a to-do; cards without one would be cheaper to show.
        for lead in leads.sudo().filtered(lambda lead: not lead.activity_ids):
            lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.owner.id)
        env.flush_all()
        for _open in range(OPENS):
            env.invalidate_all()
            self.timed("kanban", lambda: self.open_kanban(env))
        env.cr.execute("ROLLBACK TO SAVEPOINT run")
        env.cr.postcommit.clear()
        env.invalidate_all()

    def kanban_specification(self):
        """Return what the web client asks for each card."""
        Lead = self.env["crm.lead"]
        view = Lead.get_view(self.env.ref("crm.crm_case_kanban_view_leads").id, "kanban")
        shown = {node.get("name") for node in etree.fromstring(view["arch"]).iter("field")}
        return {
            name: {"fields": {"display_name": {}}} if Lead._fields[name].relational else {}
            for name in shown.intersection(Lead._fields)
        }

    def open_kanban(self, env):
        """Read what the web client reads when the pipeline is opened."""
        env["crm.lead"].web_read_group(
            [("type", "=", "opportunity"), ("team_id", "=", self.team.id)],
            groupby=["stage_id"],
            aggregates=["expected_revenue:sum"],
            auto_unfold=True,
            unfold_read_specification=self.specification,
            unfold_read_default_limit=CARDS,
        )

    def median(self, what):
        return statistics.median(self.seconds[what])


def compare(env):
    with Registry(os.environ["PLAIN_DATABASE"]).cursor() as plain_cr:
        plain_env = odoo.api.Environment(plain_cr, odoo.api.SUPERUSER_ID, {})
        plain = Contender("crm alone", plain_env, None)
        contenders = [
            plain,
            Contender("other team", env, False),
            Contender("intake team", env, True),
        ]
        for _run in range(RUNS):
            for contender in contenders:
                contender.run()
        print(f"{COUNT} leads, median of {RUNS} runs")
        print(f"{'':<14}{'what':<8}{'seconds':>9}{'ratio':>7}{'queries':>9}")
        for what in ("create", "kanban"):
            for contender in contenders:
                # Runs that followed each other are compared: the machine drifts.
                ratio = statistics.median(
                    own / other
                    for own, other in zip(contender.seconds[what], plain.seconds[what], strict=True)
                )
                print(
                    f"{contender.name:<14}{what:<8}{contender.median(what):>9.3f}"
                    f"{ratio:>7.2f}{contender.queries[what]:>9}"
                )
        plain_cr.rollback()


try:
    compare(env)  # noqa: F821  the shell's
except BaseException:
    import traceback

    traceback.print_exc()
env.cr.rollback()  # noqa: F821
