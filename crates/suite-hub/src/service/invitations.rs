//! Invitations: a link by mail, with which somebody takes their place in a tenant.

use suite_contracts::{MembershipId, TenantId, UserId};
use suite_kit::db::Transaction;
use suite_kit::seal;

use super::Hub;
use super::mail::Letter;
use crate::error::HubError;
use crate::model::email::Email;
use crate::store;

const INVITATION: &str = "invitation";
const INVITATION_DAYS: i64 = 7;
const INVITATION_MS_MAX: i64 = INVITATION_DAYS * 24 * 3_600_000;

/// Who is invited, to what, and by whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Invitation<'a> {
    pub tenant: TenantId,
    pub tenant_name: &'a str,
    pub person: UserId,
    pub email: &'a Email,
    /// In state `invited`.
    pub membership: MembershipId,
    /// A name, for the invited one to recognise.
    pub inviter: &'a str,
}

impl Hub {
    /// Writes to somebody who was just made a member in state `invited`. An older link to the same
    /// tenant stops working.
    pub(super) async fn invite(
        &self,
        transaction: &Transaction,
        invitation: Invitation<'_>,
    ) -> Result<(), HubError> {
        let Invitation { tenant, tenant_name, person, email, membership, inviter } = invitation;
        let (token, now_ms) = (seal::random_token(), self.now_ms());
        store::tokens::remove_of_member(transaction, tenant, person, INVITATION).await?;
        let row = store::tokens::New {
            hash: seal::token_hash(&token),
            purpose: INVITATION,
            person: Some(person),
            tenant: Some(tenant),
            data: serde_json::json!({ "membership_id": membership }),
        };
        store::tokens::insert(transaction, row, (now_ms, now_ms + INVITATION_MS_MAX)).await?;
        let link = self.link("accept", &token);
        let days = INVITATION_DAYS;
        let letter = Letter::Invitation { inviter, tenant: tenant_name, link: &link, days };
        self.write_to(transaction, email, letter).await
    }
}
