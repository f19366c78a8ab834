"""Who may do what with competitors: see test_access_rights for the signs."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .test_access_rights import CONFIGURATION, AccessCase, read_table

# a record about a card that is closed to the user's groups is hidden with it
RECORDS = ("own", "colleague's", "unassigned", "another company's", "of a closed card")
RECORD_TABLE = """
                 own   all   manager biller reader own+biller employee portal public
read             +x+xx +++xx +++x+   xxxxx  xxxxx  +x+xx      xxxxx    xxxxx  sssss
web_read         +x+xx +++xx +++x+   xxxxx  xxxxx  +x+xx      xxxxx    xxxxx  sssss
search           +-+-- +++-- +++-+   xxxxx  xxxxx  +-+--      xxxxx    xxxxx  sssss
count            +-+-- +++-- +++-+   xxxxx  xxxxx  +-+--      xxxxx    xxxxx  sssss
name_search      +-+-- +++-- +++-+   xxxxx  xxxxx  +-+--      xxxxx    xxxxx  sssss
read_group       +-+-- +++-- +++-+   xxxxx  xxxxx  +-+--      xxxxx    xxxxx  sssss
attachment       +-+-- +++-- +++-+   xxxxx  xxxxx  +-+--      xxxxx    xxxxx  sssss
create           +x+xx +++xx +++x+   xxxxx  xxxxx  +x+xx      xxxxx    xxxxx  sssss
write            +x+xx +++xx +++x+   xxxxx  xxxxx  +x+xx      xxxxx    xxxxx  sssss
unlink           +x+xx +++xx +++x+   xxxxx  xxxxx  +x+xx      xxxxx    xxxxx  sssss
copy             +x+xx +++xx +++x+   xxxxx  xxxxx  +x+xx      xxxxx    xxxxx  sssss
done             +x+xx +++xx +++x+   xxxxx  xxxxx  +x+xx      xxxxx    xxxxx  sssss
cancel           +x+xx +++xx +++x+   xxxxx  xxxxx  +x+xx      xxxxx    xxxxx  sssss
"""

# shared by all companies, the user's, another one's, closed to the user's groups
CARDS = (*CONFIGURATION, "closed")
# who is no manager creates a bare card, by its name
CARD_TABLE = """
                 own   all   manager biller reader own+biller employee portal public
read             ++xx  ++xx  ++x+    xxxx   xxxx   ++xx       xxxx     xxxx   ssss
read_all         ++xx  ++xx  ++x+    xxxx   xxxx   ++xx       xxxx     xxxx   ssss
search           ++--  ++--  ++-+    xxxx   xxxx   ++--       xxxx     xxxx   ssss
name_search      ++--  ++--  ++-+    xxxx   xxxx   ++--       xxxx     xxxx   ssss
create           ++xx  ++xx  ++x+    xxxx   xxxx   ++xx       xxxx     xxxx   ssss
write            xxxx  xxxx  ++x+    xxxx   xxxx   xxxx       xxxx     xxxx   ssss
archive          xxxx  xxxx  ++x+    xxxx   xxxx   xxxx       xxxx     xxxx   ssss
copy             xxxx  xxxx  ++x+    xxxx   xxxx   xxxx       xxxx     xxxx   ssss
unlink           xxxx  xxxx  ++x+    xxxx   xxxx   xxxx       xxxx     xxxx   ssss
"""
LINE_TABLE = """
                 own   all   manager biller reader own+biller employee portal public
read             ++xx  ++xx  ++x+    xxxx   xxxx   ++xx       xxxx     xxxx   ssss
search           ++--  ++--  ++-+    xxxx   xxxx   ++--       xxxx     xxxx   ssss
name_search      ++--  ++--  ++-+    xxxx   xxxx   ++--       xxxx     xxxx   ssss
create           xxxx  xxxx  ++x+    xxxx   xxxx   xxxx       xxxx     xxxx   ssss
write            xxxx  xxxx  ++x+    xxxx   xxxx   xxxx       xxxx     xxxx   ssss
unlink           xxxx  xxxx  ++x+    xxxx   xxxx   xxxx       xxxx     xxxx   ssss
"""
REASON_TABLE = """
                 own  all  manager biller reader own+biller employee portal public
