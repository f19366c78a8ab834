import {defineMailModels, mailModels} from "@mail/../tests/mail_test_helpers";
import {
    beforeEach,
    describe,
    expect,
    manuallyDispatchProgrammaticEvent,
    test,
} from "@odoo/hoot";
import {press, queryAllTexts, queryFirst, resize, waitFor} from "@odoo/hoot-dom";
import {animationFrame, Deferred, mockDate, runAllTimers} from "@odoo/hoot-mock";
import {
    contains,
    defineActions,
    defineModels,
    editSearch,
    fields,
    getFacetTexts,
    getService,
    makeServerError,
    MockServer,
    mockService,
    models,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    removeFacet,
    serverState,
    switchView,
    toggleMenuItem,
    toggleSearchBarMenu,
    validateSearch,
} from "@web/../tests/web_test_helpers";
import {
    changeScale,
    clickDate,
    clickEvent,
    moveEventToTime,
} from "@web/../tests/views/calendar/calendar_test_helpers";
import {localization} from "@web/core/l10n/localization";
import {WebClient} from "@web/webclient/webclient";
import {getPeriod} from "@crm_gestao/consult/consult_period";

const COMPANY = 101;
const CONTACT = 102;
const {DateTime} = luxon;

class Occurrence extends models.Model {
    _name = "crm.gestao.occurrence";
    _rec_name = "subject";

    subject = fields.Char({required: true});
    date = fields.Datetime();
    duration = fields.Float();
    state = fields.Selection({
        selection: [
            ["open", "Open"],
            ["done", "Done"],
        ],
    });
    user_id = fields.Many2one({relation: "res.users"});
    partner_id = fields.Many2one({relation: "res.partner"});
    commercial_partner_id = fields.Many2one({relation: "res.partner"});

    _records = [1, 2, 3].map((id) => ({
        id,
        subject: `Visit ${id}`,
        date: `2026-03-0${id} 12:00:00`,
        state: "open",
        user_id: serverState.userId,
        partner_id: COMPANY,
        commercial_partner_id: COMPANY,
    }));

    _views = {
        list: `
            <list js_class="crm_gestao_occurrence_list">
                <field name="subject"/><field name="date"/>
            </list>`,
        kanban: `
            <kanban js_class="crm_gestao_occurrence_kanban">
                <templates>
                    <t t-name="menu"><a role="menuitem" type="delete" class="dropdown-item">Delete</a></t>
                    <t t-name="card"><field name="subject"/></t>
                </templates>
            </kanban>`,
        pivot: `<pivot js_class="crm_gestao_occurrence_pivot"><field name="state" type="row"/></pivot>`,
        calendar: `
            <calendar js_class="crm_gestao_occurrence_calendar" date_start="date"
                date_delay="duration" create_name_field="subject" mode="month"
                quick_create="0" event_open_popup="1"/>`,
        form: `
            <form>
                <field name="subject"/><field name="partner_id"/>
                <field name="date"/><field name="duration"/>
                <footer>
                    <button special="save" string="Ok" class="btn-primary"/>
                    <button special="cancel" string="Cancel"/>
                </footer>
            </form>`,
        search: `<search><field name="subject"/><filter name="open" string="Open" domain="[('state', '=', 'open')]"/></search>`,
    };

    get_consult_summary(partnerId) {
        return {
            id: partnerId,
            name: partnerId === COMPANY ? "ACME" : "ACME, Ana",
            phone: "+55 11 3322-4455",
            email: false,
            vat: "11222333000181",
            vat_label: "CNPJ",
            salesperson: false,
            warnings: partnerId === COMPANY ? ["Open complaints: 2"] : [],
            company: partnerId === COMPANY ? null : {id: COMPANY, name: "ACME"},
            last_contact: "2026-03-07",
        };
    }
}

class Consult extends models.Model {
    _name = "crm.gestao.consult";

    get_consult_figures(partnerId, dateFrom) {
        // What a sales rep gets, who may not see receivables
        const count = dateFrom ? 14 : 40;
        return {
            currency_id: serverState.currencies?.[0]?.id || 1,
            figures: {
                quotations: {count: 3, total: 12300},
                orders: {count, total: 98000.5},
                invoices: {count: 0, total: 0},
                sales_history: {count, total: 98000.5},
                products: {count: 5, total: 98000.5},
            },
        };
    }
}

defineMailModels();
defineModels([Occurrence, Consult]);
defineActions([
    {
        id: 1,
        name: "Consult",
        res_model: "crm.gestao.occurrence",
        views: [
            [false, "list"],
            [false, "kanban"],
            [false, "pivot"],
            [false, "form"],
        ],
        context: {crm_gestao_consult: {}},
    },
    {
        id: 2,
        name: "ACME",
        res_model: "crm.gestao.occurrence",
        views: [
            [false, "list"],
            [false, "calendar"],
        ],
        context: {crm_gestao_consult: {partner_id: COMPANY}},
    },
    {
        id: 4,
        name: "All of ACME",
        res_model: "crm.gestao.occurrence",
        views: [[false, "list"]],
        context: {crm_gestao_consult: {partner_id: COMPANY, period: "all"}},
    },
    {
        id: 3,
        name: "Occurrences",
        res_model: "crm.gestao.occurrence",
        views: [[false, "list"]],
    },
]);

let domains = [];

beforeEach(() => {
    mockDate("2026-03-10 12:00:00");
    domains = [];
    mailModels.ResPartner._records.push(
        {id: COMPANY, name: "ACME"},
        {id: CONTACT, name: "ACME, Ana"}
    );
    onRpc("has_access", () => true);
    onRpc("crm.gestao.timeline", "get_page", () => ({
        entries: [],
        next: null,
        kinds: [],
    }));
    onRpc("res.partner", "name_search", ({kwargs}) => {
        expect(kwargs.context.partner_search_identifiers).toBe(true);
        return [
            [COMPANY, "ACME"],
            [CONTACT, "ACME, Ana"],
        ];
    });
    onRpc("crm.gestao.occurrence", "web_search_read", ({kwargs}) => {
        domains.push(kwargs.domain);
    });
});

async function open(actionId) {
    await mountWithCleanup(WebClient);
    await getService("action").doAction(actionId);
}

async function chooseCustomer(name) {
    await contains(".o_consult_customer input").edit(name, {confirm: false});
    await runAllTimers();
    await contains(`.o-autocomplete--dropdown-item:contains(/^${name}$/)`).click();
}

