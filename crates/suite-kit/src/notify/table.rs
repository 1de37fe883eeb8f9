//! The table of notifications: what is to be delivered, and the log of what was.

#![expect(unused_qualifications, reason = "the derive writes whole paths")]

use sea_orm::entity::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder, QuerySelect};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary_null, boolean, integer, text, text_null, uuid, uuid_null,
};
use suite_contracts::{NotificationId, TenantId};

use crate::db::Transaction;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Option<Uuid>,
    pub channel: String,
    pub recipient: String,
    pub subject: String,
    pub body: Option<String>,
    pub sensitive: bool,
    pub state: String,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub created_ms: i64,
    /// When it was sent or given up.
    pub ended_ms: Option<i64>,
    /// Sealed; erased once it was sent or given up.
    pub content: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How far a notification has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Waiting,
    Sent,
    /// Given up.
    Failed,
    /// There is no such channel here.
    NotConfigured,
}

impl State {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::NotConfigured => "not_configured",
        }
    }

    fn parse(text: &str) -> Self {
        let all = [Self::Waiting, Self::Sent, Self::NotConfigured];
        all.into_iter().find(|state| state.as_str() == text).unwrap_or(Self::Failed)
    }
}

/// An entry of the delivery log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub id: NotificationId,
    /// `email`, `slack`, `webhook`, `pagerduty` or `sms`.
    pub channel: String,
    /// An address or a host, never a secret.
    pub recipient: String,
    pub subject: String,
    /// None if it is sensitive.
    pub text: Option<String>,
    pub sensitive: bool,
    pub state: State,
    pub attempts: u32,
    pub last_error: Option<String>,
    pub created_ms: i64,
    /// When it was sent or given up.
    pub ended_ms: Option<i64>,
}

impl From<Model> for Notification {
    fn from(row: Model) -> Self {
        Self {
            id: row.id.into(),
            channel: row.channel,
            recipient: row.recipient,
            subject: row.subject,
            text: row.body,
            sensitive: row.sensitive,
            state: State::parse(&row.state),
            attempts: row.attempts.cast_unsigned(),
            last_error: row.last_error,
            created_ms: row.created_ms,
            ended_ms: row.ended_ms,
        }
    }
}

pub(super) struct New {
    pub(super) id: NotificationId,
    pub(super) tenant: Option<TenantId>,
    pub(super) channel: &'static str,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) text: Option<String>,
    pub(super) sensitive: bool,
    pub(super) state: State,
    pub(super) error: Option<String>,
    pub(super) now_ms: i64,
}

pub(super) async fn insert(
    transaction: &Transaction,
    new: New,
    content: Vec<u8>,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(new.id.0),
        tenant_id: Set(new.tenant.map(|tenant| tenant.0)),
        channel: Set(new.channel.to_owned()),
        recipient: Set(new.recipient),
        subject: Set(new.subject),
        body: Set(new.text),
        sensitive: Set(new.sensitive),
        state: Set(new.state.as_str().to_owned()),
        attempts: Set(0),
        last_error: Set(new.error),
        created_ms: Set(new.now_ms),
        ended_ms: Set(None),
        content: Set((new.state == State::Waiting).then_some(content)),
    };
    transaction.add(&row).await
}

/// The channel and the sealed content of a notification that is still to be delivered.
pub(super) async fn waiting(
    connection: &impl ConnectionTrait,
    id: NotificationId,
) -> Result<Option<(String, Vec<u8>)>, DbErr> {
    let waiting = Entity::find_by_id(id.0).filter(Column::State.eq(State::Waiting.as_str()));
    let row = waiting.one(connection).await?;
    Ok(row.and_then(|row| Some((row.channel, row.content?))))
}

pub(super) async fn attempted(
    transaction: &Transaction,
    id: NotificationId,
    state: State,
    error: Option<String>,
    now_ms: i64,
) -> Result<(), DbErr> {
    let mut update = Entity::update_many()
        .col_expr(Column::State, Expr::value(state.as_str()))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::LastError, Expr::value(error));
    if state != State::Waiting {
        update = update
            .col_expr(Column::EndedMs, Expr::value(now_ms))
            .col_expr(Column::Content, Expr::value(None::<Vec<u8>>));
    }
    update.filter(Column::Id.eq(id.0)).exec(&**transaction).await.map(|_| ())
}

pub(super) async fn page(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    limit: u64,
    before: Option<NotificationId>,
) -> Result<Vec<Notification>, DbErr> {
    let mut rows = Entity::find().filter(Column::TenantId.eq(tenant.0));
    if let Some(before) = before {
        rows = rows.filter(Column::Id.lt(before.0));
    }
    let rows = rows.order_by_desc(Column::Id).limit(limit).all(connection).await?;
    let shown = |row: Model| {
        let mut shown = Notification::from(row);
        if shown.sensitive {
            shown.text = None;
        }
        shown
    };
    Ok(rows.into_iter().map(shown).collect())
}

pub(super) async fn not_configured(
    connection: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<Notification>, DbErr> {
    let rows = Entity::find()
        .filter(Column::State.eq(State::NotConfigured.as_str()))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(Notification::from).collect())
}

pub(super) async fn forget(transaction: &Transaction, tenant: TenantId) -> Result<(), DbErr> {
    let own = Entity::delete_many().filter(Column::TenantId.eq(tenant.0));
    own.exec(&**transaction).await.map(|_| ())
}

pub(super) async fn purge(transaction: &Transaction, before_ms: i64) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::State.ne(State::Waiting.as_str()))
        .filter(Column::CreatedMs.lt(before_ms))
        .exec(&**transaction)
        .await
        .map(|_| ())
}

pub(crate) struct CreateNotifications;

impl MigrationName for CreateNotifications {
    fn name(&self) -> &'static str {
        "kit_notification"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CreateNotifications {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(Entity)
            .col(uuid(Column::Id).primary_key())
            .col(uuid_null(Column::TenantId))
            .col(text(Column::Channel))
            .col(text(Column::Recipient))
            .col(text(Column::Subject))
            .col(text_null(Column::Body))
            .col(boolean(Column::Sensitive))
            .col(text(Column::State))
            .col(integer(Column::Attempts))
            .col(text_null(Column::LastError))
            .col(big_integer(Column::CreatedMs))
            .col(big_integer_null(Column::EndedMs))
            .col(binary_null(Column::Content));
        manager.create_table(table).await?;
        let mut by_tenant = Index::create();
        by_tenant.name("notification_by_tenant").table(Entity);
        by_tenant.col(Column::TenantId).col(Column::Id);
        manager.create_index(by_tenant).await?;
        let mut by_state = Index::create();
        by_state.name("notification_by_state").table(Entity);
        by_state.col(Column::State).col(Column::Id);
        manager.create_index(by_state).await
    }
}
