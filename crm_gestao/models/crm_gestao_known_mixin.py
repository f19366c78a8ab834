from odoo import api, models
from odoo.tools import ormcache


class CrmGestaoKnownMixin(models.AbstractModel):
    """A model of few records that each list, and each new record, asks something of.

    `_known` names the fields. What they hold is kept by each process of Odoo, until
    somebody changes it.
    """

    _name = "crm.gestao.known.mixin"
    _description = "Few Records That Many Ask Of"
    _known = ()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() & set(self._known):
            self.env.registry.clear_cache()
        return res

    def unlink(self):
        res = super().unlink()
        self.env.registry.clear_cache()
        return res

    def _update_field_translations(self, field_name, *args, **kwargs):
        # which Odoo writes by itself
        res = super()._update_field_translations(field_name, *args, **kwargs)
        if field_name in self._known:
            self.env.registry.clear_cache()
        return res

    @api.model
    @ormcache("self.env.lang")
    def _get_known(self):
        """What is asked of each record, as fields keep it: values of `_known` by id."""
        # sudo: of all records, for all users; nobody is told
        records = self.sudo().with_context(active_test=False)
        return {
            record.id: tuple(
                record._fields[fname].convert_to_cache(record[fname], record)
                for fname in self._known
            )
            for record in records.search_fetch([], self._known)
        }

    def _fetch_known(self):
        """Have in memory what is asked of these records, without a statement."""
        known = {} if self.env.context.get("prefetch_langs") else self._get_known()
        there = self.filtered(lambda record: record.id in known)
        for index, fname in enumerate(self._known):
            values = [known[record_id][index] for record_id in there._ids]
            self._fields[fname]._insert_cache(there, values)
        (self - there).fetch(self._known)
