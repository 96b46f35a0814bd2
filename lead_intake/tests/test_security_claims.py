import re
from pathlib import Path

from odoo.tests import BaseCase, tagged

TESTS = Path(__file__).parent
PAGE = TESTS.parents[1] / "docs" / "security.md"
NAMED = re.compile(r"`(test_\w+\.py)(?:::(\w+))?(?:::(test_\w+))?`")


@tagged("post_install", "-at_install")
class TestSecurityClaims(BaseCase):
    """What docs/security.md claims is proven by the tests it names: they exist."""

    def test_the_tests_exist(self):
        named = NAMED.findall(PAGE.read_text())
        self.assertGreater(len(named), 20)
        for file, group, test in named:
            with self.subTest(file=file, group=group, test=test):
                source = (TESTS / file).read_text()
                if group:
                    self.assertRegex(source, rf"(?m)^class {group}\(")
                if test:
                    self.assertRegex(source, rf"(?m)^    def {test}\(")