/** Give the focus to the nth line as the arrow keys do. */
async function walkToLine(n) {
    await contains(".o_consult_button").focus();
    for (let i = 0; i < n; i++) {
        await press("ArrowDown");
    }
    await animationFrame();
}

/** The buttons of the bar with their keys, whatever stands between the two. */
function getCommands() {
    return queryAllTexts(".o_consult_commands button").map((text) =>
        text.replace(/\s/g, "")
    );
}

async function pressKey(key) {
    const [event] = await press(key);
    // The bar's inputs, then the command, then what it shows
    await animationFrame();
    await animationFrame();
    await animationFrame();
    return event;
}

const YEAR = [
    ["date", ">=", "2026-01-01"],
    ["date", "<", "2027-01-01"],
];

describe("period", () => {
    // A Tuesday
    const day = DateTime.fromISO("2026-03-10T15:00:00");
    const cases = {
        today: ["2026-03-10", "2026-03-10"],
        month: ["2026-03-01", "2026-03-31"],
        last_30_days: ["2026-02-09", "2026-03-10"],
        year: ["2026-01-01", "2026-12-31"],
        last_12_months: ["2025-03-11", "2026-03-10"],
        all: [false, false],
    };
    for (const [period, [dateFrom, dateTo]] of Object.entries(cases)) {
        test(period, () => {
            expect(getPeriod(period, day)).toEqual({period, dateFrom, dateTo});
        });
    }

    test("weeks begin as the language says", () => {
        for (const [weekStart, first, last] of [
            [7, "2026-03-08", "2026-03-14"],
            [1, "2026-03-09", "2026-03-15"],
            [2, "2026-03-10", "2026-03-16"],
            [3, "2026-03-04", "2026-03-10"],
        ]) {
            patchWithCleanup(localization, {weekStart});
            expect(getPeriod("week", day)).toEqual({
                period: "week",
                dateFrom: first,
                dateTo: last,
            });
        }
    });

    test("the last 12 months of a leap day", () => {
        const {dateFrom} = getPeriod("last_12_months", DateTime.fromISO("2028-02-29"));
        expect(dateFrom).toBe("2027-03-01");
    });
});

