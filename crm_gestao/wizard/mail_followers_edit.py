from odoo import models

from ..tools import get_told_name, is_guarded


# An invitation names what it is for, also to who may not read it. (Odoo would keep a
# docstring in the database, also when we are uninstalled.)
class MailFollowersEdit(models.TransientModel):
    _inherit = "mail.followers.edit"

    def _prepare_message_values(self, documents, model_name):
        values = super()._prepare_message_values(documents, model_name)
        if not is_guarded(self.env, documents._name):
            return values
        names = [get_told_name(document) for document in documents]
        if len(names) > 1:
            return {**values, "body": ", ".join(names) + "\n" + (self.message or "")}
        subject = self.env._(
            "Invitation to follow %(model)s: %(name)s", model=model_name, name=names[0]
        )
        return {**values, "subject": subject}
