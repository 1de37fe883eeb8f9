//! `itechsmart verify`: checks the proof of an audit record offline, with the ledger's genesis file
//! alone.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::json;
use suite_kit::audit::{
    self, Address, AuditProof, Broken, PROOF_TEXT_BYTES_MAX, Trust, Verified, read_genesis,
};
use suite_kit::clock::rfc3339;

#[derive(Debug, Args)]
pub struct Verify {
    /// The proof, as the console or the API gave it; - reads standard input.
    #[arg(value_name = "PROOF")]
    proof: PathBuf,
    /// The genesis file of the ledger that you trust.
    #[arg(long, value_name = "FILE")]
    genesis: PathBuf,
    /// The account that the suite notarises with: records that others made up are refused.
    #[arg(long, value_name = "ADDRESS")]
    notary: Option<Address>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Whether it holds; what it shows, or which link does not hold, is printed.
pub fn verify(arguments: &Verify) -> Result<bool> {
    let genesis = read_genesis(&arguments.genesis)?;
    let text = read(&arguments.proof)?;
    let checked = AuditProof::from_json(&text)
        .and_then(|proof| audit::verify(&proof, Trust::Genesis(&genesis), arguments.notary));
    match &checked {
        Ok(verified) if arguments.json => println!("{:#}", shown(verified)),
        Ok(verified) => print(verified, arguments.notary.is_some()),
        Err(broken) if arguments.json => println!("{:#}", refused(broken)),
        Err(broken) => println!("refused: {broken}"),
    }
    Ok(checked.is_ok())
}

fn read(path: &Path) -> Result<String> {
    let named = || path.display().to_string();
    let limit = PROOF_TEXT_BYTES_MAX as u64 + 1;
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().take(limit).read_to_string(&mut text)?;
    } else {
        let file = std::fs::File::open(path).with_context(named)?;
        file.take(limit).read_to_string(&mut text).with_context(named)?;
    }
    ensure!(text.len() <= PROOF_TEXT_BYTES_MAX, "{}: too long for a proof", path.display());
    Ok(text)
}

fn shown(verified: &Verified) -> serde_json::Value {
    let record = &verified.record;
    json!({
        "verified": true,
        "service": verified.service,
        "tenant_id": record.tenant,
        "record_id": record.id,
        "at": rfc3339(record.at_ms),
        "action": record.action,
        "actor": { "kind": record.actor_kind, "id": record.actor_id, "name": record.actor_name },
        "subject": { "kind": record.subject_kind, "id": record.subject_id },
        "position": verified.position,
        "notary": verified.notary.to_string(),
        "chain_id": verified.chain_id.to_string(),
        "height": verified.height,
        "block": verified.block.to_string(),
        "transaction": verified.transaction.to_string(),
        "no_later_than": block_time(verified),
    })
}

fn refused(broken: &Broken) -> serde_json::Value {
    json!({ "verified": false, "link": broken.link.code(), "reason": broken.why.to_string() })
}

fn print(verified: &Verified, is_known: bool) {
    let record = &verified.record;
    let name = if record.actor_name.is_empty() { &record.actor_kind } else { &record.actor_name };
    println!("verified");
    for (label, value) in [
        ("record", record.id.to_string()),
        ("action", format!("{} of {} {}", record.action, record.subject_kind, record.subject_id)),
        ("by", format!("{name} ({} {})", record.actor_kind, record.actor_id)),
        ("at", rfc3339(record.at_ms)),
        (
            "trail",
            format!(
                "{} of tenant {}, number {}",
                verified.service, record.tenant, verified.position
            ),
        ),
        ("notary", verified.notary.to_string()),
        ("ledger", format!("block {} of chain {}", verified.height, verified.chain_id)),
        ("no later than", block_time(verified)),
    ] {
        println!("  {label:<14} {value}");
    }
    if !is_known {
        println!(
            "Anyone can notarise what they made up: compare the notary with the one that you know, \
             or pass --notary."
        );
    }
}

fn block_time(verified: &Verified) -> String {
    rfc3339(i64::try_from(verified.block_time_ms).unwrap_or(i64::MAX))
}