describe("consulting", () => {
    test("starts with the user's own occurrences of the year", async () => {
        await open(1);
        expect(getFacetTexts()).toEqual([
            "My occurrences",
            "Period: 01/01/2026 to 12/31/2026",
        ]);
        expect(domains).toEqual([
            ["&", ["user_id", "=", serverState.userId], "&", ...YEAR],
        ]);
        expect("#crm_gestao_consult_from").toHaveValue("01/01/2026");
        expect("#crm_gestao_consult_period").toHaveValue("year");
    });

    test("starts with the customer that the action names", async () => {
        await open(2);
        expect(getFacetTexts()[0]).toBe("Customer: ACME");
        expect(domains).toEqual([
            ["&", ["commercial_partner_id", "=", COMPANY], "&", ...YEAR],
        ]);
        expect(".o_consult_summary").toHaveText(
            /\+55 11 3322-4455[\s\S]*CNPJ\s*11222333000181/
        );
        expect(".o_consult_summary").toHaveText(/last contact 3 days ago/);
    });

    test("starts with the period that the action names", async () => {
        await open(4);
        expect(getFacetTexts()).toEqual(["Customer: ACME"]);
        expect("#crm_gestao_consult_period").toHaveValue("all");
    });

    test("without the mode there is no bar, no facet and no key", async () => {
        await open(3);
        expect(".o_consult_bar").toHaveCount(0);
        expect(getFacetTexts()).toEqual([]);
        const event = await pressKey("F7");
        expect(event.defaultPrevented).toBe(false);
        expect(".o_dialog").toHaveCount(0);
    });

    test("one press shows all of the company, also while its name is slow", async () => {
        await open(2);
        await chooseCustomer("ACME, Ana");
        await contains(".o_consult_button").click();
        const answer = Promise.withResolvers();
        onRpc("res.partner", "web_search_read", () => answer.promise);
        await contains(".o_consult_company").click();
        await animationFrame();
        expect(getFacetTexts()[0]).toBe("Customer: ACME");
        expect(".o_notification").toHaveCount(0);
        answer.resolve();
    });

    test("no customer is what an empty input says", async () => {
        await open(2);
        await contains(".o_consult_customer input").edit("", {confirm: false});
        await press("Enter");
        await animationFrame();
        await runAllTimers();
        await animationFrame();
        expect(getFacetTexts()[0]).toBe("My occurrences");
        expect(".o-autocomplete--dropdown-item").toHaveCount(0);
    });

    test("a company with Enter, then one of its contacts, then the company again", async () => {
        await open(1);
        await chooseCustomer("ACME");
        expect(domains).toHaveLength(1, {message: "choosing alone consults nothing"});
        await contains(".o_consult_customer input").press("Enter");
        await animationFrame();
        expect(domains.at(-1)).toEqual([
            "&",
            ["commercial_partner_id", "=", COMPANY],
            "&",
            ...YEAR,
        ]);
        expect(".o_consult_button").toBeFocused();

        await chooseCustomer("ACME, Ana");
        await contains(".o_consult_button").click();
        expect(domains.at(-1)).toEqual([
            "&",
            ["partner_id", "=", CONTACT],
            "&",
            ...YEAR,
        ]);
        expect(getFacetTexts()[0]).toBe("Customer: ACME, Ana");

        await contains(".o_consult_company").click();
        expect(getFacetTexts()[0]).toBe("Customer: ACME");
        expect(getFacetTexts()).toHaveLength(2);
    });

    test("one date alone is that day", async () => {
        await open(2);
        await contains("#crm_gestao_consult_to").edit("", {confirm: false});
        await contains("#crm_gestao_consult_from").edit("03/05/2026", {
            confirm: "Enter",
        });
        await animationFrame();
        expect(domains.at(-1)).toEqual([
            "&",
            ["commercial_partner_id", "=", COMPANY],
            "&",
            ["date", ">=", "2026-03-05"],
            ["date", "<", "2026-03-06"],
        ]);
        expect(getFacetTexts()[1]).toBe("Period: 03/05/2026");
        expect("#crm_gestao_consult_to").toHaveValue("03/05/2026");
        expect("#crm_gestao_consult_period").toHaveValue("custom");
    });

    test("a period that ends before it begins is told and consults nothing", async () => {
        await open(2);
        await contains("#crm_gestao_consult_from").edit("12/31/2027", {
            confirm: "Enter",
        });
        await animationFrame();
        await animationFrame();
        expect(".o_notification").toHaveText(/ends before it begins/);
        expect(domains).toHaveLength(1);
        expect(getFacetTexts()[1]).toBe("Period: 01/01/2026 to 12/31/2026");
    });

    test("a preset fills the dates; all dates leave no facet", async () => {
        await open(2);
        await contains("#crm_gestao_consult_period").select("month");
        expect("#crm_gestao_consult_from").toHaveValue("03/01/2026");
        await contains("#crm_gestao_consult_period").select("all");
        await contains(".o_consult_button").click();
        expect(domains.at(-1)).toEqual([["commercial_partner_id", "=", COMPANY]]);
        expect(getFacetTexts()).toEqual(["Customer: ACME"]);
    });

    test("a date that does not exist is told and consults nothing", async () => {
        await open(1);
        await contains("#crm_gestao_consult_from").edit("99/99/9999", {
            confirm: "Enter",
        });
        await animationFrame();
        expect(".o_notification").toHaveText(/99\/99\/9999.* is not a date/);
        expect(domains).toHaveLength(1);
    });

    test("another period begins with its first day", async () => {
        await open(1);
        await contains("#crm_gestao_consult_period").select("custom");
        expect("#crm_gestao_consult_from").toBeFocused();
        expect("#crm_gestao_consult_period").toHaveValue("custom");
    });

    test.tags("desktop");
    test("the customer has the focus at the start", async () => {
        await open(1);
        expect(".o_consult_customer input").toBeFocused();
    });

    test("archived customers are found too", async () => {
        onRpc("res.partner", "name_search", ({kwargs}) => {
            expect.step([
                kwargs.context.partner_search_identifiers,
                kwargs.context.partner_search_archived,
            ]);
        });
        await open(1);
        await chooseCustomer("ACME");
        expect.verifySteps([[true, true]]);
    });

    test("the bar follows when a facet is removed", async () => {
        await open(2);
        await removeFacet("Period: 01/01/2026 to 12/31/2026");
        expect("#crm_gestao_consult_from").toHaveValue("");
        expect("#crm_gestao_consult_period").toHaveValue("all");
        await removeFacet("Customer: ACME");
        expect(".o_consult_customer input").toHaveValue("");
        expect(domains.at(-1)).toEqual([]);
    });

    test("what is entered and not consulted yet stays when something else changes", async () => {
        await open(2);
        await chooseCustomer("ACME, Ana");
        await toggleSearchBarMenu();
        await toggleMenuItem("Open");
        expect(".o_consult_customer input").toHaveValue("ACME, Ana");
        await removeFacet("Period: 01/01/2026 to 12/31/2026");
        expect("#crm_gestao_consult_from").toHaveValue("");
        expect(".o_consult_customer input").toHaveValue("ACME, Ana");
        expect(getFacetTexts()).toEqual(["Customer: ACME", "Open"]);
    });

    test("what is entered while Consult waits stays", async () => {
        await open(2);
        const answer = Promise.withResolvers();
        onRpc("get_consult_summary", () => answer.promise);
        await contains("#crm_gestao_consult_period").select("month");
        await contains(".o_consult_button").click();
        await contains("#crm_gestao_consult_period").select("all");
        answer.resolve();
        await waitFor(".o_searchview_facet:contains(03/31/2026)");
        expect("#crm_gestao_consult_period").toHaveValue("all");
        expect("#crm_gestao_consult_from").toHaveValue("");
    });

    test("a period that follows the calendar is that of the day of Consult", async () => {
        await open(2);
        await contains("#crm_gestao_consult_period").select("today");
        await contains(".o_consult_button").click();
        expect(getFacetTexts()).toEqual(["Customer: ACME", "Period: 03/10/2026"]);
        mockDate("2026-03-11 08:00:00");
        await contains(".o_consult_button").click();
        expect(getFacetTexts()).toEqual(["Customer: ACME", "Period: 03/11/2026"]);
        expect("#crm_gestao_consult_period").toHaveValue("today");
        expect("#crm_gestao_consult_from").toHaveValue("03/11/2026");
        // What is typed is no such period any more
        await contains("#crm_gestao_consult_from").edit("03/09/2026", {
            confirm: "Enter",
        });
        await animationFrame();
        await animationFrame();
        expect(getFacetTexts()).toEqual([
            "Customer: ACME",
            "Period: 03/09/2026 to 03/11/2026",
        ]);
    });

    test("a contact goes without its company only where that is consulted", async () => {
        const contexts = [];
        onRpc("crm.gestao.occurrence", "web_search_read", ({kwargs}) => {
            contexts.push(kwargs.context.crm_gestao_customer);
        });
        await open(2);
        await animationFrame();
        expect(contexts.at(-1)).toBe(true);
        await removeFacet("Customer: ACME");
        expect(contexts.at(-1)).toBe(undefined);
    });

    test("other facets stay, and consulting leaves no rubbish", async () => {
        await open(2);
        await editSearch("Visit");
        await validateSearch();
        await contains("#crm_gestao_consult_period").select("month");
        await contains(".o_consult_button").click();
        await contains("#crm_gestao_consult_period").select("year");
        await contains(".o_consult_button").click();
        expect(getFacetTexts()).toEqual([
            "Subject\nVisit",
            "Customer: ACME",
            "Period: 01/01/2026 to 12/31/2026",
        ]);
    });

    test("what is consulted survives other views, a record and the way back", async () => {
        await open(1);
        await chooseCustomer("ACME");
        await contains(".o_consult_button").click();
        const facets = getFacetTexts();
        await switchView("kanban");
        expect(getFacetTexts()).toEqual(facets);
        expect(".o_consult_customer input").toHaveValue("ACME");
        await switchView("pivot");
        expect(getFacetTexts()).toEqual(facets);
        await switchView("list");
        await contains(".o_data_row:first .o_data_cell").click();
        expect(".o_form_view").toHaveCount(1);
        await contains(".o_back_button, .breadcrumb-item a").click();
        expect(getFacetTexts()).toEqual(facets);
        expect("#crm_gestao_consult_from").toHaveValue("01/01/2026");
        expect(domains.at(-1)).toEqual([
            "&",
            ["commercial_partner_id", "=", COMPANY],
            "&",
            ...YEAR,
        ]);
    });

    test("a customer that is gone", async () => {
        onRpc("get_consult_summary", () => {
            throw makeServerError({type: "MissingError"});
        });
        await open(2);
        expect(".o_list_view").toHaveCount(1);
        expect(".o_consult_summary").toHaveText(/can no longer be read/);
        // Not the occurrences of everybody else
        expect(domains).toEqual([[["id", "=", 0]]]);
        expect(".o_consult_summary a").toHaveCount(0);
    });

    test("what is wrong with the server is not said of the customer", async () => {
        expect.errors(1);
        await open(2);
        await animationFrame();
        onRpc("get_consult_summary", () => {
            throw makeServerError({message: "The database was not reachable"});
        });
        await contains(".o_consult_button").click();
        await waitFor(".o_error_dialog, .o_dialog");
        expect(".o_consult_summary").not.toHaveText(/can no longer be read/);
        expect.verifyErrors([/The database was not reachable|RPC_ERROR/]);
    });

    test("nothing of one customer stands beside the name of another", async () => {
        await open(2);
        await animationFrame();
        expect(".o_consult_summary a").toHaveCount(1);
        expect(".o_consult_orders strong").toHaveText("14");
        const late = new Deferred();
        onRpc("get_consult_summary", () => late);
        onRpc("get_consult_figures", () => late);
        await chooseCustomer("ACME, Ana");
        await animationFrame();
        expect(".o_consult_summary a, .o_consult_warning").toHaveCount(0);
        expect(".o_consult_orders strong").toHaveText("");
    });
});

