//! Spanish: how people ask to stop, to start again and for help. Words are without accents.

use super::language::Language;

#[rustfmt::skip]
pub(super) const WORDS: Language = Language {
    stop_as_text: &[
        "cancelar", "cancela", "cancele", "cancelen", "salir", "terminar", "termina", "detener", "finalizar",
        "eliminar", "remover", "anular", "para", "pare", "no mas", "no molestar", "no molesten", "no moleste",
        "no llamar", "no contactar",
    ],
    stop_as_sentence: &[
        "alto", "parar", "paren", "parale", "parenle", "basta", "baja", "la baja", "dar de baja", "darse de baja",
        "darme de baja", "desuscribir", "desuscribirse", "desuscripcion", "desinscribir", "detengan", "detenganse",
        "detengase", "no mas mensajes",
    ],
    start: &["alta", "iniciar", "inicio", "comenzar", "empezar", "reanudar", "reactivar", "suscribir", "suscribirme"],
    help: &["ayuda", "ayudame", "ayudeme", "ayuda por favor"],
    polite: &["por favor", "porfavor", "porfa", "x favor", "favor", "gracias", "muchas gracias", "plis"],
    filler: &[
        "hola", "ya", "ok", "no", "buenas", "buenos dias", "buenas tardes", "buenas noches", "oye", "oiga",
        "pueden", "puede", "puedes", "les pido", "le pido", "de una vez", "ahora", "ahora mismo", "disculpe",
        "disculpen", "senor", "senores", "inmediatamente", "mas", "nunca mas", "jamas", "dije", "con esto", "esto",
        "no me interesa", "numero equivocado",
    ],
    orders: &[
        // Dejen de escribirme. Pare de mandar mensajes. Basta de mensajes.
        "<halt> de estar? <writing>", "<halt> de <sending> <any>* <message>|cosas|esto|estos|nada|$",
        "<enough> <any>* <message>", "cancelar|cancelen|cancele|cancela <any>* <message>",
        "abstenganse|abstengase de <writing>",
        // No me escriban más. No nos vuelvan a contactar. No enviar más mensajes.
        "no me|nos <write>", "no me|nos <speak> mas|nunca|$", "no me|nos <send> <any>* <message>|mas|cosas|$",
        "no me|nos <send> nada mas|nunca|de|por|$", "no me|nos? <again> a <writing>|<sending>", "no <write> mas|$",
        "no <send> <any>* <message>|mas", "nunca|jamas me|nos <write>|<send>", "no <sending> <any>* <message>|mas",
        "no <writing> mas|a|este|$",
        // No más mensajes. Ni un mensaje más.
        "no mas <any>* <message>", "ni un <message> mas",
        // Quítenme de su lista. Borren mi número. Déjenme en paz.
        "<remove_me> de|del <any>* <list>", "<remove_me> $",
        "quitar|borrar|sacar|eliminar|remover de|del <any>* <list>", "me|nos <remove> de|del <any>* <list>",
        "<remove> mi nombre de|del <any>* <list>",
        "<remove> mi|este numero|telefono|contacto|celular|cel", "<forget> de? mi numero|telefono",
        "<leave_me> en paz", "<leave_me> tranquilo|tranquila|tranquilos", "bloqueenme|bloqueeme|bloqueame",
    ],
    wishes: &[
        "<unsubscribe>", "doy|darme|dame|denme|deme|darnos|denos|dadme de baja", "solicito|pido la? baja",
        "la baja $", "dar de baja $", "dar de baja mi numero|telefono|celular",
        "dar de baja <any>* suscripcion|<message>|<list>",
        // No quiero más mensajes. Ya no deseo recibir nada. No quiero que me escriban.
        "<unwilling> me? <want> <any>* <message>",
        "<unwilling> me? <want> recibir <any>* <message>|nada|mas|esto|$",
        "<unwilling> me? <want> que me|nos <write>|<speak>",
        "<unwilling> me? <want> que me|nos <send> <any>* <message>|mas|nada|cosas|$",
        "<unwilling> me? <want> que me|nos <again> a <writing>|<sending>", "<unwilling> me? <want> ser <contacted>",
        "<unwilling> me? <want> estar en <any>* <list>", "<unwilling> me? <want> seguir recibiendo",
        "<unwilling> me? <want> saber nada de ustedes|usted", "no me interesa|interesan recibir? <any>* <message>",
        "dejar de recibir <any>* <message>|$", "cancelar|cancelen|cancele <any>* suscripcion",
        "no quiero nada mas? de ustedes", "no autorizo|autorice", "no doy|di <any>* consentimiento|permiso",
        "revoco|retiro <any>* consentimiento|permiso|autorizacion", "salir|salirme de <any>* <list>",
    ],
    calls: &["<halt> de llamar|llamarme|llamarnos|marcarme", "no me|nos <call>", "<unwilling> <want> que me|nos <call>",
        "no me|nos <again> a llamar|marcar"],
    instead: &[
        "texto", "textos", "mensaje", "mensajes", "texteame", "texteeme", "escribame", "escribeme", "escribanme",
        "mejor", "correo", "whatsapp",
    ],
    lists: &[
        ("halt", &[
            "deja", "deje", "dejen", "dejad", "dejar", "para", "pare", "paren", "parar", "cese", "cesen", "basta",
            "eviten", "evite",
        ]),
        ("enough", &["basta", "stop", "alto", "paren", "parar", "suficientes", "detengan", "detener"]),
        ("writing", &[
            "escribir", "escribirme", "escribirnos", "escribiendo", "escribiendome", "textear", "textearme",
            "textearnos", "textiar", "textiarme", "contactar", "contactarme", "contactarnos", "molestar",
            "molestarme", "molestarnos", "molestando", "mensajear", "mensajearme", "acosar", "acosarme",
            "fastidiar", "fastidiarme", "joder", "joderme", "hostigar", "hostigarme", "chingar", "insistir",
            "spamear",
        ]),
        ("sending", &[
            "mandar", "mandarme", "mandarnos", "mandando", "mandandome", "enviar", "enviarme", "enviarnos",
            "enviando",
        ]),
        ("write", &[
            "escriban", "escriba", "escribas", "escribais", "contacten", "contacte", "contactes", "molesten",
            "moleste", "molestes", "texteen", "textee", "textees", "texten", "texte", "mensajeen", "hostiguen",
            "acosen", "fastidien", "jodan",
        ]),
        ("speak", &["hablen", "hable", "hables", "busquen"]),
        ("send", &["manden", "mande", "mandes", "mandeis", "envien", "envie", "envies", "envieis"]),
        ("call", &["llamen", "llame", "llames", "marquen", "marque", "marques"]),
        ("again", &["vuelvan", "vuelva", "vuelvas", "volver", "volvais"]),
        ("any", &[
            "mas", "sus", "su", "tus", "tu", "los", "las", "la", "el", "estos", "estas", "este", "esta", "esos",
            "esas", "de", "ningun", "ninguna", "mi", "mis", "tantos", "tantas", "todos", "todas", "otro", "otros",
            "texto", "con", "ya", "a", "tipo",
        ]),
        ("message", &[
            "mensajes", "mensaje", "mensajitos", "msj", "msjs", "sms", "textos", "texto", "correos", "emails",
            "publicidad", "promociones", "propaganda", "spam", "notificaciones", "alertas", "avisos",
            "comunicaciones", "anuncios", "recordatorios", "llamadas",
        ]),
        ("list", &["lista", "listas", "base", "sistema", "contactos", "grupo", "registros", "mensajes"]),
        ("remove_me", &[
            "quitenme", "quiteme", "quitame", "quitarme", "saquenme", "saqueme", "sacame", "sacarme",
            "borrenme", "borreme", "borrame", "borrarme", "eliminenme", "elimineme", "eliminame", "eliminarme",
            "remuevanme", "remuevame", "retirenme", "retireme", "retirame", "bajenme", "bajeme", "bajame",
            "quitennos", "saquennos",
        ]),
        ("remove", &[
            "borren", "borre", "borra", "borrar", "eliminen", "elimine", "elimina", "eliminar", "quiten", "quite",
            "quita", "quitar", "saquen", "saque", "saca", "remuevan", "remueva", "retiren", "retire", "bloqueen",
            "bloquee",
        ]),
        ("forget", &["olvida", "olvide", "olviden", "olvidense", "olvidate", "pierda", "pierdan"]),
        ("leave_me", &["dejenme", "dejeme", "dejame", "dejennos", "dejenos", "dejadme"]),
        ("unsubscribe", &[
            "desuscribanme", "desuscribame", "desuscribeme", "desuscribirme", "desinscribanme",
            "desinscribirme", "desapuntenme", "desapuntarme",
        ]),
        ("unwilling", &["no", "tampoco", "nunca"]),
        ("want", &["quiero", "deseo", "queremos", "necesito", "quisiera", "gustaria"]),
        ("contacted", &["contactado", "contactada", "molestado", "molestada", "contactados"]),
    ],
    negators: &["no", "nunca", "tampoco"],
    after_negator: &["quiero", "que", "se", "me", "quise", "dije", "decir", "deseo"],
    narrators: &["ellos", "ella", "cuando", "recibo", "recibi", "tengo", "hay", "prefiero", "por", "quisiera"],
    askers: &[],
    limits: &[
        "todavia", "aun", "hoy", "manana", "despues", "antes", "hasta", "a esta hora", "a estas horas", "por la",
        "en la", "tan", "al otro", "al trabajo", "en el", "entre", "los domingos", "los fines", "tarde", "cuando",
        "si", "por ahora", "por el momento", "por mail", "durante", "mientras", "esta semana", "este fin", "a las",
        "de noche", "viejo", "anterior",
    ],
    limits_of_a_ban: &["ahora"],
    no_limits: &["ahora mismo", "en absoluto", "hasta nuevo aviso"],
};
