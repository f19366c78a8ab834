// Takes the manual's pictures from the running product; dev/screenshots calls it.
//
// node screenshots.mjs ADDRESS CHROMIUM FOLDER [SCENE...]
import {chromium} from "playwright-core";
import {copyFile, mkdir} from "node:fs/promises";

const [address, executablePath, folder, ...wanted] = process.argv.slice(2);
const LANGUAGES = ["pt_BR", "en_US"];
const WIDE = {width: 1400, height: 860};
const NARROW = {width: 390, height: 844};
const SHORT = {width: 1400, height: 480};
const PAPER = {width: 900, height: 1150};
const CONTENT =
    ".o_content :is(.o_data_row, .o_group_header, .o_kanban_record, .fc-event, canvas," +
    " .o_pivot table, .o_activity_view table)";
const TEMPLATES = `${folder}/../../crm_gestao/static/import`;

/** Call a method over RPC as the user who is logged in. */
function call(page, model, method, args = [], kwargs = {}) {
    return page.evaluate(
        async ([m, f, a, k]) => {
            const response = await fetch(`/web/dataset/call_kw/${m}/${f}`, {
                method: "POST",
                headers: {"Content-Type": "application/json"},
                body: JSON.stringify({
                    jsonrpc: "2.0",
                    params: {model: m, method: f, args: a, kwargs: k},
                }),
            });
            const {result, error} = await response.json();
            if (error) {
                throw new Error(error.data.message);
            }
            return result;
        },
        [model, method, args, kwargs]
    );
}

/** The demo customer with the longest history, of whom all scenes are. */
let customer;
/** The latest occurrence of that customer: the first line of the consult screen. */
let latest;

/** Find both, with the rights of who sees all. */
async function findCustomer(page) {
    const [group] = await call(
        page,
        "crm.gestao.occurrence",
        "formatted_read_group",
        [],
        {
            domain: [["commercial_partner_id.is_company", "=", true]],
            groupby: ["commercial_partner_id"],
            aggregates: ["__count"],
            order: "__count DESC, commercial_partner_id",
            limit: 1,
        }
    );
    customer = group.commercial_partner_id[0];
    [latest] = await call(page, "crm.gestao.occurrence", "search", [
        [["commercial_partner_id", "=", customer]],
    ]);
}

/** A person who takes part in occurrences of that customer. */
async function participant(page) {
    const [occurrence] = await call(
        page,
        "crm.gestao.occurrence",
        "search_read",
        [
            [
                ["commercial_partner_id", "=", customer],
                ["participant_ids", "!=", false],
            ],
        ],
        {fields: ["participant_ids"], limit: 1}
    );
    return occurrence.participant_ids[0];
}

/** Invoices of that customer: two late, one to come. */
async function issueInvoices(page) {
    const day = (ago) => new Date(Date.now() - ago * 864e5).toISOString().slice(0, 10);
    const ids = await call(page, "account.move", "create", [
        [
            [75, 4320],
            [40, 1890.5],
            [2, 2760],
        ].map(([ago, price]) => ({
            move_type: "out_invoice",
            partner_id: customer,
            invoice_date: day(ago),
            invoice_date_due: day(ago - 28),
            invoice_payment_term_id: false,
            invoice_line_ids: [[0, 0, {name: "Divisórias", price_unit: price}]],
        })),
    ]);
    await call(page, "account.move", "action_post", [ids]);
}

/** Quotations from the latest occurrence: orders of its customer once more. */
async function makeQuotations(page) {
    const orders = await call(
        page,
        "sale.order",
        "search",
        [
            [
                ["partner_id.commercial_partner_id", "=", customer],
                ["state", "=", "sale"],
            ],
        ],
        {limit: 3}
    );
    for (const order of orders) {
        await call(page, "sale.order", "copy", [[order]], {
            default: {occurrence_id: latest},
        });
    }
}

/** A company of Brazil on what is printed, instead of Odoo's. */
async function nameCompany(page) {
    const [country] = await call(page, "res.country", "search", [
        [["code", "=", "BR"]],
    ]);
    const [state] = await call(page, "res.country.state", "search", [
        [
            ["country_id", "=", country],
            ["code", "=", "PR"],
        ],
    ]);
    const [user] = await call(page, "res.users", "read", [
        [await me(page)],
        ["company_id"],
    ]);
    const values = {
        name: "Móveis Araucária Ltda.",
        street: "Rua dos Marceneiros, 250",
        street2: false,
        city: "Curitiba",
        state_id: state,
        country_id: country,
        zip: "80010-900",
        phone: "+55 41 5030-0100",
        email: "contato@moveis-araucaria.example",
        website: false,
        logo: false,
    };
    await call(page, "res.company", "write", [[user.company_id[0]], values]);
}

