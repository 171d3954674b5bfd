//! The words of English, Spanish and French that name numbers, days and things, as tables.
//!
//! A guard reads all three languages at once: a model that answers in another language than it was
//! asked to must not thereby escape. Add a language by adding its words to each table.

use jiff::civil::Weekday;

/// Month names and abbreviations; the number is the month. Only read beside a day number.
pub(super) const MONTHS: [(&str, i8); 56] = [
    ("january", 1),
    ("jan", 1),
    ("enero", 1),
    ("janvier", 1),
    ("february", 2),
    ("feb", 2),
    ("febrero", 2),
    ("février", 2),
    ("fevrier", 2),
    ("march", 3),
    ("mar", 3),
    ("marzo", 3),
    ("mars", 3),
    ("april", 4),
    ("apr", 4),
    ("abril", 4),
    ("avril", 4),
    ("may", 5),
    ("mayo", 5),
    ("mai", 5),
    ("june", 6),
    ("jun", 6),
    ("junio", 6),
    ("juin", 6),
    ("july", 7),
    ("jul", 7),
    ("julio", 7),
    ("juillet", 7),
    ("august", 8),
    ("aug", 8),
    ("agosto", 8),
    ("août", 8),
    ("aout", 8),
    ("september", 9),
    ("sept", 9),
    ("sep", 9),
    ("septiembre", 9),
    ("setiembre", 9),
    ("septembre", 9),
    ("october", 10),
    ("oct", 10),
    ("octubre", 10),
    ("octobre", 10),
    ("november", 11),
    ("nov", 11),
    ("noviembre", 11),
    ("novembre", 11),
    ("december", 12),
    ("dec", 12),
    ("diciembre", 12),
    ("décembre", 12),
    ("decembre", 12),
    ("dic", 12),
    ("déc", 12),
    ("ene", 1),
    ("abr", 4),
];

/// Weekday names in full, which are safe to read in any case.
pub(super) const WEEKDAYS: [(&str, Weekday); 23] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
    ("lunes", Weekday::Monday),
    ("martes", Weekday::Tuesday),
    ("miércoles", Weekday::Wednesday),
    ("miercoles", Weekday::Wednesday),
    ("jueves", Weekday::Thursday),
    ("viernes", Weekday::Friday),
    ("sábado", Weekday::Saturday),
    ("sabado", Weekday::Saturday),
    ("domingo", Weekday::Sunday),
    ("lundi", Weekday::Monday),
    ("mardi", Weekday::Tuesday),
    ("mercredi", Weekday::Wednesday),
    ("jeudi", Weekday::Thursday),
    ("vendredi", Weekday::Friday),
    ("samedi", Weekday::Saturday),
    ("dimanche", Weekday::Sunday),
];

/// Weekday abbreviations. In our own texts they count only capitalised ("Sat", not "sat" or "sun").
pub(super) const SHORT_WEEKDAYS: [(&str, Weekday); 11] = [
    ("mon", Weekday::Monday),
    ("tues", Weekday::Tuesday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thurs", Weekday::Thursday),
    ("thur", Weekday::Thursday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
    ("weds", Weekday::Wednesday),
];

/// Days named by their distance from today.
pub(super) const RELATIVE_DAYS: [(&str, i64); 19] = [
    ("day after tomorrow", 2),
    ("today", 0),
    ("tonight", 0),
    ("this morning", 0),
    ("this afternoon", 0),
    ("this evening", 0),
    ("tomorrow", 1),
    ("tmrw", 1),
    ("tmr", 1),
    ("yesterday", -1),
    ("pasado mañana", 2),
    ("hoy", 0),
    ("esta noche", 0),
    ("mañana", 1),
    ("ayer", -1),
    ("après-demain", 2),
    ("aujourd'hui", 0),
    ("ce soir", 0),
    ("demain", 1),
];

/// Number words below a hundred, and the multipliers. "once" (Spanish eleven) is left out: in
/// English it is another word.
pub(super) const NUMBER_WORDS: [(&str, i64); 57] = [
    ("zero", 0),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("hundred", 100),
    ("thousand", 1_000),
    ("million", 1_000_000),
    ("dos", 2),
    ("tres", 3),
    ("cuatro", 4),
    ("cinco", 5),
    ("seis", 6),
    ("siete", 7),
    ("ocho", 8),
    ("nueve", 9),
    ("diez", 10),
    ("doce", 12),
    ("veinte", 20),
    ("treinta", 30),
    ("cuarenta", 40),
    ("mil", 1_000),
    ("deux", 2),
    ("trois", 3),
    ("quatre", 4),
    ("cinq", 5),
    ("sept", 7),
    ("huit", 8),
    ("neuf", 9),
    ("dix", 10),
    ("douze", 12),
    ("vingt", 20),
    ("trente", 30),
    ("mille", 1_000),
];

/// What people call a make besides its name.
pub(super) const MAKE_ALIASES: [(&str, &str); 6] = [
    ("chevrolet", "chevy"),
    ("volkswagen", "vw"),
    ("mercedes-benz", "mercedes"),
    ("mercedes-benz", "benz"),
    ("cadillac", "caddy"),
    ("bmw", "bimmer"),
];

/// Nouns that make a number a count of vehicles.
pub(super) const VEHICLE_NOUNS: &str = "vehicles?|cars?|suvs?|trucks?|sedans?|vans?|minivans?|coupes?|hatchbacks?|wagons?|\
     convertibles?|crossovers?|pickups?|hybrids?|evs?|models?|options?|matches|match|results?|listings?|units?|choices|\
     available|in stock|that (?:fit|match|meet)|of (?:them|these|those|our|the)|more like|\
     veh[ií]culos?|coches?|autos?|camionetas?|opciones|modelos?|v[ée]hicules?|voitures?|camions?|mod[èe]les?|choix";

/// Nouns that make a number a count of times one could come.
pub(super) const TIME_NOUNS: &str = "appointments?|slots?|openings?|open times?|times?|test drives?|citas?|horarios?|rendez-vous|cr[ée]neaux|cr[ée]neau";

/// The value of `word` in a table, whatever its case.
pub(super) fn lookup<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    let lower = word.to_lowercase();
    table.iter().find(|(name, _)| *name == lower).map(|(_, value)| *value)
}

/// The words of a table as alternatives of a pattern, longest first so that none hides another.
pub(super) fn alternatives<T>(table: &[(&str, T)]) -> String {
    let mut words: Vec<_> = table.iter().map(|(word, _)| *word).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.join("|")
}
