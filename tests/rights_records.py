"""What tests/test_rights_matrix.py calls, and on what: this part runs inside of Odoo.

`prepare(env)` looks into the registry for the models and the public methods of our
addons, makes users and records for every cell, and returns it all for JSON.
"""

import inspect
import itertools
from datetime import datetime

from odoo.tools import SQL

ROLES = {
    "public": None,
    "portal": "base.group_portal",
    "employee": "base.group_user",
    "reader": "account.group_account_readonly",
    "biller": "account.group_account_invoice",
    "own": "crm_gestao.group_user",
    "rep": "crm_gestao.group_user,sales_team.group_sale_salesman",
    "all": "crm_gestao.group_user_all",
    "manager": "crm_gestao.group_manager",
}
OURS = "odoo.addons.crm_gestao"
CRUD = ("create", "read", "search_read", "write", "unlink", "copy")
# what Odoo brings to every model, and lets data in or out in other ways
BY_THE_CLIENT = (
    "web_read", "web_search_read", "formatted_read_group", "name_search", "onchange",
    "web_save", "export_data", "action_archive", "message_post", "message_subscribe",
    "search_count", "web_name_search", "default_get", "name_create", "load",
    "copy_data", "web_save_multi", "action_unarchive", "get_metadata",
    "activity_schedule", "web_read_group", "formatted_read_grouping_sets",
    "read_progress_bar", "message_unsubscribe", "search", "read_group",
    "update_field_translations", "get_field_translations", "web_override_translations",
    "web_resequence", "toggle_active", "message_notify", "message_update",
    "message_get_followers", "activity_feedback", "activity_unlink", "activity_search",
    "activity_reschedule", "action_reschedule_my_next_today",
)  # fmt: skip
# what else Odoo brings, and why it is not called
UNCALLED = {
    "of the model, and of no record": (
        "check_access_rights", "check_field_access_rights", "fields_get",
        "get_base_url", "get_empty_list_help", "get_import_templates",
        "get_property_definition", "get_view", "get_views",
        "has_access", "mail_allowed_qweb_expressions", "mail_get_partner_fields",
        "search_panel_select_multi_range", "search_panel_select_range",
        "view_header_get",
    ),
    "tells no more than that there is such a record": (
        "check_access_rule", "get_external_id", "get_formview_action",
        "get_formview_id",
    ),
    "takes records, or lends another's rights, which no client can send or keep": (
        "copy_translations", "message_change_thread", "with_user",
    ),
    "does what is called, with other words": (
        "action_reschedule_my_next_nextweek", "action_reschedule_my_next_tomorrow",
        "activity_send_mail", "message_mail_with_source", "message_new",
        "message_post_with_source",
    ),
    "Odoo's gateway of e-mails, and a user's own notices": (
        "message_parse", "message_route", "notify_cancel_by_type",
    ),
}  # fmt: skip
# what looks for a record, and answers also where there is none
LOOKING = {
    "search_read", "web_search_read", "formatted_read_group", "name_search",
    "search_count", "web_name_search", "web_read_group",
    "formatted_read_grouping_sets", "read_progress_bar", "search", "read_group",
}  # fmt: skip
# in Odoo's base classes too, and called above or by way of them; what e-mails do is in
# test_an_email_that_a_client_brings
PLUMBING = {"init", "message_process", *BY_THE_CLIENT}
# whose a record of Odoo's is, by which field; one of the entries is its document's
OWNERS = {
    "account.move": "invoice_user_id",
    "account.move.line": None,
    "crm.lead": "user_id",
    "sale.order": "user_id",
}
# a record that is not saved, which says that it belongs to an occurrence
OF_OCCURRENCE = ("onchange of occurrence", "default_get of occurrence")
PROTOCOLS = ("json-rpc", "json-2")
TO_DO = "mail.mail_activity_data_todo"
NUMBERS = itertools.count(1)


def is_ours(cls):
    return cls.__module__.startswith(OURS)


def methods_of(model):
    """Names of the public methods that our addons bring to a model."""
    ours = set(filter(is_ours, type(model).mro()))
    theirs = set(type(model).mro()) - ours
    if model._name.startswith("crm.gestao."):
        theirs = set()
    return sorted(
        {
            name
            for cls in ours
            for name, value in vars(cls).items()
            if inspect.isfunction(value)
            and not name.startswith("_")
            and name not in {*CRUD, *PLUMBING}
            and not getattr(getattr(type(model), name), "_api_private", False)
            # what we only extend is theirs
            and not any(name in vars(other) for other in theirs)
        }
    )


