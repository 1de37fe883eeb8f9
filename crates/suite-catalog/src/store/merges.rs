//! Tickets that were merged, and who follows tickets.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
};
use suite_contracts::{TenantId, UserId};
use suite_kit::db::{Transaction, padded};
use uuid::Uuid;

use super::entities::{ticket_follower as follower, ticket_merge as merge};
use crate::model::id::TicketId;

/// Merges that lead on from a ticket at most.
const CHAIN_MAX: usize = 1_000;

/// The merges that lead on from a ticket, each by the ticket that was merged.
pub async fn from(
    connection: &impl ConnectionTrait,
    (tenant, ticket): (TenantId, Uuid),
) -> Result<BTreeMap<TicketId, TicketId>, DbErr> {
    let (mut merges, mut next) = (BTreeMap::new(), ticket);
    while merges.len() < CHAIN_MAX && !merges.contains_key(&TicketId(next)) {
        let own = merge::Entity::find_by_id(next);
        let own = own.filter(merge::Column::TenantId.eq(tenant.0));
        let Some(row) = own.one(connection).await? else { break };
        merges.insert(TicketId(next), TicketId(row.into_id));
        next = row.into_id;
    }
    Ok(merges)
}

pub async fn insert(transaction: &Transaction, row: merge::Model) -> Result<(), DbErr> {
    let row = merge::ActiveModel::from(row).reset_all();
    merge::Entity::insert(row).exec_without_returning(&**transaction).await?;
    Ok(())
}

pub async fn followers(
    connection: &impl ConnectionTrait,
    (tenant, ticket): (TenantId, Uuid),
) -> Result<BTreeSet<UserId>, DbErr> {
    followers_of(connection, tenant, vec![ticket]).await
}

/// Those of several tickets.
pub async fn followers_of(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    tickets: Vec<Uuid>,
) -> Result<BTreeSet<UserId>, DbErr> {
    let own = follower::Entity::find().filter(follower::Column::TenantId.eq(tenant.0));
    let own = own.filter(follower::Column::TicketId.is_in(padded(tickets)));
    let ids: Vec<Uuid> =
        own.select_only().column(follower::Column::UserId).into_tuple().all(connection).await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Adds followers; those who follow already stay.
pub async fn follow(
    transaction: &Transaction,
    (tenant, ticket): (TenantId, Uuid),
    users: &BTreeSet<UserId>,
) -> Result<(), DbErr> {
    use follower::Column as C;
    for user in users {
        let row = follower::Model { ticket_id: ticket, user_id: user.0, tenant_id: tenant.0 };
        let once = OnConflict::columns([C::TicketId, C::UserId]).do_nothing().to_owned();
        let new = follower::Entity::insert(follower::ActiveModel::from(row).reset_all());
        new.on_conflict(once).exec_without_returning(&**transaction).await?;
    }
    Ok(())
}
