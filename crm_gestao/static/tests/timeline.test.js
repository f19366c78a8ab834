import {defineMailModels, mailModels} from "@mail/../tests/mail_test_helpers";
import {beforeEach, describe, expect, test} from "@odoo/hoot";
import {press, queryAllTexts, queryFirst} from "@odoo/hoot-dom";
import {
    animationFrame,
    Deferred,
    mockDate,
    mockTimeZone,
    runAllTimers,
} from "@odoo/hoot-mock";
import {
    contains,
    defineActions,
    defineModels,
    fields,
    getFacetTexts,
    getService,
    makeServerError,
    models,
    mountWithCleanup,
    onRpc,
    patchWithCleanup,
    removeFacet,
    serverState,
    switchView,
} from "@web/../tests/web_test_helpers";
import {user} from "@web/core/user";
import {WebClient} from "@web/webclient/webclient";

const COMPANY = 101;
const OTHER = 102;

class Occurrence extends models.Model {
    _name = "crm.gestao.occurrence";
    _rec_name = "subject";

    subject = fields.Char();
    date = fields.Datetime();
    user_id = fields.Many2one({relation: "res.users"});
    partner_id = fields.Many2one({relation: "res.partner"});
    commercial_partner_id = fields.Many2one({relation: "res.partner"});

    _records = [
        {
            id: 1,
            subject: "Visit",
            date: "2026-03-01 12:00:00",
            partner_id: COMPANY,
            commercial_partner_id: COMPANY,
            user_id: serverState.userId,
        },
    ];
    _views = {
        list: `<list js_class="crm_gestao_occurrence_list"><field name="subject"/></list>`,
        kanban: `
            <kanban js_class="crm_gestao_occurrence_kanban">
                <templates><t t-name="card"><field name="subject"/></t></templates>
            </kanban>`,
        pivot: `<pivot js_class="crm_gestao_occurrence_pivot"/>`,
        form: `
            <form>
                <field name="subject"/><field name="partner_id"/>
                <footer><button special="save" string="Ok"/></footer>
            </form>`,
        search: `<search/>`,
    };

    get_consult_summary(partnerId) {
        return {
            id: partnerId,
            name: partnerId === COMPANY ? "ACME" : "Other",
            company: null,
            last_contact: false,
            warnings: [],
        };
    }
}

class SaleOrder extends models.Model {
    _name = "sale.order";

    name = fields.Char();

    _records = [{id: 7, name: "S00007"}];
    _views = {form: `<form><field name="name"/></form>`, search: `<search/>`};

    get_formview_action([id]) {
        return {
            type: "ir.actions.act_window",
            res_model: "sale.order",
            res_id: id,
            views: [[false, "form"]],
            target: "current",
        };
    }
}

defineMailModels();
defineModels([Occurrence, SaleOrder]);
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
            [false, "kanban"],
            [false, "pivot"],
        ],
        context: {crm_gestao_consult: {partner_id: COMPANY, period: "all"}},
    },
    {
        id: 3,
        name: "Occurrences",
        res_model: "crm.gestao.occurrence",
        views: [[false, "list"]],
    },
]);

const KINDS = [
    {name: "occurrence", label: "Occurrence", icon: "fa-comments-o"},
    {name: "order", label: "Order", icon: "fa-shopping-cart"},
    {name: "message", label: "Message", icon: "fa-comment-o"},
];

/** 70 entries, as the server sends them. */
const ENTRIES = [
    {
        id: "sale.order,7",
        kind: "order",
        title: "S00007",
        date: "2026-03-09 18:30:00",
        is_day: false,
        amount: 1234.5,
        currency_id: 1,
        who: "Ana",
        partner: "Bruno",
        reference: "PO-1",
        state: "Sales Order",
        decoration: "success",
        res_model: "sale.order",
        res_id: 7,
    },
    {
        id: "mail.message,1",
        kind: "message",
        title: false,
        text: "<b>bold</b> & more",
        date: "2026-03-08",
        is_day: true,
        res_model: "crm.gestao.occurrence",
        res_id: 1,
    },
    ...Array.from({length: 68}, (_, index) => ({
        id: `crm.gestao.occurrence,${index + 100}`,
        kind: "occurrence",
        title: `Visit ${index + 100}`,
        date: "2026-03-01 12:00:00",
        is_day: false,
        res_model: "crm.gestao.occurrence",
        res_id: index + 100,
    })),
];

