//! A model made dependable: tries again what may succeed a moment later, within the request's one
//! time limit, and stops asking a provider that is down.

use std::{num::NonZeroU32, time::Duration};

use async_trait::async_trait;
use rand::RngExt;
use tokio::time::{Instant, sleep, timeout_at};

pub use super::breaker::BreakerPolicy;
use super::breaker::{Breaker, Health, Permit};
use crate::model::{ChatModel, ModelAnswer, ModelError, ModelRequest};

/// How often and after which pauses a failed call is made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Calls in all, the first one included.
    pub attempts: NonZeroU32,
    /// The longest pause before the second call; it doubles with every further one.
    pub first_pause: Duration,
    /// No pause is longer, unless the provider asks for it.
    pub longest_pause: Duration,
    /// How much of the request's time one call may use up; none: all of it. With a limit a call
    /// that hangs leaves time for another.
    pub attempt_timeout: Option<Duration>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: NonZeroU32::MIN.saturating_add(2),
            first_pause: Duration::from_millis(400),
            longest_pause: Duration::from_secs(4),
            attempt_timeout: None,
        }
    }
}

/// `model`, tried again and guarded by a circuit breaker. Share one for all calls to a provider: the
/// breaker is in it.
#[derive(Debug)]
pub struct Resilient<M> {
    model: M,
    retry: RetryPolicy,
    breaker: Breaker,
}

impl<M: ChatModel> Resilient<M> {
    #[must_use]
    pub fn new(model: M, retry: RetryPolicy, breaker: BreakerPolicy) -> Self {
        Self { model, retry, breaker: Breaker::new(breaker) }
    }

    /// One call, within `deadline` and the limit of one attempt.
    async fn attempt(
        &self,
        permit: Permit<'_>,
        request: &ModelRequest,
        deadline: Instant,
        on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
    ) -> Result<ModelAnswer, ModelError> {
        let now = Instant::now();
        let ends_at = self.retry.attempt_timeout.map_or(deadline, |limit| deadline.min(now + limit));
        let request = ModelRequest { timeout: ends_at - now, ..request.clone() };
        let result =
            timeout_at(ends_at, self.model.respond(&request, on_text)).await.unwrap_or(Err(ModelError::Timeout));
        permit.report(health(&result));
        result
    }

    /// How long to wait before the call after attempt number `attempt`; none if it is not worth it.
    fn pause(&self, error: &ModelError, attempt: u32, deadline: Instant) -> Option<Duration> {
        if !error.is_transient() || attempt >= self.retry.attempts.get() {
            return None;
        }
        let backoff = self.retry.first_pause.saturating_mul(1 << (attempt - 1).min(16)).min(self.retry.longest_pause);
        // Between half and all of it, so that callers that failed together do not return together.
        let jittered = backoff.mul_f64(rand::rng().random_range(0.5..=1.0));
        let pause = match error {
            ModelError::RateLimited { retry_after: Some(asked) } => asked.saturating_add(jittered / 4),
            _ => jittered,
        };
        (pause < deadline.saturating_duration_since(Instant::now())).then_some(pause)
    }
}

#[async_trait]
impl<M: ChatModel> ChatModel for Resilient<M> {
    fn name(&self) -> &str {
        self.model.name()
    }

    fn is_language_model(&self) -> bool {
        self.model.is_language_model()
    }

    /// Asks until there is an answer, nothing more is worth trying, the time is up or the breaker is open.
    /// Once a piece of text was passed on, a failure is final: a second answer would be shown after half of
    /// the first one.
    ///
    /// # Errors
    /// The error of the last call; [`ModelError::Unavailable`] if the breaker allowed none.
    async fn respond(
        &self,
        request: &ModelRequest,
        on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
    ) -> Result<ModelAnswer, ModelError> {
        let deadline = Instant::now() + request.timeout;
        let mut error = ModelError::Unavailable("the circuit breaker is open".into());
        for attempt in 1.. {
            let Some(permit) = self.breaker.permit() else { break };
            let mut has_spoken = false;
            let mut listen = |text: &str| {
                has_spoken = true;
                on_text(text);
            };
            error = match self.attempt(permit, request, deadline, &mut listen).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            tracing::warn!(model = self.name(), attempt, %error, "a model call failed");
            match self.pause(&error, attempt, deadline) {
                Some(pause) if !has_spoken => sleep(pause).await,
                _ => break,
            }
        }
        Err(error)
    }
}

