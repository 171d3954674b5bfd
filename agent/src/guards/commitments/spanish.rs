//! Spanish phrases that bind the dealership; accents may be missing.

use super::{
    Commitment::{Binding, Credit, Discount, Payment, TradeIn},
    Phrases,
};

/// What the words in braces stand for.
pub(super) const ABBREVIATIONS: &[(&str, &str)] = &[
    (
        "{money}",
        r"(?:[$€]\s?\d[\d,. ]*\d|[$€]\s?\d|\d[\d,.]*(?: \d{3})*\s?(?:\$|€|mil|d[óo]lares|pesos|%|por ciento)|(?:\w+\s)?(?:mil|cientos|cien)(?: \w+)? d[óo]lares|(?:quinientos|mil|dos mil|tres mil|ocho mil) d[óo]lares)",
    ),
    // "le hago", "podemos darle", "te puedo dejar"
    (
        "{le}",
        r"\b(?:(?:se )?(?:le|te|les|lo|la|nos|los|las|selo|sela) )*(?:l[oa]s? )?(?:(?:puedo|podemos|podr[íi]a(?:mos)?|voy a|vamos a|va a|van a|puede|pueden) )?",
    ),
    (
        "{rebaja}",
        r"(?:un |una |el |la |los |algún |alg[uú]n |alguna |mejor |buen |buena |gran |mayor |otro |otra )*(?:descuentos?|rebajas?|reembolsos?|bonificaci[óo]n(?:es)?|ofertas?(?: especial(?:es)?)?|promoci[óo]n(?:es)?|(?:mejor|buen|gran) (?:precio|trato|oferta)|precio (?:especial|menor|m[áa]s bajo|de amigo|rebajado|mejor)|cup[óo]n(?:es)?)",
    ),
];

