from odoo import api, fields, models


class CrmGestaoPrivacyLog(models.Model):
    """What was done for the sake of privacy, by whom. Nobody changes it afterwards."""

    _name = "crm.gestao.privacy.log"
    _description = "Privacy Log of CRM Gestão"
    _order = "date desc, id desc"
    _rec_name = "act"

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        string="Done by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    act = fields.Selection(
        [
            ("export", "Export of a person's data"),
            ("anonymise", "A person made anonymous"),
            ("retention_archive", "Archived after the retention period"),
            ("retention_anonymise", "Made anonymous after the retention period"),
        ],
        required=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Person", readonly=True, ondelete="set null"
    )
    type_id = fields.Many2one(
        "crm.gestao.occurrence.type",
        string="Occurrence Type",
        readonly=True,
        ondelete="set null",
    )
    occurrence_count = fields.Integer(
        string="Occurrences", readonly=True, aggregator="sum"
    )
    details = fields.Text(readonly=True)

    @api.model
    def _log(self, vals_list):
        """Write entries, each in the name of who is at work."""
        # sudo: nobody may write in the log but the acts that it is about
        return self.sudo().create(
            [{"user_id": self.env.uid, **vals} for vals in vals_list]
        )
