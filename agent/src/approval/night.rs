//! The night in which nobody is to be woken by what a person has decided just then.

use forecourt_domain::hours::Zone;
use jiff::{Timestamp, ToSpan, civil::time};

/// When the quiet hours end in which it is now: from 9 p.m. to 8 a.m. (47 CFR 64.1200(c)(1)), at the
/// dealership's place, which is the nearest that is known to the customer's.
pub(super) fn quiet_until(zone: &Zone, now: Timestamp) -> Option<Timestamp> {
    let (morning, evening) = (time(8, 0, 0, 0), time(21, 0, 0, 0));
    let local = zone.local(now);
    let date = if local.time() >= evening {
        local.date().checked_add(1.day()).ok()?
    } else if local.time() < morning {
        local.date()
    } else {
        return None;
    };
    zone.instant(date.to_datetime(morning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_night_is_from_nine_to_eight_where_the_dealership_is() {
        let zone: Zone = "America/Denver".parse().unwrap();
        for (now, until) in [
            ("2026-11-21T03:59:59Z", None),
            ("2026-11-21T04:00:00Z", Some("2026-11-21T15:00:00Z")),
            ("2026-11-21T14:59:59Z", Some("2026-11-21T15:00:00Z")),
            ("2026-11-21T15:00:00Z", None),
        ] {
            let until = until.map(|until| until.parse().unwrap());
            assert_eq!(quiet_until(&zone, now.parse().unwrap()), until, "{now}");
        }
    }
}