read             ++x  ++x  ++x     xxx    xxx    ++x        xxx      xxx    sss
search           ++-  ++-  ++-     xxx    xxx    ++-        xxx      xxx    sss
name_search      ++-  ++-  ++-     xxx    xxx    ++-        xxx      xxx    sss
create           xxx  xxx  ++x     xxx    xxx    xxx        xxx      xxx    sss
write            xxx  xxx  ++x     xxx    xxx    xxx        xxx      xxx    sss
archive          xxx  xxx  ++x     xxx    xxx    xxx        xxx      xxx    sss
copy             xxx  xxx  ++x     xxx    xxx    xxx        xxx      xxx    sss
unlink           xxx  xxx  ++x     xxx    xxx    xxx        xxx      xxx    sss
"""


class CompetitorAccessCase(AccessCase):
    model = "crm.gestao.competitor"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.closed_group = cls.env["res.groups"].create({"name": "Board"})

    def _create_card(self, which="shared"):
        company = {
            "shared": self.env["res.company"],
            "another company's": self.other_company,
        }.get(which, self.company)
        return self.env["crm.gestao.competitor"].create(
            {
                "name": "Secret card",
                "company_id": company.id,
                "group_ids": [
                    Command.set(self.closed_group.ids if "closed" in which else [])
                ],
            }
        )

    def _fingerprint(self):
        self.env.flush_all()
        prints = []
        for model in (
            "crm.gestao.competitor",
            "crm.gestao.competitor.product",
            "crm.gestao.competitor.objection",
            "crm.gestao.competitor.reason",
            "crm.gestao.competitor.record",
        ):
            table = self.env[model]._table
            self.env.cr.execute(
                f"SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM {table} t"
            )
            prints += self.env.cr.fetchone()
        return prints

    def _values(self, record, role, which):
        return {"name": "Changed"}

    def _arguments(self, operation, record, role, which):
        model, ids = self.model, record.ids
        this = [("id", "in", ids)]
        written = {"note" if model.endswith("record") else "name": "Changed"}
        return {
            "read": (model, "read", ids, ["display_name"]),
            "read_all": (model, "read", ids),
            "web_read": (model, "web_read", ids, {"competitor_id": {}, "note": {}}),
            "search": (model, "search_read", this, ["display_name"]),
            "count": (model, "search_count", this),
            "name_search": (model, "name_search", "Secret", this),
            "read_group": (
                *(model, "formatted_read_group", this),
                *(["outcome"], ["__count", "price_gap:avg", "win_rate:avg"]),
            ),
            "attachment": (
                *("ir.attachment", "search_read"),
                [
                    ("res_model", "=", model),
                    ("res_id", "in", ids),
                    ("res_field", "=", "evidence"),
                ],
                ["name"],
            ),
            "create": (model, "create", self._values(record, role, which)),
            "write": (model, "write", ids, written),
            "archive": (model, "action_archive", ids),
            "unlink": (model, "unlink", ids),
            "copy": (model, "copy", ids),
            "done": (model, "action_won", ids),
            "cancel": (model, "action_lost", ids),
        }[operation]

    def _check_change(self, operation, record, answer):
        if operation == "unlink":
            self.assertFalse(record.exists())
        elif operation in ("create", "copy"):
            ids = answer if isinstance(answer, list) else [answer]
            self.assertTrue(record.browse(ids).exists())
        elif operation == "archive":
            self.assertFalse(record.active)
        elif operation in ("done", "cancel"):
            outcome = {"done": "won", "cancel": "lost"}[operation]
            self.assertEqual(record.outcome, outcome)
        else:
            fname = "note" if self.model.endswith("record") else "name"
            self.assertEqual(record[fname], "Changed")


@tagged("post_install", "-at_install")
class TestRecordAccess(CompetitorAccessCase):
    model = "crm.gestao.competitor.record"

    def _make(self, role, which):
        values = self._values(None, role, which)
        card = self.env["crm.gestao.competitor"].browse(values["competitor_id"])
        groups, card.group_ids = card.group_ids, False
        record = self.env[self.model].create(
            values | {"evidence": "c2VjcmV0", "evidence_name": "Secret file"}
        )
        card.group_ids = groups  # who wrote a record may be shut out later
        return record

    def _values(self, record, role, which):
        is_ours = which != "another company's"
        users = {"colleague's": self.users["colleague"], "unassigned": None}
        # who is no colleague cannot be responsible
        is_colleague = is_ours and role not in ("portal", "public")
        user = users.get(which, self.users[role] if is_colleague else None)
        return {
            "competitor_id": self._create_card(
                "closed" if which == "of a closed card" else "shared"
            ).id,
            "partner_id": self.customer.id,
            "user_id": user and user.id,
            "company_id": (self.company if is_ours else self.other_company).id,
        }

    def _fingerprint(self):
        # a card is made for each record, so that they do not count
        return super()._fingerprint()[-1]

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_web_client(self):
        self._check_table(RECORD_TABLE, RECORDS)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_evidence(self):
        """By address: what is attached is as secret as the record."""
        table = """
                 own   all   manager biller reader own+biller employee portal public
