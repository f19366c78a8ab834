"""What the demo customers are called and what is told about them, in Portuguese.

The company of the demo sells furniture for offices and stock rooms. Everybody and
everything here is invented. In the texts, `{item}` is a product line (feminine,
plural), `{who}` a contact, `{n}` a quantity, `{days}` a delay and `{month}` a month.
"""

# xml id suffix, product, price, how the texts call it
PRODUCTS = [
    ("chair", "Cadeira operacional Lótus", 689.0, "cadeiras Lótus"),
    ("desk", "Mesa de trabalho Ipê 1,40 m", 1149.0, "mesas Ipê"),
    ("shelf", "Estante modular Prisma 5 níveis", 879.0, "estantes Prisma"),
    ("partition", "Divisória acústica Araucária", 1390.0, "divisórias Araucária"),
    ("bench", "Bancada industrial Jatobá", 2260.0, "bancadas Jatobá"),
    ("box", "Caixa organizadora Atlas 40 L", 74.9, "caixas Atlas"),
]

# xml id suffix, name, color
TAGS = [
    ("quote", "Cotação", 10),
    ("restock", "Reposição", 4),
    ("contract", "Contrato anual", 5),
    ("warranty", "Garantia", 2),
    ("logistics", "Logística", 3),
    ("finance", "Financeiro", 8),
    ("competition", "Concorrência", 1),
    ("fair", "Feira e eventos", 9),
    ("key_account", "Cliente estratégico", 6),
    ("new_site", "Nova unidade", 11),
]

# xml id suffix, category, color, weight, patterns of the company's name
SECTORS = [
    (
        "retail",
        "Varejo",
        4,
        22,
        [
            "Supermercado {x}",
            "Mercado {x}",
            "Casa de Materiais {x}",
            "Papelaria {x}",
            "Lojas {x}",
            "Atacado {x}",
            "Livraria {x}",
        ],
    ),
    (
        "industry",
        "Indústria",
        2,
        20,
        [
            "Metalúrgica {x}",
            "Indústria de Embalagens {x}",
            "Tecelagem {x}",
            "Cerâmica {x}",
            "Plásticos {x}",
            "Usinagem {x}",
            "Tintas {x}",
        ],
    ),
    (
        "food",
        "Alimentos",
        3,
        13,
        [
            "Laticínios {x}",
            "Panificadora {x}",
            "Torrefação {x}",
            "Frigorífico {x}",
            "Restaurante {x}",
        ],
    ),
    (
        "health",
        "Saúde",
        1,
        11,
        [
            "Clínica {x}",
            "Laboratório {x}",
            "Farmácia {x}",
            "Hospital {x}",
            "Odontologia {x}",
        ],
    ),
    (
        "education",
        "Educação",
        11,
        9,
        ["Colégio {x}", "Escola Técnica {x}", "Faculdade {x}", "Instituto {x}"],
    ),
    (
        "services",
        "Serviços",
        8,
        11,
        [
            "Contabilidade {x}",
            "Engenharia {x}",
            "Consultoria {x}",
            "Gráfica {x}",
            "Seguros {x}",
        ],
    ),
    (
        "logistics",
        "Transporte e logística",
        7,
        7,
        ["Transportadora {x}", "Armazéns {x}", "Expresso {x}"],
    ),
    (
        "farming",
        "Agronegócio",
        10,
        7,
        ["Cooperativa {x}", "Agrícola {x}", "Sementes {x}", "Agropecuária {x}"],
    ),
    ("hotel", "Hotelaria", 9, 5, ["Hotel {x}", "Pousada {x}"]),
    (
        "car",
        "Automotivo",
        5,
        6,
        ["Auto Peças {x}", "Concessionária {x}", "Oficina {x}"],
    ),
]

