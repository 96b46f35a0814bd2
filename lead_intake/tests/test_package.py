import inspect
from pathlib import Path

from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools import parse_version

from odoo.addons.lead_intake import hooks

from .common import IntakeCommon

ADDON = Path(__file__).resolve().parents[1]


@tagged("post_install", "-at_install")
class TestPackage(TransactionCase):
    """What is packed is complete; `make test-package` tries the package itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manifest = Manifest.for_addon("lead_intake")

    def test_every_data_file_is_loaded(self):
        loaded = {*self.manifest["data"], *self.manifest["demo"]}
        folders = ("data", "demo", "report", "security", "views", "wizard")
        files = {
            str(path.relative_to(ADDON))
            for folder in folders
            for suffix in ("xml", "csv")
            for path in (ADDON / folder).glob(f"*.{suffix}")
        }
        self.assertEqual(files, loaded)

    def test_installing_computes_nothing_for_leads_that_are_there(self):
        """Columns of stored computed fields are made before Odoo would fill them."""
        statement = inspect.getsource(hooks.create_columns)
        for model in ("crm.lead", "res.partner"):
            for name, field in self.env[model]._fields.items():
                ours = field._modules and set(field._modules) <= {"lead_intake"}
                if ours and field.compute and field.store and field.column_type:
                    self.assertIn(f"IF NOT EXISTS {name} ", statement, model)

    def test_migrations_are_of_versions_up_to_this_one(self):
        version = parse_version(self.manifest["version"])
        for folder in (ADDON / "migrations").iterdir():
            self.assertLessEqual(parse_version(folder.name), version)
            scripts = list(folder.glob("*.py"))
            self.assertTrue(scripts)
            for script in scripts:
                self.assertIn(script.name.split("-")[0], ("pre", "post", "end"))
                self.assertIn("def migrate(cr, version):", script.read_text())


@tagged("post_install", "-at_install")
class TestRemoval(IntakeCommon, TransactionCase):
    """What the leads keep when the addon goes; `make test-package` lets it go."""

    def test_what_leads_name_becomes_the_company_s(self):
        lead = self._lead_in("returned")
        channel = lead.medium_id
        unused = self.env.ref("lead_intake.channel_third_party")
        self.env["crm.lead"].search([("medium_id", "=", unused.id)]).medium_id = channel
        todo = self._todos(lead, "complete")
        self.assertTrue(todo)
        self.env.flush_all()
        hooks.uninstall_hook(self.env)
        self.assertFalse(channel.get_external_id()[channel.id])
        self.assertTrue(unused.get_external_id()[unused.id])
        self.assertEqual(todo.activity_type_id, self.env.ref("mail.mail_activity_data_todo"))
        # Nothing that is about to be dropped holds a grade.
        self.grade_a.unlink()
