#!/usr/bin/env python3
"""benchmarks/load.py: a working day of 50 and of 200 people, without us and with us.

--people 50,200   how many, one after another
--minutes 5       of each, once all have come
--pause 40        seconds between two things that a person does without the addon
--size 100k       occurrences that are there before
--output FOLDER   of the table and JSON

Odoo runs with prefork workers in proxy mode, Locust plays the people: without the
addon; where it is installed, and they do the same as before; and where they use it,
besides what they did before, as often. Afterwards every record that a person was told
to be saved is counted in SQL. Ends with 1 where there was an error, also while they
came, where fewer stayed than were asked for, or where a record is lost or doubled.
"""

import argparse
import collections
import csv
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "dev"))

from bench import number  # noqa: E402
from common import ENV, LOGS, REPO, enter, say  # noqa: E402

WORKERS = 4
# Accounts: one in three sees everybody's records, and bills; others their own. Their
# passwords are one and the same hash, which takes Odoo a third of a second to make.
PEOPLE = """
groups = ['base.group_user', 'base.group_partner_manager',
          'sales_team.group_sale_salesman', 'crm_gestao.group_user']
wide = ['sales_team.group_sale_salesman_all_leads', 'account.group_account_invoice',
        'crm_gestao.group_user_all']
refs = lambda names: [env.ref(name).id for name in names if env.ref(name, False)]
users = env['res.users'].with_context(no_reset_password=True).create([
    {{'name': f'Load {{number}}', 'login': f'load{{number}}',
      'company_id': env.ref('base.main_company').id,
      'company_ids': [(6, 0, env.ref('base.main_company').ids)],
      'group_ids': [(6, 0, refs(groups + wide * (number % 3 == 0)))]}}
    for number in range(1, {count} + 1)])
users[0].password = 'load'
env.flush_all()
# what somebody sells to a colleague's customer is the colleague's
env.cr.execute('UPDATE res_partner SET user_id = NULL WHERE id > {first}')
env.cr.execute('UPDATE res_users SET password = (SELECT password FROM res_users'
               ' WHERE id = %s) WHERE id = ANY(%s)', [users[0].id, users.ids])
env.cr.commit()
"""
FIGURES = (
    ("crm.gestao.occurrence", "get_consult_summary"),
    ("crm.gestao.consult", "get_consult_figures"),
    ("crm.gestao.timeline", "get_page"),
)
# what is listed, and what is filled in
LISTS = ("sale.order", "account.move.line", "crm.gestao.occurrence")
FORMS = (
    "res.partner", "sale.order", "account.move", "crm.gestao.occurrence",
    "crm.gestao.invoice.issue",
)  # fmt: skip
# what people were told to be done: where it is, by the key that they gave it, with the
# number that they were told
SAVED = {
    "occurrence": "SELECT subject, name FROM crm_gestao_occurrence",
    "occurrence done": "SELECT subject, name FROM crm_gestao_occurrence"
    " WHERE state = 'done' AND date_closed IS NOT NULL",
    "occurrence quoted": "SELECT o.subject, s.name FROM crm_gestao_occurrence o"
    " JOIN sale_order s ON s.occurrence_id = o.id",
    "occurrence invoiced": "SELECT o.subject, m.name FROM crm_gestao_occurrence o"
    " JOIN account_move m ON m.occurrence_id = o.id WHERE m.state = 'posted'",
    "order": "SELECT client_order_ref, name FROM sale_order",
    "order confirmed": "SELECT client_order_ref, name FROM sale_order"
    " WHERE state = 'sale'",
    "invoice": "SELECT ref, name FROM account_move",
    "invoice posted": "SELECT ref, name FROM account_move WHERE state = 'posted'"
    " AND name IS NOT NULL",
}
KEY = re.compile("[0-9a-f]{32}")
# what is told of a run: whether the addon is there, and whether people use it
RUNS = {
    "without": (False, False), "installed": (True, False), "used": (True, True),
}  # fmt: skip


def options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", default="50,200")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--pause", type=float, default=40)
    parser.add_argument("--size", type=number, default=100_000)
    parser.add_argument("--output", type=Path)
    return parser.parse_args()


def prepare(name, has_addon, size, people):
    import data
    import database

    data.copy_base(name, has_addon)
    data.plant(name, database.environment(), [])
    data.grow(name, size)
    conf = database.config(name)
    result = subprocess.run(
        database.odoo_command("shell", "-c", conf, "--no-http", "--log-level=error"),
        input=PEOPLE.format(count=people, first=data.BASE), text=True,
        capture_output=True,
        env=database.environment(),
    )  # fmt: skip
    conf.unlink()
    if "Traceback" in result.stderr + result.stdout:
        raise RuntimeError(result.stderr + result.stdout)


