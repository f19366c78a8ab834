from odoo import models
from odoo.tools import SQL


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    def _get_query(self):
        """Odoo looks at links to one contact; ours have lists of contacts as well."""
        query = super()._get_query()
        for name, model in self.env.items():
            if not name.startswith("crm.gestao.") or model._transient:
                continue
            for field in model._fields.values():
                if not (
                    field.type == "many2many"
                    and field.store
                    and field.comodel_name == "res.partner"
                ):
                    continue
                # UNION without ALL: a record is found once, whatever it is found by
                query = SQL(
                    """
                    %s
                    UNION
                    SELECT %s AS res_model_id, id AS res_id, %s AS is_active
                    FROM %s
                    WHERE id IN (
                        SELECT %s FROM %s
                        WHERE %s IN (SELECT id FROM indirect_references)
                    )
                    """,
                    query,
                    self.env["ir.model"]._get_id(name),
                    SQL.identifier("active") if "active" in model else True,
                    SQL.identifier(model._table),
                    SQL.identifier(field.column1),
                    SQL.identifier(field.relation),
                    SQL.identifier(field.column2),
                )
        return query
