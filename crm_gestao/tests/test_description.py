from lxml import html

from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import OccurrenceCommon

RUN = "window.__pwned = 'description'"
# what somebody may paste, import or send to run a script where it is read
MALICIOUS = (
    f"<script>{RUN}</script>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<SCRIPT SRC='data:text/javascript,{RUN}'></SCRIPT>",
    f'<svg onload="{RUN}"></svg>',
    f"<svg><script>{RUN}</script></svg>",
    f'<svg><animate onbegin="{RUN}" attributeName=x dur=1s></svg>',
    f'<svg><a xlink:href="javascript:{RUN}"><text y=20>click</text></a></svg>',
    f'<math><mtext></form><form><mglyph><style></math><img src onerror="{RUN}">',
    f'<img src=x onerror="{RUN}">',
    f'<img src=x oNeRrOr="{RUN}"/>',
    f"<img/src=x/onerror={RUN.replace(' ', '')}>",
    f'<body onload="{RUN}">text</body>',
    f'<div onmouseover="{RUN}" onclick="{RUN}" onpointerover="{RUN}">text</div>',
    f'<details open ontoggle="{RUN}">text</details>',
    f'<input autofocus onfocus="{RUN}">',
    f'<video><source onerror="{RUN}"></video>',
    f'<a href="javascript:{RUN}">link</a>',
    f'<a href=" JaVaScRiPt:{RUN}">link</a>',
    f'<a href="java\tscript:{RUN}">link</a>',
    f'<a href="jav&#x09;ascript:{RUN}">link</a>',
    f'<a href="&#106;avascript:{RUN}">link</a>',
    f'<a href="vbscript:{RUN}">link</a>',
    f'<a href="data:text/html,&lt;script&gt;{RUN}&lt;/script&gt;">link</a>',
    f'<iframe src="javascript:{RUN}"></iframe>',
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f'<object data="javascript:{RUN}"></object>',
    f'<embed src="javascript:{RUN}">',
    f'<form action="javascript:{RUN}"><button>send</button></form>',
    f'<button formaction="javascript:{RUN}">send</button>',
    f'<base href="javascript:{RUN}//">',
    f'<meta http-equiv=refresh content="0;url=javascript:{RUN}">',
    '<link rel=stylesheet href="javascript:alert(1)">',
    "<style>@import 'javascript:alert(1)'; body { display: none }</style>",
    f'<p style="width: expression({RUN})">text</p>',
    f'<p style="background: url(javascript:{RUN})">text</p>',
    '<p style="behavior: url(script.htc); -moz-binding: url(x.xml#y)">text</p>',
    '<p style="position: fixed; top: 0; left: 0; width: 100%; z-index: 9999">over</p>',
    f"<!--[if gte IE 4]><script>{RUN}</script><![endif]-->",
    f"<![CDATA[<script>{RUN}</script>]]>",
    f'<noscript><p title="</noscript><img src=x onerror={RUN.replace(" ", "")}>">',
    f"<template><script>{RUN}</script></template>",
    f'<p t-out="__import__(\'os\')" t-on-click="{RUN}" t-att-onclick="{RUN}">x</p>',
)
FORBIDDEN_TAGS = {
    "script", "iframe", "object", "embed", "base", "meta", "link", "style", "form",
    "animate", "set", "use", "noscript", "template", "frame", "frameset", "applet",
}  # fmt: skip
FORBIDDEN_IN_URLS = ("javascript:", "vbscript:", "data:text")
FORBIDDEN_IN_STYLES = (
    "javascript:", "expression", "behavior", "-moz-binding", "position", "z-index",
)  # fmt: skip
HARMLESS = (
    '<p>The <strong>seal</strong> is <em>broken</em>: <a href="https://a.example/x?y=1">'
    "photo</a></p><ul><li>one</li><li>two</li></ul>"
    "<table><tbody><tr><td>cell</td></tr></tbody></table>"
)


