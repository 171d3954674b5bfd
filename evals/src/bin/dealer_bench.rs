//! `dealer-bench`: measures and tries what the product promises.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use forecourt_agent::Walls;
use forecourt_crm_store::testing::TestDatabase;
use forecourt_evals::{
    bench::{
        turns::{self, TurnsArgs},
        walls::{self, WallsArgs},
    },
    crash::{self, CrashArgs, child},
    hostile::{
        self, HostileArgs,
        injection::{self, InjectionArgs},
    },
    races::{self, RacesArgs},
    sentences,
    stream::{self, StreamArgs},
};
use forecourt_server::config::Settings;

/// A turn makes and drops many small strings.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures and tries what the product promises
#[derive(Debug, Parser)]
#[command(name = "dealer-bench", version, max_term_width = 100)]
struct Cli {
    /// Print the result as JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Whole turns per second, beside a floor that writes the same rows and decides nothing
    Turns(TurnsArgs),
    /// How long decisions and judgements of words take, beside a bare commit
    Walls(WallsArgs),
    /// Kill -9 at random moments of many turns: nothing lost, nothing twice
    Crash(CrashArgs),
    /// A lying, obeying, flooding model and hostile customers: nothing forbidden is done, nothing untrue is said
    Hostile(HostileArgs),
    /// Every attack text in a text, an e-mail, a description, a name and a tool's error: no effect, no leak
    Injection(InjectionArgs),
    /// Takeover, STOP, kill switch, new texts and double clicks at any moment of a turn, on two servers
    Races(RacesArgs),
    /// A customer who texts every two seconds for a minute: when the first answer comes
    Stream(StreamArgs),
    /// How many sentences of customers lead the offline model to the right call
    Sentences {
        /// Sentences as CSV [default: those of this repository]
        file: Option<PathBuf>,
    },
    /// A server for the other commands to kill
    #[command(hide = true)]
    ChildServer(Box<Settings>),
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    // Fails only if a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    forecourt_server::telemetry::init_logs("warn,sqlx=error");
    let cli = Cli::parse();
    match cli.command {
        Command::Turns(args) => {
            let report = turns::run(args, &mut progress).await?;
            out(cli.json, &report)?;
            Ok(verdict(report.holds()))
        }
        Command::Walls(args) => {
            let report = walls::run(args, &mut progress).await?;
            out(cli.json, &report)?;
            Ok(verdict(report.holds()))
        }
        Command::Crash(args) => {
            let report = crash::run(&args, std::env::current_exe()?, &mut progress).await?;
            out(cli.json, &report)?;
            Ok(verdict(report.holds()))
        }
        Command::Hostile(args) => {
            let report = hostile::run(&args, &Walls::built_in()?, &mut progress).await?;
            out(cli.json, &report)?;
            Ok(verdict(report.holds()))
        }
        Command::Injection(args) => {
            let report = injection::run(&args, &Walls::built_in()?, &mut progress).await?;
            out(cli.json, &report)?;
            Ok(verdict(report.holds()))
        }
        Command::Races(args) => {
            let report = races::run(&args, std::env::current_exe()?, &mut progress).await?;
            out(cli.json, &report)?;
            Ok(verdict(report.holds()))
        }
        Command::Stream(args) if args.real => {
            out(cli.json, &stream::run_real(args, std::env::current_exe()?).await?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Stream(args) => {
            let database = TestDatabase::try_create().await?;
            out(cli.json, &stream::run(args, database.app.clone()).await?)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Sentences { file } => {
            let sentences = match file {
                Some(file) => sentences::read(&std::fs::read_to_string(file)?)?,
                None => sentences::read(include_str!("../../sentences/customer.csv"))?,
            };
            let report = sentences::report::score(&sentences).await?;
            out(cli.json, &report)?;
            Ok(verdict(report.percent() >= 90.0))
        }
        Command::ChildServer(settings) => {
            child::serve(*settings).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn verdict(holds: bool) -> ExitCode {
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes a result to standard output, for people or for programs.
fn out(json: bool, result: &(impl serde::Serialize + std::fmt::Display)) -> anyhow::Result<()> {
    use std::io::Write;
    let text = if json { serde_json::to_string_pretty(result)? } else { result.to_string() };
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// Tells what takes time, on standard error.
fn progress(line: &str) {
    use std::io::Write;
    // Nobody may be reading.
    let _ = writeln!(std::io::stderr(), "- {line}");
}
