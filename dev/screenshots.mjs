// Takes the manual's pictures from the running product; dev/screenshots calls it.
//
// node screenshots.mjs ADDRESS CHROMIUM FOLDER [SCENE...]
import {chromium} from "playwright-core";
import {copyFile, mkdir} from "node:fs/promises";

const [address, executablePath, folder, ...wanted] = process.argv.slice(2);
const LANGUAGES = ["pt_BR", "en_US"];
const WIDE = {width: 1400, height: 860};
const NARROW = {width: 390, height: 844};

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

/** The demo customer with the longest history. */
async function busiestCustomer(page) {
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
    return group.commercial_partner_id[0];
}

/** Invoices of that customer: two late, one to come. */
async function issueInvoices(page) {
    const customer = await busiestCustomer(page);
    const domain = [
        ["commercial_partner_id", "=", customer],
        ["state", "=", "posted"],
    ];
    if (await call(page, "account.move", "search_count", [domain])) {
        return;
    }
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

/** Consult that customer as a user does. */
async function openCustomer(page) {
    const [{name}] = await call(page, "res.partner", "read", [
        [await busiestCustomer(page)],
        ["name"],
    ]);
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

async function openMenu(page, xmlid) {
    await page.goto(`${address}/odoo/action-crm_gestao.${xmlid}`);
    await page.waitForSelector(".o_content :is(.o_data_row, .o_kanban_record, table)");
}

/** Each: who looks, at what size, and how one gets there. */
const SCENES = {
    consult: {login: "clerk", open: openCustomer},
    consult_phone: {login: "clerk", size: NARROW, open: openCustomer},
    new: {
        login: "clerk",
        async open(page) {
            await openCustomer(page);
            await page.keyboard.press("F7");
            await page.waitForSelector(".modal .o_form_view");
        },
    },
    occurrence: {
        login: "clerk",
        async open(page) {
            await openCustomer(page);
            await page.click(".o_data_row td[name=subject]");
            await page.waitForSelector(".o_form_view");
        },
    },
    invoice: {
        login: "admin",
        async open(page) {
            await openCustomer(page);
            await page.click(".o_data_row td[name=subject]");
            await page.click("button[name=action_issue_invoice]");
            await page.waitForSelector(".modal .o_form_view");
        },
    },
    receivables: {
        login: "admin",
        async open(page) {
            await issueInvoices(page);
            await openCustomer(page);
            await page.click(".o_consult_receivables");
            await page.waitForSelector(".o_data_row td[name=amount_residual]");
        },
    },
    competitor: {
        login: "manager",
        async open(page) {
            await openMenu(page, "competitor_action");
            await page.click(".o_content :is(.o_data_row td.o_data_cell, .o_kanban_record)");
            await page.waitForSelector(".o_form_view");
        },
    },
    contact: {
        login: "clerk",
        async open(page) {
            await page.goto(`${address}/odoo/contacts/${await busiestCustomer(page)}`);
            await page.waitForSelector("button[name=action_view_occurrences]");
        },
    },
    occurrences: {login: "clerk", open: (page) => openMenu(page, "occurrence_action")},
    types: {login: "manager", open: (page) => openMenu(page, "occurrence_type_action")},
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

/** Odoo's robot greets who comes for the first time, over all of a phone's screen. */
async function sendRobotAway(browser) {
    const page = await browser.newPage();
    await logIn(page, "admin");
    const users = await call(page, "res.users", "search", [[]]);
    await call(page, "res.users", "write", [users, {odoobot_state: "disabled"}]);
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
    await open(page);
    // Pictures and fonts come after the records, and dialogs and lists fade in
    await page.waitForFunction(
        () =>
            !document.querySelector(".o_loading_indicator") &&
            [...document.images].every((image) => image.complete)
    );
    await page.waitForTimeout(600);
    await page.evaluate(() => document.activeElement?.blur?.());
    const file = `${folder}/${language}/${name}.png`;
    await page.screenshot({path: file});
    console.log(file);
    if (name === "consult" && language === "en_US") {
        // the first picture of the README and of the list of apps
        await copyFile(file, `${folder}/../../crm_gestao/static/description/screenshot_consult.png`);
    }
    await context.close();
}

for (const language of LANGUAGES) {
    await mkdir(`${folder}/${language}`, {recursive: true});
}
const browser = await chromium.launch({executablePath, args: ["--no-sandbox"]});
await sendRobotAway(browser);
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
