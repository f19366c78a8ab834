#!/usr/bin/env python3
"""benchmarks/bench.py [size]: what each operation costs, beside its peers and bare SQL.

size        occurrences, and records of each peer: 10k (a quick look), 1M (the record)
--growth    how the cost of ours grows, from 10k to this size
--rounds N  measures of each variant (15)
--only TEXT operations whose name holds this
--ours      without the peers, for a look at a change of ours

Nothing is a time: a ratio is the median time over HTTP, divided by the floor (one
trivial call) plus the same rows in bare SQL by the ideal index. All variants take turns
in one run, so a ratio hardly depends on the machine.
"""

import argparse
import itertools
import random
import re
import statistics
import sys
import time
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "dev"))

from common import ENV, LOGS, REPO, enter, say  # noqa: E402

MARKS = itertools.count()  # by which the server's log tells variants apart
SLOW = 10  # seconds that the measures of one variant may take in all
SLOW_PEER = 3
DESCRIPTION_INDEX = "crm_gestao_occurrence_description_idx"
QUICK = 0.05  # seconds
TIMES = 16  # measures of what is quick in each round
FLOORS = 48  # measures of the floor in each round, for it is in every ratio


def number(text):
    units = {"k": 1_000, "M": 1_000_000}
    return int(float(text.rstrip("kM")) * units.get(text[-1], 1))


def options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("size", nargs="?", type=number, default=10_000)
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="")
    parser.add_argument("--ours", action="store_true")
    parser.add_argument("--output", type=Path, help="folder of the table and the plot")
    asked = parser.parse_args()
    if asked.output and (
        asked.only or asked.ours or asked.rounds != 15 or asked.size < 1_000_000
    ):
        parser.error("--output is for the whole record, not for a part of it")
    return asked


class Variant:
    """One operation for one product, user and customer, and what it was measured."""

    def __init__(self, bench, operation, product, login, customer):
        self.bench, self.operation, self.product = bench, operation, product
        self.login, self.customer = login, customer
        self.partner = bench.customers.get(customer, bench.steady)
        self.times, self.statements, self.is_slow = [], None, False
        # the same without the addon, and what each measure took more than that
        self.baseline, self.more = None, []
        # what was found: ids of rows, how many there are in all, numbers
        self.rows = self.length = self.told = None
        self.is_quick, self.mark = False, next(MARKS)

    @property
    def key(self):
        name = self.product.name if self.product else "sql"
        return self.operation.name, name, self.login, self.customer

    @property
    def is_over(self):
        if self.is_quick:
            return False
        is_peer = self.product and self.product.name != "crm_gestao"
        spent = sum(self.times)
        # by what a peer takes nothing is judged
        return spent > SLOW_PEER if is_peer else spent > SLOW and len(self.times) > 2

    def make_call(self):
        return self.operation.call(self.bench, self.product, self.login, self.partner)

    def prepare(self):
        call = self.make_call()
        client = self.bench.clients[self.login]
        if call.path:
            return client, call, "GET", call.path, None
        params = client.call_params(call.model, call.method, call.args, call.kwargs)
        path = f"/web/dataset/call_kw/{call.model}/{call.method}"
        return client, call, "POST", path, client.encode(params)

    def measure(self):
        # at once, for a small difference of two large numbers, and now before, now
        # after: what comes first finds the caches as another left them
        is_after = len(self.times) % 2
        before = self.baseline and is_after and self.baseline.run()
        self.times.append(self.run())
        if self.baseline:
            self.more.append(self.times[-1] - (before or self.baseline.run()))

    def run(self, tag=""):
        client, call, method, path, body = self.prepare()
        data, spent = client.request(method, path + tag, body)
        result = data.decode() if call.path else client.decode(data)
        check(call, result, self.key)
        self.rows = get_rows(result)
        if self.rows and isinstance(result, dict):
            self.length = result["length"]
        if self.operation.told and self.product and self.product.name == "crm_gestao":
            self.told = self.operation.told(result)
        return spent


