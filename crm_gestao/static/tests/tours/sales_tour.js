import {registry} from "@web/core/registry";

const dialog = (title) => `.o_dialog:has(.modal-title:contains(${title}))`;
const active = ".o_dialog:not(.o_inactive_modal)";
const footer = `${active} .modal-footer`;
const button = (name, content) => ({
    content,
    trigger: `${footer} button[name=${name}]`,
    run: "click",
});
const shown = (trigger, content) => ({content, trigger});

/** A new line of a product in a list of products, which the step before has opened. */
const product = (list, field, name) => [
    {
        content: "choose the product",
        trigger: `${list} .o_selected_row [name=${field}] input`,
        run: `edit ${name}`,
    },
    {
        content: "it is found",
        trigger: `.o-autocomplete--dropdown-item:contains(${name})`,
        run: "click",
    },
];

/** The dialog of the invoice is open, with an order of 110.00. */
const issueInSecondSeries = () => [
    shown(`${dialog("Issue Invoice")} .o_data_row:contains(110.00)`, "its order"),
    {
        content: "choose the second series",
        trigger: `${active} [name=journal_id] input`,
        run: "click",
    },
    {
        content: "it is offered",
        trigger: ".o-autocomplete--dropdown-item:contains(Series 2)",
        run: "click",
    },
    shown(`${active} [name=journal_id] input:value(Series 2)`, "it is chosen"),
    button("action_issue", "issue it"),
    shown("body:not(:has(.o_dialog))", "the dialog is closed"),
    shown(
        ".o_statusbar_status .o_arrow_button_current:contains(Posted)",
        "it is posted"
    ),
];

/** A visit from the consult screen, from its dialog a quotation, from its form the order. */
const visitThatSells = () => [
    shown(".o_consult_bar", "the consult screen is open"),
    {content: "New", trigger: "body", run: "press F7"},
    {
        content: "type a subject",
        trigger: `${active} [name=subject] textarea`,
        run: "edit Visit that sells",
    },
    {
        content: "and the customer",
        trigger: `${active} [name=partner_id] input`,
        run: "edit 11.222.333/0001-81",
    },
    {
        content: "it is found",
        trigger: ".o-autocomplete--dropdown-item:contains(Padaria Central)",
        run: "click",
    },
    shown(`${active} [name=partner_phone]:contains(3322)`, "it is taken"),
    button("action_new_quotation", "the quotation saves the visit first"),
    shown("body:not(:has(.o_dialog))", "the dialog is closed"),
    shown(
        ".o_field_widget[name=partner_id] input:value(Padaria Central)",
        "the quotation is for that customer"
    ),
    {
        content: "add a product",
        trigger:
            ".o_field_x2many_list_row_add button:contains(Add a product), .o_field_x2many_list_row_add a:contains(Add a product)",
        run: "click",
    },
    ...product("[name=order_line]", "product_template_id", "Coffee"),
    shown(".o_selected_row [name=price_unit] input:value(100)", "it has its price"),
    {content: "save it", trigger: ".o_form_button_save", run: "click"},
    shown(".o_form_saved, .o_form_status_indicator_buttons.invisible", "saved"),
    {
        content: "the smart button leads to the visit",
        trigger: "button[name=action_view_occurrence]",
        run: "click",
    },

    // From its form, the order
    shown(
        ".o_field_widget[name=subject] textarea:value(Visit that sells)",
        "it is the visit"
    ),
    {
        content: "see what came from it",
        trigger: ".o_notebook a[name=sales]",
        run: "click",
    },
    shown("[name=sale_order_ids] .o_data_row:contains(110.00)", "the quotation"),
    {
        content: "Order",
        trigger: ".o_form_statusbar button[name=action_new_order]",
        run: "click",
    },
    shown(`${dialog("Confirm Quotations")} .o_data_row`, "the quotation is listed"),
    button("action_confirm", "confirm it"),
    shown("body:not(:has(.o_dialog))", "the dialog is closed"),
    shown(
        ".o_statusbar_status .o_arrow_button_current:contains(Sales Order)",
        "it is an order"
    ),
];

registry.category("web_tour.tours").add("crm_gestao_rep_tour", {
    steps: () => [
        ...visitThatSells(),

        // Another order, which is confirmed when its dialog is saved
        {
            content: "back to the visit",
            trigger: "button[name=action_view_occurrence]",
            run: "click",
        },
        {
            content: "Order",
            trigger: ".o_form_statusbar button[name=action_new_order]",
            run: "click",
        },
        {
            content: "with no product yet",
            trigger: `${dialog("New Order")} .modal-footer button:contains(Confirm Order)`,
            run: "click",
        },
        {
            content: "it is refused",
            trigger: `${active} .modal-body:contains(has no lines)`,
            run: "press Escape",
        },
        {
            content: "add a product",
            trigger: `${dialog("New Order")} .o_field_x2many_list_row_add a:contains(Add a product), ${dialog("New Order")} .o_field_x2many_list_row_add button:contains(Add a product)`,
            run: "click",
        },
        ...product(dialog("New Order"), "product_template_id", "Coffee"),
        shown(
            `${active} .o_selected_row [name=price_unit] input:value(100)`,
            "it has its price"
        ),
        {
            content: "confirm it",
            trigger: `${dialog("New Order")} .modal-footer button:contains(Confirm Order)`,
            run: "click",
        },
        shown("body:not(:has(.o_dialog))", "the dialog is closed"),
        {
            content: "see what came from it",
            trigger: ".o_notebook a[name=sales]",
            run: "click",
        },
        shown(
            "[name=sale_order_ids] .o_data_row:contains(Sales Order):eq(1)",
            "there are two orders"
        ),

        // A salesperson makes a draft
        {
            content: "Invoice",
            trigger: ".o_form_statusbar button[name=action_issue_invoice]",
            run: "click",
        },
        shown(
            `${dialog("Issue Invoice")} [name=tax_totals]:contains(220.00)`,
            "the total"
        ),
        shown(
            `${footer}:not(:has(button[name=action_issue]))`,
            "posting isn't offered"
        ),
        button("action_create_draft", "make a draft"),
        shown("body:not(:has(.o_dialog))", "the dialog is closed"),
        shown(
            ".o_statusbar_status .o_arrow_button_current:contains(Draft)",
            "it is a draft"
        ),
    ],
});

