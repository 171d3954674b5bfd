//! Spanish phrases that claim an effect.

use super::claims::{
    Claim::{Approved, Booked, Cancelled, HandedOff, Held, InStock, Recorded, Rescheduled, Sent},
    Phrases,
    Voice::{Done, Promise, State},
};

/// The table; accents may be missing, as customers and models leave them out.
pub(super) const PHRASES: &[Phrases] = &[
    Phrases {
        claim: Booked,
        voice: Done,
        patterns: &[
            r"\b(?:he|hemos) (?:reservado|agendado|programado|confirmado)\b|\b(?:reserv[ée]|agend[ée]|program[ée]) (?:su|tu|la|una)\b",
        ],
    },
    Phrases {
        claim: Booked,
        voice: State,
        patterns: &[
            r"\b(?:su|tu|la) (?:cita|prueba de manejo|visita|reserva)\b[^.!?]{0,30}\b(?:est[áa]|queda|qued[óo]|ha sido) (?:ya )?(?:reservada|confirmada|agendada|programada|lista)\b|\b(?:nos vemos|lo esperamos|la esperamos|le esperamos) (?:el|ma[ñn]ana|hoy|a las)\b|\b(?:cita|visita|reserva) confirmada\b|\btiene (?:una|su) cita\b",
        ],
    },
    Phrases {
        claim: Rescheduled,
        voice: Done,
        patterns: &[r"\b(?:he|hemos) (?:reprogramado|cambiado (?:su|tu|la) cita|movido (?:su|tu|la))\b"],
    },
    Phrases {
        claim: Rescheduled,
        voice: State,
        patterns: &[r"\bcita\b[^.!?]{0,20}\b(?:ha sido |est[áa] |queda )reprogramada\b"],
    },
    Phrases { claim: Cancelled, voice: Done, patterns: &[r"\b(?:he|hemos) cancelado\b"] },
    Phrases { claim: Cancelled, voice: State, patterns: &[r"\b(?:est[áa]|queda|ha sido|fue) cancelada\b"] },
    Phrases {
        claim: Recorded,
        voice: Done,
        patterns: &[r"\b(?:he|hemos) (?:actualizado|guardado|anotado|registrado|a[ñn]adido)\b"],
    },
    Phrases {
        claim: Sent,
        voice: Done,
        patterns: &[r"\b(?:le|te|les)? ?(?:he|hemos) (?:enviado|mandado)\b|\b(?:le|te) envi[ée]\b"],
    },
    Phrases {
        claim: HandedOff,
        voice: Done,
        patterns: &[r"\b(?:he|hemos) (?:avisado|informado|notificado|transferido|pasado)\b"],
    },
    Phrases {
        claim: HandedOff,
        voice: Promise,
        patterns: &[
            r"\b(?:alguien|una persona|un (?:asesor|compa[ñn]ero|gerente|vendedor)|nuestro equipo)\b[^.!?]{0,30}\b(?:contactar[áa]|llamar[áa]|se pondr[áa]|escribir[áa]|responder[áa]|(?:le|te|lo|la) (?:va a )?(?:contactar|llamar|escribir)\w*)",
        ],
    },
    Phrases { claim: Approved, voice: State, patterns: &[r"\b(?:est[áa]|ha sido|fue|queda) (?:pre-?)?aprobad[oa]\b"] },
    Phrases {
        claim: InStock,
        voice: State,
        patterns: &[r"\b(?:est[áa]n?|sigue[ns]?) (?:[\w]+ ){0,2}disponibles?\b|\ben existencia\b"],
    },
    Phrases { claim: Held, voice: State, patterns: &[r"\b(?:est[áa]|queda) (?:apartad[oa]|reservad[oa] para)\b"] },
];
