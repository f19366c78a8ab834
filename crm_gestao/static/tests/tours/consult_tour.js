import {registry} from "@web/core/registry";

/** Steps of the keyboard alone, in whatever language: nothing is clicked. */
const bar = ".o_consult_bar";
const customer = `${bar} .o_consult_customer input`;
const facet = (text) => `.o_searchview_facet:contains(${text})`;
const currentLine = (text) => `.o_data_row.o_consult_current:contains(${text})`;
const pressed = (key, content) => ({content, trigger: "body", run: `press ${key}`});
const typed = (trigger, text, content) => ({content, trigger, run: `edit ${text}`});
const shown = (trigger, content) => ({content, trigger});

registry.category("web_tour.tours").add("crm_gestao_consult_tour", {
    steps: () => [
        shown(bar, "the consult screen is open"),
        shown(".o_data_row:contains(Own visit)", "it starts with the user's own"),

        // Consult
        shown(`${bar}:has(${customer.replace(bar, "")}:focus)`, "the customer is next"),
        {
            content: "find the customer by CNPJ with punctuation",
            trigger: `${customer}:focus`,
            run: "edit 11.222.333/0001-81",
        },
        shown(
            `.o-autocomplete--dropdown-item:contains(Padaria Central)`,
            "it is found"
        ),
        {content: "choose it", trigger: customer, run: "press Enter"},
        {content: "and consult", trigger: customer, run: "press Enter"},
        shown(facet("Padaria Central"), "the customer is a facet"),
        shown(`${bar}:has(.o_consult_button:focus)`, "the focus is on Consult"),
        shown(
            ".o_data_row:contains(Visit of the contact)",
            "the contacts' are among them"
        ),

        // New, and Cancel
        pressed("F7", "New"),
        typed(".o_dialog [name=subject] textarea", "Never saved", "type a subject"),
        pressed("alt+z", "Cancel"),
        shown(
            "body:not(:has(.o_dialog)):not(:contains(Never saved))",
            "nothing is left"
        ),

        // New, and Ok
        pressed("F7", "New"),
        shown(".o_dialog [name=partner_id] input", "the dialog is open"),
        typed(
            ".o_dialog [name=subject] textarea",
            "Visit by keyboard",
            "type a subject"
        ),
        pressed("alt+q", "Ok"),
        shown(
            currentLine("Visit by keyboard"),
            "the new line is there, and the current one"
        ),

        // Edit
        pressed("F2", "Edit"),
        typed(
            ".o_dialog [name=subject] textarea",
            "Visit corrected",
            "correct the subject"
        ),
        pressed("alt+q", "Ok"),
        shown(currentLine("Visit corrected"), "it is corrected"),

        // Print the line, and after leaving the lines the diary
        pressed("F11", "Print"),
        shown("body:not(.o_ui_blocked)", "the sheet is on its way"),
        pressed("Escape", "leave the lines"),
        shown(".o_list_view:not(:has(.o_consult_current))", "none is the current one"),
        pressed("F11", "Print"),
        shown("body:not(.o_ui_blocked)", "the diary is on its way"),

        // Delete
        pressed("ArrowDown", "into the lines again"),
        shown(currentLine("Visit corrected"), "the first one"),
        pressed("ArrowDown", "walk to the next line"),
        shown(currentLine("Visit of the contact"), "it is the current one"),
        pressed("ArrowUp", "and back"),
        shown(currentLine("Visit corrected"), "it is the current one"),
        pressed("F3", "Delete"),
        shown(".o_dialog .modal-body:contains(Visit corrected)", "it names what goes"),
        pressed("alt+x", "Keep"),
        shown("body:not(:has(.o_dialog))", "the dialog is closed"),
        pressed("F3", "Delete"),
        shown(".o_dialog .modal-body:contains(Visit corrected)", "it names what goes"),
        pressed("alt+q", "Delete it"),
        shown(".o_list_view:not(:contains(Visit corrected))", "it is gone"),
        shown(currentLine("Visit of the contact"), "the next line is the current one"),

        // One that an order hangs on
        pressed("ArrowDown", "walk to the line with an order"),
        shown(currentLine("Visit with an order"), "it is the current one"),
        pressed("F3", "Delete"),
        shown(
            ".o_dialog .modal-body:contains(Visit with an order)",
            "it names what goes"
        ),
        pressed("alt+q", "Delete it"),
        {
            content: "it is refused with the way out",
            trigger: ".o_dialog .modal-body:contains(SO-KEYBOARD)",
            run: "press Escape",
        },
        shown("body:not(:has(.o_dialog))", "the dialog is closed"),
        shown(".o_data_row:contains(Visit with an order)", "nothing is lost"),
    ],
});

