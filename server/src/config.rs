//! Configuration: flags first, then the environment, then an optional TOML file, then defaults.

use std::{
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Args;
use forecourt_agent::pricing::{ModelPrices, PricePerMillion, Pricing};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

/// What can be given as a flag or in the environment. Secrets have no flags: a process list shows flags.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[command(next_help_heading = "Settings")]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// A TOML file with any of these settings, by the names of the long flags with underscores
    #[arg(long, env = "FORECOURT_CONFIG", global = true, hide_env_values = true)]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Folder of the embedded database, used when no DATABASE_URL is set [default: ./.forecourt]
    #[arg(long, env = "FORECOURT_DATA", hide_env_values = true, global = true)]
    pub data: Option<PathBuf>,
    /// Address to serve on [default: 127.0.0.1:8080]
    #[arg(long, env = "FORECOURT_LISTEN", hide_env_values = true, global = true)]
    pub listen: Option<SocketAddr>,
    /// Where the world reaches this server; signatures of webhooks are checked against it [default: http://<listen>]
    #[arg(long, env = "FORECOURT_PUBLIC_URL", hide_env_values = true, global = true)]
    pub public_url: Option<Url>,
    /// Addresses of the proxies before this server, separated by commas: whose X-Forwarded-For says from where
    /// somebody signs in [default: none]
    #[arg(long, env = "FORECOURT_TRUSTED_PROXIES", hide_env_values = true, global = true, value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<IpAddr>>,
    /// The sender of mail to staff, such as "Forecourt <forecourt@cars.example>"
    #[arg(long, env = "FORECOURT_MAIL_FROM", hide_env_values = true, global = true)]
    pub mail_from: Option<String>,
    /// `offline`, or the name of a model of the OpenAI-compatible server [default: offline without a key]
    #[arg(long, env = "FORECOURT_MODEL", hide_env_values = true, global = true)]
    pub model: Option<String>,
    /// US dollars per million tokens that the model reads, such as 0.25; needed for a daily spend cap
    #[arg(long, env = "FORECOURT_MODEL_PRICE_INPUT", hide_env_values = true, global = true)]
    pub model_price_input: Option<PricePerMillion>,
    /// The same for input that the provider had read before [default: as other input]
    #[arg(long, env = "FORECOURT_MODEL_PRICE_CACHED_INPUT", hide_env_values = true, global = true)]
    pub model_price_cached_input: Option<PricePerMillion>,
    /// The same for what the model writes
    #[arg(long, env = "FORECOURT_MODEL_PRICE_OUTPUT", hide_env_values = true, global = true)]
    pub model_price_output: Option<PricePerMillion>,
    /// Base URL of an OpenAI-compatible server [default: OpenAI's]
    #[arg(long, env = "OPENAI_BASE_URL", hide_env_values = true, global = true)]
    pub openai_base_url: Option<Url>,
    /// Base URL of Twilio's API, for doubles [default: Twilio's]
    #[arg(long, env = "TWILIO_API_URL", hide_env_values = true, global = true)]
    pub twilio_api_url: Option<Url>,
    #[arg(skip)]
    #[serde(flatten)]
    pub secrets: Secrets,
}

/// What is read from the environment or the file only.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Secrets {
    pub database_url: Option<SecretString>,
    pub database_owner_url: Option<SecretString>,
    pub secret_key: Option<SecretString>,
    pub openai_api_key: Option<SecretString>,
    pub twilio_account_sid: Option<String>,
    pub twilio_auth_token: Option<SecretString>,
    pub smtp_url: Option<SecretString>,
}

/// Everything a process needs to know, complete.
#[derive(Debug, Clone)]
pub struct Config {
    pub database: DatabaseConfig,
    /// Where the program keeps what is no row: keys and tokens, and the embedded database.
    pub data: PathBuf,
    pub secret_key: Option<SecretString>,
    pub listen: SocketAddr,
    pub public_url: Url,
    pub model: ModelConfig,
    /// What that model costs, as far as anybody said.
    pub pricing: Pricing,
    pub twilio_api_url: Option<Url>,
    pub twilio_account_sid: Option<String>,
    pub twilio_auth_token: Option<SecretString>,
    /// The server that mail to staff leaves by: `smtps://user:password@host:465`.
    pub smtp_url: Option<SecretString>,
    pub mail_from: Option<String>,
    pub trusted_proxies: Vec<IpAddr>,
}

