"""People at work over HTTP: representatives and supervisors, each a thread with a session of its
own that clicks, waits as people do, and clicks again. On the loopback only.
"""

import random
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import requests

from . import views

THINK = (2.0, 8.0)  # seconds between clicks
AT_THE_DOOR = 4  # log in at a time


@dataclass
class Record:
    """What happened, from all threads."""

    seconds: dict = field(default_factory=lambda: defaultdict(list))
    errors: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, click, seconds):
        with self.lock:
            self.seconds[click].append(seconds)

    def fail(self, click, text):
        with self.lock:
            self.errors.append(f"{click}: {text}")


class Refused(Exception):
    pass


class Day:
    """The time people work. It starts when everybody is there: to log in is work for the server,
    too, and forty people don't come in the same second.
    """

    def __init__(self, seconds, people):
        self.seconds = seconds
        self.until = None
        self.door = threading.Barrier(people, self.start)
        self.key = threading.Semaphore(AT_THE_DOOR)

    def start(self):
        self.until = time.monotonic() + self.seconds


class Person(threading.Thread):
    """Somebody who works until the day is over."""

    clicks = {}  # method: weight

    def __init__(self, address, database, login, day, record, intake):
        super().__init__(name=login, daemon=True)
        self.address, self.database, self.login = address, database, login
        self.day, self.record, self.intake = day, record, intake
        self.random = random.Random(login)
        self.session = requests.Session()
        self.number = 0

    def rpc(self, path, **params):
        answer = self.session.post(
            f"{self.address}{path}",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=120,
        )
        answer.raise_for_status()
        body = answer.json()
        if "error" in body:
            data = body["error"].get("data", {})
            raise Refused(f"{data.get('name')}: {data.get('message')}")
        return body["result"]

    def call(self, method, /, *args, model="crm.lead", **kwargs):
        return self.rpc(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=list(args),
            kwargs=kwargs,
        )

    def run(self):
        try:
            with self.day.key:
                self.log_in()
                self.arrive()
        except Exception as error:  # noqa: BLE001  every failure is counted, none ends the others
            self.record.fail("log in", error)
            self.day.door.wait()
            return
        self.day.door.wait()
        names, weights = list(self.clicks), list(self.clicks.values())
        while True:
            time.sleep(self.random.uniform(*THINK))
            if time.monotonic() > self.day.until:
                return
            [name] = self.random.choices(names, weights)
            start = time.monotonic()
            try:
                if getattr(self, name)() is not False:
                    self.record.add(name, time.monotonic() - start)
            except Exception as error:  # noqa: BLE001
                self.record.fail(name, error)

    def log_in(self):
        self.rpc(
            "/web/session/authenticate",
            db=self.database,
            login=self.login,
            password=self.login.split("_")[0],
        )

    def arrive(self):
        """Load the views once, as the browser does."""
        user = self.call("search_read", [("login", "=", self.login)], ["id"], model="res.users")
        self.uid = user[0]["id"]
        action = self.rpc("/web/action/load", action_id="crm.crm_lead_action_pipeline")
        shown = [
            [view, kind] for view, kind in action["views"] if kind in ("kanban", "list", "form")
        ]
        answer = self.call("get_views", shown)
        self.cards = views.from_answer(answer, "kanban")
        self.bar = views.bar_from_answer(answer)
        self.lines = views.from_answer(answer, "list")
        self.form = views.from_answer(answer, "form")
        self.stages = [
            stage["id"]
            for stage in self.call(
                "search_read", [], ["id"], model="crm.stage", order="sequence, id"
            )
        ]
        self.mine = []

    def kanban_of(self, domain):
        domain = [("type", "=", "opportunity"), *domain]
        self.call("read_progress_bar", domain, "stage_id", self.bar)
        answer = self.call(
            "web_read_group",
            domain,
            ["stage_id"],
            ["expected_revenue:sum"],
            auto_unfold=True,
            unfold_read_specification=self.cards,
            unfold_read_default_limit=40,
        )
        return [card for group in answer["groups"] for card in group.get("__records", [])]

    def open_form(self, lead_id):
        return self.call("web_read", [lead_id], specification=self.form)


