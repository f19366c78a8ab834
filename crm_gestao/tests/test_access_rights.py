import contextlib
import itertools
import json
import xmlrpc.client
from datetime import timedelta

from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tools.discuss import Store

from .common import OccurrenceCommon

# Who may do what. One sign for each record, in the order of the list below:
#   +  done, or answered
#   -  answered as if the record were not there
#   x  refused with an AccessError
#   u  refused with a UserError (the right to export is a group of its own)
#   s  refused: not logged in
# "own" is the occurrence that the user is responsible for, also where they have no
# right to it. As the responsible they follow it, and who follows may answer (post).
OCCURRENCES = ("own", "colleague's", "unassigned", "another company's")
OCCURRENCE_TABLE = """
                 own  all  manager biller reader own+biller employee portal public
read             +x+x +++x +++x    +++x   +++x   +++x       xxxx     xxxx   ssss
read_all         +x+x +++x +++x    +++x   +++x   +++x       xxxx     xxxx   ssss
web_read         +x+x +++x +++x    +++x   +++x   +++x       xxxx     xxxx   ssss
web_read_look    +x+x +++x +++x    +++x   +++x   +++x       xxxx     xxxx   ssss
search           +-+- +++- +++-    +++-   +++-   +++-       xxxx     xxxx   ssss
count            +-+- +++- +++-    +++-   +++-   +++-       xxxx     xxxx   ssss
name_search      +-+- +++- +++-    +++-   +++-   +++-       xxxx     xxxx   ssss
read_group       +-+- +++- +++-    +++-   +++-   +++-       xxxx     xxxx   ssss
export           +x+x +++x +++x    +++x   +++x   +++x       xxxx     uuuu   ssss
summary          +-+- +++- +++-    +++-   +++-   +++-       xxxx     xxxx   ssss
occurrence_count +-+- +++- +++-    +++-   +++-   +++-       xxxx     xxxx   ssss
messages         +-+- +++- +++-    +++-   +++-   +++-       ----     ----   ssss
attachment       +-+- +++- +++-    +++-   +++-   +++-       xxxx     xxxx   ssss
create           +x+x +++x +++x    xxxx   xxxx   +x+x       xxxx     xxxx   ssss
write            +x+x +++x +++x    xxxx   xxxx   +x+x       xxxx     xxxx   ssss
web_save         +x+x +++x +++x    xxxx   xxxx   +x+x       xxxx     xxxx   ssss
archive          +x+x +++x +++x    xxxx   xxxx   +x+x       xxxx     xxxx   ssss
unlink           +x+x +++x +++x    xxxx   xxxx   +x+x       xxxx     xxxx   ssss
copy             +x+x +++x +++x    xxxx   xxxx   +x+x       xxxx     xxxx   ssss
done             +x+x +++x +++x    xxxx   xxxx   +x+x       xxxx     xxxx   ssss
cancel           +x+x +++x +++x    xxxx   xxxx   +x+x       xxxx     xxxx   ssss
reopen           +x+x +++x +++x    xxxx   xxxx   +x+x       xxxx     xxxx   ssss
schedule         +x+x +++x +++x    xxxx   xxxx   +x+x       xxxx     xxxx   ssss
plan             +x+x +++x +++x    xxxx   xxxx   +x+x       xxxx     xxxx   ssss
post             +x+x +++x +++x    +xxx   +xxx   +x+x       +xxx     +xxx   ssss
"""

# what all companies share, what the user's company has, what another company has
CONFIGURATION = ("shared", "ours", "another company's")
TYPE_TABLE = """
                 own  all  manager biller reader own+biller employee portal public
read             ++x  ++x  ++x     ++x    ++x    ++x        xxx      xxx    sss
search           ++-  ++-  ++-     ++-    ++-    ++-        xxx      xxx    sss
name_search      ++-  ++-  ++-     ++-    ++-    ++-        xxx      xxx    sss
create           xxx  xxx  ++x     xxx    xxx    xxx        xxx      xxx    sss
write            xxx  xxx  ++x     xxx    xxx    xxx        xxx      xxx    sss
archive          xxx  xxx  ++x     xxx    xxx    xxx        xxx      xxx    sss
copy             xxx  xxx  ++x     xxx    xxx    xxx        xxx      xxx    sss
unlink           xxx  xxx  ++x     xxx    xxx    xxx        xxx      xxx    sss
"""
TAG_TABLE = """
                 own  all  manager biller reader own+biller employee portal public
read             ++x  ++x  ++x     ++x    ++x    ++x        xxx      xxx    sss
search           ++-  ++-  ++-     ++-    ++-    ++-        xxx      xxx    sss
name_search      ++-  ++-  ++-     ++-    ++-    ++-        xxx      xxx    sss
create           ++x  ++x  ++x     xxx    xxx    ++x        xxx      xxx    sss
write            xxx  xxx  ++x     xxx    xxx    xxx        xxx      xxx    sss
unlink           xxx  xxx  ++x     xxx    xxx    xxx        xxx      xxx    sss
"""

# what only looks for records, and answers also where there are none
LOOKING = {
    "search", "count", "name_search", "read_group", "summary", "occurrence_count",
    "messages", "attachment",
}  # fmt: skip
CHANGING = {
    "create", "write", "web_save", "archive", "unlink", "copy", "done",
    "cancel", "reopen", "post", "plan",
}  # fmt: skip
ERRORS = {
    "odoo.exceptions.AccessError": "x",
    "odoo.exceptions.UserError": "u",
    "odoo.http.SessionExpiredException": "s",
}


def read_table(text):
    """Return {(operation, role): signs}."""
    header, *rows = text.strip().splitlines()
    table = {}
    for row in rows:
        operation, *cells = row.split()
        for role, signs in zip(header.split(), cells, strict=True):
            table[operation, role] = signs
    return table