def inherited_by(model):
    """Names of the methods of Odoo that are called on records of this model."""
    return [
        name
        for name in BY_THE_CLIENT
        if hasattr(model, name)
        and (not name.endswith(("archive", "_active")) or "active" in model._fields)
        and (name != "read_progress_bar" or selections_of(model))
        and (name != "web_resequence" or "sequence" in model._fields)
        and ("translations" not in name or text_of(model))
        and (
            name != "web_override_translations"
            or getattr(model._fields.get("name"), "translate", False)
        )
    ]


def unknown_of(model):
    """Names of the public methods of Odoo that nobody has decided about."""
    cls = type(model)
    return {
        name
        for base in cls.mro()
        if not is_ours(base)
        for name, value in vars(base).items()
        if inspect.isfunction(value)
        and not name.startswith("_")
        and not getattr(getattr(cls, name), "_api_private", False)
    }.difference(CRUD, PLUMBING, methods_of(model), *UNCALLED.values())


def text_of(model):
    """A field that a user may type, or None."""
    for fname in ("name", "subject", "note", "reason"):
        field = model._fields.get(fname)
        if (
            field
            and field.store
            and not field.related
            and field.type in ("char", "text")
        ):
            return fname
    return None


def selections_of(model):
    """The fields that a kanban's progress bar may count by."""
    return [
        name
        for name, field in model._fields.items()
        if field.type == "selection" and field.store
    ]


def link_of(model):
    """The field by which what is made of an occurrence belongs to it, or None."""
    if model._abstract or not model._auto:
        return None
    for name, field in model._fields.items():
        is_theirs = field.comodel_name == "crm.gestao.occurrence" and field.store
        if is_theirs and field.type in ("many2one", "many2many"):
            return name
    return None


def is_stored(model):
    """Tell whether it is ours, and has records that are made one by one."""
    return model._name.startswith("crm.gestao.") and model._auto and not model._abstract


def set_value(record, fname, value):
    """Set what Odoo would not let be set."""
    table, column = SQL.identifier(record._table), SQL.identifier(fname)
    record.env.cr.execute(
        SQL("UPDATE %s SET %s = %s WHERE id = %s", table, column, value, record.id)
    )


def plan(record, user):
    """Have something to do on a record, for a colleague, which Odoo planned itself."""
    activity = record.activity_schedule(TO_DO, automated=True)
    record.env.flush_all()
    # also of whom may not read the record
    set_value(activity, "user_id", user.id)
    activity.invalidate_recordset()


