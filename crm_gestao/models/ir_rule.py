from odoo import models

from ..tools import is_guarded


# In debug mode, which everybody may turn on, Odoo names the records that one may not
# read. (Odoo would keep a docstring in the database, also when we are uninstalled.)
class IrRule(models.Model):
    _inherit = "ir.rule"

    def _make_access_error(self, operation, records):
        error = super()._make_access_error(operation, records)
        (message,) = error.args
        # a line of an order tells of it, too
        is_told = f"({records._name}: " in message
        if is_told and is_guarded(self.env, records._name.removesuffix(".line")):
            # sudo: only to take out what Odoo has read with all rights, of so many
            for record in records[:6].sudo():
                message = message.replace(
                    f", {record.display_name} ({record._name}: {record.id}",
                    f" ({record._name}: {record.id}",
                )
            error.args = (message,)
            records.invalidate_recordset()
        return error
