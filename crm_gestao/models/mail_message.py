from odoo import api, models

from odoo.addons.mail.tools.discuss import Store

from ..tools import (
    ConcurrentIndex,
    Many2oneReference,
    as_reader,
    get_told_name,
    is_guarded,
    is_told,
)


class MailMessage(models.Model):
    _inherit = "mail.message"

    res_id = Many2oneReference()

    # what people wrote on a record, in the order of the timeline; Odoo's own index has
    # the log of changes among it
    _crm_gestao_human_idx = ConcurrentIndex(
        "(model, res_id, date DESC, id DESC) WHERE message_type IN ('comment', 'email')"
    )

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        messages._check_documents()
        return messages

    def write(self, vals):
        res = super().write(vals)
        if "parent_id" in vals and not self.env.su:
            self._check_documents()
            # sudo: only to know what is answered
            parents = self.sudo().parent_id.filtered(lambda m: m._is_guarded())
            as_reader(parents, self.env.uid).check_access("read")
        return res

    def _check_documents(self):
        """Refuse what Odoo would tell its author of what they may not read.

        Odoo lets everybody notify of any record, lets whoever may read the message that
        is answered choose any record, and shows in a chat what is answered there.

        :raise AccessError:
        """
        if self.env.su or is_told(self.env):
            return
        # sudo: only to know what is written on, and what is answered
        for message in self.sudo():
            parent, document = message.parent_id, (message.model, message.res_id)
            is_elsewhere = parent and (parent.model, parent.res_id) != document
            is_comment = not is_elsewhere and message._is_thread_message_visible()
            if message.res_id and not is_comment and message._is_guarded():
                record = self.env[message.model].browse(message.res_id)
                as_reader(record, self.env.uid).check_access("read")
            if is_elsewhere and parent._is_guarded():
                as_reader(parent, self.env.uid).check_access("read")

    def _is_guarded(self):
        return is_guarded(self.env, self.model)

    @api.depends_context("uid", "crm_gestao_told")
    def _compute_record_name(self):
        """Tell the name of what is guarded only to who may read it.

        Odoo tells it with all rights, also of a message that a client only says it is
        about to write.
        """
        res = super()._compute_record_name()
        if not is_told(self.env):
            named = self.filtered("record_name")
            named._get_messages_of_hidden().record_name = False
        return res

    @api.depends_context("uid")
    def _compute_display_name(self):
        """Of an answer the subject of what is answered is told with all rights."""
        res = super()._compute_display_name()
        named = self.filtered(lambda m: m.display_name and m._is_guarded())
        readable = as_reader(named, self.env.uid)._filtered_access("read")
        (named - readable.with_env(self.env)).display_name = False
        return res

    def _to_store(self, store, fields, **kwargs):
        is_whole = "message_format" in fields
        res = super()._to_store(store, fields, **kwargs)
        if is_whole and not is_told(self.env):
            # Odoo tells the name to whoever is mentioned
            for message in self._get_messages_of_hidden():
                record = self.env[message.model].browse(message.res_id)
                name = {"display_name": get_told_name(record)}
                store.add(record, name, as_thread=True)
        return res

    def _get_store_linked_messages_fields(self):
        """Odoo tells all of a chat the name of what a link leads to."""
        found = self.linked_message_ids._record_by_message()
        if not any(is_guarded(self.env, record._name) for record in found.values()):
            return super()._get_store_linked_messages_fields()

        def get_name(record):
            if is_guarded(self.env, record._name):
                return get_told_name(record)
            return record.sudo().display_name  # as Odoo does

        def get_thread(message):
            name = Store.Attr("display_name", get_name)
            return Store.One(found.get(message), [name], as_thread=True)

        fields = ["model", "res_id", Store.Attr("thread", get_thread)]
        return [Store.Many("linked_message_ids", fields, only_data=True)]

    def _get_messages_of_hidden(self):
        """Those of these messages whose document is guarded, and not the user's."""
        hidden = self.browse()
        # what a client says it is about to write may be on a file, which tells as much
        guarded = self.filtered(
            lambda m: m.res_id
            and (m._is_guarded() or (m.model in self.env and not m.id))
        )
        for model, messages in guarded.grouped("model").items():
            records = self.env[model].browse(messages.mapped("res_id"))
            readable = as_reader(records, self.env.uid)._filtered_access("read")
            ids = set(readable.ids)
            hidden += messages.filtered(lambda m, ids=ids: m.res_id not in ids)
        return hidden
