//! Verification of ML-DSA in Rust alone, for targets that AWS-LC does not build for.
//!
//! It never signs: a browser holds no key of ours.

use fips204::traits::{SerDes, Verifier};
use fips204::{ml_dsa_44, ml_dsa_65, ml_dsa_87};
use kaldrix_types::Scheme;

use super::Refused;

/// ML-DSA.Verify (FIPS 204, algorithm 3). Refuses lengths that are not the scheme's, and contexts
/// of more than 255 bytes.
pub(crate) fn verify(
    scheme: Scheme,
    public_key: &[u8],
    context: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), Refused> {
    let verify = match scheme {
        Scheme::MlDsa44 => verify_with::<ml_dsa_44::PublicKey, _, _>,
        Scheme::MlDsa65 => verify_with::<ml_dsa_65::PublicKey, _, _>,
        Scheme::MlDsa87 => verify_with::<ml_dsa_87::PublicKey, _, _>,
    };
    verify(public_key, context, message, signature)
}

fn verify_with<Key, const KEY_BYTES: usize, const SIGNATURE_BYTES: usize>(
    public_key: &[u8],
    context: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<(), Refused>
where
    Key: SerDes<ByteArray = [u8; KEY_BYTES]> + Verifier<Signature = [u8; SIGNATURE_BYTES]>,
{
    let public_key = public_key.try_into().map_err(|_| Refused)?;
    let signature = signature.try_into().map_err(|_| Refused)?;
    let key = Key::try_from_bytes(public_key).map_err(|_| Refused)?;
    if key.verify(message, signature, context) { Ok(()) } else { Err(Refused) }
}
