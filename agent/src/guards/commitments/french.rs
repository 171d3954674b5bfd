//! French phrases that bind the dealership; accents may be missing.

use super::{
    Commitment::{Binding, Credit, Discount, Payment, TradeIn},
    Phrases,
};

/// What the words in braces stand for.
pub(super) const ABBREVIATIONS: &[(&str, &str)] = &[
    (
        "{money}",
        r"(?:[$€]\s?\d[\d,.]*|\d[\d,.]*(?: \d{3})*\s?(?:\$|€|dollars|euros|%|pour ?cent)|(?:\w+[\s-])*(?:mille|cents?)(?: \w+)? dollars)",
    ),
    // "je vous fais", "nous pouvons vous accorder"
    (
        "{nous}",
        r"\b(?:je|j'|nous|on|(?:notre|le|un|la) (?:responsable|directeur|directrice|vendeur|concession|[ée]quipe))\s?(?:(?:peux|pouvons|peut|pourrais|pourrions|pourrait|vais|allons|va) )?(?:vous |te |le |la |les )*(?:(?:peux|pouvons|peut|pourrais|pourrions|pourrait|vais|allons|va) )?(?:vous |te |le |la |les )*",
    ),
    (
        "{remise}",
        r"(?:une |un |la |le |des |de |votre |petite? |belle |bonne |grosse |meilleure? |autre |aussi |bien s[ûu]r )*(?:remises?|rabais|r[ée]ductions?|ristournes?|offres? (?:sp[ée]ciale|exclusive)s?|promotions?|geste(?: commercial)?|meilleur prix|meilleure offre|prix (?:sp[ée]cial|plus bas|d'ami|r[ée]duit|inf[ée]rieur)|bon prix|bons? de r[ée]duction|cadeau)",
    ),
];

