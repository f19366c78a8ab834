"""Competitors of the demo's company, and where they were met. All of it is invented."""

from datetime import timedelta

from markupsafe import Markup

from odoo import fields
from odoo.fields import Command

from . import phrases

# key: name, threat, states, gap of the price by product (-0.1: ten per cent cheaper)
COMPETITORS = {
    "aroeira": {
        "name": "Movelaria Aroeira",
        "threat": "3",
        "states": ("SP", "MG", "RJ"),
        "gaps": {"chair": -0.14, "desk": -0.09, "shelf": 0.02},
        "share": 30,
        "products": (
            ("Cadeira Giro Básica", "chair", "Sem regulagem de braço nem de lombar"),
            ("Mesa Reta 1,40", "desk", "Tampo de 15 mm; o nosso tem 25 mm"),
        ),
        "strengths": (
            "Preço baixo em linhas de entrada",
            "Estoque na Grande São Paulo: entrega em cinco dias",
        ),
        "weaknesses": (
            "Garantia de um ano; a nossa é de cinco",
            "Assistência técnica só por terceiros",
        ),
        "opportunities": ("Clientes que já trocaram cadeiras duas vezes em três anos",),
        "threats": ("Abriu representação em Belo Horizonte",),
        "advantages": (
            "Laudo de ergonomia que o cliente pode arquivar",
            "Peças de reposição por dez anos",
            "Montagem incluída no preço",
        ),
        "questions": (
            "Quantas cadeiras foram para conserto no último ano?",
            "Quem atende quando uma cadeira quebra?",
        ),
        "pricing": ("Desconto de até 20 % no fim do mês; frete à parte fora de SP.",),
        "objections": (
            (
                "A cadeira deles custa menos.",
                "Some o conserto e a troca em cinco anos: a nossa sai mais barata.",
            ),
            (
                "Eles entregam em cinco dias.",
                "A linha Lótus sai do estoque em sete dias, já montada.",
            ),
        ),
    },
    "tamandare": {
        "name": "Estantes Tamandaré",
        "threat": "2",
        "states": ("SP", "PR", "SC"),
        "gaps": {"shelf": -0.07, "box": -0.03, "bench": 0.05},
        "share": 20,
        "products": (
            ("Estante 5 bandejas chapa 26", "shelf", "Aguenta 30 kg; a nossa, 60 kg"),
        ),
        "strengths": ("Atende medidas especiais", "Catálogo grande de acessórios"),
        "weaknesses": ("Prazo de 30 dias", "Pintura que descasca em área úmida"),
        "opportunities": ("Obras com data marcada não esperam 30 dias",),
        "threats": ("Está comprando uma fábrica no Paraná",),
        "advantages": ("Carga ensaiada e identificada em cada bandeja",),
        "questions": (
            "Que peso vai em cada nível?",
            "Quando a área precisa estar pronta?",
        ),
        "pricing": ("Tabela sem desconto, mas com prazo de 90 dias.",),
        "objections": (
            ("Eles dão 90 dias.", "Parcelamos em 30/60/90 acima de dez estantes."),
        ),
    },
    "ipua": {
        "name": "Grupo Ipuã Escritórios",
        "threat": "2",
        "states": ("SP", "RJ", "DF"),
        "gaps": {"chair": 0.12, "desk": 0.15, "partition": 0.06},
        "share": 16,
        "products": (
            ("Cadeira Executiva Plena", "chair", "Mais bonita, mesma regulagem"),
            ("Divisória Acústica Silente", "partition", "Isolamento equivalente"),
        ),
        "strengths": (
            "Marca conhecida por arquitetos",
            "Projeto de interiores incluído",
        ),
        "weaknesses": ("Caro", "Pedido mínimo alto"),
        "opportunities": ("Filiais pequenas, que eles não atendem",),
        "threats": ("Contratos corporativos de três anos",),
        "advantages": ("Projeto de layout gratuito também para pedidos pequenos",),
        "questions": ("Quem decide: compras ou o arquiteto?",),
        "pricing": ("Tabela alta, com 10 % para arquitetos.",),
        "objections": (
            ("O arquiteto indicou a Ipuã.", "Entregamos os blocos 3D ao arquiteto."),
        ),
    },
    "sabia": {
        "name": "Divisórias Sabiá",
        "threat": "1",
        "states": ("SP", "RS"),
        "gaps": {"partition": -0.05},
        "share": 10,
        "products": (("Painel Sabiá 1,60", "partition", "Sem certificado acústico"),),
        "strengths": ("Instala em um dia",),
        "weaknesses": ("Só vende divisórias",),
        "opportunities": ("O cliente prefere um fornecedor só",),
        "threats": (),
        "advantages": ("Divisória, mesa e cadeira na mesma entrega",),
        "questions": ("O que mais vai mudar no escritório?",),
        "pricing": ("Preço por metro, com instalação.",),
        "objections": (),
    },
    "carcara": {
        "name": "Bancadas Carcará",
        "threat": "3",
        "states": ("SP", "MG", "PR", "RS"),
        "gaps": {"bench": -0.11, "shelf": -0.02},
        "share": 16,
        "products": (("Bancada CR-200", "bench", "Tampo sem tratamento antiestático"),),
        "strengths": ("Engenharia que visita a fábrica do cliente",),
        "weaknesses": ("Depende de um só fornecedor de aço",),
        "opportunities": ("Reajuste de 8 % anunciado para o próximo trimestre",),
        "threats": ("Ganhou três metalúrgicas grandes este ano",),
        "advantages": ("Tampo antiestático e regulagem de altura de série",),
        "questions": ("Que peças passam pela bancada?",),
        "pricing": ("Desconto por volume a partir de 12 unidades.",),
        "objections": (
            ("Eles fazem sob medida.", "Também fazemos, a partir de seis unidades."),
        ),
    },
    "pequi": {
        "name": "Plásticos Pequi",
        "threat": "2",
        "states": ("GO", "DF", "SP"),
        "gaps": {"box": -0.22},
        "share": 14,
        "products": (
            ("Caixa Pequi 38 L", "box", "Plástico reciclado, quebra no frio"),
        ),
        "strengths": ("Muito barato", "Vende pela internet"),
        "weaknesses": ("Não empilha com outras marcas",),
        "opportunities": ("Supermercados com exigência sanitária",),
        "threats": ("Marketplace com entrega em dois dias",),
        "advantages": ("Material próprio para alimentos",),
        "questions": ("As caixas vão para câmara fria?",),
        "pricing": ("Frete grátis acima de cem peças.",),
        "objections": (
            (
                "Na internet custa menos.",
                "A nossa empilha e não quebra na câmara fria.",
            ),
        ),
    },
}
# made on the fly by a salesperson: nobody has written its card yet
BARE = ("jacana", "Importadora Jaçanã")
PAYMENT = (False, False, "à vista", "28 dias", "30/60", "30/60/90", "90 dias")
DELIVERY = (False, False, "frete pago", "retira", "5 dias", "30 dias")
REASONS = {
    "won": ("quality", "service", "relationship", "delivery", "price"),
    "lost": ("price", "price", "price", "payment", "delivery", "relationship"),
}