PLACES = (
    "Serra Vale Campo Lagoa Monte Porto Morro Ilha Recanto Chapada Ribeirão Várzea"
    " Colina Enseada Mirante Ladeira"
).split()
THINGS = [
    "do Angico",
    "da Aroeira",
    "do Bem-te-vi",
    "da Braúna",
    "do Cambará",
    "da Candeia",
    "do Guapuruvu",
    "da Jabuticabeira",
    "do Jequitibá",
    "da Macaúba",
    "do Manacá",
    "da Paineira",
    "do Pequizeiro",
    "da Quaresmeira",
    "do Sabiá",
    "da Seriema",
    "do Tangará",
    "do Umbuzeiro",
    "da Garoa",
    "do Luar",
    "da Neblina",
    "do Sereno",
    "da Sucupira",
    "do Tamanduá",
]
LEGAL_FORMS = ["Ltda.", "Ltda.", "Ltda.", "S.A.", "ME", "EPP"]
LONG_NAMES = [
    "Associação Beneficente dos Produtores de Artesanato em Madeira, Fibra e Cerâmica"
    " da Região do Médio Vale do Cambará e Adjacências",
    "Companhia de Desenvolvimento, Armazenagem, Distribuição e Comércio Atacadista de"
    " Materiais Escolares, Hospitalares e de Escritório Serra da Sucupira S.A.",
    "Cooperativa Mista dos Pequenos e Médios Agricultores Familiares e Apicultores da"
    " Chapada do Pequizeiro e Municípios Vizinhos",
    "Fundação Educacional, Cultural, Esportiva e de Assistência ao Trabalhador da"
    " Indústria de Móveis e Esquadrias do Ribeirão da Seriema",
]

# city, state, area code, first five digits of the postal code, weight
CITIES = [
    ("São Paulo", "SP", "11", "01310", 30),
    ("Guarulhos", "SP", "11", "07010", 6),
    ("São José dos Campos", "SP", "12", "12210", 6),
    ("Santos", "SP", "13", "11010", 6),
    ("Bauru", "SP", "14", "17010", 4),
    ("Sorocaba", "SP", "15", "18010", 6),
    ("Ribeirão Preto", "SP", "16", "14010", 7),
    ("São José do Rio Preto", "SP", "17", "15010", 5),
    ("Presidente Prudente", "SP", "18", "19010", 3),
    ("Campinas", "SP", "19", "13015", 12),
    ("Rio de Janeiro", "RJ", "21", "20010", 14),
    ("Niterói", "RJ", "21", "24020", 4),
    ("Campos dos Goytacazes", "RJ", "22", "28010", 2),
    ("Volta Redonda", "RJ", "24", "27255", 3),
    ("Vitória", "ES", "27", "29010", 4),
    ("Cachoeiro de Itapemirim", "ES", "28", "29300", 2),
    ("Belo Horizonte", "MG", "31", "30110", 12),
    ("Juiz de Fora", "MG", "32", "36010", 4),
    ("Governador Valadares", "MG", "33", "35010", 2),
    ("Uberlândia", "MG", "34", "38400", 5),
    ("Varginha", "MG", "35", "37002", 2),
    ("Divinópolis", "MG", "37", "35500", 2),
    ("Montes Claros", "MG", "38", "39400", 2),
    ("Curitiba", "PR", "41", "80010", 10),
    ("Ponta Grossa", "PR", "42", "84010", 3),
    ("Londrina", "PR", "43", "86010", 5),
    ("Maringá", "PR", "44", "87013", 4),
    ("Cascavel", "PR", "45", "85801", 3),
    ("Pato Branco", "PR", "46", "85501", 2),
    ("Joinville", "SC", "47", "89201", 5),
    ("Blumenau", "SC", "47", "89010", 5),
    ("Florianópolis", "SC", "48", "88010", 5),
    ("Chapecó", "SC", "49", "89801", 3),
    ("Porto Alegre", "RS", "51", "90010", 9),
    ("Pelotas", "RS", "53", "96010", 2),
    ("Caxias do Sul", "RS", "54", "95010", 5),
    ("Santa Maria", "RS", "55", "97010", 2),
    ("Brasília", "DF", "61", "70040", 6),
    ("Goiânia", "GO", "62", "74003", 6),
    ("Palmas", "TO", "63", "77001", 2),
    ("Rio Verde", "GO", "64", "75901", 2),
    ("Cuiabá", "MT", "65", "78005", 3),
    ("Sinop", "MT", "66", "78550", 2),
    ("Campo Grande", "MS", "67", "79002", 3),
    ("Rio Branco", "AC", "68", "69900", 1),
    ("Porto Velho", "RO", "69", "76801", 1),
    ("Salvador", "BA", "71", "40010", 6),
    ("Ilhéus", "BA", "73", "45650", 2),
    ("Feira de Santana", "BA", "75", "44001", 3),
    ("Vitória da Conquista", "BA", "77", "45000", 2),
    ("Aracaju", "SE", "79", "49010", 2),
    ("Recife", "PE", "81", "50010", 6),
    ("Maceió", "AL", "82", "57020", 2),
    ("João Pessoa", "PB", "83", "58010", 2),
    ("Natal", "RN", "84", "59010", 3),
    ("Fortaleza", "CE", "85", "60010", 6),
    ("Teresina", "PI", "86", "64000", 2),
    ("Petrolina", "PE", "87", "56302", 2),
    ("Juazeiro do Norte", "CE", "88", "63010", 2),
    ("Belém", "PA", "91", "66010", 3),
    ("Manaus", "AM", "92", "69005", 3),
    ("Santarém", "PA", "93", "68005", 1),
    ("Boa Vista", "RR", "95", "69301", 1),
    ("Macapá", "AP", "96", "68900", 1),
    ("São Luís", "MA", "98", "65010", 2),
    ("Imperatriz", "MA", "99", "65901", 1),
]