@tagged("post_install", "-at_install")
class TestSanitizedDescription(OccurrenceCommon, HttpCase):
    """Whatever way it comes in, nothing that could run is stored."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the right to write any HTML, which is for e-mail templates, is none here
        cls.users["manager"].group_ids = [
            Command.link(cls.env.ref("base.group_sanitize_override").id)
        ]

    def _call(self, method, *args):
        answer = self.make_jsonrpc_request(
            "/web/dataset/call_kw",
            {
                "model": "crm.gestao.occurrence",
                "method": method,
                "args": args,
                "kwargs": {},
            },
        )
        self.env.invalidate_all()
        return answer

    def _stored(self, ids):
        """What is in the database, which no conversion on reading has touched."""
        self.env.cr.execute(
            "SELECT description FROM crm_gestao_occurrence"
            " WHERE id = ANY(%s) ORDER BY array_position(%s, id)",
            [ids, ids],
        )
        return [description or "" for (description,) in self.env.cr.fetchall()]

    # Each way takes descriptions, and returns ids of occurrences

    def _create(self, descriptions):
        values = {
            "subject": "A subject",
            "partner_id": self.customer.id,
            "type_id": self.type_visit.id,
        }
        return self._call(
            "create", [{**values, "description": d} for d in descriptions]
        )

    def _write(self, descriptions):
        ids = self._create([""] * len(descriptions))
        for occurrence_id, description in zip(ids, descriptions, strict=True):
            self._call("write", [occurrence_id], {"description": description})
        return ids

    def _web_save(self, descriptions):
        ids = self._create([""] * len(descriptions))
        for occurrence_id, description in zip(ids, descriptions, strict=True):
            values = {"description": description}
            self._call("web_save", [occurrence_id], values, {"description": {}})
        return ids

    def _load(self, descriptions):
        names = ["subject", "partner_id/.id", "type_id/.id", "description"]
        row = ["A subject", self.customer.id, self.type_visit.id]
        answer = self._call("load", names, [[*row, d] for d in descriptions])
        self.assertFalse(answer["messages"])
        return answer["ids"]

    def _copy(self, descriptions):
        return self._call("copy", self._create(descriptions))

    def _assert_harmless(self, stored):
        for node in html.fragment_fromstring(stored, create_parent="div").iter():
            self.assertIsInstance(node.tag, str, "a comment or the like")
            self.assertNotIn(node.tag, FORBIDDEN_TAGS)
            for name, value in node.attrib.items():
                value = "".join(value.split()).lower()
                self.assertFalse(name.startswith(("on", "t-")), name)
                self.assertNotIn(name, ("srcdoc", "formaction", "action"))
                if name == "style":
                    for word in FORBIDDEN_IN_STYLES:
                        self.assertNotIn(word, value)
                else:
                    for word in FORBIDDEN_IN_URLS:
                        self.assertNotIn(word, value)

    def test_nothing_that_runs_is_stored(self):
        for role in ("own", "manager"):
            login = self.users[role].login
            self.authenticate(login, login)
            for way in ("create", "write", "web_save", "load", "copy"):
                texts = [*MALICIOUS, "".join(MALICIOUS)]
                stored = self._stored(getattr(self, f"_{way}")(texts))
                for text, description in zip(texts, stored, strict=True):
                    with self.subTest(role=role, way=way, text=text):
                        self._assert_harmless(description)

    def test_harmless_content_stays(self):
        login = self.users["own"].login
        self.authenticate(login, login)
        for way in ("create", "write", "web_save", "load", "copy"):
            with self.subTest(way=way):
                (stored,) = self._stored(getattr(self, f"_{way}")([HARMLESS]))
                self.assertHTMLEqual(stored, HARMLESS)

    def test_the_check_itself(self):
        for text in (
            "<script>1</script>",
            "<p onclick='x'>text</p>",
            "<a href='java\tscript:x'>text</a>",
            "<svg><a xlink:href='javascript:x'>text</a></svg>",
            "<p style='position: fixed'>text</p>",
            "<p t-out='x'>text</p>",
            "<!-- text -->",
        ):
            with self.subTest(text=text), self.assertRaises(AssertionError):
                self._assert_harmless(text)

    def test_also_as_superuser(self):
        occurrence = self._create_occurrence(description="".join(MALICIOUS))
        self.env.flush_all()
        (stored,) = self._stored(occurrence.ids)
        self._assert_harmless(stored)


@tagged("post_install", "-at_install")
class TestNothingRuns(OccurrenceCommon, HttpCase):
    """In the browser of who reads it: neither a description nor a name runs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = cls.users["rep"]
        cls.evil = {
            place: f"{place} <img src=x onerror=\"window.__pwned='{place}'\">"
            f"<script>window.__pwned='{place}'</script>"
            for place in (
                "customer",
                "contact",
                "subject",
                "type",
                "tag",
                "responsible",
            )
        }
        cls.customer.name = cls.evil["customer"]
        cls.contact.name = cls.evil["contact"]
        cls.rep.name = cls.evil["responsible"]
        type_ = cls.env["crm.gestao.occurrence.type"].create(
            {"name": cls.evil["type"], "icon": "fa-map-marker"}
        )
        tag = cls.env["crm.gestao.occurrence.tag"].create({"name": cls.evil["tag"]})
        cls.occurrence = cls._create_occurrence(
            subject=cls.evil["subject"],
            type_id=type_.id,
            tag_ids=[Command.link(tag.id)],
            participant_ids=[Command.link(cls.contact.id)],
            user_id=cls.rep.id,
            description=f"<p>Read me</p>{''.join(MALICIOUS)}",
        )
        cls.occurrence.message_post(body=cls.evil["subject"])

    def _open(self, url, selector, *places, click=""):
        """Open a page, wait for what is to be there, and give scripts time to run."""
        code = """
            (async () => {
                const wait = async (selector) => {
                    for (let turn = 0; !document.querySelector(selector); turn++) {
                        if (turn > 150) {
                            throw new Error("not there: " + selector);
                        }
                        await new Promise((resolve) => setTimeout(resolve, 100));
                    }
                };
                %(click)s
                await wait(%(selector)r);
                await new Promise((resolve) => setTimeout(resolve, 700));
                for (const link of document.querySelectorAll("p a, .o_field_html a")) {
                    link.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
                }
                const inputs = [...document.querySelectorAll("input, textarea")];
                const text =
                    document.body.textContent + inputs.map((input) => input.value);
                const missing = %(places)r.filter((place) => !text.includes(place));
                if (missing.length) {
                    console.error("not shown: " + missing + text.slice(0, 2000));
                } else if (window.__pwned) {
                    console.error("a script ran, of: " + window.__pwned);
                } else {
                    console.log("test successful");
                }
            })();
        """ % {
            "click": click
            and f"await wait({click!r}); document.querySelector({click!r}).click();",
            "selector": selector,
            # shown as text, tags and all
            "places": [f"{place} <img src=x" for place in places],
        }
        self.browser_js(url, code, "true", login=self.rep.login, timeout=60)

    def test_form(self):
        self._open(
            f"/odoo/crm.gestao.occurrence/{self.occurrence.id}",
            ".o_form_view .o-mail-Message",
            "customer", "contact", "type", "tag", "subject",
        )  # fmt: skip

    def test_list(self):
        self._open(
            "/odoo/consult?view_type=list",
            ".o_list_view .o_data_row",
            "customer", "type", "subject",
        )  # fmt: skip

    def test_kanban(self):
        self._open(
            "/odoo/consult?view_type=kanban",
            ".o_kanban_view .o_kanban_record:not(.o_kanban_ghost)",
            "customer", "type", "subject",
        )  # fmt: skip

    def test_consult_bar_of_the_customer(self):
        self._open(
            f"/odoo/m-res.partner/{self.customer.id}",
            ".o_list_view .o_data_row",
            "customer",
            click="button[name=action_view_occurrences]",
        )

    def test_sheet(self):
        self._open(
            f"/report/html/crm_gestao.report_occurrence/{self.occurrence.id}",
            ".article, .page",
            "customer", "contact", "type", "subject",
        )  # fmt: skip

    def test_diary(self):
        self._open(
            f"/report/html/crm_gestao.report_diary/{self.occurrence.id}",
            ".article, .page",
            "customer", "type", "subject",
        )  # fmt: skip
