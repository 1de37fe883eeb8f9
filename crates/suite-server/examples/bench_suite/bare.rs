//! What the suite is compared with: an axum handler that makes the same query through the same pool,
//! for anybody, and nothing else.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Result;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use sea_orm::entity::prelude::*;
use suite_kit::db::Database;

/// The columns of Hub's table of API keys.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub name: String,
    pub prefix: String,
    #[serde(skip)]
    pub hash: Vec<u8>,
    pub previous_prefix: Option<String>,
    #[serde(skip)]
    pub previous_hash: Option<Vec<u8>>,
    pub previous_until_ms: Option<i64>,
    pub permissions: String,
    pub created_by: String,
    pub created_at_ms: i64,
    pub expires_at_ms: Option<i64>,
    pub last_used_at_ms: Option<i64>,
    pub revoked_at_ms: Option<i64>,
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Serves `/{id}` on a free port, as long as the runtime lives.
pub async fn start(database: Database, tenant: Uuid) -> Result<SocketAddr> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/{id}", get(show)).with_state((database, tenant));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn show(
    State((database, tenant)): State<(Database, Uuid)>,
    Path(id): Path<Uuid>,
) -> Result<Json<Model>, StatusCode> {
    let select = Entity::find_by_id(id).filter(Column::TenantId.eq(tenant));
    let found = select.one(database.read()).await;
    let found = found.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    found.map(Json).ok_or(StatusCode::NOT_FOUND)
}
