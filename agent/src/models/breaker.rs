//! A circuit breaker: after several failures in a row nobody is kept waiting for a provider that is
//! down, until a single call has shown that it is back.

use std::{
    num::NonZeroU32,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// When a breaker opens and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Failures in a row that open it.
    pub failures_to_open: NonZeroU32,
    /// How long it stays open before one call may probe the provider.
    pub cool_down: Duration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self { failures_to_open: NonZeroU32::MIN.saturating_add(4), cool_down: Duration::from_secs(30) }
    }
}

/// What a finished call says about the provider's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Health {
    Well,
    Ill,
    /// The failure was about this request, not about the provider.
    Unknown,
}

#[derive(Debug)]
pub(super) struct Breaker {
    policy: BreakerPolicy,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Closed {
        failures: u32,
    },
    /// Nobody calls before `until`; from then on the next caller probes.
    Open {
        until: Instant,
    },
    /// One call is on its way to find out.
    Probing,
}

/// The right to make one call. Dropped without a report (the caller gave up), it says nothing about
/// the provider.
#[derive(Debug)]
pub(super) struct Permit<'a> {
    breaker: &'a Breaker,
    is_probe: bool,
}

impl Breaker {
    pub(super) fn new(policy: BreakerPolicy) -> Self {
        Self { policy, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// A permit for one call; none while the breaker is open.
    pub(super) fn permit(&self) -> Option<Permit<'_>> {
        let mut state = self.state();
        match *state {
            State::Closed { .. } => Some(Permit { breaker: self, is_probe: false }),
            State::Open { until } if Instant::now() >= until => {
                *state = State::Probing;
                Some(Permit { breaker: self, is_probe: true })
            }
            State::Open { .. } | State::Probing => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> State {
        State::Open { until: Instant::now() + self.policy.cool_down }
    }
}

impl Permit<'_> {
    /// Says how the call went.
    pub(super) fn report(mut self, health: Health) {
        let is_probe = std::mem::take(&mut self.is_probe);
        let breaker = self.breaker;
        let mut state = breaker.state();
        let next = match (*state, health) {
            (State::Probing, Health::Ill) if is_probe => breaker.open(),
            // The provider answered, even if only to say that it dislikes this request.
            (State::Probing, Health::Well | Health::Unknown) if is_probe => State::Closed { failures: 0 },
            (State::Closed { .. }, Health::Well) => State::Closed { failures: 0 },
            (State::Closed { failures }, Health::Ill) => {
                let failures = failures.saturating_add(1);
                if failures >= breaker.policy.failures_to_open.get() {
                    breaker.open()
                } else {
                    State::Closed { failures }
                }
            }
            // A call from before the breaker opened ends late: the probe decides, not it.
            (unchanged, _) => unchanged,
        };
        *state = next;
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if self.is_probe {
            *self.breaker.state() = State::Open { until: Instant::now() };
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn breaker() -> Breaker {
        let failures_to_open = NonZeroU32::new(2).unwrap();
        Breaker::new(BreakerPolicy { failures_to_open, cool_down: Duration::from_secs(30) })
    }

    fn call(breaker: &Breaker, health: Health) {
        breaker.permit().expect("the breaker is closed").report(health);
    }

    #[tokio::test(start_paused = true)]
    async fn only_failures_in_a_row_open_it() {
        let breaker = breaker();
        for health in [Health::Ill, Health::Well, Health::Ill, Health::Unknown] {
            call(&breaker, health);
        }
        assert!(breaker.permit().is_some(), "one failure since the last success");
        call(&breaker, Health::Ill);
        assert!(breaker.permit().is_none(), "two failures in a row");
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_cool_down_exactly_one_call_probes_and_decides() {
        for (health, closed_again) in [(Health::Well, true), (Health::Unknown, true), (Health::Ill, false)] {
            let breaker = breaker();
            call(&breaker, Health::Ill);
            call(&breaker, Health::Ill);
            advance(Duration::from_millis(29_999)).await;
            assert!(breaker.permit().is_none(), "still cooling down");
            advance(Duration::from_millis(1)).await;
            let probe = breaker.permit().expect("one probe");
            assert!(breaker.permit().is_none(), "no second call beside the probe");
            probe.report(health);
            assert_eq!(breaker.permit().is_some(), closed_again, "{health:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_was_given_up_leaves_the_next_caller_to_probe() {
        let breaker = breaker();
        call(&breaker, Health::Ill);
        call(&breaker, Health::Ill);
        advance(Duration::from_secs(30)).await;
        drop(breaker.permit().expect("one probe"));
        assert!(breaker.permit().is_some_and(|permit| permit.is_probe));
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_success_from_before_does_not_close_an_open_breaker() {
        let breaker = breaker();
        let early = breaker.permit().unwrap();
        call(&breaker, Health::Ill);
        call(&breaker, Health::Ill);
        early.report(Health::Well);
        assert!(breaker.permit().is_none());
    }
}
