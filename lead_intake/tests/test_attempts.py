from datetime import timedelta
from threading import Barrier, Thread

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, freeze_time, get_db_name, tagged

HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestAttempts(BaseCase):
    """Counting outside the transaction of who is counted: with real transactions, so that it is
    PostgreSQL that answers. Each test cleans up what it committed.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean)
        self._clean()

    def _clean(self):
        with self.registry.cursor() as cr:
            cr.execute("DELETE FROM lead_intake_attempt WHERE kind LIKE 'test_%'")

    def _take(self, cr, *limits):
        env = api.Environment(cr, SUPERUSER_ID, {})
        return env["lead.intake.attempt"]._take(list(limits))

    def test_rollback_forgets_nothing(self):
        limit = ("test_guess", "a", 2, HOUR)
        for expected in (False, False, "test_guess", "test_guess"):
            with self.registry.cursor() as cr:
                self.assertEqual(self._take(cr, limit), expected)
                cr.rollback()

    def test_error_forgets_nothing(self):
        limit = ("test_guess", "a", 1, HOUR)
        with self.assertRaises(ZeroDivisionError), self.registry.cursor() as cr:
            self._take(cr, limit)
            raise ZeroDivisionError
        with self.registry.cursor() as cr:
            self.assertEqual(self._take(cr, limit), "test_guess")

    def test_refused_attempt_counts_nowhere(self):
        tight, loose = ("test_tight", "a", 1, HOUR), ("test_loose", "a", 3, HOUR)
        with self.registry.cursor() as cr:
            self.assertFalse(self._take(cr, tight, loose))
            for _again in range(5):
                self.assertEqual(self._take(cr, tight, loose), "test_tight")
            self.assertFalse(self._take(cr, loose))

    def test_subjects_and_kinds_are_apart(self):
        with self.registry.cursor() as cr:
            for kind in ("test_a", "test_b"):
                for subject in ("1", "2", 3):
                    self.assertFalse(self._take(cr, (kind, subject, 1, HOUR)))
            self.assertEqual(self._take(cr, ("test_a", 1, 1, HOUR)), "test_a")

    def test_window_moves(self):
        limit = ("test_guess", "a", 1, HOUR)
        with self.registry.cursor() as cr:
            with freeze_time("2026-03-04 10:00:00"):
                self.assertFalse(self._take(cr, limit))
            with freeze_time("2026-03-04 10:59:59"):
                self.assertTrue(self._take(cr, limit))
            with freeze_time("2026-03-04 09:00:00"):
                self.assertTrue(self._take(cr, limit), "A clock put back forgets nothing.")
            with freeze_time("2026-03-04 11:00:00"):
                self.assertFalse(self._take(cr, limit))

    def test_six_at_once(self):
        # Two connections each; a server may have no more than sixteen.
        barrier, results = Barrier(6), []

        def attempt():
            with self.registry.cursor() as cr:
                barrier.wait()
                results.append(self._take(cr, ("test_guess", "a", 3, HOUR)))

        threads = [Thread(target=attempt) for _number in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results.count(False), 3)
        self.assertEqual(len(results), 6)
