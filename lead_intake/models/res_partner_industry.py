import re
import unicodedata

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, escape_psql

# "C", "39", "C39", "3913": what is looked up as a code before it is looked up as a word.
CODE = re.compile(r"[A-Z]|[A-Z]?\d[\w.-]*", re.ASCII)
# What one picks from: the general before the special.
PICK_ORDER = "level, full_code, name, id"
LEVEL_RANKS = {"section": 0, None: 1, "division": 2, "group": 3, "class": 4}


def as_code(text):
    """Return ``text`` as a code would be written (upper case, half width), or ``""`` if it
    can't be one.

    :param str text: a word, as typed
    :rtype: str
    """
    code = unicodedata.normalize("NFKC", text).upper()
    return code if CODE.fullmatch(code) else ""


class ResPartnerIndustry(models.Model):
    """The national standard GB/T 4754-2017 with Amendment No. 1 (2019) as a tree, beside the
    industries a company has already.

    An entry of the standard has a ``level``; a company's own industry (Odoo's defaults among
    them) has none, and nothing here changes it. A code is text: ``0111`` keeps its zero.
    """

    _inherit = "res.partner.industry"
    _order = "full_code, name, id"
    _parent_store = True

    code = fields.Char(
        copy=False, help="The code of the standard, without the letter of its section: 3913."
    )
    full_code = fields.Char(
        compute="_compute_full_code",
        store=True,
        recursive=True,
        help="The code with the letter of its section before it: C3913.",
    )
    level = fields.Selection(
        [
            ("section", "Section"),
            ("division", "Division"),
            ("group", "Group"),
            ("class", "Class"),
        ],
        copy=False,
        help="The level in the standard GB/T 4754. Empty for an industry of your own.",
    )
    parent_id = fields.Many2one(
        "res.partner.industry",
        string="Parent Industry",
        ondelete="restrict",
        index=True,
        help="The class above in the national standard GB/T 4754.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("res.partner.industry", "parent_id", string="Below")
    section_id = fields.Many2one(
        "res.partner.industry",
        compute="_compute_section_id",
        store=True,
        recursive=True,
        index="btree_not_null",
        help="The letter the industry belongs to, by which reports are summed up.",
    )
    odoo_industry_id = fields.Many2one(
        "res.partner.industry",
        string="Closest General Industry",
        compute="_compute_odoo_industry_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        domain="[('level', '=', False)]",
        help="The industry outside the standard that comes closest. What is below this entry "
        "follows when you change it here, unless it was given one of its own.",
    )

    _code_unique = models.UniqueIndex(
        "(code) WHERE level IS NOT NULL", "This code of the standard exists already."
    )
    _level_has_code = models.Constraint(
        "CHECK (level IS NULL OR code IS NOT NULL)",
        "An entry of the standard needs its code.",
    )

    @api.depends("level", "parent_id.section_id")
    def _compute_section_id(self):
        for industry in self:
            is_section = industry.level == "section"
            industry.section_id = industry if is_section else industry.parent_id.section_id

    @api.depends("code", "section_id.code")
    def _compute_full_code(self):
        for industry in self:
            section = industry.section_id
            letter = section.code if section != industry else ""
            industry.full_code = industry.code and f"{letter or ''}{industry.code}"

    @api.depends("parent_id")
    def _compute_odoo_industry_id(self):
        for industry in self:
            if not industry.odoo_industry_id:
                industry.odoo_industry_id = industry.parent_id.odoo_industry_id

    @api.depends("name", "full_code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for industry in self:
            names = (industry.full_code, industry.name)
            industry.display_name = " ".join(name for name in names if name)

    def _validate_fields(self, field_names, excluded_names=()):
        """Check the company's own industries, one by one. What other addons check may be written for
        one record, and tell industries apart by their names (``partner_industry_secondary`` of the
        OCA does both); entries of the standard have codes, and names that Odoo's have as well.
        """
        names, excluded_names = set(field_names), set(excluded_names)
        res = None
        for industry in self.filtered(lambda industry: not industry.level):
            res = super(ResPartnerIndustry, industry)._validate_fields(names, excluded_names)
        return res

    def write(self, vals):
        followers = self.browse()
        if "odoo_industry_id" in vals:
            followers = self._get_mapping_followers()
        res = super().write(vals)
        if followers:
            super(ResPartnerIndustry, followers).write(
                {"odoo_industry_id": vals["odoo_industry_id"]}
            )
        return res

    def _get_mapping_followers(self):
        """Return what is below and has the mapping of its ancestor here, not one of its own."""

        def follows(industry):
            mapped = (industry._get_intake_ancestors() & self).mapped(
                lambda ancestor: ancestor.odoo_industry_id.id
            )
            return industry.odoo_industry_id.id in mapped

        return (self._get_intake_descendants() - self).filtered(follows)

    # --- the tree --------------------------------------------------------------------------

    def _get_intake_ancestors(self):
        """Return the industries and everything above them."""
        paths = self.filtered("parent_path").mapped("parent_path")
        above = {int(id_) for path in paths for id_ in path.split("/")[:-1]}
        return self | self.browse(above)

    def _get_intake_descendants(self):
        """Return the industries and everything below them, archived ones too: a lead may
        still have one.
        """
        if not self:
            return self
        return self.with_context(active_test=False).search([("id", "child_of", self.ids)])

    # --- finding ---------------------------------------------------------------------------

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name != "level":
            return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        level = self._field_to_sql(alias, "level", query)
        whens = [SQL("WHEN %s THEN %s", key, rank) for key, rank in LEVEL_RANKS.items() if key]
        rank = SQL("(CASE %s %s ELSE %s END)", level, SQL(" ").join(whens), LEVEL_RANKS[None])
        return SQL("%s %s %s", rank, direction, nulls)

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Search industries by code or words, the best first: the code itself, codes that
        start with it, then words; sections before what is below them.

        :param str name: a code ("3913", "C39") or words in any language
        :param domain: restricts what is found
        :param str operator: how ``name`` is matched
        :param int limit: at most so many
        :return: pairs of id and display name
        :rtype: list[tuple]
        """
        searches = [Domain("display_name", operator, name)]
        code = as_code(name.strip()) if isinstance(name, str) and operator == "ilike" else ""
        if code:
            searches = [
                Domain("code", "=", code) | Domain("full_code", "=", code),
                self._get_code_domain(code),
                *searches,
            ]
        restriction = Domain(domain or Domain.TRUE)
        found = self.browse()
        for search in searches:
            if limit and len(found) >= limit:
                break
            found += self.search_fetch(
                search & restriction & Domain("id", "not in", found.ids),
                ["display_name"],
                limit=limit and limit - len(found),
                order=PICK_ORDER,
            )
        # sudo as in Odoo's own name_search: names of records the user's rules let through.
        return [(industry.id, industry.display_name) for industry in found.sudo()]

    @api.model
    def _search_display_name(self, operator, value):
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        if operator == "in":
            return self._get_exact_domain([text for text in value if isinstance(text, str)])
        if operator not in ("ilike", "like") or not isinstance(value, str) or not value.strip():
            return super()._search_display_name(operator, value)
        words = value.split()
        domain = Domain.AND(self._get_word_domain(word) for word in words)
        if code := as_code(words[0]):
            rest = [word for word in words[1:] if word != "-"]
            domain |= self._get_code_domain(code) & Domain.AND(
                self._get_word_domain(word) for word in rest
            )
        return domain

    def _get_code_domain(self, code):
        pattern = escape_psql(code) + "%"
        return Domain("code", "=like", pattern) | Domain("full_code", "=like", pattern)

    def _get_exact_domain(self, texts):
        """Match codes, names in any language, and both together as displayed."""
        if not texts:
            return Domain.FALSE
        codes = [code for text in texts if (code := as_code(text.strip()))]
        name = SQL.identifier("value")

        def to_sql(model, alias, query):
            full_code = model._field_to_sql(alias, "full_code", query)
            return model._any_language_to_sql(
                alias,
                "name",
                SQL(
                    "%s IN %s OR %s || ' ' || %s IN %s",
                    name,
                    tuple(texts),
                    full_code,
                    name,
                    tuple(texts),
                ),
            )

        return (
            Domain("code", "in", codes)
            | Domain("full_code", "in", codes)
            | Domain.custom(to_sql=to_sql)
        )

    def _get_word_domain(self, word):
        """Match ``word`` within the names in any language, whichever the user works in.

        The full name has the Chinese one even where Chinese isn't installed. The code before
        it is no part of the match ("13" is no word that C2613 has in it), and an own industry
        is matched by its name alone.
        """
        unaccent = self.env.registry.unaccent
        pattern = unaccent(SQL("%s", f"%{escape_psql(word)}%"))

        def to_sql(model, alias, query):
            name = unaccent(SQL.identifier("value"))
            # of "C39 - Computers (计算机)" what follows the code
            full = unaccent(
                SQL("regexp_replace(%s, '^[A-Z]?[0-9]* - ', '')", SQL.identifier("value"))
            )
            return SQL(
                "(%s OR %s IS NOT NULL AND %s)",
                model._any_language_to_sql(alias, "name", SQL("%s ILIKE %s", name, pattern)),
                model._field_to_sql(alias, "level", query),
                model._any_language_to_sql(alias, "full_name", SQL("%s ILIKE %s", full, pattern)),
            )

        return Domain.custom(to_sql=to_sql)

    def _any_language_to_sql(self, alias, field_name, condition):
        """Return the SQL that one of the field's translations, as ``value``, fulfils
        ``condition``. A search by ``name`` sees the user's language only.
        """
        field = self._fields[field_name]
        column = SQL.identifier(alias, field_name, to_flush=field)
        return SQL("EXISTS (SELECT 1 FROM jsonb_each_text(%s) WHERE %s)", column, condition)
