//! The languages in which the assistant and the system speak to customers.

text_enum! {
    /// A language, as its ISO 639-1 code. Words in any other language are for a person to answer.
    pub enum Language { English = "en", Spanish = "es", French = "fr" }
}
