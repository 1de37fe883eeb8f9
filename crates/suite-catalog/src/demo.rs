//! A year of a made-up company: what `itechsmart run --demo` shows.
//!
//! It is lived through by the catalog's own API, with a clock that is moved along: every ticket,
//! decision and audit record is what somebody's request made of it. Nobody is told of any of it, since
//! it is past by the time that the services start. All names are fictional.

mod company;
mod status;
mod stories;
mod topics;
mod year;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, IF_MATCH};
use axum::http::{Method, Request};
use http_body_util::BodyExt;
use serde_json::Value;
use suite_contracts::{GroupId, ServiceName, SessionId, TenantId, UserId};
use suite_kit::audit::Trail;
use suite_kit::auth::{
    AuthError, Credential, Directory, Group, Identity, Member, People, PeopleError, Principal,
};
use suite_kit::cache::Cache;
use suite_kit::clock::Clock;
use suite_kit::config::Config;
use suite_kit::db::{self, Database};
use suite_kit::{events, jobs};
use tower::ServiceExt;

use crate::error::CatalogError;
use crate::service::Catalog;
use crate::{migrations, permissions, routes};

/// Who works at the company, as Hub knows them.
#[derive(Debug, Clone)]
pub struct Company {
    pub tenant: TenantId,
    /// Who may do everything.
    pub administrator: UserId,
    pub members: Vec<Member>,
    pub groups: Vec<Group>,
}

/// How many days the demo lives through.
pub const DAYS: i64 = 365;

/// Lives through so many days, which end now. The services must not run yet.
pub async fn make(config: &Arc<Config>, company: Company, days: i64) -> Result<(), CatalogError> {
    let service = ServiceName::ServiceCatalog;
    let database = Database::open(&config.location(), service).await?;
    db::migrate(&database, service, migrations::all).await?;
    let made = live(config, &database, (company, days)).await;
    database.close().await;
    made
}

async fn live(
    config: &Arc<Config>,
    database: &Database,
    (company, days): (Company, i64),
) -> Result<(), CatalogError> {
    let (now_ms, tenant) = (Clock::system().now_ms(), company.tenant);
    let begins_ms = year::begins_ms(now_ms, days);
    let clock = Clock::manual(begins_ms);
    let known = Arc::new(Known(company.clone()));
    let world = (database.clone(), clock.clone(), Cache::in_process(clock.clone()));
    let catalog = Catalog::on(config, world, known.clone())?;
    let read = permissions::AUDIT_READ;
    let trail =
        Trail::new(ServiceName::ServiceCatalog, database.clone(), clock.clone(), None, read);
    let (router, _) = routes::all().split_for_parts();
    let router =
        router.with_state(routes::Routes { catalog: catalog.clone(), directory: known, trail });
    let api = Api { router, clock: clock.clone() };
    year::live(&api, &catalog, (&company, begins_ms, now_ms)).await?;
    clock.set_ms(now_ms);
    catalog.roll_measures().await?;
    let transaction = database.begin().await?;
    events::forget(&transaction, tenant).await?;
    jobs::forget(&transaction, tenant).await?;
    transaction.commit_unaudited("nobody is to be told of what is past").await?;
    Ok(())
}

/// The catalog's API, for people of the company.
struct Api {
    router: Router,
    clock: Clock,
}

impl Api {
    async fn get(&self, by: UserId, path: &str) -> Result<(Value, String), CatalogError> {
        self.send((by, Method::GET, path), None, None).await
    }

    async fn post(&self, by: UserId, path: &str, body: Value) -> Result<Value, CatalogError> {
        Ok(self.send((by, Method::POST, path), Some(body), None).await?.0)
    }

    /// Changes an object at the version that is there now.
    async fn change(
        &self,
        (by, method, path): (UserId, Method, &str),
        what: &str,
        body: Option<Value>,
    ) -> Result<Value, CatalogError> {
        let (_, etag) = self.get(by, path).await?;
        let path = format!("{path}{what}");
        Ok(self.send((by, method, &path), body, Some(etag)).await?.0)
    }

    async fn send(
        &self,
        (by, method, path): (UserId, Method, &str),
        body: Option<Value>,
        etag: Option<String>,
    ) -> Result<(Value, String), CatalogError> {
        let failed = |what: String| CatalogError::Internal(format!("{method} {path}: {what}"));
        let mut request = Request::builder()
            .method(method.clone())
            .uri(format!("/api/v1/service-catalog{path}"))
            .header(AUTHORIZATION, format!("Bearer {by}"))
            .header(CONTENT_TYPE, "application/json");
        if let Some(etag) = etag {
            request = request.header(IF_MATCH, etag);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.body(body).map_err(|error| failed(error.to_string()))?;
        let answered = self.router.clone().oneshot(request).await;
        let answer = match answered {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        let status = answer.status();
        let etag = answer.headers().get(ETAG).and_then(|value| value.to_str().ok());
        let etag = etag.unwrap_or_default().to_owned();
        let bytes = answer.into_body().collect().await;
        let bytes = bytes.map_err(|error| failed(error.to_string()))?.to_bytes();
        if !status.is_success() {
            let text = String::from_utf8_lossy(&bytes);
            return Err(failed(format!("{status}: {text}")));
        }
        Ok((serde_json::from_slice(&bytes).unwrap_or_default(), etag))
    }
}

/// The company stands for Hub: a credential is somebody's id.
struct Known(Company);

impl Known {
    /// Agents and the administrator may do everything; what others may, every member may.
    fn permissions(&self, user: UserId) -> BTreeSet<String> {
        let works_at_desk = self.0.groups.iter().any(|group| group.member_ids.contains(&user));
        let may_all = works_at_desk || user == self.0.administrator;
        let all = permissions::ALL.iter().filter(|one| may_all || one.for_members);
        all.map(|permission| permission.name.to_owned()).collect()
    }
}

#[async_trait]
impl Directory for Known {
    async fn identify(&self, credential: &Credential) -> Result<Identity, AuthError> {
        let Credential::Token(token) = credential else { return Err(AuthError::Refused) };
        let id: UserId = token.parse().map_err(|_| AuthError::Refused)?;
        let member = self.0.members.iter().find(|member| member.id == id);
        let member = member.ok_or(AuthError::Refused)?;
        Ok(Identity {
            tenant: self.0.tenant,
            principal: Principal::User { id, session: SessionId::new() },
            name: member.name.as_str().into(),
            permissions: Arc::new(self.permissions(id)),
            valid_until_ms: i64::MAX,
        })
    }
}

#[async_trait]
impl People for Known {
    async fn members(
        &self,
        _: TenantId,
        ids: &BTreeSet<UserId>,
    ) -> Result<Vec<Member>, PeopleError> {
        let members = self.0.members.iter().filter(|member| ids.contains(&member.id));
        Ok(members.cloned().collect())
    }

    async fn members_by_email(
        &self,
        _: TenantId,
        emails: &BTreeSet<String>,
    ) -> Result<Vec<Member>, PeopleError> {
        let members = self.0.members.iter().filter(|member| emails.contains(&member.email));
        Ok(members.cloned().collect())
    }

    async fn groups(
        &self,
        _: TenantId,
        ids: &BTreeSet<GroupId>,
    ) -> Result<Vec<Group>, PeopleError> {
        Ok(self.0.groups.iter().filter(|group| ids.contains(&group.id)).cloned().collect())
    }

    async fn tenant_is_active(&self, _: TenantId) -> Result<bool, PeopleError> {
        Ok(true)
    }
}
