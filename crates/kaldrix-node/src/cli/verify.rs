//! `verify`: checks a proof offline, and says what it shows or which link fails.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use kaldrix_client::Digest;
use kaldrix_client::proof::{
    FormatError, PROOF_TEXT_BYTES_MAX, Proof, ProofError, Verified, verify as verify_proof,
};
use serde::Serialize;

use super::failure::Failure;
use super::files;
use super::output::{Lines, Output};
use super::shown::Shown;
use super::trust::TrustFiles;

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("trusted").required(true).multiple(true)
    .args(["genesis", "checkpoint"]))]
pub(super) struct Verify {
    /// The proof, as `proof` or `tx … --proof` wrote it; - reads standard input.
    #[arg(value_name = "PROOF")]
    proof: PathBuf,
    #[command(flatten)]
    trust: TrustFiles,
    /// Check that this file is what was notarised; - reads standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "digest")]
    file: Option<PathBuf>,
    /// Check that this digest is what was notarised: 32 bytes in lowercase hex.
    #[arg(long, value_name = "HEX")]
    digest: Option<Digest>,
}

/// Why a proof shows nothing.
#[derive(Debug, Serialize)]
struct Refused {
    verified: bool,
    /// The link that failed; `format` for what is no proof at all.
    link: String,
    /// Stable, for programs.
    code: &'static str,
    reason: String,
}

impl From<ProofError> for Refused {
    fn from(error: ProofError) -> Self {
        let (link, code) = (error.link.to_string(), error.fault.code());
        Self { verified: false, link, code, reason: error.fault.to_string() }
    }
}

impl From<FormatError> for Refused {
    fn from(error: FormatError) -> Self {
        let (link, code) = ("format".to_owned(), "format");
        Self { verified: false, link, code, reason: error.to_string() }
    }
}

pub(super) fn verify(arguments: &Verify, output: Output) -> Result<(), Failure> {
    let from_stdin = |path: &PathBuf| files::is_stdin(path);
    if from_stdin(&arguments.proof) && arguments.file.as_ref().is_some_and(from_stdin) {
        let reason = "the proof and the file cannot both come from standard input";
        return Err(Failure::Other(reason.to_owned()));
    }
    // The argument parser lets nothing through without one of the two files.
    let missing = || Failure::Other("pass --genesis FILE or --checkpoint FILE".to_owned());
    let trusted = arguments.trust.read()?.ok_or_else(missing)?;
    let text = files::text(&arguments.proof, PROOF_TEXT_BYTES_MAX)?;
    let digest = match &arguments.file {
        Some(path) => Some(files::digest(path)?),
        None => arguments.digest,
    };
    let checked = Proof::from_json(&text)
        .map_err(Refused::from)
        .and_then(|proof| verify_proof(&proof, trusted.trust()).map_err(Refused::from))
        .and_then(|verified| arguments.check_digest(verified, digest));
    match checked {
        Ok(verified) => {
            let shown = Shown::new(&verified, digest, trusted.name());
            let shown = shown.with_file(arguments.file.as_deref());
            output.result(&shown, |shown| shown.lines().done())
        }
        Err(refused) => {
            output.result(&refused, refused_lines)?;
            let Refused { link, reason, .. } = refused;
            Err(Failure::Refused { link, reason })
        }
    }
}

impl Verify {
    /// `digest`: the one that must be among the notarised ones.
    fn check_digest(
        &self,
        verified: Verified,
        digest: Option<Digest>,
    ) -> Result<Verified, Refused> {
        let checked = digest.map_or(Ok(()), |digest| verified.notarises(&digest));
        checked.map(|()| verified).map_err(|error| {
            let refused = Refused::from(error);
            let Some(file) = &self.file else { return refused };
            let reason = format!("{}, the digest of {}", refused.reason, file.display());
            Refused { reason, ..refused }
        })
    }
}

fn refused_lines(refused: &Refused) -> String {
    Lines::default()
        .add("verified", "no")
        .add("failed_link", &refused.link)
        .add("code", refused.code)
        .add("reason", &refused.reason)
        .done()
}
