//! Files that people move about: genesis, keystores, proofs, pinned checkpoints.

use std::sync::OnceLock;

use kaldrix_crypto::{Signer, keystore};
use kaldrix_proof::{Checkpoint, Proof, Trust, verify};
use kaldrix_types::{Genesis, genesis_file};

use crate::specimens;

pub(crate) fn genesis(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(genesis) = genesis_file::read(text) {
        let written = genesis_file::write(&genesis);
        assert_eq!(genesis_file::read(&written).ok(), Some(genesis));
    }
}

/// A password is never tried: what it costs is the file's word, and that is bounded elsewhere.
pub(crate) fn keystore(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let protection = keystore::is_protected(text).ok();
    if let Ok(key) = keystore::open_unprotected(text) {
        assert_eq!(protection, Some(false));
        let written = keystore::store_unprotected(&key);
        let read = keystore::open_unprotected(&written).expect("what was written is read");
        assert_eq!(read.public_key(), key.public_key());
        assert_eq!(keystore::public_key(text).ok().as_ref(), Some(key.public_key()));
    }
}

fn trusted() -> &'static Genesis {
    static GENESIS: OnceLock<Genesis> = OnceLock::new();
    GENESIS.get_or_init(specimens::proven_genesis)
}

/// A proof that verifies and is not one of the specimens would be a forgery.
pub(crate) fn proof(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(proof) = Proof::from_json(text) else { return };
    let written = proof.to_json();
    assert_eq!(Proof::from_json(&written).as_ref(), Ok(&proof));
    if verify(&proof, Trust::Genesis(trusted())).is_ok() {
        let known = specimens::proofs().iter().any(|specimen| {
            std::str::from_utf8(specimen)
                .is_ok_and(|text| Proof::from_json(text) == Ok(proof.clone()))
        });
        assert!(known, "a proof that nobody made verifies");
    }
}

pub(crate) fn pinned_checkpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(checkpoint) = Checkpoint::from_json(text) {
        assert_eq!(Checkpoint::from_json(&checkpoint.to_json()).as_ref(), Ok(&checkpoint));
    }
}
