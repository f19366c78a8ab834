"""What a run of the benchmarks leaves: a table on the terminal, JSON, Markdown, SVG."""

import functools
import json
import math
import os
import platform
import subprocess
from html import escape
from pathlib import Path

from common import LOGS, REPO

COLOURS = {
    "crm_gestao": "#017e84", "helpdesk_mgmt": "#c0392b", "crm_phonecall": "#e67e22",
    "crm_claim": "#8e44ad", "crm.lead": "#7f8c8d",
}  # fmt: skip
PEERS = tuple(COLOURS)[1:]
# More than this is growth with the total: over all sizes, and in the last step. An
# index has one more level now and then, and there is some noise.
FLAT, FLAT_STEP = 0.15, 0.25
# how many runs the record tells of
RUNS = 5
# milliseconds over the trivial call, and part of the whole: less is noise
LEAST, NOISE = 0.5, 0.05


def command(what, output, **options):
    """The command that makes it again."""
    words = [
        f"make {what}",
        *(f"{name.upper()}={value}" for name, value in options.items()),
    ]
    return " ".join([*words, f"OUTPUT={output}"] if output else words)


def human(number):
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if number >= unit and number % unit == 0:
            return f"{number // unit}{name}"
    return str(number)


@functools.cache
def machine():
    """What it was measured on, and of which state of the code when it began."""

    def git(*words):
        return subprocess.run(
            ["git", *words], cwd=REPO, text=True, capture_output=True
        ).stdout.strip()

    code = git("rev-parse", "--short", "HEAD")
    # these tables themselves are no code
    if git("status", "--porcelain", "--", ".", ":!docs"):
        code += " with changes"
    return {"cpus": os.cpu_count(), "python": platform.python_version(), "code": code}


def record(rows, output, command, started, size):
    """Print and write the table of one size; says whether ours is within its goals."""
    peers = {}
    for row in rows:
        if row["product"] != "crm_gestao":
            key = row["operation"], row["user"], row["customer"]
            peers.setdefault(key, {})[row["product"]] = row["ratio"]
    ours = [row for row in rows if row["product"] == "crm_gestao"]
    head = [
        "operation", "user", "customer", "median ms", "min", "max", "statements",
        "floor", "bare SQL", "ratio", "goal", *PEERS, "",
    ]  # fmt: skip
    table = []
    for row in ours:
        others = peers.get((row["operation"], row["user"], row["customer"]), {})
        statements = str(row["statements"])
        if row["statements_goal"]:
            statements += f" of {row['statements_goal']}"
        table.append([
            row["operation"], row["user"], row["customer"] or "",
            *(f"{row[key]:.1f}" for key in ("median", "min", "max")), statements,
            f"{row['floor']:.1f}", f"{row['bare']:.1f}", f"{row['ratio']:.2f}",
            f"{row['goal']:g}" if row["goal"] else "",
            *(f"{others[p]:.1f}" if p in others else "" for p in PEERS),
            row["verdict"],
        ])  # fmt: skip
    print(plain(head, table))
    short = [row for row in ours if row["verdict"] == "SHORT"]
    passed = sum(row["verdict"] == "pass" for row in ours)
    print(f"{passed} pass, {len(short)} short")
    what = {"command": command, "started": started, "size": size, **machine()}
    names = ("operation", "user", "customer", "ratio", "goal")
    goals = [row for row in ours if row["goal"]]
    closest = max(goals, key=lambda row: row["ratio"] / row["goal"], default=None)
    run = {key: what[key] for key in ("started", "code")} | {
        "pass": passed,
        "short": [{name: row[name] for name in names} for row in short],
        "closest": closest and {name: closest[name] for name in names},
    }
    runs = [*runs_before(output, "performance"), run]
    save(output, "performance", {**what, "runs": runs, "rows": rows}, head, table)
    (output / "performance.svg").write_text(record_plot(rows, what))
    return not short


def runs_before(output, name):
    """How the last runs went, which this one does not replace."""
    page = Path(output) / f"{name}.json"
    found = json.loads(page.read_text()).get("runs", []) if page.exists() else []
    return found[1 - RUNS :]


