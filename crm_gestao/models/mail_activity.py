from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Who has done the review of a competitor's card has reviewed it."""
        reviews = self.filtered(
            lambda activity: (
                activity.automated and activity.res_model == "crm.gestao.competitor"
            )
        )
        cards = self.env["crm.gestao.competitor"].browse(reviews.mapped("res_id"))
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        cards.exists()._filtered_access("write")._set_reviewed()
        return result
