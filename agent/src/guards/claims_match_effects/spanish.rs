//! Spanish phrases that claim an effect.

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
    // "he", "ya le hemos", with the space behind; before a participle.
    (
        "{he}",
        r"\b(?:(?:ya|le|te|lo|la|les|los|las|se|se lo|se la) )*(?:he|hemos|ha sido|han sido)(?: (?:ya|reci[ée]n))? ",
    ),
    // Pronouns before a verb in the past: "ya se lo", "le". With one of them accents may be missing.
    ("{le}", r"\b(?:(?:ya|ya le|ya te|le|te|lo|la|se lo|se la|ya lo|ya la|ya se lo|acabo de|acabamos de) )"),
    ("{cita}", r"(?:cita|prueba(?: de manejo)?|visita|reserva|reservaci[óo]n|turno|test drive)"),
    (
        "{dia}",
        r"(?:el |la |este |esta |ma[ñn]ana|hoy|a las?|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|entonces|all[íi]|aqu[íi]|pronto|\d)",
    ),
    ("{ya}", r"(?: (?:ya|todo|bien|oficialmente|ahora|sido))*"),
    (
        "{dato}",
        r"(?:correo|e-?mail|tel[ée]fono|n[úu]mero|nombre|apellido|direcci[óo]n|perfil|datos|contacto|preferencias?|informaci[óo]n)",
    ),
    (
        "{quien}",
        r"(?:alguien|una persona|un[ao]? (?:\w+ )?(?:asesora?|compañer[oa]|companer[oa]|gerente|vendedora?|colega|especialista|representante|experto|agente|miembro)(?: de [\w ]{1,25})?|nuestro (?:equipo|gerente|departamento)(?: de \w+)?|el (?:equipo|gerente|departamento)(?: de \w+)?|dana|ventas|finanzas)",
    ),
];

/// Verbs after "he" that change nothing in the world: reading, thinking and talking here.
pub(super) const HARMLESS_VERBS: &str = "\
    encontrado buscado revisado visto mirado verificado comprobado leído leido entendido comprendido dicho mencionado \
    explicado respondido contestado preguntado notado podido querido sido estado tenido hecho intentado tratado \
    comparado consultado mostrado listado recibido oído oido comentado indicado ofrecido sugerido propuesto pensado \
    equivocado confundido perdido logrado localizado incluido resumido descrito calculado contado filtrado";

/// Verbs for what tools do: to appointments, the customer's profile, leads and tickets.
pub(super) const TOOL_VERBS: &str = "\
    reservado agendado programado reprogramado inscrito apuntado anotado agregado añadido actualizado guardado \
    registrado cambiado corregido movido cancelado confirmado creado puesto hecho marcado pasado abierto enviado";

