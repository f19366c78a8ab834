from odoo import api, models
from odoo.api import NewId
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..tools import check_id, is_ours

# what is told and summed up of lines that are not saved
TOLD_OF_LINES = {
    "account.move.line": ("move_id", "sale_line_ids"),
    "sale.order.line": ("invoice_lines", "order_id"),
}
# of these a name is told, and no secret
PUBLIC = {"res.company", "res.currency", "res.users", "uom.uom"}


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
        vals_list = [self._check_link_values(vals) for vals in vals_list]
        records = super().create(vals_list)
        records._check_private_links(self._get_private_links())
        return records

    def write(self, vals):
        vals = self._check_link_values(vals)
        res = super().write(vals)
        self._check_private_links(f for f in self._get_private_links() if vals.get(f))
        return res

    @api.model
    def _check_link_values(self, vals):
        """Refuse links in a form that Odoo saves, and takes for none as it checks them.

        :return: the values, with ids where Odoo's own code, or others', gave records
        :raise UserError:
        """
        ids = {}
        for fname, value in vals.items():
            field = self._fields.get(fname)
            if not field or field.type != "many2one":
                continue
            if isinstance(value, models.BaseModel):
                if value._name != field.comodel_name or len(value) > 1:
                    continue  # which Odoo refuses
                value = ids[fname] = value.id
            # what is none; a model of Odoo may be given 0 or [] for it
            if value is None or value is False or value == "":
                continue
            if not value and not is_ours(self._name):
                continue
            check_id(self.env, value)
            if field.comodel_name == "res.company" and is_ours(self._name):
                check_companies(self.env, [value])
        return {**vals, **ids} if ids else vals

    def _check_company(self, fnames=None):
        try:
            return super()._check_company(fnames)
        except UserError as error:
            inconsistency = error
        # It names what is hidden. (Outside of the handler, for what an error comes from
        # is sent to the client, too.)
        if not self.env.su:
            self._check_inconsistent_links(fnames)
        raise inconsistency

    def _check_inconsistent_links(self, fnames):
        """Refuse links to what is of another company, and hidden from the user.

        :param fnames: what is checked of these records, as in `_check_company`
        :raise AccessError: which names nothing but the field
        """
        if fnames is None or "company_id" in fnames:
            fnames = self._fields
        fields = [self._fields[fname] for fname in fnames]
        # sudo: only to know the links, as Odoo does
        for record in self.sudo():
            for field in fields:
                if not (field.relational and field.check_company):
                    continue
                linked = record[field.name].with_context(active_test=False)
                is_property = field.company_dependent
                company = self.env.company if is_property else record.company_id
                domain = linked._check_company_domain(company)
                if (
                    domain
                    and linked != linked.filtered_domain(domain)
                    and not linked.sudo(False).has_access("read")
                ):
                    raise AccessError(
                        self.env._(
                            "%(field)s: it is of another company, and you may not read"
                            " it. Choose another one.",
                            field=field._description_string(self.env),
                        )
                    )

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
        if not values or get_asking_user(self).env.su:
            return values
        if self._ids and is_ours(self._name):
            # what is computed of them is for who works with such records
            self.browse().sudo(False).check_access("read")
        values = drop_computed_links(self, values)
        check_defaults(self, values, is_ours(self._name))
        return values

    def read(self, fields=None, load="_classic_read"):
        check_numbers(self)
        return super().read(fields, load)

    def export_data(self, fields_to_export):
        check_numbers(self)
        return super().export_data(fields_to_export)

    def copy_data(self, default=None):
        check_numbers(self)
        return super().copy_data(default)

    def onchange(self, values, field_names, fields_spec):
        if not self.env.su and isinstance(values, dict):
            values = drop_computed_links(self, values)
            check_told_links(self, values, is_ours(self._name))
            field_names = [fname for fname in field_names or () if fname in values]
        return super().onchange(values, field_names, fields_spec)


def check_numbers(records):
    """Refuse a client a record of a number that there is none of, as 0.

    Odoo takes it for one that is new: it asks for no right, and takes its values from
    what the client calls defaults.

    :raise UserError:
    """
    if not all(records._ids) and not records.env.su:
        for id_ in records._ids:
            if not (id_ or isinstance(id_, NewId)):
                check_id(records.env, id_)


