//! What forms may take options from, of what the catalog and the desk have: by search, and by id.

use sea_orm::sea_query::ExprTrait;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use suite_contracts::{TenantId, UserId};
use suite_kit::page::contains;
use uuid::Uuid;

use super::entities::{cost_centre, request, ticket};

/// Which rows: some by id, or those that have a text in them.
#[derive(Debug, Clone, Copy)]
pub enum Pick<'a> {
    Ids(&'a [Uuid]),
    Search(&'a str),
}

pub async fn cost_centres(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    (pick, limit): (Pick<'_>, u64),
) -> Result<Vec<cost_centre::Model>, DbErr> {
    use cost_centre::Column as C;
    let own = cost_centre::Entity::find().filter(C::TenantId.eq(tenant.0));
    let own = match pick {
        Pick::Ids(ids) => own.filter(C::Id.is_in(ids.iter().copied())),
        Pick::Search(text) => own.filter(contains(C::Code, text).or(contains(C::Name, text))),
    };
    own.order_by_asc(C::Code).limit(limit).all(connection).await
}

/// Made by somebody, or for them, the newest first.
pub async fn requests(
    connection: &impl ConnectionTrait,
    (tenant, user): (TenantId, UserId),
    (pick, limit): (Pick<'_>, u64),
) -> Result<Vec<request::Model>, DbErr> {
    use request::Column as C;
    let own = request::Entity::find().filter(C::TenantId.eq(tenant.0));
    let own = own.filter(C::RequesterId.eq(user.0).or(C::RequestedForId.eq(user.0)));
    let own = match (pick, number(pick)) {
        (Pick::Ids(ids), _) => own.filter(C::Id.is_in(ids.iter().copied())),
        (Pick::Search(_), Some(number)) => own.filter(C::Number.eq(number)),
        (Pick::Search(text), None) => own.filter(contains(C::ItemName, text)),
    };
    own.order_by_desc(C::Number).limit(limit).all(connection).await
}

/// Somebody's, the newest first.
pub async fn tickets(
    connection: &impl ConnectionTrait,
    (tenant, user): (TenantId, UserId),
    (pick, limit): (Pick<'_>, u64),
) -> Result<Vec<ticket::Model>, DbErr> {
    use ticket::Column as C;
    let own = ticket::Entity::find().filter(C::TenantId.eq(tenant.0));
    let own = own.filter(C::RequesterId.eq(user.0));
    let own = match (pick, number(pick)) {
        (Pick::Ids(ids), _) => own.filter(C::Id.is_in(ids.iter().copied())),
        (Pick::Search(_), Some(number)) => own.filter(C::Number.eq(number)),
        (Pick::Search(text), None) => own.filter(contains(C::Title, text)),
    };
    own.order_by_desc(C::Number).limit(limit).all(connection).await
}

fn number(pick: Pick<'_>) -> Option<i64> {
    match pick {
        Pick::Search(text) => text.trim().trim_start_matches('#').parse().ok(),
        Pick::Ids(_) => None,
    }
}
