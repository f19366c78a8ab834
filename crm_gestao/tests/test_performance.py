"""How many SQL statements, and by which index: with as many records as a company has.

Nothing here looks at a clock: benchmarks/ measures times.
"""

import contextlib
import itertools
import json
import logging
import threading
from datetime import timedelta
from functools import partial

from lxml import etree

from odoo import Command, fields
from odoo.fields import Domain
from odoo.tests import tagged

from .common import OccurrenceCommon
from .sales_common import SalesCommon

_logger = logging.getLogger(__name__)

OCCURRENCES = 100_000
OF_ONE_CUSTOMER = 20_000
PARTNERS = 50_000
# what the columns of the list ask for besides themselves (`fieldDependencies`)
LIST_EXTRA = (
    "type_icon", "type_color", "activity_exception_decoration",
    "activity_exception_icon", "activity_state", "activity_summary",
    "activity_type_icon", "activity_type_id",
)  # fmt: skip


class PerformanceCase(OccurrenceCommon):
    @contextlib.contextmanager
    def _recorded(self):
        """The statements of this thread: a list of (query, parameters)."""
        statements = []

        def hook(cr, query, params, start, delay):
            statements.append((query, params))

        thread = threading.current_thread()
        hooks = thread.query_hooks = getattr(thread, "query_hooks", [])
        self.env.flush_all()
        self.env.cr.flush()
        hooks.append(hook)
        try:
            yield statements
            self.env.flush_all()
            self.env.cr.flush()  # the log of changes is written at the very end
        finally:
            hooks.remove(hook)

    def _statements(self, call):
        """The statements of `call()` where what Odoo keeps between requests is warm."""
        for _turn in range(2):
            self.env.invalidate_all()
            with self._recorded() as statements:
                call()
        return statements

    def _count(self, call):
        return len(self._statements(call))

    def _plans(self, call, table):
        """How PostgreSQL does each of the statements that read `table`."""
        plans = []
        for query, params in self._statements(call):
            if f'FROM "{table}"' in query:
                self.env.cr.execute(f"EXPLAIN (FORMAT JSON) {query}", params)
                (plan,) = self.env.cr.fetchone()[0]
                plans.append(list(self._walk(plan["Plan"])))
        return plans

    def _walk(self, node):
        yield node
        for child in node.get("Plans", ()):
            yield from self._walk(child)

    def _assert_indexed(self, plans, table, *indexes):
        """No plan reads all of `table`, and each uses one of the indexes."""
        self.assertTrue(plans)
        for plan in plans:
            used = {node["Index Name"] for node in plan if "Index Name" in node}
            scanned = [
                node["Relation Name"]
                for node in plan
                if node["Node Type"] == "Seq Scan"
            ]
            self.assertNotIn(table, scanned, json.dumps(plan))
            self.assertTrue(used.intersection(indexes), json.dumps(plan))

    def _get_specification(self, node, model, models):
        """What the web client asks for to show the view `node`."""
        level = node.xpath("count(ancestor::field)")
        specification = {}
        for field in node.xpath(f".//field[count(ancestor::field) = {level}]"):
            name = field.get("name")
            info = models[model]["fields"][name]
            specification[name] = {}
            if info["type"] == "many2one":
                hidden = {"True", "1"}.intersection(
                    (field.get("column_invisible"), field.get("invisible"))
                )
                specification[name]["fields"] = {} if hidden else {"display_name": {}}
            elif info["type"] in ("one2many", "many2many"):
                nested = {}
                for view in field.xpath("./*[descendant::field]"):
                    nested |= self._get_specification(view, info["relation"], models)
                if info["type"] == "many2many" and not nested:
                    nested = {"display_name": {}}
                specification[name] |= {"fields": nested}
        return specification

    def _get_view_specification(self, model, xmlid, view_type, user):
        view = self.env.ref(xmlid)
        views = self.env[model].with_user(user).get_views([(view.id, view_type)])
        node = etree.fromstring(views["views"][view_type]["arch"])
        return self._get_specification(node, model, views["models"])