def get_asking_user(records):
    """These records with the rights of whom the defaults come from.

    What is computed with all rights, of a record that is not saved, asks for the
    defaults of its links with all rights, too: they are the client's.
    """
    return records.sudo(False) if records._ids else records


def check_defaults(records, values, is_strict):
    """Refuse defaults that link to what the user may not read.

    :param records: those that have asked for them, none where a client has
    :raise UserError:
    """
    try:
        check_told_links(get_asking_user(records), values, is_strict)
    except AccessError as error:
        if not records._ids:
            raise
        message = str(error)
    else:
        return
    # after an AccessError Odoo computes once more, as though there were no link
    raise UserError(message)


def drop_computed_links(model, values):
    """Leave out links that are computed, which a client may only show."""
    if not is_ours(model._name):
        return values
    fields = model._fields
    return {
        fname: value
        for fname, value in values.items()
        if fname not in fields
        or fields[fname].type not in LINKS
        or fields[fname].comodel_name in PUBLIC
        or not (fields[fname].compute and fields[fname].readonly)
    }


def check_told_links(model, values, is_strict, is_nested=False):
    """Refuse values, also of lines, that link to what the user may not read.

    :param model: a recordset of the model that they are of, with the user's rights
    :param dict values: what a client sends, or defaults
    :param bool is_strict: whether all that is linked to is checked, also by lines of
        models that are not ours
    :raise AccessError:
    :raise UserError: where a link is of no form that there is
    """
    if isinstance(model, CrmGestaoLinkMixin):
        told = model._get_told_links()
    else:
        told = TOLD_OF_LINES.get(model._name, ())
    for fname, value in values.items():
        field = model._fields.get(fname)
        # a record that is new is false, too
        if value is False or not field or field.type not in LINKS:
            continue
        comodel = model.env[field.comodel_name]
        ids, nested = LINKS[field.type](model.env, value)
        for values_of_line in nested:
            check_told_links(comodel, values_of_line, is_strict, True)
        if comodel._name == "res.company" and (is_strict or is_ours(model._name)):
            check_companies(model.env, ids)
        is_secret = comodel._name not in PUBLIC and (
            (is_strict and is_nested)
            or (is_ours(model._name) and field.type == "many2one")
            # any dialog may tell what is in a file
            or comodel._name == "ir.attachment"
        )
        if is_secret or fname in told:
            comodel.browse(ids).check_access("read")


def check_companies(env, ids):
    """Refuse companies that are not the user's, whose prices and numbers are others'.

    :raise AccessError:
    """
    if not (env.su or set(ids) <= set(env.user._get_company_ids())):
        raise AccessError(env._("This company is not one of yours. Choose another."))


def get_linked(env, value):
    """What Odoo takes for the value of a many2one, see `convert_to_cache` there.

    :return: ids, and the values that a record in memory gets
    """
    if isinstance(value, dict):
        return get_ids(env, value.get("id")), [value]
    return get_ids(env, value), []


def get_lines(env, value):
    """What Odoo takes for the value of a one2many or a many2many, in the same way."""
    ids, nested = [], []
    for command in value if isinstance(value, (list, tuple)) else ():
        if isinstance(command, dict):
            nested.append(command)
        elif not isinstance(command, (list, tuple)):
            ids += get_ids(env, command)
        elif command[0] in (Command.CREATE, Command.UPDATE):
            nested.append(command[2] or {})
            if command[0] == Command.UPDATE:
                ids += get_ids(env, command[1])
        elif command[0] == Command.LINK:
            ids += get_ids(env, command[1])
        elif command[0] == Command.SET:
            ids += get_ids(env, command[2])
    return ids, nested


def get_ids(env, value):
    """The ids that Odoo would find in a value.

    :raise UserError: where it finds one in what is no id, such as 7.0
    """
    if value is None or value is False:
        return []
    if isinstance(value, (list, tuple)):
        return [id_ for item in value for id_ in get_ids(env, item)]
    if isinstance(value, NewId):
        # what is new may be made of something that is there
        return get_ids(env, value.origin)
    if isinstance(value, str):
        # else it names a new line, such as virtual_1
        text = value.strip()
        if not text.isdecimal():
            return []
        return get_ids(env, int(text)) if len(text) < 20 else [check_id(env, text)]
    if type(value) is int and value <= 0:
        return []
    return [check_id(env, value)]


LINKS = {"many2one": get_linked, "one2many": get_lines, "many2many": get_lines}