registry.category("web_tour.tours").add("crm_gestao_biller_tour", {
    steps: () => [
        // From the menu of actions of the list, in the second series
        {
            content: "tick the visit",
            trigger:
                ".o_data_row:contains(Visit to invoice) .o_list_record_selector input",
            run: "click",
        },
        shown(".o_selection_box:contains(/^1/)", "one is ticked"),
        {
            content: "open the menu of actions",
            trigger: ".o_cp_action_menus .dropdown-toggle:has(.fa-cog)",
            run: "click",
        },
        {
            content: "Invoice",
            trigger: ".o-dropdown--menu .o_menu_item:contains(/^Invoice$/)",
            run: "click",
        },
        ...issueInSecondSeries(),

        // From the form, products without an order
        {
            content: "the smart button leads to the visit",
            trigger: "button[name=action_view_occurrence]",
            run: "click",
        },
        {
            content: "Invoice",
            trigger: ".o_form_statusbar button[name=action_issue_invoice]",
            run: "click",
        },
        shown(
            `${dialog("Issue Invoice")} [role=alert]:contains(is invoiced already)`,
            "it says that the order is invoiced"
        ),
        shown(
            `${active} [name=journal_id] input:value(Series 2)`,
            "the series used last"
        ),
        {
            content: "invoice products",
            trigger: `${active} [name=source] label:contains(Products)`,
            run: "click",
        },
        {
            content: "with none yet",
            trigger: `${footer} button[name=action_issue]`,
            run: "click",
        },
        {
            content: "it is refused",
            trigger: `${active} .modal-body:contains(Add one or more products)`,
            run: "press Escape",
        },
        {
            content: "add one",
            trigger: `${dialog("Issue Invoice")} [name=line_ids] .o_field_x2many_list_row_add a, ${dialog("Issue Invoice")} [name=line_ids] .o_field_x2many_list_row_add button`,
            run: "click",
        },
        ...product(`${active} [name=line_ids]`, "product_id", "Coffee"),
        shown(`${active} [name=tax_totals]:contains(110.00)`, "the total"),
        button("action_issue_and_send", "issue and send it"),
        shown(`${dialog("Send")} .modal-body`, "Odoo's own dialog is there"),
        {
            content: "not now",
            trigger: `${active} .btn-close`,
            run: "click",
        },
        shown("body:not(:has(.o_dialog))", "the dialogs are closed"),
        {
            content: "see what came from it",
            trigger: ".o_notebook a[name=sales]",
            run: "click",
        },
        shown("[name=invoice_ids] .o_data_row:contains(Posted):eq(1)", "two invoices"),
    ],
});

/** Consult the customer, and open the visit. */
const openVisit = () => [
    {
        content: "look for the customer",
        trigger: ".o_consult_customer input",
        run: "edit PC-001",
    },
    {
        content: "it is found",
        trigger: ".o-autocomplete--dropdown-item:contains(Padaria Central)",
        run: "click",
    },
    {content: "Consult", trigger: ".o_consult_button", run: "click"},
    {
        content: "open the visit",
        trigger: ".o_data_row:contains(Visit that sells) td[name=subject]",
        run: "click",
    },
];

// One visit's way to the money, by three people
registry.category("web_tour.tours").add("crm_gestao_story_rep_tour", {
    steps: visitThatSells,
});

registry.category("web_tour.tours").add("crm_gestao_story_clerk_tour", {
    steps: () => [
        ...openVisit(),
        {
            content: "Invoice",
            trigger: ".o_form_statusbar button[name=action_issue_invoice]",
            run: "click",
        },
        ...issueInSecondSeries(),
    ],
});

registry.category("web_tour.tours").add("crm_gestao_story_accountant_tour", {
    steps: () => [
        ...openVisit(),
        shown("button[name=action_view_invoices]:contains(1)", "it has an invoice"),
        {
            content: "jump to the receivables",
            trigger: "button[name=action_view_receivables]",
            run: "click",
        },
        shown(".o_facet_value:contains(Padaria Central)", "they are of the customer"),
        {
            content: "tick the invoice",
            trigger: ".o_data_row:contains(110.00) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Register Payment",
            trigger: "button[name=action_register_customer_payment]",
            run: "click",
        },
        button("action_create_payments", "as it is proposed"),
        shown("body:not(:has(.o_dialog))", "the dialog is closed"),
        shown(".o_view_nocontent:contains(Nothing to receive)", "nothing is left"),
        {
            content: "back to the visit",
            trigger: ".o_breadcrumb a:contains(Visit that sells)",
            run: "click",
        },
        shown(
            ".o_field_widget[name=subject]:contains(Visit that sells)",
            "it is there"
        ),
    ],
});
