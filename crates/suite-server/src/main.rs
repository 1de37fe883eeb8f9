//! The binary `itechsmart`: runs the services of the suite, and is the operator's tool for them.
//!
//! It mounts services and knows none of their rules. Only this crate prints.

mod admin;
mod backup;
mod console;
mod proxy;
mod run;
mod services;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use suite_contracts::ServiceName;
use suite_kit::clock::Clock;
use suite_kit::config::Config;
use suite_kit::db::{self, Database};

/// Rows and JSON are many small pieces: the C library's allocator takes a tenth of a busy server's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The exit code of a proof that does not hold, and of everything else that went wrong.
const REFUSED: u8 = 1;
const FAILED: u8 = 2;

/// IT operations that anyone can verify.
#[derive(Debug, Parser)]
#[command(name = "itechsmart", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Where an installation is.
#[derive(Debug, Clone, Args)]
struct Place {
    /// The folder of development.yaml, staging.yaml and production.yaml.
    #[arg(long, global = true, value_name = "DIR", default_value = "config")]
    config: PathBuf,
    /// Where SQLite files and, in development, secrets are kept.
    #[arg(long, global = true, value_name = "DIR", env = "DATA_DIR")]
    data_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run services, until Ctrl-C or SIGTERM.
    Run {
        #[command(flatten)]
        place: Place,
        /// `all`, or names with commas: hub,service-catalog,… `console` is Hub's console alone, in
        /// front of a Hub in another process at HUB_URL.
        #[arg(long, default_value = "all")]
        services: String,
        /// Fill an empty installation with a tenant of fictional people, marked as a demo.
        #[arg(long)]
        demo: bool,
    },
    /// Bring the tables of all services up to date, and end. `run` does this too.
    Migrate {
        #[command(flatten)]
        place: Place,
    },
    /// Check the proof of an audit record, offline. Ends with 1 if it does not hold.
    Verify(verify::Verify),
    /// Help people in, and check audit trails, from the machine itself.
    Admin {
        #[command(flatten)]
        place: Place,
        #[command(subcommand)]
        command: admin::Admin,
    },
    /// Copy every store into a new folder, while services run.
    Backup {
        #[command(flatten)]
        place: Place,
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// Put a backup back into an empty data folder or database.
    Restore {
        #[command(flatten)]
        place: Place,
        #[arg(long, value_name = "DIR")]
        from: PathBuf,
    },
    /// Print the OpenAPI document of a service.
    Openapi { service: ServiceName },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run { place, services, demo } => block_on(run(place, &services, demo)),
        Command::Migrate { place } => block_on(migrate(place)),
        Command::Verify(arguments) => match verify::verify(&arguments) {
            Ok(false) => return ExitCode::from(REFUSED),
            verified => verified.map(|_| ()),
        },
        Command::Admin { place, command } => {
            block_on(async move { admin::run(place.load()?, command).await })
        }
        Command::Backup { place, to } => {
            block_on(async move { backup::back_up(&place.load()?, &to).await })
        }
        Command::Restore { place, from } => block_on(restore(place, from)),
        Command::Openapi { service } => openapi(service),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}

fn block_on(work: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.context("could not start the runtime")?.block_on(work)
}

impl Place {
    /// The configuration, ready for use.
    fn load(self) -> Result<Config> {
        let mut config = Config::load(&self.config)?;
        if let Some(data_dir) = self.data_dir {
            config.data_dir = data_dir;
        }
        std::fs::create_dir_all(&config.data_dir)
            .with_context(|| format!("could not make {}", config.data_dir.display()))?;
        Ok(config.secure()?)
    }
}

async fn run(place: Place, list: &str, demo: bool) -> Result<()> {
    let chosen = services::chosen(list)?;
    // A console alone has nothing to keep: no secrets, and no folder.
    let alone = chosen.services.is_empty();
    let config = if alone { Config::load(&place.config)? } else { place.load()? };
    run::run(config, &chosen, demo).await
}

async fn migrate(place: Place) -> Result<()> {
    let config = place.load()?;
    for service in services::all() {
        let definition = service.definition();
        let database = Database::open(&config.location(), definition.name).await?;
        db::migrate(&database, definition.name, definition.migrations).await?;
        println!("{}: up to date", definition.name);
        database.close().await;
    }
    Ok(())
}

async fn restore(place: Place, from: PathBuf) -> Result<()> {
    if let Some(data_dir) = &place.data_dir {
        backup::restore_secrets(&from, data_dir)?;
    }
    backup::restore(&place.load()?, &from).await
}

fn openapi(name: ServiceName) -> Result<()> {
    let service = services::one(name)?;
    println!("{}", service.openapi().to_pretty_json()?);
    Ok(())
}

/// The machine's own clock; tests set another.
fn clock() -> Clock {
    Clock::system()
}
