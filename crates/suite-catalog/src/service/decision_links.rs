//! Deciding by a link out of a letter. Looking at one decides nothing: what reads mail follows
//! links. A link counts once, for the person, the request, the stage and the verdict that it was
//! made for, and for no longer than its person could decide when signed in.

use std::collections::BTreeSet;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use suite_contracts::{SessionId, UserId};
use suite_kit::auth::{Caller, Identity, Principal, RequestContext};
use suite_kit::clock::rfc3339;
use uuid::Uuid;

use super::Catalog;
use super::requests::Detail;
use crate::api::requests::DecisionRequest;
use crate::error::CatalogError;
use crate::model::approval::{Verdict, Vote};
use crate::model::decision_link::DecisionLink;
use crate::permissions::{APPROVALS_WRITE, REQUESTS_READ};
use crate::store::entities::request::Model;
use crate::store::{self, decision_links, requests, run};

/// What is sealed is a link, and nothing else that this installation seals.
pub(super) const PURPOSE: &str = "approval link";
const OWNER: &[u8] = b"decide";
const TOKEN_CHARS_MAX: usize = 400;

/// What a link asks, and what it is about.
#[derive(Debug)]
pub(crate) struct LinkedDecision {
    pub link: DecisionLink,
    pub name: String,
    pub detail: Detail,
    pub currency: Option<String>,
}

impl Catalog {
    pub(super) fn seal_link(&self, link: &DecisionLink) -> String {
        URL_SAFE_NO_PAD.encode(self.0.links.seal(OWNER, &link.write()))
    }

    fn open_link(&self, token: &str) -> Option<DecisionLink> {
        if token.len() > TOKEN_CHARS_MAX {
            return None;
        }
        let sealed = URL_SAFE_NO_PAD.decode(token.trim()).ok()?;
        DecisionLink::read(&self.0.links.open(OWNER, &sealed).ok()?)
    }

    /// What is asked, with all that its approver sees. Changes nothing.
    pub(crate) async fn look_at_link(
        &self,
        context: &RequestContext,
        token: &str,
    ) -> Result<LinkedDecision, CatalogError> {
        let (link, row, caller) = self.usable(context, token).await?;
        let detail = self.detail(&caller, row).await?;
        self.linked(link, &caller, detail).await
    }

    /// Decides, once.
    pub(crate) async fn decide_by_link(
        &self,
        context: &RequestContext,
        (token, reason): (&str, String),
    ) -> Result<LinkedDecision, CatalogError> {
        let (link, row, caller) = self.usable(context, token).await?;
        let stage = usize::try_from(link.stage).unwrap_or(usize::MAX);
        let body = DecisionRequest { stage, verdict: link.verdict.into(), reason };
        let detail = self.decide_with(&caller, row.id, body, Some(link.id)).await?;
        self.linked(link, &caller, detail).await
    }

    async fn linked(
        &self,
        link: DecisionLink,
        caller: &Caller,
        detail: Detail,
    ) -> Result<LinkedDecision, CatalogError> {
        let currency = self.currency(link.tenant).await?;
        Ok(LinkedDecision { link, name: caller.identity.name.to_string(), detail, currency })
    }

    /// A link that counts now, its request, and its person as a caller who may decide and no more.
    async fn usable(
        &self,
        context: &RequestContext,
        token: &str,
    ) -> Result<(DecisionLink, Model, Caller), CatalogError> {
        let link = self.open_link(token).ok_or_else(broken)?;
        let connection = self.database().read();
        let known = decision_links::by_id(connection, (link.tenant, link.id)).await?;
        let row = requests::by_id(connection, link.tenant, link.request).await?;
        let now_ms = self.now_ms();
        let (Some(known), Some(row)) = (known, row) else {
            // Forgotten, long after it was over.
            let over = now_ms >= link.expires_at_ms;
            return Err(if over { expired(link.expires_at_ms) } else { broken() });
        };
        if let Some(at_ms) = known.used_at_ms {
            let reason =
                format!("this was decided by a link of the same letter at {}", rfc3339(at_ms));
            return Err(CatalogError::conflict("link_used", reason));
        }
        let member = self.members(link.tenant, &[link.user].into()).await?.pop();
        let Some(member) = member.filter(|member| member.is_active) else {
            let reason = "whom this was sent to is no active member any more".to_owned();
            return Err(CatalogError::Forbidden { code: "link_person_left", reason });
        };
        if !member.tenant_is_active {
            let reason = "the tenant is suspended: nothing is decided in it for now".to_owned();
            return Err(CatalogError::Forbidden { code: "tenant_suspended", reason });
        }
        if now_ms >= link.expires_at_ms {
            return Err(expired(link.expires_at_ms));
        }
        let given = store::delegations::from(connection, link.tenant, [link.user], now_ms).await?;
        if let Some(delegation) = given.iter().find(|one| one.created_at_ms > known.created_at_ms) {
            return Err(self.delegated(&link, UserId(delegation.to_id)).await?);
        }
        let caller = caller(&link, &member.name, context);
        self.require_open(&link, (&row, &caller)).await?;
        Ok((link, row, caller))
    }

    async fn delegated(
        &self,
        link: &DecisionLink,
        to: UserId,
    ) -> Result<CatalogError, CatalogError> {
        let names = self.names(link.tenant, &[to].into()).await?;
        let name = names.get(&to).map_or("somebody", String::as_str);
        let reason = format!(
            "you have delegated your decisions to {name} since this was sent: sign in to decide \
             yourself"
        );
        Ok(CatalogError::conflict("link_delegated", reason))
    }

    /// Whether its person would decide on its stage now: found out by trying.
    async fn require_open(
        &self,
        link: &DecisionLink,
        (row, caller): (&Model, &Caller),
    ) -> Result<(), CatalogError> {
        let world = self.world(row, Some(link.user)).await?;
        let mut approval = run::read(&row.approval)?;
        let stage = usize::try_from(link.stage).unwrap_or(usize::MAX);
        let vote = Vote { stage, by: link.user, verdict: Verdict::Approve, reason: String::new() };
        match approval.decide(vote, &world.context()) {
            Ok(_) => Ok(()),
            Err((refusal, _)) => Err(self.refused(caller, stage, (refusal, approval)).await?),
        }
    }
}

/// The person of a link, with what the link is for and nothing else.
fn caller(link: &DecisionLink, name: &str, context: &RequestContext) -> Caller {
    let permissions = [APPROVALS_WRITE, REQUESTS_READ].map(|one| one.name.to_owned());
    let identity = Identity {
        tenant: link.tenant,
        // Nobody is signed in: no session has this id.
        principal: Principal::User { id: link.user, session: SessionId(Uuid::nil()) },
        name: name.into(),
        permissions: Arc::new(BTreeSet::from(permissions)),
        valid_until_ms: link.expires_at_ms,
    };
    Caller { identity, request: context.clone() }
}

fn broken() -> CatalogError {
    let reason = "this is no link of ours, or not all of it: open the one in the letter again";
    CatalogError::Forbidden { code: "link_broken", reason: reason.to_owned() }
}

fn expired(at_ms: i64) -> CatalogError {
    let reason = format!("the link counted until {}: sign in to decide", rfc3339(at_ms));
    CatalogError::conflict("link_expired", reason)
}
