//! French phrases that claim an effect.

use super::claims::{
    Claim::{
        Acted, Approved, Booked, Cancelled, Consulted, Erased, HandedOff, Held, InStock, NeverCloses, NotAvailable,
        ProfileUpdated, Recorded, Rescheduled, Sent, Sold,
    },
    Phrases,
    Voice::{Done, Promise, State},
};

/// What the words in braces stand for in the patterns.
pub(super) const ABBREVIATIONS: &[(&str, &str)] = &[
    // "j'ai", "je vous ai bien", "nous l'avons", "on a", with the space behind.
    (
        "{ai}",
        r"\b(?:j'ai|je (?:vous|te|l'|les|le|la|vous l'|vous les|t')\s?ai|nous (?:vous |l'|les |vous l')?avons|on (?:vous |l'|les )?a)(?: (?:bien|d[ée]j[àa]|aussi|tout de suite|imm[ée]diatement|justement))* ",
    ),
    ("{rdv}", r"(?:rendez-vous|rdv|essai(?: routier)?|visite|r[ée]servation|cr[ée]neau)"),
    (
        "{est}",
        r"(?:est|sont|a(?: bien| d[ée]j[àa])? [ée]t[ée]|ont(?: bien| d[ée]j[àa])? [ée]t[ée]|vient d'[êe]tre)(?: (?:bien|d[ée]j[àa]|donc|maintenant|d[ée]sormais|officiellement|tous?|toutes?))*",
    ),
    (
        "{jour}",
        r"(?:demain|aujourd'hui|ce (?:soir|matin)|cet apr[èe]s-midi|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|[àa] \w|le \d|pour)",
    ),
    (
        "{donnee}",
        r"(?:adresse(?: e-?mail)?|e-?mail|mail|courriel|num[ée]ro|t[ée]l[ée]phone|nom|pr[ée]nom|profil|coordonn[ée]es|informations?|pr[ée]f[ée]rences?)",
    ),
    (
        "{qui}",
        r"(?:quelqu'un|une personne|un(?:e)? (?:\w+ )?(?:conseill(?:er|[èe]re)|coll[èe]gue|vendeu(?:r|se)|responsable|sp[ée]cialiste|membre|directeur|directrice|expert|agent)(?: de [\w' ]{1,25})?|notre (?:[ée]quipe|responsable|service|directeur)(?: \w+)?|l'[ée]quipe(?: \w+)?|le (?:responsable|service|directeur)(?: \w+)?|dana)",
    ),
];

/// Participles after "j'ai" that change nothing in the world: reading, thinking and talking here.
pub(super) const HARMLESS_VERBS: &str = "\
    trouvé trouve cherché cherche vérifié verifie regardé regarde vu lu compris dit mentionné mentionne expliqué \
    répondu repondu demandé demande eu été ete pu voulu fait essayé essaye comparé compare consulté consulte montré \
    reçu recu entendu indiqué indique proposé propose suggéré suggere pensé pense oublié oublie perdu résumé resume \
    décrit calculé calcule compté compte filtré filtre listé liste remarqué su dû du besoin aussi encore plusieurs deux \
    trois quelques noter";

/// Verbs for what tools do: to appointments, the customer's profile, leads and tickets.
pub(super) const TOOL_VERBS: &str = "\
    réservé programmé planifié reporté déplacé inscrit noté ajouté enregistré changé modifié corrigé annulé confirmé \
    créé mis fait pris transmis ouvert envoyé actualisé";