class Factory:
    """Makes records of any model of ours, for an owner in a company."""

    def __init__(self, env, company, other_company, users):
        self.env, self.company, self.other_company = env, company, other_company
        self.users = users
        self.partner = env["res.partner"].create({"name": "Customer of the matrix"})
        self.linked = {}

    def kinds(self, name):
        model = self.env[name]
        if name in OWNERS:
            return ["own", "colleague's", "other company's"]
        if not is_stored(model):
            return ["any"]
        kinds = ["own"] if model._transient or "user_id" in model._fields else ["ours"]
        if kinds == ["own"]:
            kinds.append("colleague's")
        if "company_id" in model._fields and not model._fields["company_id"].related:
            kinds.append("other company's")
        return kinds

    def values(self, name, kind, role):
        """Values for `create`: what is required, the owner and the company."""
        model = self.env[name]
        company = self.other_company if kind == "other company's" else self.company
        user = {"own": self.users[role], "colleague's": self.users["colleague"]}.get(
            kind
        )
        fields = model._fields
        values = {}
        if "company_id" in fields and not fields["company_id"].related:
            values["company_id"] = company.id
        if "user_id" in fields:
            values["user_id"] = user.id if user else False
            if fields["user_id"].required and not user:
                values["user_id"] = self.users["colleague"].id
        defaults = model.with_company(company).default_get(list(fields))
        for fname, field in fields.items():
            if not field.required or not field.store or fname in values:
                continue
            if fname in defaults or field.related or (field.compute and field.readonly):
                continue
            if field.compute and field.type != "char":
                continue
            values[fname] = self.value(field, company, user)
        if "partner_id" in fields and not fields["partner_id"].related:
            values.setdefault("partner_id", self.partner.id)
        return values

    def value(self, field, company, user):
        if field.type == "many2one":
            return self.link(field.comodel_name, company, user)
        if field.type == "selection":
            return field.get_values(self.env)[0]
        return {
            "char": f"Matrix {next(NUMBERS)}",
            "text": "Matrix",
            "html": "<p>Matrix</p>",
            "date": "2026-03-02",
            "datetime": "2026-03-02 12:00:00",
            "boolean": True,
            "reference": f"res.partner,{self.partner.id}",
        }.get(field.type, 1)

    def link(self, name, company, user):
        """One record of `name` that what is of `company` and `user` may link to."""
        if name == "res.company":
            return company.id
        if name == "res.partner":
            return self.partner.id
        key = name, company, self.env[name]._transient and user
        if key not in self.linked:
            # an order of nobody, for who links one must be one who may read it
            if name.startswith("crm.gestao.") or name == "sale.order":
                kind = "ours" if company == self.company else "other company's"
                values = self.values(name, kind, "colleague")
                record = self.env[name].create(values)
                self.linked[key] = record.id
                if record._transient:
                    # dialogs are their users' own
                    self.env.flush_all()
                    set_value(record, "create_uid", user.id)
            else:
                self.linked[key] = self.env[name].search([], limit=1).id
        return self.linked[key]

    def owned(self, name, kind, roles):
        """One record of Odoo's for each of `roles`, which owns its `own`."""
        company = self.other_company if kind == "other company's" else self.company
        if name == "account.move.line":
            moves = self.owned("account.move", kind, roles)
            return moves.line_ids.filtered("date_maturity")
        values = {"partner_id": self.partner.id}
        if name == "account.move":
            line = {"name": "Thing", "price_unit": 7, "tax_ids": [(5,)]}
            values |= {"move_type": "out_invoice", "invoice_line_ids": [(0, 0, line)]}
        else:
            values["company_id"] = company.id
        if name == "crm.lead":
            values |= {"name": "Matrix", "type": "opportunity"}
        owners = {
            "own": [self.users[role].id for role in roles],
            "colleague's": [self.users["colleague"].id] * len(roles),
            "other company's": [False] * len(roles),
        }[kind]
        records = self.env[name].with_company(company)
        records = records.create([{**values, OWNERS[name]: owner} for owner in owners])
        if name == "account.move":
            records.action_post()
        return records

    def foreign(self, name):
        """A record of another addon's model, or of figures on the records of others."""
        if self.env[name]._abstract:
            return False
        if name == "res.partner":
            return self.partner.id
        if "partner_id" in self.env[name]._fields and self.env[name]._auto:
            return self.env[name].create(self.values(name, "any", "colleague")).id
        return self.env[name].search([], limit=1).id


def written(model, values):
    """What `write` is called with: something that everybody might change."""
    for fname in ("subject", "name", "note", "reason", "details"):
        if fname in model._fields and not model._fields[fname].related:
            return {fname: f"Changed {next(NUMBERS)}"}
    return dict(itertools.islice(values.items(), 1))


def imported(model, values):
    """One line of a file that holds `values`."""
    columns = {
        f"{fname}/.id" if model._fields[fname].type == "many2one" else fname: value
        for fname, value in values.items()
        if value
    }
    texts = [value if value is True else str(value) for value in columns.values()]
    return {"fields": list(columns), "data": [texts]}


def arguments(model, operation, factory, role):
    """What each parameter gets that the method cannot do without."""
    known = {
        "partner_id": factory.partner.id,
        "query": "quotations",
        "field_name": "type_id",
        "domain": [],
        "specification": {"id": {}, "type_icon": {}, "activity_state": {}},
        "fields": ["display_name"],
        "name": f"Matrix {next(NUMBERS)}",
        "msg_dict": {"author_id": factory.partner.id, "subject": "Matrix"},
    }
    if operation == "load":
        kind = factory.kinds(model._name)[0]
        values = factory.values(model._name, kind, role)
        return imported(model, values)
    _self, *parameters = inspect.signature(
        getattr(type(model), operation)
    ).parameters.values()
    return {
        parameter.name: known.get(parameter.name, False)
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    }


def make_users(env, company):
    users = {}
    for role, groups in {**ROLES, "colleague": "crm_gestao.group_user"}.items():
        if not groups:
            users[role] = env.ref("base.public_user")
            continue
        groups = groups.split(",")
        if role != "portal":
            # whether they may export at all is another matter
            groups.append("base.group_allow_export")
        group_ids = [env.ref(xmlid).id for xmlid in groups]
        users[role] = env["res.users"].create(
            {
                "name": role,
                "login": f"matrix_{role}",
                "password": f"matrix_{role}",
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
                "group_ids": [(6, 0, group_ids)],
            }
        )
    return users


