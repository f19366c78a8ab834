from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .common import OccurrenceCommon

CLICK = (
    "odoo.loader.modules.get('@web/webclient/clickbot/clickbot_loader')"
    ".startClickEverywhere('%s')"
)


@tagged("post_install", "-at_install", "click_all", "-standard")
class TestClickEverywhere(OccurrenceCommon, HttpCase):
    """Each role opens every menu, view and filter that it sees.

    Odoo has this test for its admin and for a user without a group of ours.
    """

    allow_end_on_form = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a list with nothing in it would not show what goes wrong in a row
        cls.occurrences = cls.env["crm.gestao.occurrence"].concat(
            *(
                cls._create_occurrence(
                    user_id=user.id,
                    partner_id=partner.id,
                    date=fields.Datetime.subtract(fields.Datetime.now(), days=days),
                )
                for user in (cls.users["own"], cls.users["rep"], cls.env.user)
                for partner in (cls.customer, cls.contact, cls.other_customer)
                for days in (0, 40)
            )
        )
        cls.occurrences[::4].action_done()
        cls.occurrences[1::3].activity_schedule("mail.mail_activity_data_todo")
        product = cls.env["product.product"].create({"name": "A product"})
        for occurrence in cls.occurrences[:6]:
            order = cls.env["sale.order"].create(
                {
                    "partner_id": occurrence.partner_id.id,
                    "occurrence_id": occurrence.id,
                    "user_id": occurrence.user_id.id,
                    "order_line": [Command.create({"product_id": product.id})],
                }
            )
            order.action_confirm()

    def _click(self, role):
        user = self.users[role]
        user.tour_enabled = False
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        apps = [menus[number]["xmlid"] for number in menus["root"]["children"]]
        self.assertIn("crm_gestao.menu_root", apps)
        for app in apps:
            with self.subTest(role=role, app=app):
                self.browser_js(
                    "/odoo", CLICK % app, "odoo.isReady === true", login=user.login,
                    timeout=1200, success_signal="clickbot test succeeded",
                )  # fmt: skip

    def test_own(self):
        self._click("own")

    def test_rep(self):
        self._click("rep")

    def test_all(self):
        self._click("all")

    def test_manager(self):
        self._click("manager")

    def test_biller(self):
        self._click("biller")

    def test_reader(self):
        self._click("reader")
