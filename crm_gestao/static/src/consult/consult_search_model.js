import {Domain} from "@web/core/domain";
import {formatDate} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {RPCError} from "@web/core/network/rpc";
import {user} from "@web/core/user";
import {KeepLast} from "@web/core/utils/concurrency";
import {omit} from "@web/core/utils/objects";
import {reactive} from "@odoo/owl";
import {DEFAULT_PERIOD, getPeriod, PERIODS} from "./consult_period";

const {DateTime} = luxon;

/**
 * What is consulted: one customer's occurrences of a period, or without a customer the
 * user's own.
 *
 * @typedef {{
 *  partnerId: number | false;
 *  period: string;
 *  dateFrom: string | false; first day, ISO
 *  dateTo: string | false; last day, ISO
 * }} Consultation
 */

/** @returns {Consultation} */
function emptyConsultation() {
    return {partnerId: false, ...getPeriod("all")};
}

/** Whether a customer was deleted or merged away meanwhile, or may not be read. */
function isOutOfReach(error) {
    return (
        error instanceof RPCError &&
        ["AccessError", "MissingError"].includes(error.exceptionName?.split(".").pop())
    );
}

/**
 * Whole days of the user's time zone, as the server takes them. The last one ends where the
 * next begins, also when the clocks are changed.
 */
function getPeriodDomain(dateFrom, dateTo) {
    const end = DateTime.fromISO(dateTo).plus({days: 1});
    return [
        ["date", ">=", dateFrom],
        // There is no day after the last that the server knows
        end.year > 9999 ? ["date", "<=", dateTo] : ["date", "<", end.toISODate()],
    ];
}

function formatDay(isoDate) {
    return formatDate(DateTime.fromISO(isoDate));
}

/**
 * Search model of the consult screen. What is consulted lives in ordinary facets, which
 * the user can remove, and which travel with the search state through view switches,
 * breadcrumbs and the browser's history. `draft` is what the bar shows: it follows what
 * changes in the facets, keeps what the user enters, and becomes facets by `consult`.
 *
 * The mode is switched on by the key `crm_gestao_consult` of the action's context, an
 * object which may hold the `partner_id` and the `period` to start with.
 */
