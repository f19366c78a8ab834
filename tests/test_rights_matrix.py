"""Who may call what, over RPC: every model and public method of ours, for each role.

What is expected stands in rights_matrix.csv, and what is not in it fails.
`UPDATE=1 make test T=tests/test_rights_matrix.py` writes it anew, to be reviewed.

    +   done, or answered        -   answered as if the record were not there
    x   no right                 s   not logged in
    u   refused with a reason that is no matter of rights
"""

import csv
import http.client
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import odoorpc
import pytest

TABLE = Path(__file__).with_name("rights_matrix.csv")
INSIDE = Path(__file__).with_name("rights_records.py")
SIGNS = {
    "odoo.exceptions.AccessError": "x",
    "odoo.exceptions.AccessDenied": "s",
    "odoo.exceptions.MissingError": "-",
    "odoo.exceptions.UserError": "u",
    "odoo.exceptions.ValidationError": "u",
    "odoo.exceptions.RedirectWarning": "u",
}
# whether what was looked for was found, by the answer
FOUND = {
    "default_get of occurrence": lambda answer: any(answer.values()),
    "load": lambda answer: answer["ids"],
    "onchange of occurrence": lambda answer: any(answer["value"].values()),
    "search_count": bool,
    "web_name_search": bool,
    "formatted_read_group": lambda groups: groups[0]["__count"],
    "formatted_read_grouping_sets": lambda sets: sets[0][0]["__count"],
    "name_search": bool,
    "read_progress_bar": lambda answer: any(
        any(counts.values()) for counts in answer.values()
    ),
    "activity_reschedule": bool,
    "activity_search": bool,
    "message_get_followers": bool,
    "search": bool,
    "read_group": bool,
    "search_read": bool,
    "web_read_group": lambda answer: answer["length"],
    "web_search_read": lambda answer: answer["length"],
}
KEYS = ("model", "method", "record")
ROLES = "public portal employee reader biller own rep all manager".split()


@pytest.fixture(scope="module")
def matrix(server):
    code = (
        INSIDE.read_text()
        + "\nimport json\nprint('matrix:' + json.dumps(prepare(env)))"
    )
    printed = server.database.shell(code)
    line = next(line for line in printed.splitlines() if line.startswith("matrix:"))
    return json.loads(line.removeprefix("matrix:"))


def name_of(cell):
    """The method, without the word on what it is called."""
    return cell["method"].split()[0]


def ids_of(cell):
    """None where it is a record that is not saved."""
    return [cell["id"]] if "id" in cell else []


class Client:
    """One role's calls, by OdooRPC, and over one connection by the newer interface."""

    def __init__(self, server, matrix):
        self.server, self.matrix = server, matrix
        self.odoo = odoorpc.ODOO("127.0.0.1", port=server.port)
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port)

    def call(self, cell):
        """Return (sign, what was said)."""
        way = {"json-rpc": self.json_rpc, "json-2": self.json_2}
        error, answer = way[cell["protocol"]](cell)
        if error:
            return SIGNS.get(error, "?"), f"{error}: {answer}"
        if cell["method"] in FOUND and not FOUND[cell["method"]](answer):
            return "-", ""
        return "+", ""

    def json_rpc(self, cell):
        user_id, login = self.matrix["users"][cell["role"]]
        arguments = dict(cell["arguments"])
        if cell["method"] == "create":
            # of a record alone the answer is its id, as older programs expect
            positional = [arguments.pop("vals_list")]
        else:
            positional = [ids_of(cell)] if cell["has_ids"] else []
        parameters = [
            self.server.database.name, user_id, login, cell["model"], name_of(cell),
            positional, arguments,
        ]  # fmt: skip
        call = {"service": "object", "method": "execute_kw", "args": parameters}
        try:
            return None, self.odoo.json("/jsonrpc", call).get("result")
        except odoorpc.error.RPCError as error:
            return error.info["data"]["name"], error.info["data"]["message"]

    def json_2(self, cell):
        arguments = dict(cell["arguments"])
        if cell["has_ids"]:
            arguments["ids"] = ids_of(cell)
        key = self.matrix["keys"].get(cell["role"], "0" * 40)
        self.connection.request(
            "POST",
            f"/json/2/{cell['model']}/{name_of(cell)}",
            json.dumps(arguments),
            {"Authorization": f"bearer {key}", "Content-Type": "application/json"},
        )
        response = self.connection.getresponse()
        answer = json.load(response)
        if response.status == 401:
            return "odoo.exceptions.AccessDenied", ""
        if response.status != 200:
            return answer["name"], answer["message"]
        return None, answer


