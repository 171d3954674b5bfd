//! A model whose script may do things while it "thinks": text, take over, pause, change a price.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use forecourt_agent::{
    model::{ChatModel, ModelAnswer, ModelError, ModelRequest},
    models::scripted::Scripted,
};
use futures::future::BoxFuture;

type Answering = Box<dyn FnOnce(ModelRequest) -> BoxFuture<'static, Scripted> + Send>;

/// A model that answers from a queue of steps, each of which may act first. It remembers every request.
#[derive(Default)]
pub struct LiveModel {
    steps: Mutex<VecDeque<Answering>>,
    requests: Mutex<Vec<ModelRequest>>,
}

impl LiveModel {
    /// Adds the answer to one more request.
    pub fn then(&self, answer: Scripted) -> &Self {
        self.then_after(|_| async move { answer })
    }

    /// Adds the answer to one more request, found by doing something first.
    pub fn then_after<F>(&self, act: impl FnOnce(ModelRequest) -> F + Send + 'static) -> &Self
    where
        F: Future<Output = Scripted> + Send + 'static,
    {
        lock(&self.steps).push_back(Box::new(|request| Box::pin(act(request))));
        self
    }

    /// Every request so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<ModelRequest> {
        lock(&self.requests).clone()
    }

    /// How many answers have not been asked for.
    #[must_use]
    pub fn left(&self) -> usize {
        lock(&self.steps).len()
    }
}

#[async_trait]
impl ChatModel for LiveModel {
    fn name(&self) -> &str {
        "live"
    }

    async fn respond(
        &self,
        request: &ModelRequest,
        on_text: &mut (dyn for<'a> FnMut(&'a str) + Send),
    ) -> Result<ModelAnswer, ModelError> {
        lock(&self.requests).push(request.clone());
        let step = lock(&self.steps).pop_front();
        let step = step.ok_or_else(|| ModelError::Unavailable("the script is at its end".into()))?;
        let answer = step(request.clone()).await?;
        if let Some(text) = &answer.text {
            on_text(text);
        }
        Ok(answer)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