/** Consult that customer as a user does. */
async function openCustomer(page) {
    const [{name}] = await call(page, "res.partner", "read", [[customer], ["name"]]);
    await page.goto(`${address}/odoo/action-crm_gestao.occurrence_consult_action`);
    await page.fill(".o_consult_customer input", name);
    await page.click(`.o-autocomplete--dropdown-item:has-text("${name}")`);
    await page.selectOption("#crm_gestao_consult_period", "all");
    await page.click(".o_consult_button");
    if (page.viewportSize().width > NARROW.width) {
        // on a phone the search is folded away
        await page.waitForSelector(`.o_searchview_facet:has-text("${name}")`);
    }
    await page.waitForTimeout(1500);
    await page.waitForSelector(".o_data_row, .o_kanban_record");
}

/** Consult that customer, and press one of the buttons with what else there is. */
async function openQuery(page, query) {
    await openCustomer(page);
    await page.click(`.o_consult_${query}`);
    await page.waitForSelector(".o_consult_bar", {state: "detached"});
    await page.waitForSelector(CONTENT);
}

/** The summary of a review is in the language that its user had then. */
async function nameReviews(page, language) {
    const summary = {
        pt_BR: "Revisar a ficha do concorrente",
        en_US: "Review the card of the competitor",
    }[language];
    const reviews = await call(page, "mail.activity", "search", [
        [
            ["res_model", "=", "crm.gestao.competitor"],
            ["automated", "=", true],
        ],
    ]);
    await call(page, "mail.activity", "write", [reviews, {summary}]);
}

async function openMenu(page, xmlid, view) {
    const [addon, name] = xmlid.includes(".")
        ? xmlid.split(".")
        : ["crm_gestao", xmlid];
    await page.goto(`${address}/odoo/action-${addon}.${name}`);
    await page.waitForSelector(CONTENT);
    if (view) {
        await page.click(`.o_switch_view.o_${view}`);
        await page.waitForSelector(`.o_${view}_view ${CONTENT}`);
    }
}

/** Open the form of a record; its address is that of an action or model. */
async function openForm(page, path) {
    await page.goto(`${address}/odoo/${path}`);
    await page.waitForSelector(".o_form_view .o_form_sheet");
}

async function openLatest(page) {
    await openForm(page, `occurrences/${latest}`);
}

/** Press a button that opens a dialog. */
async function openDialog(page, selector) {
    await page.click(selector);
    await page.waitForSelector(".modal .o_form_view");
}

/** What the menu of the gear offers: its words are of a language, its XML id is not. */
async function act(page, xmlid, model, id) {
    await page.evaluate(
        ([action, context]) =>
            odoo.__WOWL_DEBUG__.root.env.services.action.doAction(action, {
                additionalContext: context,
            }),
        [xmlid, {active_model: model, active_id: id, active_ids: [id]}]
    );
}

/** Look at a report as a page; it is in the customer's language, so make it this one. */
async function openReport(page, report, ids, language) {
    await call(page, "res.partner", "write", [[customer], {lang: language}]);
    await page.goto(`${address}/report/html/crm_gestao.${report}/${ids}`);
    // Odoo lays the header without a letterhead out for paper alone
    const content =
        ".header:not([class*=_layout]) { height: 20px; visibility: hidden; }";
    await page.addStyleTag({content});
    const {y, height} = await page.locator(".article").boundingBox();
    const end = Math.ceil(y + height) + 20;
    await page.setViewportSize({...PAPER, height: Math.min(PAPER.height, end)});
}

/**
 * The dialog that issues an invoice in Odoo's Brazilian demo company, whose invoices are
 * fiscal documents.
 */
async function openBrazilianInvoice(page) {
    const [company] = await call(page, "res.company", "search", [
        [["account_fiscal_country_id.code", "=", "BR"]],
    ]);
    const values = {partner_id: customer, company_id: company};
    const occurrence = await call(page, "crm.gestao.occurrence", "create", [
        {subject: "Liberação do pedido", ...values},
    ]);
    const [line] = await call(
        page,
        "sale.order.line",
        "search_read",
        [[["order_partner_id", "=", values.partner_id]]],
        {fields: ["product_id"], limit: 1}
    );
    const order = await call(page, "sale.order", "create", [
        {
            occurrence_id: occurrence,
            order_line: [[0, 0, {product_id: line.product_id[0], product_uom_qty: 4}]],
            ...values,
        },
    ]);
    await call(page, "sale.order", "action_confirm", [[order]]);
    await page
        .context()
        .addCookies([{name: "cids", value: `${company}`, url: address}]);
    await openForm(page, `occurrences/${occurrence}`);
    await openDialog(page, "button[name=action_issue_invoice]");
}

