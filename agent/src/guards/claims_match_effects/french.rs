//! French phrases that claim an effect.

use super::claims::{
    Claim::{Approved, Booked, Cancelled, HandedOff, Held, InStock, Recorded, Rescheduled, Sent},
    Phrases,
    Voice::{Done, Promise, State},
};

/// The table; accents may be missing.
pub(super) const PHRASES: &[Phrases] = &[
    Phrases {
        claim: Booked,
        voice: Done,
        patterns: &[
            r"\b(?:j'ai|nous avons) (?:bien |d[ée]j[àa] )?(?:r[ée]serv[ée]|planifi[ée]|confirm[ée]|pris (?:le|votre) rendez-vous)",
        ],
    },
    Phrases {
        claim: Booked,
        voice: State,
        patterns: &[
            r"\b(?:votre|le) (?:rendez-vous|essai|r[ée]servation|visite)\b[^.!?]{0,30}\b(?:est|a [ée]t[ée]) (?:bien )?(?:r[ée]serv[ée]e?|confirm[ée]e?|pris|planifi[ée]e?|fix[ée]e?)|\brendez-vous confirm[ée]|\bvous avez (?:un|votre) rendez-vous\b|\b[àa] (?:demain|samedi|lundi|mardi|mercredi|jeudi|vendredi|dimanche) (?:[àa]|donc)\b",
        ],
    },
    Phrases {
        claim: Rescheduled,
        voice: Done,
        patterns: &[r"\b(?:j'ai|nous avons) (?:d[ée]plac[ée]|report[ée]|reprogramm[ée])"],
    },
    Phrases { claim: Cancelled, voice: Done, patterns: &[r"\b(?:j'ai|nous avons) annul[ée]"] },
    Phrases { claim: Cancelled, voice: State, patterns: &[r"\b(?:est|a [ée]t[ée]) (?:bien )?annul[ée]e?"] },
    Phrases {
        claim: Recorded,
        voice: Done,
        patterns: &[r"\b(?:j'ai|nous avons) (?:bien )?(?:not[ée]|enregistr[ée]|mis [àa] jour|ajout[ée])"],
    },
    Phrases { claim: Sent, voice: Done, patterns: &[r"\b(?:je vous ai|nous vous avons|j'ai) (?:bien )?envoy[ée]"] },
    Phrases {
        claim: HandedOff,
        voice: Done,
        patterns: &[r"\b(?:j'ai|nous avons) (?:pr[ée]venu|inform[ée]|transmis|transf[ée]r[ée]|averti)"],
    },
    Phrases {
        claim: HandedOff,
        voice: Promise,
        patterns: &[
            r"\b(?:quelqu'un|une personne|un (?:conseiller|coll[èe]gue|vendeur|responsable)|notre [ée]quipe)\b[^.!?]{0,30}\bvous (?:contactera|appellera|rappellera|[ée]crira|r[ée]pondra|recontactera)",
        ],
    },
    Phrases {
        claim: Approved,
        voice: State,
        patterns: &[r"\b(?:est|a [ée]t[ée]|[êe]tes) (?:pr[ée]-?)?(?:approuv[ée]|accept[ée])e?"],
    },
    Phrases {
        claim: InStock,
        voice: State,
        patterns: &[r"\b(?:est|sont) (?:encore |toujours )?(?:disponibles?|en stock)\b"],
    },
    Phrases { claim: Held, voice: State, patterns: &[r"\best (?:mise? de c[ôo]t[ée]|r[ée]serv[ée]e? pour vous)"] },
];
