//! What a link says that decides: who decides what, on which stage of which request, until when.
//!
//! It travels sealed, so that nobody makes one, or of one another one.

use suite_contracts::{TenantId, UserId};
use uuid::Uuid;

use super::approval::Verdict;

/// The first byte: how it is written.
const VERSION: u8 = 1;
const BYTES: usize = 1 + 4 * 16 + 4 + 1 + 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecisionLink {
    pub id: Uuid,
    pub tenant: TenantId,
    pub request: Uuid,
    pub user: UserId,
    pub stage: u32,
    pub verdict: Verdict,
    pub expires_at_ms: i64,
}

impl DecisionLink {
    pub fn write(&self) -> Vec<u8> {
        let verdict = u8::from(self.verdict == Verdict::Approve);
        let mut bytes = vec![VERSION];
        for id in [self.id, self.tenant.0, self.request, self.user.0] {
            bytes.extend_from_slice(id.as_bytes());
        }
        bytes.extend_from_slice(&self.stage.to_be_bytes());
        bytes.push(verdict);
        bytes.extend_from_slice(&self.expires_at_ms.to_be_bytes());
        bytes
    }

    /// `None` if these are the bytes of none.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first()?;
        if *version != VERSION || bytes.len() != BYTES {
            return None;
        }
        let (ids, rest) = rest.split_at_checked(64)?;
        let mut ids = ids.chunks_exact(16).map(|id| Uuid::from_slice(id).ok());
        let mut id = || ids.next().flatten();
        let (id, tenant, request, user) = (id()?, id()?, id()?, id()?);
        let (stage, rest) = rest.split_first_chunk()?;
        let (verdict, expires) = rest.split_first()?;
        let verdict = match verdict {
            0 => Verdict::Reject,
            1 => Verdict::Approve,
            _ => return None,
        };
        Some(Self {
            id,
            tenant: TenantId(tenant),
            request,
            user: UserId(user),
            stage: u32::from_be_bytes(*stage),
            verdict,
            expires_at_ms: i64::from_be_bytes(expires.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_reads_back_and_nothing_else_is_one() {
        for verdict in [Verdict::Approve, Verdict::Reject] {
            let link = DecisionLink {
                id: Uuid::now_v7(),
                tenant: TenantId::new(),
                request: Uuid::now_v7(),
                user: UserId::new(),
                stage: 3,
                verdict,
                expires_at_ms: 1_774_747_800_000,
            };
            let bytes = link.write();
            assert_eq!(bytes.len(), BYTES);
            assert_eq!(DecisionLink::read(&bytes), Some(link));
            for length in 0..BYTES {
                assert_eq!(DecisionLink::read(&bytes[..length]), None);
            }
            let mut other = bytes.clone();
            other[0] = 2;
            assert_eq!(DecisionLink::read(&other), None);
            let mut other = bytes.clone();
            other[69] = 2;
            assert_eq!(DecisionLink::read(&other), None);
            assert_eq!(DecisionLink::read(&[bytes, vec![0]].concat()), None);
        }
    }
}