@tagged("post_install", "-at_install")
class TestManyOccurrences(PerformanceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users["admin"] = cls.env.ref("base.user_admin")
        cls.partners = cls.env["res.partner"].create(
            [{"name": f"Customer {number}"} for number in range(100)]
        )
        cls.env.flush_all()
        # one customer has a fifth of all, a quarter of these by a contact; three years
        cls.env.cr.execute(
            """
            INSERT INTO crm_gestao_occurrence (
                name, subject, company_id, type_id, partner_id, commercial_partner_id,
                user_id, state, date, date_closed, priority, duration, active,
                create_uid, create_date, write_uid, write_date
            )
            SELECT 'PERF/' || n, 'Visit ' || n, %(company)s, %(type)s,
                   CASE WHEN n > %(big)s THEN (%(partners)s)[1 + n %% 100]
                        WHEN n %% 4 = 0 THEN %(contact)s ELSE %(customer)s END,
                   CASE WHEN n > %(big)s THEN (%(partners)s)[1 + n %% 100]
                        ELSE %(customer)s END,
                   (%(users)s)[1 + n %% 3],
                   'done', day, day, '0', 1, TRUE, 1, day, 1, day
              FROM (SELECT n, now() AT TIME ZONE 'UTC'
                              - (n * 7919 %% 1576800) * interval '1 minute' AS day
                      FROM generate_series(1, %(total)s) n) numbers
            """,
            {
                "company": cls.company.id,
                "type": cls.type_visit.id,
                "customer": cls.customer.id,
                "contact": cls.contact.id,
                "partners": cls.partners.ids,
                # mine, a colleague's, nobody's
                "users": [cls.users["own"].id, cls.users["colleague"].id, None],
                "big": OF_ONE_CUSTOMER,
                "total": OCCURRENCES,
            },
        )
        cls.env.cr.execute("ANALYZE crm_gestao_occurrence, res_partner")
        cls.env.invalidate_all()
        today = fields.Date.today()
        cls.period = Domain("date", ">=", str(today - timedelta(days=365)))
        cls.period &= Domain("date", "<=", str(today))

    def _occurrences(self, role):
        """With the context of a session: BaseCommon's has no log of changes."""
        context = {
            "lang": "en_US",
            "tz": "America/Sao_Paulo",
            "allowed_company_ids": self.company.ids,
        }
        return self.env(user=self.users[role], context=context)["crm.gestao.occurrence"]

    def _get_list(self, role, domain, view="occurrence_view_list", **options):
        """The RPC by which the web client shows the list."""
        specification = self._get_view_specification(
            "crm.gestao.occurrence",
            f"crm_gestao.{view}",
            "list",
            self.users[role],
        )
        for name in LIST_EXTRA:
            specification[name] = {}
        specification["activity_type_id"] = {"fields": {"display_name": {}}}
        options = {"limit": 80, "count_limit": 10_001, **options}
        occurrences = self._occurrences(role)
        return lambda: occurrences.web_search_read(
            list(domain), specification, **options
        )

    def _typed(self, text):
        """What the search bar looks for."""
        return ["|", ("subject", "ilike", text), ("name", "ilike", text)]

    def _get_kanban(self, role, limit=40):
        """The RPC by which the web client shows the columns with their first cards."""
        specification = self._get_view_specification(
            "crm.gestao.occurrence",
            "crm_gestao.occurrence_view_kanban",
            "kanban",
            self.users[role],
        )
        for name in LIST_EXTRA:
            specification.setdefault(name, {})
        specification["activity_type_id"] = {"fields": {"display_name": {}}}
        occurrences = self._occurrences(role).with_context(read_group_expand=True)
        return lambda: occurrences.web_read_group(
            [],
            ["state"],
            [],
            auto_unfold=True,
            unfold_read_specification=specification,
            unfold_read_default_limit=limit,
        )

    def _customers(self):
        return {
            "a company": Domain("commercial_partner_id", "=", self.customer.id),
            "a contact": Domain("partner_id", "=", self.contact.id),
        }

    def _count_of_ours(self, call):
        """The statements that ask for occurrences."""
        return sum(
            '"crm_gestao_occurrence"' in str(query)
            for query, _params in self._statements(call)
        )

    def test_form_of_the_partner(self):
        """One statement more than without the addon."""
        for role in ("own", "all", "admin"):
            specification = self._get_view_specification(
                "res.partner", "base.view_partner_form", "form", self.users[role]
            )
            ours = {"occurrence_count"}
            self.assertLessEqual(ours, specification.keys())
            without = {k: v for k, v in specification.items() if k not in ours}
            for partner in (self.customer, self.contact, self.partners[0]):
                partner = partner.with_user(self.users[role])
                call = partial(partner.web_read, specification)
                with self.subTest(role=role, partner=partner.name):
                    self.assertEqual(
                        self._count(call),
                        self._count(partial(partner.web_read, without)) + 1,
                    )
                    self.assertEqual(self._count_of_ours(call), 1)

    def test_list_of_partners(self):
        """Two statements of ours in the list of contacts, however many there are."""
        page = self.partners[:78] | self.customer | self.contact
        for role in ("own", "all", "admin"):
            specification = self._get_view_specification(
                "res.partner", "base.view_partner_tree", "list", self.users[role]
            )
            partners = self.env["res.partner"].with_user(self.users[role])
            for shown, expected in ((page, 2), (page[-2:], 2), (page[:79], 1)):
                call = partial(
                    partners.web_search_read, [("id", "in", shown.ids)], specification
                )
                with self.subTest(role=role, partners=len(shown)):
                    self.assertEqual(self._count_of_ours(call), expected)
                    for values in call()["records"]:
                        icons = [
                            s["iconClass"] for s in values["application_statistics"]
                        ]
                        self.assertIn("fa-comments-o", icons)

    def test_count_of_the_partner(self):
        for role, company, contact in (
            ("own", 13_333, 3_333),
            ("colleague", 13_333, 3_333),
            ("all", 20_000, 5_000),
        ):
            with self.subTest(role=role):
                customer = self.customer.with_user(self.users[role])
                counts = (customer | self.contact).mapped("occurrence_count")
                self.assertAlmostEqual(counts[0], company, delta=2)
                self.assertAlmostEqual(counts[1], contact, delta=2)

    def test_page_of_partners(self):
        """Two statements more, however many partners, with contacts among them."""
        names = {"name": {}}
        ours = {"name": {}, "occurrence_count": {}}
        for role in ("own", "all", "admin"):
            page = (self.partners[:78] | self.customer | self.contact).with_user(
                self.users[role]
            )
            for partners, expected in ((page, 2), (page[-2:], 2), (page[:79], 1)):
                with self.subTest(role=role, partners=len(partners)):
                    self.assertEqual(
                        self._count(partial(partners.web_read, ours)),
                        self._count(partial(partners.web_read, names)) + expected,
                    )

    def test_list_of_customer_and_period(self):
        """Five statements with the count, whatever the page and however many."""
        for role, view in itertools.product(
            ("own", "all", "admin"),
            ("occurrence_view_list", "occurrence_view_list_consult"),
        ):
            for name, customer in self._customers().items():
                domain = customer & self.period
                counts = {
                    options: self._count(
                        self._get_list(role, domain, view, **dict(options))
                    )
                    for options in (
                        (),
                        (("limit", 8),),
                        (("offset", 800),),
                        (("limit", 500),),
                    )
                }
                with self.subTest(role=role, customer=name, view=view):
                    self.assertLessEqual(max(counts.values()), 5, counts)

    def test_pages_are_those_of_the_whole(self):
        """In any order, of what is archived, and for whom a part is hidden."""
        customer = Domain("commercial_partner_id", "=", self.customer.id)
        archived = self.env["crm.gestao.occurrence"].search(customer, limit=9)
        archived.action_archive()
        for role, domain, order in itertools.product(
            ("own", "all"),
            (
                customer & Domain("date", "<=", max(archived.mapped("date"))),
                customer & Domain("active", "=", False),
                customer & Domain("active", "in", (True, False)),
            ),
            (None, "partner_id, subject DESC, id", "date, id"),
        ):
            occurrences = self._occurrences(role)
            whole = occurrences.search(domain, limit=12, order=order)
            self.assertEqual(
                occurrences.search_count(domain)
                < self._occurrences("admin").search_count(domain),
                role == "own",
            )
            pages = occurrences.browse()
            for offset in range(0, 12, 4):
                found = occurrences.web_search_read(
                    domain, {"name": {}}, offset, 4, order
                )
                pages += pages.browse(row["id"] for row in found["records"])
            with self.subTest(role=role, domain=domain, order=order):
                self.assertTrue(whole)
                self.assertEqual(pages.ids, whole.ids)

    def test_rows_before_the_page_are_not_read(self):
        """The index alone counts them off; rows are fetched of the page only."""
        domain = Domain("commercial_partner_id", "=", self.customer.id)
        for role in ("own", "all"):
            plan, *_count = self._plans(
                self._get_list(role, domain, offset=4000), "crm_gestao_occurrence"
            )
            (limit,) = [node for node in plan if node["Node Type"] == "Limit"]
            with self.subTest(role=role):
                self.assertEqual(limit["Plans"][0]["Node Type"], "Index Only Scan")

    def test_list_with_all_that_it_may_show(self):
        """Tags, participants and activities come in as many for 80 as for 8."""
        tag = self.env["crm.gestao.occurrence.tag"].create({"name": "Price"})
        domain = Domain("commercial_partner_id", "=", self.customer.id)
        shown = self.env["crm.gestao.occurrence"].search(domain, limit=80)
        shown.write(
            {
                "tag_ids": [Command.link(tag.id)],
                "participant_ids": [Command.link(self.contact.id)],
            }
        )
        for occurrence in shown:
            occurrence.activity_schedule("mail.mail_activity_data_call")
        few, many = (
            self._count(self._get_list("all", domain, limit=limit)) for limit in (8, 80)
        )
        self.assertEqual(few, many)
        self.assertLessEqual(many, 7)

    def test_progress_bars_read_what_has_activities(self):
        """They tell what Odoo's own would, which reads all occurrences for it."""
        occurrences = self._occurrences("all")
        domain = Domain("commercial_partner_id", "=", self.customer.id)
        shown = occurrences.search(domain, limit=6)
        shown[:2].write({"state": "open"})
        today = fields.Date.context_today(occurrences)  # where the user is
        for days, occurrence in enumerate(shown[:5]):
            occurrence.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=today + timedelta(days=5 * (days - 1)),
            )
        bar = {
            "field": "activity_state",
            "colors": dict.fromkeys(("planned", "today", "overdue"), ""),
        }
        call = partial(occurrences.read_progress_bar, domain, "state", bar)
        odoo = type(self.env["res.partner"]).read_progress_bar
        self.assertEqual(call(), odoo(occurrences, domain, "state", bar))
        self.assertEqual(call()["open"], {"planned": 0, "today": 1, "overdue": 1})
        self.assertEqual(self._count(call), 1)

    def _assert_customer_index(self, call, *others):
        index = "crm_gestao_occurrence_commercial_partner_date_idx"
        table = "crm_gestao_occurrence"
        self._assert_indexed(self._plans(call, table), table, index, *others)

    def test_index_of_customer_and_period(self):
        customer = Domain("commercial_partner_id", "=", self.customer.id)
        domain = customer & self.period
        for role in ("own", "all", "admin"):
            occurrences = self._occurrences(role)
            partner = self.partners[0].with_env(occurrences.env)
            for what, call, others in (
                # once it is found, its other columns are read by id
                ("list", self._get_list(role, domain), ["crm_gestao_occurrence_pkey"]),
                (
                    "page",
                    self._get_list(role, domain, offset=4000),
                    ["crm_gestao_occurrence_pkey"],
                ),
                ("search", partial(occurrences.search, domain, limit=80), []),
                ("count", partial(occurrences.search_count, domain), []),
                ("capped", partial(occurrences.search_count, domain, limit=10_001), []),
                # open complaints: by an index of what is open
                (
                    "summary",
                    partial(occurrences.get_consult_summary, partner.id),
                    ["crm_gestao_occurrence_open_partner_idx"],
                ),
                ("partner", partial(partner.read, ["occurrence_count"]), []),
            ):
                with self.subTest(role=role, what=what):
                    self._assert_customer_index(call, *others)

    def test_a_contact_needs_no_reading_of_all(self):
        """However many there are of others, and however long ago theirs are."""
        domain = Domain("partner_id", "=", self.contact.id) & self.period
        for role in ("own", "all", "admin"):
            for call in (
                self._get_list(role, domain),
                partial(self._occurrences(role).search_count, domain),
            ):
                with self.subTest(role=role):
                    self._assert_customer_index(
                        call, "crm_gestao_occurrence_partner_date_idx"
                    )

    def test_a_newcomer_needs_no_reading_of_all(self):
        """Who may see but a few among all does not wait for all."""
        table = "crm_gestao_occurrence"
        self.env.cr.execute(
            f"UPDATE {table} SET user_id = CASE WHEN id %% 5000 = 0 THEN %s"
            " WHEN id %% 5000 = 1 THEN NULL ELSE %s END",
            [self.users["own"].id, self.users["colleague"].id],
        )
        self.env.cr.execute(f"ANALYZE {table}")
        indexes = [f"{table}_user_date_idx", f"{table}_pkey"]
        for what, call in (
            ("list", self._get_list("own", [])),
            ("count", partial(self._occurrences("own").search_count, [])),
        ):
            with self.subTest(what):
                self.assertTrue(call())
                self._assert_indexed(self._plans(call, table), table, *indexes)

    def test_a_filter_that_few_meet_needs_no_reading_of_all(self):
        table = "crm_gestao_occurrence"
        self.env.cr.execute(
            f"UPDATE {table} SET priority = CASE WHEN id % 500 = 0 THEN '2' ELSE '0'"
            " END, active = id % 500 <> 1, date_closed = CASE WHEN id % 500 = 2"
            " THEN timestamp '2001-01-01' ELSE timestamp '2002-01-01' END"
            " WHERE state = 'done'"
        )
        self.env.cr.execute(f"ANALYZE {table}")
        self.env.invalidate_all()
        for domain, index in (
            ([("priority", "!=", "0")], "priority_idx"),
            ([("active", "=", False)], "archived_idx"),
            ([("date_closed", "<", "2001-02-01")], "date_closed_idx"),
        ):
            for role in ("own", "all", "admin"):
                occurrences = self._occurrences(role)
                for what, call in (
                    ("list", self._get_list(role, domain)),
                    ("count", partial(occurrences.search_count, domain)),
                ):
                    with self.subTest(domain, role=role, what=what):
                        self.assertTrue(call())
                        self._assert_indexed(
                            self._plans(call, table),
                            table,
                            f"{table}_{index}",
                            f"{table}_pkey",
                        )

    def test_a_part_of_a_text_needs_no_reading_of_all(self):
        """What is typed in the search bar, and each of the columns that it looks at."""
        if not self.registry.has_trigram:
            self.skipTest("PostgreSQL has no pg_trgm here")
        table = "crm_gestao_occurrence"
        indexes = [f"{table}_name_part_idx", f"{table}_subject_part_idx"]
        for index in indexes:  # as it is some time later
            self.env.cr.execute("SELECT gin_clean_pending_list(%s)", [index])
        for domain, used in (
            ([("subject", "ilike", "sit 7777")], indexes[1:]),
            ([("name", "ilike", "erf/7777")], indexes[:1]),
            (self._typed("7777"), indexes),
        ):
            for role in ("own", "all", "admin"):
                with self.subTest(domain, role=role):
                    call = self._get_list(role, domain)
                    self.assertTrue(call()["length"])
                    self._assert_indexed(
                        self._plans(call, table), table, *used, f"{table}_pkey"
                    )

    def test_search_panel_reads_no_occurrence(self):
        """What it offers is there whatever was recorded, of however many colleagues."""
        self.env["res.users"].create(
            [
                {"name": f"Colleague {number}", "login": f"colleague{number}"}
                for number in range(201)
            ]
        )
        occurrences = self._occurrences("own")
        arch = occurrences.get_views([(False, "search")])["views"]["search"]["arch"]
        fields_of_panel = etree.fromstring(arch).xpath("//searchpanel/field")
        self.assertGreater(len(fields_of_panel), 2)
        for field in fields_of_panel:
            is_multi = field.get("select") == "multi"
            method = f"search_panel_select_{'multi_' * is_multi}range"
            call = partial(
                getattr(occurrences, method),
                field.get("name"),
                enable_counters=field.get("enable_counters") == "1",
                expand=field.get("expand") == "1",
                limit=int(field.get("limit", 200)),
            )
            with self.subTest(field.get("name")):
                self.assertTrue(call()["values"])
                for query, _params in self._statements(call):
                    self.assertNotIn('"crm_gestao_occurrence"', query)

    def test_summary_of_the_bar(self):
        """A few statements, as many for 20,000 occurrences as for 800."""
        for role in ("own", "all", "admin"):
            occurrences = self._occurrences(role)
            counts = {
                partner.name: self._count(
                    partial(occurrences.get_consult_summary, partner.id)
                )
                for partner in (self.customer, self.contact, self.partners[0])
            }
            with self.subTest(role=role):
                self.assertLessEqual(max(counts.values()), 12, counts)
                self.assertEqual(
                    counts[self.customer.name], counts[self.partners[0].name]
                )

    def test_create_many(self):
        """With the log of changes, and numbers one after another."""
        for role in ("own", "all", "admin"):
            created = self._occurrences(role).browse()

            def create(role=role):
                nonlocal created
                created = self._occurrences(role).create(
                    [
                        {
                            "subject": f"Visit {number}",
                            "partner_id": self.partners[number % 100].id,
                            "type_id": self.type_visit.id,
                            # of three years, which are open already
                            "date": f"{2024 + number % 3}-03-02 12:00:00",
                        }
                        for number in range(1000)
                    ]
                )

            create()
            count = self._count(create)
            with self.subTest(role=role):
                self.assertLessEqual(count, 40)
                self.assertEqual(len(created.message_ids), 1000)
                for year in range(3):
                    names = created[year::3].mapped("name")
                    numbers = [int(name.split("/")[-1]) for name in names]
                    self.assertEqual(
                        numbers, list(range(numbers[0], numbers[0] + len(numbers)))
                    )
                    self.assertTrue(all(f"/{2024 + year}/" in name for name in names))

    def test_senders_of_emails(self):
        """Who has sent too many is told by the last days, not by all there is."""
        table = "crm_gestao_occurrence"
        occurrences = self.env["crm.gestao.occurrence"].sudo()
        self.env.cr.execute(
            "INSERT INTO mail_message (model, res_id, message_type, email_from, date)"
            " SELECT %s, id, 'email', 'x' || id || '@y.example', date"
            f" FROM {table} WHERE id %% 2 = 0",
            [occurrences._name],
        )
        self.env.cr.execute("ANALYZE mail_message")
        call = partial(occurrences._detect_loop_sender_domain, "@y.example")
        self.assertTrue(call()[0][2])
        self._assert_indexed(self._plans(call, table), table, f"{table}_date_idx")
        plans = self._plans(call, "mail_message")
        self.assertTrue(plans)
        for node in itertools.chain.from_iterable(plans):
            self.assertNotEqual(node["Node Type"], "Seq Scan", json.dumps(node))

    def test_other_operations(self):
        """Of each operation that benchmarks/ measures, and no test above counts."""
        customer = Domain("commercial_partner_id", "=", self.customer.id)
        document = self.env["crm.gestao.occurrence"].search(
            customer & Domain("user_id", "=", self.users["own"].id), limit=1
        )
        silent = {
            "tracking_disable": True,
            "mail_create_nolog": True,
            "mail_create_nosubscribe": True,
        }
        values = {
            "subject": "Visit",
            "partner_id": self.customer.id,
            "type_id": self.type_visit.id,
        }
        # contacts of eight companies, whose names Odoo asks for one by one
        self.env["res.partner"].create(
            [{"name": "Person", "parent_id": p.id} for p in self.partners[:8]]
        )
        self.env["crm.gestao.occurrence"].search(customer, limit=1).description = "fair"
        for role in ("own", "all", "admin"):
            occurrences = self._occurrences(role)
            partners = occurrences.env["res.partner"].with_context(
                partner_search_identifiers=True, partner_search_archived=True
            )
            report = occurrences.env["ir.actions.report"]
            form = self._get_view_specification(
                "crm.gestao.occurrence",
                "crm_gestao.occurrence_view_form",
                "form",
                self.users[role],
            )
            for name, limit, call in (
                ("count", 1, partial(occurrences.search_count, customer)),
                (
                    "per month",
                    1,
                    partial(
                        occurrences.formatted_read_group,
                        list(customer),
                        ["date:month"],
                        ["__count"],
                    ),
                ),
                ("reference", 4, self._get_list(role, [("name", "ilike", "F/77")])),
                ("subject", 4, self._get_list(role, [("subject", "ilike", "t 77")])),
                ("text", 4, self._get_list(role, [("description", "ilike", "fair")])),
                (
                    "typed in the search bar",
                    4,
                    self._get_list(role, self._typed("t 77")),
                ),
                ("typed, none", 1, self._get_list(role, self._typed("no such"))),
                ("common word", 5, self._get_list(role, self._typed("Visit"))),
                ("columns of the kanban", 9, self._get_kanban(role)),
                ("all, newest first", 6, self._get_list(role, [])),
                (
                    "open an occurrence",
                    19,
                    partial(
                        occurrences.browse(document.id).web_read,
                        form,
                    ),
                ),
                (
                    "a new occurrence",
                    9,
                    partial(
                        occurrences.with_context(
                            default_partner_id=self.customer.id
                        ).onchange,
                        {},
                        [],
                        form,
                    ),
                ),
                ("by name", 3, partial(partners.name_search, "Customer", limit=8)),
                (
                    "by part of the name",
                    4,
                    partial(partners.name_search, self.contact.name, limit=8),
                ),
                (
                    "by part of the name, in a form",
                    5,
                    partial(
                        partners.with_context(show_vat=True).web_name_search,
                        "Person",
                        {"display_name": {}},
                        limit=8,
                    ),
                ),
                ("by CNPJ", 3, partial(partners.name_search, "11.222.333/0001-81")),
                ("by phone", 3, partial(partners.name_search, "(11) 3322-4455")),
                (
                    "create",
                    4,
                    partial(occurrences.with_context(**silent).create, values),
                ),
                ("create, logged", 9, partial(occurrences.create, values)),
                (
                    "create 1,000",
                    16,
                    partial(
                        occurrences.with_context(**silent).create,
                        [values] * 1000,
                    ),
                ),
                (
                    "document",
                    17,
                    partial(
                        report._render_qweb_html,
                        "crm_gestao.report_occurrence",
                        document.ids,
                    ),
                ),
            ):
                with self.subTest(role=role, operation=name):
                    self.assertLessEqual(self._count(call), limit, name)

    def test_change_many(self):
        """Two statements for each, which Odoo's log of a change takes, and no more."""
        domain = Domain("commercial_partner_id", "=", self.partners[0].id)
        occurrences = self._occurrences("all").search(domain, limit=110)
        warm, few, many = occurrences[:10], occurrences[10:20], occurrences[20:]
        for turn, method in enumerate(("action_reopen", "action_cancel"), 1):
            counts = []
            for changed in (warm, few, many):
                self.env.invalidate_all()
                with self._recorded() as statements:
                    getattr(changed, method)()
                counts.append(len(statements))
            with self.subTest(method=method):
                self.assertEqual(counts[2] - counts[1], 2 * (len(many) - len(few)))
                logged = many.sudo().message_ids.tracking_value_ids
                self.assertEqual(len(logged), turn * len(many))