def growth(rows, output, command, started, operations):
    """Print and write how the cost of ours grows with the number of occurrences.

    The exponent is that of the time over the trivial call, at all sizes and at the last
    two of them. What may grow, for its own reason, may so no more than bare SQL does.
    """
    sizes = list(rows)
    lines = {}
    # the big customer is one of 2,000 occurrences at each size, see Bench
    has = {"big": "2,000", "small": "37"}
    for size, found in rows.items():
        for row in found:
            customer = has.get(row["customer"], "")
            key = row["operation"], row["user"], customer
            # without the trivial call, which would make everything look flat, and as
            # a multiple of it: the machine is not as fast at each size
            least = max(LEAST, NOISE * row["median"])
            net, bare = (
                max(row[name], least) / row["trivial"] for name in ("net", "bare")
            )
            lines.setdefault(key, {})[size] = (row["median"], net, bare)
    may_grow = {operation.name: operation.grows for operation in operations}
    head = ["operation", "user", "customer", *map(human, sizes), "times", "exponent",
            "of the last step", ""]  # fmt: skip
    table, ok = [], True
    for (operation, user, customer), found in lines.items():
        xs = [math.log(size) for size in found]
        _medians, nets, bares = zip(*found.values(), strict=True)
        # what grows with the total does so in the end, whatever else it costs
        (exponent, last), (of_bare, last_of_bare) = (
            (slope(xs, ys), slope(xs[-2:], ys[-2:]))
            for ys in ([*map(math.log, values)] for values in (nets, bares))
        )
        verdict = may_grow[operation]
        if not verdict:
            of_bare = last_of_bare = 0
        flat = exponent < of_bare + FLAT and last < last_of_bare + FLAT_STEP
        ok &= flat
        table.append([
            operation, user, customer,
            *(f"{found[size][0]:.1f}" if size in found else "" for size in sizes),
            f"{nets[-1] / nets[0]:.1f}", f"{exponent:.2f}", f"{last:.2f}",
            verdict if flat else "GROWS",
        ])  # fmt: skip
    print(plain(head, table))
    what = {"command": command, "started": started, "sizes": sizes, **machine()}
    # without the peers what is trivial costs less, and so what is beside it counts more
    what["alone"] = [
        f"the goals at {human(size)}, without the peers:"
        f" {sum(row['verdict'] == 'pass' for row in found)} pass"
        + "".join(
            f"; short: {told({**row, 'customer': has.get(row['customer'])})}"
            for row in found
            if row["verdict"] == "SHORT"
        )
        for size, found in rows.items()
    ]
    print("\n".join(what["alone"]))
    save(output, "performance_growth", {**what, "rows": rows}, head, table)
    (output / "performance_growth.svg").write_text(growth_plot(lines, sizes, what))
    return ok


def slope(xs, ys):
    """The exponent of a power law, by least squares on logarithms."""
    if len(xs) < 2:
        return 0.0
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum(
        (a - x) ** 2 for a in xs
    )


def told(row):
    """One line of the record in words."""
    who = " ".join(filter(None, (row["operation"], row["user"], row["customer"])))
    return f"{who} {row['ratio']:.2f} of {row['goal']:g}"


def plain(head, table):
    widths = [max(len(row[i]) for row in [head, *table]) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if index < 3 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in [head, *table]
    )


def save(output, name, data, head, table):
    """Keep the figures as JSON, and the table in the page that tells of them."""
    output = Path(output)
    output.mkdir(parents=True, exist_ok=True)
    (output / f"{name}.json").write_text(json.dumps(data, indent=1) + "\n")
    rows = [head, ["---"] * 3 + ["---:"] * (len(head) - 3), *table]
    text = f"`{data['command']}`, {data['started']}, {data['cpus']} CPUs"
    text += f", of `{data['code']}`\n\n"
    for run in data.get("runs", ()):
        text += f"- {run['started']}, of `{run['code']}`: {run['pass']} pass"
        text += "".join(f"; short: {told(row)}" for row in run["short"])
        text += f"; closest: {told(run['closest'])}" if run.get("closest") else ""
        text += "\n"
    text += "".join(f"- {line}\n" for line in data.get("alone", ()))
    text += "\n" if data.get("runs") or data.get("alone") else ""
    text += "".join("| " + " | ".join(row) + " |\n" for row in rows)
    page = output / "performance.md"
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    if page.exists() and begin in (old := page.read_text()):
        before, rest = old.split(begin, 1)
        page.write_text(f"{before}{begin}{text}{end}{rest.split(end, 1)[1]}")
    else:
        (output / f"{name}.md").write_text(text)


# --- plots ---------------------------------------------------------------------------


class Plot:
    """A small SVG with a logarithmic axis."""

    def __init__(self, width, height, title):
        self.parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
            ' font-family="sans-serif" font-size="12">',
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
        ]
        self.text(10, 22, title, size=15)

    def text(self, x, y, text, anchor="start", size=12, colour="#222"):
        self.parts.append(
            f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}"'
            f' fill="{colour}">{escape(text)}</text>'
        )

    def line(self, x1, y1, x2, y2, colour="#ddd", width=1):
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
            f' stroke="{colour}" stroke-width="{width}"/>'
        )

    def dot(self, x, y, colour, radius=5, title=""):
        self.parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}"'
            f' fill-opacity="0.85"><title>{escape(title)}</title></circle>'
        )

    def done(self):
        return "\n".join([*self.parts, "</svg>"]) + "\n"


