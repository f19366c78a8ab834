import {registry} from "@web/core/registry";

const shown = (trigger, content) => ({content, trigger});
const click = (trigger, content) => ({content, trigger, run: "click"});
const entry = (kind) => `.o_timeline_entry[data-kind=${kind}]`;
const consulted = ".o_searchview_facet:contains(Padaria Central)";

registry.category("web_tour.tours").add("crm_gestao_timeline_tour", {
    steps: () => [
        click("button[name=action_view_occurrences]", "consult the customer"),
        shown(consulted, "it is consulted"),
        shown(entry("message") + ":contains(It went well)", "what was written"),
        shown(entry("activity") + ":contains(Call again)", "what is planned"),
        shown(entry("invoice") + ":contains(100.00)", "what was invoiced"),

        // Open an entry, and come back
        click(entry("order"), "open the order"),
        shown(".o_form_view [name=order_line]", "the order is open"),
        shown(".o_form_view [name=name]:contains(SO-TIMELINE)", "this one"),
        click(
            ".o_breadcrumb .breadcrumb-item:last:has(a) a, .o_back_button",
            "go back"
        ),
        shown(consulted, "the same customer is consulted"),
        shown(".o_data_row:contains(A visit)", "with the same lines"),
        shown(entry("order"), "and the same timeline"),

        // By keyboard
        {
            content: "open the message by keyboard",
            trigger: entry("message"),
            run(helpers) {
                helpers.anchor.focus();
                return helpers.press("Enter");
            },
        },
        shown(
            ".o_form_view [name=subject] textarea:value(A visit)",
            "it opens what it is about"
        ),
        click(
            ".o_breadcrumb .breadcrumb-item:last:has(a) a, .o_back_button",
            "go back"
        ),
        shown(consulted, "the same customer is consulted"),

        // Choose what to show
        click(".o_timeline_filter", "what to show"),
        click(".o-dropdown-item:contains(Message)", "no messages"),
        shown(`.o_timeline:not(:has(${entry("message")}))`, "they are gone"),
        shown(entry("order"), "what else there is stays"),

        // Close it
        click(".o_timeline_toggle", "close it"),
        shown(".o_timeline_toggle[aria-expanded=false]", "it is closed"),
        shown(".o_timeline:not(:has(.o_timeline_entry))", "and shows nothing"),
    ],
});

registry.category("web_tour.tours").add("crm_gestao_timeline_remembered_tour", {
    steps: () => [
        click("button[name=action_view_occurrences]", "consult the customer"),
        shown(".o_timeline_toggle[aria-expanded=false]", "it is still closed"),
        click(".o_timeline_toggle", "open it"),
        shown(entry("order"), "it shows what was chosen"),
        shown(`.o_timeline:not(:has(${entry("message")}))`, "and no messages"),
    ],
});