STREETS = [
    "Rua das Acácias",
    "Rua dos Ipês",
    "Avenida das Palmeiras",
    "Rua do Comércio",
    "Avenida Central",
    "Rua da Estação",
    "Avenida do Contorno",
    "Rua das Oficinas",
    "Travessa do Mercado",
    "Rodovia do Café, km 12",
    "Alameda dos Jacarandás",
    "Rua Nova Esperança",
    "Avenida da Indústria",
    "Rua do Porto",
]
DISTRICTS = [
    "Centro",
    "Distrito Industrial",
    "Jardim das Flores",
    "Vila Nova",
    "Boa Vista",
    "Santa Luzia",
    "Parque dos Pinheiros",
]

WOMEN = (
    "Adriana Aline Amanda Bruna Carla Carolina Cláudia Cristiane Daniela Débora"
    " Elaine Fabiana Fernanda Gabriela Helena Isabela Joana Larissa Letícia Luciana"
    " Márcia Mariana Michele Natália Patrícia Priscila Raquel Renata Sandra Simone"
    " Tatiane Vanessa Viviane"
).split()
MEN = (
    "Alexandre Anderson André Bruno Caio Carlos Célio Daniel Diego Eduardo Fábio"
    " Felipe Fernando Gilberto Guilherme Gustavo Henrique Hugo Igor João Jorge Leandro"
    " Leonardo Luciano Marcelo Márcio Mateus Otávio Paulo Rafael Renato Ricardo"
    " Rodrigo Sérgio Thiago Vinícius Wagner"
).split()
SURNAMES = (
    "Almeida Andrade Araújo Azevedo Barbosa Barros Batista Borges Brandão Campos"
    " Cardoso Carvalho Castro Coelho Correia Costa Cunha Dias Duarte Farias Fernandes"
    " Ferraz Figueiredo Fonseca Freitas Garcia Gomes Guimarães Leite Lima Lopes Macedo"
    " Machado Magalhães Martins Medeiros Melo Mendes Menezes Miranda Monteiro Moraes"
    " Moreira Nogueira Nunes Oliveira Pacheco Peixoto Pereira Pinto Queiroz Ramos"
    " Rezende Ribeiro Rocha Sales Santana Siqueira Tavares Teixeira Valente Vieira"
).split()
# job titles for a woman, for a man
JOBS = [
    ("Compradora", "Comprador"),
    ("Gerente de Compras", "Gerente de Compras"),
    ("Diretora Administrativa", "Diretor Administrativo"),
    ("Coordenadora de Logística", "Coordenador de Logística"),
    ("Analista de Suprimentos", "Analista de Suprimentos"),
    ("Sócia-gerente", "Sócio-gerente"),
    ("Proprietária", "Proprietário"),
    ("Gerente Financeira", "Gerente Financeiro"),
    ("Supervisora de Loja", "Supervisor de Loja"),
    ("Encarregada do Almoxarifado", "Encarregado do Almoxarifado"),
    ("Assistente Administrativa", "Assistente Administrativo"),
    ("Arquiteta", "Engenheiro de Manutenção"),
]

