from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import Float


class CrmGestaoInvoiceIssueLine(models.TransientModel):
    """One product of an invoice that is issued without an order."""

    _name = "crm.gestao.invoice.issue.line"
    _description = "Product to Invoice"
    _inherit = ["crm.gestao.link.mixin"]
    _order = "id"

    issue_id = fields.Many2one(
        "crm.gestao.invoice.issue", required=True, ondelete="cascade", index=True
    )
    product_id = fields.Many2one(
        "product.product",
        string="Product",
        required=True,
        ondelete="cascade",
        domain="[('sale_ok', '=', True), ('company_id', 'in', [company_id, False])]",
    )
    company_id = fields.Many2one(related="issue_id.company_id")
    currency_id = fields.Many2one(related="issue_id.currency_id")
    quantity = Float(default=1.0, digits="Product Unit")
    price_unit = Float(
        string="Unit Price",
        digits="Product Price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        precompute=True,
    )
    # the one that the price is in: another series may have another
    price_currency_id = fields.Many2one(
        "res.currency", compute="_compute_price_unit", store=True, precompute=True
    )

    @api.model
    def _get_private_links(self):
        return [*super()._get_private_links(), "issue_id", "product_id"]

    @api.depends("product_id")
    def _compute_price_unit(self):
        for line in self:
            if not line.issue_id:
                line.price_unit, line.price_currency_id = 0, False
                continue
            # as Odoo prices it on an invoice of this customer and company
            preview = line.issue_id._get_preview([{"product_id": line.product_id.id}])
            line.price_unit = preview.invoice_line_ids.price_unit
            # not that of the dialog, which is computed of its lines
            line.price_currency_id = preview.currency_id

    def _prepare_invoice_line_values(self):
        return {
            "product_id": self.product_id.id,
            "quantity": self.quantity,
            "price_unit": self.price_unit,
        }

    def _check_lines(self):
        """Refuse lines that Odoo would post, but that are nothing to issue.

        :raise UserError: naming the product, and what is wrong with it
        """
        if not self:
            raise UserError(self.env._("Add one or more products to invoice."))
        for line in self:
            values = {"product": line.product_id.display_name}
            if line.quantity == 0:
                message = self.env._(
                    "%(product)s: the quantity is zero. Type how many are invoiced, or"
                    " remove the line.",
                    **values,
                )
            elif line.quantity < 0:
                message = self.env._(
                    "%(product)s: the quantity is negative. What comes back is a credit"
                    " note, made from its invoice.",
                    **values,
                )
            elif line.price_unit <= 0:
                message = self.env._(
                    "%(product)s: the price is not above zero. Type its unit price.",
                    **values,
                )
            else:
                continue
            raise UserError(message)