pub(super) const PHRASES: &[Phrases] = &[
    Phrases {
        commitment: Binding,
        patterns: &[
            r"\boffre (?:\w+ )?(?:ferme|d[ée]finitive|contraignante|engageante)\b|\bjuridiquement (?:contraignante?|valable|engageante?)\b|\bcontraignante?\b|\bl[ée]galement (?:contraignante?|valable)\b|\bvaut engagement\b",
            r"\bmarch[ée] conclu\b|\bc'est (?:un )?(?:march[ée]|accord|conclu|vendu)\b|\baffaire conclue\b|(?:^|[,!]\s*)(?:conclu|vendu|march[ée]|tope l[àa]|entendu pour (?:{money}))\s*[!.]|\bnous avons un accord\b",
            r"{nous}(?:garanti\w*|promet\w*|promis|assur(?:e|ons|er)|jur(?:e|ons|er)|engag(?:e|eons|er))\b|\b(?:vous avez|tu as) (?:ma|notre) (?:parole|promesse|garantie)\b|\bje m'engage\b|\bnous nous engageons\b",
            r"{nous}(?:accept(?:e|ons|er|[ée])|approuv(?:e|ons|er)|autoris(?:e|ons|er)|valid(?:e|ons|er)|confirm(?:e|ons|er))\s+(?:votre|cette|ce|le|la|un|une|les)\b[^.!?]{0,20}\b(?:offre|prix|remboursement|proposition|march[ée]|conditions|montant|remise)\b|\boffre (?:est|a [ée]t[ée]) (?:accept[ée]e|approuv[ée]e|valid[ée]e)\b|\bd'accord pour (?:{money})",
            r"\b(?:honor(?:er|ons|erons|erai)|maintien\w*|maintenons|maintiendrons|garder(?:ons|ai)?|gardons|align(?:er|ons|erons|e)|bloqu(?:er|ons|erons)|g[eè]l(?:er|ons)|battr(?:e|ons)|battons|respecter(?:ons|ai)?|tiendrons)\b[^.!?]{0,25}\b(?:prix|offre|devis|concurren\w+|tarif)\b",
            r"\b(?:cr[ée]dit|financement|prix|approbation|livraison|accord) garantie?\b|\bgarantie?s? (?:d'approbation|du meilleur prix)\b|\b(?:meilleur|plus bas) prix (?:de la (?:ville|r[ée]gion)|du march[ée]|garanti|possible)\b|\b(?:c'est|voici) notre (?:meilleur|dernier) prix\b|\b(?:notre|mon) (?:meilleur|dernier) prix\b|\bprix le plus bas\b[^.!?]{0,20}\b(?:ville|r[ée]gion|march[ée])\b|\bimbattable\b",
            r"{nous}(?:laiss(?:e|ons|er|erai|erons)|vend(?:s|ons|re)|c[èe]d(?:e|ons|er)|fai(?:s|sons|re))\b[^.!?]{0,25}\b(?:[àa]|pour) (?:{money})|\b(?:il|elle|c') ?est [àa] vous (?:pour|[àa])\b|{nous}(?:pren(?:ds|ons)|accept(?:e|ons)) (?:les |vos )?(?:{money})",
            r"\bremboursement (?:int[ée]gral|complet|total)\b|{nous}rembours\w+\b|\bje suis autoris[ée]e?\b",
        ],
    },
    Phrases {
        commitment: Discount,
        patterns: &[
            r"\b(?:[àa] )?moiti[ée][- ]prix\b|\b(?:deux|2) pour (?:un|1|le prix d'un)\b",
            r"\bgratuite?s?\b|\bgratuitement\b|\bgratis\b|\bsans frais\b|\b(?:est|sont|seront|sera) offerte?s?\b|\b(?:est|sont) (?:pour nous|cadeau|[àa] nos frais)\b",
            r"{nous}(?:fai(?:s|sons|re|t)|ferai|ferons|donn(?:e|ons|er|erai)|offr(?:e|ons|ir)|accord(?:e|ons|er|erai|erons)|propos(?:e|ons|er)|appliqu(?:e|ons|er)|consen(?:s|tons)|obtien\w*|obtenir|ai|avons|a) {remise}\b",
            r"{nous}(?:baiss\w+|r[ée]dui\w+|diminu\w+|descen\w+|enl[èe]v\w+|retir\w+|d[ée]dui\w+|rabatt\w+|n[ée]goci\w+)\b[^.!?]{0,30}(?:{money}|\bprix\b|\btarif\b)",
            r"(?:{money}) (?:de (?:remise|rabais|r[ée]duction|moins pour vous|ristourne)|offerts?)\b|\b(?:remise|rabais|r[ée]duction|ristourne) de (?:{money})",
            r"{nous}(?:offr\w+|ajout\w+|inclu\w+|prend\w* en charge|pay\w+|supprim\w+|annul\w+ les frais)\b[^.!?]{0,40}\b(?:gratuit\w*|frais|tapis|garantie|entretien|vidanges?|livraison|plein|pneus|taxes|cadeau|offerte?s?)\b",
            r"\b(?:b[ée]n[ée]fici\w+|profit\w+|recev\w+|avec|il y a|obt\w+|droit [àa]) (?:d'|de |une |un |la |cette |votre )*(?:\w+ )?(?:remise|rabais|r[ée]duction|ristourne|promotion|offre sp[ée]ciale|prix sp[ée]cial)\b|\b(?:prix|offre|tarif|remise|promotion) (?:sp[ée]ciale?|exclusi(?:f|ve)|rien que pour vous|juste pour vous|aujourd'hui seulement|d'ami)\b",
            r"\bprix (?:est|sont) n[ée]gociables?\b|\b(?:il y a|nous avons) (?:de la |une )?marge\b|\bsi vous (?:signez|achetez|venez|d[ée]cidez) (?:aujourd'hui|maintenant|cette semaine|ce soir)[^.!?]{0,40}\b(?:remise|rabais|gratuit|moins|prix)\b",
        ],
    },
    Phrases {
        commitment: TradeIn,
        patterns: &[
            r"{nous}(?:repren(?:ds|ons|dre|drons|drions)|ach[èe]t(?:e|ons))\b[^.!?]{0,40}(?:{money})|\b(?:je|nous|on) vous (?:donn|offr|propos|pay)\w+ [^.!?%]{0,20}?(?:[$€]\s?\d|\d[\d,. ]*\s?(?:\$|€|dollars|euros))|{nous}(?:donn|offr|propos|pay)\w+ [^.!?%]{0,30}?(?:[$€]\s?\d|\d[\d,. ]*\s?(?:\$|€|dollars|euros))[^.!?]{0,20}\b(?:pour|contre) (?:votre|sa)\b|\b(?:votre|sa) (?:[\w'-]+ ){1,4}?(?:vaut|vaudrait|est estim[ée]e?|est [ée]valu[ée]e?|se reprend|serait repris\w*)\b[^.!?]{0,20}(?:{money}|\d{3,})|\bvaleur de (?:reprise|votre)[^.!?]{0,30}(?:{money})|\breprise (?:de|[àa]|pour) (?:{money})",
            r"\b(?:bon prix|bonne offre|meilleur prix|prix juste) pour votre\b",
        ],
    },
    Phrases {
        commitment: Credit,
        patterns: &[
            r"\bbanque (?:a |vous a )?(?:dit oui|accept[ée]|accord[ée]|approuv[ée])|\btaux (?:z[ée]ro|nul)\b|\bsans int[ée]r[êe]ts?\b",
            r"\bvous (?:[êe]tes|serez|seriez|avez [ée]t[ée]|serez bien) (?:\w+ )?(?:pr[ée]-?\s?)?(?:approuv[ée]e?|accept[ée]e?|[ée]ligible|qualifi[ée]e?)s?\b",
            r"\b(?:votre|le) (?:cr[ée]dit|pr[êe]t|financement|dossier|demande)(?: de \w+)? (?:est|a [ée]t[ée]|sera|serait) (?:\w+ )?(?:accept[ée]e?|approuv[ée]e?|accord[ée]e?|garantie?|valid[ée]e?|bon)\b|\b(?:nous|on) (?:finan[çc]\w+|accept\w+|approuv\w+) (?:tout le monde|tous (?:les|vos)|n'importe qui)\b|\bapprobation (?:imm[ée]diate|automatique|assur[ée]e)\b",
            r"{nous}(?:obten\w+|obtien\w+|donn\w+|accord\w+|trouv\w+) (?:un |une |le |votre )?(?:meilleur |bon |faible )?(?:taux|cr[ée]dit|financement|pr[êe]t)\b|\bvotre taux (?:serait|sera|est)\b|\bmauvais cr[ée]dit[^.!?]{0,20}\b(?:pas (?:un |de )?(?:souci|probl[èe]me)|aucun (?:souci|probl[èe]me))\b",
        ],
    },
    Phrases {
        commitment: Payment,
        patterns: &[
            r"(?:{money}|\b\d{3,4}) ?(?:par|/|chaque) ?(?:mois|semaine|quinzaine)\b|(?:{money}|\b\d{3,4}) mensuels?\b|\b(?:mensualit[ée]s?|paiements?|versements?|loyers?)\b[^.!?;]{0,30}?\b(?:seraient|serait|seront|sera|est|sont|de|reviendrait|revient|commence\w*|tourne\w*)\b[^.!?;]{0,20}?(?:{money}|\d{3,})|\bvous paier(?:iez|ez)\b[^.!?]{0,15}(?:{money}|\d{3,})",
        ],
    },
];