/** Odoo's import, with the template of that language loaded. */
async function openImport(page, language) {
    const suffix = language === "pt_BR" ? "_pt_BR" : "";
    await openMenu(page, "occurrence_action");
    await page.click(".o_cp_action_menus .dropdown-toggle");
    await page.click(".o_import_menu");
    await page.setInputFiles(
        ".o_control_panel input[type=file]",
        `${TEMPLATES}/occurrences${suffix}.csv`
    );
    await page.waitForSelector(".o_import_data_content");
}

/** Each: who looks, at what size, and how one gets there. */
const SCENES = {
    consult: {login: "clerk", open: openCustomer},
    consult_phone: {login: "clerk", size: NARROW, open: openCustomer},
    contact: {
        login: "clerk",
        async open(page) {
            await page.goto(`${address}/odoo/contacts/${customer}`);
            await page.waitForSelector("button[name=action_view_occurrences]");
        },
    },
    new: {
        login: "rep", // who has all the buttons
        async open(page) {
            await openCustomer(page);
            await page.keyboard.press("F7");
            await page.waitForSelector(".modal .o_form_view");
        },
    },
    occurrence: {
        login: "rep",
        async open(page) {
            await openCustomer(page);
            await page.click(".o_data_row td[name=subject]");
            await page.waitForSelector(".o_form_view");
        },
    },
    occurrence_phone: {login: "clerk", size: NARROW, open: openLatest},
    delete: {
        login: "clerk",
        async open(page) {
            await openCustomer(page);
            await page.click(".o_data_row .o_list_record_selector input");
            await page.keyboard.press("F3");
            await page.waitForSelector(".modal-footer");
        },
    },

    occurrences: {login: "clerk", open: (page) => openMenu(page, "occurrence_action")},
    kanban: {
        login: "clerk",
        open: (page) => openMenu(page, "occurrence_action", "kanban"),
    },
    calendar: {
        login: "clerk",
        open: (page) => openMenu(page, "occurrence_action", "calendar"),
    },
    pivot: {
        login: "clerk",
        async open(page) {
            await openMenu(page, "occurrence_analysis_action", "pivot");
            await page.click(".o_pivot_flip_button"); // months need less room as rows
        },
    },
    graph: {
        login: "clerk",
        open: (page) => openMenu(page, "occurrence_analysis_action"),
    },
    activity: {
        login: "clerk",
        open: (page) => openMenu(page, "occurrence_action", "activity"),
    },

    sheet: {
        login: "clerk",
        size: PAPER,
        open: (page, language) =>
            openReport(page, "report_occurrence", latest, language),
    },
    diary: {
        login: "clerk",
        size: PAPER,
        async open(page, language) {
            const occurrences = await call(
                page,
                "crm.gestao.occurrence",
                "search",
                [
                    [
                        ["commercial_partner_id", "=", customer],
                        ["date_closed", "!=", false],
                    ],
                ],
                {limit: 12}
            );
            await openReport(page, "report_diary", occurrences, language);
        },
    },

    quotation: {
        login: "admin",
        async open(page) {
            await openLatest(page);
            await page.click("button[name=action_new_quotation]");
            await page.waitForSelector(".o_form_view .o_field_widget[name=order_line]");
        },
    },
    order: {
        login: "admin",
        async open(page) {
            await openLatest(page);
            await openDialog(page, "button[name=action_new_order]");
        },
    },
    new_order: {
        login: "admin",
        async open(page) {
            await openLatest(page);
            await openDialog(page, "button[name=action_new_order]");
            await page.click(".modal button[name=action_new_order]");
            await page.waitForSelector(".modal .o_field_widget[name=order_line]");
        },
    },
    invoice: {
        login: "admin",
        async open(page) {
            await openLatest(page);
            await openDialog(page, "button[name=action_issue_invoice]");
            await page.click(".modal [name=source] input[data-value=customer]");
            await page.waitForSelector(".modal [name=order_ids] .o_data_row");
        },
    },
    invoice_brazil: {login: "admin", open: openBrazilianInvoice},
    invoice_refused: {
        login: "admin",
        async open(page) {
            await openBrazilianInvoice(page);
            const [{state_id: state}] = await call(page, "res.partner", "read", [
                [customer],
                ["state_id"],
            ]);
            const writeState = (id) =>
                call(page, "res.partner", "write", [[customer], {state_id: id}], {
                    context: {tracking_disable: true},
                });
            await writeState(false);
            await page.click("button[name=action_issue]");
            await page.waitForSelector(".o_error_dialog");
            await writeState(state[0]);
        },
    },
    opportunity: {
        login: "admin",
        async open(page) {
            await openLatest(page);
            await page.click("button[name=action_new_opportunity]");
            await page.waitForSelector(".o_form_view [name=expected_revenue]");
        },
    },

    timeline: {
        login: "admin",
        async open(page) {
            await openCustomer(page);
            // what is planned stands above what there is of other kinds
            const invoice = page.locator(".o_timeline_entry[data-kind=invoice]");
            await invoice.first().scrollIntoViewIfNeeded();
        },
    },
    quotations: {
        login: "admin",
        size: SHORT,
        open: (page) => openQuery(page, "quotations"),
    },
    orders: {login: "admin", size: SHORT, open: (page) => openQuery(page, "orders")},
    invoices: {
        login: "admin",
        size: SHORT,
        open: (page) => openQuery(page, "invoices"),
    },
    sales_history: {
        login: "admin",
        size: {width: 1600, height: 540},
        open: (page) => openQuery(page, "sales_history"),
    },
    products: {
        login: "admin",
        size: SHORT,
        open: (page) => openQuery(page, "products"),
    },
    receivables: {
        login: "admin",
        size: {...SHORT, width: 1600},
        open: (page) => openQuery(page, "receivables"),
    },
    statement: {
        login: "admin",
        size: PAPER,
        open: (page, language) =>
            openReport(page, "report_statement", customer, language),
    },

    competitor: {
        login: "manager",
        async open(page, language) {
            await nameReviews(page, language);
            await openMenu(page, "competitor_action");
            await page.click(
                ".o_content :is(.o_data_row td.o_data_cell, .o_kanban_record)"
            );
            await page.waitForSelector(".o_form_view");
        },
    },
    competitor_record: {
        login: "manager",
        async open(page) {
            const [record] = await call(
                page,
                "crm.gestao.competitor.record",
                "search",
                [
                    [
                        ["outcome", "=", "open"],
                        ["their_price", "!=", 0],
                        ["sale_order_id.state", "=", "sale"],
                    ],
                ]
            );
            await openForm(page, `competitor-records/${record}`);
        },
    },
    competitor_records: {
        login: "manager",
        open: (page) => openMenu(page, "competitor_record_action"),
    },
    battle_card: {
        login: "manager",
        size: PAPER,
        async open(page, language) {
            const [card] = await call(page, "crm.gestao.competitor", "search", [
                [["objection_ids", "!=", false]],
            ]);
            await openReport(page, "report_competitor", card, language);
        },
    },
    competitor_analysis: {
        login: "manager",
        size: {...SHORT, height: 560},
        open: (page) => openMenu(page, "competitor_analysis_action"),
    },
    price_pressure: {
        login: "manager",
        size: SHORT,
        open: (page) => openMenu(page, "competitor_price_pressure_action"),
    },

    roles: {
        login: "admin",
        async open(page) {
            const [clerk] = await call(page, "res.users", "search", [
                [["login", "=", "clerk"]],
            ]);
            await openForm(page, `users/${clerk}`);
            await page.getByLabel("CRM Gestão").click();
            await page.waitForSelector(".o_select_menu_menu");
        },
    },
    types: {login: "manager", open: (page) => openMenu(page, "occurrence_type_action")},
    type: {
        login: "admin", // the type is of all companies
        size: {...SHORT, height: 640},
        async open(page) {
            const [type] = await call(page, "crm.gestao.occurrence.type", "search", [
                [["is_complaint", "=", true]],
            ]);
            const period = {retention_months: 6, retention_action: "anonymise"};
            await call(page, "crm.gestao.occurrence.type", "write", [[type], period]);
            await openForm(page, `action-crm_gestao.occurrence_type_action/${type}`);
        },
    },
    settings: {
        login: "admin",
        size: SHORT,
        async open(page) {
            await page.goto(`${address}/odoo/action-crm_gestao.settings_action`);
            await page.waitForSelector(".app_settings_block #no_contact");
        },
    },

    privacy: {
        login: "admin",
        async open(page) {
            const person = await participant(page);
            await openForm(page, `contacts/${person}`);
            const action = "crm_gestao_privacy.privacy_action";
            await act(page, action, "res.partner", person);
            await page.waitForSelector(".modal .o_form_view");
            await page.check(".modal [name=is_understood] input");
        },
    },
    privacy_lookup: {
        login: "admin",
        async open(page) {
            const person = await participant(page);
            await openForm(page, `contacts/${person}`);
            const action =
                "privacy_lookup.ir_action_server_action_privacy_lookup_partner";
            await act(page, action, "res.partner", person);
            await page.click("button[name=action_lookup]");
            const group = {hasText: /Occurrence|Ocorrência/};
            await page.locator(".o_group_header", group).first().click();
            await page.waitForSelector(".o_data_row");
        },
    },
    privacy_log: {
        login: "manager",
        size: SHORT,
        async open(page) {
            if (!(await call(page, "crm.gestao.privacy.log", "search_count", [[]]))) {
                const person = await participant(page);
                const values = {partner_id: person, reason: "Pedido por e-mail"};
                const [wizard] = await call(
                    page,
                    "crm.gestao.privacy.wizard",
                    "create",
                    [[values]]
                );
                await call(page, "crm.gestao.privacy.wizard", "action_export", [
                    [wizard],
                ]);
            }
            await openMenu(page, "crm_gestao_privacy.privacy_log_action");
        },
    },

    import: {login: "clerk", open: openImport},
    import_errors: {
        login: "clerk",
        async open(page, language) {
            await openImport(page, language);
            await page.click(".o_control_panel .btn-primary");
            await page.waitForSelector(".o_import_data_content .alert");
        },
    },
};

