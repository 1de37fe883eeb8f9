//! `check-store`: reads all that a stopped node has on disk, and names what is damaged.
//!
//! Nothing is repaired: the node does that when it starts, by fetching what is damaged from peers.

use std::path::Path;
use std::sync::Arc;

use kaldrix_storage::{
    Audit, DAG_TABLES, DagStore, DiskStore, LEDGER_TABLES, LastSigned, LedgerStore,
    SignedRoundFile, StoreError, Table,
};
use serde::Serialize;

use super::failure::Failure;
use super::operate::{ConfigFile, read_settings};
use super::output::{Lines, Output};
use crate::node::Settings;
use crate::recovery::DataDirectory;

/// What was found in one store.
#[derive(Debug, Serialize)]
struct Found {
    store: &'static str,
    records: u64,
    damages: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Found {
    fn of(store: &'static str, audit: &Audit) -> Self {
        let mut damages: Vec<String> = audit.damages.iter().map(ToString::to_string).collect();
        let unnamed = audit.records_damaged.saturating_sub(damages.len() as u64);
        if unnamed > 0 {
            damages.push(format!("{unnamed} more"));
        }
        Self { store, records: audit.records_sound, damages, note: None }
    }

    fn note(store: &'static str, note: impl Into<String>) -> Self {
        Self { store, records: 0, damages: Vec::new(), note: Some(note.into()) }
    }
}

pub(super) fn check(file: &ConfigFile, output: Output) -> Result<(), Failure> {
    let (config, settings) = read_settings(&file.config)?;
    let directory = DataDirectory::new(&settings.data_dir);
    let mut all = vec![ledger(&directory, &settings)?, dag(&directory, &settings)?];
    if config.is_validator() {
        all.push(signed_round(&directory, &settings)?);
    }
    output.result(&all, |all| all.iter().map(lines).collect())?;
    let damaged: Vec<_> =
        all.iter().filter(|found| !found.damages.is_empty()).map(|found| found.store).collect();
    if damaged.is_empty() {
        return Ok(());
    }
    Err(Failure::Other(format!(
        "damaged: {}; start the node: it moves damaged stores aside and rebuilds them from its \
         peers",
        damaged.join(", ")
    )))
}

fn lines(found: &Found) -> String {
    let verdict = match (&found.note, found.damages.as_slice()) {
        (Some(note), []) => note.clone(),
        (None, []) => format!("ok, {} records", found.records),
        (_, damages) => format!("DAMAGED, {} findings", damages.len()),
    };
    let lines = Lines::default().add(found.store, verdict);
    found.damages.iter().fold(lines, |lines, damage| lines.add("  damage", damage)).done()
}

fn ledger(directory: &DataDirectory, settings: &Settings) -> Result<Found, Failure> {
    let genesis = &settings.genesis;
    audit("ledger", &directory.ledger(), LEDGER_TABLES, |store| {
        LedgerStore::open(store, genesis).map(|store| store.check())
    })
}

fn dag(directory: &DataDirectory, settings: &Settings) -> Result<Found, Failure> {
    let chain_id = settings.genesis.chain_id();
    audit("dag", &directory.dag(), DAG_TABLES, |store| {
        DagStore::open(store, chain_id).map(|store| store.check())
    })
}

fn audit(
    name: &'static str,
    path: &Path,
    tables: &[Table],
    check: impl FnOnce(Arc<DiskStore>) -> Result<Audit, StoreError>,
) -> Result<Found, Failure> {
    if !path.exists() {
        return Ok(Found::note(name, "nothing is stored yet"));
    }
    let audited = DiskStore::open(path, tables, CACHE_BYTES).map(Arc::new).and_then(check);
    match audited {
        Ok(audit) => Ok(Found::of(name, &audit)),
        Err(StoreError::Damaged(damage)) => {
            Ok(Found { store: name, records: 0, damages: vec![damage.to_string()], note: None })
        }
        Err(error) => Err(Failure::Other(format!("{error}; is the node still running? stop it"))),
    }
}

/// Memory for what is read of a store.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;

fn signed_round(directory: &DataDirectory, settings: &Settings) -> Result<Found, Failure> {
    let name = "signed_round";
    let opened = SignedRoundFile::open(&directory.signed_round(), settings.genesis.chain_id());
    match opened.map_err(|error| Failure::Other(error.to_string()))?.1 {
        LastSigned::Known(last) => Ok(Found::note(name, format!("ok, round {}", last.round))),
        LastSigned::Absent => Ok(Found::note(
            name,
            "missing: the node asks a quorum for its last round before it signs",
        )),
        LastSigned::Damaged { reason } => {
            Ok(Found { store: name, records: 0, damages: vec![reason], note: None })
        }
    }
}
