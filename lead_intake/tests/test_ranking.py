import random
from collections import Counter
from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from odoo.addons.lead_intake.tools.company_name import company_key
from odoo.addons.lead_intake.tools.ranking import (
    WEEK,
    Candidate,
    Subject,
    distribute,
    is_away,
    rank,
)

NOW = 1_772_586_000.0
WEIGHTS = {
    "relation": 60,
    "industry": 30,
    "territory": 20,
    "preference": 15,
    "workload": 15,
    "fairness": 10,
}


@tagged("post_install", "-at_install")
class TestRanking(BaseCase):
    """Who gets a lead, without a database."""

    def _order(self, subject, candidates, **kwargs):
        return [score.key for score in rank(subject, candidates, WEIGHTS, NOW, **kwargs)]

    def test_relation_beats_everything_else(self):
        known = Candidate(1, load=29, capacity=30, last_assigned=NOW)
        expert = Candidate(2, industries=frozenset({7}))
        subject = Subject(1, industries=(7,), relations={1: (1.0, {"won": 2})})
        self.assertEqual(self._order(subject, [expert, known]), [1, 2])

    def test_industry_nearer_is_better(self):
        subject = Subject(1, industries=(33, 3, 1))
        exact = Candidate(1, industries=frozenset({33}))
        above = Candidate(2, industries=frozenset({3}))
        top = Candidate(3, industries=frozenset({1}))
        stranger = Candidate(4, industries=frozenset({99}))
        self.assertEqual(self._order(subject, [stranger, top, above, exact]), [1, 2, 3, 4])

    def test_territory_nearer_is_better(self):
        subject = Subject(1, country=48, state=5, city="hangzhou")
        city = Candidate(1, cities=frozenset({"hangzhou"}))
        state = Candidate(2, states=frozenset({5}))
        country = Candidate(3, countries=frozenset({48}))
        anywhere = Candidate(4)
        elsewhere = Candidate(5, countries=frozenset({233}))
        order = self._order(subject, [elsewhere, anywhere, country, state, city])
        self.assertEqual(order, [1, 2, 3, 4, 5])

    def test_territory_can_be_binding(self):
        subject = Subject(1, country=48)
        elsewhere = Candidate(5, countries=frozenset({233}))
        scores = rank(subject, [elsewhere], WEIGHTS, NOW, strict_territory=True)
        self.assertEqual(scores[0].out, {"code": "territory"})
        unknown = rank(Subject(2), [elsewhere], WEIGHTS, NOW, strict_territory=True)
        self.assertIsNone(unknown[0].out, "an unknown place excludes nobody")

    def test_preferred_filter_counts(self):
        subject = Subject(1, preferred=frozenset({2}))
        self.assertEqual(self._order(subject, [Candidate(1), Candidate(2)]), [2, 1])

    def test_workload_is_measured_against_capacity(self):
        busy = Candidate(1, load=9, capacity=10)
        free = Candidate(2, load=9, capacity=30)
        self.assertEqual(self._order(Subject(1), [busy, free]), [2, 1])

    def test_tie_goes_to_the_longest_waiting(self):
        weights = {**WEIGHTS, "fairness": 0}
        candidates = [Candidate(1, last_assigned=NOW - 60), Candidate(2, last_assigned=NOW - 90)]
        self.assertEqual([s.key for s in rank(Subject(1), candidates, weights, NOW)], [2, 1])

    def test_who_is_out_stands_last_with_the_reason(self):
        leave = {"code": "leave", "until": "2026-03-09"}
        away = Candidate(1, out=leave, industries=frozenset({7}))
        scores = rank(Subject(1, industries=(7,)), [away, Candidate(2)], WEIGHTS, NOW)
        self.assertEqual([s.key for s in scores], [2, 1])
        self.assertEqual(scores[1].out, leave)

    def test_away(self):
        now = datetime(2026, 3, 4, 18, 0)
        due = now + timedelta(hours=12)

        def away(*leaves):
            return is_away(
                [(now + timedelta(hours=a), now + timedelta(hours=b)) for a, b in leaves], now, due
            )

        self.assertTrue(away((-1, 1)), "on leave now, if only for an hour")
        self.assertTrue(away((2, 200)), "leaves in two hours, for a week")
        self.assertTrue(away((0, 3)))
        self.assertTrue(away((3, 6), (5, 9)), "the parts of one leave add up")
        self.assertTrue(away((6, 12)))
        self.assertFalse(away((3, 6), (3, 7)), "counted once")
        self.assertTrue(away((7, 200)), "away when it is due, and for long")
        self.assertFalse(away((7, 11)), "back before it is due")
        self.assertFalse(away((-9, 0)), "back since now")
        self.assertFalse(away((13, 50)))
        self.assertFalse(away())
        self.assertFalse(is_away([(due, due + timedelta(1))], now, now), "no promise, no wait")
        self.assertFalse(away((-9, 0), (12.1, 20)))

    def test_capacity_of_one_takes_one(self):
        candidates = [Candidate(1, capacity=1), Candidate(2, capacity=1)]
        subjects = [Subject(key) for key in range(3)]
        result = distribute(subjects, candidates, WEIGHTS, NOW)
        self.assertEqual([result[key][0] for key in range(3)], [1, 2, None])
        self.assertEqual({s.out["code"] for s in result[2][1]}, {"full"})

    def test_no_limit_is_no_limit(self):
        result = distribute([Subject(k) for k in range(500)], [Candidate(1)], WEIGHTS, NOW)
        self.assertEqual({chosen for chosen, _scores in result.values()}, {1})

    def test_nobody_there(self):
        self.assertEqual(distribute([Subject(1)], [], WEIGHTS, NOW), {1: (None, [])})

    def test_fair_within_two_when_all_fit_equally(self):
        dice = random.Random(4)
        for count in (1, 5, 7, 48, 200, 625):
            weights = sorted((dice.choice((2.0, 1.5, 1.0)) for _ in range(count)), reverse=True)
            subjects = [Subject(key, weight=weight) for key, weight in enumerate(weights)]
            for capacity in (0, 30000):
                candidates = [Candidate(key, capacity=capacity) for key in range(6)]
                result = distribute(subjects, candidates, WEIGHTS, NOW)
                got = Counter(chosen for chosen, _scores in result.values())
                perfect = count / 6
                for key in range(6):
                    self.assertLessEqual(abs(got[key] - perfect), 2, (count, capacity, got))

    def test_coming_back_is_no_flood(self):
        back = Candidate(1, load=10, capacity=30, last_assigned=NOW - 4 * WEEK)
        others = [Candidate(k, load=10, capacity=30, last_assigned=NOW - 60) for k in range(2, 6)]
        result = distribute([Subject(k) for k in range(10)], [back, *others], WEIGHTS, NOW)
        got = Counter(chosen for chosen, _scores in result.values())
        self.assertEqual(result[0][0], 1)
        self.assertLessEqual(got[1], 3)

    def test_chosen_by_hand_counts(self):
        candidates = [Candidate(1), Candidate(2)]
        forced = {0: 1, 1: 1, 2: 1}
        distribute([Subject(k) for k in range(3)], candidates, WEIGHTS, NOW, forced=forced)
        result = distribute([Subject(9)], candidates, WEIGHTS, NOW + 60)
        self.assertEqual(result[9][0], 2)


@tagged("post_install", "-at_install")
class TestCompanyName(BaseCase):
    """One company in many spellings."""

    def test_same(self):
        for left, right in [
            ("杭州压力机有限公司", "杭州压力机 股份有限公司"),
            ("杭州压力机（集团）有限公司", "杭州压力机集团"),
            ("ACME Co., Ltd.", "acme"),
            ("Acme Inc", "Ａｃｍｅ　ＧｍｂＨ"),
            ("B.M.W. AG", "BMW"),
            ("Hangzhou  Presses Ltd", "hangzhou presses limited"),
        ]:
            self.assertEqual(company_key(left), company_key(right), (left, right))

    def test_different(self):
        for left, right in [
            ("Acme Presses", "Acme Pumps"),
            ("Acme (China) Ltd", "Acme Ltd"),
            ("中国石油", "中国石化"),
        ]:
            self.assertNotEqual(company_key(left), company_key(right), (left, right))

    def test_says_nothing(self):
        for name in (None, False, "", " - ", "。"):
            self.assertEqual(company_key(name), "")
        # A name that is only a legal form stays: it can't be told from others, but isn't lost.
        self.assertEqual(company_key("Group"), "group")
        self.assertEqual(company_key("有限公司"), "有限公司")