/// The table; accents may be missing, as customers and models leave them out.
pub(super) const PHRASES: &[Phrases] = &[
    Phrases {
        claim: Booked,
        voice: Done,
        patterns: &[
            r"{he}(?:reservado|agendado|programado|apartado (?:su|tu|la) {cita}|apuntado|anotado (?:para|en)|inscrito|citado|confirmado(?: (?:su|tu|la|el|todo)| ?$|[.!,]))",
            r"{le}(?:reserv[ée]|agend[ée]|program[ée]|apunt[ée]|inscrib[íi]|reservamos|agendamos|programamos|apuntamos|confirm[ée] (?:su|tu|la)|reservar|agendar|programar)\b",
            r"\b(?:reservé|agendé|programé|agendamos|reservamos|programamos|confirmé) (?:su|tu|la|una|el|para|todo)\b",
            r"\b(?:lo|la|te|le) (?:tengo|tenemos) (?:apuntad[oa]|anotad[oa]|agendad[oa]|reservad[oa]|programad[oa]|en (?:la agenda|el calendario))\b",
        ],
    },
    Phrases {
        claim: Booked,
        voice: State,
        patterns: &[
            r"\b(?:su|tu|la|una) {cita}\b[^.!?]{0,40}?\b(?:est[áa]|queda|qued[óo]|ha sido|fue|ha quedado|qued[óo] ya){ya} (?:reservada|confirmada|agendada|programada|apartada|lista|hecha|fijada|para {dia})",
            r"\b(?:qued[óo]|queda|est[áa]|ha quedado|fue|ha sido)(?: \w+)? (?:agendad[oa]|reservad[oa](?: (?:su|para|el))?|programad[oa]|confirmad[oa]|apuntad[oa]|anotad[oa] para)\b",
            r"\b(?:nos vemos|lo esperamos|la esperamos|le esperamos|te esperamos|los esperamos|lo espero|la espero|te espero) {dia}",
            r"\b{cita} (?:ya )?(?:confirmada|agendada|reservada|programada|lista)\b|\b(?:tiene|tienes) (?:ya )?(?:una|su|tu|la) (?:\w+ )?{cita}\b|\b(?:su|tu) {cita} (?:es|ser[áa]) {dia}",
            r"(?:^|[,¡!]\s*)(?:ya )?(?:agendad[oa]|reservad[oa]|confirmad[oa]|programad[oa])\b|\bgracias por (?:agendar|reservar)\b|\b(?:lo|la|le|te) (?:est(?:amos|ar[áa]n|aremos)) esperando\b|\bdana (?:lo|la|le|te) (?:espera|recibir[áa])\b",
        ],
    },
    Phrases {
        claim: Booked,
        voice: Promise,
        patterns: &[
            r"\b(?:ahora mismo|enseguida|ya|ahora) (?:le|te|se lo|la|lo) (?:reservo|agendo|programo|apunto|confirmo)\b|\b(?:voy|vamos) a (?:reservar|agendar|programar|apuntar|confirmar)(?:le|te|lo|la|se\w*)?\b|\b(?:le|te|la|lo) (?:reservar[ée]|agendar[ée]|programar[ée]|apuntar[ée]|confirmar[ée]|reservaremos|agendaremos)\b|\b(?:estoy|estamos) (?:reservando|agendando|programando)\b",
        ],
    },
    Phrases {
        claim: Rescheduled,
        voice: Done,
        patterns: &[
            r"{he}(?:reprogramado|reagendado|cambiado (?:su|tu|la|el d[íi]a|la hora)|movido|pasado (?:su|tu|la) {cita}|pospuesto|adelantado|trasladado)\b",
            r"{le}(?:reprogram[ée]|reagend[ée]|cambi[ée] (?:su|tu|la)|mov[íi]|pas[ée] (?:su|tu|la) {cita}|reprogramamos|reagendamos|reprogramar|reagendar|mover)\b",
            r"\b(?:cambié|moví|reprogramé|reagendé|cambiamos|movimos|reprogramamos|reagendamos|pospuse|adelanté) (?:su|tu|la|el|todo)\b",
        ],
    },
    Phrases {
        claim: Rescheduled,
        voice: State,
        patterns: &[
            r"\b{cita}\b[^.!?]{0,25}?\b(?:ha sido|est[áa]|queda|qued[óo]|fue|se){ya} (?:reprogramada|reagendada|movida|cambiada|movi[óo]|cambi[óo]|pas[óo]|reprogram[óo]|traslad[óo]|pospuesta)\b|\b(?:su|tu|la) nueva (?:cita|hora|fecha) (?:es|ser[áa]|queda)\b|(?:^|[,¡!]\s*)(?:reprogramad[oa]|reagendad[oa])\b",
        ],
    },
    Phrases {
        claim: Cancelled,
        voice: Done,
        patterns: &[
            r"{he}(?:cancelado|anulado|eliminado|borrado|quitado)\b|{le}(?:cancel[ée]|anul[ée]|cancelamos|anulamos|cancelar|anular)\b|\b(?:cancelé|anulé|cancelamos|anulamos|eliminé|borré) (?:su|tu|la|el|esa|todo)\b",
        ],
    },
    Phrases {
        claim: Cancelled,
        voice: State,
        patterns: &[
            r"\b(?:est[áa]|queda|qued[óo]|ha sido|fue|ha quedado){ya} (?:cancelad[oa]|anulad[oa]|eliminad[oa])\b|(?:^|[,¡!]\s*)(?:cancelada|anulada)\b|\bya no tiene (?:ninguna |la |una )?{cita}\b",
        ],
    },
    Phrases {
        claim: ProfileUpdated,
        voice: Done,
        patterns: &[
            r"{he}(?:actualizado|cambiado|corregido|guardado|agregado|añadido|registrado|anotado) (?:su|tu|el|la|los|sus|ese|esa) (?:[\w-]+ )?{dato}\b",
            r"(?:{le}|\b)(?:actualicé|cambié|corregí|guardé|agregué|añadí|registré|actualizamos|guardamos|corregimos|registramos) (?:su|tu|el|la|los|sus|ese|esa) (?:[\w-]+ )?{dato}\b|{le}(?:actualice|guarde|registre|corregi) (?:su|tu|sus) (?:[\w-]+ )?{dato}\b",
        ],
    },
    Phrases {
        claim: ProfileUpdated,
        voice: State,
        patterns: &[
            r"\b(?:su|tu|sus) (?:[\w-]+ )?{dato}(?: de \w+)?\b[^.!?,]{0,15}? (?:est[áa]n?|qued[óo]|queda|quedaron|ha sido|fue){ya} (?:actualizad[oa]s?|guardad[oa]s?|corregid[oa]s?|registrad[oa]s?|cambiad[oa]s?)\b",
        ],
    },
    Phrases {
        claim: Recorded,
        voice: Done,
        patterns: &[
            r"{he}(?:actualizado|guardado|anotado|registrado|añadido|agregado|apuntado|tomado nota|grabado|dejado (?:nota|anotado))\b",
            r"(?:{le}|\b)(?:anoté|guardé|registré|apunté|agregué|añadí|actualicé|tomé nota|tomamos nota|anotamos|guardamos|registramos|dejé (?:nota|anotad[oa]))\b|{le}(?:anote|guarde|apunte|registre)\b|\btome nota de (?:su|tu)\b",
        ],
    },
    Phrases {
        claim: Recorded,
        voice: State,
        patterns: &[
            r"\b(?:qued[óo]|queda|est[áa]|quedaron) (?:anotad[oa]s?|registrad[oa]s?|guardad[oa]s?|apuntad[oa]s?)\b|(?:^|[,¡!]\s*)(?:anotad[oa]|registrad[oa]|guardad[oa]|apuntad[oa])\b",
        ],
    },
    Phrases {
        claim: Sent,
        voice: Done,
        patterns: &[
            r"{he}(?:enviado|mandado|reenviado|adjuntado|compartido|remitido)\b|{le}(?:envi[ée]|mand[ée]|reenvi[ée]|adjunt[ée]|enviamos|mandamos|compart[íi]|enviar|mandar)\b|\b(?:envié|mandé|adjunté|enviamos) (?:un|una|el|la|los|las|su)\b",
        ],
    },
    Phrases {
        claim: Sent,
        voice: State,
        patterns: &[
            r"\b(?:correo|mensaje|enlace|link|fotos?|confirmaci[óo]n|cotizaci[óo]n|informaci[óo]n|video|recordatorio)\b[^.!?,]{0,25}? (?:ha sido|han sido|fue|fueron|ya est[áa]n?|est[áa]n?|van?)(?: ya)? (?:enviad[oa]s?|mandad[oa]s?|adjunt[oa]s?|en camino)\b",
        ],
    },
    Phrases {
        claim: Sent,
        voice: Promise,
        patterns: &[
            r"\b(?:le|te|se lo|se la|se los|se las|les) (?:env[íi]o|mando|enviar[ée]|mandar[ée]|enviamos|enviaremos|mandaremos|voy a (?:enviar|mandar)|vamos a (?:enviar|mandar)|har[ée] llegar|comparto)\b|\b(?:recibir[áa]s?|le (?:va a )?llegar[áa]?|le llega|te llega(?:r[áa])?) (?:un|una|el|la|su|las|los|tu) (?:\w+ )?(?:correo|mensaje|confirmaci[óo]n|enlace|recordatorio|fotos?|link|texto|email)\b",
        ],
    },
    Phrases {
        claim: HandedOff,
        voice: Done,
        patterns: &[
            r"{he}(?:avisado|informado|notificado|transferido|pasado|derivado|comunicado|contactado|escalado|remitido|pedido (?:ayuda )?a|solicitado|reportado|conectado|turnado|canalizado)\b",
            r"{le}(?:avis[ée]|inform[ée]|notifiqu[ée]|transfer[íi]|pas[ée]|ped[íi]|comuniqu[ée]|deriv[ée]|escal[ée]|solicit[ée]|avisamos|informamos|notificamos|transferimos|pasamos|pedimos|avisar|informar|notificar|pasar|transferir|coment[ée]|dije) (?:a |al |su |tu |la |el |esto |con |este |que )",
            r"\b(?:avisé|informé|notifiqué|transferí|pasé|pedí|comuniqué|derivé|escalé|avisamos|notificamos|transferimos|pasamos) (?:a |al |su |tu |la |el |esto |con |este )",
        ],
    },
    Phrases {
        claim: HandedOff,
        voice: State,
        patterns: &[
            r"\b{quien} (?:ya )?(?:est[áa]n?|fue|ha sido|han sido)(?: ya)? (?:avisad[oa]s?|informad[oa]s?|notificad[oa]s?|enterad[oa]s?|al tanto|revisando|trabajando|viendo)\b|\b{quien} ya (?:sabe|tiene|lo sabe|lo est[áa] viendo)\b|\b(?:su|tu) (?:solicitud|pregunta|mensaje|petici[óo]n|caso|consulta) (?:ya )?(?:fue|ha sido|est[áa]|qued[óo])(?: ya)? (?:enviad[oa]|pasad[oa]|transferid[oa]|remitid[oa]|escalad[oa]|en manos|con)\b",
        ],
    },
    Phrases {
        claim: HandedOff,
        voice: Promise,
        patterns: &[
            r"\b{quien}\b[^.!?]{0,30}?\b(?:(?:le|te|lo|la|se) )?(?:(?:va|van) a )?(?:se )?(?:contactar[áa]n?|llamar[áa]n?|pondr[áa]n?|escribir[áa]n?|responder[áa]n?|contestar[áa]n?|comunicar[áa]n?|atender[áa]n?|ayudar[áa]n?|avisar[áa]n?|buscar[áa]n?|dar[áa]n? seguimiento|(?:contactar|llamar|escribir|responder|comunicar|atender|ayudar|avisar|buscar)(?:le|te|lo|la|se)?\b)",
            r"\b(?:le|te|lo|la) (?:contactar(?:emos|[áa]n|[áa])|llamar(?:emos|[áa]n|[áa])|escribir(?:emos|[áa]n|[áa])|responder(?:emos|[áa]n|[áa])|avisar(?:emos|[ée]|[áa]n|[áa])|devolver(?:emos|[áa]n) la llamada|llamamos|contactamos|aviso (?:en cuanto|cuando)|mantendr[ée])\b|\bnos (?:comunicaremos|pondremos en contacto|comunicamos)\b|\bse (?:comunicar[áa]n?|pondr[áa]n?(?: en contacto)?|va a comunicar|van a comunicar) con (?:usted|ti|ustedes)\b|\b(?:voy|vamos) a (?:avisar|pedir|pasar|transferir|informar|preguntar|comunicar|consultar)(?:le|lo|la|selo)? (?:a |al |con |su |esto )",
            r"\b(?:recibir[áa]s?|espere|tendr[áa]s?) (?:una|su|la) llamada\b|\b(?:paso|transfiero|comunico|aviso|conecto) (?:su|tu|a|al|con|esto|ahora)\b|\b(?:lo|la|le|te) (?:paso|transfiero|comunico|conecto) con\b",
        ],
    },
    Phrases {
        claim: Consulted,
        voice: Done,
        patterns: &[
            r"{he}(?:hablado|consultado|platicado|confirmado|verificado|conversado) con (?:el|la|mi|un|una|nuestro|nuestra|dana|ventas|finanzas)\b|\b(?:hablé|consulté|platiqué|verifiqué|confirmé) con (?:el|la|mi|un|una|nuestro|nuestra|dana|ventas|finanzas)\b|\b(?:mi|el|nuestro) (?:gerente|jefe|equipo) (?:dice|dijo|acept[óo]|confirm[óo]|aprob[óo]|est[áa] de acuerdo)\b",
        ],
    },
    Phrases {
        claim: Approved,
        voice: State,
        patterns: &[
            r"\b(?:est[áa]s?|ha sido|fue|queda|qued[óo]|sali[óo]) (?:ya )?(?:pre-?\s?)?(?:aprobad[oa]|aceptad[oa]|autorizad[oa])\b|(?:^|[,¡!]\s*)(?:pre-?)?aprobad[oa]\b|\b(?:he|hemos|ha|han) (?:pre-?)?(?:aprobado|aceptado|autorizado)\b|\b(?:aprobaron|aceptaron|autorizaron) (?:su|tu|el|la)\b",
        ],
    },
    // Any act of ours that nothing above names.
    Phrases {
        claim: Acted,
        voice: Done,
        patterns: &[
            r"\b(?:(?:ya|le|te|lo|la|les|los|las|se) )*(?:he|hemos) (?:ya )?(?P<verb>\w+(?:ado|ido)|puesto|hecho|escrito|abierto|visto|dicho|resuelto)\b",
        ],
    },
    Phrases {
        claim: Acted,
        voice: State,
        patterns: &[
            r"(?:^|[,¡!]\s*)(?:ya )?(?:hecho|actualizado|guardado|enviado|cambiado|resuelto|arreglado)\s*[!.,]|\bya est[áa] (?:hecho|todo|listo)\b|\btodo (?:listo|arreglado|hecho|resuelto)\b|\bqued[óo] (?:todo )?(?:listo|hecho|resuelto|arreglado)\b",
        ],
    },
    Phrases {
        claim: InStock,
        voice: State,
        patterns: &[
            r"\b(?:est[áa]n?|sigue[ns]?|contin[úu]an?|quedan?|tenemos|hay|son|es)\b(?: [\w,$'.&-]+){0,6}? disponibles?\b|\bdisponibles? (?:ahora|hoy|de inmediato)\b|\b(?:en|de) (?:existencias?|inventario|stock)\b|\ben (?:el|nuestro) (?:lote|patio|sal[óo]n)\b",
            r"\b(?:todav[íi]a|a[úu]n|s[íi]) (?:lo|la|los|las) tenemos\b|\b(?:lo|la|los|las) (?:tenemos|seguimos teniendo)\b|\b(?:todav[íi]a|a[úu]n) (?:est[áa]n?|tenemos|queda) (?:aqu[íi]|el|la|en)\b|\bsigue(?:n)? aqu[íi]\b|\b(?:list[oa]) para (?:prueba|manejar|verl[oa]|llev[aá]r)",
            r"\b(?:tenemos|tengo) (?:un|una|el|la|los|las|este|esta)\b",
        ],
    },
    Phrases {
        claim: Sold,
        voice: State,
        patterns: &[
            r"\b(?:ya )?se (?:vendi[óo]|ha vendido|acaba de vender|vendieron)\b|\b(?:est[áa]n?|fue|fueron|ha sido|qued[óo]) (?:ya )?vendid[oa]s?\b|\b(?:ya )?(?:lo|la|los|las) (?:vendimos|hemos vendido)\b|\bhemos vendido\b|\bvendimos (?:el|la)\b",
        ],
    },
    Phrases {
        claim: NotAvailable,
        voice: State,
        patterns: &[
            r"\b(?:ya )?no (?:est[áa]n?|sigue[ns]?|quedan?|hay|lo tenemos|la tenemos|tenemos)(?: \w+){0,3}? (?:disponibles?|en (?:existencia|inventario|stock|el lote))\b|\bya no (?:lo|la|los|las) tenemos\b|\bya no est[áa]\b(?: aqu[íi])?|\bagotad[oa]s?\b|\bfuera de (?:stock|inventario)\b",
        ],
    },
    Phrases {
        claim: Held,
        voice: Done,
        patterns: &[
            r"{he}(?:apartado|guardado (?:el|la) (?:carro|auto|camioneta|veh[íi]culo))\b|{le}(?:apart[ée]|apartamos|separ[ée]|separamos|apartar)\b|\b(?:aparté|separé|apartamos|separamos) (?:el|la|lo|su)\b",
        ],
    },
    Phrases {
        claim: Held,
        voice: State,
        patterns: &[
            r"\b(?:est[áa]|queda|qued[óo]) (?:ya )?(?:apartad[oa]|separad[oa]|reservad[oa] (?:para|a su nombre))\b|\bes (?:suy[oa]|tuy[oa])\b",
        ],
    },
    Phrases {
        claim: Held,
        voice: Promise,
        patterns: &[
            r"\b(?:le|te|se lo|se la|lo|la) (?:apart(?:o|amos|ar[ée]|aremos)|separ(?:o|amos|ar[ée]|aremos)|guard(?:o|amos|ar[ée]|aremos)|reserv(?:o|amos|aremos) (?:el|la) (?:carro|auto|camioneta|veh[íi]culo))\b",
        ],
    },
    Phrases {
        claim: Erased,
        voice: Done,
        patterns: &[
            r"\b(?:he|hemos) (?:borrado|eliminado)\b[^.!?]{0,25}\b(?:datos|informaci[óo]n|cuenta|n[úu]mero|registro)|\b(?:borré|eliminé|borramos|eliminamos) [^.!?]{0,20}\b(?:datos|informaci[óo]n|cuenta|n[úu]mero|registro)",
        ],
    },
    Phrases {
        claim: Erased,
        voice: State,
        patterns: &[
            r"\b(?:datos|informaci[óo]n|cuenta|n[úu]mero)\b[^.!?,;]{0,12}\b(?:fue(?:ron)?|han? sido|est[áa]n?|qued(?:ó|aron)) (?:borrad|eliminad)[oa]s?\b",
        ],
    },
    Phrases {
        claim: NeverCloses,
        voice: State,
        patterns: &[
            r"\b(?:abr\w+|abiert\w+|atend\w+|estamos)\b[^.!?;]{0,30}\b(?:24 horas|veinticuatro horas|24 ?/ ?7|(?:de )?d[íi]a y (?:de )?noche|a (?:cualquier|toda) hora|toda la noche)\b",
            r"\bsiempre (?:est[áa]\w* )?abiert\w+|\bnunca cerr\w+|\bno cerr\w+ nunca\b",
        ],
    },
    Phrases {
        claim: Sent,
        voice: State,
        patterns: &[
            r"\best[áa]n?(?: ya)? en su (?:correo|bandeja|buz[óo]n|e-?mail)\b|\brevise su (?:correo|bandeja|buz[óo]n)\b|\b(?:ya )?(?:le|te) (?:mandé|mandamos|enviamos) (?:el|la|los|las|un|una)\b",
        ],
    },
];
