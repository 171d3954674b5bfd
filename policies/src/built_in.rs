//! The sources that every dealership starts from, compiled into the binary.

/// The words that policies may use.
pub(crate) const SCHEMA: Source =
    Source { file: "schema.cedarschema", text: include_str!("../policies/schema.cedarschema") };

/// One concern per file, in the order in which they are read and hashed.
pub(crate) const POLICIES: [Source; 11] = [
    Source { file: "permits.cedar", text: include_str!("../policies/permits.cedar") },
    Source { file: "suspension.cedar", text: include_str!("../policies/suspension.cedar") },
    Source { file: "pause.cedar", text: include_str!("../policies/pause.cedar") },
    Source { file: "ownership.cedar", text: include_str!("../policies/ownership.cedar") },
    Source { file: "autonomy.cedar", text: include_str!("../policies/autonomy.cedar") },
    Source { file: "assurance.cedar", text: include_str!("../policies/assurance.cedar") },
    Source { file: "consent.cedar", text: include_str!("../policies/consent.cedar") },
    Source { file: "quiet_hours.cedar", text: include_str!("../policies/quiet_hours.cedar") },
    Source { file: "business_hours.cedar", text: include_str!("../policies/business_hours.cedar") },
    Source { file: "caps.cedar", text: include_str!("../policies/caps.cedar") },
    Source { file: "ceilings.cedar", text: include_str!("../policies/ceilings.cedar") },
];

/// A text of Cedar and the name by which errors call it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_in_force() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");
        let files: BTreeSet<String> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let read = POLICIES.iter().chain([&SCHEMA]).map(|source| source.file.to_owned()).collect();
        assert_eq!(files, read);
    }
}
