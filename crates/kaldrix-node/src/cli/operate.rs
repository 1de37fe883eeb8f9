//! Commands that run nodes and look after their files.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::failure::Failure;
use super::output::{Lines, Output};
use super::password::{self, PASSWORD_VARIABLE};
use crate::config::Config;
use crate::init::{self, InitOptions, Initialised, PasswordSource, Ports, Protection};
use crate::localnet::{self, LocalnetOptions};
use crate::node::Settings;
use crate::{open_files, service};

/// A node's configuration.
#[derive(Debug, Args)]
pub(super) struct ConfigFile {
    /// The node's configuration.
    #[arg(long, value_name = "FILE", default_value_os_t = super::config_default())]
    pub config: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Init {
    /// Where to make the network; one directory a node is made in it.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The network's name for people.
    #[arg(long, default_value = "kaldrix", value_name = "NAME")]
    network: String,
    #[arg(long, default_value_t = 4, value_name = "NUMBER")]
    validators: u16,
    /// Nodes that follow without validating.
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    full_nodes: u16,
    /// Store the keys in the clear: whoever reads the files has the network. For development.
    #[arg(long)]
    unprotected: bool,
    #[command(flatten)]
    passwords: password::PasswordSource,
}

#[derive(Debug, Args)]
pub(super) struct Localnet {
    /// Where the network's files are; a network that is there goes on where it stopped.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
    #[arg(long, default_value_t = 4, value_name = "NUMBER")]
    validators: u16,
    /// Nodes that follow without validating.
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    full_nodes: u16,
}

#[derive(Debug, Args)]
pub(super) struct Validate {
    /// The configuration; the same as --config.
    #[arg(value_name = "FILE", conflicts_with = "config")]
    file: Option<PathBuf>,
    #[command(flatten)]
    config: ConfigFile,
}

/// A configuration with all that it names: genesis and keys.
pub(super) fn read_settings(path: &Path) -> Result<(Config, Settings), Failure> {
    let config = Config::load(path)?;
    let settings = config.settings()?;
    Ok((config, settings))
}

pub(super) async fn run(file: &ConfigFile) -> Result<(), Failure> {
    let config = Config::load(&file.config)?;
    open_files::raise_limit();
    Ok(service::run(config, service::shutdown_signal()).await?)
}

pub(super) async fn localnet(arguments: Localnet, output: Output) -> Result<(), Failure> {
    let options = LocalnetOptions {
        directory: arguments.data_dir,
        validators: arguments.validators,
        full_nodes: arguments.full_nodes,
        ports: Ports::default(),
    };
    open_files::raise_limit();
    eprintln!("starting {} nodes in {}", options.nodes().count(), options.directory.display());
    let started = |nodes: &[crate::NodeHandle]| {
        // Where nobody reads, the network runs all the same.
        let _ = output.text(&localnet::what_to_try(&options, nodes));
    };
    let shutdown = async {
        service::shutdown_signal().await;
        eprintln!("stopping");
    };
    Ok(localnet::localnet(&options, shutdown, started).await?)
}

#[derive(Debug, Serialize)]
struct Made {
    network: String,
    chain_id: String,
    genesis: PathBuf,
    funded_address: String,
    funded_key: PathBuf,
    configs: Vec<PathBuf>,
}

pub(super) fn init(arguments: &Init, output: Output) -> Result<(), Failure> {
    let options = InitOptions {
        directory: arguments.dir.clone(),
        network: arguments.network.clone(),
        validators: arguments.validators,
        full_nodes: arguments.full_nodes,
        protection: protection(arguments)?,
        ports: Ports::default(),
        funded: "treasury",
    };
    let Initialised { genesis, configs, funded, funded_key } = init::init(&options)?;
    let made = Made {
        network: genesis.name(),
        chain_id: genesis.chain_id().to_string(),
        genesis: arguments.dir.join(init::GENESIS_FILE),
        funded_address: funded.to_string(),
        funded_key,
        configs,
    };
    output.result(&made, made_lines)?;
    if !output.json {
        eprintln!("\nstart each node with `kaldrix-node run --config FILE`");
    }
    Ok(())
}

fn made_lines(made: &Made) -> String {
    let lines = Lines::default()
        .add("network", &made.network)
        .add("chain_id", &made.chain_id)
        .add("genesis", made.genesis.display())
        .add("funded_address", &made.funded_address)
        .add("funded_key", made.funded_key.display());
    made.configs.iter().fold(lines, |lines, path| lines.add("config", path.display())).done()
}

/// How the new keys are protected, and where the nodes will find the password.
fn protection(arguments: &Init) -> Result<Protection, Failure> {
    if arguments.unprotected {
        return Ok(Protection::None);
    }
    let password = arguments.passwords.choose(&arguments.dir)?;
    let source = match arguments.passwords.file() {
        Some(path) => PasswordSource::File(path.to_owned()),
        None => PasswordSource::Environment(PASSWORD_VARIABLE.to_owned()),
    };
    Ok(Protection::Password { password, source })
}

#[derive(Debug, Serialize)]
struct Valid {
    config: PathBuf,
    name: String,
    role: &'static str,
    network: String,
    chain_id: String,
    data_dir: PathBuf,
    peers: usize,
}

pub(super) fn validate(arguments: Validate, output: Output) -> Result<(), Failure> {
    let path = arguments.file.unwrap_or(arguments.config.config);
    let (config, settings) = read_settings(&path)?;
    let valid = Valid {
        config: path,
        name: settings.name,
        role: if config.is_validator() { "validator" } else { "full" },
        network: settings.genesis.name(),
        chain_id: settings.genesis.chain_id().to_string(),
        data_dir: settings.data_dir,
        peers: settings.peers.len(),
    };
    output.result(&valid, |valid| {
        Lines::default()
            .add("valid", valid.config.display())
            .add("name", &valid.name)
            .add("role", valid.role)
            .add("network", &valid.network)
            .add("chain_id", &valid.chain_id)
            .add("data_dir", valid.data_dir.display())
            .add("peers", valid.peers)
            .done()
    })
}