class Bare(Variant):
    """The same in SQL, by psycopg2."""

    def __init__(self, cr, *rest):
        super().__init__(*rest)
        self.cr = cr

    def run(self, tag=""):
        from operations import PAGE, IfFull
        from psycopg2.extras import execute_values

        queries = self.operation.bare(self.bench, self.login, self.partner)
        start, ids, rows = time.perf_counter(), [], []
        if queries[1:] and not isinstance(queries[0], str):
            self.cr.execute("BEGIN")  # what is written together is saved at once
        for query in queries:
            if isinstance(query, IfFull) and len(rows) < PAGE:
                continue
            if isinstance(query, str):
                self.cr.execute(query)
                rows = self.cr.fetchall()
                if query == queries[0]:
                    self.rows = [row[0] for row in rows]
                self.length = rows[0][0] if isinstance(query, IfFull) else None
                self.told = rows
            else:  # rows to insert, after those of what they hang on
                query, values, *template = query
                found = execute_values(
                    self.cr, query, values(ids), *template, page_size=1000, fetch=True
                )
                ids = ids or [row[0] for row in found]
        if self.cr.connection.info.transaction_status:
            self.cr.execute("COMMIT")
        return time.perf_counter() - start


class Baseline(Variant):
    """The same by Odoo alone, which stands for the floor."""

    def make_call(self):
        from operations import OURS

        call = self.operation.baseline(self.bench, self.login, self.partner)
        if call == self.operation.call(self.bench, OURS, self.login, self.partner):
            raise AssertionError(f"{self.key}: the same call with and without ours")
        return call


class Floor(Variant):
    """One trivial call."""

    def prepare(self):
        client = self.bench.clients[self.login]
        params = client.call_params(
            "res.users", "has_group", [client.uid, "base.group_user"], {}
        )
        path = "/web/dataset/call_kw/res.users/has_group"
        from operations import Call

        call = Call("res.users", found=int, hits=1)
        return client, call, "POST", path, client.encode(params)


def get_rows(result):
    """The ids of what a list or a search has found, None of other answers."""
    if isinstance(result, dict) and "records" in result:
        return [record["id"] for record in result["records"]]
    if isinstance(result, list) and result and isinstance(result[0], (list, dict)):
        rows = [row.get("id") if isinstance(row, dict) else row[0] for row in result]
        return rows if all(rows) else None
    return None


def compare(variants):
    """Ours and bare SQL find the same rows and the same figures."""
    bares = {
        (v.operation.name, v.login, v.customer): v
        for v in variants
        if isinstance(v, Bare)
    }
    for variant in variants:
        if not variant.product or variant.product.name != "crm_gestao":
            continue
        operation = variant.operation
        if not (operation.is_list or operation.told):
            continue
        bare = bares[operation.name, variant.login, variant.customer]
        variant.run()
        bare.run()
        if operation.is_list and (not variant.rows or variant.rows != bare.rows):
            raise AssertionError(f"{variant.key}: {variant.rows} but {bare.rows}")
        if bare.length and variant.length != bare.length:
            raise AssertionError(f"{variant.key}: {variant.length} but {bare.length}")
        if operation.told and figures(variant.told) != figures(
            bare.told, of=len(figures(variant.told)[0])
        ):
            raise AssertionError(f"{variant.key}: {variant.told} but {bare.told}")


def figures(rows, of=0):
    """What is a number in each row, to the cent: the last `of` of them, or all."""
    return sorted(
        [round(float(v), 2) for v in row if isinstance(v, int | float | Decimal)][-of:]
        for row in rows
    )


def check(call, result, key):
    """A fast answer that finds nothing is none."""
    found = call.found(result)
    if found < call.hits:
        raise AssertionError(f"{key}: {found} found, {call.hits} expected")