def call_all(server, matrix):
    """Return the sign of each cell, and what was said to those without one."""

    def call_as(role):
        client = Client(server, matrix)
        return [
            (cell, *client.call(cell))
            for cell in matrix["cells"]
            if cell["role"] == role
        ]

    with ThreadPoolExecutor(3) as pool:
        return [result for results in pool.map(call_as, ROLES) for result in results]


def read_table():
    with open(TABLE, newline="") as file:
        return {
            (*(row[key] for key in KEYS), role): row[role]
            for row in csv.DictReader(file)
            for role in ROLES
        }


def write_table(signs):
    rows = {}
    for (*keys, role), sign in signs.items():
        rows.setdefault(tuple(keys), {})[role] = sign
    with open(TABLE, "w", newline="") as file:
        writer = csv.DictWriter(file, [*KEYS, *ROLES], lineterminator="\n")
        writer.writeheader()
        for keys, cells in rows.items():
            writer.writerow({**dict(zip(KEYS, keys, strict=True)), **cells})


def fingerprints(server, matrix):
    found = {}
    for name, table in matrix["tables"].items():
        rows = server.database.rows(f"SELECT id, md5(t::text) FROM {table} t")
        found.update({(name, record_id): digest for record_id, digest in rows})
    return found


def is_still_planned(cell, sign, planned):
    """Whether nothing was done: Odoo's answer is the same where nothing was found."""
    return (
        sign == "+"
        and cell["method"] in ("activity_feedback", "activity_unlink")
        and (cell["model"], cell["id"]) in planned
    )


def test_every_public_method_is_called(matrix):
    """Or it says in rights_records.py why it is not."""
    assert not matrix["unknown"]


def test_rights(server, matrix):
    before = fingerprints(server, matrix)
    results = call_all(server, matrix)
    after = fingerprints(server, matrix)
    planned = set(
        server.database.rows(
            "SELECT res_model, res_id FROM mail_activity WHERE active AND automated"
        )
    )
    results = [
        (cell, "-" if is_still_planned(cell, sign, planned) else sign, said)
        for cell, sign, said in results
    ]

    wrong = [f"{cell}: {said}" for cell, sign, said in results if sign == "?"]
    assert not wrong, "these calls themselves are wrong:\n" + "\n".join(wrong[:20])

    signs = {}
    for cell, sign, said in results:
        key = (*(cell[key] for key in KEYS), cell["role"])
        assert signs.setdefault(key, sign) == sign, f"{cell} is unlike JSON-RPC: {said}"
    refused = {
        (cell["model"], cell["id"])
        for cell, sign, _said in results
        if sign in "xs" and "id" in cell and cell["record"] != "any"
    }
    changed = {key for key in refused if before.get(key) != after.get(key)}
    assert not changed, f"refused, and changed all the same: {changed}"

    if os.environ.get("UPDATE"):
        write_table(signs)
    expected = read_table()
    unlike = [
        f"{' / '.join(key)}: {signs.get(key, 'nothing')}, not {expected.get(key)}"
        for key in sorted({*signs, *expected})
        if signs.get(key) != expected.get(key)
    ]
    assert not unlike, f"{len(unlike)} unlike the table:\n" + "\n".join(unlike[:40])