/** The id of the user who is logged in. */
async function me(page) {
    const info = await page.evaluate(async () => {
        const response = await fetch("/web/session/get_session_info", {
            method: "POST",
            headers: {"Content-Type": "application/json"},
            body: JSON.stringify({jsonrpc: "2.0", params: {}}),
        });
        return (await response.json()).result;
    });
    return info.uid;
}

async function logIn(page, login) {
    await page.goto(`${address}/web/login`);
    await page.fill("input[name=login]", login);
    await page.fill("input[name=password]", login);
    await page.click("button[type=submit]");
    await page.waitForSelector(".o_main_navbar");
}

/** Before the first scene, so that the figures of one agree with those of another. */
async function prepare(browser) {
    const page = await browser.newPage();
    await logIn(page, "admin");
    // Odoo's robot greets who comes for the first time, over all of a phone's screen
    const users = await call(page, "res.users", "search", [[]]);
    await call(page, "res.users", "write", [users, {odoobot_state: "disabled"}]);
    await nameCompany(page);
    await findCustomer(page);
    await issueInvoices(page);
    await makeQuotations(page);
    const [reminder] = await call(page, "ir.cron", "search", [
        [["code", "=", "model._schedule_reviews()"]],
    ]);
    await call(page, "ir.cron", "method_direct_trigger", [[reminder]]);
    await page.close();
}

