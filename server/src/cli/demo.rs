//! `forecourt demo`: a dealership to try, loaded once, with everything it needs.

use std::process::ExitCode;

use clap::Args;
use forecourt_crm_store::{integrations::Provider, system::instance::InstanceKind};
use forecourt_domain::scope::Scope;
use forecourt_tools::HashedNgrams;
use secrecy::ExposeSecret;

use super::{progress, serve::until_stopped};
use crate::{
    config::ModelConfig,
    config::Settings,
    demo::{self, FirstPassword, Loaded, TOKEN_FILE},
    http::twilio::webhook_path,
    instance::{Instance, ServeRole},
    number::TwilioKeys,
    program,
    supervisor::Supervisor,
};

#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Load the demo dealership and leave, without serving
    #[arg(long)]
    load_only: bool,
}

pub async fn run(settings: Settings, args: DemoArgs) -> anyhow::Result<ExitCode> {
    let instance = super::open_as(settings, InstanceKind::Demo).await?;
    let supervisor = Supervisor::default();
    match begin(&instance, &args, &supervisor).await {
        Ok(()) if args.load_only => {
            instance.close(supervisor).await?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(()) => until_stopped(instance, supervisor).await,
        Err(error) => {
            instance.close(supervisor).await?;
            Err(error)
        }
    }
}

async fn begin(instance: &Instance, args: &DemoArgs, supervisor: &Supervisor) -> anyhow::Result<()> {
    let loaded = load(instance).await?;
    let address = if args.load_only { None } else { instance.start(&ServeRole::ALL, supervisor).await? };
    for line in welcome(instance, &loaded, address).await? {
        super::out(&line);
    }
    Ok(())
}

/// Loads the demo dealership unless it is there, and makes it findable.
pub(super) async fn load(instance: &Instance) -> anyhow::Result<Loaded> {
    let twilio = TwilioKeys::of(&instance.config);
    demo::load(&instance.store, &HashedNgrams, twilio.as_ref(), &instance.config.data, &mut progress).await
}

/// What to try next, in a few lines.
async fn welcome(
    instance: &Instance,
    loaded: &Loaded,
    address: Option<std::net::SocketAddr>,
) -> anyhow::Result<Vec<String>> {
    let tokens = instance.config.data.join(TOKEN_FILE);
    let mut lines = vec![String::new()];
    let program = program::name();
    let Some(address) = address else {
        lines.push(format!("The demo dealership is loaded. Its API tokens are in {}", tokens.display()));
        lines.extend(sign_ins(loaded, &program));
        return Ok(lines);
    };
    lines.push(format!("Forecourt serves the demo dealership. Console: http://{address}/console"));
    lines.extend(sign_ins(loaded, &program));
    lines.push(format!("  tokens of every role for the API: {}", tokens.display()));
    lines.push(String::new());
    lines.push("In another terminal:".to_owned());
    lines.push(format!("  {program} chat         be a customer: \"any used CX-5 under 30k?\""));
    lines.push(format!("  {program} why last     why the last answer was said"));
    lines.push(String::new());
    lines.push(texting(instance).await?);
    lines.push(model(&instance.config.model).to_owned());
    lines.push("Stop with Ctrl-C; a second start keeps everything.".to_owned());
    Ok(lines)
}

/// Who signs in with which password: told by the start that made them, and by none after it.
fn sign_ins(loaded: &Loaded, program: &str) -> Vec<String> {
    let again = format!("  a new password for somebody: {program} user password EMAIL");
    let Loaded::Now { passwords, .. } = loaded else { return vec![again] };
    let mut lines = vec!["  sign in with any of these; they are shown only now:".to_owned()];
    for FirstPassword { role, email, password } in passwords {
        lines.push(format!("    {email:<46} {}  {role}", password.expose_secret()));
    }
    lines.push(again);
    lines
}

/// Whether texts reach anybody.
async fn texting(instance: &Instance) -> anyhow::Result<String> {
    for dealership in instance.store.load_dealerships().await? {
        let mut tx = instance.store.begin(Scope::of(dealership.id)).await?;
        let Some((id, provider, number)) = tx.load_text_numbers().await?.into_iter().next() else { continue };
        let webhook = instance.config.public_url.join(&webhook_path(id))?;
        return Ok(match provider {
            Provider::Twilio => {
                format!(
                    "Texts: Twilio is connected. Set the messaging webhook of {number} to (HTTP POST):\n  {webhook}"
                )
            }
            Provider::Simulated => {
                "Texts: no Twilio keys, so messages appear in `forecourt chat` and the console and are not sent."
                    .to_owned()
            }
        });
    }
    Ok("Texts: this dealership has no number; add one with: forecourt integration add twilio".to_owned())
}

const fn model(model: &ModelConfig) -> &'static str {
    match model {
        ModelConfig::Offline => {
            "Model: the built-in offline receptionist, which is not a language model; set OPENAI_API_KEY for one."
        }
        ModelConfig::OpenAi { .. } => "Model: the language model of your settings.",
    }
}
