//! Attaching files to a ticket: an event of its history, as what is written is.

use serde_json::json;
use suite_kit::audit::Actor;
use suite_kit::auth::Caller;
use uuid::Uuid;

use super::working::{Kind, NewEvent};
use crate::api::files::AttachRequest;
use crate::error::CatalogError;
use crate::permissions::{ALL_TICKETS_WRITE, TICKETS_WRITE};
use crate::service::files::{about_files, require_some};
use crate::service::{Catalog, Filed};
use crate::store::files::{Place, Use};

impl Catalog {
    pub(crate) async fn attach_to_ticket(
        &self,
        caller: &Caller,
        id: Uuid,
        AttachRequest { file_ids, is_internal }: AttachRequest,
    ) -> Result<Vec<Filed>, CatalogError> {
        caller.require(TICKETS_WRITE)?;
        let (owner, tenant) = (Self::person(caller)?, caller.tenant());
        let row = self.seen_ticket(caller, id).await?;
        if is_internal || owner.0 != row.requester_id {
            caller.require(ALL_TICKETS_WRITE)?;
        }
        let (transaction, mut work, entries) = self.hold((tenant, id, None)).await?;
        let place = Place::Ticket(id);
        let used = Use { place, note: None, is_internal, is_answer: false };
        let bound =
            self.use_files(&transaction, (tenant, owner), ("file_ids", &file_ids), used).await?;
        require_some(&bound)?;
        let detail = json!({ "files": about_files(&bound) });
        let mut event = NewEvent::new(Kind::Attached, work.now_ms, detail);
        event.is_public = !is_internal;
        work.events.push(event);
        self.save(transaction, &Actor::from(caller), work, entries).await?;
        self.filed(tenant, bound).await
    }
}
