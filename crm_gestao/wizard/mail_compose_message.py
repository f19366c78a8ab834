from odoo import api, models

from ..tools import as_reader, is_guarded


# Subject and text of an e-mail are computed with all rights, by Odoo's templates also
# from amounts: they are for who may read the document. (Odoo would keep a docstring in
# the database, also when we are uninstalled.)
class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    @api.model_create_multi
    def create(self, vals_list):
        composers = super().create(vals_list)
        composers._check_documents()
        return composers

    def write(self, vals):
        res = super().write(vals)
        self._check_documents()
        return res

    def _check_documents(self):
        """Refuse what is written on documents that the user may not read.

        :raise AccessError:
        """
        if not self.env.su:
            for composer in self:
                composer._check_document(composer._evaluate_res_ids())
                composer._check_parent()

    def _compute_subject(self):
        self._check_parents_in_memory()
        return super()._compute_subject()

    def _compute_partner_ids(self):
        self._check_parents_in_memory()
        return super()._compute_partner_ids()

    def _check_parents_in_memory(self):
        # a client only says that it is about to answer these
        for composer in self:
            if not composer.id:
                composer._check_parent()

    def _check_parent(self):
        # sudo: only to know what is answered
        parent = self.sudo().parent_id._origin
        if is_guarded(self.env, parent.model):
            as_reader(parent, self.env.uid).check_access("read")

    def _evaluate_res_ids(self):
        res_ids = super()._evaluate_res_ids()
        if not self.id:
            # a client only says that it is about to write on these
            self._check_document(res_ids)
        return res_ids

    def _action_send_mail(self, auto_commit=False):
        # what the template is about, and its reports, may be others by now
        self._check_documents()
        return super()._action_send_mail(auto_commit=auto_commit)

    def _check_document(self, res_ids):
        # what a template is about, and its reports, is what Odoo renders, whatever the
        # model here
        template = self.sudo().template_id
        reports = template.report_template_ids.mapped("model")
        for model in {self.model, template.model, *reports}:
            if is_guarded(self.env, model):
                self.env[model].sudo(False).browse(res_ids).check_access("read")