@tagged("post_install", "-at_install")
class TestQueries(PerformanceCase, SalesCommon):
    def test_lists_of_the_bar(self):
        """What the buttons open takes as many statements for many as for few."""
        for _number in range(8):
            self._create_order()._create_invoices().action_post()
        quotation = self._create_order(confirmed=False)
        for _number in range(7):
            quotation.copy({"occurrence_id": self.occurrence.id})
        self.clerk.group_ids += self.env.ref("account.group_account_readonly")
        consult = self.env["crm.gestao.consult"].with_user(self.clerk)
        for query, model in consult._get_queries().items():
            if query in ("sales_history", "products"):
                continue  # Odoo's pivot, and figures by product
            action = consult.get_query_action(query, self.customer.id)
            (view_id,) = (id_ for id_, kind in action["views"] if kind == "list")
            views = consult.env[model].get_views([(view_id, "list")])
            node = etree.fromstring(views["views"]["list"]["arch"])
            specification = self._get_specification(node, model, views["models"])
            domain = [
                leaf
                for facet in action["context"]["crm_gestao_facets"]
                for leaf in facet["domain"]
            ]
            counts = {}
            for limit in (3, 8):
                call = partial(
                    consult.env[model].web_search_read,
                    domain,
                    specification,
                    limit=limit,
                )
                counts[limit] = self._count(call)
                self.assertEqual(len(call()["records"]), limit)
            with self.subTest(query):
                self.assertLessEqual(counts[8], counts[3], query)
                self.assertLessEqual(counts[8], 16, query)

    def test_products_by_their_ids(self):
        """Of ticked products the lines of others are not added up."""
        orders = self._create_order()
        orders |= self._create_order(partner_id=self.other_customer.id)
        bought = self.env["crm.gestao.product.history"].search(
            [("commercial_partner_id", "=", self.customer.id)]
        )
        for call in (
            bought.action_repeat_quotation,
            lambda: bought.export_data(["product_id/name", "quantity"]),
        ):
            added_up = [
                statement
                for statement in self._statements(call)
                if 'MAX("sale_order_line".id)' in statement[0]
            ]
            self.assertTrue(added_up)
            for query, params in added_up:
                self.env.cr.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", params)
                (plan,) = self.env.cr.fetchone()[0]
                (lines,) = (
                    node["Plans"][0]["Actual Rows"]
                    for node in self._walk(plan["Plan"])
                    if node["Node Type"] == "Aggregate"
                )
                self.assertEqual(lines, 1)

    def test_forms_of_documents(self):
        """Few statements more than without the addon, fewest where all is done."""
        quotation, order = (self._create_order(confirmed=c) for c in (False, True))
        invoice = order._create_invoices()
        self.clerk.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        for record, view, more in (
            (quotation, "sale.view_order_form", 5),
            (order, "sale.view_order_form", 2),
            (invoice, "account.view_move_form", 1),
        ):
            record = record.with_user(self.clerk)
            specification = self._get_view_specification(
                record._name, view, "form", self.clerk
            )
            ours = {
                name
                for name in specification
                if name == "occurrence_id" or "competitor" in name
            }
            self.assertTrue(ours)
            without = {k: v for k, v in specification.items() if k not in ours}
            with self.subTest(record._name, state=record.state):
                self.assertEqual(
                    self._count(partial(record.web_read, specification)),
                    self._count(partial(record.web_read, without)) + more,
                )

    def test_totals(self):
        """One statement each, of whoever bills."""
        self._create_order()._create_invoices().action_post()
        env = self.env(user=self.clerk)
        for model, domain, amount in (
            (
                "account.move",
                [("commercial_partner_id", "=", self.customer.id)],
                "amount_total_signed:sum",
            ),
            (
                "account.move.line",
                [
                    ("partner_id", "=", self.customer.id),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("reconciled", "=", False),
                ],
                "amount_residual:sum",
            ),
        ):
            call = partial(
                env[model].formatted_read_group, domain, [], ["__count", amount]
            )
            with self.subTest(model):
                self.assertEqual(self._count(call), 1)
                self.assertEqual(call()[0][amount], 110)


