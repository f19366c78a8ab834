import re

from odoo import api, models

# Control characters, and halves of characters: no screen shows them, PostgreSQL takes
# some of them for an error, and so do spreadsheets and XML
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean_text(text):
    return UNREADABLE.sub("", text)


class CrmGestaoTextMixin(models.AbstractModel):
    """Keep out of texts what nobody can read, wherever it was pasted from."""

    _name = "crm.gestao.text.mixin"
    _description = "Readable Texts"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean_texts(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean_texts(vals))

    @api.model
    def _clean_texts(self, vals):
        return {
            fname: clean_text(value)
            if isinstance(value, str)
            and fname in self._fields
            and self._fields[fname].type in ("char", "text", "html")
            else value
            for fname, value in vals.items()
        }