def plan(name, port, kind, asked):
    """All that Locust has to know, for it knows neither Odoo nor the database."""
    import data
    import database
    from client import Client

    has_addon, is_used = RUNS[kind]
    billing, selling = (Client(port, name, f"load{n}", "load") for n in (3, 1))
    seed = data.read_seed(name)
    large = range(data.BIG, data.SMALL)  # the customers with most occurrences
    made = {
        "database": name, "is_used": is_used, "pause": asked.pause,
        "people": max(map(int, asked.people.split(","))),
        "customers": data.BASE + 20, "invoice": data.BASE + 12,
        # what people type of a customer
        "names": [f"{name} {place}" for name in data.NAMES for place in data.PLACES],
        "large": [data.BASE + number for number in large],
    }  # fmt: skip
    with database.cursor(name) as cr:
        cr.execute("SELECT 'crm.gestao.occurrence', res_id FROM ir_model_data WHERE"
                   " module = 'crm_gestao' AND name = 'occurrence_view_list_consult'",
        )  # fmt: skip
        lists = dict(cr.fetchall())  # those that are not the first of their kind
    for role, client in (("billing", billing), ("selling", selling)):
        made[role] = {}
        for view, models in (("list", LISTS), ("form", FORMS)):
            made[role][f"{view}s"] = {
                model: client.specification(
                    model, view, view_id=view == "list" and lists.get(model, False)
                )
                for model in models
                if (has_addon or not model.startswith("crm.gestao."))
                and (role == "billing" or model != "account.move.line")
            }
    with database.cursor(name) as cr:
        cr.execute(
            "SELECT product_id FROM sale_order_line WHERE id = %s",
            [seed["sale_order_line"]],
        )
        (made["product"],) = cr.fetchone()
        if has_addon:
            # what nobody is responsible for, so that all may print it
            made["occurrences"] = [data.BASE + n for n in range(2, asked.size, 3)][:999]
            # what is recorded is still to be done
            cr.execute(
                "SELECT min(id) FROM crm_gestao_occurrence_type"
                " WHERE default_state = 'open'"
            )
            (made["type"],) = cr.fetchone()
            made["figures"] = FIGURES
    return made


def play(name, kind, people, asked):
    """One run of those in `RUNS`.

    :return: the rows of the table, what is wrong, and how often Odoo began anew
    """
    import database
    from client import server

    folder = LOGS / f"{name}-{kind}-{people}"
    folder.mkdir(parents=True, exist_ok=True)
    journal, events, log = (folder / n for n in ("journal", "events", "odoo.log"))
    for file in (journal, events):
        file.write_text("")
    # as docs/deployment tells it
    odoo = [f"--workers={WORKERS}", "--proxy-mode", "--max-cron-threads=0",
            "--limit-time-real=120"]  # fmt: skip
    # a proxy sends a request at once, also where the machine is busy; Locust is on the
    # same one, and a worker would hang up on it after two seconds
    environment = {**database.environment(), "ODOO_HTTP_SOCKET_TIMEOUT": "60"}
    with server(name, log, *odoo, environment=environment) as port:
        made = plan(name, port, kind, asked)
        made |= {"journal": str(journal), "events": str(events)}
        (folder / "plan.json").write_text(json.dumps(made))
        # people who come per second: logging in takes half a second of CPU, and more
        # than 8 for each worker who wait are refused a connection
        rate = 1
        title = f"{people} people, {kind}"
        say(title)
        code = subprocess.run(
            [
                ENV / "bench/bin/locust", "-f", REPO / "benchmarks/locustfile.py",
                "--headless", "--host", f"http://127.0.0.1:{port}", "-u", str(people),
                "-r", str(rate), "-t", f"{people / rate + asked.minutes * 60:.0f}s",
                "--reset-stats", "--csv", folder / "locust", "--only-summary",
                "--stop-timeout", "60", "--loglevel", "WARNING",
            ],
            env={**os.environ, "LOAD_PLAN": str(folder / "plan.json")},
            stdout=open(folder / "locust.log", "w"), stderr=subprocess.STDOUT,
        ).returncode  # fmt: skip
    failures, wrong = read_events(events, people)
    if code and not (code == 1 and failures):
        wrong.append(f"Locust ended with {code}, see {folder}/locust.log")
    # of the whole run, while the other figures begin when all have come
    errors = collections.Counter()
    for (operation, error), amount in failures.items():
        wrong.append(f"{operation}: {error} ({amount} times)")
        errors += {operation: amount, "Aggregated": amount}
    rows = []
    with open(folder / "locust_stats.csv") as file:
        for row in csv.DictReader(file):
            if not int(row["Request Count"]):
                if row["Name"] == "Aggregated":
                    raise RuntimeError(f"nothing was done, see {folder}/locust.log")
                continue  # done only while people came
            rows.append({
                "operation": row["Name"], "people": people, "addon": kind,
                "requests": int(row["Request Count"]),
                "errors": errors[row["Name"]],
                "per_second": float(row["Requests/s"]),
                **{key: float(row[column] or 0) for key, column in
                   (("p50", "50%"), ("p95", "95%"), ("p99", "99%"))},
            })  # fmt: skip
    wrong += count(name, kind, journal)
    text = log.read_text()
    retried = text.count("tries left, try again")
    told = text.count("maximum number of tries reached")
    if told:
        wrong.append(f"{told} serialisation failures were shown to a user")
    requests = sum(row["requests"] for row in rows if row["operation"] != "Aggregated")
    say(f"{title}: {requests} requests, {retried} transactions repeated by Odoo")
    for line in wrong:
        say(f"  wrong: {line}")
    return rows, wrong, retried