def variants(bench, cr, operations, products):
    from operations import Operation

    # one for what is measured together
    floors = [
        Operation("floor", None, None, None, description_index=with_index)
        for with_index in {operation.description_index for operation in operations}
    ]
    made = [
        Floor(bench, floor, None, login, None)
        for floor in floors
        for login in bench.clients
    ]
    for operation in operations:
        for login in operation.logins:
            for customer in operation.customers or (None,):
                rest = operation, None, login, customer
                made.append(Bare(cr, bench, *rest))
                baseline = operation.baseline and Baseline(bench, *rest)
                if baseline:
                    made.append(baseline)
                for product in products:
                    if product.name in operation.products:
                        made.append(Variant(bench, operation, product, login, customer))
                        if product.name == "crm_gestao":
                            made[-1].baseline = baseline
    return made


def count_statements(variants, log):
    """From the server's own log, where the requests of the warm-up have a mark."""
    time.sleep(0.5)
    pattern = re.compile(r"\?mark=(\d+)\S* HTTP/1.1. \d+ \S+ (\d+) ")
    found = {int(mark): int(count) for mark, count in pattern.findall(log.read_text())}
    for variant in variants:
        variant.statements = found.get(variant.mark, variant.statements)


def measure(variants, rounds, log):
    from data import Progress

    compare(variants)
    floors = [variant for variant in variants if isinstance(variant, Floor)]
    for _turn in range(2):  # caches of Odoo and of PostgreSQL
        for variant in variants:
            if not variant.is_slow:
                spent = variant.run(f"?mark={variant.mark}")
                variant.is_slow = spent > SLOW / 10
                # of what Odoo takes anyway, ours is a small part
                is_ours = not variant.product or variant.product.name == "crm_gestao"
                is_difference = is_ours and variant.operation.baseline is not None
                variant.is_quick = spent < QUICK or is_difference
    count_statements(variants, log)
    # what takes no time varies most
    turns = []
    for variant in variants:
        times = FLOORS if variant in floors else TIMES if variant.is_quick else 1
        turns += [variant] * times
    progress = Progress("measure", rounds * len(turns))
    shuffle = random.Random(7).shuffle
    for _turn in range(rounds):
        shuffle(turns)
        for variant in turns:
            if not variant.is_over:
                variant.measure()
            progress.add(1)


def summarise(variants):
    """Rows of the table, one for each variant of a product."""
    medians, statements = {}, {}
    for variant in variants:
        operation = variant.operation
        key = type(variant), operation.name, variant.login, variant.customer
        if isinstance(variant, Floor):
            key = *key, operation.description_index
        if not variant.product:
            medians[key] = statistics.median(variant.times)
            statements[key] = variant.statements
    rows = []
    for variant in variants:
        if not variant.product:
            continue
        operation, login = variant.operation, variant.login
        rest = operation.name, login, variant.customer
        bare = medians[(Bare, *rest)]
        trivial = (Floor, "floor", login, None, operation.description_index)
        floor = (Baseline, *rest) if operation.baseline else trivial
        median = statistics.median(variant.times)
        more = statistics.median(variant.more or [median - medians[floor]])
        # what Odoo does in any case counts as the trivial call does
        ratio = (more + medians[trivial]) / (medians[trivial] + bare)
        # what the floor has, too, is Odoo's question for signals of other processes
        extra = variant.statements - statements[floor]
        is_ours = variant.product.name == "crm_gestao"
        verdict = ""
        if is_ours and operation.goal:
            within = ratio <= operation.goal and (
                not operation.statements or extra <= operation.statements
            )
            verdict = "pass" if within else "SHORT"
        rows.append({
            "operation": operation.name, "product": variant.product.name,
            "user": login, "customer": variant.customer,
            "median": median * 1000, "min": min(variant.times) * 1000,
            "max": max(variant.times) * 1000, "measures": len(variant.times),
            "statements": extra, "floor": medians[floor] * 1000, "bare": bare * 1000,
            "net": more * 1000, "ratio": ratio,
            "trivial": medians[trivial] * 1000,
            "goal": operation.goal if is_ours else None,
            "statements_goal": operation.statements if is_ours else None,
            "verdict": verdict,
        })  # fmt: skip
    return rows