class AccessCase(OccurrenceCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = TYPE_TABLE.split("\n")[1].split()
        cls.users["own+biller"] = cls._new_user(
            "own_biller", "crm_gestao.group_user,account.group_account_invoice"
        )
        # whether they may export at all is another matter
        cls.env.ref("base.group_allow_export").user_ids = [
            Command.link(cls.users[role].id)
            for role in cls.roles
            if role not in ("portal", "public")
        ]
        cls.first_ids = cls._last_ids()

    @classmethod
    def _last_ids(cls):
        cls.env.cr.execute("SELECT max(id) FROM crm_gestao_occurrence")
        return cls.env.cr.fetchone()[0] or 0

    # --- calls ---

    def _login(self, role):
        login = self.users[role].login if role != "public" else None
        self.authenticate(login, login)

    def _post(self, route, params):
        """Return (sign, answer) of what the web client sends."""
        self.env.flush_all()
        response = self.url_open(route, json={"params": params}, timeout=60).json()
        self.env.invalidate_all()
        if "error" not in response:
            return "+", response.get("result")
        return self._error_sign(response["error"]["data"]), None

    def _error_sign(self, error):
        self.assertIn(error["name"], ERRORS, error["debug"])
        return ERRORS[error["name"]]

    def _call(self, role, model, method, *args):
        return self._post(
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": args, "kwargs": {}},
        )

    def _call_xmlrpc(self, role, model, method, *args):
        user = self.users[role]
        self.env.flush_all()
        try:
            answer = self.xmlrpc_object.execute_kw(
                self.env.cr.dbname, user.id, user.login, model, method, args
            )
        except xmlrpc.client.Fault as fault:
            # access denied (not logged in), access error
            self.assertIn(fault.faultCode, (3, 4), fault)
            return ("s", None) if fault.faultCode == 3 else ("x", None)
        finally:
            self.env.invalidate_all()
        return "+", answer

    def _call_json2(self, role, model, method, *args):
        """The successor of XML-RPC, with names of arguments and an API key."""
        names = {
            "read": ("ids", "fields"),
            "search_read": ("domain", "fields"),
            "create": ("vals_list",),
            "write": ("ids", "vals"),
            "unlink": ("ids",),
        }[method]
        self.env.flush_all()
        response = self.url_open(
            f"/json/2/{model}/{method}",
            json=dict(zip(names, args, strict=True)),
            headers={"Authorization": f"Bearer {self.keys[role]}"},
        )
        self.env.invalidate_all()
        if response.ok:
            return "+", response.json()
        if response.status_code == 401:
            return "s", None
        return self._error_sign(response.json()), None

    def _get(self, url):
        """Return (sign, text) of a page or file."""
        self.env.flush_all()
        response = self.url_open(url, allow_redirects=False, timeout=60)
        self.env.invalidate_all()
        signs = {200: "+", 303: "s", 403: "x", 404: "-", 422: "u"}
        self.assertIn(response.status_code, signs, response.text)
        return signs[response.status_code], response.text

    # --- the table ---

    def _fingerprint(self):
        """Changes when anything does that an occurrence consists of."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT (SELECT md5(string_agg(t::text, '' ORDER BY id))
                      FROM crm_gestao_occurrence t WHERE id > %s),
                   (SELECT md5(string_agg(t::text, '' ORDER BY id))
                      FROM crm_gestao_occurrence_type t),
                   (SELECT md5(string_agg(t::text, '' ORDER BY id))
                      FROM crm_gestao_occurrence_tag t),
                   (SELECT count(*)
                      FROM crm_gestao_occurrence_crm_gestao_occurrence_tag_rel),
                   (SELECT array_agg(id ORDER BY id) FROM mail_message
                     WHERE model = 'crm.gestao.occurrence' AND res_id > %s),
                   (SELECT array_agg(id ORDER BY id) FROM mail_activity
                     WHERE res_model = 'crm.gestao.occurrence' AND res_id > %s),
                   (SELECT array_agg(id ORDER BY id) FROM ir_attachment
                     WHERE res_model = 'crm.gestao.occurrence' AND res_id > %s)
            """,
            [self.first_ids] * 4,
        )
        return self.env.cr.fetchone()

    def _check_table(self, text, records, call=None, operations=None):
        """Check each cell of the table: what is answered, and what it did.

        :param records: the names of the records
        """
        call = call or self._call
        expected = {
            (operation, role): signs
            for (operation, role), signs in read_table(text).items()
            if not operations or operation in operations
        }
        actual = dict.fromkeys(expected, "")
        made = {}
        user = None
        for operation, role in sorted(expected, key=lambda cell: cell[1]):
            if role != user:
                self._login(role)
                user = role
            for which in records:
                if (role, which) not in made:
                    made[role, which] = self._make(role, which)
                record = made[role, which]
                if operation == "reopen":
                    record.state = "done"
                before = self._fingerprint()
                arguments = self._arguments(operation, record, role, which)
                sign, answer = call(role, *arguments)
                if sign == "+" and operation in LOOKING:
                    sign = "+" if self._found(operation, answer) else "-"
                actual[operation, role] += sign
                has_changed = self._fingerprint() != before
                self.assertEqual(
                    has_changed,
                    sign == "+" and operation in CHANGING,
                    f"{role} / {operation} / {which}: in the database",
                )
                if has_changed:
                    self._check_change(operation, record, answer)
                    del made[role, which]
        self.assertEqual(actual, expected)

    def _found(self, operation, answer):
        return answer