export const ConsultSearchModel = (SearchModel) =>
    class extends SearchModel {
        setup() {
            super.setup(...arguments);
            this.consulting = false;
            this.draft = reactive(emptyConsultation());
            // What the draft has taken over from the facets
            this.followed = emptyConsultation();
            this.summary = reactive({partnerId: false, data: null, error: false});
            this.queries = reactive({
                partnerId: false,
                figures: {},
                currencyId: false,
            });
            this.keepLastFigures = new KeepLast();
            this.figuresKey = false;
        }

        async load(config) {
            const consult = config.context?.crm_gestao_consult;
            this.consulting = Boolean(consult);
            await super.load({
                ...config,
                context: omit(config.context || {}, "crm_gestao_consult"),
            });
            if (!this.consulting) {
                return;
            }
            if (config.state) {
                this._syncDraft();
                return;
            }
            const hasFavorite = this.query.some(
                (element) => this.searchItems[element.searchItemId].type === "favorite"
            );
            if (!hasFavorite || consult.partner_id) {
                Object.assign(this.draft, getPeriod(consult.period || DEFAULT_PERIOD), {
                    partnerId: consult.partner_id || false,
                });
                this.blockNotification = true;
                if (!(await this.consult())) {
                    // Not the occurrences of all customers
                    this._setConsultFacets([
                        {
                            name: "customer",
                            values: {partnerId: consult.partner_id},
                            description: _t(
                                "This customer can no longer be read. Choose another one."
                            ),
                            domain: [["id", "=", 0]],
                        },
                    ]);
                }
                this.blockNotification = false;
            }
        }

        async reload(config = {}) {
            await super.reload({
                ...config,
                context: omit(config.context || {}, "crm_gestao_consult"),
            });
        }

        /**
         * What the facets say that is consulted.
         *
         * @returns {Consultation}
         */
        get consultation() {
            const values = {};
            for (const {searchItemId} of this.query) {
                Object.assign(values, this.searchItems[searchItemId].consult?.values);
            }
            return {...emptyConsultation(), ...values};
        }

        /** Whether the bar shows something else than what is consulted. */
        get isDraftChanged() {
            const {partnerId, dateFrom, dateTo} = this.consultation;
            return (
                this.draft.partnerId !== partnerId ||
                this.draft.dateFrom !== dateFrom ||
                this.draft.dateTo !== dateTo
            );
        }

        /**
         * Consult what the bar shows.
         *
         * @returns {Promise<boolean>} false where the period ends before it begins
         */
        async consult() {
            // Today may be another day than when the period was chosen
            if (PERIODS[this.draft.period].range) {
                Object.assign(this.draft, getPeriod(this.draft.period));
            }
            // One date alone is that day
            const dateFrom = this.draft.dateFrom || this.draft.dateTo;
            const dateTo = this.draft.dateTo || dateFrom;
            if (dateFrom && dateFrom > dateTo) {
                return false;
            }
            Object.assign(this.draft, {dateFrom, dateTo});
            const {partnerId, period} = this.draft;
            this.loadFigures();
            const data = await this.loadSummary(partnerId);
            if (partnerId && !data) {
                return false;
            }
            const facets = [];
            if (partnerId) {
                facets.push({
                    name: "customer",
                    values: {partnerId},
                    description: _t("Customer: %s", data.name),
                    domain: [
                        [
                            data.company ? "partner_id" : "commercial_partner_id",
                            "=",
                            partnerId,
                        ],
                    ],
                    // The lines need not tell whose contact it is
                    context: {crm_gestao_customer: true},
                });
            } else {
                facets.push({
                    name: "mine",
                    values: {},
                    description: _t("My occurrences"),
                    domain: [["user_id", "=", user.userId]],
                });
            }
            if (dateFrom) {
                facets.push({
                    name: "period",
                    values: {period, dateFrom, dateTo},
                    description:
                        dateFrom === dateTo
                            ? _t("Period: %s", formatDay(dateFrom))
                            : _t("Period: %(from)s to %(to)s", {
                                  from: formatDay(dateFrom),
                                  to: formatDay(dateTo),
                              }),
                    domain: getPeriodDomain(dateFrom, dateTo),
                });
            }
            this._setConsultFacets(facets);
            return true;
        }

        /**
         * Load what the bar tells about a customer; `summary.error` is set where it
         * can't be read (deleted or merged away meanwhile, or no access).
         *
         * @param {number|false} partnerId
         * @returns {Promise<Object|null>} see `get_consult_summary` in Python
         */
        async loadSummary(partnerId) {
            if (this.summary.partnerId !== partnerId) {
                // Nothing of one customer beside the name of another
                Object.assign(this.summary, {partnerId, data: null, error: false});
            }
            let data = null;
            let error = false;
            if (partnerId) {
                try {
                    data = await this.orm.silent.call(
                        this.resModel,
                        "get_consult_summary",
                        [partnerId]
                    );
                } catch (e) {
                    if (!isOutOfReach(e)) {
                        throw e;
                    }
                    error = true;
                }
            }
            if (this.summary.partnerId === partnerId) {
                Object.assign(this.summary, {data, error});
            }
            return data;
        }

        /**
         * Load the figures of the query buttons for what the bar shows. Nobody waits for
         * them; there are none without a customer, or with one that can't be read.
         */
        async loadFigures() {
            const {partnerId, dateFrom, dateTo} = this.draft;
            const args = [partnerId, dateFrom, dateTo];
            this.figuresKey = args.join();
            if (this.queries.partnerId !== partnerId) {
                const names = partnerId ? Object.keys(this.queries.figures) : [];
                Object.assign(this.queries, {
                    partnerId,
                    figures: Object.fromEntries(names.map((name) => [name, {}])),
                });
            }
            let data = {};
            try {
                // Also without a customer: what is under way is of one who has been left
                data = await this.keepLastFigures.add(
                    partnerId
                        ? this.orm.silent.call(
                              "crm.gestao.consult",
                              "get_consult_figures",
                              args
                          )
                        : Promise.resolve({})
                );
            } catch (e) {
                if (!isOutOfReach(e)) {
                    throw e;
                }
            }
            Object.assign(this.queries, {
                figures: data.figures || {},
                currencyId: data.currency_id || false,
            });
        }

        /** Load again what the bar tells, after something was changed from here. */
        reloadBar() {
            this.loadFigures();
            this.loadSummary(this.draft.partnerId);
        }

        _getDisplay() {
            const display = super._getDisplay(...arguments);
            // The bar and the lists beside it need the room
            return this.consulting ? {...display, searchPanel: false} : display;
        }

        _notify() {
            super._notify(...arguments);
            if (this.consulting && !this.blockNotification) {
                this._syncDraft();
            }
        }

        _setConsultFacets(facets) {
            const wasBlocked = this.blockNotification;
            this.blockNotification = true;
            const items = Object.values(this.searchItems).filter(
                (item) => item.consult
            );
            const ids = items.map((item) => item.id);
            this.query = this.query.filter(
                (element) => !ids.includes(element.searchItemId)
            );
            for (const {name, values, description, domain, context} of facets) {
                const content = {
                    description,
                    domain: new Domain(domain).toString(),
                    context: context || {},
                    consult: {name, values},
                };
                const item = items.find((known) => known.consult.name === name);
                if (item) {
                    Object.assign(item, content);
                    this.query.push({searchItemId: item.id});
                } else {
                    this.createNewFilters([{...content, invisible: "True"}]);
                }
            }
            this.blockNotification = wasBlocked;
            // What has been entered in the bar meanwhile stays
            this.followed = this.consultation;
            this._notify();
        }

        /** Take over what has changed in the facets, and nothing else. */
        _syncDraft() {
            const {partnerId, ...period} = this.consultation;
            const {followed} = this;
            if (partnerId !== followed.partnerId) {
                this.draft.partnerId = partnerId;
            }
            if (Object.keys(period).some((key) => period[key] !== followed[key])) {
                Object.assign(this.draft, period);
            }
            this.followed = {partnerId, ...period};
            const {draft} = this;
            if (
                this.figuresKey !==
                [draft.partnerId, draft.dateFrom, draft.dateTo].join()
            ) {
                this.loadFigures();
            }
            if (this.summary.partnerId !== draft.partnerId) {
                this.loadSummary(draft.partnerId);
            }
        }
    };