/// Which database is used.
#[derive(Debug, Clone)]
pub enum DatabaseConfig {
    /// Started and kept by this program, in this folder.
    Embedded {
        data: PathBuf,
    },
    Server {
        app_url: SecretString,
        owner_url: Option<SecretString>,
    },
}

/// Which model answers.
#[derive(Debug, Clone)]
pub enum ModelConfig {
    Offline,
    OpenAi { model: String, base_url: Option<Url>, api_key: Option<SecretString> },
}

/// The model asked for when a key is set and no name.
const DEFAULT_MODEL: &str = "gpt-5-mini";

impl Settings {
    /// Completes these settings with the environment's secrets, the file and the defaults.
    pub fn resolve(self, env: &impl Fn(&str) -> Option<String>) -> anyhow::Result<Config> {
        let file = self.config.as_deref().map(read_file).transpose()?.unwrap_or_default();
        let secret = |name: &str, file: Option<SecretString>| env(name).map(SecretString::from).or(file);
        let listen = self.listen.or(file.listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        let public_url = match self.public_url.or(file.public_url) {
            Some(url) => url,
            None => Url::parse(&format!("http://{listen}")).context("the listen address is no URL host")?,
        };
        let data = self.data.or(file.data).unwrap_or_else(|| PathBuf::from(".forecourt"));
        let app_url = secret("DATABASE_URL", file.secrets.database_url);
        let owner_url = secret("DATABASE_OWNER_URL", file.secrets.database_owner_url);
        let database = match (app_url, owner_url) {
            (Some(app_url), owner_url) => DatabaseConfig::Server { app_url, owner_url },
            (None, None) => DatabaseConfig::Embedded { data: data.clone() },
            (None, Some(_)) => {
                bail!("DATABASE_OWNER_URL is set but DATABASE_URL is not; set both, or none for the embedded database")
            }
        };
        let api_key = secret("OPENAI_API_KEY", file.secrets.openai_api_key);
        let base_url = self.openai_base_url.or(file.openai_base_url);
        let model = model(self.model.or(file.model), base_url, api_key);
        let pricing = pricing(
            &model,
            self.model_price_input.or(file.model_price_input),
            self.model_price_cached_input.or(file.model_price_cached_input),
            self.model_price_output.or(file.model_price_output),
        )?;
        Ok(Config {
            database,
            data,
            secret_key: secret("FORECOURT_SECRET_KEY", file.secrets.secret_key),
            listen,
            public_url,
            model,
            pricing,
            twilio_api_url: self.twilio_api_url.or(file.twilio_api_url),
            twilio_account_sid: env("TWILIO_ACCOUNT_SID").or(file.secrets.twilio_account_sid),
            twilio_auth_token: secret("TWILIO_AUTH_TOKEN", file.secrets.twilio_auth_token),
            smtp_url: secret("FORECOURT_SMTP_URL", file.secrets.smtp_url),
            mail_from: self.mail_from.or(file.mail_from),
            trusted_proxies: self.trusted_proxies.or(file.trusted_proxies).unwrap_or_default(),
        })
    }
}

fn model(name: Option<String>, base_url: Option<Url>, api_key: Option<SecretString>) -> ModelConfig {
    match name {
        Some(name) if name == "offline" => ModelConfig::Offline,
        Some(model) => ModelConfig::OpenAi { model, base_url, api_key },
        None if api_key.is_some() => ModelConfig::OpenAi { model: DEFAULT_MODEL.to_owned(), base_url, api_key },
        None => ModelConfig::Offline,
    }
}

fn pricing(
    model: &ModelConfig,
    input: Option<PricePerMillion>,
    cached_input: Option<PricePerMillion>,
    output: Option<PricePerMillion>,
) -> anyhow::Result<Pricing> {
    match (model, input, output) {
        (ModelConfig::Offline, _, _) => Ok(Pricing::Free),
        (_, Some(input), Some(output)) => {
            Ok(Pricing::Known(ModelPrices { input, cached_input: cached_input.unwrap_or(input), output }))
        }
        (_, None, None) if cached_input.is_none() => Ok(Pricing::Unknown),
        _ => bail!("set both FORECOURT_MODEL_PRICE_INPUT and FORECOURT_MODEL_PRICE_OUTPUT, or no price at all"),
    }
}

fn read_file(path: &Path) -> anyhow::Result<Settings> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    // The parser's own message may quote the line, and a line may hold a secret.
    toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(0, |span| text[..span.start].lines().count().max(1));
        anyhow::anyhow!("{}, line {line}: {}", path.display(), error.message())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(settings: Settings, env: &[(&str, &str)]) -> anyhow::Result<Config> {
        let env: std::collections::HashMap<String, String> =
            env.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        settings.resolve(&|name| env.get(name).cloned())
    }

