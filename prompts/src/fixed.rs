//! The sentences that the system sends by itself, in every language it speaks. They are plain code:
//! what goes out when everything else has failed must not be able to fail.

use forecourt_domain::language::Language;

use forecourt_domain::one_line::one_line;

/// What the fixed sentences speak of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedContext {
    pub assistant_name: String,
    pub dealership_name: String,
    /// As people dial it.
    pub dealership_phone: Option<String>,
}

/// A sentence of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FixedText {
    /// A message came in and a person will answer it.
    Acknowledgement,
    /// The model failed, or the guards held back its answer twice. True only if a person is told.
    Fallback,
    /// What is added to a reply that does not itself say that a person was asked. True only after one was.
    PersonAsked,
    /// The one answer to STOP (CTIA Messaging Principles and Best Practices, "Consumer Opt-Out").
    StopConfirmation,
    /// The answer to HELP: who writes, how to reach a person, how to stop.
    Help,
    /// The answer to START after a STOP.
    StartConfirmation,
}

impl FixedText {
    /// Every sentence.
    pub const ALL: [Self; 6] = [
        Self::Acknowledgement,
        Self::Fallback,
        Self::PersonAsked,
        Self::StopConfirmation,
        Self::Help,
        Self::StartConfirmation,
    ];

    /// The sentence in `language`. The words STOP, START and HELP stay as carriers know them.
    #[must_use]
    pub fn render(self, language: Language, context: &FixedContext) -> String {
        let assistant = one_line(&context.assistant_name, 40);
        let dealership = one_line(&context.dealership_name, 80);
        let phone =
            context.dealership_phone.as_deref().map(|phone| one_line(phone, 30)).filter(|phone| !phone.is_empty());
        match (self, language) {
            (Self::Acknowledgement, Language::English) => format!(
                "Thanks for your message to {dealership}. This is {assistant}, the AI assistant; \
                 a person on our team will get back to you."
            ),
            (Self::Acknowledgement, Language::Spanish) => format!(
                "Gracias por escribir a {dealership}. Soy {assistant}, el asistente de IA; \
                 una persona de nuestro equipo le responderá."
            ),
            (Self::Acknowledgement, Language::French) => format!(
                "Merci pour votre message à {dealership}. Ici {assistant}, l'assistant IA ; \
                 une personne de notre équipe vous répondra."
            ),
            (Self::Fallback, Language::English) => {
                format!("I could not answer that reliably. A person at {dealership} will get back to you.")
            }
            (Self::Fallback, Language::Spanish) => {
                format!("No pude responder a eso con seguridad. Una persona de {dealership} se comunicará con usted.")
            }
            (Self::Fallback, Language::French) => {
                format!("Je n'ai pas pu répondre de façon fiable. Une personne de {dealership} vous répondra.")
            }
            (Self::PersonAsked, Language::English) => {
                format!("I have asked a colleague at {dealership} to help; they will get back to you.")
            }
            (Self::PersonAsked, Language::Spanish) => {
                format!("He pedido ayuda a un colega de {dealership}; se comunicará con usted.")
            }
            (Self::PersonAsked, Language::French) => {
                format!("J'ai demandé de l'aide à un collègue de {dealership} ; il vous répondra.")
            }
            (Self::StopConfirmation, Language::English) => format!(
                "{dealership}: you are unsubscribed and will receive no more messages. \
                 Reply START to receive them again."
            ),
            (Self::StopConfirmation, Language::Spanish) => format!(
                "{dealership}: su suscripción está cancelada y no recibirá más mensajes. \
                 Responda START para volver a recibirlos."
            ),
            (Self::StopConfirmation, Language::French) => format!(
                "{dealership} : vous êtes désabonné et ne recevrez plus de messages. \
                 Répondez START pour les recevoir à nouveau."
            ),
            (Self::Help, language) => help(language, &dealership, phone.as_deref()),
            (Self::StartConfirmation, Language::English) => {
                format!("{dealership}: you will receive our messages again. Reply HELP for help, STOP to opt out.")
            }
            (Self::StartConfirmation, Language::Spanish) => format!(
                "{dealership}: volverá a recibir nuestros mensajes. \
                 Responda HELP para obtener ayuda, STOP para cancelar."
            ),
            (Self::StartConfirmation, Language::French) => format!(
                "{dealership} : vous recevrez à nouveau nos messages. \
                 Répondez HELP pour obtenir de l'aide, STOP pour vous désabonner."
            ),
        }
    }
}

impl FixedContext {
    /// A dealership to try the sentences with.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            assistant_name: "Madison".to_owned(),
            dealership_name: "Northgate Motors".to_owned(),
            dealership_phone: Some("(720) 555-0100".to_owned()),
        }
    }
}

fn help(language: Language, dealership: &str, phone: Option<&str>) -> String {
    let call = phone.map(|phone| match language {
        Language::English => format!(" Call us at {phone}."),
        Language::Spanish => format!(" Llámenos al {phone}."),
        Language::French => format!(" Appelez-nous au {phone}."),
    });
    let call = call.unwrap_or_default();
    match language {
        Language::English => format!(
            "{dealership}: messages about your vehicle questions and appointments.{call} \
             Msg & data rates may apply. Reply STOP to opt out."
        ),
        Language::Spanish => format!(
            "{dealership}: mensajes sobre sus consultas de vehículos y citas.{call} \
             Pueden aplicarse tarifas de mensajes y datos. Responda STOP para cancelar."
        ),
        Language::French => format!(
            "{dealership} : messages sur vos questions de véhicules et vos rendez-vous.{call} \
             Des frais de messages et de données peuvent s'appliquer. Répondez STOP pour vous désabonner."
        ),
    }
}