evidence         +-+-- +++-- +++-+   -----  -----  +-+--      -----    -----  -----
        """
        for (_operation, role), expected in read_table(table).items():
            self._login(role)
            actual = ""
            for which in RECORDS:
                record = self._make(role, which)
                url = f"/web/content/{self.model}/{record.id}/evidence"
                actual += self._get(url)[0]
            with self.subTest(role=role):
                self.assertEqual(actual, expected)

    def test_nobody_moves_a_record_to_another_company(self):
        self._login("own")
        record = self._make("own", "unassigned")
        record.competitor_id.company_id = False
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            sign, _answer = self._call(
                *("own", self.model, "write", record.ids),
                {"company_id": self.other_company.id},
            )
        self.assertEqual(sign, "x")
        self.assertEqual(record.company_id, self.company)

    def test_nobody_moves_a_record_to_a_closed_card(self):
        self._login("own")
        record = self._make("own", "own")
        card = record.competitor_id
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            sign, _answer = self._call(
                *("own", self.model, "write", record.ids),
                {"competitor_id": self._create_card("closed").id},
            )
        self.assertEqual(sign, "x")
        self.assertEqual(record.competitor_id, card)

    def test_open_to_a_group(self):
        """Who is in the group sees the card, and their own records about it."""
        self._login("own")
        card = self._create_card("shared")
        record = self._make("own", "own")
        record.competitor_id = card
        partner = self.users["own"].partner_id
        record.message_subscribe(partner.ids)
        card.message_subscribe(partner.ids)
        card.group_ids = self.closed_group
        for document in (card, record):
            self.assertNotIn(partner, document.message_partner_ids)
        for is_member, sign in ((False, "x"), (True, "+")):
            if is_member:
                self.users["own"].group_ids = [Command.link(self.closed_group.id)]
            for shown in (card, record):
                with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
                    actual, _answer = self._call(
                        "own", shown._name, "read", shown.ids, ["display_name"]
                    )
                self.assertEqual(actual, sign)

    def test_group_is_deleted(self):
        """A card that is closed is not opened by the deletion of its groups."""
        card = self._create_card("closed")
        card.active = False
        self.users["own"].group_ids = [Command.link(self.closed_group.id)]
        card.user_id = self.users["own"]
        with self.assertRaisesRegex(UserError, card.name):
            self.closed_group.unlink()
        # a module that is uninstalled takes its groups with it
        self.closed_group.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
        self.assertEqual(card.group_ids, self.env.ref("crm_gestao.group_manager"))
        self.assertFalse(card.user_id)
        card.group_ids |= self.env["res.groups"].create({"name": "One more"})
        (card.group_ids - self.env.ref("crm_gestao.group_manager")).unlink()


@tagged("post_install", "-at_install")
class TestCardAccess(CompetitorAccessCase):
    def _make(self, role, which):
        return self._create_card(which)

    def _values(self, record, role, which):
        values = {"name": "Changed", "company_id": record.company_id.id}
        if which == "closed":
            values["group_ids"] = [Command.set(self.closed_group.ids)]
        return values

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_web_client(self):
        self._check_table(CARD_TABLE, CARDS)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_battle_card(self):
        table = """
                 own   all   manager biller reader own+biller employee portal public
battle_card      ++xx  ++xx  ++x+    xxxx   xxxx   ++xx       xxxx     xxxx   ssss
        """
        for (_operation, role), expected in read_table(table).items():
            self._login(role)
            actual = ""
            for which in CARDS:
                card = self._create_card(which)
                url = f"/report/html/crm_gestao.report_competitor/{card.id}"
                sign, text = self._get(url)
                self.assertEqual("Secret card" in text, sign == "+")
                actual += sign
            with self.subTest(role=role):
                self.assertEqual(actual, expected)


class LineAccessCase(CompetitorAccessCase):
    def _make(self, role, which):
        card = self._create_card(which)
        return self.env[self.model].create({"competitor_id": card.id, "name": "Secret"})

    def _values(self, record, role, which):
        return {"competitor_id": record.competitor_id.id, "name": "Changed"}

    def _fingerprint(self):
        # neither the card that is made for each line
        return super()._fingerprint()[1:3]


@tagged("post_install", "-at_install")
class TestProductAccess(LineAccessCase):
    model = "crm.gestao.competitor.product"

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_web_client(self):
        self._check_table(LINE_TABLE, CARDS)


@tagged("post_install", "-at_install")
class TestObjectionAccess(LineAccessCase):
    model = "crm.gestao.competitor.objection"

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_web_client(self):
        self._check_table(LINE_TABLE, CARDS)


@tagged("post_install", "-at_install")
class TestReasonAccess(CompetitorAccessCase):
    model = "crm.gestao.competitor.reason"

    def _make(self, role, which):
        return self.env[self.model].create(self._values(None, role, which))

    def _values(self, record, role, which):
        company = {
            "ours": self.company,
            "another company's": self.other_company,
        }.get(which, self.env["res.company"])
        return {"name": "Secret reason", "company_id": company.id}

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_web_client(self):
        self._check_table(REASON_TABLE, CONFIGURATION)
