//! Tenants.

use sea_orm::{ActiveModelTrait, DbErr, Set};
use suite_contracts::TenantId;
use suite_kit::db::Transaction;

use super::entities::tenant::{ActiveModel, Model};
use crate::model::name;

pub const ACTIVE: &str = "active";

pub async fn insert(
    transaction: &Transaction,
    id: TenantId,
    (tenant_name, is_platform): (&str, bool),
    now_ms: i64,
) -> Result<Model, DbErr> {
    let row = ActiveModel {
        id: Set(id.0),
        name: Set(tenant_name.to_owned()),
        slug: Set(name::slug(tenant_name)),
        state: Set(ACTIVE.to_owned()),
        is_platform: Set(is_platform),
        delete_at_ms: Set(None),
        settings: Set("{}".to_owned()),
        created_at_ms: Set(now_ms),
        version: Set(1),
    };
    row.insert(&**transaction).await
}
