"""The demo data: customers, their contacts, and a year of occurrences.

`build` is pure: the same seed and the same moment give the same data, without a
database. `load` writes it, in batches and without any mail.

It is imported by `crm.gestao.occurrence._load_demo` alone, so only where demo data
is loaded.
"""

import math
import random
import re
import unicodedata
from datetime import datetime, timedelta

import pytz
from markupsafe import Markup

from odoo import fields
from odoo.fields import Command

from . import competitors, phrases

SEED = 20260724
BRASILIA = pytz.timezone("America/Sao_Paulo")
# letters that look like digits are left out, as the tax authority does
CNPJ_LETTERS = "ABCDEGHJKLMNPRSTVWXYZ"

# key, share of customers as their salesperson, XML id
SALESPEOPLE = [
    ("rep", 30, "crm_gestao.demo_user_rep"),
    ("rep2", 30, "crm_gestao.demo_user_rep2"),
    ("demo", 12, "base.user_demo"),
    ("admin", 12, "base.user_admin"),
    ("manager", 10, "crm_gestao.demo_user_manager"),
]
USERS = {key: xmlid for key, _share, xmlid in SALESPEOPLE} | {
    "clerk": "crm_gestao.demo_user_clerk"
}

# weight in the past, weight among what is planned
TYPES = {
    "visit": (19, 42),
    "call": (27, 30),
    "email": (13, 0),
    "meeting": (7, 24),
    "message": (19, 4),
    "complaint": (9, 0),
    "after_sales": (6, 0),
    "note": (3, 0),
}
DURATIONS = {
    "visit": [0.5, 0.75, 1, 1, 1.5, 2],
    "call": [0.1, 0.15, 0.25, 0.25, 0.5],
    "meeting": [1, 1, 1.5, 2],
    "after_sales": [0, 0.5, 1, 2],
    "complaint": [0, 0.25, 0.5],
}
CASES = ("complaint", "after_sales")
# Monday to Sunday; January to December; hours of the day in Brasília
WEEKDAYS = (8, 11, 12, 11, 9, 1, 0)
SEASONS = (6, 7, 10, 9, 10, 9, 8, 11, 11, 12, 11, 6)
HOURS = {8: 6, 9: 12, 10: 13, 11: 11, 12: 3, 13: 7, 14: 12, 15: 13, 16: 11, 17: 7}
HOLIDAYS = {
    (1, 1),
    (4, 21),
    (5, 1),
    (9, 7),
    (10, 12),
    (11, 2),
    (11, 15),
    (11, 20),
    (12, 25),
}


# ----------------------------------------------------------------------
# Tax ids
# ----------------------------------------------------------------------


def _check_digit(values, weights):
    rest = sum(v * w for v, w in zip(values, weights, strict=True)) % 11
    return 0 if rest < 2 else 11 - rest


def cnpj(base):
    """The 12 characters of `base`, digits or capital letters, with check digits."""
    values = [ord(char) - 48 for char in base]
    for weights in (
        (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2),
        (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2),
    ):
        values.append(_check_digit(values, weights))
    text = f"{base}{values[-2]}{values[-1]}"
    return f"{text[:2]}.{text[2:5]}.{text[5:8]}/{text[8:12]}-{text[12:]}"


def cpf(base):
    """The nine digits of `base` with check digits."""
    values = [int(char) for char in base]
    for length in (10, 11):
        values.append(_check_digit(values, range(length, 1, -1)))
    text = f"{base}{values[-2]}{values[-1]}"
    return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"


# ----------------------------------------------------------------------
# Pure part
# ----------------------------------------------------------------------


def _slug(text, words=9):
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    parts = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join(parts[:words])


def _host(text):
    """A domain of the kind that is reserved for examples, without the small words."""
    parts = [p for p in _slug(text, 20).split("-") if len(p) > 2 and p != "das"]
    return f"{'-'.join(parts[:4])}.example"


def _pick(rng, weighted):
    """One of the keys of `weighted` (dict or list of pairs) by their weights."""
    keys, weights = zip(*dict(weighted).items(), strict=True)
    return rng.choices(keys, weights)[0]