def build(rng, data, now):
    """Records of competitors at the occurrences and orders of `data`.

    :param rng: `random.Random`
    :param now: as in `generator.build`
    :return: list of dicts
    """
    occurrences = {o["key"]: o for o in data["occurrences"]}
    meetings = []
    for order in data["orders"]:
        if rng.random() < 0.7:
            product = rng.choice(order["lines"])[0]
            meetings.append((occurrences[order["occurrence"]], order, product))
    products = [key for c in COMPETITORS.values() for key in c["gaps"]]
    talks = [
        o
        for o in data["occurrences"]
        if o["type"] in ("visit", "meeting", "call")
        and o["state"] == "done"
        and o["user"]
        and o["date"] < now
    ]
    for occurrence in rng.sample(talks, len(talks) // 10):
        meetings.append((occurrence, None, rng.choice(products)))
    records = []
    for occurrence, order, product in meetings:
        rivals = {k: c for k, c in COMPETITORS.items() if product in c["gaps"]}
        key = rng.choices(list(rivals), [c["share"] for c in rivals.values()])[0]
        gap = rivals[key]["gaps"][product] + rng.gauss(0, 0.05)
        if rng.random() < 0.04:
            key, gap = BARE[0], -0.18 + rng.gauss(0, 0.03)
        outcome = _outcome(rng, order, gap, (now - occurrence["date"]).days)
        records.append(
            {
                "key": f"competitor_record_{len(records) + 1:03d}",
                "competitor": key,
                "occurrence": occurrence,
                "order": order and order["key"],
                "product": product,
                "gap": gap,
                # some only heard who else was asked
                "has_price": rng.random() < 0.9,
                "quantity": dict(order["lines"])[product]
                if order
                else rng.choice((2, 4, 6, 10, 12, 20)),
                "payment": rng.choice(PAYMENT),
                "delivery": rng.choice(DELIVERY),
                "position": rng.choice(("incumbent", "challenger", False)),
                "outcome": outcome,
                "reason": outcome in REASONS and rng.choice(REASONS[outcome]),
                "source": rng.choice(("customer", "customer", "document", "market")),
                "confidence": rng.choice("1223"),
            }
        )
    return records


def _outcome(rng, order, gap, age):
    if order and order["state"] in ("draft", "sent"):
        return "open"
    if order and age < 45 and rng.random() < 0.5:
        return "open"  # decided, and still to be confirmed
    if order:
        return {"sale": "won", "cancel": "lost"}[order["state"]]
    if age < 30:
        return "open"
    if rng.random() < 0.08:
        return "nobody"
    # the cheaper they are, the more often they win
    return "won" if rng.random() < 0.52 + 1.8 * gap else "lost"


def load(loader, data):
    """Write the cards and records.

    :param loader: `generator.Loader`, which has written the customers, occurrences and
        orders of `data`
    """
    env = loader.env
    states = {state.code: state.id for state in env.ref("base.br").state_ids}
    today = fields.Date.today()
    manager = loader.users["manager"].id

    def points(lines):
        items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
        return items and Markup("<ul>%s</ul>") % items

    cards = {}
    for index, (key, card) in enumerate(COMPETITORS.items()):
        cards[f"competitor_{key}"] = {
            "name": card["name"],
            "website": f"https://{key}.example",
            "threat_level": card["threat"],
            "state_ids": [Command.set([states[code] for code in card["states"]])],
            "industry_ids": [Command.set(env.ref("base.res_partner_industry_G").ids)],
            "user_id": manager,
            "review_date": today - timedelta(days=50 * index),
            "reviewer_id": manager,
            "product_ids": [
                Command.create(
                    {
                        "name": name,
                        "product_id": loader._id(f"product_{product}"),
                        "note": note,
                    }
                )
                for name, product, note in card["products"]
            ],
            "objection_ids": [
                Command.create({"name": objection, "answer": answer})
                for objection, answer in card["objections"]
            ],
            "pricing_notes": points(card["pricing"]),
            **{
                fname: points(card[fname])
                for fname in (
                    *("strengths", "weaknesses", "opportunities", "threats"),
                    *("advantages", "questions"),
                )
            },
        }
    cards[f"competitor_{BARE[0]}"] = {"name": BARE[1]}
    loader._create("crm.gestao.competitor", cards)
    prices = {key: price for key, _name, price, _line in phrases.PRODUCTS}
    loader._create(
        "crm.gestao.competitor.record",
        {
            record["key"]: {
                "competitor_id": loader._id(f"competitor_{record['competitor']}"),
                "date": record["occurrence"]["date"].date(),
                "user_id": loader.users[record["occurrence"]["user"]].id,
                "partner_id": loader._id(record["occurrence"]["customer"]),
                "occurrence_id": loader._id(record["occurrence"]["key"]),
                "sale_order_id": loader._id(record["order"]),
                "product_id": loader._id(f"product_{record['product']}"),
                "quantity": record["quantity"],
                "our_price": prices[record["product"]],
                "their_price": record["has_price"]
                and round(prices[record["product"]] * (1 + record["gap"]), 2),
                "payment_terms": record["payment"],
                "delivery_terms": record["delivery"],
                "position": record["position"],
                "outcome": record["outcome"],
                "reason_id": record["reason"]
                and env.ref(f"crm_gestao.competitor_reason_{record['reason']}").id,
                "source": record["source"],
                "confidence": record["confidence"],
            }
            for record in data["competitor_records"]
        },
    )