    #[test]
    fn nothing_set_means_embedded_offline_and_local() {
        let config = resolve(Settings::default(), &[]).unwrap();
        assert!(matches!(config.database, DatabaseConfig::Embedded { data } if data == Path::new(".forecourt")));
        assert!(matches!(config.model, ModelConfig::Offline));
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:8080/");
    }

    #[test]
    fn a_key_alone_chooses_the_default_model_and_offline_wins_by_name() {
        let config = resolve(Settings::default(), &[("OPENAI_API_KEY", "k")]).unwrap();
        assert!(matches!(config.model, ModelConfig::OpenAi { model, .. } if model == DEFAULT_MODEL));
        let offline = Settings { model: Some("offline".to_owned()), ..Settings::default() };
        assert!(matches!(resolve(offline, &[("OPENAI_API_KEY", "k")]).unwrap().model, ModelConfig::Offline));
    }

    #[test]
    fn a_price_is_whole_or_unknown_and_the_offline_model_is_free() {
        let with = |input: Option<&str>, output: Option<&str>| {
            let price = |text: Option<&str>| text.map(|text| text.parse().unwrap());
            let model = Some("some-model".to_owned());
            let settings = Settings {
                model,
                model_price_input: price(input),
                model_price_output: price(output),
                ..Settings::default()
            };
            resolve(settings, &[]).map(|config| config.pricing)
        };
        assert!(
            matches!(with(Some("0.25"), Some("2")), Ok(Pricing::Known(prices)) if prices.cached_input == prices.input)
        );
        assert!(matches!(with(None, None), Ok(Pricing::Unknown)));
        assert!(with(Some("0.25"), None).is_err() && with(None, Some("2")).is_err());
        assert_eq!(resolve(Settings::default(), &[]).unwrap().pricing, Pricing::Free);
    }

    #[test]
    fn an_owner_url_alone_is_refused() {
        assert!(resolve(Settings::default(), &[("DATABASE_OWNER_URL", "postgres://o@h/d")]).is_err());
    }

    #[test]
    fn the_file_is_read_last_and_an_error_in_it_never_quotes_a_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("forecourt.toml");
        std::fs::write(
            &path,
            "model = \"from-file\"\nmodel_price_input = \"1.5\"\nmodel_price_output = \"3\"\nsecret_key = \"kept\"\n",
        )
        .unwrap();
        let settings = Settings { config: Some(path.clone()), ..Settings::default() };
        let config = resolve(settings.clone(), &[]).unwrap();
        assert!(matches!(config.model, ModelConfig::OpenAi { model, .. } if model == "from-file"));
        assert!(matches!(config.pricing, Pricing::Known(_)));
        std::fs::write(&path, "secret_key = hunter2hunter2\n").unwrap();
        let error = format!("{:#}", resolve(settings, &[]).unwrap_err());
        assert!(!error.contains("hunter2"), "{error}");
    }
}
