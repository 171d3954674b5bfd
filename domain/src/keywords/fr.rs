//! French: how people ask to stop, to start again and for help. Words are without accents; `m'écrire` is two words.

use super::language::Language;

#[rustfmt::skip]
pub(super) const WORDS: Language = Language {
    stop_as_text: &[
        "annuler", "annule", "annulez", "fin", "quitter", "terminer", "retirer", "supprimer", "suffit", "ca suffit",
        "assez",
    ],
    stop_as_sentence: &[
        "arret", "arrett", "arrete", "arretes", "arretez", "arreter", "arretez tout", "desabonner", "desabonnement",
        "desabonne", "desabonnez", "desinscrire", "desinscription", "cesser", "cessez", "stoppez", "stop aux sms",
        "stop sms", "stop pub", "stop tout", "ne pas deranger", "me desabonner", "me desinscrire",
    ],
    start: &[
        "debut", "demarrer", "commencer", "recommencer", "reprendre", "abonner", "abonnez moi", "reabonner",
        "reabonnez moi",
    ],
    help: &["aide", "aidez moi", "aide moi", "aide svp"],
    polite: &["svp", "stp", "s il vous plait", "s il te plait", "merci", "merci beaucoup", "merci bien"],
    filler: &[
        "bonjour", "bonsoir", "salut", "ok", "non", "oui", "maintenant", "tout de suite", "immediatement", "desole",
        "desolee", "pouvez vous", "peux tu", "pourriez vous", "voulez vous", "veuillez", "je veux", "je voudrais",
        "je souhaite", "je vous demande d", "merci d", "merci de", "je vous demande de", "j ai dit", "monsieur",
        "madame", "ca", "deja",
        "pas interesse", "pas interessee", "mauvais numero",
    ],
    orders: &[
        // Arrêtez de m'écrire. Cessez d'envoyer des messages. Arrêtez les textos.
        "<halt> de|d <me>? <writing>", "<halt> de|d <me> envoyer", "<halt> de|d envoyer <any>* <message>|ca|cela|$",
        "<halt> <any>* <message>",
        // Ne m'écrivez plus. N'envoyez plus rien. M'écrivez plus jamais. Ne plus me contacter.
        "ne|n? <me> <write> plus|jamais|pas", "ne|n <write> plus|jamais|pas", "<write> moi plus|pas jamais|$",
        "ne|n? <me>? <send> plus|pas|jamais <any>* <message>", "ne|n? <me>? <send> plus|jamais rien|$",
        "<send> moi plus rien|jamais", "ne plus|pas|jamais <me>? <writing>",
        "ne plus|pas|jamais <me>? envoyer <any>* <message>|rien|$",
        // Plus de messages. Assez de textos. Pas de textos, svp.
        "plus de|d|aucun|jamais <any>* <message>", "assez de|d <any>* <message>", "fini <any>* <message>",
        "pas de textos|messages|sms|pub|publicite $", "aucun <message> $",
        // Retirez-moi de votre liste. Supprimez mon numéro. Laissez-moi tranquille.
        "<remove> moi|nous de|des <any>* <list>", "<remove> moi|nous $", "me <remove> de|des <any>* <list>",
        "<remove> mon nom de|des <any>* <list>", "<remove> mon|ce numero|telephone|contact|cell",
        "<lose> mon numero", "bloquez|bloque mon numero", "<leave> moi|nous tranquille|tranquilles",
        "<leave> moi|nous en|la paix",
    ],
    wishes: &[
        "me|nous desabonner|desinscrire|desabonne|desinscris",
        "desabonnez|desabonne|desinscrivez|desinscris moi|nous",
        // Je ne veux plus de messages. Je ne souhaite plus être contacté. Je refuse vos textos.
        "ne? <want> ne? <no_longer> <any>* <message>",
        "ne? <want> ne? <no_longer> en? recevoir <any>* <message>|rien|ca|cela|$",
        "ne? <want> ne? <no_longer> etre <contacted>", "ne? <want> <no_longer> que vous|tu <me>? <written>",
        "ne plus recevoir", "ne plus etre <contacted>", "ne? <want> ne? plus rien recevoir",
        "<want> que ca|cela arrete|cesse", "refuse|marre <any>* <message>", "refuse de recevoir <any>* <message>",
        "retire|revoque|retirer|revoquer mon consentement", "ne consens pas", "annuler|annulez mon abonnement",
    ],
    calls: &[
        "<halt> de|d <me>? <ring>", "ne|n? <me> appelez|appelle|telephonez|telephone plus|jamais|pas",
        "ne|n appelez plus|jamais|pas", "ne plus|pas <me>? <ring>", "plus d appels|appel",
        "je? ne? <want> ne? <no_longer> etre appele|appelee", "ne plus etre appele|appelee",
    ],
    instead: &[
        "texto", "textos", "sms", "message", "messages", "courriel", "plutot", "ecrivez", "textez", "ecris", "texte",
    ],
    lists: &[
        ("halt", &[
            "arrete", "arretes", "arretez", "arreter", "cesse", "cessez", "cesser", "stop", "stoppez", "stopper",
        ]),
        ("me", &["me", "m", "nous"]),
        ("writing", &[
            "ecrire", "texter", "contacter", "harceler", "deranger", "importuner", "spammer", "solliciter",
            "embeter", "achaler", "ecoeurer", "relancer", "joindre",
        ]),
        ("ring", &["appeler", "telephoner"]),
        ("written", &[
            "ecriviez", "contactiez", "envoyiez", "textiez", "derangiez", "ecrives", "contactes", "envoies",
            "textes", "appeliez",
        ]),
        ("write", &[
            "ecrivez", "ecris", "textez", "texte", "contactez", "contacte", "derangez", "derange", "harcelez",
            "importunez", "sollicitez", "achalez", "spammez", "relancez", "embetez",
        ]),
        ("send", &["envoyez", "envoie", "envoies"]),
        ("any", &[
            "vos", "votre", "tes", "ta", "ton", "ces", "ce", "cet", "les", "le", "des", "de", "d", "la", "l",
            "tous", "toutes", "aucun", "aucune", "autres", "autre", "plus", "un", "une", "avec", "aux", "tout",
            "genre",
        ]),
        ("message", &[
            "messages", "message", "msg", "msgs", "textos", "texto", "sms", "courriels", "courriel", "emails",
            "mails", "pub", "pubs", "publicite", "publicites", "promotions", "promos", "spam", "spams",
            "notifications", "alertes", "sollicitations", "communications", "rappels", "infolettre",
            "infolettres",
        ]),
        ("list", &["liste", "listes", "base", "systeme", "contacts", "fichier", "fichiers", "envois", "messages"]),
        ("remove", &[
            "retirez", "retire", "retirer", "enlevez", "enleve", "enlever", "supprimez", "supprime",
            "supprimer", "otez", "effacez", "efface", "effacer", "rayez", "sortez", "radiez",
        ]),
        ("lose", &["oubliez", "oublie", "perdez", "perds"]),
        ("leave", &["laissez", "laisse", "fichez", "fiche", "foutez", "fous", "lachez", "lache"]),
        ("want", &["veux", "veut", "souhaite", "desire", "voudrais", "voulons"]),
        ("no_longer", &["plus", "pas"]),
        ("contacted", &[
            "contacte", "contactee", "derange", "derangee", "sollicite", "sollicitee",
            "abonne", "abonnee",
        ]),
    ],
    negators: &["n", "ne", "pas", "jamais"],
    after_negator: &["veux", "voulais", "dire", "dit"],
    narrators: &[
        "il", "elle", "ils", "elles", "on", "vous", "tu", "ai", "a", "avez", "recu", "recois", "recoit", "recevez",
        "j", "je", "qui", "encore",
    ],
    askers: &["pouvez", "pourriez", "voulez", "pourrais", "peux"],
    limits: &[
        "aujourd", "ce soir", "demain", "avant", "apres", "pendant", "quand", "si", "tant que", "au travail",
        "au bureau", "le soir", "le matin", "la nuit", "le dimanche", "le week", "la fin", "cette semaine",
        "pour le moment", "pour l instant", "encore", "aussi tard", "tard", "trop", "entre", "a partir", "jusqu",
        "lorsque",
    ],
    limits_of_a_ban: &["maintenant", "tout de suite"],
    no_limits: &["apres ca"],
};
