//! The same done to many tickets: each by itself, so that one that is refused keeps no other from
//! it, and each as it would be done alone.

use std::collections::BTreeSet;

use suite_kit::auth::Caller;
use suite_kit::problem::Problem;
use uuid::Uuid;

use crate::api::ticket_views::BulkRequest;
use crate::error::CatalogError;
use crate::permissions::ALL_TICKETS_WRITE;
use crate::service::Catalog;

/// Tickets of one request at most.
const TICKETS_MAX: usize = 100;

/// What became of a ticket.
#[derive(Debug, Clone)]
pub(crate) struct BulkDone {
    pub id: Uuid,
    pub version: Option<i64>,
    /// A code and its reason.
    pub refusal: Option<(String, String)>,
}

impl Catalog {
    pub(crate) async fn change_tickets(
        &self,
        caller: &Caller,
        body: BulkRequest,
    ) -> Result<Vec<BulkDone>, CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        if body.tickets.len() > TICKETS_MAX {
            let reason = format!("these are more than {TICKETS_MAX} tickets at once");
            return Err(CatalogError::invalid("tickets", reason));
        }
        let ids: BTreeSet<Uuid> = body.tickets.iter().map(|one| one.id).collect();
        if ids.len() < body.tickets.len() {
            return Err(CatalogError::invalid("tickets", "a ticket is named twice"));
        }
        let mut done = Vec::with_capacity(body.tickets.len());
        for one in &body.tickets {
            let (id, mut seen) = (one.id, one.version);
            let mut version = None;
            let outcome = async {
                if let Some(change) = &body.change {
                    let changed = self.change_ticket(caller, (id, seen), change.clone()).await?;
                    seen = changed.row.version;
                    version = Some(seen);
                }
                if let Some(to) = &body.move_to {
                    let moved = self.move_ticket(caller, (id, seen), to.clone()).await?;
                    version = Some(moved.row.version);
                }
                Ok::<(), CatalogError>(())
            };
            let refusal = outcome.await.map_or_else(refused, |()| Ok(None))?;
            done.push(BulkDone { id, version, refusal });
        }
        Ok(done)
    }
}

/// What is refused for one ticket is told with it; what went wrong ends all.
pub(super) fn refused(error: CatalogError) -> Result<Option<(String, String)>, CatalogError> {
    let detail = error.to_string();
    let is_fault = match &error {
        CatalogError::Database(_)
        | CatalogError::People(_)
        | CatalogError::Files(_)
        | CatalogError::Notify(_)
        | CatalogError::Internal(_) => true,
        CatalogError::Denied(_)
        | CatalogError::Invalid(_)
        | CatalogError::NotFound(_)
        | CatalogError::Stale(_)
        | CatalogError::Conflict { .. }
        | CatalogError::Forbidden { .. }
        | CatalogError::PersonNeeded => false,
    };
    if is_fault {
        return Err(error);
    }
    Ok(Some((Problem::from(error).code().to_owned(), detail)))
}