def make_key(env, user):
    keys = env(user=user)["res.users.apikeys"].sudo()
    return keys._generate("rpc", "matrix", datetime(2126, 1, 1))


def make_cells(env, factory):
    """Return a dict for each call, still without its record."""
    cells = []

    def add(name, operation, kinds, make_arguments, **call):
        for kind, protocol, role in itertools.product(kinds, PROTOCOLS, ROLES):
            cell = {"model": name, "method": operation, "record": kind, "role": role}
            cell |= {"protocol": protocol, "arguments": make_arguments(kind, role)}
            cells.append(cell | call)

    for name in sorted(env):
        model = env[name]
        crud = (*CRUD, *inherited_by(model)) if is_stored(model) else ()
        if name.startswith("crm.gestao.") and not (model._auto or model._abstract):
            crud = ("search_read",)  # figures on the records of others
        for operation in [*crud, *methods_of(model)]:
            method = getattr(type(model), operation)
            has_ids = operation != "create" and not hasattr(method, "_api_model")
            needs_record = has_ids or operation in LOOKING
            is_about_record = needs_record or operation == "create"
            add(
                name,
                operation,
                factory.kinds(name) if is_about_record else ["any"],
                lambda kind, role, name=name, operation=operation: (
                    {"vals_list": factory.values(name, kind, role)}
                    if operation == "create"
                    else arguments(env[name], operation, factory, role)
                ),
                has_ids=has_ids,
                needs_record=needs_record,
            )
    for name in sorted(env):
        if fname := link_of(env[name]):
            for operation in OF_OCCURRENCE:
                add(
                    name,
                    operation,
                    factory.kinds("crm.gestao.occurrence"),
                    lambda _kind, _role: {},  # those that `link` gives
                    has_ids=operation.startswith("onchange"),
                    needs_record=False,
                    link=fname,
                )
    return cells


def link(env, factory, kind, cells):
    """Let each of `cells` be about a record that belongs to an occurrence."""
    name = "crm.gestao.occurrence"
    targets = [{"role": cell["role"], "method": "", "arguments": {}} for cell in cells]
    make_records(env, factory, name, kind, targets)
    for cell, target in zip(cells, targets, strict=True):
        fname = cell["link"]
        is_many = env[cell["model"]]._fields[fname].type == "many2many"
        value = [[4, target["id"]]] if is_many else target["id"]
        cell["arguments"] = {
            "onchange of occurrence": {
                "values": {fname: value},
                "field_names": [],
                "fields_spec": {fname: {"fields": {"display_name": {}}}},
            },
            "default_get of occurrence": {
                "fields": [fname],
                "context": {f"default_{fname}": value},
            },
        }[cell["method"]]


