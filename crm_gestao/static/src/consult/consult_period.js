import {parseDate} from "@web/core/l10n/dates";
import {localization} from "@web/core/l10n/localization";
import {_t} from "@web/core/l10n/translation";

const {DateTime} = luxon;

/**
 * The periods that the consult bar offers. Each gives its first and last day, both
 * included; "all" has neither. "custom" is what the user typed.
 */
export const PERIODS = {
    today: {label: _t("Today"), range: (day) => [day, day]},
    week: {
        label: _t("This week"),
        range: (day) => {
            const first = day.minus({
                days: (day.weekday - localization.weekStart + 7) % 7,
            });
            return [first, first.plus({days: 6})];
        },
    },
    month: {
        label: _t("This month"),
        range: (day) => [day.startOf("month"), day.endOf("month")],
    },
    last_30_days: {
        label: _t("Last 30 days"),
        range: (day) => [day.minus({days: 29}), day],
    },
    year: {
        label: _t("This year"),
        range: (day) => [day.startOf("year"), day.endOf("year")],
    },
    last_12_months: {
        label: _t("Last 12 months"),
        range: (day) => [day.minus({months: 12}).plus({days: 1}), day],
    },
    all: {label: _t("All dates"), range: () => [false, false]},
    custom: {label: _t("Other period")},
};

export const DEFAULT_PERIOD = "year";

/**
 * @param {keyof typeof PERIODS} period not "custom"
 * @param {DateTime} [today]
 * @returns {{ period: string, dateFrom: string|false, dateTo: string|false }} ISO dates
 */
export function getPeriod(period, today = DateTime.local()) {
    const [dateFrom, dateTo] = PERIODS[period]
        .range(today.startOf("day"))
        .map((day) => day && day.toISODate());
    return {period, dateFrom, dateTo};
}

/** Whether `text` is a date as a user types it, also "+1w"; an empty one is. */
export function isDate(text) {
    try {
        parseDate(text);
        return true;
    } catch {
        return false;
    }
}
