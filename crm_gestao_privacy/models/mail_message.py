from odoo import api, models

# what a tracked change may tell of a person; statuses, dates and numbers tell nothing
TELLING_TYPES = ("char", "text", "html", "one2many", "many2many")


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

        Their files go too, except those of invoices, and so does what was kept of them
        elsewhere: outgoing mail and text messages, translations, previews of links,
        tracked names.
        """
        self = self.sudo()  # the caller has checked the right to erase
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
        self.attachment_ids.filtered(lambda a: a.res_model != "account.move").unlink()
        self.filtered(lambda m: not m.author_id.user_ids).email_from = False
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
