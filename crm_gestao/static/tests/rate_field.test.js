import {expect, test} from "@odoo/hoot";
import {makeMockEnv} from "@web/../tests/web_test_helpers";
import {registry} from "@web/core/registry";

test("the average of nothing is not 0%", async () => {
    // Numbers are formatted as the language of the user does
    await makeMockEnv();
    const format = registry.category("formatters").get("crm_gestao_rate");
    expect(format(false)).toBe("");
    expect(format(0)).toBe("0%");
    expect(format(-0.125)).toBe("-12.5%");
});
