//! A service's audit trail: its background work, and the use cases of whoever may read it.

use kaldrix_client::Address;
use kaldrix_client::proof::Trust;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use suite_contracts::{AuditId, Permission, ServiceName, TenantId};

use super::anchorer::{AnchorOptions, Anchorer};
use super::check::{ChainCheck, Witness, verify_chain};
use super::export::{Export, Format};
use super::ledger::Ledger;
use super::proof::{AuditProof, Verified};
use super::prove::prove;
use super::sealer;
use super::search::{Filter, Found, get, search};
use super::store::{anchor, anchorer, head, record};
use crate::auth::Caller;
use crate::clock::Clock;
use crate::db::Database;
use crate::page::{Page, PageQuery};
use crate::problem::Problem;
use crate::service::Tasks;

/// The audit trail of one service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Trail {
    service: ServiceName,
    database: Database,
    clock: Clock,
    ledger: Option<Ledger>,
    read: Permission,
}

/// How far a tenant's trail has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailStatus {
    pub recorded: u64,
    pub sealed: u64,
    /// Up to this position everything is anchored.
    pub anchored: u64,
    /// Of the block that holds the latest anchor, and that block's time.
    pub anchored_at: Option<(u64, i64)>,
    /// When the first record that is not anchored yet was made.
    pub waiting_since_ms: Option<i64>,
    pub ledger: LedgerState,
    /// How far the ledger was final when it was looked at last, and when that was.
    pub ledger_height: Option<(u64, i64)>,
}

/// How anchoring goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerState {
    /// There is no ledger: records are chained, and not anchored.
    NotConfigured,
    Ok {
        notary: Address,
    },
    /// Anchors wait, for the reason given, since the time given.
    Waiting {
        notary: Address,
        error: String,
        since_ms: i64,
    },
}

impl Trail {
    /// `read` is what a caller needs to read the trail of their tenant.
    pub fn new(
        service: ServiceName,
        database: Database,
        clock: Clock,
        ledger: Option<Ledger>,
        read: Permission,
    ) -> Self {
        Self { service, database, clock, ledger, read }
    }

    /// Starts sealing, and anchoring if there is a ledger.
    pub fn start(&self, tasks: &Tasks, options: AnchorOptions) {
        let (service, database) = (self.service, self.database.clone());
        tasks.spawn("audit sealer", move |stop| sealer::run(database, service, stop));
        if let Some(ledger) = self.ledger.clone() {
            let (database, clock) = (self.database.clone(), self.clock.clone());
            let anchorer = Anchorer::new(service, database, clock, ledger, options);
            tasks.spawn("audit anchorer", move |stop| anchorer.run(stop));
        }
    }

    pub fn ledger(&self) -> Option<&Ledger> {
        self.ledger.as_ref()
    }

    /// A page of the records of the caller's tenant, the newest first.
    pub async fn search(
        &self,
        caller: &Caller,
        filter: &Filter,
        page: &PageQuery,
    ) -> Result<Page<Found>, Problem> {
        caller.require(self.read)?;
        search(&self.database, caller.tenant(), filter, page).await
    }

    pub async fn get(&self, caller: &Caller, id: AuditId) -> Result<Found, Problem> {
        caller.require(self.read)?;
        let found = get(&self.database, caller.tenant(), id).await?;
        found.ok_or_else(|| Problem::not_found("audit record"))
    }

    /// The proof of a record, verified, with what it shows.
    pub async fn prove(
        &self,
        caller: &Caller,
        id: AuditId,
    ) -> Result<(AuditProof, Verified), Problem> {
        caller.require(self.read)?;
        let Some(ledger) = &self.ledger else {
            // What is not there is not there, with a ledger or without.
            self.get(caller, id).await?;
            let detail = "records are not anchored: no ledger is configured";
            return Err(Problem::conflict("ledger_not_configured", detail));
        };
        let (trust, notary) = (Trust::Genesis(ledger.genesis()), Some(ledger.notary()));
        let asked = (caller.tenant(), id);
        Ok(prove(&self.database, self.service, asked, trust, notary).await?)
    }

    /// All records that the filter lets through, the newest first.
    pub fn export(
        &self,
        caller: &Caller,
        filter: Filter,
        format: Format,
    ) -> Result<Export, Problem> {
        caller.require(self.read)?;
        Export::new(self.database.clone(), caller.tenant(), filter, format)
    }

    pub async fn status(&self, caller: &Caller) -> Result<TrailStatus, Problem> {
        caller.require(self.read)?;
        Ok(self.status_of(caller.tenant()).await?)
    }

