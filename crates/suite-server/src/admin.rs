//! `itechsmart admin`: what an operator does on the machine, whether or not the server runs.

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Subcommand;
use suite_contracts::ServiceName;
use suite_hub::{Administration, Recovery};
use suite_kit::audit::{ChainCheck, Ledger, Trail};
use suite_kit::config::Config;
use suite_kit::db::Database;

use crate::{clock, services};

#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Print a link with which somebody sets a new password. It works once, for an hour.
    Recover {
        #[arg(long, value_name = "ADDRESS")]
        email: String,
        /// Using the link also removes the second factor.
        #[arg(long)]
        reset_second_factor: bool,
        /// Make them an administrator of the platform, at once.
        #[arg(long)]
        make_administrator: bool,
    },
    /// Forget somebody's failed logins.
    Unlock {
        #[arg(long, value_name = "ADDRESS")]
        email: String,
    },
    /// List who administrates the platform.
    Administrators,
    /// Compute every audit trail anew and compare it with what was sealed and anchored.
    Audit,
}

pub async fn run(config: Config, command: Admin) -> Result<()> {
    let config = Arc::new(config);
    if let Admin::Audit = command {
        return audit(&config).await;
    }
    let administration = Administration::open(config).await?;
    match command {
        Admin::Recover { email, reset_second_factor, make_administrator } => {
            let recovery = Recovery { reset_second_factor, make_administrator };
            let link = administration.recover(&email, recovery).await?;
            println!("{}", *link);
        }
        Admin::Unlock { email } => {
            administration.unlock(&email).await?;
            println!("{email} may sign in again");
        }
        Admin::Administrators => {
            for person in administration.administrators().await? {
                let locked = if person.is_locked { ", locked out" } else { "" };
                let factor = if person.has_second_factor { "" } else { ", no second factor" };
                println!("{} ({}){factor}{locked}", person.email, person.name);
            }
        }
        Admin::Audit => {}
    }
    administration.close().await;
    Ok(())
}

async fn audit(config: &Config) -> Result<()> {
    let ledger = Ledger::open(config)?;
    let mut faults = 0_usize;
    for service in services::all() {
        let definition = service.definition();
        let name: ServiceName = definition.name;
        let database = Database::open(&config.location(), name).await?;
        let read = definition.audit_read;
        let trail = Trail::new(name, database.clone(), clock(), ledger.clone(), read);
        for tenant in trail.tenants().await? {
            let ChainCheck { intact, sealed, anchored, fault } = trail.check(tenant).await?;
            println!("{name}, tenant {tenant}: {intact} of {sealed} intact, {anchored} anchored");
            if let Some(fault) = fault {
                println!("  {fault}");
                faults += 1;
            }
        }
        database.close().await;
    }
    if faults > 0 {
        bail!("{faults} audit trails are not what was sealed: keep the database as it is");
    }
    Ok(())
}