# Type of occurrence (its XML id without `type_`): list of
# (subject, what happened, tag or None, planned beforehand?)
TALKS = {
    "visit": [
        (
            "Apresentação das {item}",
            "{who} recebeu bem as {item} e comparou o acabamento com o do fornecedor"
            " atual. Deixei o catálogo e a tabela de preços.",
            "quote",
        ),
        (
            "Medição do espaço para {item}",
            "Medi o depósito com {who}. Cabem {n} unidades em três corredores, com"
            " folga para a empilhadeira. O piso precisa de nivelamento antes da"
            " montagem.",
            "new_site",
        ),
        (
            "Visita de rotina e reposição de {item}",
            "Conferi o estoque com {who}: restam {n} unidades, o que dá para"
            " {days} dias. Combinamos reposição no início de {month}.",
            "restock",
        ),
        (
            "Levantamento para a nova unidade",
            "A nova unidade abre em {month}. {who} mostrou a planta e pediu proposta"
            " para recepção, escritório e estoque.",
            "new_site",
        ),
        (
            "Entrega de amostra das {item}",
            "Deixei uma amostra das {item} para teste por {days} dias. {who} vai"
            " ouvir a equipe antes de decidir.",
            None,
        ),
        (
            "Negociação do contrato anual",
            "{who} quer preço fixo por doze meses e entrega programada. Pedem prazo"
            " de {days} dias para pagamento.",
            "contract",
        ),
        (
            "Acompanhamento da montagem das {item}",
            "A montagem terminou no prazo. {who} conferiu as {n} unidades e assinou"
            " o termo de entrega sem ressalvas.",
            "logistics",
        ),
        (
            "Visita ao novo responsável pelas compras",
            "{who} assumiu as compras neste mês. Contei o histórico do cliente e"
            " combinamos visita mensal.",
            "key_account",
        ),
        (
            "Concorrente oferecendo preço menor nas {item}",
            "{who} mostrou cotação de outro fornecedor com preço cerca de 8% menor,"
            " mas sem frete e sem montagem. Ficou de comparar o custo total.",
            "competition",
        ),
        (
            "Apresentação da tabela de {month}",
            "Apresentei os novos preços. {who} entendeu o reajuste e pediu para"
            " manter a condição nos pedidos em andamento.",
            None,
        ),
    ],
    "call": [
        (
            "Retorno sobre a cotação das {item}",
            "{who} está com a proposta e deve levar à diretoria ainda nesta semana."
            " Pediu {days} dias de prazo.",
            "quote",
        ),
        (
            "Confirmação da entrega das {item}",
            "Confirmei com {who} a entrega de {n} unidades. Recebimento só pela"
            " manhã, com agendamento na portaria.",
            "logistics",
        ),
        (
            "Pedido de reposição de {item}",
            "{who} pediu mais {n} unidades nas mesmas condições do último pedido.",
            "restock",
        ),
        (
            "Dúvida sobre o boleto",
            "{who} não localizou o boleto da última nota. Reenviei por e-mail e"
            " confirmei o recebimento durante a ligação.",
            "finance",
        ),
        (
            "Agendamento de visita",
            "Liguei para marcar visita. {who} prefere o período da tarde e pediu"
            " para ver as {item} de perto.",
            None,
        ),
        (
            "Contato de retomada",
            "Sem pedido há algum tempo. {who} explicou que as compras estão"
            " paradas até {month}; voltar a ligar nessa época.",
            None,
        ),
        (
            "Consulta de prazo para {item}",
            "{who} perguntou o prazo para {n} unidades. Informei {days} dias e"
            " ofereci entrega parcial.",
            "quote",
        ),
        (
            "Atualização do cadastro",
            "Confirmei endereço, telefone e responsável pelas compras com {who}.",
            None,
        ),
        (
            "Convite para a feira de {month}",
            "Convidei {who} para o nosso estande. Vai com mais duas pessoas da equipe.",
            "fair",
        ),
    ],
    "email": [
        (
            "Envio da proposta das {item}",
            "Enviada a proposta para {n} unidades, com validade de {days} dias e"
            " frete incluso.",
            "quote",
        ),
        (
            "Ficha técnica das {item}",
            "{who} pediu a ficha técnica e o certificado de garantia. Enviados em"
            " PDF, com cópia para a manutenção.",
            None,
        ),
        (
            "Segunda via da nota fiscal",
            "Enviada a segunda via em PDF e XML para {who} e para a contabilidade"
            " do cliente.",
            "finance",
        ),
        (
            "Minuta do contrato anual",
            "Enviada a minuta revisada. {who} respondeu que o jurídico deve devolver"
            " em {days} dias.",
            "contract",
        ),
        (
            "Comunicado de reajuste",
            "Enviado o comunicado com a nova tabela válida a partir de {month}.",
            None,
        ),
        (
            "Catálogo atualizado",
            "Enviado o catálogo com as {item} em novas cores. {who} agradeceu e"
            " pediu preços.",
            None,
        ),
    ],
    "meeting": [
        (
            "Reunião de planejamento trimestral",
            "Revisamos com {who} o consumo do trimestre e a previsão até {month}."
            " Volume estimado de {n} unidades por mês.",
            "key_account",
        ),
        (
            "Reunião sobre o projeto da nova unidade",
            "Participaram {who} e o arquiteto. O projeto usa {item} em dois andares;"
            " falta definir a cor.",
            "new_site",
        ),
        (
            "Renovação do contrato de fornecimento",
            "Acertamos a renovação por doze meses. {who} pediu revisão da cláusula"
            " de prazo de entrega.",
            "contract",
        ),
        (
            "Videoconferência com a matriz",
            "{who} apresentou nossa proposta à matriz. Pediram referência de outros"
            " clientes com {item}.",
            "quote",
        ),
        (
            "Alinhamento de entregas e recebimento",
            "Definimos com {who} um calendário, com uma entrega por semana, sempre às"
            " quartas-feiras.",
            "logistics",
        ),
    ],
    "message": [
        (
            "Foto do local para as {item}",
            "{who} mandou fotos da sala. Respondi com uma sugestão de disposição"
            " para {n} unidades.",
            None,
        ),
        (
            "Confirmação de horário",
            "{who} confirmou o horário da visita e avisou que a entrada é pela"
            " portaria dos fundos.",
            None,
        ),
        (
            "Rastreio da entrega das {item}",
            "Enviei o código de rastreio. {who} confirmou que alguém estará no local"
            " para receber.",
            "logistics",
        ),
        (
            "Pedido de preço rápido das {item}",
            "{who} pediu preço de {n} unidades para hoje. Passei a tabela e avisei"
            " que a proposta formal segue por e-mail.",
            "quote",
        ),
        (
            "Aviso de pagamento",
            "{who} enviou o comprovante do Pix. Repassado ao financeiro para baixa.",
            "finance",
        ),
        (
            "Agradecimento pela montagem",
            "{who} elogiou a equipe de montagem e mandou fotos das {item} no lugar.",
            None,
        ),
    ],
    "note": [
        (
            "Mudança no horário de recebimento",
            "O recebimento agora é das 8h às 11h, de segunda a quinta. Avisar a"
            " transportadora.",
            "logistics",
        ),
        (
            "Compras centralizadas na matriz",
            "As compras acima de dez mil passam a depender da matriz. {who} continua"
            " como primeiro contato.",
            "key_account",
        ),
        (
            "Férias coletivas em {month}",
            "A empresa para por {days} dias em {month}. Antecipar a reposição de"
            " {item}.",
            "restock",
        ),
        (
            "Concorrente visitou o cliente",
            "Soube na recepção que um concorrente deixou amostra. Preparar"
            " comparativo das {item} para a próxima visita.",
            "competition",
        ),
        (
            "Limite de crédito revisto",
            "O financeiro revisou o limite depois de doze meses sem atraso.",
            "finance",
        ),
    ],
}