/// A request that is too large or was refused, and a key that is wrong, say nothing about whether
/// the provider is up.
fn health(result: &Result<ModelAnswer, ModelError>) -> Health {
    match result {
        Ok(_) => Health::Well,
        Err(
            ModelError::Timeout
            | ModelError::RateLimited { .. }
            | ModelError::Unavailable(_)
            | ModelError::Malformed(_),
        ) => Health::Ill,
        Err(ModelError::ContextOverflow | ModelError::Refused | ModelError::Rejected { .. }) => Health::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::models::scripted::{Scripted, ScriptedModel, says};

    fn request(seconds: u64) -> ModelRequest {
        let timeout = Duration::from_secs(seconds);
        ModelRequest { tools: Arc::new([]), messages: vec![], max_output_tokens: 100, timeout }
    }

    fn resilient<M: ChatModel>(model: M) -> Resilient<M> {
        Resilient::new(model, RetryPolicy::default(), BreakerPolicy::default())
    }

    fn unavailable() -> Scripted {
        Err(ModelError::Unavailable("status 503".into()))
    }

    fn limited(seconds: u64) -> Scripted {
        Err(ModelError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) })
    }

    /// Asks once and gives back what came, the number of calls made and the time it took.
    async fn ask(script: Vec<Scripted>, seconds: u64) -> (Scripted, usize, Duration) {
        let model = resilient(ScriptedModel::queue(script));
        let start = Instant::now();
        let result = model.respond(&request(seconds), &mut |_| ()).await;
        (result, model.model.requests().len(), start.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn only_what_may_pass_is_tried_again_and_only_so_often() {
        let down = || unavailable().unwrap_err();
        for (script, expected, calls) in [
            (vec![unavailable(), Err(ModelError::Timeout), says("hi")], says("hi"), 3),
            (vec![unavailable(), unavailable(), unavailable(), says("hi")], Err(down()), 3),
            (vec![Err(ModelError::Refused), says("hi")], Err(ModelError::Refused), 1),
            (vec![Err(ModelError::ContextOverflow), says("hi")], Err(ModelError::ContextOverflow), 1),
            (vec![Err(ModelError::Rejected { status: 401 }), says("hi")], Err(ModelError::Rejected { status: 401 }), 1),
            (vec![Err(ModelError::Malformed("x".into())), says("hi")], Err(ModelError::Malformed("x".into())), 1),
        ] {
            let (result, made, _) = ask(script, 60).await;
            assert_eq!((result, made), (expected, calls));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_with_jitter_within_their_bounds() {
        for _ in 0..50 {
            let (_, _, took) = ask(vec![unavailable(), unavailable(), says("hi")], 60).await;
            assert!((600..=1_201).contains(&took.as_millis()), "half to all of 400 ms and of 800 ms: {took:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_is_honoured_if_it_fits_and_else_nobody_waits_for_nothing() {
        let (result, calls, took) = ask(vec![limited(7), says("hi")], 20).await;
        assert_eq!((result, calls), (says("hi"), 2));
        assert!(took >= Duration::from_secs(7), "{took:?}");
        let (result, calls, took) = ask(vec![limited(25), says("hi")], 20).await;
        assert_eq!((result, calls, took), (limited(25), 1, Duration::ZERO));
    }

    /// Never answers.
    struct Silent;

    #[async_trait]
    impl ChatModel for Silent {
        fn name(&self) -> &str {
            "silent"
        }

        async fn respond(
            &self,
            _: &ModelRequest,
            _: &mut (dyn for<'a> FnMut(&'a str) + Send),
        ) -> Result<ModelAnswer, ModelError> {
            std::future::pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_requests_time_is_the_limit_of_everything() {
        for attempt_timeout in [None, Some(Duration::from_secs(4))] {
            let retry = RetryPolicy { attempt_timeout, ..RetryPolicy::default() };
            let model = Resilient::new(Silent, retry, BreakerPolicy::default());
            let start = Instant::now();
            assert_eq!(model.respond(&request(10), &mut |_| ()).await, Err(ModelError::Timeout));
            assert!((10_000..=10_001).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_call_gets_only_the_time_that_is_left() {
        let model = resilient(ScriptedModel::queue([limited(7), says("hi")]));
        model.respond(&request(20), &mut |_| ()).await.unwrap();
        let [first, second] = model.model.requests().try_into().unwrap();
        assert_eq!(first.timeout, Duration::from_secs(20));
        assert!(second.timeout <= Duration::from_secs(13), "{:?}", second.timeout);
    }

    /// Says half a sentence and breaks off.
    struct BreaksOff;

    #[async_trait]
    impl ChatModel for BreaksOff {
        fn name(&self) -> &str {
            "breaks-off"
        }

        async fn respond(
            &self,
            _: &ModelRequest,
            on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
        ) -> Result<ModelAnswer, ModelError> {
            on_text("We have ");
            unavailable()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_shown_a_second_answer_after_half_of_the_first() {
        let mut heard = String::new();
        let result = resilient(BreaksOff).respond(&request(60), &mut |text| heard.push_str(text)).await;
        assert_eq!((result, heard.as_str()), (unavailable(), "We have "));
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_breaker_asks_nobody_and_keeps_nobody_waiting() {
        let model = resilient(ScriptedModel::function(|_| unavailable()));
        for _ in 0..2 {
            model.respond(&request(60), &mut |_| ()).await.unwrap_err();
        }
        assert_eq!(model.model.requests().len(), 5, "three calls, then two more until five had failed in a row");
        let start = Instant::now();
        let error = model.respond(&request(60), &mut |_| ()).await.unwrap_err();
        assert_eq!(error, ModelError::Unavailable("the circuit breaker is open".into()));
        assert_eq!((model.model.requests().len(), start.elapsed()), (5, Duration::ZERO));
        tokio::time::advance(Duration::from_secs(30)).await;
        model.respond(&request(60), &mut |_| ()).await.unwrap_err();
        assert_eq!(model.model.requests().len(), 6, "one probe");
    }

    #[test]
    fn failures_that_are_about_the_request_leave_the_breaker_alone() {
        for (error, expected) in [
            (ModelError::Timeout, Health::Ill),
            (ModelError::RateLimited { retry_after: None }, Health::Ill),
            (ModelError::Malformed("x".into()), Health::Ill),
            (ModelError::Refused, Health::Unknown),
            (ModelError::ContextOverflow, Health::Unknown),
            (ModelError::Rejected { status: 401 }, Health::Unknown),
        ] {
            assert_eq!(health(&Err(error)), expected);
        }
    }
}
