from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.tools import SQL

from ..tools import guard

LONGEST_REFERENCE = 200


class CrmLead(models.Model):
    """Step 1 · External reference: a lead that another system sends twice is one lead.

    ``intake_push`` in ``crm_lead_feed.py`` creates a lead or returns the one that is there.
    """

    _inherit = "crm.lead"

    intake_reference = fields.Char(
        string="External Reference",
        copy=False,
        help="What the system this lead came from calls it. Sent again, it is the same lead.",
    )
    intake_merged_references = fields.Char(
        copy=False,
        readonly=True,
        export_string_translation=False,
        help="References of the leads that were merged into this one, a line each.",
    )

    _intake_reference_unique = models.UniqueIndex(
        "(intake_reference, COALESCE(company_id, 0)) WHERE intake_reference IS NOT NULL",
        "A lead with this external reference exists already.",
    )
    _intake_merged_references_idx = models.Index(
        "USING gin (string_to_array(intake_merged_references, E'\\n')) "
        "WHERE intake_merged_references IS NOT NULL"
    )

    @api.constrains("intake_reference", "company_id")
    def _check_intake_reference(self):
        named = self.filtered("intake_reference")
        self._refuse_known_references(
            [(lead.intake_reference, lead.company_id) for lead in named], named
        )

    @api.model_create_multi
    def create(self, vals_list):
        named = [dict(vals) for vals in vals_list if vals.get("intake_reference")]
        for vals in named:
            self._intake_strip_reference(vals)
        # Asked before the database's own answer, which names no way out.
        self._refuse_known_references(
            [(vals["intake_reference"], self._intake_get_company_of(vals)) for vals in named]
        )
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("intake_reference"):
            vals = dict(vals)
            self._intake_strip_reference(vals)
            self._refuse_known_references(
                [(vals["intake_reference"], lead.company_id) for lead in self], self
            )
        return super().write(vals)

    def _intake_prepare_registration(self, vals):
        res = super()._intake_prepare_registration(vals)
        self._intake_strip_reference(vals)
        return res

    @api.model
    def _intake_strip_reference(self, vals):
        if "intake_reference" in vals:
            reference = " ".join(str(vals["intake_reference"] or "").split())
            if len(reference) > LONGEST_REFERENCE:
                raise UserError(
                    self.env._(
                        "An external reference has at most %(most)s characters.",
                        most=LONGEST_REFERENCE,
                    )
                )
            vals["intake_reference"] = reference or False

    @api.model
    def _intake_get_company_of(self, vals):
        # sudo: which company a team works for is known.
        team = self.env["crm.team"].sudo().browse(vals.get("team_id") or [])
        return self.env["res.company"].browse(vals.get("company_id") or []) or (
            team.company_id or self.env.company
        )

    @api.model
    def _refuse_known_references(self, pairs, leads=None):
        """
        :param list pairs: of a reference and the company it is to be new in
        :param crm.lead leads: those that may have it
        :raise ValidationError: if other leads have one of the references
        """
        # One of nothing but spaces is none.
        pairs = [(reference, company) for reference, company in pairs if reference]
        found = self._find_intake_references([reference for reference, _company in pairs])
        for reference, company in pairs:
            known = self._intake_within_company(found.get(reference, self.sudo()), company)
            if known - (leads or known.browse()).sudo():
                raise ValidationError(
                    self.env._(
                        "The lead with the external reference “%(reference)s” was registered "
                        "already. Send it with “intake_push” to get that lead, or import it with "
                        "known leads updated.",
                        reference=reference,
                    )
                )

    @api.model
    def _find_intake_references(self, references):
        """Return the leads another system knows by these references, lost and merged ones too,
        as the superuser finds them: that a lead is there is so whoever asks.

        :param list references: what the other system calls the leads
        :return: ``{reference: crm.lead (sudo)}``
        :rtype: dict
        """
        if not references:
            return {}
        Lead = self.sudo().with_context(active_test=False)
        found = dict(
            Lead._read_group(
                [("intake_reference", "in", references)], ["intake_reference"], ["id:recordset"]
            )
        )
        self.flush_model(["intake_merged_references"])
        names = SQL("string_to_array(intake_merged_references, E'\n')")
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %(names)s FROM crm_lead WHERE intake_merged_references IS NOT NULL "
                "AND %(names)s && %(references)s::text[]",
                names=names,
                references=list(references),
            )
        )
        for lead_id, merged in rows:
            for reference in set(merged).intersection(references):
                found[reference] = found.get(reference, Lead) | Lead.browse(lead_id)
        return found

    @api.model
    def _intake_within_company(self, leads, company):
        return leads.filtered(
            lambda lead: not company or not lead.company_id or lead.company_id == company
        )

    @api.model
    def _intake_is_taken(self, error):
        """Tell whether a database error says that somebody else has just used the reference."""
        return isinstance(error, UniqueViolation) and (
            error.diag.constraint_name == "crm_lead_intake_reference_unique"
        )

    @api.model
    def _intake_raise_taken(self, error):
        # The other transaction isn't seen by this one: Odoo takes the request up again, and
        # then it finds that lead.
        raise ConcurrencyError(
            self.env._("The same lead is being registered at this moment.")
        ) from error

    # --- merging ---------------------------------------------------------------------------

    def _merge_dependences(self, opportunities):
        res = super()._merge_dependences(opportunities)
        # Plain leads have none, and pay nothing: the leads were read to be merged.
        known = (opportunities | self).filtered(
            lambda lead: lead.intake_reference or lead.intake_merged_references
        )
        if known:
            names = "\n".join(
                name
                for lead in known
                for name in (
                    lead != self and lead.intake_reference,
                    (lead.intake_merged_references or "").strip("\n"),
                )
                if name
            )
            if names:
                # sudo: a note of where the merged leads came from, whoever merges them.
                guard.opened(self.sudo()).intake_merged_references = f"\n{names}\n"
        return res