@tagged("post_install", "-at_install")
class TestOccurrenceAccess(AccessCase):
    def _make(self, role, which):
        """An occurrence of its own customer, with a message and an attachment."""
        partner = self.env["res.partner"].create({"name": "Customer of the record"})
        owner = self._owner(role, which)
        responsible = self.env["res.users"].browse(owner["user_id"])
        if responsible.share:
            owner["user_id"] = False
        occurrence = self._create_occurrence(
            self.env(context={"tracking_disable": True}),
            subject="Secret subject",
            partner_id=partner.id,
            type_id=self.type_complaint.id,
            date=fields.Datetime.now() - timedelta(hours=1),
            **owner,
        )
        if responsible.share:
            # who has left the company since is still responsible for old ones
            self.env.cr.execute(
                "UPDATE crm_gestao_occurrence SET user_id = %s WHERE id = %s",
                [responsible.id, occurrence.id],
            )
            occurrence.invalidate_recordset(["user_id"])
        # whom Odoo would make a follower is one here too
        occurrence.message_subscribe(occurrence.user_id.partner_id.ids)
        occurrence.message_post(body="Secret message")
        self.env["ir.attachment"].create(
            {
                "name": "Secret file",
                "raw": b"secret",
                "res_model": occurrence._name,
                "res_id": occurrence.id,
            }
        )
        return occurrence

    def _owner(self, role, which):
        user = {"own": self.users[role], "colleague's": self.users["colleague"]}
        is_ours = which != "another company's"
        company = self.company if is_ours else self.other_company
        return {"user_id": which in user and user[which].id, "company_id": company.id}

    def _arguments(self, operation, occurrence, role, which):
        """What the operation is in RPC: model, method, arguments."""
        model, ids, partner = occurrence._name, occurrence.ids, occurrence.partner_id
        this = [("id", "in", ids)]
        values = {
            "subject": "Changed",
            "partner_id": partner.id,
            "type_id": self.type_visit.id,
            **self._owner(role, which),
        }
        written = {"subject": "Changed"}
        on_this = [("res_model", "=", model), ("res_id", "in", ids)]
        told = [
            ("model", "=", model),
            ("res_id", "in", ids),
            ("body", "like", "Secret"),
        ]
        return {
            "read": (model, "read", ids, ["subject"]),
            "read_all": (model, "read", ids),
            "web_read": (model, "web_read", ids, {"subject": {}, "tag_ids": {}}),
            # what many have in common is read once
            "web_read_look": (
                model,
                "web_read",
                ids * 2,
                {"id": {}, "type_icon": {}, "type_color": {}, "activity_state": {}},
            ),
            "search": (model, "search_read", this, ["subject"]),
            "count": (model, "search_count", this),
            "name_search": (model, "name_search", "Secret", this),
            "read_group": (model, "formatted_read_group", this, ["state"], ["__count"]),
            "export": (model, "export_data", ids, ["subject", "partner_id/name"]),
            "summary": (model, "get_consult_summary", partner.id),
            "occurrence_count": (
                "res.partner",
                "read",
                partner.ids,
                ["occurrence_count"],
            ),
            "messages": ("mail.message", "search_read", told, ["body"]),
            "attachment": ("ir.attachment", "search_read", on_this, ["name"]),
            "create": (model, "create", values),
            "write": (model, "write", ids, written),
            "web_save": (model, "web_save", ids, written, {"subject": {}}),
            "archive": (model, "action_archive", ids),
            "unlink": (model, "unlink", ids),
            "copy": (model, "copy", ids),
            "done": (model, "action_done", ids),
            "cancel": (model, "action_cancel", ids),
            "reopen": (model, "action_reopen", ids),
            "schedule": (model, "action_schedule_next_contact", ids),
            "plan": (model, "activity_schedule", ids, "mail.mail_activity_data_call"),
            "post": (model, "message_post", ids),
        }[operation]

    def _found(self, operation, answer):
        if operation == "summary":
            return answer["last_contact"]
        if operation == "occurrence_count":
            return answer[0]["occurrence_count"]
        return answer

    def _check_change(self, operation, occurrence, answer):
        """What was answered as done is so in the database."""
        ids = answer if isinstance(answer, list) else [answer]
        if operation in ("create", "copy"):
            occurrence = occurrence.browse(ids)
        done = {
            "create": lambda o: o.subject == "Changed",
            "write": lambda o: o.subject == "Changed",
            "web_save": lambda o: o.subject == "Changed",
            "archive": lambda o: not o.active,
            "unlink": lambda o: not o.exists(),
            "copy": lambda o: o.subject.startswith("Secret subject"),
            "done": lambda o: o.state == "done" and o.date_closed,
            "cancel": lambda o: o.state == "cancel",
            "reopen": lambda o: o.state == "open" and not o.date_closed,
            "plan": lambda o: o.activity_ids,
            "post": lambda o: len(o.message_ids) == 2,
        }[operation]
        self.assertTrue(done(occurrence), operation)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_web_client(self):
        self._check_table(OCCURRENCE_TABLE, OCCURRENCES)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    @mute_logger("odoo.addons.rpc.controllers.xmlrpc")
    def test_xmlrpc(self):
        self._check_table(
            OCCURRENCE_TABLE,
            OCCURRENCES,
            self._call_xmlrpc,
            ("read", "search", "create", "write", "unlink"),
        )

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_json2(self):
        self.keys = {
            role: self.env(user=self.users[role])["res.users.apikeys"]
            .sudo()
            ._generate("rpc", role, fields.Datetime.now() + timedelta(days=1))
            for role in self.roles
            if role != "public"
        }
        self.keys["public"] = "0" * 40
        self._check_table(
            OCCURRENCE_TABLE,
            OCCURRENCES,
            self._call_json2,
            ("read", "search", "create", "write", "unlink"),
        )

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_a_set_is_changed_whole_or_not(self):
        """One that may not be changed among those that may."""
        self._login("own")
        mine, other = (self._make("own", which) for which in ("own", "colleague's"))
        ids = (mine | other).ids
        model = mine._name
        before = self._fingerprint()
        for method, *args in (
            ("read", ["subject"]),
            ("write", {"priority": "2"}),
            ("web_save", {"priority": "2"}, {"priority": {}}),
            ("web_save_multi", [{"priority": "2"}, {"priority": "2"}], {}),
            ("web_save", {"user_id": self.users["own"].id}, {"user_id": {}}),
            ("action_done",),
            ("action_cancel",),
            ("action_archive",),
            ("copy",),
            ("unlink",),
        ):
            sign, _answer = self._call("own", model, method, ids, *args)
            self.assertEqual(sign, "x", method)
            self.assertEqual(self._fingerprint(), before, method)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_private_methods(self):
        self._login("manager")
        model = "crm.gestao.occurrence"
        for method in ("_next_references", "_load_demo", "_add_references"):
            sign, _answer = self._call("manager", model, method, [])
            self.assertEqual(sign, "x", method)

    # --- what hangs on an occurrence ---

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_files_and_messages(self):
        """By address, or by the id that somebody guessed."""
        table = """
                 own  all  manager biller reader own+biller employee portal public
file             +-+- +++- +++-    +++-   +++-   +++-       ----     ----   ----
attachment_id    +x+x +++x +++x    +++x   +++x   +++x       xxxx     xxxx   ssss
message_id       +x+x +++x +++x    +++x   +++x   +++x       xxxx     xxxx   ssss
thread           +-+- +++- +++-    +++-   +++-   +++-       ----     ----   ssss
        """
        for (operation, role), expected in read_table(table).items():
            self._login(role)
            actual = ""
            for which in OCCURRENCES:
                occurrence = self._make(role, which)
                attachment = self.env["ir.attachment"].search(
                    [
                        ("res_model", "=", occurrence._name),
                        ("res_id", "=", occurrence.id),
                    ]
                )
                message = occurrence.message_ids.filtered("body")[:1]
                # neither its author nor anybody who was told of it
                message.author_id = self.other_customer
                if operation == "file":
                    sign, _text = self._get(f"/web/content/{attachment.id}")
                elif operation == "thread":
                    params = {
                        "thread_model": occurrence._name,
                        "thread_id": occurrence.id,
                    }
                    sign, answer = self._post("/mail/thread/messages", params)
                    if sign == "+" and message.id not in answer["messages"]:
                        sign = "-"
                elif operation == "message_id":
                    sign, _answer = self._call(
                        role, "mail.message", "read", message.ids, ["body"]
                    )
                else:
                    sign, _answer = self._call(
                        role, "ir.attachment", "read", attachment.ids, ["datas"]
                    )
                actual += sign
            with self.subTest(operation=operation, role=role):
                self.assertEqual(actual, expected)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_reports(self):
        table = """
                 own  all  manager biller reader own+biller employee portal public
occurrence       +x+x +++x +++x    +++x   +++x   +++x       xxxx     xxxx   ssss
diary            +x+x +++x +++x    +++x   +++x   +++x       xxxx     xxxx   ssss
diary_of         +-+- +++- +++-    +++-   +++-   +++-       xxxx     uuuu   ssss
        """
        for (operation, role), expected in read_table(table).items():
            self._login(role)
            actual = ""
            for which in OCCURRENCES:
                occurrence = self._make(role, which)
                url = f"crm_gestao.report_{operation}/{occurrence.id}"
                if operation == "diary_of":
                    options = json.dumps({"partner_id": occurrence.partner_id.id})
                    url = f"crm_gestao.report_diary?options={options}"
                sign, text = self._get(f"/report/html/{url}")
                is_told = "Secret subject" in text
                if operation == "diary_of" and sign == "+" and not is_told:
                    sign = "-"
                self.assertEqual(is_told, sign == "+")
                actual += sign
                if sign == "x":  # where it is allowed, a PDF takes seconds to draw
                    self.assertEqual(self._get(f"/report/pdf/{url}")[0], "x")
            with self.subTest(operation=operation, role=role):
                self.assertEqual(actual, expected)