def record_plot(rows, what):
    """The worst ratio of each product, over users and customers, and the goal."""
    worst, goals = {}, {}
    for row in rows:
        products = worst.setdefault(row["operation"], {})
        product = row["product"]
        products[product] = max(row["ratio"], products.get(product, 0))
        if row["goal"]:
            goals[row["operation"]] = row["goal"]
    left, right, top, step = 290, 960, 70, 24
    height = top + step * len(worst) + 40
    plot = Plot(1000, height, f"Ratio to the floor plus bare SQL, {what['size']:,}"
                " occurrences (worst user and customer)")  # fmt: skip
    highest = max(max(products.values()) for products in worst.values())
    decades = math.log10(max(highest, 10)) * 1.05

    def x(ratio):
        return left + (right - left) * math.log10(max(ratio, 0.7) / 0.7) / (
            decades - math.log10(0.7)
        )

    bottom = top + step * len(worst)
    for tick in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000):
        if x(tick) <= right:
            plot.line(x(tick), top - 10, x(tick), bottom)
            plot.text(x(tick), bottom + 18, f"{tick}", "middle")
    for index, (name, colour) in enumerate(COLOURS.items()):
        plot.dot(left + 120 * index, 46, colour)
        plot.text(left + 120 * index + 10, 50, name)
    plot.text(left + 600, 50, "| goal", colour="#017e84")
    for index, (operation, products) in enumerate(worst.items()):
        y = top + step * index + 6
        plot.text(left - 12, y + 4, operation, "end")
        if operation in goals:
            goal = x(goals[operation])
            plot.line(goal, y - 9, goal, y + 9, "#017e84", 3)
        for product, ratio in sorted(products.items(), key=lambda p: -p[1]):
            radius = 6 if product == "crm_gestao" else 5
            title = f"{operation}, {product}: {ratio:.1f}"
            plot.dot(x(ratio), y, COLOURS[product], radius, title)
    return plot.done()


def growth_plot(lines, sizes, what):
    """Median times of ours, as the number of occurrences grows."""
    left, right, top, bottom = 60, 640, 50, 560
    plot = Plot(1000, 610, "Median time (ms) by number of occurrences, as admin")
    chosen = {key: found for key, found in lines.items() if key[1] == "admin"}
    times = [median for found in chosen.values() for median, *_rest in found.values()]
    low, high = math.log(min(times)), math.log(max(times))

    def x(size):
        first, last = math.log(sizes[0]), math.log(sizes[-1])
        return left + (right - left) * (math.log(size) - first) / max(last - first, 1)

    def y(time):
        return bottom - (bottom - top) * (math.log(time) - low) / (high - low)

    for size in sizes:
        plot.line(x(size), top, x(size), bottom)
        plot.text(x(size), bottom + 20, human(size), "middle")
    for tick in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000):
        if low <= math.log(tick) <= high:
            plot.line(left, y(tick), right, y(tick))
            plot.text(left - 8, y(tick) + 4, f"{tick}", "end")
    taken = []
    ordered = sorted(chosen.items(), key=lambda item: -item[1][max(item[1])][0])
    for index, ((operation, _user, customer), found) in enumerate(ordered):
        colour = f"hsl({index * 137 % 360}, 60%, 42%)"
        points = [(x(size), y(median)) for size, (median, *_rest) in found.items()]
        for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
            plot.line(x1, y1, x2, y2, colour, 2)
        for px, py in points:
            plot.dot(px, py, colour, 3)
        label = max(points[-1][1], taken[-1] + 15 if taken else 0)
        taken.append(label)
        plot.line(right, points[-1][1], right + 14, label, colour)
        name = f"{operation}, {customer}" if customer else operation
        plot.text(right + 18, label + 4, name, colour=colour)
    return plot.done()


def load(rows, wrong, retried, asked, started):
    """Print and write what the people of a load test had to wait for."""
    head = ["operation", "people", "addon", "requests", "errors", "per second",
            "p50 ms", "p95 ms", "p99 ms"]  # fmt: skip
    runs = list(dict.fromkeys(row["addon"] for row in rows))
    key = lambda row: (  # noqa: E731
        row["people"],
        row["operation"],
        runs.index(row["addon"]),
    )
    table = [
        [
            row["operation"], str(row["people"]), row["addon"],
            str(row["requests"]), str(row["errors"]), f"{row['per_second']:.2f}",
            *(f"{row[name]:.0f}" for name in ("p50", "p95", "p99")),
        ]
        for row in sorted(rows, key=key)
    ]  # fmt: skip
    print(plain(head, table))
    print("\n".join(wrong) or "no errors, nothing lost, nothing doubled")
    options = {"people": asked.people, "minutes": f"{asked.minutes:g}"}
    options |= {"pause": f"{asked.pause:g}", "size": human(asked.size)}
    what = {
        "command": command("load", asked.output, **options),
        "started": started, "pause": asked.pause, "size": asked.size,
        "repeated": retried, "wrong": wrong, **machine(),
    }  # fmt: skip
    save(asked.output or LOGS, "performance_load", {**what, "rows": rows}, head, table)