let calls = [];
let saved = {};

function setSettings(settings) {
    patchWithCleanup(user, {
        get settings() {
            return settings;
        },
        setUserSettings: async (key, value) => (saved[key] = value),
    });
}

beforeEach(() => {
    mockDate("2026-03-10 12:00:00");
    mockTimeZone(-3);
    calls = [];
    saved = {};
    mailModels.ResPartner._records.push(
        {id: COMPANY, name: "ACME"},
        {id: OTHER, name: "Other"}
    );
    onRpc("has_access", () => true);
    onRpc("res.partner", "name_search", () => [[OTHER, "Other"]]);
    onRpc("crm.gestao.consult", "get_consult_figures", () => ({figures: {}}));
    onRpc("crm.gestao.timeline", "get_page", ({args, kwargs}) => {
        const {kinds, before, limit} = kwargs;
        calls.push({partnerId: args[0], kinds, before, limit});
        const all = ENTRIES.filter((entry) => !kinds || kinds.includes(entry.kind));
        const start = before ? before[2] : 0;
        const end = start + limit;
        return {
            entries: args[0] === COMPANY ? all.slice(start, end) : [],
            next:
                args[0] === COMPANY && all.length > end
                    ? ["2026-03-01T12:00:00", "crm.gestao.occurrence", end]
                    : null,
            kinds: KINDS,
        };
    });
    setSettings({crm_gestao_timeline_open: true, crm_gestao_timeline_kinds: false});
});

async function open(actionId) {
    await mountWithCleanup(WebClient);
    await getService("action").doAction(actionId);
    await animationFrame();
}

async function consult(name) {
    await contains(".o_consult_customer input").edit(name, {confirm: false});
    await runAllTimers();
    await contains(`.o-autocomplete--dropdown-item:contains(${name})`).click();
    await contains(".o_consult_button").click();
    await animationFrame();
}

describe("what is shown", () => {
    test("an entry with all there is", async () => {
        await open(2);
        expect(calls).toEqual([
            {partnerId: COMPANY, kinds: null, before: null, limit: 30},
        ]);
        const entry = queryFirst(".o_timeline_entry");
        expect(entry).toHaveText(
            /S00007[\s\S]*1,234.50[\s\S]*Mar 9, 3:30[\s\S]PM[\s\S]*PO-1[\s\S]*Ana[\s\S]*Bruno[\s\S]*Sales Order/
        );
        expect(".o_timeline_entry[data-kind=order] .fa-shopping-cart").toHaveCount(1);
        expect(".o_timeline_entry:first .badge").toHaveClass("text-bg-success");
    });

    test("what has a day only, and no title; text is never HTML", async () => {
        await open(2);
        const entry = ".o_timeline_entry[data-kind=message]";
        expect(entry).toHaveText(/^Message\n<b>bold<\/b> & more\nMar 8$/);
        expect(`${entry} b`).toHaveCount(0);
    });

    test("none without a customer, and none outside of the consult screen", async () => {
        await open(1);
        expect(".o_timeline").toHaveCount(0);
        await getService("action").doAction(3);
        await animationFrame();
        expect(".o_timeline").toHaveCount(0);
        expect(calls).toEqual([]);
    });

    test("a customer of whom there is nothing", async () => {
        await open(1);
        await consult("Other");
        expect(calls.map((call) => call.partnerId)).toEqual([OTHER]);
        expect(".o_timeline_entry").toHaveCount(0);
        expect(".o_timeline").toHaveText(/Nothing yet/);
        expect(".o_timeline_more").toHaveCount(0);
    });

    test("it loads, fails, and loads when tried again", async () => {
        let fails = true;
        const deferred = new Deferred();
        onRpc("crm.gestao.timeline", "get_page", async () => {
            await deferred;
            if (fails) {
                throw makeServerError();
            }
        });
        await open(2);
        expect(".o_timeline").toHaveText(/Loading…/);
        expect(".o_data_row").toHaveCount(1, {message: "the list does not wait"});
        deferred.resolve();
        await animationFrame();
        expect(".o_timeline").toHaveText(/could not be loaded/);
        expect(".o_timeline").not.toHaveText(/Nothing yet/);
        expect(".o_error_dialog").toHaveCount(0);
        fails = false;
        await contains(".o_timeline_retry").click();
        await animationFrame();
        expect(".o_timeline_entry").toHaveCount(30);
        expect(".o_timeline_retry").toHaveCount(0);
    });
});

