from odoo.tests import HttpCase, tagged

# The module, not its classes: pytest would take them for ours.
from odoo.addons.web.tests import test_js as web


@tagged("post_install", "-at_install")
class TestHoot(HttpCase):
    """The addon's own tests in JavaScript, ``static/tests``."""

    # Not a subclass: a class inherits the tests of its parent, and those are Odoo's.
    _generate_hash = web.HOOTCommon._generate_hash
    get_hoot_filters = web.HOOTCommon.get_hoot_filters

    def test_hoot(self):
        self._test_params = [("+", "@lead_intake")]
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000" + self.get_hoot_filters(),
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=web.unit_test_error_checker,
        )