# Type: list of (subject, what the customer told, how it was solved, tag)
CASES = {
    "complaint": [
        (
            "Avaria no transporte das {item}",
            "{who} recebeu {n} unidades com a embalagem rasgada e riscos no"
            " acabamento. Enviou fotos.",
            "Coleta das peças avariadas e reposição sem custo, com seguro acionado"
            " junto à transportadora.",
            "logistics",
        ),
        (
            "Atraso na entrega das {item}",
            "O prazo era de {days} dias e venceu ontem. {who} está com a equipe"
            " parada à espera do material.",
            "A carga estava retida no posto fiscal. Entregue em veículo próprio, com"
            " desconto no frete seguinte.",
            "logistics",
        ),
        (
            "Quantidade divergente da nota fiscal",
            "{who} contou {n} unidades a menos do que consta na nota.",
            "Conferência do romaneio confirmou a falta. O saldo seguiu no dia"
            " seguinte e o cliente aceitou.",
            "logistics",
        ),
        (
            "Cor diferente da combinada nas {item}",
            "As {item} chegaram em cinza claro; o pedido era grafite, segundo {who}.",
            "Erro nosso de separação. Troca feita na rota da semana, sem custo.",
            None,
        ),
        (
            "Cobrança em duplicidade",
            "{who} recebeu dois boletos para a mesma nota e o segundo foi a protesto.",
            "Boleto indevido cancelado e carta de anuência enviada no mesmo dia.",
            "finance",
        ),
        (
            "Defeito nas {item} com pouco uso",
            "{who} informa que {n} unidades apresentaram defeito antes de {days} dias"
            " de uso.",
            "Laudo apontou lote com solda fraca. Peças trocadas em garantia e lote"
            " bloqueado no estoque.",
            "warranty",
        ),
        (
            "Demora no retorno do SAC",
            "{who} ligou três vezes e diz que ninguém retornou.",
            "Pedido de desculpas da gerência, caso anterior localizado e encerrado na"
            " mesma ligação.",
            None,
        ),
        (
            "Montagem incompleta das {item}",
            "A equipe de montagem foi embora sem terminar duas peças, relata {who}.",
            "Nova equipe enviada com as ferragens que faltavam. Cliente conferiu e"
            " assinou o termo.",
            None,
        ),
    ],
    "after_sales": [
        (
            "Troca de rodízios em garantia das {item}",
            "{who} pediu a troca de rodízios de {n} unidades dentro da garantia.",
            "Peças enviadas pelo correio e troca feita pela manutenção do cliente.",
            "warranty",
        ),
        (
            "Acompanhamento depois de 30 dias das {item}",
            "Ligação de pós-venda: {who} aprova as {item}, mas pediu"
            " ajuste de altura em duas peças.",
            "Ajuste feito na visita do técnico. Nota 9 na pesquisa de satisfação.",
            None,
        ),
        (
            "Treinamento de montagem das {item}",
            "{who} pediu orientação para a equipe interna montar as próximas {item}.",
            "Treinamento de duas horas feito no local, com manual impresso.",
            None,
        ),
        (
            "Solicitação de peças de reposição",
            "{who} precisa de {n} puxadores e chaves para as {item}.",
            "Peças separadas e enviadas com a entrega seguinte.",
            "restock",
        ),
        (
            "Revisão preventiva das {item}",
            "Revisão anual prevista em contrato. {who} pediu para não parar o"
            " expediente.",
            "Revisão feita no sábado pela manhã, sem pendências.",
            "contract",
        ),
    ],
}