describe("queries", () => {
    function getQueries() {
        return queryAllTexts(".o_consult_queries button").map((text) =>
            text.replace(/\s/g, "")
        );
    }

    test("each button has its number and total, in the order of the keys", async () => {
        await open(2);
        await animationFrame();
        expect(getQueries()).toEqual([
            "Quotations3$12,300.00",
            "Orders14$98,000.50",
            "Invoices0",
            "SalesHistory14$98,000.50",
            "Products5",
        ]);
        expect(".o_consult_orders").toHaveAttribute("data-hotkey", "shift+2");
        expect(".o_consult_receivables").toHaveCount(0, {
            message: "no right, no button",
        });
        expect(".o_consult_warning").toHaveText("Open complaints: 2");
    });

    test("the late ones are told", async () => {
        onRpc("get_consult_figures", () => ({
            currency_id: 1,
            figures: {
                receivables: {count: 5, total: 9120, late_count: 2, late_total: 400},
            },
        }));
        await open(2);
        await animationFrame();
        expect(getQueries()).toEqual(["Receivables5$9,120.002late"]);
    });

    test("without a customer there are none", async () => {
        onRpc("get_consult_figures", () => expect.step("figures"));
        await open(1);
        expect(".o_consult_queries").toHaveCount(0);
        expect.verifySteps([]);
        await chooseCustomer("ACME");
        expect.verifySteps(["figures"]);
        await animationFrame();
        expect(".o_consult_orders").toHaveCount(1);
        await contains(".o_consult_button").click();
        expect.verifySteps(["figures"]);
        await removeFacet("Customer: ACME");
        expect(".o_consult_queries").toHaveCount(0);
        expect.verifySteps([]);
    });

    test("figures follow the period, also when its facet is removed", async () => {
        await open(2);
        await animationFrame();
        expect(".o_consult_orders").toHaveText(/14/);
        await removeFacet("Period: 01/01/2026 to 12/31/2026");
        await animationFrame();
        expect(".o_consult_orders").toHaveText(/40/);
    });

    test("late figures of a customer who has been left are dropped", async () => {
        const first = new Deferred();
        onRpc("get_consult_figures", async ({args, parent}) => {
            if (args[0] === CONTACT) {
                await first;
                return {currency_id: 1, figures: {orders: {count: 99, total: 1}}};
            }
            return parent();
        });
        await open(1);
        await chooseCustomer("ACME, Ana");
        await chooseCustomer("ACME");
        await animationFrame();
        first.resolve();
        await animationFrame();
        expect(".o_consult_orders").toHaveText(/14/);
    });

    test("a button first consults what the bar shows, and the way back is whole", async () => {
        onRpc("get_query_action", ({args}) => {
            expect.step(args);
            return {
                type: "ir.actions.act_window",
                name: "Orders",
                res_model: "crm.gestao.occurrence",
                views: [[false, "kanban"]],
                context: {
                    crm_gestao_facets: [
                        {
                            description: "Customer: ACME",
                            domain: [["partner_id", "=", COMPANY]],
                        },
                        {
                            description: "Period: March",
                            domain: [],
                            context: {crm_gestao_period: ["2026-03-01", "2026-03-31"]},
                        },
                    ],
                },
            };
        });
        const contexts = [];
        onRpc("crm.gestao.occurrence", "web_search_read", ({kwargs}) => {
            contexts.push(kwargs.context.crm_gestao_period);
        });
        await open(2);
        await animationFrame();
        await contains("#crm_gestao_consult_period").select("month");
        await contains(".o_consult_orders").click();
        await animationFrame();
        expect.verifySteps([["orders", COMPANY, "2026-03-01", "2026-03-31"]]);
        expect(getFacetTexts()).toEqual(["Customer: ACME", "Period: March"]);
        expect(domains.at(-1)).toEqual([["partner_id", "=", COMPANY]]);
        expect(contexts.at(-1)).toEqual(["2026-03-01", "2026-03-31"]);
        await removeFacet("Period: March");
        expect(contexts.at(-1)).toBe(undefined);
        await removeFacet("Customer: ACME");
        expect(domains.at(-1)).toEqual([]);
        await contains(".o_back_button, .breadcrumb-item a").click();
        await animationFrame();
        expect(getFacetTexts()).toEqual([
            "Customer: ACME",
            "Period: 03/01/2026 to 03/31/2026",
        ]);
        expect("#crm_gestao_consult_period").toHaveValue("month");
        expect(".o_consult_orders").toHaveText(/14/);
    });

    test("they count what was made from the dialog", async () => {
        let total = 1;
        onRpc("get_consult_figures", () => ({
            currency_id: 1,
            figures: {orders: {count: total, total}},
        }));
        await open(2);
        await animationFrame();
        await press("F7");
        await waitFor(".o_dialog");
        total = 2;
        await contains(".o_dialog .btn:contains(Cancel)").click();
        await waitFor(".o_consult_orders:contains(2)");
        expect(".o_dialog").toHaveCount(0);
    });

    test("where nothing is found, the list says what Odoo's own says", async () => {
        onRpc("get_query_action", () => ({
            type: "ir.actions.act_window",
            res_model: "crm.gestao.occurrence",
            views: [[false, "kanban"]],
            domain: [["id", "=", 0]],
            help: "<p>Nothing <b>sold</b></p>",
        }));
        await open(2);
        await animationFrame();
        await contains(".o_consult_orders").click();
        await waitFor(".o_view_nocontent b:contains(sold)");
    });

    test("they have hotkeys", async () => {
        onRpc("get_query_action", ({args}) => {
            expect.step(args[0]);
            return {type: "ir.actions.act_window_close"};
        });
        await open(2);
        await animationFrame();
        await press(["alt", "shift", "2"]);
        await runAllTimers();
        await animationFrame();
        expect.verifySteps(["orders"]);
    });

    test.tags("desktop");
    test("on a narrow screen they are behind one button", async () => {
        await resize({width: 390});
        await open(2);
        await animationFrame();
        expect(".o_consult_queries").toHaveCount(0);
        await contains(".o_consult_more").click();
        expect(".o_consult_queries button").toHaveCount(5);
    });
});

