from odoo import api, models


class IrFieldsConverter(models.AbstractModel):
    _inherit = "ir.fields.converter"

    @api.model
    def _str_to_datetime(self, model, field, value, savepoint):
        """Refuse as well what has no moment in UTC, such as the last of year 9999."""
        try:
            return super()._str_to_datetime(model, field, value, savepoint)
        except OverflowError as error:
            message = self.env._("“%s” is not a date and time that exists.")
            raise self._format_import_error(ValueError, message, value) from error