class Builder:
    def __init__(self, seed, now, customers, contacts, occurrences):
        self.rng = random.Random(seed)
        # naive, in Brasília
        self.now = now.replace(microsecond=0)
        self.sizes = (customers, contacts, occurrences)

    def build(self):
        customers, contacts, occurrences = self.sizes
        data = {
            "customers": self._build_customers(customers),
            "contacts": [],
            "occurrences": [],
        }
        data["contacts"] = self._build_contacts(data["customers"], contacts)
        self._add_occurrences(data, occurrences)
        self._add_activities(data, max(occurrences // 40, 4))
        data["messages"] = self._build_messages(data, max(occurrences // 25, 4))
        data["orders"] = self._build_orders(data, max(occurrences // 60, 2))
        data["competitor_records"] = competitors.build(self.rng, data, self.now)
        return data

    # Customers ---------------------------------------------------------

    def _phone(self, area, mobile):
        # ranges that no operator gives out: real by shape, nobody's by number
        digits = self.rng.randrange(10000)
        if mobile:
            return f"+55 {area} 90{self.rng.randrange(1000):03d}-{digits:04d}"
        return f"+55 {area} 50{self.rng.randrange(100):02d}-{digits:04d}"

    def _address(self):
        rng = self.rng
        city, state, area, postal, _weight = rng.choices(
            phrases.CITIES, [c[-1] for c in phrases.CITIES]
        )[0]
        return {
            "street": f"{rng.choice(phrases.STREETS)}, {rng.randrange(10, 3000)}",
            "street2": rng.choice(phrases.DISTRICTS),
            "city": city,
            "state": state,
            "area": area,
            "zip": f"{postal}-{rng.randrange(0, 990):03d}",
        }

    def _person(self):
        rng = self.rng
        woman = rng.random() < 0.5
        first = rng.choice(phrases.WOMEN if woman else phrases.MEN)
        last = rng.sample(phrases.SURNAMES, 2)
        name = " ".join([first, *last[: rng.choice((1, 1, 2))]])
        return name, woman

    def _build_customers(self, count):
        rng = self.rng
        # numbers from 99 on were never given out: valid, but nobody's
        roots = rng.sample(range(99_000_000, 100_000_000), count)
        cores = [f"{a} {b}" for a in phrases.PLACES for b in phrases.THINGS]
        rng.shuffle(cores)
        people = max(count // 38, 1)
        long_names = phrases.LONG_NAMES[: max(count // 75, 1)]
        alphanumeric = max(count // 60, 1)
        customers = []
        for index in range(count):
            customer = {"key": f"customer_{index + 1:03d}", "is_company": True}
            customer |= self._address()
            sector = rng.choices(phrases.SECTORS, [s[3] for s in phrases.SECTORS])[0]
            pattern = rng.choice(sector[4])
            if index >= count - people:
                name, _woman = self._person()
                vat = cpf(f"9999{rng.randrange(100_000):05d}")
                host = _host(name)
                customer.update(is_company=False, sector="person", email=f"ola@{host}")
            else:
                legal_form = ""
                if 0 < index <= len(long_names):
                    name = long_names[index - 1]
                else:
                    core = cores[index % len(cores)]
                    core += " II" if index >= len(cores) else ""
                    name = pattern.format(x=core)
                    legal_form = f" {rng.choice(phrases.LEGAL_FORMS)}"
                branch = rng.choices((1, 2, 3), (88, 8, 4))[0]
                base = f"{roots[index]}{branch:04d}"
                if index % (count // alphanumeric) == 2:
                    letters = "".join(rng.choices(CNPJ_LETTERS, k=3))
                    base = f"{base[:2]}{letters}{base[5:]}"
                vat = cnpj(base)
                host = _host(name)
                mailbox = rng.choice(("contato", "compras", "comercial"))
                customer |= {
                    "sector": sector[0],
                    "email": f"{mailbox}@{host}",
                    "website": f"https://www.{host}",
                }
                name += legal_form
            customer |= {
                "name": name,
                "vat": vat,
                "host": host,
                "ref": f"C{1000 + 7 * index}",
                "phone": self._phone(
                    customer["area"], not customer["is_company"] or rng.random() < 0.2
                ),
                "user": _pick(rng, {key: share for key, share, _id in SALESPEOPLE}),
                "contacts": [],
            }
            customers.append(customer)
        return customers

    def _build_contacts(self, customers, count):
        rng = self.rng
        companies = [c for c in customers if c["is_company"]]
        # the last few have none: a history without a person is seen too
        companies = companies[: -max(len(companies) // 20, 1)]
        weights = [
            6 if index == 0 else rng.choice((1, 1, 2))
            for index in range(len(companies))
        ]
        owners = companies + rng.choices(companies, weights, k=count)
        contacts = []
        taken = set()
        for customer in owners[:count]:
            name, woman = self._person()
            while (customer["key"], name) in taken:
                name, woman = self._person()
            taken.add((customer["key"], name))
            parts = _slug(name).split("-")
            contact = {
                "key": f"contact_{len(contacts) + 1:03d}",
                "customer": customer["key"],
                "name": name,
                "first": name.split()[0],
                "function": rng.choice(phrases.JOBS)[0 if woman else 1],
                "email": f"{parts[0]}.{parts[-1]}@{customer['host']}",
                "phone": self._phone(customer["area"], rng.random() < 0.8),
            }
            customer["contacts"].append(contact)
            contacts.append(contact)
        return contacts

    # Occurrences -------------------------------------------------------

    def _day_weights(self, first, count):
        """The days from `first` on, with how much is done on each."""
        days = [first + timedelta(days=index) for index in range(count)]
        weights = [
            0
            if (day.month, day.day) in HOLIDAYS
            else WEEKDAYS[day.weekday()] * SEASONS[day.month - 1]
            for day in days
        ]
        return days, weights

    def _moments(self, first, count, days, fade=0.0):
        rng = self.rng
        days, weights = self._day_weights(first, days)
        weights = [w * math.exp(-fade * i) for i, w in enumerate(weights)]
        moments = []
        for day in rng.choices(days, weights, k=count):
            hours = HOURS if day.weekday() < 5 else {9: 1, 10: 1, 11: 1}
            moments.append(
                datetime(day.year, day.month, day.day, _pick(rng, hours))
                + timedelta(minutes=5 * rng.randrange(12))
            )
        return moments

    def _add_occurrences(self, data, count):
        rng = self.rng
        customers = data["customers"]
        planned = max(count // 15, 4)
        today = self.now.date()
        moments = self._moments(
            today - timedelta(days=364), count - planned, 365
        ) + self._moments(today + timedelta(days=1), planned, 28, fade=0.05)
        moments.sort()
        # one big customer, many with a few, some with none at all
        big = count * 12 // 100
        active = [c for i, c in enumerate(customers) if i == 0 or i % 17 != 5]
        weights = [rng.paretovariate(1.4) for _customer in active[1:]]
        weights = [
            min(weight, 12) if customer["is_company"] else 0.5
            for weight, customer in zip(weights, active[1:], strict=True)
        ]
        owners = [active[0]] * big
        owners += rng.choices(active[1:], weights, k=count - big)
        rng.shuffle(owners)
        for index, (moment, customer) in enumerate(zip(moments, owners, strict=True)):
            data["occurrences"].append(self._build_occurrence(index, moment, customer))

    def _build_occurrence(self, index, moment, customer):
        rng = self.rng
        planned = moment > self.now
        kind = _pick(rng, {key: pair[planned] for key, pair in TYPES.items()})
        contacts = customer["contacts"]
        participants = []
        if contacts and rng.random() < 0.85:
            size = 2 if kind in ("visit", "meeting") and rng.random() < 0.4 else 1
            participants = rng.sample(contacts, min(size, len(contacts)))
        words = self._words(moment, customer, participants)
        values = {
            "key": f"occurrence_{index + 1:04d}",
            "type": kind,
            "customer": customer["key"],
            # what was said to one person is often filed under that person
            "partner": participants[0]["key"]
            if participants and rng.random() < 0.15
            else customer["key"],
            "participants": [contact["key"] for contact in participants],
            "user": self._responsible(kind, customer),
            "date": moment,
            "duration": rng.choice(DURATIONS.get(kind, [0])),
            "state": "open",
            "closed": None,
            "tags": [],
        }
        if kind in CASES:
            self._fill_case(values, words)
        else:
            self._fill_talk(values, words, planned)
        if index % 23 == 0 and values["tags"]:
            values["tags"].append("key_account")
        return values

    def _words(self, moment, customer, participants):
        rng = self.rng
        lines = rng.sample([product[3] for product in phrases.PRODUCTS], 2)
        if participants:
            who = participants[0]["first"]
        elif customer["is_company"]:
            who = "o nosso contato"
        else:
            who = customer["name"].split()[0]
        return {
            "who": who,
            "item": lines[0],
            "other": lines[1],
            "n": rng.choice((4, 6, 8, 10, 12, 15, 20, 24, 30, 40, 60, 80)),
            "days": rng.choice((5, 7, 10, 15, 20, 28, 30)),
            "month": phrases.MONTHS[(moment.month + rng.randrange(3)) % 12],
        }

    def _responsible(self, kind, customer):
        rng = self.rng
        if kind in CASES:
            return "clerk" if rng.random() < 0.8 else customer["user"]
        if kind in ("call", "email", "message") and rng.random() < 0.2:
            return "clerk"
        if rng.random() < 0.015:
            return None
        return customer["user"] if rng.random() < 0.93 else rng.choice(("rep", "rep2"))

    def _say(self, text, words):
        text = text.format(**words)
        return re.sub(r"(^|[.] )([a-zà-ú])", lambda m: m[1] + m[2].upper(), text)

    def _html(self, paragraphs, points=()):
        html = Markup().join(Markup("<p>%s</p>") % text for text in paragraphs)
        if points:
            items = Markup().join(Markup("<li>%s</li>") % text for text in points)
            html += Markup("<p>Ficou combinado:</p><ul>%s</ul>") % items
        return str(html)

    def _fill_talk(self, values, words, planned):
        rng = self.rng
        subject, story, tag = rng.choice(phrases.TALKS[values["type"]])
        values["subject"] = self._say(subject, words)
        values["tags"] = [tag] if tag and rng.random() < 0.75 else []
        values["priority"] = _pick(rng, {"0": 87, "1": 11, "2": 2})
        if planned:
            agenda = rng.sample(phrases.AGENDAS, 2)
            values["description"] = self._html([self._say(a, words) for a in agenda])
            return
        paragraphs = [self._say(story, words)]
        points = []
        if rng.random() < 0.7:
            outcomes = (
                phrases.SALES_OUTCOMES
                if tag in phrases.SALES_TAGS
                else phrases.OUTCOMES
            )
            paragraphs.append(self._say(rng.choice(outcomes), words))
        if values["type"] in ("visit", "meeting") and rng.random() < 0.4:
            points = [
                self._say(text, words) for text in rng.sample(phrases.AGREEMENTS, 2)
            ]
        age = (self.now - values["date"]).days
        chance = rng.random()
        if chance < 0.03 and values["type"] in ("visit", "meeting", "call"):
            values["state"] = "cancel"
            paragraphs = [rng.choice(phrases.CANCELLED)]
            points = []
        elif age > 21 or chance > 0.06:
            values["state"] = "done"
        values["description"] = self._html(paragraphs, points)

    def _fill_case(self, values, words):
        rng = self.rng
        complaint = values["type"] == "complaint"
        subject, story, solution, tag = rng.choice(phrases.CASES[values["type"]])
        values["subject"] = self._say(subject, words)
        values["tags"] = [tag] if tag and rng.random() < 0.8 else []
        values["priority"] = _pick(
            rng,
            {"0": 48, "1": 37, "2": 15} if complaint else {"0": 80, "1": 17, "2": 3},
        )
        paragraphs = [self._say(story, words)]
        # urgent ones close sooner; from two hours to three weeks
        days = rng.lognormvariate(1.3 - 0.4 * int(values["priority"]), 0.95)
        closed = values["date"] + timedelta(days=min(max(days, 1 / 12), 21))
        closed = self._office_time(closed)
        age = (self.now - values["date"]).days
        forgotten = rng.random() < (0.3 if age < 60 else 0.02)
        if closed < self.now and not forgotten:
            values["closed"] = closed
            values["state"] = "cancel" if rng.random() < 0.04 else "done"
            if values["state"] == "cancel":
                solution = phrases.CANCELLED[2]
            paragraphs.append(f"Solução: {self._say(solution, words)}")
        elif rng.random() < 0.25:
            # nobody has taken it yet
            values["user"] = None
        values["description"] = self._html(paragraphs)

    def _office_time(self, moment):
        if moment.hour >= 18:
            moment = moment.replace(hour=17)
        elif moment.hour < 8:
            moment = moment.replace(hour=9)
        while moment.weekday() == 6:
            moment += timedelta(days=1)
        return moment.replace(second=0)

    # What follows from occurrences --------------------------------------

    def _add_activities(self, data, count):
        """The next contact of some: a quarter overdue, some today, the rest ahead."""
        rng = self.rng
        recent = [
            occurrence
            for occurrence in data["occurrences"]
            if occurrence["state"] != "cancel"
            and occurrence["user"]
            and timedelta() < self.now - occurrence["date"] < timedelta(days=60)
            and occurrence["type"] not in ("note", "email")
        ]
        for index, occurrence in enumerate(rng.sample(recent, min(count, len(recent)))):
            if index % 4 == 0:
                delay = -rng.randrange(1, 12)
            elif index % 7 == 1:
                delay = 0
            else:
                delay = rng.randrange(1, 25)
            day = self.now.date() + timedelta(days=delay)
            while delay > 0 and day.weekday() > 4:
                day += timedelta(days=1)
            occurrence["activity"] = {
                "type": rng.choice(("call", "call", "todo", "meeting", "email")),
                "summary": rng.choice(phrases.FOLLOW_UPS),
                "deadline": day,
            }

    def _build_messages(self, data, count):
        rng = self.rng
        cases = [o for o in data["occurrences"] if o["type"] in CASES]
        messages = []
        for occurrence in rng.sample(cases, min(count, len(cases))):
            moment = occurrence["date"]
            end = occurrence["closed"] or self.now
            notes = rng.sample(phrases.PROGRESS, rng.choice((1, 1, 2, 3)))
            for index, note in enumerate(notes):
                share = (index + 1) / (len(notes) + 1)
                messages.append(
                    {
                        "key": f"message_{len(messages) + 1:03d}",
                        "occurrence": occurrence["key"],
                        "user": rng.choice(
                            ("clerk", "clerk", occurrence["user"] or "manager")
                        ),
                        "date": moment + (end - moment) * share,
                        "body": self._html([note]),
                    }
                )
        return messages

    def _build_orders(self, data, count):
        """Quotations and orders that came of a visit, a call or a meeting."""
        rng = self.rng
        customers = {c["key"]: c for c in data["customers"]}
        sources = [
            occurrence
            for occurrence in data["occurrences"]
            if occurrence["type"] in ("visit", "call", "meeting")
            and occurrence["state"] == "done"
            and occurrence["user"]
            and self.now - occurrence["date"] > timedelta(days=1)
        ]
        # half of them in the last two months
        recent = [o for o in sources if self.now - o["date"] < timedelta(days=60)]
        chosen = rng.sample(recent, min(count // 2, len(recent)))
        others = [o for o in sources if o not in chosen]
        chosen += rng.sample(others, min(count - len(chosen), len(others)))
        chosen.sort(key=lambda o: o["date"])
        orders = []
        for index, occurrence in enumerate(chosen):
            age = (self.now - occurrence["date"]).days
            lines = [
                (key, rng.choice((2, 4, 6, 10, 12, 20)))
                for key, *_product in rng.sample(
                    phrases.PRODUCTS, rng.choice((1, 2, 3))
                )
            ]
            if age < 60:
                state = _pick(rng, {"sale": 45, "sent": 35, "draft": 20})
            else:
                state = _pick(rng, {"sale": 82, "cancel": 18})
            orders.append(
                {
                    "key": f"order_{index + 1:03d}",
                    "occurrence": occurrence["key"],
                    "customer": occurrence["customer"],
                    "user": customers[occurrence["customer"]]["user"],
                    "date": occurrence["date"] + timedelta(hours=rng.randrange(1, 20)),
                    "state": state,
                    "lines": lines,
                }
            )
        return orders


def build(
    seed=SEED,
    now=datetime(2026, 7, 1, 12),
    customers=300,
    contacts=500,
    occurrences=2500,
):
    """Everything as plain values, without a database.

    :param datetime now: in Brasília, without a time zone
    :return: dict of lists of dicts; they name one another by their `key`
    """
    return Builder(seed, now, customers, contacts, occurrences).build()


# ----------------------------------------------------------------------
# Into the database
# ----------------------------------------------------------------------


def _utc(moment):
    return BRASILIA.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)


class Loader:
    def __init__(self, env):
        # no mail, no log of a creation, no follower, nobody's tax id to look up
        self.env = env(
            context=dict(
                env.context,
                tracking_disable=True,
                mail_create_nolog=True,
                mail_create_nosubscribe=True,
                mail_notrack=True,
                mail_activity_quick_update=True,
                mail_auto_subscribe_no_notify=True,
                no_vat_validation=True,
                no_reset_password=True,
                tz=BRASILIA.zone,
            )
        )
        self.records = {}

    def _create(self, model, values_by_key):
        """Create the records, each with an XML id, and remember them by key."""
        records = self.env[model]._load_records(
            [
                {
                    "xml_id": f"crm_gestao.demo_{key}",
                    "noupdate": True,
                    "values": values,
                }
                for key, values in values_by_key.items()
            ]
        )
        self.records.update(zip(values_by_key, records, strict=True))
        return records

    def _ref(self, xmlid):
        return self.env.ref(xmlid, raise_if_not_found=False)

    def _id(self, key):
        return self.records[key].id if key else False

    def load(self, data):
        self.users = {
            key: self._ref(xmlid) or self.env.user for key, xmlid in USERS.items()
        }
        self._load_partners(data)
        self._load_occurrences(data)
        self._load_messages(data)
        self._load_orders(data)
        competitors.load(self, data)

    def _load_partners(self, data):
        env = self.env
        brazil = env.ref("base.br")
        states = {state.code: state.id for state in brazil.state_ids}
        common = {"lang": "pt_BR"} if env["res.lang"]._get_code("pt_BR") else {}
        self._create(
            "res.partner.category",
            {
                f"sector_{key}": {"name": name, "color": color}
                for key, name, color, _weight, _patterns in phrases.SECTORS
            },
        )
        self._create(
            "res.partner",
            {
                customer["key"]: common
                | {
                    fname: customer.get(fname)
                    for fname in (
                        "name",
                        "is_company",
                        "street",
                        "street2",
                        "city",
                        "zip",
                        "phone",
                        "email",
                        "website",
                        "vat",
                        "ref",
                    )
                }
                | {
                    "state_id": states.get(customer["state"]),
                    "country_id": brazil.id,
                    "user_id": self.users[customer["user"]].id,
                    "customer_rank": 1,
                    "category_id": [
                        Command.set([self._id(f"sector_{customer['sector']}")])
                    ]
                    if customer["is_company"]
                    else [],
                }
                for customer in data["customers"]
            },
        )
        self._create(
            "res.partner",
            {
                contact["key"]: common
                | {
                    "name": contact["name"],
                    "parent_id": self._id(contact["customer"]),
                    "function": contact["function"],
                    "email": contact["email"],
                    "phone": contact["phone"],
                }
                for contact in data["contacts"]
            },
        )

    def _load_occurrences(self, data):
        env = self.env
        self._create(
            "crm.gestao.occurrence.tag",
            {
                f"tag_{key}": {"name": name, "color": color}
                for key, name, color in phrases.TAGS
            },
        )
        types = {key: env.ref(f"crm_gestao.type_{key}").id for key in TYPES}
        self._create(
            "crm.gestao.occurrence",
            {
                occurrence["key"]: {
                    "subject": occurrence["subject"],
                    "description": occurrence["description"],
                    "type_id": types[occurrence["type"]],
                    "partner_id": self._id(occurrence["partner"]),
                    "participant_ids": [
                        Command.set([self._id(k) for k in occurrence["participants"]])
                    ],
                    "user_id": occurrence["user"] and self.users[occurrence["user"]].id,
                    "date": _utc(occurrence["date"]),
                    "duration": occurrence["duration"],
                    "priority": occurrence["priority"],
                    "state": occurrence["state"],
                    "tag_ids": [
                        Command.set([self._id(f"tag_{t}") for t in occurrence["tags"]])
                    ],
                }
                for occurrence in data["occurrences"]
            },
        )
        # computed and read-only, so that `create` does not take it
        for occurrence in data["occurrences"]:
            if occurrence["closed"]:
                record = self.records[occurrence["key"]]
                record.date_closed = _utc(occurrence["closed"])
        model_id = env["ir.model"]._get_id("crm.gestao.occurrence")
        self._create(
            "mail.activity",
            {
                f"activity_{occurrence['key']}": {
                    "res_model_id": model_id,
                    "res_id": self._id(occurrence["key"]),
                    "activity_type_id": env.ref(
                        f"mail.mail_activity_data_{occurrence['activity']['type']}"
                    ).id,
                    "summary": occurrence["activity"]["summary"],
                    "date_deadline": occurrence["activity"]["deadline"],
                    "user_id": self.users[occurrence["user"]].id,
                }
                for occurrence in data["occurrences"]
                if occurrence.get("activity")
            },
        )

    def _load_messages(self, data):
        self._create(
            "mail.message",
            {
                message["key"]: {
                    "model": "crm.gestao.occurrence",
                    "res_id": self._id(message["occurrence"]),
                    "message_type": "comment",
                    "subtype_id": self.env.ref("mail.mt_note").id,
                    "author_id": self.users[message["user"]].partner_id.id,
                    "email_from": self.users[message["user"]].email_formatted,
                    "date": _utc(message["date"]),
                    "body": message["body"],
                }
                for message in data["messages"]
            },
        )

    def _load_orders(self, data):
        prices = {}
        products = {}
        for key, name, price, _line in phrases.PRODUCTS:
            prices[key] = price
            products[f"product_{key}"] = {
                "name": name,
                "list_price": price,
                "default_code": f"MOV-{key.upper()}",
                "type": "consu",
                "invoice_policy": "order",
            }
        self._create("product.product", products)
        orders = self._create(
            "sale.order",
            {
                order["key"]: {
                    "partner_id": self._id(order["customer"]),
                    "occurrence_id": self._id(order["occurrence"]),
                    "user_id": self.users[order["user"]].id,
                    "date_order": _utc(order["date"]),
                    "state": "sent" if order["state"] == "sent" else "draft",
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self._id(f"product_{key}"),
                                "product_uom_qty": quantity,
                                "price_unit": prices[key],
                            }
                        )
                        for key, quantity in order["lines"]
                    ],
                }
                for order in data["orders"]
            },
        )
        states = dict(
            zip(orders, (order["state"] for order in data["orders"]), strict=True)
        )
        confirmed = orders.filtered(lambda order: states[order] == "sale")
        dates = {order: order.date_order for order in confirmed}
        confirmed.action_confirm()
        for order, moment in dates.items():
            order.date_order = moment
        orders.filtered(lambda order: states[order] == "cancel").state = "cancel"


def load(env, **sizes):
    """Create the demo data, unless it is there."""
    if env.ref("crm_gestao.demo_occurrence_0001", raise_if_not_found=False):
        return
    # demo data is loaded before the hook that numbers the companies
    env.company._create_occurrence_sequence()
    now = fields.Datetime.now().replace(tzinfo=pytz.utc).astimezone(BRASILIA)
    Loader(env).load(build(now=now.replace(tzinfo=None), **sizes))