class Representative(Person):
    clicks = {
        "open_pipeline": 15,
        "my_day": 10,
        "open_lead": 20,
        "register": 15,
        "follow_up": 15,
        "move": 10,
        "search": 15,
    }

    def arrive(self):
        super().arrive()
        if self.intake:
            mine = [("member_ids", "in", [self.uid]), ("use_intake", "=", True)]
            # Who is in a team without the procedure works as with crm alone.
            self.intake = bool(self.call("search_count", mine, model="crm.team"))

    def open_pipeline(self):
        cards = self.kanban_of([("user_id", "=", self.uid)])
        # What is won is over: a month may have been closed with it.
        open_ones = [card for card in cards if card["stage_id"]["id"] in self.stages[1:-1]]
        if self.intake:
            open_ones = [card for card in open_ones if card["intake_state"] == "approved"]
        self.mine = [card["id"] for card in open_ones]

    def my_day(self):
        if self.intake:
            domain, order = [("intake_responsible_id", "=", self.uid)], "intake_next_on, id"
            domain.append(("intake_next_on", "<", "today +1d"))
        else:
            domain, order = [("activity_user_id", "=", self.uid)], None
            domain.append(("activity_date_deadline", "<", "today +1d"))
        self.call("web_search_read", domain, self.cards, limit=80, order=order, count_limit=10001)

    def choose(self):
        """A lead of one's own to work on, None for who has none."""
        if not self.mine:
            self.open_pipeline()
        return self.random.choice(self.mine) if self.mine else None

    def open_lead(self):
        lead_id = self.choose()
        return bool(lead_id) and self.open_form(lead_id)

    def register(self):
        self.number += 1
        name = f"{self.login} {self.number}"
        digits = f"{abs(hash((self.login, self.number))) % 10**8:08}"
        vals = {
            "name": f"Enquiry of {name}",
            "partner_name": f"Company {name} Ltd",
            "contact_name": f"Buyer {name}",
            "phone": f"+86135{digits}",
            "email_from": f"buyer@{self.login.replace('_', '-')}-{self.number}.example",
            "type": "opportunity",
            "medium_id": 1,
            "source_id": self.source(),
        }
        [lead] = self.call("web_save", [], vals, specification={"id": {}, "name": {}})
        if self.intake:
            self.call("intake_submit", [lead["id"]])
        else:
            self.to_do(lead["id"], "Please look at this")

    def source(self):
        if not hasattr(self, "source_id"):
            found = self.call(
                "search_read", [("name", "=like", "Expo %")], ["id"], model="utm.source", limit=1
            )
            self.source_id = found[0]["id"]
        return self.source_id

    def to_do(self, lead_id, summary):
        self.call(
            "activity_schedule",
            [lead_id],
            act_type_xmlid="mail.mail_activity_data_todo",
            summary=summary,
            user_id=self.uid,
        )

    def follow_up(self):
        lead_id = self.choose()
        if not lead_id:
            return False
        planned = datetime.now(timezone.utc) + timedelta(days=self.random.randint(1, 9))
        if self.intake:
            summary = "They want an offer for two machines by the end of next month"
            self.call("intake_log", [lead_id], "reached", summary, method="phone")
            self.call(
                "intake_plan", [lead_id], f"{planned:%Y-%m-%d %H:%M:%S}", "phone", goal="Demo"
            )
        else:
            self.call("message_post", [lead_id], body="They want an offer for two machines")
            self.to_do(lead_id, "Call again")
        return True

    def move(self):
        lead_id = self.choose()
        # Between the two first stages: the later ones ask for what was found out.
        stage_id = self.random.choice(self.stages[1:3])
        return bool(lead_id) and self.call("write", [lead_id], {"stage_id": stage_id})

    def search(self):
        text = f"Customer {self.random.randint(10, 99)}"
        self.call(
            "web_search_read",
            [("type", "=", "opportunity"), ("partner_name", "ilike", text)],
            self.lines,
            limit=80,
            count_limit=10001,
        )


class Supervisor(Person):
    clicks = {"review_list": 40, "decide": 35, "overview": 15, "whole_pipeline": 10}

    def arrive(self):
        super().arrive()
        self.waiting = []
        self.teams = [
            team["id"]
            for team in self.call(
                "search_read", [("user_id", "=", self.uid)], ["id"], model="crm.team"
            )
        ]

    def review_list(self):
        if self.intake:
            domain, order = [("can_review", "=", True)], "intake_submitted_on, id"
        else:
            domain = [("team_id", "in", self.teams), ("stage_id", "=", self.stages[0])]
            order = "create_date, id"
        found = self.call(
            "web_search_read", domain, self.lines, limit=80, order=order, count_limit=10001
        )
        self.waiting = [record["id"] for record in found["records"]]

    def decide(self):
        if not self.waiting:
            self.review_list()
        if not self.waiting:
            return False
        lead_id = self.waiting.pop(0)
        self.open_form(lead_id)
        if self.intake:
            self.call("intake_approve", [lead_id], comment="Meets the conditions")
        else:
            self.call("write", [lead_id], {"stage_id": self.stages[1]})
            self.call("message_post", [lead_id], body="Meets the conditions")
        return True

    def overview(self):
        if self.intake:
            self.call("get_figures", model="lead.intake.dashboard")
        else:
            self.call(
                "formatted_read_group",
                [("team_id", "in", self.teams), ("create_date", ">=", "today =1d")],
                ["medium_id", "won_status"],
                ["__count", "expected_revenue:sum"],
            )

    def whole_pipeline(self):
        self.kanban_of([("team_id", "in", self.teams)])


def work(address, database, seconds, representatives, supervisors, intake):
    """Let people work for so many seconds.

    :rtype: Record
    """
    if not address.startswith("http://127.0.0.1:"):
        raise ValueError("Load is for a server of this machine's own.")
    record, day = Record(), Day(seconds, representatives + supervisors)
    people = [
        kind(address, database, f"{name}_{number:02}", day, record, intake)
        for kind, name, count in (
            (Representative, "rep", representatives),
            (Supervisor, "supervisor", supervisors),
        )
        for number in range(count)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join(seconds + 600)
    return record
