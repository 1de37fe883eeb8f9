//! The command line. Operators' scripts parse what it prints, so its words are an interface.
//!
//! Commands that ask a node go through its REST API with `kaldrix-client`, as any client does; the
//! others work on files. Results go to standard output, everything else to standard error.

mod bootstrap;
mod check_store;
mod failure;
mod files;
mod keys;
mod operate;
mod output;
mod password;
mod proof;
mod query;
mod shown;
mod trust;
mod verify;

mod wallet;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use kaldrix_client::Client;

pub use self::failure::Failure;
use self::output::Output;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed
  2  wrong arguments
  3  nothing answers at the API's URL
  4  the node or the network refused the request
  5  not final in time: ask again later
  6  a proof does not hold, or is none: the message names the link that fails

Commands that ask a node take --api URL or KALDRIX_API. To try things out:
  kaldrix-node localnet --validators 4 --data-dir ./localnet
  kaldrix-node status --api http://127.0.0.1:18080";

/// A node of the KALDRIX ledger, and the tools to set it up, look at it and use it.
#[derive(Debug, Parser)]
#[command(name = "kaldrix-node", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

/// Where the node is that a command asks.
#[derive(Debug, Args)]
struct Api {
    /// The URL of the node's API.
    #[arg(
        long = "api",
        env = "KALDRIX_API",
        default_value = "http://127.0.0.1:8080",
        value_name = "URL"
    )]
    url: String,
}

impl Api {
    fn client(&self) -> Result<Client, Failure> {
        Ok(Client::new(&self.url)?)
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a network: keys, genesis, and a configuration for each node.
    Init(operate::Init),
    /// Run one node.
    Run(operate::ConfigFile),
    /// Run a whole network on this machine, with a funded faucet, to try things out.
    Localnet(operate::Localnet),
    /// Check a configuration and the files it names; an error names the line and the key.
    ValidateConfig(operate::Validate),
    /// Read all that a stopped node has on disk and name what is damaged.
    CheckStore(operate::ConfigFile),
    /// Show this node; the line `latest_block: N` is its height.
    Status(Api),
    /// Show the network as the node sees it.
    NetworkStatus(Api),
    /// List the node's peers.
    NetworkPeers(Api),
    /// Show how much of the stake takes part, then each validator; percentages come first.
    ValidatorParticipation(Api),
    /// Connect to each peer of a configuration, as the node would; fails if one does not answer.
    CheckBootstrapNodes(bootstrap::Check),
    /// Show an account.
    Account {
        #[command(flatten)]
        api: Api,
        /// The account's address (kald1…).
        address: kaldrix_client::Address,
    },
    /// Make and look at keys.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Send transactions and follow them.
    #[command(subcommand)]
    Tx(wallet::Command),
    /// Take a proof that anyone can verify offline, years later.
    #[command(subcommand)]
    Proof(proof::Command),
    /// Verify a proof offline, with nothing but the genesis file.
    Verify(verify::Verify),
    /// Take the last final block as a checkpoint, to verify later proofs against.
    Checkpoint(proof::Terms),
    /// Print the OpenAPI document of the REST API.
    #[command(hide = true)]
    Openapi,
}

/// Does what the arguments ask for.
pub async fn execute(arguments: Arguments) -> Result<(), Failure> {
    let output = Output { json: arguments.json };
    match arguments.command {
        Command::Init(init) => operate::init(&init, output),
        Command::Run(file) => operate::run(&file).await,
        Command::Localnet(localnet) => operate::localnet(localnet, output).await,
        Command::ValidateConfig(validate) => operate::validate(validate, output),
        Command::CheckStore(file) => check_store::check(&file, output),
        Command::Status(api) => query::status(&api.client()?, output).await,
        Command::NetworkStatus(api) => query::network_status(&api.client()?, output).await,
        Command::NetworkPeers(api) => query::network_peers(&api.client()?, output).await,
        Command::ValidatorParticipation(api) => {
            query::validator_participation(&api.client()?, output).await
        }
        Command::CheckBootstrapNodes(check) => bootstrap::check(&check, output).await,
        Command::Account { api, address } => query::account(&api.client()?, &address, output).await,
        Command::Keys(command) => keys::execute(&command, output),
        Command::Tx(command) => wallet::execute(command, output).await,
        Command::Proof(command) => proof::execute(command, output).await,
        Command::Verify(verify) => verify::verify(&verify, output),
        Command::Checkpoint(terms) => proof::checkpoint(&terms, output).await,
        Command::Openapi => output.text(&crate::api::openapi_json()),
    }
}

/// Where a node's configuration is unless told otherwise.
fn config_default() -> PathBuf {
    PathBuf::from("/etc/kaldrix/node.toml")
}
