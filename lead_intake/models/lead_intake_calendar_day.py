"""Dated exceptions to the weekly hours: public holidays and make-up working days (调休).

Odoo's `resource.calendar` knows hours per weekday and times off, but no Saturday on which
everybody works. A day applies to a country, and then to every calendar that follows that
country's published days, or to one calendar; the calendar's own day wins over its country's.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

PLACE_FIELDS = ("date", "country_id", "calendar_id", "active")


class LeadIntakeCalendarDay(models.Model):
    _name = "lead.intake.calendar.day"
    _description = "Holiday or Make-up Day"
    _order = "date, id"

    name = fields.Char(
        "Reason", required=True, translate=True, help="Shown where a due time is explained."
    )
    date = fields.Date(required=True, index=True)
    day_type = fields.Selection(
        [("off", "Day off"), ("working", "Working day")],
        "Type",
        required=True,
        default="off",
        help="A day off has no working time, whatever the weekly hours say. "
        "A working day has some, also on a weekend: a make-up day.",
    )
    weekday = fields.Selection(
        [
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        "Hours of",
        help="Whose hours a working day takes. Empty: the calendar's first weekday with hours.",
    )
    country_id = fields.Many2one(
        "res.country",
        index="btree_not_null",
        ondelete="cascade",
        help="The day applies to every working schedule that follows this country's days.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Working Hours",
        index="btree_not_null",
        ondelete="cascade",
        help="The day applies to this working schedule only, and wins over its country's day.",
    )
    company_id = fields.Many2one(
        related="calendar_id.company_id", store=True, index="btree_not_null"
    )
    active = fields.Boolean(
        default=True, help="Archive a published day your company does not observe."
    )

    _one_place = models.Constraint(
        "CHECK ((country_id IS NULL) != (calendar_id IS NULL))",
        "A dated day applies either to a country or to one working schedule.",
    )
    _one_per_country = models.UniqueIndex(
        "(date, country_id) WHERE active", "This country already has this date."
    )
    _one_per_calendar = models.UniqueIndex(
        "(date, calendar_id) WHERE active", "This working schedule already has this date."
    )

    @api.model_create_multi
    def create(self, vals_list):
        defaults = {"active": True, **self.default_get(list(PLACE_FIELDS))}
        self._refuse_conflicts([{**defaults, **vals} for vals in vals_list])
        return super().create(vals_list)

    def write(self, vals):
        if not vals.keys().isdisjoint(PLACE_FIELDS):
            self._refuse_conflicts([{**day._get_place(), **vals} for day in self])
        return super().write(vals)

    def _get_place(self):
        self.ensure_one()
        return {
            "name": self.name,
            "date": self.date,
            "country_id": self.country_id.id,
            "calendar_id": self.calendar_id.id,
            "active": self.active,
        }

    def _refuse_conflicts(self, places):
        """Say in words which day is in the way, before the database says it in SQL.

        A Python constraint would come too late: the row is inserted before it runs.

        :param places: what the days `self` (or new ones) are about to be, as in `_get_place`
        """
        dates = {fields.Date.to_date(place.get("date")) for place in places}
        # sudo: a day of a calendar the user can't see occupies its date as well
        Day = self.sudo().with_context(active_test=True)
        taken = {
            (day.date, day.country_id.id, day.calendar_id.id): day.name
            for day in Day.search([("date", "in", list(dates)), ("id", "not in", self.ids)])
        }
        for place in places:
            country = self.env["res.country"].browse(place.get("country_id") or [])
            calendar = self.env["resource.calendar"].browse(place.get("calendar_id") or [])
            if bool(country) == bool(calendar):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” must apply either to a country or to one working schedule.",
                        name=place.get("name"),
                    )
                )
            key = (fields.Date.to_date(place.get("date")), country.id, calendar.id)
            if place["active"] and key in taken:
                raise ValidationError(
                    self.env._(
                        "%(place)s already has %(date)s: “%(name)s”. "
                        "Change that day instead of adding another.",
                        place=(country or calendar).display_name,
                        date=format_date(self.env, key[0]),
                        name=taken[key],
                    )
                )
            if place["active"]:
                taken[key] = place.get("name")

    @api.model
    def _load_records(self, data_list, update=False):
        """Let a published day adopt the one a company has entered or imported before it.

        A year is often typed in before a release of this addon ships it; a second record
        for the same date would stop the upgrade at the unique index.
        """
        # sudo: external ids are bookkeeping of the load; the caller's rights on days still apply
        Data = self.env["ir.model.data"].sudo()
        new = {}
        for data in data_list:
            xml_id, values = data.get("xml_id"), data["values"]
            if xml_id and values.get("date") and not Data._xmlid_to_res_id(xml_id):
                place = values.get("country_id") or False, values.get("calendar_id") or False
                new[(fields.Date.to_date(values["date"]), *place)] = data
        days = self.with_context(active_test=False).search(
            [("date", "in", [date for date, *_place in new])]
        )
        adopted = {}
        # of an archived and an active day of one date, the active one counts: it comes last
        for day in days.sorted("active"):
            key = (day.date, day.country_id.id, day.calendar_id.id)
            if key in new:
                adopted[new[key]["xml_id"]] = {
                    "xml_id": new[key]["xml_id"],
                    "record": day,
                    "noupdate": new[key].get("noupdate", False),
                }
        Data._update_xmlids(list(adopted.values()))
        return super()._load_records(data_list, update)

    @api.model
    def get_import_templates(self):
        """Offer the template of a year's days in the import screen."""
        return [
            {
                "label": self.env._("Import Template for Holidays and Make-up Days"),
                "template": "/lead_intake/static/import/holidays.csv",
            }
        ]
