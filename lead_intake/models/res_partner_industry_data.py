from odoo import api, models

# The general industry of Odoo (the sections of ISIC Rev.4) that has most of the matches in the
# standard's own table. A section, and below it what is closer to another one.
ODOO_INDUSTRIES = {
    "A": "A",
    "B": "B",
    "C": "C",
    "D": "D",
    "D46": "E",  # water
    "E": "F",
    "F": "G",
    "G": "H",
    "H": "I",
    "I": "J",
    "J": "K",
    "K": "L",
    "L": "N",
    "L72": "M",  # legal, consulting, advertising
    "M": "M",
    "N": "E",
    "N771": "R",  # nature reserves, zoos and botanical gardens
    "N78": "N",  # public facilities
    "N79": "L",  # land management
    "O": "S",
    "O80": "T",  # domestic service
    "O811": "G",  # repair of motor vehicles
    "P": "P",
    "Q": "Q",
    "R": "R",
    "R86": "J",  # publishing
    "R87": "J",  # broadcasting, film
    "S": "O",
    "S95": "S",  # associations, unions, religious bodies
    "S96": "S",  # grass-roots bodies
    "T": "U",
}


class ResPartnerIndustry(models.Model):
    """What the data file can't say itself."""

    _inherit = "res.partner.industry"

    @api.model
    def _finish_gbt4754(self):
        """Map the entries just loaded to Odoo's industries and leave them to the company.

        In the data file a mapping to an industry that the company has deleted would stop the
        installation. Whatever a company changes afterwards (a name, an English translation, an
        archived entry) survives every update: the entries are not loaded a second time.
        """
        # sudo: external ids are read and written by the loader only.
        fresh = (
            self.env["ir.model.data"]
            .sudo()
            .search(
                [
                    ("module", "=", "lead_intake"),
                    ("model", "=", self._name),
                    ("noupdate", "=", False),
                ]
            )
        )
        if not fresh:
            return
        ids_by_target = {}
        for industry in self.browse(fresh.mapped("res_id")):
            code = industry.full_code
            prefixes = (code[:length] for length in range(len(code), 0, -1))
            target = next((prefix for prefix in prefixes if prefix in ODOO_INDUSTRIES), None)
            if target:
                ids_by_target.setdefault(ODOO_INDUSTRIES[target], []).append(industry.id)
        for target, ids in ids_by_target.items():
            odoo_industry = self.env.ref(
                f"base.res_partner_industry_{target}", raise_if_not_found=False
            )
            if odoo_industry:
                self.browse(ids).write({"odoo_industry_id": odoo_industry.id})
        fresh.write({"noupdate": True})

    @api.model
    def _replace_gbt4754_of_partners(self):
        """Give every customer with an entry of the standard the industry closest to it."""
        partners = self.env["res.partner"].with_context(active_test=False)
        partners_by_target = {}
        for industry, customers in partners._read_group(
            [("industry_id.level", "!=", False)], ["industry_id"], ["id:recordset"]
        ):
            target = industry.odoo_industry_id
            partners_by_target[target] = partners_by_target.get(target, partners) | customers
        for target, customers in partners_by_target.items():
            customers.write({"industry_id": target.id})
