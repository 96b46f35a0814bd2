from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.lead_intake.tools.masking import mask_email, mask_name, mask_phone, mask_text

DIGITS = st.text("0123456789", min_size=1, max_size=24)


@tagged("post_install", "-at_install")
class TestMasking(BaseCase):
    """What is printed shows who is meant to those who know, and nobody else."""

    def test_names(self):
        for name, masked in [
            ("张伟", "张*"),
            ("张小明", "张*"),
            ("欧阳娜娜", "欧阳*"),
            ("欧阳", "欧*"),
            ("张", "*"),
            ("李 明", "李*"),
            ("李经理", "李*"),
            ("Li Xiaoming", "Li*"),
            ("Mr. Li Xiaoming", "Li*"),
            ("Smith, John", "Smith*"),
            ("Madonna", "M*"),
            ("Wang*", "Wang*"),
            ("张*", "张*"),
            ("欧阳*", "欧阳*"),
            ("  ", ""),
            (False, ""),
            (None, ""),
        ]:
            with self.subTest(name=name):
                self.assertEqual(mask_name(name), masked)

    def test_phones(self):
        for phone, masked in [
            ("13812341234", "138****1234"),
            ("138 1234 1234", "138 **** 1234"),
            ("+86 138 0013 8000", "+86 138 **** 8000"),
            ("+86 10 6552 9988", "+86 10 **** 9988"),
            ("65529988", "****9988"),
            ("13812341234/13912344321", "138****1234/139****4321"),
            ("110", "**0"),
            ("", ""),
            (False, ""),
        ]:
            with self.subTest(phone=phone):
                self.assertEqual(mask_phone(phone), masked)

    def test_emails(self):
        for email, masked in [
            ("liu.wei@example.com", "l***@example.com"),
            ('"Liu Wei" <liu@example.com>', "l***@example.com"),
            ("a@b.cn, c@d.cn", "a***@b.cn, c***@d.cn"),
            ("not an address", "n***"),
            (False, ""),
        ]:
            with self.subTest(email=email):
                self.assertEqual(mask_email(email), masked)

    def test_text(self):
        self.assertEqual(
            mask_text(
                "Called Liu Wei on 13812341234 (liu@x.cn) on 2026-03-04, budget 1200000 CNY.",
                names=["Liu Wei"],
            ),
            "Called Liu* on 138****1234 (l***@x.cn) on 2026-03-04, budget 1200000 CNY.",
        )
        self.assertEqual(
            mask_text("致电刘伟，转8012", names=["刘伟"], phones=["8012"]), "致电刘*，转***2"
        )
        self.assertEqual(mask_text(False), "")

    @given(st.text(max_size=40))
    def test_masking_twice_changes_nothing(self, text):
        for mask in (mask_name, mask_phone, mask_email):
            once = mask(text)
            self.assertEqual(mask(once), once, mask.__name__)

    @given(
        st.text("赵钱孙李周吴郑王", min_size=1, max_size=1),
        st.text("明伟芳娜静强磊洋艳勇", min_size=1, max_size=3),
    )
    def test_given_name_is_gone(self, surname, given_name):
        masked = mask_name(surname + given_name)
        self.assertEqual(masked, f"{surname}*")
        self.assertNotIn(
            given_name, mask_text(f"见了{surname}{given_name}。", [surname + given_name])
        )

    @given(DIGITS)
    def test_enough_digits_are_gone(self, phone):
        masked = mask_phone(phone)
        self.assertEqual(len(masked), len(phone))
        hidden = masked.count("*")
        self.assertGreaterEqual(hidden, min(4, (2 * len(phone) + 2) // 3))
        self.assertLessEqual(len(phone) - hidden, 9)

    @given(st.emails())
    def test_local_part_is_gone(self, email):
        local, domain = email.rsplit("@", 1)
        masked = mask_email(email)
        if len(local) > 1 and "," not in local and ";" not in local:
            self.assertNotIn(f"{local}@", masked)
