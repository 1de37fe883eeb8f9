//! Articles of the knowledge base that tickets were answered with.

use std::collections::BTreeMap;

use serde_json::json;
use suite_contracts::TenantId;
use suite_kit::audit::Actor;
use suite_kit::auth::Caller;
use uuid::Uuid;

use super::working::{Kind, NewEvent};
use crate::error::CatalogError;
use crate::permissions::{ALL_TICKETS_READ, ALL_TICKETS_WRITE};
use crate::service::{AnsweredWith, Catalog, taken};
use crate::store::articles::{self, Reader, Wanted};
use crate::store::entities::{article, ticket_article};

/// Of a ticket.
const ARTICLES_MAX: usize = 50;

impl Catalog {
    pub(crate) async fn ticket_articles(
        &self,
        caller: &Caller,
        id: Uuid,
    ) -> Result<Vec<AnsweredWith>, CatalogError> {
        caller.require(ALL_TICKETS_READ)?;
        self.seen_ticket(caller, id).await?;
        self.answered_with(caller.tenant(), id).await
    }

    async fn answered_with(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Vec<AnsweredWith>, CatalogError> {
        let connection = self.database().read();
        let rows = articles::of_ticket(connection, (tenant, id)).await?;
        let ids = rows.iter().map(|row| row.article_id).collect();
        // What a ticket was answered with agents see, though it may be withdrawn by now.
        let reader = Reader { is_editor: true, ..Reader::default() };
        let wanted = Wanted { reader, category: None, with_drafts: true };
        let found = articles::seen(connection, tenant, &wanted, ids).await?;
        let found: BTreeMap<Uuid, article::Model> =
            found.into_iter().map(|article| (article.id, article)).collect();
        let all = rows.into_iter().filter_map(|row| {
            let article = found.get(&row.article_id)?.clone();
            Some(AnsweredWith { row, article })
        });
        Ok(all.collect())
    }

    /// Notes that a ticket was answered with an article that the caller may read.
    pub(crate) async fn answer_with_article(
        &self,
        caller: &Caller,
        (id, article): (Uuid, Uuid),
    ) -> Result<Vec<AnsweredWith>, CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        let tenant = caller.tenant();
        self.seen_ticket(caller, id).await?;
        let (connection, reader) = (self.database().read(), self.reader(caller).await?);
        let found = articles::read(connection, tenant, (&reader, article)).await?;
        let Some(found) = found.filter(|article| article.is_published) else {
            let reason = "there is no published article of this id that you may read";
            return Err(CatalogError::invalid("article_id", reason));
        };
        let (transaction, mut work, entries) = self.hold((tenant, id, None)).await?;
        if articles::of_ticket(&*transaction, (tenant, id)).await?.len() >= ARTICLES_MAX {
            let reason = format!("a ticket is answered with at most {ARTICLES_MAX} articles");
            return Err(CatalogError::conflict("too_many_articles", reason));
        }
        let row = ticket_article::Model {
            ticket_id: id,
            article_id: article,
            tenant_id: tenant.0,
            number: found.published,
            linked_at_ms: work.now_ms,
        };
        let once = "the ticket was answered with this article already";
        let answered = articles::answer(&transaction, row).await;
        answered.map_err(|error| taken(error, "linked_already", once))?;
        let detail = json!({
            "link": "answered_with", "article_id": article, "number": found.number,
        });
        work.events.push(NewEvent::new(Kind::Linked, work.now_ms, detail));
        self.save(transaction, &Actor::from(caller), work, entries).await?;
        self.answered_with(tenant, id).await
    }

    pub(crate) async fn take_article_back(
        &self,
        caller: &Caller,
        (id, article): (Uuid, &str),
    ) -> Result<(), CatalogError> {
        caller.require(ALL_TICKETS_WRITE)?;
        let (tenant, missing) = (caller.tenant(), || CatalogError::NotFound("article"));
        self.seen_ticket(caller, id).await?;
        let article: Uuid = article.parse().map_err(|_| missing())?;
        let (transaction, mut work, entries) = self.hold((tenant, id, None)).await?;
        if !articles::take_back(&transaction, tenant, (id, article)).await? {
            return Err(missing());
        }
        let detail = json!({ "link": "answered_with", "article_id": article });
        work.events.push(NewEvent::new(Kind::Unlinked, work.now_ms, detail));
        self.save(transaction, &Actor::from(caller), work, entries).await?;
        Ok(())
    }
}