@tagged("post_install", "-at_install")
class TestConfigurationAccess(AccessCase):
    model = "crm.gestao.occurrence.type"
    numbers = itertools.count(1)

    def _company(self, which):
        return {
            "shared": self.company.browse(),
            "ours": self.company,
            "another company's": self.other_company,
        }[which]

    def _make(self, role, which):
        return self.env[self.model].create(
            {
                "name": f"Secret {next(self.numbers)}",
                "company_id": self._company(which).id,
            }
        )

    def _arguments(self, operation, record, role, which):
        ids = record.ids
        values = {"name": "Changed", "company_id": self._company(which).id}
        return {
            "read": (self.model, "read", ids),
            "search": (self.model, "search_read", [("id", "in", ids)], ["name"]),
            "name_search": (self.model, "name_search", "Secret", [("id", "in", ids)]),
            "create": (self.model, "create", values),
            "write": (self.model, "write", ids, {"name": "Changed"}),
            "archive": (self.model, "action_archive", ids),
            "copy": (self.model, "copy", ids),
            "unlink": (self.model, "unlink", ids),
        }[operation]

    def _check_change(self, operation, record, answer):
        if operation == "unlink":
            self.assertFalse(record.exists())
        elif operation == "write":
            self.assertEqual(record.name, "Changed")
            record.unlink()  # its name is free again
        elif operation == "create":
            created = record.browse(answer)
            self.assertEqual(created.name, "Changed")
            created.unlink()

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_type(self):
        self._check_table(TYPE_TABLE, CONFIGURATION)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_tag(self):
        self.model = "crm.gestao.occurrence.tag"
        self._check_table(TAG_TABLE, CONFIGURATION)