async function take(browser, name, language) {
    const {login, size = WIDE, open} = SCENES[name];
    const phone = size === NARROW;
    const context = await browser.newContext({
        viewport: size,
        isMobile: phone,
        hasTouch: phone,
        locale: language.replace("_", "-"),
        timezoneId: "America/Sao_Paulo",
    });
    const page = await context.newPage();
    await logIn(page, login);
    await call(page, "res.users", "write", [[await me(page)], {lang: language}]);
    await page.reload();
    await page.waitForSelector(".o_main_navbar");
    await open(page, language);
    if (!phone) {
        await page.mouse.move(0, size.height - 1); // away from what has a tooltip
    }
    // Pictures and fonts come after the records, dialogs fade in and charts grow
    await page.waitForFunction(
        () =>
            !document.querySelector(".o_loading_indicator") &&
            [...document.images].every((image) => image.complete)
    );
    await page.waitForTimeout(1200);
    await page.evaluate(() => document.activeElement?.blur?.());
    const file = `${folder}/${language}/${name}.png`;
    await page.screenshot({path: file});
    console.log(file);
    if (name === "timeline" && language === "en_US") {
        // the first picture of the list of apps
        await copyFile(
            file,
            `${folder}/../../crm_gestao/static/description/screenshot_consult.png`
        );
    }
    await context.close();
}

for (const language of LANGUAGES) {
    await mkdir(`${folder}/${language}`, {recursive: true});
}
const browser = await chromium.launch({executablePath, args: ["--no-sandbox"]});
await prepare(browser);
let failed = 0;
for (const name of wanted.length ? wanted : Object.keys(SCENES)) {
    for (const language of LANGUAGES) {
        try {
            await take(browser, name, language);
        } catch (error) {
            failed += 1;
            console.error(`${name}, ${language}: ${error.message}`);
        }
    }
}
await browser.close();
process.exit(failed ? 1 : 0);