describe("commands", () => {
    test("F7: Ok saves for the customer, and the new line is the current one", async () => {
        await open(2);
        await pressKey("F7");
        expect(".o_dialog .modal-title").toHaveText("New Occurrence");
        await contains(".o_dialog .o_field_widget[name=subject] input").edit(
            "Visit 4",
            {
                confirm: false,
            }
        );
        onRpc("crm.gestao.occurrence", "web_save", ({args, kwargs}) => {
            expect.step("save");
            expect(args[1].subject).toBe("Visit 4");
            expect(kwargs.context.default_partner_id).toBe(COMPANY);
            args[1].commercial_partner_id = COMPANY;
            args[1].date = "2026-03-10 12:00:00";
        });
        await contains(".o_dialog footer .btn-primary").click();
        await animationFrame();
        expect.verifySteps(["save"]);
        expect(".o_dialog").toHaveCount(0);
        expect(".o_data_row.o_consult_current").toHaveText(/Visit 4/);
        expect(
            queryFirst(".o_data_row.o_consult_current").contains(document.activeElement)
        ).toBe(true);
    });

    test("two clicks on Ok make one occurrence", async () => {
        onRpc("web_save", () => {
            expect.step("save");
        });
        await open(2);
        await press("F7");
        await waitFor(".o_dialog [name=subject] input");
        await contains(".o_dialog [name=subject] input").edit("Twice");
        const ok = queryFirst(".o_dialog .btn:contains(Ok)");
        ok.click();
        ok.click();
        await animationFrame();
        await animationFrame();
        expect(".o_dialog").toHaveCount(0);
        expect.verifySteps(["save"]);
    });

    test("lines that are never loaded hold up no command", async () => {
        await open(2);
        await pressKey("F7");
        await contains(".o_dialog .o_field_widget[name=subject] input").edit("Visit");
        onRpc("crm.gestao.occurrence", "web_search_read", () => new Deferred());
        await contains(".o_dialog footer .btn-primary").click();
        await animationFrame();
        expect(".o_dialog").toHaveCount(0);
        expect(document.body).not.toHaveClass("modal-open");
        await pressKey("F7");
        expect(".o_dialog").toHaveCount(1);
    });

    test("a dialog goes with its screen", async () => {
        await open(2);
        await pressKey("F7");
        expect(".o_dialog").toHaveCount(1);
        onRpc("crm.gestao.occurrence", "web_search_read", ({kwargs}) =>
            kwargs.context.crm_gestao_customer ? new Deferred() : undefined
        );
        await getService("action").doAction(3);
        await animationFrame();
        expect(".o_dialog").toHaveCount(0);
        expect(document.body).not.toHaveClass("modal-open");
    });

    test("what was saved elsewhere opens, wherever one has gone meanwhile", async () => {
        await open(2);
        await pressKey("F7");
        await contains(".o_dialog .o_field_widget[name=subject] input").edit("Visit 9");
        onRpc("crm.gestao.occurrence", "web_save", ({args}) => {
            args[1].commercial_partner_id = CONTACT;
            args[1].date = "2026-03-10 12:00:00";
        });
        await contains(".o_dialog footer .btn-primary").click();
        await waitFor(".o_notification:contains(outside)");
        await getService("action").doAction(3);
        await contains(".o_notification button:contains(Open)").click();
        await waitFor(".o_form_view");
        expect(".o_form_view [name=subject] input").toHaveValue("Visit 9");
    });

    test("a key takes over the date that is being typed", async () => {
        await open(2);
        await contains("#crm_gestao_consult_from").edit("03/05/2026", {
            confirm: false,
        });
        await pressKey("F7");
        await waitFor(".o_dialog");
        expect(getFacetTexts()[1]).toBe("Period: 03/05/2026 to 12/31/2026");
    });

    test("no key goes on with a date that does not exist", async () => {
        await open(2);
        for (const key of ["F7", "F11"]) {
            await contains("#crm_gestao_consult_from").edit("99/99/9999", {
                confirm: false,
            });
            await pressKey(key);
            expect(".o_notification:last").toHaveText(/99\/99\/9999.* is not a date/);
            expect(".o_dialog").toHaveCount(0);
            expect("#crm_gestao_consult_from").toBeFocused();
        }
        expect(domains).toHaveLength(1);
    });

    test("nothing goes on with a customer that is typed and not chosen", async () => {
        await open(2);
        for (const goOn of [
            () => pressKey("F7"),
            () => pressKey("F11"),
            () => contains(".o_consult_button").click(),
        ]) {
            await contains(".o_consult_customer input").edit("ACME, A", {
                confirm: false,
            });
            await goOn();
            await animationFrame();
            expect(".o_notification:last").toHaveText(/Choose “ACME, A” from the list/);
            expect(".o_dialog").toHaveCount(0);
        }
        expect(domains).toHaveLength(1);
        await chooseCustomer("ACME, Ana");
        await pressKey("F7");
        await waitFor(".o_dialog");
        expect(getFacetTexts()[0]).toBe("Customer: ACME, Ana");
    });

    test("the focus is never lost", async () => {
        await open(2);
        await contains("#crm_gestao_consult_period").focus();
        await pressKey("F7");
        await press("Escape");
        await animationFrame();
        expect("#crm_gestao_consult_period").toBeFocused();
        await contains(".o_consult_button").focus();
        for (let left = 2; left >= 0; left--) {
            await press("ArrowDown");
            await animationFrame();
            await pressKey("F3");
            await contains(".o_dialog footer .btn-danger").click();
            await animationFrame();
            expect(".o_data_row").toHaveCount(left);
            expect(document.body).not.toBeFocused();
        }
        expect(".o_consult_button").toBeFocused();
    });

    test("F7: Cancel leaves nothing behind", async () => {
        onRpc("web_save", () => expect.step("save"));
        await open(2);
        await pressKey("F7");
        await contains(".o_dialog .o_field_widget[name=subject] input").edit(
            "Visit 4",
            {
                confirm: false,
            }
        );
        await contains(".o_dialog footer button:contains(Cancel)").click();
        expect(".o_dialog").toHaveCount(0);
        expect.verifySteps([]);
        expect(".o_data_row").toHaveCount(3);
    });

    test("F7 first consults what the bar shows", async () => {
        await open(1);
        await chooseCustomer("ACME");
        await pressKey("F7");
        expect(getFacetTexts()[0]).toBe("Customer: ACME");
        expect(".o_dialog .o_field_widget[name=partner_id] input").toHaveCount(1);
    });

    test("the New button does as F7 does", async () => {
        await open(2);
        expect(".o_list_button_add").toHaveText(/New\s*F7/);
        await contains(".o_list_button_add").click();
        await waitFor(".o_dialog");
        expect(".o_dialog .modal-title").toHaveText("New Occurrence");
    });

    test("F2 and F3 say what to do when no line is selected", async () => {
        await open(2);
        await pressKey("F2");
        await pressKey("F3");
        expect(queryAllTexts(".o_notification")).toHaveLength(2);
        expect(".o_notification:first").toHaveText(/arrow keys/);
        expect(".o_dialog").toHaveCount(0);
    });

    test("F2 edits the line in focus", async () => {
        await open(2);
        await walkToLine(2);
        expect(".o_data_row:eq(1)").toHaveClass("o_consult_current");
        await pressKey("F2");
        expect(".o_dialog .modal-title").toHaveText("Edit Occurrence");
        expect(".o_dialog .o_field_widget[name=subject] input").toHaveValue("Visit 2");
        await press("Escape");
        await animationFrame();
        await animationFrame();
        expect(queryFirst(".o_data_row:eq(1)").contains(document.activeElement)).toBe(
            true
        );
    });

    test("a line that others have deleted is told, and goes", async () => {
        onRpc("unlink", () => expect.step("unlink"));
        await open(2);
        for (const [index, key] of ["F2", "F3", "F11"].entries()) {
            await contains(".o_data_row:eq(0) .o_list_record_selector input").click();
            const row = queryFirst(".o_data_row").textContent;
            const {env} = MockServer;
            const [record] = env["crm.gestao.occurrence"].filter((occurrence) =>
                row.includes(occurrence.subject)
            );
            env["crm.gestao.occurrence"].unlink(record.id);
            await pressKey(key);
            await animationFrame();
            await animationFrame();
            expect(".o_data_row").toHaveCount(2 - index);
            expect(".o_dialog").toHaveCount(0);
            expect(".o_notification").toHaveCount(index + 1);
            expect(".o_notification:first").toHaveText(/no longer here/);
        }
        expect(".o_consult_button").toBeFocused();
        expect.verifySteps([]);
    });

    test("F2 edits the ticked line rather than the one in focus, and not several", async () => {
        await open(2);
        await walkToLine(2);
        await contains(".o_data_row:eq(0) .o_list_record_selector input").click();
        await pressKey("F2");
        expect(".o_dialog .o_field_widget[name=subject] input").toHaveValue("Visit 1");
        await press("Escape");
        await animationFrame();
        await contains(".o_data_row:eq(2) .o_list_record_selector input").click();
        await pressKey("F2");
        expect(".o_dialog").toHaveCount(0);
        expect(".o_notification").toHaveText(/2 occurrences are selected/);
    });

    test("F2: the cursor is in the subject, and what a button saved shows", async () => {
        Occurrence._views.form = Occurrence._views.form.replace(
            "<form>",
            `<form js_class="crm_gestao_occurrence_form">
                <header><button name="action_done" type="object" string="Done"/></header>`
        );
        onRpc("action_done", ({args}) => {
            MockServer.env["crm.gestao.occurrence"].write(args[0], {
                subject: "Visit 2, done",
            });
            return false;
        });
        await open(2);
        await walkToLine(2);
        await pressKey("F2");
        await waitFor(".o_dialog");
        expect(".o_dialog .o_field_widget[name=subject] input").toBeFocused();
        await contains(".o_dialog button[name=action_done]").click();
        await contains(".o_dialog footer button:contains(Cancel)").click();
        await animationFrame();
        expect(".o_data_row:eq(1)").toHaveText(/Visit 2, done/);
        expect(queryFirst(".o_data_row:eq(1)").contains(document.activeElement)).toBe(
            true
        );
    });

    test("Ok goes to the field that is missing", async () => {
        Occurrence._views.form = Occurrence._views.form.replace(
            "<form>",
            `<form js_class="crm_gestao_occurrence_form">`
        );
        await open(2);
        await pressKey("F7");
        await contains(".o_dialog footer .btn-primary").click();
        await animationFrame();
        await animationFrame();
        expect(".o_dialog .o_field_widget[name=subject] input").toBeFocused();
    });

    test("back from a form, its line is the current one", async () => {
        await open(1);
        await walkToLine(2);
        await press("Enter");
        await waitFor(".o_form_view", {timeout: 5000});
        await contains(".o_back_button").click();
        await waitFor(".o_consult_current", {timeout: 5000});
        await animationFrame();
        expect(".o_consult_current").toHaveText(/Visit 2/);
        expect(queryFirst(".o_data_row:eq(1)").contains(document.activeElement)).toBe(
            true
        );
    });

    test("ticked lines are left when something else is consulted", async () => {
        onRpc("unlink", () => expect.step("unlink"));
        await open(2);
        await contains(".o_data_row:eq(0) .o_list_record_selector input").click();
        expect(".o_data_row_selected").toHaveCount(1);
        await contains("#crm_gestao_consult_period").select("all");
        await pressKey("F3");
        await animationFrame();
        expect(".o_data_row_selected").toHaveCount(0);
        expect(".o_dialog").toHaveCount(0);
        expect(".o_notification").toHaveText(/arrow keys/);
        expect.verifySteps([]);
    });

    test("a key waits for what Consult was pressed for", async () => {
        await open(2);
        await contains(".o_data_row:eq(0) .o_list_record_selector input").click();
        const answer = Promise.withResolvers();
        onRpc("get_consult_summary", async () => {
            expect.step("summary");
            await answer.promise;
        });
        await contains("#crm_gestao_consult_period").select("all");
        await contains(".o_consult_button").click();
        await expect.waitForSteps(["summary"]);
        await pressKey("F3");
        expect(".o_dialog").toHaveCount(0);
        answer.resolve();
        await waitFor(".o_notification");
        expect(".o_notification").toHaveText(/arrow keys/);
        expect(".o_dialog").toHaveCount(0);
    });

    test("F3 names what goes, deletes it, and the next line is the current one", async () => {
        await open(2);
        await walkToLine(2);
        await pressKey("F3");
        expect(".o_dialog .modal-body").toHaveText(/deleted for good:\n• Visit 2/);
        await contains(".o_dialog .btn-danger").click();
        await animationFrame();
        expect(queryAllTexts(".o_data_cell[name=subject]")).toEqual([
            "Visit 1",
            "Visit 3",
        ]);
        expect(".o_data_row.o_consult_current").toHaveText(/Visit 3/);
    });

    test("F3 kept: nothing is deleted", async () => {
        onRpc("unlink", () => expect.step("unlink"));
        await open(2);
        await contains(".o_data_row:eq(0) .o_list_record_selector input").click();
        await contains(".o_data_row:eq(1) .o_list_record_selector input").click();
        await pressKey("F3");
        expect(".o_dialog .modal-body").toHaveText(
            /These 2 occurrences[\s\S]*Visit 1[\s\S]*Visit 2/
        );
        await contains(".o_dialog button:contains(Keep)").click();
        expect(".o_data_row").toHaveCount(3);
        expect.verifySteps([]);
    });

    test("Odoo's own Delete names what goes too", async () => {
        await open(3);
        await contains(".o_data_row:eq(1) .o_list_record_selector input").click();
        await contains(".o_cp_action_menus .dropdown-toggle:last").click();
        await contains(".o-dropdown-item:contains(Delete)").click();
        expect(".o_dialog .modal-body").toHaveText(/deleted for good:\n• Visit 2/);
        await contains(".o_dialog .btn-primary").click();
        expect(queryAllTexts(".o_data_cell[name=subject]")).toEqual([
            "Visit 1",
            "Visit 3",
        ]);
    });

    test("Delete on a card names what goes too", async () => {
        await open(1);
        await switchView("kanban");
        await contains(".o_kanban_record:eq(0) .o_dropdown_kanban button", {
            visible: false,
        }).click();
        await contains(".o-dropdown-item:contains(Delete), a.oe_kanban_action").click();
        expect(".o_dialog .modal-body").toHaveText(/deleted for good:\n• Visit 1/);
    });

    test("F11 prints the ticked lines, the one in focus, or the diary", async () => {
        mockService("action", {
            doAction(action, options) {
                if (action.report_name) {
                    expect.step([action.report_name, action.data]);
                    return;
                }
                if (action === "crm_gestao.action_report_occurrence") {
                    expect.step(options.additionalContext.active_ids);
                    return;
                }
                return super.doAction(...arguments);
            },
        });
        await open(2);
        await pressKey("F11");
        await walkToLine(3);
        await pressKey("F11");
        await contains(".o_data_row:eq(0) .o_list_record_selector input").click();
        await contains(".o_data_row:eq(1) .o_list_record_selector input").click();
        await pressKey("F11");
        expect.verifySteps([
            [
                "crm_gestao.report_diary",
                {
                    domain: [
                        "&",
                        ["commercial_partner_id", "=", COMPANY],
                        "&",
                        ...YEAR,
                    ],
                    partner_id: COMPANY,
                    date_from: "2026-01-01",
                    date_to: "2026-12-31",
                },
            ],
            [3],
            [1, 2],
        ]);
    });

    test("whoever leaves the lines has no current one", async () => {
        mockService("action", {
            doAction(request) {
                if (request.report_name || typeof request === "string") {
                    expect.step(request.report_name || request);
                    return;
                }
                return super.doAction(...arguments);
            },
        });
        await open(2);
        for (const leave of [
            () => contains(".o_consult_customer input").focus(),
            () => contains(".o_consult_button").click(),
            () => press("Escape"),
        ]) {
            await contains(".o_consult_button").focus();
            await press("ArrowDown");
            await animationFrame();
            expect(".o_data_row.o_consult_current").toHaveCount(1);
            await pressKey("F11");
            await leave();
            await animationFrame();
            expect(".o_data_row.o_consult_current").toHaveCount(0);
            await pressKey("F11");
            expect.verifySteps([
                "crm_gestao.action_report_occurrence",
                "crm_gestao.report_diary",
            ]);
        }
        expect(".o_consult_button").toBeFocused();
    });

    test("sample lines are nobody's", async () => {
        Occurrence._records = [];
        Occurrence._views.list = Occurrence._views.list.replace(
            "<list ",
            '<list sample="1" '
        );
        onRpc("unlink", () => expect.step("unlink"));
        await open(2);
        expect(".o_data_row").not.toHaveCount(0);
        await contains(".o_consult_button").focus();
        await press("ArrowDown");
        for (const key of ["F2", "F3"]) {
            await pressKey(key);
            expect(".o_dialog").toHaveCount(0);
            expect(".o_notification:last").toHaveText(/No occurrence is selected/);
        }
        expect.verifySteps([]);
        // The first real one takes their place
        onRpc("crm.gestao.occurrence", "web_save", ({args}) => {
            args[1].commercial_partner_id = COMPANY;
            args[1].date = "2026-03-10 12:00:00";
        });
        await pressKey("F7");
        await contains(".o_dialog .o_field_widget[name=subject] input").edit("First", {
            confirm: false,
        });
        await contains(".o_dialog footer .btn-primary").click();
        await animationFrame();
        expect(".o_data_row.o_consult_current").toHaveText(/First/);
        await pressKey("F3");
        expect(".o_dialog .modal-body").toHaveText(/First/);
    });

    test("commands of the kanban", async () => {
        await open(1);
        await switchView("kanban");
        await walkToLine(1);
        expect(".o_kanban_record:first").toHaveClass("o_consult_current");
        await pressKey("F2");
        expect(".o_dialog .o_field_widget[name=subject] input").toHaveValue("Visit 1");
    });

    test("a view without lines takes New and Print, and steals no other key", async () => {
        await open(1);
        await switchView("pivot");
        expect(getCommands()).toEqual(["NewF7", "PrintF11"]);
        expect((await pressKey("F2")).defaultPrevented).toBe(false);
        expect((await pressKey("F3")).defaultPrevented).toBe(false);
        expect((await pressKey("F7")).defaultPrevented).toBe(true);
        expect(".o_dialog").toHaveCount(1);
    });

    test.tags("desktop");
    test("a calendar shows no more than a browser can draw, and says so", async () => {
        Occurrence._order = "date DESC";
        const asked = [];
        onRpc("crm.gestao.occurrence", "search_read", ({kwargs}) => {
            asked.push(kwargs);
        });
        const record = (month, days) =>
            MockServer.env["crm.gestao.occurrence"].create(
                Array.from({length: 1000}, (_, day) => ({
                    subject: "Visit",
                    partner_id: COMPANY,
                    commercial_partner_id: COMPANY,
                    date: `2026-${month}-${days[day % days.length]} 12:00:00`,
                }))
            );
        const reopen = async () => {
            await switchView("list");
            await switchView("calendar");
            await animationFrame();
            return asked.at(-1);
        };
        await open(2);
        record("01", [10, 11, 12]);
        const {limit, domain} = await reopen();
        expect(limit).toBe(1001);
        expect(domain.at(-1)).toEqual(["date", ">=", "2026-02-21 23:00:00"]);
        expect(".o_notification").toHaveCount(0);
        record("02", [22, 23]);
        await reopen();
        expect(".o_notification").toHaveCount(0);
        record("03", [10, 11, 12]);
        await reopen();
        await waitFor(".o_notification:contains(Only the last 1000 occurrences)");
    });

    test.tags("desktop");
    test("what is moved in a calendar of days takes as long as before", async () => {
        onRpc("crm.gestao.occurrence", "write", ({args}) => {
            expect.step(Object.keys(args[1]));
        });
        await open(2);
        MockServer.env["crm.gestao.occurrence"].write(1, {date: "2026-03-10 12:00:00"});
        await switchView("calendar");
        await changeScale("week");
        await moveEventToTime(1, "2026-03-12 15:00:00");
        await expect.waitForSteps([["date"]]);
    });

    test.tags("desktop");
    test("a day of the calendar is one of the customer's, and an occurrence is edited as by F2", async () => {
        let summaries = 0;
        onRpc("get_consult_summary", () => {
            summaries++;
        });
        onRpc("get_views", ({kwargs}) => {
            expect.step(kwargs.context.form_view_ref || "no dialog");
        });
        onRpc("crm.gestao.occurrence", "onchange", ({args, kwargs}) => {
            if (!args[2].length) {
                expect.step(String(kwargs.context.default_duration));
            }
        });
        await open(2);
        await expect.waitForSteps(["no dialog"]);
        await switchView("calendar");
        await waitFor(".fc-day[data-date='2026-03-20']");
        await clickDate("2026-03-20");
        // How long it takes is said by its type
        await expect.waitForSteps([
            "crm_gestao.occurrence_view_form_dialog",
            "undefined",
        ]);
        await waitFor(".o_dialog [name=partner_id] input:value(ACME)");
        expect(".o_dialog [name=date]").toHaveText(/Mar 20, 1:00/);
        await contains(".o_dialog [name=subject] input").edit("Clicked");
        const before = summaries;
        await contains(".o_dialog .btn:contains(Ok)").click();
        await animationFrame();
        expect(".o_dialog").toHaveCount(0);
        expect(MockServer.env["crm.gestao.occurrence"].at(-1).subject).toBe("Clicked");
        expect(summaries).toBe(before + 1);
        await clickEvent(1);
        await contains(".o_cw_popover_edit").click();
        await waitFor(".o_dialog [name=subject] input:value(Visit 1)");
        expect(".modal-title").toHaveText("Edit Occurrence");
    });

    test("who may only read has Print alone", async () => {
        onRpc("has_access", () => false);
        await open(2);
        expect(getCommands()).toEqual(["PrintF11"]);
        expect((await pressKey("F7")).defaultPrevented).toBe(false);
        expect(".o_dialog").toHaveCount(0);
    });

    test("no key fires with a modifier, in composition or behind a dialog", async () => {
        await open(2);
        for (const modifier of ["ctrl", "alt", "shift", "meta"]) {
            await pressKey([modifier, "F7"]);
        }
        const [composing] = await manuallyDispatchProgrammaticEvent(
            document.body,
            "keydown",
            {
                key: "F7",
                isComposing: true,
            }
        );
        await animationFrame();
        expect(composing.defaultPrevented).toBe(false);
        expect(".o_dialog").toHaveCount(0);
        await pressKey("F7");
        expect(".o_dialog").toHaveCount(1);
        const behind = await pressKey("F3");
        expect(behind.defaultPrevented).toBe(false);
        await pressKey("F7");
        expect(".o_dialog").toHaveCount(1);
        expect(".o_notification").toHaveCount(0);
    });

    test("a key that is held fires once, and still keeps the browser out", async () => {
        await open(2);
        const [repeated] = await manuallyDispatchProgrammaticEvent(
            document.body,
            "keydown",
            {
                key: "F3",
                repeat: true,
            }
        );
        await animationFrame();
        expect(repeated.defaultPrevented).toBe(true);
        expect(".o_notification").toHaveCount(0);
    });

    test("every command is a visible button with its key and an Alt twin", async () => {
        await open(2);
        for (const [name, hotkey] of Object.entries({
            edit: "e",
            delete: "l",
            print: "i",
        })) {
            expect(`.o_consult_${name}`).toHaveAttribute("data-hotkey", hotkey);
            expect(`.o_consult_${name} kbd`).toHaveCount(1);
        }
        await walkToLine(1);
        await press(["alt", "e"]);
        await runAllTimers();
        await animationFrame();
        expect(".o_dialog .o_field_widget[name=subject] input").toHaveValue("Visit 1");
    });
});