@tagged("post_install", "-at_install")
class TestResponsible(AccessCase):
    """Who may read only their own records can still give one away."""

    def setUp(self):
        super().setUp()
        self.own, self.colleague = self.users["own"], self.users["colleague"]
        self.mine = self._create_occurrence(user_id=self.own.id)
        self._login("own")

    def _save(self, occurrence, values):
        specification = {
            "subject": {},
            "user_id": {"fields": {"display_name": {}}},
        }
        return self._call(
            "own", occurrence._name, "web_save", occurrence.ids, values, specification
        )

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_hand_over_in_the_form(self):
        values = {"user_id": self.colleague.id, "subject": "Please call them"}
        sign, (answer,) = self._save(self.mine, values)
        self.assertEqual(sign, "+")
        self.assertEqual(answer["subject"], "Please call them")
        self.assertEqual(
            answer["user_id"],
            {"id": self.colleague.id, "display_name": self.colleague.display_name},
        )
        self.assertEqual(self.mine.user_id, self.colleague)
        self.assertEqual(self.mine.subject, "Please call them")
        # from now on it is not theirs any more
        sign, _answer = self._save(self.mine, {"user_id": self.own.id})
        self.assertEqual(sign, "x")
        self.assertEqual(self.mine.user_id, self.colleague)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_record_for_a_colleague_in_the_form(self):
        values = {
            "subject": "Please visit them",
            "partner_id": self.customer.id,
            "type_id": self.type_visit.id,
            "user_id": self.colleague.id,
        }
        sign, (answer,) = self._save(self.env["crm.gestao.occurrence"], values)
        self.assertEqual(sign, "+")
        self.assertEqual(answer["user_id"]["id"], self.colleague.id)
        recorded = self.env["crm.gestao.occurrence"].browse(answer["id"])
        self.assertEqual(recorded.user_id, self.colleague)
        sign, _answer = self._save(recorded, {"subject": "Mine again"})
        self.assertEqual(sign, "x")

    def test_hand_over_several(self):
        other = self._create_occurrence(user_id=self.own.id)
        sign, answers = self._save(self.mine | other, {"user_id": self.colleague.id})
        self.assertEqual(sign, "+")
        self.assertEqual(len(answers), 2)
        self.assertEqual((self.mine | other).user_id, self.colleague)

    def test_leave_to_nobody_and_take_back(self):
        sign, (answer,) = self._save(self.mine, {"user_id": False})
        self.assertEqual((sign, answer["user_id"]), ("+", False))
        sign, (answer,) = self._save(self.mine, {"user_id": self.own.id})
        self.assertEqual((sign, answer["user_id"]["id"]), ("+", self.own.id))

    def test_hand_over_by_write(self):
        sign, _answer = self._call(
            "own",
            self.mine._name,
            "write",
            self.mine.ids,
            {"user_id": self.colleague.id},
        )
        self.assertEqual(sign, "+")
        self.assertEqual(self.mine.user_id, self.colleague)

    def test_colleague_who_has_nothing_to_do_with_it(self):
        """Whoever may not read occurrences is not told what they are about."""
        employee = self.users["employee"]
        before = self.env["mail.message"].search([], order="id desc", limit=1)
        both = self.mine | self._create_occurrence(user_id=self.own.id)
        changed = both.with_user(self.users["all"])
        changed = changed.with_context(tracking_disable=False)
        for user, amount in ((self.colleague, 2), (employee, 0)):
            changed.user_id = user
            told = self.env["mail.message"].search(
                [("id", ">", before.id), ("partner_ids", "in", user.partner_id.ids)]
            )
            with self.subTest(user.login):
                self.assertEqual(both.user_id, user)
                self.assertEqual(len(told), amount)

    def test_activity_of_who_may_not_read_the_document(self):
        """It tells the number, in what Odoo mails and where it is looked up."""
        self.mine.subject = "Secret"
        for user, name in (
            (self.colleague, self.mine.name),
            (self.users["employee"], self.mine.name),
            (self.own, f"{self.mine.name} · Secret"),
            (self.users["all"], f"{self.mine.name} · Secret"),
        ):
            activity = self.mine.with_user(self.users["all"]).activity_schedule(
                "mail.mail_activity_data_call", user_id=user.id
            )
            notice = self.env["mail.message"].search(
                [("partner_ids", "in", user.partner_id.ids)], order="id DESC", limit=1
            )
            with self.subTest(user.login):
                (values,) = activity.with_user(user).read(["res_name"])
                self.assertEqual(values["res_name"], name)
                if user != self.users["all"]:  # who plans it for themselves
                    self.assertIn(f'"{name}: ', notice.subject)
                    self.assertEqual("Secret" in notice.body, "Secret" in name)
            activity.user_id = self.own
            self.assertEqual(activity.res_name, self.mine.display_name)
            activity.user_id = user
            self.assertEqual(activity.res_name, name)

    def test_taking_several_over(self):
        """In the list: those of nobody, with one's own among them."""
        nobodys = self._create_occurrence(user_id=False)
        sign, answer = self._save(self.mine | nobodys, {"user_id": self.own.id})
        self.assertEqual(sign, "+")
        self.assertEqual([v["user_id"]["id"] for v in answer], [self.own.id] * 2)
        self.assertEqual(nobodys.user_id, self.own)
        both = self.mine | nobodys
        sign, _answer = self._save(both, {"user_id": self.colleague.id})
        self.assertEqual(sign, "+")
        self.assertEqual(both.mapped("user_id"), self.colleague)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_file_of_what_a_client_is_about_to_send(self):
        """A letter that is not saved tells what is in its file."""
        letters = self.env.get("snailmail.letter")
        if letters is None:
            self.skipTest("Snail Mail is not installed")
        occurrence = self._create_occurrence(user_id=self.users["all"].id)
        files = self.env["ir.attachment"]
        theirs, own = (
            files.with_user(user).create(
                {"name": "a.txt", "raw": b"Secret", "res_model": model, "res_id": id_}
            )
            for user, model, id_ in (
                (self.users["all"], occurrence._name, occurrence.id),
                (self.users["employee"], False, False),
            )
        )
        letters = letters.with_user(self.users["employee"])
        specification = {"attachment_datas": {}}
        told = letters.onchange({"attachment_id": own.id}, [], specification)
        self.assertTrue(told["value"]["attachment_datas"])
        self.env.invalidate_all()
        values = {"attachment_id": theirs.id}
        with self.assertRaises(AccessError):
            letters.onchange(values, [], specification)
        letters = letters.with_context(default_attachment_id=theirs.id)
        with self.assertRaises(AccessError):
            letters.onchange({}, [], {"attachment_id": {}, **specification})
        told = letters.onchange({}, [], specification)
        self.assertFalse(told["value"].get("attachment_datas"))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_names_of_what_a_client_is_about_to_plan_or_answer(self):
        """Odoo tells the name of anything, by whatever number a client gives."""
        activity = self.mine.activity_schedule(
            "mail.mail_activity_data_todo", summary="Secret"
        )
        file = self.env["ir.attachment"].create(
            {"name": "Secret", "res_model": self.mine._name, "res_id": self.mine.id}
        )
        for record in (self.mine, activity, file):
            for model, fname in (
                ("mail.activity", "res_name"),
                ("mail.message", "record_name"),
            ):
                values = {"res_id": record.id}
                values["res_model" if fname == "res_name" else "model"] = record._name
                for role, is_told in (("own", True), ("employee", False)):
                    records = self.env[model].with_user(self.users[role])
                    found = records.onchange(dict(values), list(values), {fname: {}})
                    with self.subTest(record, model=model, role=role):
                        name = found["value"].get(fname) or ""
                        self.assertEqual(bool(name), is_told)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_names_of_what_a_client_is_about_to_change_into(self):
        """The same of what is saved, and is the client's own."""
        user = self.users["employee"]
        partner = self.customer.with_user(user)
        activity = self.customer.activity_schedule(
            "mail.mail_activity_data_todo", user_id=user.id
        ).with_user(user)
        secret = self.mine.message_post(body="Secret", subject="Secret")
        composer = (
            self.env["mail.compose.message"]
            .with_user(user)
            .create({"model": partner._name, "res_ids": str(partner.ids)})
        )
        template = self.env["mail.template"].create(
            {
                "name": "Subject",
                "model_id": self.env["ir.model"]._get_id(self.mine._name),
                "subject": "{{ object.subject }}",
                "body_html": "<p t-out='object.subject'/>",
            }
        )
        self.mine.subject = "Secret"
        elsewhere = {"model": self.mine._name, "res_ids": str(self.mine.ids)}
        message = self.customer.with_user(user).message_post(body="Mine")
        for record, values, names in (
            (
                activity,
                {
                    "res_model_id": self.env["ir.model"]._get_id(self.mine._name),
                    "res_id": self.mine.id,
                    "user_id": False,
                },
                ["res_name"],
            ),
            (
                composer,
                {**elsewhere, "template_id": template.id},
                ["subject", "body", "attachment_ids"],
            ),
            (composer, {"parent_id": secret.id}, ["subject", "partner_ids"]),
            (
                message,
                {"model": self.mine._name, "res_id": self.mine.id},
                ["record_name"],
            ),
        ):
            with self.subTest(record, values=values):
                self.env.invalidate_all()
                told = None
                with contextlib.suppress(AccessError):
                    told = record.onchange(
                        dict(values), list(values), dict.fromkeys(names, {})
                    )
                self.assertNotIn("Secret", str(told))

    def test_activities_of_what_is_gone(self):
        """They are handed over with the others, and keep the name."""
        activities = self.mine.activity_schedule("mail.mail_activity_data_todo")
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        activities |= order.activity_schedule("mail.mail_activity_data_todo")
        name = activities[1].res_name
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM sale_order WHERE id = %s", [order.id])
        self.env.invalidate_all()
        activities.sudo().user_id = self.colleague
        self.assertEqual(activities.mapped("res_name"), [self.mine.name, name])

    def test_an_email_that_a_client_brings(self):
        """Odoo does what it says with all rights, in the name of whom it is from."""
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        number = itertools.count()

        self.contact.email = "ana@padaria.example"

        def bring(role, thread_id=None, values=None, model=self.mine._name, **context):
            return (
                self.env["mail.thread"]
                .with_user(self.users[role])
                .with_context(**context)
                .message_process(
                    model,
                    f"From: {self.contact.email}\nTo: we@company.example\n"
                    f"Message-Id: <{next(number)}@x>\nSubject: Hello\n\nText",
                    values,
                    thread_id=thread_id,
                )
            )

        values = {"sale_order_ids": [Command.update(order.id, {"note": "Taken"})]}
        for model in (self.mine._name, "res.partner", "sale.order"):
            for role in ("own", "employee", "portal"):
                with self.subTest(role, model=model), self.assertRaises(AccessError):
                    bring(role, values=values, model=model)
        for role, thread_id in (
            ("employee", None),
            ("portal", None),
            ("employee", self.mine.id),
            ("colleague", self.mine.id),
        ):
            with self.subTest(role, thread=thread_id), self.assertRaises(AccessError):
                bring(role, thread_id)
        count = self.env["crm.gestao.occurrence"].search_count([])
        self.assertTrue(bring("own"))
        self.assertEqual(self.env["crm.gestao.occurrence"].search_count([]), count + 1)
        # nor does what a client calls defaults
        for role in ("own", "employee"):
            bring(
                role,
                model="res.partner",
                default_sale_order_ids=[Command.set(order.ids)],
            )
        self.assertEqual(order.partner_id, self.customer)
        # nor do the values of an alias change anything else
        tag = self.env["crm.gestao.occurrence.tag"].create({"name": "Tag"})
        values["partner_id"] = self.customer.id
        values["tag_ids"] = [Command.update(tag.id, {"name": "Taken"})]
        self.users["colleague"].group_ids += self.env.ref("base.group_system")
        bring("colleague", values=values)
        self.assertNotIn("Taken", str(order.note))
        self.assertEqual(tag.name, "Tag")
        messages = len(self.mine.message_ids)
        self.assertTrue(bring("own", self.mine.id))
        self.assertEqual(len(self.mine.message_ids), messages + 1)

    def test_dialogs_of_another(self):
        values = {"res_model": self.mine._name, "res_ids": str(self.mine.ids)}
        invited = {"partner_ids": [Command.set(self.contact.ids)]}
        for model, more in (
            ("mail.activity.schedule", {}),
            ("mail.followers.edit", invited),
        ):
            dialog = self.env[model].with_user(self.own).create({**values, **more})
            self.assertTrue(dialog.has_access("write"))
            for role in ("colleague", "employee", "manager"):
                others = dialog.with_user(self.users[role])
                self.assertFalse(others.has_access("read"))
                self.assertFalse(others.has_access("write"))

    def test_invitation_to_follow(self):
        employee = self.users["employee"].partner_id
        both = self.mine | self._create_occurrence(user_id=self.own.id)
        both.subject = "Secret"
        self.own.email = "own@example.com"
        for invited_to in (self.mine, both):
            self.env["mail.followers.edit"].with_user(self.own).create(
                {
                    "res_model": self.mine._name,
                    "res_ids": str(invited_to.ids),
                    "partner_ids": [Command.set(employee.ids)],
                    "message": "<p>Look</p>",
                    "notify": True,
                }
            ).edit_followers()
            notice = self.env["mail.message"].search(
                [("partner_ids", "in", employee.ids)], order="id DESC", limit=1
            )
            told = f"{notice.subject} {notice.body}"
            self.assertIn("Look", told)
            self.assertIn(self.mine.name, told)
            self.assertNotIn("Secret", told)

    def test_invitation_to_follow_among_who_may_read(self):
        """It says what it is about, as everywhere in Odoo."""
        manager = self.users["manager"].partner_id
        self.own.email = "own@example.com"
        self.mine.subject = "Visit of all"
        self.env["mail.followers.edit"].with_user(self.own).create(
            {
                "res_model": self.mine._name,
                "res_ids": str(self.mine.ids),
                "partner_ids": [Command.set(manager.ids)],
                "notify": True,
            }
        ).edit_followers()
        notice = self.env["mail.message"].search(
            [("partner_ids", "in", manager.ids)], order="id DESC", limit=1
        )
        self.assertIn("Visit of all", notice.subject)

    def test_link_to_a_message_in_a_chat(self):
        """All who are in the chat get the name of what it leads to."""
        self.mine.subject = "Secret"
        hidden = self.mine.message_post(body="Hidden")
        channel = self.env["discuss.channel"].with_user(self.own)._create_group([])
        body = f'<a href="/mail/message/{hidden.id}" class="o_message_redirect"'
        body += f' data-oe-model="mail.message" data-oe-id="{hidden.id}">Link</a>'
        message = channel.message_post(body=Markup(body), message_type="comment")
        self.assertEqual(message.linked_message_ids, hidden)
        store = Store()
        store.add(message, message._get_store_linked_messages_fields())
        told = str(store.get_result())
        self.assertIn(self.mine.name, told)
        self.assertNotIn("Secret", told)

    def test_handing_over_tells_no_more_than_was_readable(self):
        """The answer to a save is read with the user's rights, not beyond them."""
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "occurrence_id": self.mine.id}
        )
        with mute_logger("odoo.http"):
            sign, _answer = self._call(
                "own",
                self.mine._name,
                "web_save",
                self.mine.ids,
                {"user_id": self.colleague.id},
                {"sale_order_ids": {"fields": {"name": {}}}},
            )
        self.assertEqual(sign, "x")
        self.assertEqual(self.mine.user_id, self.own)
        self.assertEqual(self.mine.sale_order_ids, order)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_take_from_a_colleague(self):
        theirs = self._create_occurrence(user_id=self.colleague.id)
        sign, _answer = self._save(theirs, {"user_id": self.own.id})
        self.assertEqual(sign, "x")
        self.assertEqual(theirs.user_id, self.colleague)


