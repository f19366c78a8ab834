from odoo import api, models
from odoo.fields import Command

from .res_partner import REDACTED

# what a tracked change may tell of a person; statuses, dates and numbers tell nothing
TELLING_TYPES = ("char", "text", "html", "one2many", "many2many")
# what a file is on until it is on a document, and where it stays if it never is
UNDER_WAY = (False, "mail.compose.message", "mail.message", "mail.scheduled.message")


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        # tracked changes have no text
        # sudo: whatever who writes may read
        told = {
            # Odoo has forgotten it of the messages
            vals.get("res_id") or message.res_id
            for message, vals in zip(messages.sudo(), vals_list, strict=True)
            if (vals.get("body") or vals.get("subject"))
            and message.model == "crm.gestao.occurrence"
        }
        if told:
            self.env["crm.gestao.occurrence"]._tell_anew(told)
        return messages

    def write(self, vals):
        res = super().write(vals)
        if vals.get("body") or vals.get("subject"):
            self._tell_anew()
        return res

    def _tell_anew(self):
        """Let the occurrences that these are on know that they tell something anew."""
        # sudo: whatever who writes may read
        told = self.sudo().filtered(lambda m: m.model == "crm.gestao.occurrence")
        if told:
            self.env["crm.gestao.occurrence"]._tell_anew(told.mapped("res_id"))

    def _erase_content(self):
        """Empty these messages: what was said goes, that something was said stays.

        Their files go too, see `_erase_files`, and so does what was kept of them
        elsewhere: outgoing mail and text messages, translations, previews of links,
        tracked names. What a restrictive audit trail of the books wants unchanged stays
        as it is, for nobody can change it.
        """
        # sudo: the caller has checked the right to erase
        self = self.sudo()._filter_erasable()
        if not self:
            return
        on_these = [("mail_message_id", "in", self.ids)]
        self.env["mail.mail"].search(on_these)._erase()
        self.env["mail.tracking.value"].search(
            [
                *on_these,
                "|",
                ("field_id.relation", "=like", "res.partner%"),
                ("field_id.ttype", "in", TELLING_TYPES),
            ]
        ).unlink()
        translations = self.env["mail.message.translation"]
        translations.search([("message_id", "in", self.ids)]).unlink()
        self.message_link_preview_ids.unlink()
        # text messages are an app of their own
        for model in {"mail.message.schedule", "sms.sms"} & set(self.env):
            self.env[model].search(on_these).unlink()
        # Odoo wants some address where it knows no contact
        addressed = self.notification_ids.filtered("mail_email_address")
        addressed.mail_email_address = REDACTED
        self._erase_files()
        # that of colleagues is the company's
        self.filtered(
            lambda m: all(user.share for user in m.author_id.user_ids)
        ).email_from = False
        self.write(
            {
                "body": False,
                "subject": False,
                "reply_to": False,
                "incoming_email_to": False,
                "incoming_email_cc": False,
                "outgoing_email_to": False,
            }
        )

    def _filter_erasable(self):
        """Without those that a restrictive audit trail keeps, as Odoo itself has it."""
        return self.filtered(
            lambda message: not message.account_audit_log_restricted
            or (move := message.account_audit_log_move_id)
            and not move.posted_before
        )

    def _erase_files(self):
        """Delete the files of these messages, but those that are not theirs alone.

        Invoices stay, and orders as they were signed. A file may also be of something
        else, such as of the template by which many were written to, or of another
        message: it stays there, and is not on these any more.
        """
        orders = self.filtered(lambda m: m.model == "sale.order")
        names = {
            order.id: f"{order.name}.pdf"
            for order in self.env["sale.order"].browse(orders.mapped("res_id")).exists()
        }
        documents = self.attachment_ids.filtered(
            lambda file: file.res_model == "account.move"
            or (file.res_model == "sale.order" and names.get(file.res_id) == file.name)
        )
        threads = {(message.model, message.res_id) for message in self}
        own = (self.attachment_ids - documents).filtered(
            lambda file: file.res_model in UNDER_WAY
            or (file.res_model, file.res_id) in threads
        )
        others = self.search(
            [("attachment_ids", "in", own.ids), ("id", "not in", self.ids)]
        )
        (own - others.attachment_ids).unlink()
        for message in self.filtered(lambda m: m.attachment_ids - documents):
            left = message.attachment_ids - documents
            message.attachment_ids = [Command.unlink(file.id) for file in left]
