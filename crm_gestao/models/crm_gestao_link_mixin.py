from odoo import api, models
from odoo.fields import Command


class CrmGestaoLinkMixin(models.AbstractModel):
    """Has links that are only for those who may read what they lead to.

    A link tells its name, and what is computed of it, for which Odoo asks with all
    rights: of what is saved as of what a client only says it is about to save.
    """

    _name = "crm.gestao.link.mixin"
    _description = "Links to What One May Read"

    @api.model
    def _get_private_links(self):
        """The fields whose links are refused to who may not read them."""
        return []

    @api.model
    def _get_told_links(self):
        """Those of which nothing is told before they are saved, either."""
        return self._get_private_links()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_private_links(self._get_private_links())
        return records

    def write(self, vals):
        res = super().write(vals)
        self._check_private_links(f for f in self._get_private_links() if vals.get(f))
        return res

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        self._check_told_links(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        self._check_told_links(values)
        return super().onchange(values, field_names, fields_spec)

    def _check_private_links(self, fnames):
        """Refuse links of these records to what the user may not read.

        :raise AccessError:
        """
        if not self.env.su:
            for fname in fnames:
                # sudo: only to know the link, also where the user may not read that
                # field
                if linked := self.sudo()[fname]:
                    linked.sudo(False).check_access("read")

    @api.model
    def _check_told_links(self, values):
        """Refuse values, also of lines, that link to what the user may not read.

        :param dict values: what a client sends, or defaults
        :raise AccessError:
        """
        if self.env.su:
            return
        told = self._get_told_links()
        for fname, value in values.items():
            field = self._fields.get(fname)
            if not value or not field or not field.relational:
                continue
            comodel = self.env[field.comodel_name]
            if field.type == "many2one":
                linked = value if isinstance(value, int) else ()
            else:
                linked = set()
                for command in value:
                    if isinstance(command, int):
                        linked.add(command)
                    elif command[0] in (Command.CREATE, Command.UPDATE):
                        if isinstance(comodel, CrmGestaoLinkMixin):
                            comodel._check_told_links(command[2])
                    elif command[0] == Command.LINK:
                        linked.add(command[1])
                    elif command[0] == Command.SET:
                        linked.update(command[2])
            if fname in told:
                comodel.browse(linked).check_access("read")