/// The table; accents may be missing.
pub(super) const PHRASES: &[Phrases] = &[
    Phrases {
        claim: Booked,
        voice: Done,
        patterns: &[
            r"{ai}(?:r[ée]serv[ée]e?s?|planifi[ée]e?|programm[ée]e?|fix[ée]e?|confirm[ée]e? (?:votre|le|l'|pour|tout)|inscrit\w*|not[ée]e? (?:pour|votre {rdv}|le {rdv})|pris (?:le|votre|un) {rdv}|plac[ée]e?|cal[ée]e?|bloqu[ée]e? (?:le|ce|votre) {rdv})\b",
            r"{ai}confirm[ée]e?\s*[.!]",
        ],
    },
    Phrases {
        claim: Booked,
        voice: State,
        patterns: &[
            r"\b(?:votre|le|l'|ton|cet?) ?{rdv}\b[^.!?]{0,40}?\b{est} (?:r[ée]serv[ée]e?|confirm[ée]e?|pris|planifi[ée]e?|fix[ée]e?|programm[ée]e?|not[ée]e?|enregistr[ée]e?|pr[ée]vue? (?:pour |le )?|pour {jour})",
            r"\b{rdv} (?:est )?(?:confirm[ée]|r[ée]serv[ée]|pris|fix[ée])e?\b|\bvous avez (?:bien |d[ée]j[àa] )?(?:un |votre |une |rendez|rdv)(?:{rdv}|-?vous)?\b(?: le| pour| {jour})?",
            r"\b(?:c'est|tout est|vous [êe]tes)(?: (?:bien|d[ée]j[àa]|donc|maintenant))* (?:r[ée]serv[ée]e?|confirm[ée]e?|not[ée]e? pour|inscrite?|planifi[ée]e?|programm[ée]e?|pris|attendue?|en r[èe]gle pour)\b",
            r"\b(?:[àa]|rendez-vous [àa]) (?:demain|samedi|lundi|mardi|mercredi|jeudi|vendredi|dimanche)(?: (?:[àa]|donc|prochain)|\s*[!.])|\b(?:on|nous|je|dana) vous (?:attend(?:s|ons|ra|rons)?|accueiller\w+|accueill\w+|verrons|voit|recevrons|recevra) {jour}|\bau plaisir de vous (?:voir|accueillir|recevoir) {jour}|\bon se voit {jour}",
            r"(?:^|[,!]\s*)(?:bien )?(?:r[ée]serv[ée]e?|confirm[ée]e?)\s*[!.:]|\bmerci d'avoir (?:r[ée]serv[ée]|pris rendez-vous)\b",
        ],
    },
    Phrases {
        claim: Booked,
        voice: Promise,
        patterns: &[
            r"\bje (?:vous |te |le |la |l'|vous le |vous la )?(?:r[ée]serverai|planifierai|programmerai|confirmerai|inscrirai|r[ée]serve|inscris|programme|planifie|confirme)\b|\b(?:je vais|nous allons) (?:vous |le |la )*(?:r[ée]server|planifier|programmer|confirmer|inscrire)\b|\bnous (?:vous |le |la )?(?:r[ée]servons|r[ée]serverons|inscrivons|confirmons)\b",
        ],
    },
    Phrases {
        claim: Rescheduled,
        voice: Done,
        patterns: &[
            r"{ai}(?:d[ée]plac[ée]e?|report[ée]e?|reprogramm[ée]e?|d[ée]cal[ée]e?|avanc[ée]e?|chang[ée]e? (?:votre|le|l'|la date|l'heure)|modifi[ée]e? (?:votre|le|l'))",
        ],
    },
    Phrases {
        claim: Rescheduled,
        voice: State,
        patterns: &[
            r"\b(?:{rdv}|il|elle|c')\b[^.!?]{0,30}?\b{est} (?:d[ée]plac[ée]e?|report[ée]e?|reprogramm[ée]e?|d[ée]cal[ée]e?|avanc[ée]e?|modifi[ée]e?)\b|\b(?:votre|le) nouve(?:au|l) (?:rendez-vous|cr[ée]neau|horaire|essai) (?:est|sera)\b|(?:^|[,!]\s*)(?:d[ée]plac[ée]|report[ée])e?\s*[!.]",
        ],
    },
    Phrases {
        claim: Cancelled,
        voice: Done,
        patterns: &[r"{ai}(?:annul[ée]e?|supprim[ée]e?|retir[ée]e? (?:votre|le|l'))"],
    },
    Phrases {
        claim: Cancelled,
        voice: State,
        patterns: &[
            r"\b{est} (?:annul[ée]e?s?|supprim[ée]e?s?)\b|(?:^|[,!]\s*)annul[ée]e?\s*[!.]|\bvous n'avez plus (?:de |aucun )?{rdv}\b",
        ],
    },
    Phrases {
        claim: ProfileUpdated,
        voice: Done,
        patterns: &[
            r"{ai}(?:mis [àa] jour|enregistr[ée]e?|not[ée]e?|chang[ée]e?|corrig[ée]e?|modifi[ée]e?|ajout[ée]e?) (?:votre|vos|ton|l'|le|la|cette|ce|ces) ?(?:[\w-]+ )?{donnee}\b",
        ],
    },
    Phrases {
        claim: ProfileUpdated,
        voice: State,
        patterns: &[
            r"\b(?:votre|vos) (?:[\w-]+ )?{donnee}\b[^.!?,]{0,15}? {est} (?:[àa] jour|mis(?:e|es)? [àa] jour|enregistr[ée]e?s?|chang[ée]e?s?|corrig[ée]e?s?|modifi[ée]e?s?)",
        ],
    },
    Phrases {
        claim: Recorded,
        voice: Done,
        patterns: &[
            r"{ai}(?:not[ée]e?s?|enregistr[ée]e?s?|mis [àa] jour|ajout[ée]e?s?|sauvegard[ée]e?s?|pris (?:bonne )?note|inscrit (?:votre|que)|consign[ée]e?)\b",
        ],
    },
    Phrases {
        claim: Recorded,
        voice: State,
        patterns: &[
            r"\b(?:c'est|voil[àa],? c'est|tout est) (?:bien )?(?:not[ée]|enregistr[ée]|sauvegard[ée])\b|(?:^|[,!]\s*)(?:bien )?(?:not[ée]|enregistr[ée])\s*[!.,]|\b(?:votre|vos) (?:demande|budget|reprise|pr[ée]f[ée]rences?|int[ée]r[êe]t)\b[^.!?,]{0,15}? {est} (?:not[ée]e?s?|enregistr[ée]e?s?)\b",
        ],
    },
    Phrases {
        claim: Sent,
        voice: Done,
        patterns: &[
            r"{ai}(?:envoy[ée]e?s?|transmis (?:le lien|les photos|un)|adress[ée]e? (?:un|le|les)|fait parvenir|joint|partag[ée]e?s?)\b",
        ],
    },
    Phrases {
        claim: Sent,
        voice: State,
        patterns: &[
            r"\b(?:e-?mail|mail|courriel|sms|message|lien|photos?|confirmation|devis|brochure|vid[ée]o|rappel)\b[^.!?,]{0,25}? {est} (?:envoy[ée]e?s?|partie?s?|jointe?s?|en route)\b",
        ],
    },
    Phrases {
        claim: Sent,
        voice: Promise,
        patterns: &[
            r"\b(?:je|nous|on) (?:vous|te|vous les|vous l') ?(?:envoie|envoies|enverrai|enverrons|enverra|envoyons|fais parvenir|transmettrai (?:le lien|les photos)|adresserai|partage)\b|\b(?:je vais|nous allons|on va) vous (?:envoyer|faire parvenir|adresser|transmettre)\b|\bvous (?:recevrez|allez recevoir)\b[^.!?]{0,20}\b(?:e-?mail|mail|courriel|sms|message|lien|confirmation|rappel|photos?)\b",
        ],
    },
    Phrases {
        claim: HandedOff,
        voice: Done,
        patterns: &[
            r"{ai}(?:pr[ée]venue?|inform[ée]e?|transmis\w*|transf[ée]r[ée]e?|averti\w*|alert[ée]e?|contact[ée]e?|signal[ée]e?|fait suivre|pass[ée]e? (?:votre|la|le|l'|[àa])|confi[ée]e?|demand[ée]e? (?:de l'aide )?[àa] (?:un|une|notre|l'|quelqu'un|dana|le|la)|mis en (?:relation|contact)|sollicit[ée]e?|escalad[ée]e?)\b",
        ],
    },
    Phrases {
        claim: HandedOff,
        voice: State,
        patterns: &[
            r"\b{qui} {est} (?:pr[ée]venue?s?|inform[ée]e?s?|averti\w*|au courant|alert[ée]e?s?|dessus|en train)\b|\b(?:votre|ta) (?:demande|question|message|requ[êe]te|dossier) {est} (?:transmise?|transf[ée]r[ée]e?|envoy[ée]e?|entre les mains|chez)\b",
        ],
    },
    Phrases {
        claim: HandedOff,
        voice: Promise,
        patterns: &[
            r"\b{qui}\b[^.!?]{0,30}?\b(?:vous|te) (?:contactera|appellera|rappellera|[ée]crira|r[ée]pondra|recontactera|aidera|reviendra|joindra|rejoindra|tiendra|va (?:contacter|appeler|rappeler|[ée]crire|r[ée]pondre|recontacter|aider)|contacteront|appelleront|rappelleront|r[ée]pondront|recontacte|rappelle|contacte|appelle|r[ée]pond)\b|\b{qui}\b[^.!?]{0,20}?\b(?:va|vont) vous (?:contacter|appeler|rappeler|[ée]crire|r[ée]pondre|recontacter|aider|joindre)\b|\b{qui}\b[^.!?]{0,20}\b(?:reviendra|revient|va revenir) vers vous\b",
            r"\b(?:nous|on|je) vous (?:rappell\w+|recontact\w+|contacter\w+|appeller\w+|r[ée]pondrons|tiendr\w+ (?:au courant|inform\w+)|tiens (?:au courant|inform\w+)|reviendr\w+|rappelons)\b|\b(?:il|elle|ils) vous (?:r[ée]pondra|contactera|rappellera|[ée]crira|appellera|r[ée]pondront|rappelleront)\b|\b(?:je|nous) (?:reviens|reviendrai|reviendrons|revenons) vers vous\b|\bvous serez (?:contact[ée]e?|rappel[ée]e?|appel[ée]e?)\b|\bvous (?:recevrez|allez recevoir) (?:un|une) (?:appel|r[ée]ponse)\b",
            r"\b(?:je|nous) (?:transmets|transmettons|transf[èe]re|pr[ée]viens|pr[ée]venons|passe votre|fais suivre|informe|informons|demande [àa]|transmettrai|pr[ée]viendrai|informerai|demanderai [àa])\b|\bje vais (?:pr[ée]venir|transmettre|informer|demander [àa]|passer|transf[ée]rer|faire suivre)\b|\bje vous (?:passe|mets en (?:relation|contact)|transf[èe]re)\b",
        ],
    },
    Phrases {
        claim: Consulted,
        voice: Done,
        patterns: &[
            r"{ai}(?:parl[ée]|discut[ée]|[ée]chang[ée]|v[ée]rifi[ée]|vu|confirm[ée]) (?:avec|[àa]|aupr[èe]s de) (?:le|la|l'|mon|ma|un|une|notre|dana)\b|\b(?:mon|notre|le) (?:responsable|directeur|chef|patron) (?:dit|a dit|accepte|a accept[ée]|confirme|a confirm[ée]|est d'accord)\b",
        ],
    },
    Phrases {
        claim: Approved,
        voice: State,
        patterns: &[
            r"\b(?:est|a [ée]t[ée]|[êe]tes|sont|avez [ée]t[ée]) (?:bien |d[ée]j[àa] )?(?:pr[ée]-?\s?)?(?:approuv[ée]|accept[ée]|valid[ée]|autoris[ée])e?s?\b|(?:^|[,!]\s*)(?:approuv[ée]|accept[ée])e?\s*[!.]|{ai}(?:approuv[ée]|accept[ée]|valid[ée])e?\b",
        ],
    },
    // Any act of ours that nothing above names.
    Phrases {
        claim: Acted,
        voice: Done,
        patterns: &[
            r"\b(?:j'ai|je (?:vous|te|l'|les) ?ai|nous (?:vous |l'|les )?avons)(?: (?:bien|d[ée]j[àa]|aussi))* (?P<verb>\w+(?:é|ée|ées|és)|mis|pris|fait|ouvert|transmis|inscrit)\b",
        ],
    },
    Phrases {
        claim: Acted,
        voice: State,
        patterns: &[
            r"\b(?:c'est|voil[àa],? c'est) (?:fait|r[ée]gl[ée]|bon)\s*[!.,]|(?:^|[,!]\s*)(?:c'est fait|fait|termin[ée])\s*[!.]|\btout est (?:r[ée]gl[ée]|pr[êe]t|en ordre|fait|bon)\b|\bvous [êe]tes tout bon\b",
        ],
    },
    Phrases {
        claim: InStock,
        voice: State,
        patterns: &[
            r"\b(?:est|sont|reste|restent|avons)\b(?: [\w,$'.&-]+){0,5}? (?:disponibles?|en stock|chez nous|sur (?:le|notre) parc|en concession)\b|\ben stock\b|\bdisponibles? (?:maintenant|aujourd'hui|imm[ée]diatement|tout de suite)\b",
            r"\bnous (?:l'|les )avons (?:encore|toujours|bien)\b|\bnous (?:avons|en avons)(?: (?:encore|toujours|bien|actuellement))+ (?:le|la|l'|un|une|celui|celle)|\bil (?:nous )?en reste\b|\b(?:est|sont) (?:toujours|encore) (?:l[àa]|ici)\b|\bpr[êe]te?s? (?:pour (?:un|votre) essai|[àa] (?:partir|rouler|[êe]tre (?:vu|essay)))",
            r"\bnous avons (?:un|une|le|la|l'|ce|cette|votre)",
        ],
    },
    Phrases {
        claim: Sold,
        voice: State,
        patterns: &[
            r"\b(?:est|sont|a [ée]t[ée]|ont [ée]t[ée]|vient d'[êe]tre|[ée]tait)(?: (?:d[ée]j[àa]|bien|malheureusement))* vendue?s?\b|\b(?:nous|on) (?:l'|les )?(?:avons|a) (?:d[ée]j[àa] )?vendue?s?\b|\b(?:s'est|se sont) (?:d[ée]j[àa] )?vendue?s?\b",
        ],
    },
    Phrases {
        claim: NotAvailable,
        voice: State,
        patterns: &[
            r"\bn(?:'est|e sont|'[ée]tait|e reste)(?: [\w-]+){0,2}? (?:plus|pas)(?: \w+)? (?:disponibles?|en stock|chez nous|sur le parc|[àa] vendre)\b|\bn(?:e l'|'en |e les )(?:avons|ai) plus\b|\bindisponibles?\b|\ben rupture\b|\bplus (?:disponibles?|en stock)\b|\bil n'en reste (?:plus|pas)\b",
        ],
    },
    Phrases {
        claim: Held,
        voice: Done,
        patterns: &[
            r"{ai}(?:mise? de c[ôo]t[ée]|r[ée]serv[ée]e? (?:le|la|ce|cette) (?:v[ée]hicule|voiture|camion|suv)|gard[ée]e?|bloqu[ée]e? (?:le|la) (?:v[ée]hicule|voiture))\b",
        ],
    },
    Phrases {
        claim: Held,
        voice: State,
        patterns: &[
            r"\b(?:est|a [ée]t[ée]) (?:mise? de c[ôo]t[ée]|r[ée]serv[ée]e? (?:pour vous|[àa] votre nom)|gard[ée]e? pour vous)|\b(?:est|c'est) (?:[àa] vous|la v[ôo]tre|le v[ôo]tre)\b",
        ],
    },
    Phrases {
        claim: Held,
        voice: Promise,
        patterns: &[
            r"\b(?:je|nous|on) (?:vous )?(?:le|la|l'|les|vous le|vous la) ?(?:gard(?:e|ons|erai|erons)|met(?:s|tons|trai|trons)? de c[ôo]t[ée]|bloqu(?:e|ons))\b|\b(?:je|nous) (?:mets|mettons|gardons|garde) (?:le|la|ce|cette) [\w\s-]{1,25} (?:de c[ôo]t[ée]|pour vous)\b",
        ],
    },
    Phrases {
        claim: Erased,
        voice: Done,
        patterns: &[r"{ai}(?:supprim[ée]|effac[ée])e?s? (?:toutes? )?(?:vos|votre|tes)\b"],
    },
    Phrases {
        claim: Erased,
        voice: State,
        patterns: &[
            r"\b(?:donn[ée]es|informations|compte|num[ée]ro)\b[^.!?,;]{0,12}\b(?:est|sont|a [ée]t[ée]|ont [ée]t[ée]) (?:supprim|effac)[ée]e?s?\b",
        ],
    },
    Phrases {
        claim: NeverCloses,
        voice: State,
        patterns: &[
            r"\bouvert\w*\b[^.!?;]{0,30}(?:\bjour et nuit\b|\b24 ?h(?:eures)? ?(?:sur|/) ?24\b|\b24 ?/ ?24\b|\b24 ?/ ?7\b|\b[àa] toute heure\b|\btoute la nuit\b|\ben permanence\b)",
            r"\bne ferm\w+ jamais\b",
        ],
    },
    Phrases { claim: Held, voice: State, patterns: &[r"\bvous (?:est|sont) (?:d[ée]j[àa] )?r[ée]serv[ée]e?s?\b"] },
    Phrases {
        claim: Sent,
        voice: State,
        patterns: &[
            r"\bvous (?:a|ont) (?:bien |d[ée]j[àa] )?[ée]t[ée] (?:envoy[ée]|adress[ée]|transmis)e?s?\b|\bdans votre (?:bo[îi]te|messagerie|courriel|mail|e-mail)\b",
        ],
    },
];