registry.category("web_tour.tours").add("crm_gestao_contact_tour", {
    steps: () => [
        {
            content: "the contact counts the occurrences of its contacts too",
            trigger: "button[name=action_view_occurrences]:contains(3)",
            run: "click",
        },
        shown(facet("Padaria Central"), "the consult screen has this customer"),
        shown(".o_consult_summary:contains(3322-4455)", "and tells about it"),
        pressed("F11", "with no line selected, Print prints the diary"),
        shown("body:not(.o_ui_blocked)", "the diary is on its way"),
        pressed("F7", "New"),
        shown(".o_dialog [name=partner_id] input", "the dialog is open"),
        typed(
            ".o_dialog [name=subject] textarea",
            "Call after the visit",
            "type a subject"
        ),
        pressed("alt+q", "Ok"),
        shown(currentLine("Call after the visit"), "it is recorded for this customer"),
    ],
});

const clicked = (trigger, content) => ({content, trigger, run: "click"});
const consulted = (name) => [
    typed(customer, name, "look for the customer"),
    shown(`.o-autocomplete--dropdown-item:contains(${name})`, "it is found"),
    {content: "choose it", trigger: customer, run: "press Enter"},
    {
        content: "all dates",
        trigger: "#crm_gestao_consult_period",
        run: "select all",
    },
    clicked(`${bar} .o_consult_button`, "and consult"),
    shown(facet(name), "the customer is a facet"),
];

registry.category("web_tour.tours").add("crm_gestao_receivables_tour", {
    steps: () => [
        ...consulted("Padaria Central"),
        shown(`${bar} .o_consult_invoices`, "invoices have a button"),
        clicked(`${bar} .o_consult_receivables:contains(2 late)`, "look them up"),
        shown(facet("Padaria Central"), "they are of this customer"),
        shown(".o_data_row:nth-child(2):contains(70.00)", "both are there"),
        clicked(
            ".o_data_row:first-child:contains(100.00) .o_list_record_selector input",
            "tick what is due first"
        ),
        clicked("button[name=action_register_customer_payment]", "pay it"),
        clicked(".modal button[name=action_create_payments]", "as it is proposed"),
        shown("body:not(:has(.modal))", "the dialog is closed"),
        shown(".o_list_view:not(:contains(100.00))", "it has left the list"),
        shown(".o_data_row:contains(70.00)", "the other one is still there"),
        clicked(".o_breadcrumb a:contains(Consult)", "back"),
        shown(facet("Padaria Central"), "it is the same consultation"),
        shown(`${bar} .o_consult_receivables:contains(1 late)`, "one is paid"),
    ],
});

registry.category("web_tour.tours").add("crm_gestao_repeat_tour", {
    steps: () => [
        ...consulted("Padaria Central"),
        shown(
            `${bar} .o_consult_queries:not(:has(.o_consult_receivables))`,
            "a sales rep sees no receivables"
        ),
        clicked(`${bar} .o_consult_products:contains(2)`, "what was bought"),
        clicked(
            ".o_data_row:contains(Flour) .o_list_record_selector input",
            "tick one product"
        ),
        clicked("button[name=action_repeat_quotation]", "quote it again"),
        shown(".o_form_view .o_data_row:contains(Flour)", "it is in the quotation"),
        clicked(".o_form_button_save", "save it"),
        shown(".o_last_breadcrumb_item:not(:contains(New))", "it is saved"),
        clicked(".o_breadcrumb a:contains(Consult), .o_back_button", "back"),
        shown(`${bar} .o_consult_quotations:contains(1)`, "it is counted"),
    ],
});

registry.category("web_tour.tours").add("crm_gestao_screen_tour", {
    steps: () => [
        shown(".o_action_manager .o_view_controller .o_content", "it is there"),
        shown("body:not(:has(.o_error_dialog))", "without an error"),
    ],
});
