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


# Of any model, for whatever has lines can be asked of what is in them. (Odoo
# would keep a docstring in the database, also when we are uninstalled.)
class Base(models.AbstractModel):
    _inherit = "base"

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        check_told_links(self, values)
        return values

    def onchange(self, values, field_names, fields_spec):
        check_told_links(self, values)
        return super().onchange(values, field_names, fields_spec)


def check_told_links(model, values):
    """Refuse values, also of lines, that link to what the user may not read.

    :param model: a recordset of the model that they are of, with the user's rights
    :param dict values: what a client sends, or defaults
    :raise AccessError:
    """
    if model.env.su:
        return
    told = model._get_told_links() if isinstance(model, CrmGestaoLinkMixin) else ()
    for fname, value in values.items():
        field = model._fields.get(fname)
        # a record that is new is false, too
        if value is False or not field or field.type not in LINKS:
            continue
        comodel = model.env[field.comodel_name]
        ids, nested = LINKS[field.type](value)
        for values_of_line in nested:
            check_told_links(comodel, values_of_line)
        if fname in told:
            comodel.browse(ids).check_access("read")


def get_linked(value):
    """What Odoo takes for the value of a many2one, see `convert_to_cache` there.

    :return: ids, and the values that a record in memory gets
    """
    if isinstance(value, dict):
        return get_ids(value.get("id")), [value]
    return get_ids(value), []


def get_lines(value):
    """What Odoo takes for the value of a one2many or a many2many, in the same way."""
    ids, nested = [], []
    for command in value if isinstance(value, (list, tuple)) else ():
        if isinstance(command, dict):
            nested.append(command)
        elif not isinstance(command, (list, tuple)):
            ids += get_ids(command)
        elif command[0] in (Command.CREATE, Command.UPDATE):
            nested.append(command[2] or {})
            if command[0] == Command.UPDATE:
                ids += get_ids(command[1])
        elif command[0] == Command.LINK:
            ids += get_ids(command[1])
        elif command[0] == Command.SET:
            ids += get_ids(command[2])
    return ids, nested


def get_ids(value):
    """Numbers in whatever form; what names a new line (`virtual_1`) is none."""
    if isinstance(value, (list, tuple)):
        return [id_ for item in value for id_ in get_ids(item)]
    # what is new may be made of something that is there
    text = str(getattr(value, "origin", value)).strip()
    return [int(text)] if text.isdecimal() else []


LINKS = {"many2one": get_linked, "one2many": get_lines, "many2many": get_lines}