@tagged("post_install", "-at_install")
class TestMeetings(OccurrenceCommon):
    def test_meeting_of_an_activity(self):
        """Every employee sees the calendar, and so the name that is proposed."""
        if "calendar.event" not in self.env:
            self.skipTest("the calendar is not installed")
        own = self.users["own"]
        mine = self._create_occurrence(subject="Secret", user_id=own.id)
        activity = mine.with_user(own).activity_schedule(
            "mail.mail_activity_data_todo", user_id=own.id
        )
        self.assertIn("Secret", activity.res_name)
        context = activity.action_create_calendar_event()["context"]
        self.assertEqual(context["default_name"], mine.name)
        if "crm.lead" in self.env:
            lead = self.env["crm.lead"].create({"name": "Forty chairs"})
            activity = lead.activity_schedule("mail.mail_activity_data_todo")
            context = activity.action_create_calendar_event()["context"]
            self.assertEqual(context["default_name"], "Forty chairs")


@tagged("post_install", "-at_install")
class TestCompanies(OccurrenceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ours = cls._create_occurrence(user_id=False)
        cls.theirs = cls._create_occurrence(
            user_id=False, company_id=cls.other_company.id
        )
        cls.both = cls.company | cls.other_company
        cls.users["all"].company_ids = [Command.set(cls.both.ids)]

    def _found(self, role, companies):
        return (
            self.env["crm.gestao.occurrence"]
            .with_user(self.users[role])
            .with_context(allowed_company_ids=companies.ids)
            .search([("id", "in", (self.ours | self.theirs).ids)], order="id")
        )

    def test_who_is_allowed_in_both_sees_those_that_are_active(self):
        self.assertEqual(self._found("all", self.both), self.ours | self.theirs)
        self.assertEqual(self._found("all", self.company), self.ours)
        self.assertEqual(self._found("all", self.other_company), self.theirs)

    def test_a_company_that_is_not_theirs_cannot_be_activated(self):
        with self.assertRaises(AccessError):
            self._found("manager", self.both)

    def test_count_of_the_partner(self):
        for companies, count in ((self.company, 1), (self.both, 2)):
            partner = self.customer.with_user(self.users["all"]).with_context(
                allowed_company_ids=companies.ids
            )
            self.assertEqual(partner.occurrence_count, count)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_move_to_another_company(self):
        for values in ({}, {"name": "GIVEN-1"}, {"active": False}):
            values["company_id"] = self.other_company.id
            for role in ("own", "manager"):
                with self.assertRaises(AccessError):
                    self.ours.with_user(self.users[role]).write(values)
                self.env.invalidate_all()
                self.assertEqual(self.ours.company_id, self.company)
        self.ours.with_user(self.users["all"]).with_context(
            allowed_company_ids=self.both.ids
        ).company_id = self.other_company
        self.assertEqual(self.ours.company_id, self.other_company)

    def test_references_where_it_moves_to(self):
        date = "2033-05-01 12:00:00"
        moving = self._create_occurrence(date=date) | self._create_occurrence(date=date)
        there = self._create_occurrence(date=date, company_id=self.other_company.id)
        self.assertEqual(moving[0].name, there.name, "numbers count per company")
        (moving | there).with_user(self.users["all"]).with_context(
            allowed_company_ids=self.both.ids
        ).company_id = self.other_company
        self.env.flush_all()
        self.assertEqual(
            (there | moving).mapped("name"),
            ["OC/2033/00001", "OC/2033/00002", "OC/2033/00003"],
        )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_refused_move_says_so_where_the_reference_is_taken(self):
        date = "2033-05-01 12:00:00"
        ours = self._create_occurrence(date=date, user_id=False)
        self._create_occurrence(date=date, company_id=self.other_company.id)
        self.env.flush_all()
        with self.assertRaises(AccessError):
            ours.with_user(self.users["own"]).company_id = self.other_company

    def test_the_same_company_again_is_no_move(self):
        reference = self.ours.name
        self.ours.with_user(self.users["own"]).company_id = self.company
        self.assertEqual(self.ours.name, reference)

    def test_links_to_what_is_of_another_company(self):
        company = {"company_id": self.other_company.id}
        partner = self.env["res.partner"].create({"name": "Elsewhere", **company})
        type_ = self.env["crm.gestao.occurrence.type"].create(
            {"name": "Elsewhere", **company}
        )
        tag = self.env["crm.gestao.occurrence.tag"].create(
            {"name": "Elsewhere", **company}
        )
        user = new_test_user(
            self.env,
            login="gestao_elsewhere",
            groups="crm_gestao.group_user",
            company_id=self.other_company.id,
            company_ids=[Command.set(self.other_company.ids)],
        )
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        for values in (
            {"partner_id": partner.id},
            {"participant_ids": [Command.link(partner.id)]},
            {"type_id": type_.id},
            {"tag_ids": [Command.link(tag.id)]},
            {"user_id": user.id},
        ):
            for role in ("own", "manager"):
                with (
                    self.subTest(role=role, values=values),
                    mute_logger("odoo.addons.base.models.ir_rule"),
                    self.assertRaises(UserError),  # an AccessError is one
                ):
                    self.ours.with_user(self.users[role]).write(values)
        with self.assertRaises(UserError):
            order.occurrence_id = self.theirs

    def test_occurrence_of_a_document_for_who_may_not_read_occurrences(self):
        salesman = new_test_user(
            self.env,
            login="gestao_salesman",
            groups="sales_team.group_sale_salesman_all_leads",
        )
        portal = self.users["portal"]
        self.ours.partner_id = portal.partner_id
        order = self.env["sale.order"].create(
            {"partner_id": portal.partner_id.id, "occurrence_id": self.ours.id}
        )
        order.message_subscribe(portal.partner_id.ids)
        order.action_quotation_sent()
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": portal.partner_id.id,
                "occurrence_id": self.ours.id,
            }
        )
        for user, document in (
            (salesman, order),
            (salesman, invoice),
            (portal, order),
        ):
            document = document.with_user(user)
            self.assertTrue(document.read(["display_name"]))
            self.assertNotIn("occurrence_id", document.fields_get())
            for access in (
                lambda d: d.read(["occurrence_id"]),
                lambda d: d.web_read({"occurrence_id": {"fields": {"subject": {}}}}),
                lambda d: d.search([("occurrence_id", "!=", False)]),
                lambda d: d.search([("occurrence_id.subject", "like", "A")]),
                lambda d: d.formatted_read_group([], ["occurrence_id"], []),
                lambda d: d.search([], order="occurrence_id"),
            ):
                with self.assertRaises(AccessError):
                    access(document)

    def test_count_of_the_partner_for_who_may_not_read_occurrences(self):
        portal = self.users["portal"].partner_id
        for role, partner in (("employee", self.customer), ("portal", portal)):
            partner = partner.with_user(self.users[role])
            self.assertTrue(partner.read(["name"]))
            self.assertNotIn("occurrence_count", partner.fields_get())
            with self.assertRaises(AccessError):
                partner.read(["occurrence_count"])
            with self.assertRaises(AccessError):
                partner.web_read({"occurrence_count": {}})