    /// For an operator on the machine: whoever asks is asked for no permission.
    pub async fn status_of(&self, tenant: TenantId) -> Result<TrailStatus, DbErr> {
        let read = self.database.read();
        // The head first: what is sealed meanwhile counts as recorded twice rather than never.
        let head = head::Entity::find_by_id(tenant.0).one(read).await?;
        let sealed = head.map_or(0, |head| head.position.cast_unsigned());
        let unsealed = record::Entity::find()
            .filter(record::Column::TenantId.eq(tenant.0))
            .filter(record::Column::Position.is_null());
        let waiting = unsealed.clone().count(read).await?;
        let open = anchor::Entity::find()
            .filter(anchor::Column::TenantId.eq(tenant.0))
            .filter(anchor::Column::State.ne(anchor::FINAL))
            .order_by_asc(anchor::Column::FirstPosition)
            .one(read)
            .await?;
        let mut settled = anchor::Entity::find()
            .filter(anchor::Column::TenantId.eq(tenant.0))
            .filter(anchor::Column::State.eq(anchor::FINAL));
        if let Some(open) = &open {
            settled = settled.filter(anchor::Column::LastPosition.lt(open.first_position));
        }
        let last = settled.order_by_desc(anchor::Column::LastPosition).one(read).await?;
        let anchored = last.as_ref().map_or(0, |anchor| anchor.last_position);
        let waiting_since_ms = record::Entity::find()
            .select_only()
            .column_as(record::Column::AtMs.min(), "at_ms")
            .filter(record::Column::TenantId.eq(tenant.0))
            .filter(
                Expr::col(record::Column::Position)
                    .eq(anchored + 1)
                    .or(Expr::col(record::Column::Position).is_null()),
            )
            .into_tuple::<Option<i64>>()
            .one(read)
            .await?
            .flatten();
        Ok(TrailStatus {
            recorded: sealed + waiting,
            sealed,
            anchored: anchored.cast_unsigned(),
            anchored_at: last
                .and_then(|anchor| Some((anchor.height?.cast_unsigned(), anchor.block_time_ms?))),
            waiting_since_ms,
            ledger: self.ledger_state().await?,
            ledger_height: self.ledger_height(),
        })
    }

    /// How many records a tenant's trail has got since a time.
    pub async fn recorded_since(&self, tenant: TenantId, from_ms: i64) -> Result<u64, DbErr> {
        let own = record::Entity::find().filter(record::Column::TenantId.eq(tenant.0));
        own.filter(record::Column::AtMs.gte(from_ms)).count(self.database.read()).await
    }

    fn ledger_height(&self) -> Option<(u64, i64)> {
        let (height, ago) = self.ledger.as_ref()?.height()?;
        let ago_ms = i64::try_from(ago.as_millis()).unwrap_or(i64::MAX);
        Some((height, self.clock.now_ms().saturating_sub(ago_ms)))
    }

    async fn ledger_state(&self) -> Result<LedgerState, DbErr> {
        let Some(ledger) = &self.ledger else { return Ok(LedgerState::NotConfigured) };
        let notary = ledger.notary();
        let row = anchorer::Entity::find_by_id(anchorer::ID).one(self.database.read()).await?;
        let failure = row.and_then(|row| Some((row.last_error?, row.last_error_at_ms?)));
        Ok(match failure {
            None => LedgerState::Ok { notary },
            Some((error, since_ms)) => LedgerState::Waiting { notary, error, since_ms },
        })
    }

    /// Recomputes a tenant's chain, and checks it against the ledger's proofs if there is one. For
    /// an operator on the machine: whoever asks is asked for no permission.
    pub async fn check(&self, tenant: TenantId) -> Result<ChainCheck, DbErr> {
        let witness = self.ledger.as_ref().map(|ledger| Witness {
            trust: Trust::Genesis(ledger.genesis()),
            notary: ledger.notary(),
        });
        verify_chain(&self.database, self.service, tenant, witness).await
    }

    /// Every tenant with a sealed record here.
    pub async fn tenants(&self) -> Result<Vec<TenantId>, DbErr> {
        let ids: Vec<uuid::Uuid> = head::Entity::find()
            .select_only()
            .column(head::Column::TenantId)
            .order_by_asc(head::Column::TenantId)
            .into_tuple()
            .all(self.database.read())
            .await?;
        Ok(ids.into_iter().map(TenantId).collect())
    }
}
