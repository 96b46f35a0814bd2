from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition

from odoo.exceptions import UserError
from odoo.service.model import call_kw

from .model import PEOPLE, Lead

MOST_LEADS = 4  # that are open at a time

people = st.sampled_from(PEOPLE)
which = st.integers(0, 7)
apt = st.sampled_from([True, True, False])


def some(fits):
    """A step that is tried when there is a lead of its kind, lest most of them go nowhere."""
    return precondition(lambda self: any(fits(lead) for _id, lead in self.leads))


def is_in(*states):
    return some(lambda lead: lead.state in states and lead.is_open)


class Machine(RuleBasedStateMachine):
    """How a step is taken; the steps themselves are in the files beside this one."""

    case = None  # the test, in whose transaction all this happens
    taken = Counter()  # of each kind of step, how many were allowed
    tried = Counter()

    def __init__(self):
        super().__init__()
        case = self.case
        self.env = case.env
        self.savepoint = case.cr.savepoint()
        case.at(0)
        self.hours = 0
        self.leads = []  # (id, model), merged ones left out
        self.every_id = []
        self.known = {}

    def teardown(self):
        self.env.clear()
        self.case.cr.precommit.clear()
        self.savepoint.rollback()
        self.savepoint.close(rollback=False)
        self.env.invalidate_all(flush=False)

    def _user(self, who):
        return getattr(self.case, who)

    def _name(self, user):
        return next((who for who in PEOPLE if self._user(who) == user), None)

    def _pick(self, number, among=bool):
        leads = [(lead_id, lead) for lead_id, lead in self.leads if among(lead)]
        return leads[number % len(leads)]

    def _choose(self, number, who, apt, may, among=bool):
        """Choose a lead and who takes a step on it: most often somebody who may."""
        pairs = [
            (lead_id, lead, person)
            for lead_id, lead in self.leads
            if among(lead)
            for person in PEOPLE
            if apt and may(lead, person)
        ]
        if pairs:
            return pairs[(number * len(PEOPLE) + PEOPLE.index(who)) % len(pairs)]
        return (*self._pick(number, among), who)

    def _call(self, who, method, *args, **context):
        kwargs = {"context": context} if context else {}
        model = self.env(user=self._user(who).id, context={})["crm.lead"]
        return call_kw(model, method, list(args), kwargs)

    def _attempt(self, allowed, kind, what, step):
        """Take a step that is to be allowed, or refused in words; None: whichever.

        :return: whether it was taken
        """
        taken = True
        try:
            with self.case.cr.savepoint():
                self.result = step()
                self.env.flush_all()
        except UserError as error:
            taken, said = False, str(error)
        self.env.invalidate_all()
        self.tried[kind] += 1
        self.taken[kind] += taken
        if allowed is not None:
            assert taken == allowed, f"{what}: " + ("allowed" if taken else f"refused, {said}")
        return taken

    def _do(self, allowed, who, lead_id, method, *args, **context):
        return self._attempt(
            allowed,
            method,
            f"{who}: {method}{args}",
            lambda: self._call(who, method, [lead_id], *args, **context),
        )

    def _get_open(self):
        return [lead for _id, lead in self.leads if lead.is_open]

    def _add(self, lead_id, owner, **known):
        self.leads.append((lead_id, Lead(owner, **known)))
        self.every_id.append(lead_id)
