from odoo import models

from ..tools import as_reader, get_told_name, is_guarded


# An invitation names what it is for, also to who may not read it. (Odoo would keep a
# docstring in the database, also when we are uninstalled.)
class MailFollowersEdit(models.TransientModel):
    _inherit = "mail.followers.edit"

    def _prepare_message_values(self, documents, model_name):
        values = super()._prepare_message_values(documents, model_name)
        if not is_guarded(self.env, documents._name) or self._all_may_read(documents):
            return values
        names = [get_told_name(document) for document in documents]
        if len(names) > 1:
            return {**values, "body": ", ".join(names) + "\n" + (self.message or "")}
        subject = self.env._(
            "Invitation to follow %(model)s: %(name)s", model=model_name, name=names[0]
        )
        return {**values, "subject": subject}

    def _all_may_read(self, documents):
        """Whether everybody who is invited may read these documents anyway."""
        return all(
            partner.user_ids
            and as_reader(documents, partner.user_ids[0].id).has_access("read")
            for partner in self.partner_ids
        )