def read_events(events, people):
    """What the people met with, from the first who came to the end.

    :return: how often each (operation, error) was, and what is wrong with the run
    """
    failures, left, wrong = collections.Counter(), 0, []
    for line in events.read_text().splitlines():
        kind, *words = json.loads(line)
        if kind == "people":
            left = left or words[0]
        else:
            failures[tuple(words)] += 1
    if left < people:
        wrong.append(f"{left} of {people} people were there at the end")
    return failures, wrong


def count(name, kind, journal):
    """What the people were told to be saved is there, each of it once."""
    import database

    is_used = RUNS[kind][1]
    told = {what: {} for what in SAVED if is_used or "occurrence" not in what}
    for line in journal.read_text().splitlines():
        what, key, number = json.loads(line)
        told[what][key] = number
    wrong = []
    with database.cursor(name) as cr:
        for what, numbers in told.items():
            cr.execute(SAVED[what])
            rows = [row for row in cr.fetchall() if KEY.fullmatch(row[0] or "")]
            found = collections.Counter(key for key, _number in rows)
            lost = len(numbers.keys() - found.keys())
            doubled = sum(amount > 1 for amount in found.values())
            other = sum(
                numbers.get(key, number) not in (number, False) for key, number in rows
            )
            result = f"{lost} lost, {doubled} doubled, {other} with another number"
            say(f"{what}: {len(numbers)} told, {result}")
            if lost or doubled or other:
                wrong.append(f"{what}: {result}")
            if not numbers:
                wrong.append(f"{what}: nobody did that")
        for table, where in (
            ("crm_gestao_occurrence", "TRUE"),
            ("account_move", "state = 'posted'"),
        ):
            cr.execute("SELECT to_regclass(%s)", [table])
            if cr.fetchone()[0]:
                cr.execute(
                    f"SELECT count(*) - count(DISTINCT (company_id, name))"
                    f" FROM {table} WHERE {where}"
                    + (" AND move_type = 'out_invoice'" if "move" in table else "")
                )
                if repeated := cr.fetchone()[0]:
                    wrong.append(f"{table}: {repeated} numbers given twice")
    return wrong


def compare(rows):
    """What people do without the addon they have done as often in each run."""
    wrong = []
    base = {row["operation"] for row in rows if row["addon"] == "without"}
    requests = collections.Counter()
    for row in rows:
        if row["operation"] in base - {"Aggregated"}:
            requests[row["people"], row["addon"]] += row["requests"]
    for people in sorted({row["people"] for row in rows}):
        without = requests[people, "without"]
        for kind in RUNS:
            found = requests[people, kind]
            say(f"{people} people, {kind}: {found} requests of the base")
            # people come by chance, and do some four requests each time: two runs
            # differ by 2.8 * n ** 0.5 in one case of three
            if abs(found - without) > 0.1 * without + 4 * without**0.5:
                wrong.append(f"{people} people: {without} without, {found} {kind}")
    return wrong


def main():
    asked = options()
    enter("odoo", "bench")
    import database
    import report

    report.machine()
    people = [int(count) for count in asked.people.split(",")]
    rows, wrong, retried = [], [], {}
    started = time.strftime("%Y-%m-%d %H:%M")
    for kind, (has_addon, _is_used) in RUNS.items():
        name = f"{database.PREFIX}_load"
        prepare(name, has_addon, asked.size, max(people))
        for amount in people:
            found, bad, repeated = play(name, kind, amount, asked)
            rows += found
            wrong += bad
            retried[f"{amount} {kind}"] = repeated
        database.drop(name)
    wrong += compare(rows)
    if wrong:  # what went wrong is no record
        asked.output = None
    report.load(rows, wrong, retried, asked, started)
    say(f"written to {asked.output or LOGS}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
