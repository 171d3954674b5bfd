//! What the customer is told of a person's decision: fixed sentences over the facts of what was committed.

use forecourt_domain::{appointment::AppointmentKind, language::Language};
use jiff::civil::DateTime;

/// What a decision came to, as far as the customer asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutcomeText {
    Booked(Visit),
    Moved(Visit),
    Cancelled(Visit),
    /// What they told about themselves or about their wishes was kept.
    Noted,
    /// What they asked for was done, whatever it was.
    Done,
    /// It was not done. True only if a person is told to contact them.
    NotConfirmed(Asked),
}

/// What it was that nobody confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asked {
    Time,
    Other,
}

/// An appointment in the dealership's own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Visit {
    pub kind: AppointmentKind,
    pub at: DateTime,
}

impl OutcomeText {
    /// The sentence in `language`.
    #[must_use]
    pub fn render(self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Spanish => self.spanish(),
            Language::French => self.french(),
        }
    }

    fn english(self) -> String {
        let (what, when) = self.visit().map(|visit| (english_kind(visit.kind), english_moment(visit.at))).unzip();
        let (what, when) = (what.unwrap_or_default(), when.unwrap_or_default());
        match self {
            Self::Booked(_) => format!("Good news: your {what} on {when} is confirmed."),
            Self::Moved(_) => format!("Good news: your {what} was moved to {when}."),
            Self::Cancelled(_) => format!("Your {what} on {when} is cancelled, as you asked."),
            Self::Noted => "A colleague has looked at it, and we have noted what you told us.".to_owned(),
            Self::Done => "A colleague has looked at it, and what you asked for is done.".to_owned(),
            Self::NotConfirmed(Asked::Time) => "We can't confirm that time. A colleague will contact you.".to_owned(),
            Self::NotConfirmed(Asked::Other) => "We can't confirm that. A colleague will contact you.".to_owned(),
        }
    }

    fn spanish(self) -> String {
        let (what, when) = self.visit().map(|visit| (spanish_kind(visit.kind), spanish_moment(visit.at))).unzip();
        let (what, when) = (what.unwrap_or_default(), when.unwrap_or_default());
        match self {
            Self::Booked(_) => format!("Buenas noticias: su {what} del {when} está confirmada."),
            Self::Moved(_) => format!("Buenas noticias: su {what} se cambió al {when}."),
            Self::Cancelled(_) => format!("Su {what} del {when} está cancelada, como pidió."),
            Self::Noted => "Un colega lo ha revisado y hemos anotado lo que nos dijo.".to_owned(),
            Self::Done => "Un colega lo ha revisado y lo que pidió está hecho.".to_owned(),
            Self::NotConfirmed(Asked::Time) => {
                "No podemos confirmar esa hora. Un colega se comunicará con usted.".to_owned()
            }
            Self::NotConfirmed(Asked::Other) => "No podemos confirmarlo. Un colega se comunicará con usted.".to_owned(),
        }
    }

    fn french(self) -> String {
        let (what, when) = self.visit().map(|visit| (french_kind(visit.kind), french_moment(visit.at))).unzip();
        let (what, when) = (what.unwrap_or_default(), when.unwrap_or_default());
        match self {
            Self::Booked(_) => format!("Bonne nouvelle : votre {what} du {when} est confirmé."),
            Self::Moved(_) => format!("Bonne nouvelle : votre {what} est déplacé au {when}."),
            Self::Cancelled(_) => format!("Votre {what} du {when} est annulé, comme demandé."),
            Self::Noted => "Un collègue a regardé, et nous avons noté ce que vous nous avez dit.".to_owned(),
            Self::Done => "Un collègue a regardé, et ce que vous avez demandé est fait.".to_owned(),
            Self::NotConfirmed(Asked::Time) => {
                "Nous ne pouvons pas confirmer cette heure. Un collègue vous contactera.".to_owned()
            }
            Self::NotConfirmed(Asked::Other) => {
                "Nous ne pouvons pas le confirmer. Un collègue vous contactera.".to_owned()
            }
        }
    }

    const fn visit(self) -> Option<Visit> {
        match self {
            Self::Booked(visit) | Self::Moved(visit) | Self::Cancelled(visit) => Some(visit),
            Self::Noted | Self::Done | Self::NotConfirmed(_) => None,
        }
    }
}

const fn english_kind(kind: AppointmentKind) -> &'static str {
    match kind {
        AppointmentKind::Sales => "visit",
        AppointmentKind::TestDrive => "test drive",
        AppointmentKind::Delivery => "delivery appointment",
        AppointmentKind::Service => "service appointment",
        AppointmentKind::Other => "appointment",
    }
}

/// All of one gender, as the sentence is.
const fn spanish_kind(kind: AppointmentKind) -> &'static str {
    match kind {
        AppointmentKind::Sales => "visita",
        AppointmentKind::TestDrive => "prueba de manejo",
        AppointmentKind::Delivery => "cita de entrega",
        AppointmentKind::Service => "cita de servicio",
        AppointmentKind::Other => "cita",
    }
}

/// All of one gender, as the sentence is.
const fn french_kind(kind: AppointmentKind) -> &'static str {
    match kind {
        AppointmentKind::Sales | AppointmentKind::Other => "rendez-vous",
        AppointmentKind::TestDrive => "essai routier",
        AppointmentKind::Delivery => "rendez-vous de livraison",
        AppointmentKind::Service => "rendez-vous d'entretien",
    }
}

/// `Friday, Nov 27 at 3:00 PM`.
fn english_moment(at: DateTime) -> String {
    at.strftime("%A, %b %-d at %-I:%M %p").to_string()
}

/// `viernes 27 de noviembre a las 15:00`.
fn spanish_moment(at: DateTime) -> String {
    const DAYS: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
    const MONTHS: [&str; 12] = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ];
    let article = if at.hour() == 1 { "la" } else { "las" };
    let (day, month) = (named(&DAYS, at.weekday().to_monday_zero_offset()), named(&MONTHS, at.month() - 1));
    format!("{day} {} de {month} a {article} {}", at.day(), at.strftime("%-H:%M"))
}

/// `vendredi 27 novembre à 15 h 00`, the first of a month `1er`.
fn french_moment(at: DateTime) -> String {
    const DAYS: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
    const MONTHS: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let (day, month) = (named(&DAYS, at.weekday().to_monday_zero_offset()), named(&MONTHS, at.month() - 1));
    let number = if at.day() == 1 { "1er".to_owned() } else { at.day().to_string() };
    format!("{day} {number} {month} à {}", at.strftime("%-H h %M"))
}

fn named(names: &[&'static str], index: i8) -> &'static str {
    usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or_default()
}