OUTCOMES = [
    "Sem pendências.",
    "Agradeceu o retorno.",
    "Combinado novo contato em {days} dias.",
    "Prefere receber os avisos por WhatsApp.",
    "Vai avisar a equipe do recebimento.",
    "Pediu cópia de tudo por e-mail.",
]
# where something may be sold
SALES_OUTCOMES = [
    "Combinado novo contato em {days} dias.",
    "Ficou de responder até o fim da semana.",
    "Vai consultar a diretoria antes de fechar.",
    "Há chance de pedido ainda em {month}.",
    "Pediu para incluir também {other} na próxima proposta.",
    "Prefere receber as propostas por WhatsApp.",
]
SALES_TAGS = ("quote", "contract", "new_site", "competition", "fair")
AGREEMENTS = [
    "Enviar proposta revisada para {n} unidades",
    "Mandar amostra de cor das {item}",
    "Conferir prazo com a fábrica",
    "Incluir frete e montagem no preço",
    "Marcar visita do técnico",
    "Avisar o financeiro sobre a condição de pagamento",
    "Atualizar o contato do almoxarifado no cadastro",
]
AGENDAS = [
    "Pauta: condições para {n} unidades e prazo de entrega.",
    "Levar amostra das {item} e a tabela de {month}.",
    "Confirmar presença de {who} na véspera.",
    "Retomar a proposta enviada e ouvir as objeções.",
    "Tratar da renovação e da previsão até {month}.",
]
CANCELLED = [
    "Cancelado: o cliente pediu para remarcar sem data.",
    "Cancelado: contato em viagem, sem substituto.",
    "Cancelado por duplicidade; ver a ocorrência anterior.",
]
PROGRESS = [
    "Aberto chamado com a transportadora, retorno previsto em dois dias.",
    "Cliente enviou as fotos por WhatsApp. Encaminhei à qualidade.",
    "Falei com a fábrica: a peça sai na próxima produção.",
    "Liguei para o cliente e expliquei o andamento. Aceitou o prazo.",
    "Financeiro conferiu e confirma o que o cliente informou.",
    "Atenção: cliente estratégico, priorizar a resposta.",
    "Combinado com o representante, que passa lá na próxima rota.",
]
FOLLOW_UPS = [
    "Ligar para saber da decisão",
    "Enviar proposta revisada",
    "Confirmar entrega com o almoxarifado",
    "Agendar visita de apresentação",
    "Cobrar retorno do jurídico sobre o contrato",
    "Verificar satisfação depois da troca",
    "Levar amostra de cor",
    "Conferir pagamento com o financeiro",
]
MONTHS = (
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro"
    " dezembro"
).split()
