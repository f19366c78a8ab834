from odoo import api, fields, models

from ..tools import Integer


class ResCompany(models.Model):
    _inherit = "res.company"

    crm_gestao_no_contact_days = Integer(
        string="Days without Contact",
        help="Whoever consults a customer that nobody has contacted for more days than"
        " these is told so. 0: never.",
    )
    crm_gestao_show_overdue = fields.Boolean(
        string="Overdue Mark for Sales Reps",
        help="Sales reps without accounting rights see that a customer has something"
        " overdue, but no amount.",
    )

    _crm_gestao_no_contact_days_positive = models.Constraint(
        "CHECK (crm_gestao_no_contact_days >= 0)",
        "The days without contact cannot be negative. Type zero or more days.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._create_occurrence_sequence()
        return companies

    def _create_occurrence_sequence(self):
        """Create the numbering of occurrences of these companies, one per year.

        Each gets an XML id of this addon, so that uninstalling removes it.
        """
        # sudo: numbering is the addon's own affair, who may create a company need
        # not have rights on sequences
        sequences = self.env["ir.sequence"].sudo()
        # a company may be one of the data of an addon, which Odoo is installing
        sequences.with_context(install_module=False)._load_records(
            [
                {
                    "xml_id": f"crm_gestao.occurrence_sequence_{company.id}",
                    "noupdate": True,
                    "values": {
                        "name": self.env._("Occurrences of %s", company.name),
                        "code": "crm.gestao.occurrence",
                        "prefix": "OC/%(range_year)s/",
                        "padding": 5,
                        "use_date_range": True,
                        "company_id": company.id,
                    },
                }
                for company in self
            ]
        )