describe("pages", () => {
    test("each goes on where the one before has ended", async () => {
        await open(2);
        expect(".o_timeline_entry").toHaveCount(30);
        await contains(".o_timeline_more").click();
        await animationFrame();
        expect(calls.at(-1).before).toEqual([
            "2026-03-01T12:00:00",
            "crm.gestao.occurrence",
            30,
        ]);
        expect(".o_timeline_entry").toHaveCount(60);
        expect(".o_timeline_entry:eq(30)").toBeFocused();
        await press("Tab");
        await contains(".o_timeline_more").focus();
        await press("Enter");
        await animationFrame();
        expect(".o_timeline_entry").toHaveCount(70);
        expect(".o_timeline_entry:eq(60)").toBeFocused();
        expect(".o_timeline_more").toHaveCount(0);
        expect(new Set(queryAllTexts(".o_timeline_entry .fw-bold")).size).toBe(70);
    });

    test("however long, it is as long after it was loaded again", async () => {
        onRpc("crm.gestao.timeline", "get_page", ({kwargs: {before, limit}}) => {
            // As the server, which gives no more
            expect(limit).toBeWithin(1, 100);
            const start = before ? before[2] : 0;
            const end = Math.min(start + limit, 145);
            return {
                entries: Array.from({length: end - start}, (_, index) => ({
                    ...ENTRIES.at(-1),
                    id: `crm.gestao.occurrence,${start + index}`,
                })),
                next: end < 145 ? ["2026-03-01T12:00:00", "x", end] : null,
                kinds: KINDS,
            };
        });
        await open(2);
        for (const shown of [60, 90, 120]) {
            await contains(".o_timeline_more").click();
            await animationFrame();
            expect(".o_timeline_entry").toHaveCount(shown);
        }
        await contains(".o_consult_button").click();
        await animationFrame();
        await animationFrame();
        expect(".o_timeline_entry").toHaveCount(120);
        await contains(".o_timeline_more").click();
        await animationFrame();
        expect(".o_timeline_entry").toHaveCount(145);
        expect(".o_timeline_more").toHaveCount(0);
    });

    test("after a failure what is shown stays, and goes on", async () => {
        await open(2);
        let fails = true;
        onRpc("crm.gestao.timeline", "get_page", () => {
            if (fails) {
                throw makeServerError();
            }
        });
        await contains(".o_timeline_more").click();
        await animationFrame();
        expect(".o_timeline_entry").toHaveCount(30);
        expect(".o_timeline").toHaveText(/could not be loaded/);
        fails = false;
        await contains(".o_timeline_retry").click();
        await animationFrame();
        await contains(".o_timeline_more").click();
        await animationFrame();
        expect(".o_timeline_entry").toHaveCount(60);
    });
});

describe("what to show", () => {
    test("one kind, several, all; remembered for the user", async () => {
        await open(2);
        await contains(".o_timeline_filter").click();
        expect(queryAllTexts(".o-dropdown-item")).toEqual([
            "All",
            "Occurrence",
            "Order",
            "Message",
        ]);
        expect(".o-dropdown-item[aria-checked=true]").toHaveCount(4);
        await contains(".o-dropdown-item:contains(Occurrence)").click();
        await animationFrame();
        expect(calls.at(-1)).toEqual({
            partnerId: COMPANY,
            kinds: ["order", "message"],
            before: null,
            limit: 30,
        });
        expect(".o_timeline_entry").toHaveCount(2);
        expect(saved.crm_gestao_timeline_kinds).toEqual(["order", "message"]);
        await contains(".o-dropdown-item:contains(Message)").click();
        await contains(".o-dropdown-item:contains(Order)").click();
        await animationFrame();
        expect(saved.crm_gestao_timeline_kinds).toEqual([]);
        expect(".o_timeline").toHaveText(/Nothing of what you have chosen/);
        await contains(".o-dropdown-item:contains(All)").click();
        await animationFrame();
        expect(calls.at(-1).kinds).toBe(null);
        expect(saved.crm_gestao_timeline_kinds).toBe(null);
        expect(".o_timeline_entry").toHaveCount(30);
    });

    test("the last one chosen makes it all again", async () => {
        setSettings({crm_gestao_timeline_kinds: ["order", "message"]});
        await open(2);
        expect(calls[0].kinds).toEqual(["order", "message"]);
        expect(".o_timeline_filter").toHaveClass("text-primary");
        await contains(".o_timeline_filter").click();
        expect(".o-dropdown-item[aria-checked=true]").toHaveCount(2);
        await contains(".o-dropdown-item:contains(Occurrence)").click();
        expect(saved.crm_gestao_timeline_kinds).toBe(null);
        expect(".o-dropdown-item[aria-checked=true]").toHaveCount(4);
    });
});

