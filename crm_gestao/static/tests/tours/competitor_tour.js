import {registry} from "@web/core/registry";

/** Steps of the keyboard alone: what is typed goes to where the focus is. */
const pressed = (key, content) => ({content, trigger: "body", run: `press ${key}`});
const shown = (trigger, content) => ({content, trigger});
const focused = (name) => `.o_dialog .o_field_widget[name=${name}] input:focus`;
const typed = (name, text, content) => ({
    content,
    trigger: focused(name),
    run: `edit ${text}`,
});

registry.category("web_tour.tours").add("crm_gestao_competitor_tour", {
    steps: () => [
        shown(".o_consult_bar", "the consult screen is open"),
        pressed("F7", "New"),
        {
            content: "type a subject",
            trigger: ".o_dialog [name=subject] textarea:focus",
            run: "edit Visit with a competitor",
        },
        {
            content: "find the customer",
            trigger: ".o_dialog [name=partner_id] input",
            run: "edit Padaria Central",
        },
        shown(".o-autocomplete--dropdown-item:contains(Padaria)", "it is found"),
        pressed("Enter", "choose it"),
        shown(
            ".o_dialog [name=partner_id] input:value(Padaria Central)",
            "it is chosen"
        ),
        pressed("alt+shift+w", "Competitors"),
        shown(".o_dialog [name=their_price]", "it is saved, and the record opens"),
        typed("competitor_id", "Nova Concorrente", "a competitor that is new"),
        shown(
            ".o-autocomplete--dropdown-item:contains(Create):contains(Nova)",
            "it can be created"
        ),
        pressed("Enter", "create it"),
        pressed("Tab", "to the customer, who is known"),
        shown(focused("partner_id"), "it is the next field"),
        pressed("Tab", "to our product"),
        typed("product_id", "Chair of the tour", "our product"),
        shown(
            ".o-autocomplete--dropdown-item:contains(Chair of the tour)",
            "it is found"
        ),
        pressed("Enter", "choose it"),
        pressed("Tab", "to their product"),
        pressed("Tab", "to the quantity"),
        {
            content: "a quantity",
            trigger: ".o_dialog [name=quantity] input:focus",
            run: "edit 12",
        },
        pressed("Tab", "to their price"),
        {
            content: "their price",
            trigger: ".o_dialog [name=their_price] input:focus",
            run: "edit 80",
        },
        pressed("Tab", "to our price, which is known"),
        shown(".o_dialog [name=our_price] input:value(100)", "it is the pricelist's"),
        shown(".o_dialog [name=price_gap]:contains(-20%)", "the gap is computed"),
        pressed("alt+q", "Ok"),
        shown(
            "body:not(:has(.o_dialog [name=their_price]))",
            "the record is saved, and the occurrence is there again"
        ),
        {
            content: "which shows its competitors",
            trigger: ".o_dialog .nav-link[name=competitors]",
            run: "click",
        },
        shown(
            ".o_dialog [name=competitor_record_ids] .o_data_row:contains(Nova Concorrente)",
            "the new record is among them"
        ),
        pressed("alt+q", "Ok"),
        shown(
            ".o_data_row:contains(Visit with a competitor)",
            "the occurrence is in the list"
        ),
    ],
});

registry.category("web_tour.tours").add("crm_gestao_competitor_order_tour", {
    steps: () => [
        shown(
            ".o_field_widget[name=known_competitor_ids]:contains(Alfa)",
            "the quotation says whom we meet here"
        ),
        {
            content: "confirm the quotation",
            trigger: "button[name=action_confirm]:visible",
            run: "click",
        },
        {
            content: "say with one click that it is won",
            trigger: "button[name=action_confirm_competitor_outcomes]:contains(We Won)",
            run: "click",
        },
        shown(
            "body:not(:has(button[name=action_confirm_competitor_outcomes]))",
            "nothing is left to say"
        ),
    ],
});
