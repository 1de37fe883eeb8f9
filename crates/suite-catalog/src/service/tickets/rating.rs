//! What a requester thinks of how their ticket was solved: asked when it first is, and said once.

use serde_json::json;
use suite_kit::audit::Actor;
use suite_kit::auth::Caller;
use uuid::Uuid;

use super::TicketDetail;
use super::working::{Kind, NewEvent};
use crate::api::notes::RatingRequest;
use crate::error::CatalogError;
use crate::permissions::TICKETS_WRITE;
use crate::service::{Catalog, taken, text};
use crate::store::entities::ticket_rating;
use crate::store::ratings;

const COMMENT_CHARS_MAX: usize = 4_000;
const SCORES: std::ops::RangeInclusive<i32> = 1..=5;

impl Catalog {
    pub(crate) async fn rate_ticket(
        &self,
        caller: &Caller,
        id: Uuid,
        body: RatingRequest,
    ) -> Result<TicketDetail, CatalogError> {
        caller.require(TICKETS_WRITE)?;
        let row = self.seen_ticket(caller, id).await?;
        if Self::person(caller)?.0 != row.requester_id {
            let reason = "how it was, only whoever asked for it says".to_owned();
            return Err(CatalogError::Forbidden { code: "not_own_ticket", reason });
        }
        if !SCORES.contains(&body.score) {
            return Err(CatalogError::invalid("score", "a score is one of 1 to 5"));
        }
        let comment = text("comment", &body.comment, COMMENT_CHARS_MAX)?;
        let tenant = caller.tenant();
        let (transaction, mut work, entries) = self.hold((tenant, id, None)).await?;
        if work.row.is_open {
            let reason = "the ticket is not solved yet";
            return Err(CatalogError::conflict("ticket_open", reason));
        }
        if self.merged_into(&*transaction, &work.row).await?.is_some() {
            let reason = "the ticket was merged into another, and is not what was solved";
            return Err(CatalogError::conflict("ticket_merged", reason));
        }
        let rating = ticket_rating::Model {
            ticket_id: id,
            tenant_id: tenant.0,
            score: body.score,
            comment: comment.clone(),
            rated_at_ms: work.now_ms,
        };
        let once = "you have said how it was already";
        let rated = ratings::insert(&transaction, rating).await;
        rated.map_err(|error| taken(error, "rated_already", once))?;
        let detail = json!({ "score": body.score });
        let mut event = NewEvent::new(Kind::Rated, work.now_ms, detail).public();
        event.text = Some(comment).filter(|comment| !comment.is_empty());
        work.events.push(event);
        work.row.score = Some(body.score);
        let row = self.save(transaction, &Actor::from(caller), work, entries).await?;
        self.ticket_detail(caller, row).await
    }
}