describe("open and closed", () => {
    test("by keyboard; remembered for the user", async () => {
        await open(2);
        expect(".o_timeline_toggle").toHaveAttribute("aria-expanded", "true");
        await contains(".o_timeline_toggle").focus();
        await press("Enter");
        await animationFrame();
        expect(".o_timeline_toggle").toHaveAttribute("aria-expanded", "false");
        expect(".o_timeline_toggle").toBeFocused();
        expect(".o_timeline_entry").toHaveCount(0);
        expect(saved).toEqual({crm_gestao_timeline_open: false});
        await press("Enter");
        await animationFrame();
        expect(".o_timeline_entry").toHaveCount(30);
        expect(saved).toEqual({crm_gestao_timeline_open: true});
    });

    test("a closed one reads nothing until it is opened", async () => {
        setSettings({crm_gestao_timeline_open: false});
        await open(2);
        expect(".o_timeline_toggle").toHaveCount(1);
        expect(calls).toEqual([]);
        await contains(".o_timeline_toggle").click();
        await animationFrame();
        expect(calls).toHaveLength(1);
        expect(".o_timeline_entry").toHaveCount(30);
    });
});

describe("it follows", () => {
    test("the customer", async () => {
        await open(2);
        await consult("Other");
        expect(calls.at(-1).partnerId).toBe(OTHER);
        expect(".o_timeline_entry").toHaveCount(0);
        await removeFacet("Customer: Other");
        await animationFrame();
        expect(".o_timeline").toHaveCount(0);
        expect(calls).toHaveLength(2);
    });

    test("whoever is quick: what was asked for last is shown", async () => {
        const deferred = new Deferred();
        onRpc("crm.gestao.timeline", "get_page", ({args}) =>
            args[0] === COMPANY ? deferred : undefined
        );
        await open(2);
        await consult("Other");
        expect(".o_timeline").toHaveText(/Nothing yet/);
        deferred.resolve({entries: ENTRIES.slice(0, 1), next: null, kinds: KINDS});
        await animationFrame();
        expect(".o_timeline_entry").toHaveCount(0);
    });

    test("what is saved and deleted, as long as what is shown", async () => {
        await open(2);
        await contains(".o_timeline_more").click();
        await animationFrame();
        await contains(".o_data_cell").focus();
        await press("F2");
        await animationFrame();
        await contains(".o_dialog [name=subject] input").edit("Changed");
        expect(calls).toHaveLength(2);
        await contains(".o_dialog button:contains(Ok)").click();
        await animationFrame();
        expect(calls).toHaveLength(3);
        expect(calls.at(-1)).toEqual({
            partnerId: COMPANY,
            kinds: null,
            before: null,
            limit: 60,
        });
        expect(".o_timeline_entry").toHaveCount(60);
        await contains(".o_data_cell").focus();
        await press("F3");
        await animationFrame();
        await contains(".o_dialog button:contains(Delete)").click();
        await animationFrame();
        expect(calls).toHaveLength(4);
    });

    test("every view of the screen", async () => {
        await open(2);
        for (const view of ["kanban", "pivot", "list"]) {
            await switchView(view);
            await animationFrame();
            expect(".o_timeline_entry").toHaveCount(30);
        }
    });
});

describe("opening", () => {
    test("an entry opens its record, and back leads to the same consultation", async () => {
        await open(2);
        const facets = getFacetTexts();
        await contains(".o_timeline_entry[data-kind=order]").focus();
        await press("Enter");
        await animationFrame();
        await animationFrame();
        expect(".o_form_view [name=name] input").toHaveValue("S00007");
        expect(".o_timeline").toHaveCount(0);
        await contains(".o_back_button, .breadcrumb-item a").click();
        await animationFrame();
        expect(getFacetTexts()).toEqual(facets);
        expect(".o_timeline_entry").toHaveCount(30);
    });
});
