from odoo import api, models
from odoo.exceptions import ValidationError

from ..models.crm_gestao_link_mixin import (
    check_defaults,
    get_asking_user,
    get_linked,
)


# Subject, text and files of the e-mail that sends an invoice are made with all rights,
# of whatever the template is about. (Odoo would keep a docstring in the database, also
# when we are uninstalled.)
class AccountMoveSendWizard(models.TransientModel):
    _name = "account.move.send.wizard"
    _inherit = ["account.move.send.wizard", "crm.gestao.link.mixin"]

    @api.model
    def _get_private_links(self):
        return [*super()._get_private_links(), "move_id"]

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if not get_asking_user(self).env.su:
            # Odoo takes the invoice from what is ticked in a list
            check_defaults(self, values, is_strict=False)
            self._check_template_of(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        self._check_template_of(values)
        return super().onchange(values, field_names, fields_spec)

    @api.constrains("template_id")
    def _check_template(self):
        for wizard in self:
            wizard._check_template_of({"template_id": wizard.template_id.id})

    @api.model
    def _check_template_of(self, values):
        """Refuse a template that tells of another document, with the invoice's id.

        :raise ValidationError:
        """
        ids, _values = get_linked(self.env, values.get("template_id"))
        # sudo: what a template is about is no secret
        for template in self.env["mail.template"].sudo().browse(ids).exists():
            if template.model != "account.move":
                raise ValidationError(
                    self.env._(
                        "“%s” is no e-mail template of invoices. Choose one that is.",
                        template.display_name,
                    )
                )