def prepare(name, peers):
    """A database with one record of each kind, and the addon as it is now.

    :return: what a process of Odoo on it needs: environment and path of addons
    """
    import data
    import database

    environment = database.environment()
    paths = [REPO]
    if peers:
        (found,) = (ENV / "bench/lib").glob("python3.*/site-packages/odoo/addons")
        paths.append(found)
    path = "--addons-path=" + ",".join(map(str, paths))
    wanted = database.digest(
        Path(data.__file__).read_text(), database.odoo_version(), peers
    )
    found = (database.comment(name) or "").split()
    if found[:1] != [wanted]:
        data.copy_base(name)
        if peers:
            database.install(
                name, "Install the peers", path, "-i", ",".join(data.PEER_MODULES)
            )
        data.plant(name, environment, [path])
        found = [wanted, database.fingerprint()]
    if found[1:] != [database.fingerprint()]:
        database.install(name, "Upgrade crm_gestao", path, "-u", "crm_gestao")
    database.set_comment(name, f"{wanted} {database.fingerprint()}")
    return environment, path


def run(name, size, products, operations, rounds, environment, path, steady=False):
    """Measure in a database that has `size` occurrences.

    :param bool steady: the big customer is one that has as many at each size
    """
    import client
    import data
    import database
    from operations import Bench

    data.tidy(name)
    with database.cursor(name) as cr:
        cr.execute(f"DROP INDEX IF EXISTS {DESCRIPTION_INDEX}")
    log = LOGS / f"{name}.log"
    log.parent.mkdir(exist_ok=True)
    options = [path, "--workers=0", "--max-cron-threads=0", "--db_maxconn=16"]
    with (
        client.server(name, log, *options, environment=environment) as port,
        database.cursor(name) as cr,
    ):
        logins = sorted({login for op in operations for login in op.logins})
        clients = {login: client.Client(port, name, login) for login in logins}
        bench = Bench(size, clients, cr, data.read_seed(name), steady)
        made = variants(bench, cr, operations, products)
        # The setting "Fast Search in Descriptions", off unless it is asked for: what
        # is created without it takes a third of the time
        with_index = [v for v in made if v.operation.description_index]
        measure([v for v in made if v not in with_index], rounds, log)
        if with_index:
            cr.execute(
                f"CREATE INDEX {DESCRIPTION_INDEX}"
                " ON crm_gestao_occurrence USING gin (description gin_trgm_ops)"
            )
            cr.execute("ANALYZE crm_gestao_occurrence")
            measure(with_index, rounds, log)
    data.tidy(name)
    return summarise(made)


def main():
    asked = options()
    enter("odoo", "bench")
    import data
    import database
    import report
    from operations import OPERATIONS, OURS, PRODUCTS

    operations = [op for op in OPERATIONS if asked.only in op.name]
    output = asked.output or LOGS
    report.machine()
    started = time.strftime("%Y-%m-%d %H:%M")
    made = {"size": report.human(asked.size), **({"growth": 1} if asked.growth else {})}
    command = report.command("bench", asked.output, **made)
    if asked.growth:
        name = f"{database.PREFIX}_bench_growth"
        database.drop(name)
        environment, path = prepare(name, peers=False)
        sizes = [s for s in (10_000, 100_000, 1_000_000, 5_000_000) if s <= asked.size]
        rows = {}
        for size in sizes:
            data.grow(name, size)
            rows[size] = run(
                name, size, [OURS], operations, asked.rounds, environment, path, True
            )
        ok = report.growth(rows, output, command, started, operations)
        database.drop(name)
    else:
        name = f"{database.PREFIX}_bench_{report.human(asked.size).lower()}"
        environment, path = prepare(name, peers=True)
        data.grow(name, asked.size)
        products = [OURS] if asked.ours else PRODUCTS
        rows = run(
            name, asked.size, products, operations, asked.rounds, environment, path
        )
        ok = report.record(rows, output, command, started, asked.size)
    say(f"written to {output}")
    sys.exit(not ok)


if __name__ == "__main__":
    main()