def make_records(env, factory, name, kind, cells):
    """Give each of `cells` a record of its own, so that the order does not matter."""
    if kind == "any":
        record_id = factory.foreign(name)
        for cell in cells:
            cell["id"] = record_id
            if cell["method"] == "search_read":
                cell["arguments"] = {"fields": ["id"], "limit": 1}
        return
    if name in OWNERS:
        records = factory.owned(name, kind, [cell["role"] for cell in cells])
        for cell, record in zip(cells, records, strict=True):
            cell["id"] = record.id
        return
    vals_list = [factory.values(name, kind, cell["role"]) for cell in cells]
    outsiders = {user.id for user in factory.users.values() if user.share}
    records = env[name].create(
        [
            {**values, "user_id": factory.users["colleague"].id}
            if values.get("user_id") in outsiders
            else values
            for values in vals_list
        ]
    )
    env.flush_all()
    for cell, record, values in zip(cells, records, vals_list, strict=True):
        cell["id"] = record.id
        if values.get("user_id") in outsiders:
            # such as who has left the company since
            set_value(record, "user_id", values["user_id"])
    records.invalidate_recordset()
    for cell, record, values in zip(cells, records, vals_list, strict=True):
        vals = written(records, values)
        selection = next(iter(selections_of(record)), None)
        shown = selection and (
            record[selection] or record._fields[selection].get_values(env)[0]
        )
        domain = [["id", "=", record.id]]
        found = {
            "formatted_read_group": {"domain": domain, "aggregates": ["__count"]},
            "formatted_read_grouping_sets": {
                "domain": domain,
                "grouping_sets": [[]],
                "aggregates": ["__count"],
            },
            "web_read_group": {"domain": domain, "groupby": ["create_uid"]},
            "read_progress_bar": {
                "domain": domain,
                "group_by": "create_uid",
                "progress_bar": {
                    "field": selection,
                    "colors": {shown: "muted"},
                },
            },
            "name_search": {"domain": domain},
            "onchange": {
                "values": {},
                "field_names": [],
                "fields_spec": {"display_name": {}},
            },
            "web_search_read": {"domain": domain, "specification": {}},
            "read": {"fields": ["display_name"]},
            "write": {"vals": vals},
            "search_read": {"domain": domain, "fields": ["id"]},
            "web_read": {"specification": {"display_name": {}}},
            "web_save": {"vals": vals, "specification": {"display_name": {}}},
            "web_save_multi": {
                "vals_list": [vals],
                "specification": {"display_name": {}},
            },
            "web_name_search": {
                "name": "",
                "domain": domain,
                "specification": {"display_name": {}},
            },
            "search_count": {"domain": domain},
            "search": {"domain": domain},
            "read_group": {"domain": domain, "fields": [], "groupby": ["create_uid"]},
            "get_field_translations": {"field_name": text_of(record)},
            "update_field_translations": {
                "field_name": text_of(record),
                "translations": {"en_US": f"Changed {next(NUMBERS)}"},
            },
            "web_override_translations": {"values": vals},
            "web_resequence": {"specification": {}},
            "message_notify": {"body": "Matrix", "partner_ids": factory.partner.ids},
            "message_update": {"msg_dict": {}, "update_vals": vals},
            "activity_feedback": {"act_type_xmlids": [TO_DO]},
            "activity_unlink": {"act_type_xmlids": [TO_DO]},
            "activity_search": {"act_type_xmlids": [TO_DO]},
            "activity_reschedule": {
                "act_type_xmlids": [TO_DO],
                "date_deadline": "2199-01-01",
            },
            "activity_schedule": {
                "act_type_xmlid": TO_DO,
                "summary": "Matrix",
            },
            "export_data": {"fields_to_export": ["display_name"]},
            "message_post": {"body": "Matrix"},
            "message_subscribe": {"partner_ids": factory.partner.ids},
            "message_unsubscribe": {"partner_ids": factory.partner.ids},
        }
        cell["arguments"] = found.get(cell["method"], cell["arguments"])
        if cell["method"] == "read_progress_bar":
            set_value(record, selection, shown)
        if cell["method"].startswith("activity_"):
            plan(record, factory.users["colleague"])
        if cell["method"] == "message_get_followers":
            record.message_subscribe(factory.partner.ids)
        if cell["method"] == "action_unarchive" and "active" in records._fields:
            set_value(record, "active", False)
    if records._transient:
        env.flush_all()
        for cell, record in zip(cells, records, strict=True):
            owner = factory.users[cell["role"] if kind == "own" else "colleague"]
            set_value(record, "create_uid", owner.id)


def prepare(env):
    env = env(context={"tracking_disable": True, "no_reset_password": True})
    company = env.company
    other_company = env["res.company"].create({"name": "Other company of the matrix"})
    charts = env["account.chart.template"]
    charts.try_loading("generic_coa", other_company, install_demo=False)
    users = make_users(env, company)
    factory = Factory(env, company, other_company, users)
    cells = make_cells(env, factory)
    groups = {}
    for cell in cells:
        if cell["needs_record"]:
            groups.setdefault((cell["model"], cell["record"]), []).append(cell)
    linked = {}
    for cell in cells:
        if "link" in cell:
            linked.setdefault(cell["record"], []).append(cell)
    for kind, group in linked.items():
        link(env, factory, kind, group)
    for (name, kind), group in groups.items():
        make_records(env, factory, name, kind, group)
    keys = {
        role: make_key(env, user)
        for role, user in users.items()
        if role not in ("public", "colleague")
    }
    env.cr.commit()
    unknown = {name: unknown_of(env[name]) for name in env if is_stored(env[name])}
    return {
        "cells": cells,
        "unknown": {name: sorted(found) for name, found in unknown.items() if found},
        "keys": keys,
        "users": {role: [users[role].id, users[role].login] for role in ROLES},
        "tables": {
            cell["model"]: env[cell["model"]]._table
            for cell in cells
            if "id" in cell and cell["record"] != "any"
        },
    }