class CustomerSearchCase(PerformanceCase):
    def _search(self, text, limit=8, **options):
        """As the field of the customer does, and the consult bar."""
        partners = self.env["res.partner"].with_context(
            partner_search_identifiers=True, show_vat=True
        )
        found = partners.name_search(text, limit=limit, **options)
        return partners.browse(partner_id for partner_id, _name in found)


@tagged("post_install", "-at_install")
class TestCustomerSearch(CustomerSearchCase):
    """What a person types finds whom they mean, however it is punctuated."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = {
            "stored bare": {"vat": "98765432000198", "phone": "1145678901"},
            "stored dotted": {"vat": "23.456.789/0001-95", "phone": "(11) 4567-8902"},
            "alphanumeric": {"vat": "12ABC34501DE35", "phone": "+55 11 4567-8903"},
            "alphanumeric dotted": {"vat": "98.XYZ.765/01AB-20"},
            "person": {"vat": "987.654.321-00", "phone": "011 94567-8904"},
            "with prefix": {"vat": "BR33444555000177", "phone": "0055 11 4567 8905"},
            "Posto 24 Horas": {"ref": "PST-24"},
            "3M do Brasil": {"email": "vendas@3mdobrasil.example"},
            "Promo 50% Ltda": {},
            "Under_score Ltda": {},
            "Back\\slash Ltda": {},
            "Zzz Mercearia": {"ref": "REF/007", "email": "ana.souza@zzz.example"},
        }
        cls.by_name = {
            name: cls.env["res.partner"]
            .with_context(no_vat_validation=True)
            .create({"name": name, "is_company": True, **values})
            for name, values in rows.items()
        }
        cls.env["res.partner"].create(
            {
                "name": "A contact",
                "parent_id": cls.by_name["stored bare"].id,
                "phone": "(21) 2222-3333",
            }
        )
        cls.env.flush_all()

    def _assert_found(self, table):
        for text, names in table.items():
            expected = self.env["res.partner"].concat(
                *(self.by_name[name] for name in names)
            )
            with self.subTest(text=text):
                found = self._search(text, limit=None)
                self.assertEqual(found & self._ours(), expected)
                self.assertLess(len(found), 20, "not everything")

    def _ours(self):
        return self.env["res.partner"].concat(*self.by_name.values())

    def test_tax_id(self):
        self._assert_found(
            {
                # whole, stored bare
                "98765432000198": ["stored bare"],
                "98.765.432/0001-98": ["stored bare"],
                "98 765 432 0001 98": ["stored bare"],
                "  98.765.432/0001-98  ": ["stored bare"],
                # whole, stored with punctuation
                "23456789000195": ["stored dotted"],
                "23.456.789/0001-95": ["stored dotted"],
                "23456789/0001-95": ["stored dotted"],
                # as far as it is typed, and without what is before
                "98.765.4": ["stored bare", "person"],
                "23.456.789/": ["stored dotted"],
                "456.789/0001-95": ["stored dotted"],
                "98765432/0001": ["stored bare"],
                "33.444.555/0001-77": ["with prefix"],
                # a person
                "98765432100": ["person"],
                "987.654.321-00": ["person"],
                "987.654": ["stored bare", "person"],
                # nobody's
                "98.765.432/0001-99": [],
                "11111111000111": [],
            }
        )

    def test_alphanumeric_tax_id(self):
        self._assert_found(
            {
                "12ABC34501DE35": ["alphanumeric"],
                "12.ABC.345/01DE-35": ["alphanumeric"],
                "12.abc.345/01de-35": ["alphanumeric"],
                "12abc34501de35": ["alphanumeric"],
                "12.ABC.345": ["alphanumeric"],
                "98.XYZ.765/01AB-20": ["alphanumeric dotted"],
                "98xyz76501ab20": ["alphanumeric dotted"],
                "12ABC34501DE36": [],
            }
        )

    def test_phone_number(self):
        self._assert_found(
            {
                "1145678901": ["stored bare"],
                "(11) 4567-8901": ["stored bare"],
                "+55 11 4567-8901": ["stored bare"],
                "+551145678901": ["stored bare"],
                "55 11 4567 8901": ["stored bare"],
                "011 4567-8901": ["stored bare"],
                "4567-8901": ["stored bare"],
                "8901": ["stored bare"],
                "+55 (11) 4567-8902": ["stored dotted"],
                "11.4567.8902": ["stored dotted"],
                "1145678903": ["alphanumeric"],
                "(011) 4567-8903": ["alphanumeric"],
                "+55 11 94567-8904": ["person"],
                "11945678904": ["person"],
                "011945678904": ["person"],
                "(11) 4567-8905": ["with prefix"],
                "+55 11 4567-8905": ["with prefix"],
                "+55 11 4567-8999": [],
            }
        )

    def test_name_reference_and_mail(self):
        self._assert_found(
            {
                "posto 24": ["Posto 24 Horas"],
                "24 horas": ["Posto 24 Horas"],
                "3M": ["3M do Brasil"],
                "3m do": ["3M do Brasil"],
                "PST-24": ["Posto 24 Horas"],
                "REF/007": ["Zzz Mercearia"],
                "ana.souza@zzz.example": ["Zzz Mercearia"],
                "ana.souza": ["Zzz Mercearia"],
                "zz": ["Zzz Mercearia"],
                "zzz merc": ["Zzz Mercearia"],
                "sz merc": [],
            }
        )

    def test_what_is_typed_is_no_pattern(self):
        self._assert_found(
            {
                "%": [],
                "_": [],
                "\\": [],
                "%%%": [],
                "___": [],
                "50%": ["Promo 50% Ltda"],
                "5%": [],
                "Under_score": ["Under_score Ltda"],
                "Un_er": [],
                "Back\\slash": ["Back\\slash Ltda"],
                "Back\\\\slash": [],
                "98765%0198": [],
                "4567_8901": [],
                "' OR 1=1 --": [],
            }
        )

    def test_nothing_typed_finds_all(self):
        everybody = self.env["res.partner"].search_count([])
        for text in ("", "   ", False):
            self.assertEqual(len(self._search(text, limit=None)), everybody)

    def test_a_tax_id_is_of_the_company(self):
        """Contacts carry it too; each has a phone number of its own."""
        company = self.by_name["stored bare"]
        self.assertEqual(company.child_ids.vat, company.vat)
        self.assertEqual(self._search("98.765.432/0001-98"), company)
        self.assertEqual(self._search("(21) 2222-3333"), company.child_ids)

    def test_names_that_begin_so_come_first(self):
        names = ["Abc Qwerty", "Qwerty Sul", "qwerty norte", "Bcd Qwerty"]
        partners = self.env["res.partner"].create([{"name": name} for name in names])
        found = self._search("Qwerty")
        self.assertEqual(set(found[:2].mapped("name")), {"Qwerty Sul", "qwerty norte"})
        self.assertEqual(found[2:].mapped("name"), ["Abc Qwerty", "Bcd Qwerty"])
        self.assertEqual(len(self._search("Qwerty", limit=1)), 1)
        # the same by a domain, and what the caller's own domain leaves out
        self.assertEqual(
            self.env["res.partner"]
            .with_context(partner_search_identifiers=True)
            .search([("display_name", "ilike", "qwerty")]),
            partners.sorted("complete_name"),
        )
        self.assertEqual(
            self._search("Qwerty", domain=[("name", "!=", "Qwerty Sul")]),
            found.filtered(lambda p: p.name != "Qwerty Sul"),
        )

    def test_exactly(self):
        """As an import looks for a customer."""
        for text, name in {
            "98.765.432/0001-98": "stored bare",
            "23456789000195": "stored dotted",
            "12.abc.345/01de-35": "alphanumeric",
            "REF/007": "Zzz Mercearia",
            "3M do Brasil": "3M do Brasil",
            "98.765.432": None,
            "3M": None,
            "4567-8901": None,
            "%": None,
        }.items():
            with self.subTest(text=text):
                found = self._search(text, operator="=")
                self.assertEqual(found.name or None, name)

    def test_archived_customers_come_last(self):
        active, archived = self.env["res.partner"].create(
            [{"name": "Zyx Sul"}, {"name": "Zyx Norte", "active": False}]
        )
        partners = self.env["res.partner"].with_context(partner_search_identifiers=True)
        self.assertEqual(len(partners.name_search("Zyx")), 1)
        bar = partners.with_context(partner_search_archived=True)
        self.assertEqual(
            bar.name_search("Zyx", limit=8),
            [(active.id, "Zyx Sul"), (archived.id, "Zyx Norte (archived)")],
        )
        self.assertEqual(len(bar.name_search("Zyx", limit=1)), 1)
        self.assertNotIn(archived.id, dict(bar.name_search("", limit=None)))

    def test_only_where_it_is_asked_for(self):
        partners = self.env["res.partner"]
        self.assertFalse(partners.name_search("98.765.432/0001-98"))
        self.assertFalse(partners.name_search("(11) 4567-8901"))

    def test_archived_and_of_another_company(self):
        company = self.by_name["stored bare"]
        company.active = False
        self.assertFalse(self._search("98.765.432/0001-98"))
        company.active = True
        company.company_id = self.other_company
        rep = self.env["res.partner"].with_user(self.users["rep"])
        rep = rep.with_context(partner_search_identifiers=True)
        for text in ("98.765.432/0001-98", "stored bare", "1145678901"):
            self.assertFalse(rep.name_search(text), text)


@tagged("post_install", "-at_install")
class TestCustomerAmongMany(CustomerSearchCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.flush_all()
        cls.env.cr.execute(
            """
            INSERT INTO res_partner (
                name, complete_name, vat, phone, email, ref, type, is_company, active,
                autopost_bills, create_date, write_date, create_uid, write_uid
            )
            SELECT name, name,
                   CASE WHEN n %% 2 = 0 THEN cnpj
                        ELSE regexp_replace(cnpj, '(..)(...)(...)(....)(..)',
                                            '\\1.\\2.\\3/\\4-\\5') END,
                   CASE WHEN n %% 2 = 0 THEN '+55 11 ' ELSE '(11) ' END
                       || to_char(20000000 + n * 131, 'FM0000-0000'),
                   'contact' || n || '@customer' || n %% 997 || '.example',
                   'C' || to_char(n, 'FM000000'), 'contact', TRUE, TRUE, 'ask',
                   now(), now(), 1, 1
              FROM (SELECT n,
                           (ARRAY['Padaria', 'Mercado', 'Farmácia', 'Posto',
                                  'Transportes', 'Comercial', 'Oficina', 'Hotel',
                                  'Gráfica', 'Indústria'])[1 + n %% 10]
                               || (ARRAY[' São João ', ' Central ', ' Silva ',
                                         ' Horizonte '])[1 + n %% 4]
                               || n || ' Ltda' AS name,
                           to_char(n * 1579, 'FM00000000') || '0001'
                               || to_char(n %% 100, 'FM00') AS cnpj
                      FROM generate_series(1, %(total)s) n) numbers
            """,
            {"total": PARTNERS},
        )
        cls.env.cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id"
            " WHERE commercial_partner_id IS NULL"
        )
        cls.env.cr.execute("ANALYZE res_partner")
        # what was added is in the index itself, as it is some time later
        cls.env.cr.execute(
            """
            SELECT gin_clean_pending_list(index.oid)
              FROM pg_index
              JOIN pg_class index ON index.oid = pg_index.indexrelid
              JOIN pg_am ON pg_am.oid = index.relam
             WHERE indrelid = 'res_partner'::regclass AND amname = 'gin'
            """
        )
        cls.env.invalidate_all()

    # what is typed: the reference of whom it finds first
    TYPED = {
        "47.370.000/0001-00": "C030000",
        "47370000000100": "C030000",
        "47.371.579/0001-01": "C030001",
        "47371579000101": "C030001",
        "47.371.5": "C030001",
        "371579000101": "C030001",
        "+55 11 2393-0000": "C030000",
        "(11) 2393-0131": "C030001",
        "+55 11 2393-0131": "C030001",
        "23930131": "C030001",
        "contact30000@customer90.example": "C030000",
        "contact30001@": "C030001",
        "C030001": "C030001",
        "c030001": "C030001",
        "Mercado Central 30001": "C030001",
        "30001 ltda": "C030001",
        "Mercado Central 30001 Ltda": "C030001",
    }

    def test_found(self):
        for text, reference in self.TYPED.items():
            with self.subTest(text=text):
                self.assertEqual(self._search(text)[:1].ref, reference)

    def test_without_reading_all_partners(self):
        if not self.registry.has_trigram:
            self.skipTest("PostgreSQL has no pg_trgm here")
        for text in (*self.TYPED, "zzzz", "3M", "zq", "50%"):
            with self.subTest(text=text):
                plans = self._plans(partial(self._search, text), "res_partner")
                self._assert_indexed(
                    plans,
                    "res_partner",
                    "res_partner_crm_gestao_search_idx",
                    "res_partner_crm_gestao_name_idx",
                    "res_partner_pkey",
                )

    def test_few_statements(self):
        for text in (*self.TYPED, "zzzz", "Mercado", "com", "24"):
            with self.subTest(text=text):
                self.assertLessEqual(self._count(partial(self._search, text)), 4)