pub(super) const PHRASES: &[Phrases] = &[
    Phrases {
        commitment: Binding,
        patterns: &[
            r"\b(?:le|te) (?:doy|damos) (?:mi|nuestra) palabra\b|\bese precio es (?:suyo|tuyo)\b",
            r"\b(?:legalmente )?vinculantes?\b|\blegalmente (?:v[áa]lid[oa]|obligatori[oa])\b|\boferta (?:en firme|firme|formal|definitiva)\b",
            r"\btrato hecho\b|\bes un (?:trato|hecho|acuerdo)\b|\btenemos (?:un )?(?:trato|acuerdo)\b|(?:^|[,!¡]\s*)(?:trato|acordado|vendido|cerrado)\s*[!.]|\bcerramos (?:el )?(?:trato|en|por)\b|\bnegocio hecho\b",
            r"{le}(?:garantiz\w+|promet\w+|asegur(?:o|amos|ar|arle|arte)|jur(?:o|amos)|compromet\w+)\b|\b(?:tiene|tienes) (?:mi|nuestra) (?:palabra|promesa|garant[íi]a)\b|\bnos comprometemos\b",
            r"\b(?:acept(?:o|amos|ar|ado|ada)|apruebo|aprobamos|acord(?:é|amos)|autoriz(?:o|amos|ado)|confirmo|confirmamos) (?:su|tu|la|el|esa|ese|esta|este|un|una|los|todo)\b[^.!?]{0,20}\b(?:oferta|precio|trato|reembolso|condiciones|cantidad|propuesta|descuento)\b|\boferta (?:est[áa]|ha sido|fue|queda) (?:aceptada|aprobada)\b",
            r"\b(?:respet(?:ar|amos|aremos|ar[ée])|mantendr(?:emos|[ée])|manten(?:emos|go)|igual(?:amos|aremos|o|ar)|mejor(?:amos|aremos|ar)|super(?:amos|aremos|ar)|congel(?:amos|ar)|bloque(?:amos|ar)|sosten(?:emos|dremos))\b[^.!?]{0,25}\b(?:precio|oferta|cotizaci[óo]n|competencia|trato)\b",
            r"\b(?:aprobaci[óo]n|cr[ée]dito|financiamiento|precio|entrega) (?:est[áa] )?garantizad[oa]\b|\bgarantizad[oa]\b|\b(?:mejor|m[áa]s bajo|menor) precio (?:de la (?:ciudad|zona)|del mercado|garantizado|posible)\b|\bes (?:nuestro|el|mi) (?:mejor|[uú]ltimo|menor) precio\b|\b(?:nuestro|mi) (?:mejor|[uú]ltimo) precio\b|\bel precio m[áa]s bajo\b[^.!?]{0,20}\b(?:ciudad|zona|mercado)\b",
            r"\b(?:se|te) l[oa] (?:dejo|dejamos|vendo|vendemos|doy|damos|lleva|puede llevar|podemos dejar|puedo dejar)\b[^.!?]{0,20}(?:{money})|\bes (?:suy[oa]|tuy[oa]) (?:por|en)\b|\b(?:acepto|aceptamos|tomamos) (?:los |sus )?(?:{money})",
            r"\breembolso (?:completo|total)\b|\b(?:le|te) (?:devolvemos|devolveremos|reembolsamos|devuelvo) (?:su|el|todo|tu)\b|\bestoy autorizad[oa]\b",
        ],
    },
    Phrases {
        commitment: Discount,
        patterns: &[
            r"\b(?:a )?mitad de(?:l)? precio\b|\b(?:2 ?x ?1|dos por uno)\b",
            r"\bgratis\b|\bgratuit[oa]s?\b|\bsin (?:ning[úu]n )?(?:costo|cargo|coste)\b|\bcorren? por (?:nuestra cuenta|cuenta (?:nuestra|de la casa)|la casa)\b|\bde regalo\b|\binvita la casa\b",
            r"{le}(?:hago|hacemos|hacer(?:le|te)?|haremos|har[ée]|doy|damos|dar(?:le|te)?|daremos|dar[ée]|ofrezco|ofrecemos|ofrecer(?:le|te)?|consigo|conseguimos|conseguir(?:le|te)?|aplic(?:o|amos|ar|aremos)|tengo|tenemos|otorgamos|dejo|dejamos) {rebaja}\b",
            r"\b(?:baj(?:o|amos|ar|aremos|ar[ée]|arle)|rebaj(?:o|amos|ar|aremos|arle)|reduc(?:ir|imos|iremos|irle)|reduzco|descont(?:ar|amos|aremos|arle)|descuento|quit(?:o|amos|ar|aremos|arle))\b(?: \w+){0,3} (?:el precio|del precio|al precio|{money})",
            r"(?:{money}) (?:de )?(?:descuento|rebaja|menos para usted|de regalo|de bonificaci[óo]n)\b|\b(?:descuento|rebaja|bonificaci[óo]n) de (?:unos |hasta |otros )?(?:{money})",
            r"{le}(?:regal(?:o|amos|ar\w*|aremos)|inclu(?:yo|imos|ir\w*|iremos)|agreg(?:o|amos)|pag(?:o|amos|aremos)|perdon(?:o|amos)|cubr(?:o|imos|iremos)|elimin(?:o|amos))\b[^.!?]{0,40}\b(?:gratis|cargos?|tapetes|alfombras|garant[íi]a|mantenimiento|polarizado|tanque|impuestos|env[íi]o|cambios? de aceite|sin costo|cortes[íi]a)\b",
            r"\b(?:recib(?:e|ir[áa]|es)|obtiene|obtendr[áa]|hay|con|tiene|tendr[áa]|califica para|aprovech[ea]\w*) (?:un |una |su |nuestro |nuestra )?(?:\w+ )?(?:descuento|rebaja|cup[óo]n|promoci[óo]n|bonificaci[óo]n|oferta especial|precio especial)\b|\b(?:precio|oferta|descuento|promoci[óo]n) (?:especial|exclusiv[oa]|solo (?:por )?hoy|para usted|s[óo]lo para|de contado|de amigo)\b",
            r"\bprecio(?:s)? (?:es|son) (?:negociables?|flexibles?)\b|\bhay (?:margen|espacio)(?: para (?:negociar|mover))?\b|\bsi (?:firma|compra|viene|decide) (?:hoy|ahora|esta semana)[^.!?]{0,40}\b(?:descuento|gratis|menos|rebaja|precio)\b|\bmenos del precio (?:publicado|de lista|anunciado)\b",
        ],
    },
    Phrases {
        commitment: TradeIn,
        patterns: &[
            r"\b(?:le|te) (?:da(?:mos|r[íi]amos|remos)|doy|dar[íi]a|ofrec(?:emos|er[íi]amos)|ofrezco|paga(?:mos|r[íi]amos)|pago|puedo dar|podemos (?:dar|ofrecer|pagar)|compramos|recibimos|tomamos)\b[^.!?]{0,30}(?:{money})[^.!?]{0,30}\b(?:por|a cuenta|de entrada)\b|\b(?:le|te) (?:damos|doy|ofrecemos|pagamos|dar[íi]amos) (?:unos |hasta |como |alrededor de )?(?:{money})",
            r"\b(?:su|tu) (?:[\w'-]+ ){1,4}?(?:vale|valdr[íi]a|est[áa] valuad[oa]|costar[íi]a|se cotiza|est[áa] en|podr[íi]a valer|debe valer)\b[^.!?]{0,20}(?:{money}|\d{3,})|\bvalor de (?:su|tu|intercambio|entrega|reventa)[^.!?]{0,30}(?:{money})|\b(?:lo|la) (?:valuamos|tasamos|tomamos|recibimos) (?:en|por)\b|\btomamos (?:su|tu) [\w\s'-]{1,25} (?:por|en) (?:{money})",
            r"\b(?:buen precio|buena oferta|el mejor precio|un precio justo) por (?:su|tu)\b",
        ],
    },
    Phrases {
        commitment: Credit,
        patterns: &[
            r"\bbanco (?:ya )?(?:acept[óo]|aprob[óo]|autoriz[óo]|dijo que s[íi])|\b(?:cero|0) (?:por ciento|%) de inter[ée]s|\bcero inter[ée]s|\bsin inter[ée]s(?:es)?\b",
            r"\b(?:est[áa]s?|ser[íi]as?|ser[áa]s?|queda|ya est[áa]|ha sido|fue|saldr[íi]a|sale) (?:pre-?\s?)?(?:aprobad[oa]|precalificad[oa]|calificad[oa])\b|\b(?:lo|la|te|le|los) (?:aprob(?:amos|aremos|ar[íi]amos|ar[íi]an|ar[áa]n)|aprueban|apruebo|califican|financiamos)\b|\b(?:s[íi] )?califica (?:para|sin)\b|\bcalificar[íi]a\b|\busted califica\b",
            r"\b(?:su|tu|el) (?:cr[ée]dito|pr[ée]stamo|financiamiento|solicitud|historial)(?: de \w+)? (?:est[áa]|ha sido|fue|ser[áa]|sale|queda|es) (?:\w+ )?(?:aprobad[oa]|aceptad[oa]|garantizad[oa]|suficiente|bien)\b|\bno (?:hay problema|importa) (?:con|por) (?:su|tu|el|mal) (?:cr[ée]dito|historial)\b|\b(?:mal cr[ée]dito|sin cr[ée]dito),? no (?:hay problema|importa)\b",
            r"\b(?:aprobamos|financiamos|aceptamos) a (?:todos|cualquiera|todo el mundo)\b|\baprobaci[óo]n (?:inmediata|autom[áa]tica|segura)\b|\b(?:le|te) (?:consigo|conseguimos|damos|ofrecemos|doy) (?:una |un |la )?(?:mejor |buena |baja )?(?:tasa|inter[ée]s|cr[ée]dito|financiamiento|pr[ée]stamo)\b|\b(?:su|tu) (?:tasa|inter[ée]s) (?:ser[íi]a|ser[áa]|es|quedar[íi]a)\b",
        ],
    },
    Phrases {
        commitment: Payment,
        patterns: &[
            r"(?:{money}|\b\d{3,4}) ?(?:al|por|cada|/) ?(?:mes|semana|quincena)\b|(?:{money}|\b\d{3,4}) mensual(?:es)?\b|\b(?:mensualidad(?:es)?|pagos?(?: mensual(?:es)?)?|cuotas?|letras?|abonos?)\b[^.!?;]{0,30}?\b(?:ser[íi]an?|ser[áa]n?|es|son|quedar[íi]an?|quedan?|de|saldr[íi]an?|estar[íi]an?|empiezan|desde)\b[^.!?;]{0,15}?(?:{money}|\d{3,})|\bpagar[íi]as? (?:unos |como |solo |s[óo]lo |alrededor de )?(?:{money}|\d{3,})",
        ],
    },
];
