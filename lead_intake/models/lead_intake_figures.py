from datetime import datetime, time

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.funnel import FUNNEL, STATUS_FIELDS

DIMENSIONS = {
    "team": "team_id",
    "user": "user_id",
    "grade": "intake_grade_id",
    "industry": "industry_id",
}


class LeadIntakeFigures(models.AbstractModel):
    """The figures of one month of one company (step 5), counted set-based in the database.

    ``_compute_month`` returns a dictionary that can be stored as JSON::

        month, timezone, currency          "2026-10", "Asia/Shanghai", "CNY"
        date_from, date_to                 naive UTC, ISO; the month in the company's time zone
        counted_on                         naive UTC, ISO; "up to now" is up to then
        funnel                             {
            happened                       {status: leads that reached it in the month}
            cohort                         {"acquired": leads acquired in the month,
                                            status: those of them that got at least so far,
                                            "lost": those that are lost}
            previous                       {"happened": …, "cohort": …} of the month before; see
                                           ``_get_previous``
            by                             {dimension: [{"id", "name", "happened", "cohort",
                                            "previous"}]}
        }
        trend                              [{"month", "acquired", "approved", "won", "lost",
                                             "amount"}] of 12 months, this one last
        durations                          [{"from", "to", "count", "median", "p90"}], hours,
                                           of steps that ended in the month
        on_time                            [{"milestone", "due", "met", "rate",
                                            "previous_rate"}], rates in percent
        sources                            see ``lead_intake_figures_sources.py``
        losses                             see ``lead_intake_figures_losses.py``

    Statuses are those of ``tools/funnel.py``; dimensions ``team``, ``user``, ``grade``,
    ``industry`` (the section of GB/T 4754, or the industry itself outside the standard). Amounts
    are in the company's currency at the rate of the closing date. An id of None stands for
    "none". ``_get_domain`` opens the leads behind a number.
    """

    _name = "lead.intake.figures"
    _description = "Lead Intake Figures"

    @api.model
    def _get_timezone(self, company):
        """Return the name of the time zone that tells when a month of ``company`` begins."""
        return company.sudo().partner_id.tz or self.env.user.tz or "UTC"

    @api.model
    def _get_period(self, company, month):
        """Return the first moment of a month and of the next one, in naive UTC.

        :param res.company company: whose time zone tells when a month begins
        :param date month: any day of the month
        """
        zone = pytz.timezone(self._get_timezone(company))
        first = month.replace(day=1)
        return tuple(
            zone.localize(datetime.combine(day, time.min)).astimezone(pytz.utc).replace(tzinfo=None)
            for day in (first, first + relativedelta(months=1))
        )

    @api.model
    def _compute_month(self, company, month):
        """Count the figures of ``month``; see the class for what they say.

        :param res.company company: whose leads
        :param date month: any day of the month
        :rtype: dict
        """
        # What was changed and not yet written counts.
        self.env.flush_all()
        # Rates of currencies make PostgreSQL expect more work than there is: compiling its
        # statements would take ten times as long as running them. Until the transaction ends.
        self.env.cr.execute("SET LOCAL jit = off")
        month = month.replace(day=1)
        start, stop = self._get_period(company, month)
        now = fields.Datetime.now()
        counter = self._gather(company, month)
        figures = {
            "month": month.strftime("%Y-%m"),
            "timezone": self._get_timezone(company),
            "currency": company.currency_id.name,
            "date_from": fields.Datetime.to_string(start),
            "date_to": fields.Datetime.to_string(stop),
            "counted_on": fields.Datetime.to_string(now),
            **counter._count_blocks(company, month, now),
        }
        counter._drop_gathered()
        return figures

    @api.model
    def _count_blocks(self, company, month, now):
        """Count each block of figures. A seam: a block more is a key more.

        :param date month: the first of the month
        :param datetime now: up to when what became of leads counts
        :rtype: dict
        """
        start, stop = self._get_period(company, month)
        previous, until = self._get_previous(company, month, now)
        earlier = self._count_funnel(company, *previous, until=until)
        trend, channels = self._count_trend(company, month)
        return {
            "funnel": self._compare(self._count_funnel(company, start, stop, until=now), earlier),
            "trend": trend,
            "durations": self._count_durations(company, start, stop),
            "on_time": self._count_on_time(company, (start, stop), previous),
            "sources": {**self._count_sources(company, month, now), "trend": channels},
            "losses": self._count_losses(company, (start, stop), previous),
        }

    def _get_previous(self, company, month, now):
        """Return the time the month is compared with, and up to when what became of its leads
        counts: they are as old then as this month's are now. Of a month that isn't over the
        same part of the month before is taken.

        :rtype: tuple
        """
        start, stop = self._get_period(company, month)
        first, last = self._get_period(company, month - relativedelta(months=1))
        until = now - (stop - last if now >= stop else start - first)
        return (first, max(first, min(last, until))), until

    def _compare(self, funnel, earlier):
        """Put the month before beside the month."""
        keys = ("happened", "cohort")
        funnel["previous"] = {key: earlier[key] for key in keys}
        for dimension, lines in funnel["by"].items():
            known = {line["id"]: line for line in earlier["by"][dimension]}
            nothing = {key: dict.fromkeys(earlier[key], 0) for key in keys}
            for line in lines:
                was = known.get(line["id"], nothing)
                line["previous"] = {key: was[key] for key in keys}
        return funnel

    # --- the funnel ----------------------------------------------------------------------------

    def _count_funnel(self, company, start, stop, until):
        """Count what happened between two moments, and what became of the leads acquired between
        them up to ``until``: in all, and by each dimension.
        """
        acquired = self._within("date_acquired", start, stop)
        happened = reached = (*FUNNEL, "lost")
        lost = SQL("%s <= %s", SQL.identifier(STATUS_FIELDS["lost"]), until)
        got = [SQL("got >= %s", number) for number in range(1, len(FUNNEL) + 1)] + [lost]
        counts = [
            SQL("COUNT(*) FILTER (WHERE %s)", self._within(STATUS_FIELDS[status], start, stop))
            for status in happened
        ]
        counts.append(SQL("COUNT(*) FILTER (WHERE %s)", acquired))
        counts += [SQL("COUNT(*) FILTER (WHERE %s AND %s)", acquired, so_far) for so_far in got]
        columns = [SQL.identifier(name) for name in DIMENSIONS.values()]
        names = ("date_acquired", *STATUS_FIELDS.values())
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(groupings)s, %(columns)s, %(counts)s
                  FROM (SELECT *, %(got)s AS got FROM %(leads)s) AS counted
              GROUP BY GROUPING SETS ((), %(sets)s)
                """,
                groupings=SQL(", ").join(SQL("GROUPING(%s)", column) for column in columns),
                columns=SQL(", ").join(columns),
                counts=SQL(", ").join(counts),
                got=self._got(until),
                leads=self._leads(company, self._any_within(names, start, stop)),
                sets=SQL(", ").join(SQL("(%s)", column) for column in columns),
            )
        )
        by = {name: [] for name in DIMENSIONS}
        width = len(columns)
        for row in rows:
            flags, values, numbers = row[:width], row[width : 2 * width], row[2 * width :]
            counted = {
                "happened": dict(zip(happened, numbers, strict=False)),
                "cohort": dict(zip(("acquired", *reached), numbers[len(happened) :], strict=True)),
            }
            if 0 not in flags:
                total = counted
                continue
            index = flags.index(0)
            by[list(DIMENSIONS)[index]].append({"id": values[index], **counted})
        for name, lines in by.items():
            self._add_names(lines, DIMENSIONS[name])
            lines.sort(key=lambda line: (-line["cohort"]["acquired"], line["name"] or ""))
        return {**total, "by": by}

    def _add_names(self, lines, name):
        """Add the name of what each line's id stands for."""
        model = self.env["crm.lead"]._fields[name].comodel_name
        ids = [line["id"] for line in lines if line["id"]]
        # sudo: names of teams, people, channels; the figures are the company's.
        records = self.env[model].sudo().with_context(active_test=False).browse(ids).exists()
        names = {record.id: record.display_name for record in records}
        for line in lines:
            line["name"] = names.get(line["id"])
