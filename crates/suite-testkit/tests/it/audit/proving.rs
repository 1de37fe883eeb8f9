//! Proofs over HTTP, and what they are worth without the server.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::extract::FromRef;
use suite_contracts::{ServiceName, SessionId, TenantId, UserId};
use suite_kit::audit::{
    self, AuditProof, AuditRecord, AuditStatus, Link, RecordState, Trail, Trust, verify,
};
use suite_kit::auth::{AuthError, Credential, Directory, Identity, Principal};
use suite_kit::clock::Clock;
use suite_kit::page::Page;
use suite_kit::service::{Definition, Foundation, Kit, MountError, Service};
use suite_testkit::{Answer, Backend, TestApp, on_every_backend};
use utoipa_axum::router::OpenApiRouter;

use super::fixture::{Localnet, READ, act_often, none, read, until};

const NAMESPACE: &str = "/api/v1/hub";

/// Knows everybody by the name that they show: `tenant` or `tenant:weak`.
struct Names;

#[async_trait]
impl Directory for Names {
    async fn identify(&self, credential: &Credential) -> Result<Identity, AuthError> {
        let Credential::Token(name) = credential else { return Err(AuthError::Refused) };
        let (tenant, is_weak) = match name.split_once(':') {
            Some((tenant, _)) => (tenant, true),
            None => (name.as_str(), false),
        };
        let tenant = tenant.parse().map_err(|_| AuthError::Refused)?;
        let permissions = if is_weak { BTreeSet::new() } else { [READ.name.to_owned()].into() };
        Ok(Identity {
            tenant,
            principal: Principal::User { id: UserId::new(), session: SessionId::new() },
            name: "Ada".into(),
            permissions: Arc::new(permissions),
            valid_until_ms: i64::MAX,
        })
    }
}

#[derive(Clone)]
struct State {
    trail: Trail,
    directory: Arc<dyn Directory>,
}

impl FromRef<State> for Trail {
    fn from_ref(state: &State) -> Self {
        state.trail.clone()
    }
}

impl FromRef<State> for Arc<dyn Directory> {
    fn from_ref(state: &State) -> Self {
        state.directory.clone()
    }
}

fn router() -> OpenApiRouter<State> {
    OpenApiRouter::new().nest(NAMESPACE, audit::routes())
}

/// A service that has nothing but its audit trail.
struct Audited;

#[async_trait]
impl Service for Audited {
    fn definition(&self) -> Definition {
        Definition {
            name: ServiceName::Hub,
            permissions: &[READ],
            audit_read: READ,
            migrations: none,
        }
    }

    fn openapi(&self) -> utoipa::openapi::OpenApi {
        router().into_openapi()
    }

    async fn directory(&self, _: &Foundation) -> Result<Option<Arc<dyn Directory>>, MountError> {
        Ok(Some(Arc::new(Names)))
    }

    async fn mount(&self, kit: Kit) -> Result<Router, MountError> {
        let state = State { trail: kit.trail.clone(), directory: kit.directory.clone() };
        Ok(router().with_state(state).split_for_parts().0)
    }
}

async fn app(backend: Backend, net: Option<&Localnet>) -> TestApp {
    let mut place = backend.place().await;
    if let Some(net) = net {
        net.configure(&mut place.config);
    }
    TestApp::start_at(place, Clock::system(), &[Arc::new(Audited)]).await
}

async fn get(app: &TestApp, path: &str, who: &str) -> Answer {
    let credential = format!("Bearer {who}");
    let path = format!("{NAMESPACE}{path}");
    app.send_with(reqwest::Method::GET, &path, None, &[("authorization", &credential)]).await
}

async fn records(app: &TestApp, query: &str, tenant: TenantId) -> Vec<AuditRecord> {
    let answer = get(app, &format!("/audit/records?{query}"), &tenant.to_string()).await;
    serde_json::from_value::<Page<AuditRecord>>(answer.expect(200).json()).unwrap().items
}

async fn every_record_of_a_trail_is_proved_offline(backend: Backend) {
    let net = Localnet::start().await;
    let app = app(backend, Some(&net)).await;
    let tenant = TenantId::new();
    let database = app.running().services[0].database.clone();
    act_often(&database, &Clock::system(), tenant, 19).await;
    let ledger = net.ledger();
    let trail = super::fixture::trail(&database, Some(&ledger));
    until(&trail, tenant, |status| status.anchored == 19).await;
    // From here on with files alone.
    let genesis = audit::read_genesis(&net.genesis()).unwrap();
    let trust = Trust::Genesis(&genesis);
    let found = records(&app, "limit=200", tenant).await;
    assert_eq!(found.len(), 19);
    let mut positions = BTreeSet::new();
    for record in &found {
        assert_eq!(record.state, RecordState::Anchored);
        let path = format!("/audit/records/{}/proof", record.id);
        let text = get(&app, &path, &tenant.to_string()).await.expect(200).text;
        let proof = AuditProof::from_json(&text).unwrap();
        let verified = verify(&proof, trust, Some(ledger.notary())).unwrap();
        assert_eq!(verified.record.id, record.id);
        assert_eq!(Some(verified.position), record.position);
        assert_eq!(Some(verified.chain_hash.to_string()), record.chain_hash);
        let anchor = record.anchor.as_ref().unwrap();
        assert_eq!(Some(verified.height), anchor.height);
        assert_eq!(Some(verified.transaction.to_string()), anchor.transaction_id);
        positions.insert(verified.position);
        let other = kaldrix_client::KeyPair::generate(kaldrix_client::Scheme::MlDsa44).unwrap();
        let other = kaldrix_client::Signer::public_key(&other).clone();
        let other = kaldrix_client::Address::of(&other);
        assert_eq!(verify(&proof, trust, Some(other)).unwrap_err().link, Link::Notary);
    }
    assert_eq!(positions, (1..=19).collect());
    let answer = get(&app, "/audit/status", &tenant.to_string()).await.expect(200);
    let status: AuditStatus = serde_json::from_value(answer.json()).unwrap();
    assert_eq!((status.recorded, status.sealed, status.anchored), (19, 19, 19));
    assert_eq!(status.ledger.notary, Some(ledger.notary().to_string()));
    assert_eq!(status.waiting_since, None);
    keep_vector(&net, &app, &found[3], tenant).await;
    app.stop().await;
}

/// With `AUDIT_VECTORS` set to a folder, leaves there what the kit's own tests verify.
async fn keep_vector(net: &Localnet, app: &TestApp, record: &AuditRecord, tenant: TenantId) {
    let Some(folder) = std::env::var_os("AUDIT_VECTORS").map(std::path::PathBuf::from) else {
        return;
    };
    let path = format!("/audit/records/{}/proof", record.id);
    let proof = get(app, &path, &tenant.to_string()).await.text;
    std::fs::write(folder.join("genesis.json"), read(&net.genesis())).unwrap();
    std::fs::write(folder.join("proof.json"), proof).unwrap();
}

async fn nobody_reads_what_is_not_theirs(backend: Backend) {
    let app = app(backend, None).await;
    let (tenant, other) = (TenantId::new(), TenantId::new());
    let database = app.running().services[0].database.clone();
    act_often(&database, &Clock::system(), tenant, 1).await;
    let id = records(&app, "", tenant).await[0].id;
    let paths = [
        "/audit/records".to_owned(),
        format!("/audit/records/{id}"),
        format!("/audit/records/{id}/proof"),
        "/audit/export?format=csv".to_owned(),
        "/audit/status".to_owned(),
    ];
    for path in &paths {
        app.get(&format!("{NAMESPACE}{path}")).await.expect(401);
        let weak = get(&app, path, &format!("{tenant}:weak")).await.expect(403);
        assert_eq!(weak.code(), "permission_missing");
    }
    for path in &paths[1..3] {
        get(&app, path, &other.to_string()).await.expect(404);
    }
    assert_eq!(records(&app, "", other).await, []);
    let export = get(&app, "/audit/export?format=jsonl", &other.to_string()).await.expect(200);
    assert_eq!(export.text, "");
    let answer = get(&app, "/audit/status", &other.to_string()).await.expect(200);
    assert_eq!(answer.json()["recorded"], 0);
    assert_eq!(answer.json()["ledger"]["state"], "not_configured");
    let path = format!("/audit/records/{id}/proof");
    let answer = get(&app, &path, &tenant.to_string()).await.expect(409);
    assert_eq!(answer.code(), "ledger_not_configured");
    app.stop().await;
}

async fn a_record_that_waits_for_the_ledger_has_no_proof_yet(backend: Backend) {
    let mut net = Localnet::start().await;
    net.stop().await;
    let app = app(backend, Some(&net)).await;
    let tenant = TenantId::new();
    let database = app.running().services[0].database.clone();
    act_often(&database, &Clock::system(), tenant, 1).await;
    let record = records(&app, "", tenant).await.remove(0);
    let path = format!("/audit/records/{}/proof", record.id);
    let answer = get(&app, &path, &tenant.to_string()).await.expect(409);
    assert_eq!(answer.code(), "not_anchored");
    app.stop().await;
}

async fn a_tampered_record_has_no_proof(backend: Backend) {
    use sea_orm::ConnectionTrait;
    let net = Localnet::start().await;
    let app = app(backend, Some(&net)).await;
    let tenant = TenantId::new();
    let database = app.running().services[0].database.clone();
    act_often(&database, &Clock::system(), tenant, 2).await;
    let ledger = net.ledger();
    let trail = super::fixture::trail(&database, Some(&ledger));
    until(&trail, tenant, |status| status.anchored == 2).await;
    let transaction = database.begin().await.unwrap();
    let sql = "UPDATE audit_record SET actor_name = 'nobody' WHERE position = 1";
    transaction.execute_unprepared(sql).await.unwrap();
    transaction.commit_unaudited("somebody at night").await.unwrap();
    for record in records(&app, "", tenant).await {
        let path = format!("/audit/records/{}/proof", record.id);
        let answer = get(&app, &path, &tenant.to_string()).await;
        let expected = if record.position == Some(1) { "audit_tampered" } else { "-" };
        assert_eq!(answer.code(), expected, "{}", answer.text);
    }
    app.stop().await;
}

async fn records_are_found_by_what_they_say(backend: Backend) {
    let app = app(backend, None).await;
    let tenant = TenantId::new();
    let database = app.running().services[0].database.clone();
    let clock = Clock::manual(1_800_000_000_000);
    for (action, name, subject, detail) in [
        ("hub.user.created", "Ada Lovelace", "u-1", "Grüße"),
        ("hub.user.deleted", "Ada Lovelace", "u-2", "100% sure"),
        ("hub.key.created", "Émile", "k_1", "x"),
        ("hub.key.created", "=cmd", "kx1", "y"),
    ] {
        let transaction = database.begin().await.unwrap();
        let entry = audit::Entry::new(action, "thing", subject);
        let entry = entry.with(serde_json::json!({ "note": detail }));
        let actor = audit::Actor::system(tenant, name);
        audit::commit(transaction, &clock, actor, entry).await.unwrap();
        clock.advance_ms(1_000);
    }
    let expected = [
        ("", vec!["kx1", "k_1", "u-2", "u-1"]),
        ("action=hub.user.", vec!["u-2", "u-1"]),
        ("text=lovelace", vec!["u-2", "u-1"]),
        ("text=Gr%C3%BC%C3%9Fe", vec!["u-1"]),
        ("text=%C3%89mile", vec!["k_1"]),
        ("text=0%25", vec!["u-2"]),
        ("text=k_1", vec!["k_1"]),
        ("actor=Ada+Lovelace&action=hub.user.created", vec!["u-1"]),
        ("subject=k_1", vec!["k_1"]),
        ("from=2027-01-15T08:00:01Z&to=2027-01-15T08:00:03Z", vec!["k_1", "u-2"]),
        ("text='%20OR%201=1", vec![]),
    ];
    for (query, subjects) in expected {
        let found = records(&app, query, tenant).await;
        let found: Vec<&str> = found.iter().map(|record| record.subject.id.as_str()).collect();
        assert_eq!(found, subjects, "{query}");
    }
    for query in ["from=yesterday", "limit=0", "cursor=x", &format!("text={}", "x".repeat(201))] {
        get(&app, &format!("/audit/records?{query}"), &tenant.to_string()).await.expect(400);
    }
    // A page at a time, the same.
    let (mut subjects, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/audit/records?limit=1{cursor}");
        let page: Page<AuditRecord> =
            serde_json::from_value(get(&app, &path, &tenant.to_string()).await.json()).unwrap();
        subjects.extend(page.items.into_iter().map(|record| record.subject.id));
        let Some(next) = page.next else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(subjects, ["kx1", "k_1", "u-2", "u-1"]);
    let csv = get(&app, "/audit/export?format=csv", &tenant.to_string()).await.expect(200);
    assert!(csv.header("content-type").starts_with("text/csv"));
    assert_eq!(csv.text.lines().count(), 5);
    assert!(csv.text.contains(",'=cmd,"), "{}", csv.text);
    get(&app, "/audit/export?format=xls", &tenant.to_string()).await.expect(400);
    app.stop().await;
}

async fn an_export_has_every_record_once(backend: Backend) {
    let app = app(backend, None).await;
    let tenant = TenantId::new();
    let database = app.running().services[0].database.clone();
    let clock = Clock::manual(1_800_000_000_000);
    // All of one millisecond, across several parts.
    let transaction = database.begin().await.unwrap();
    for record in 0..450 {
        let actor = audit::Actor::system(tenant, "a test");
        let entry = audit::Entry::new("hub.thing.changed", "thing", record);
        audit::insert(&transaction, &clock, &actor, entry).await.unwrap();
    }
    transaction.commit_unaudited("its records were inserted").await.unwrap();
    let export = get(&app, "/audit/export?format=jsonl", &tenant.to_string()).await.expect(200);
    let subjects: BTreeSet<u64> = export
        .text
        .lines()
        .map(|line| serde_json::from_str::<AuditRecord>(line).unwrap())
        .map(|record| record.subject.id.parse().unwrap())
        .collect();
    assert_eq!(export.text.lines().count(), 450);
    assert_eq!(subjects, (0..450).collect());
    app.stop().await;
}

on_every_backend!(
    every_record_of_a_trail_is_proved_offline,
    nobody_reads_what_is_not_theirs,
    a_record_that_waits_for_the_ledger_has_no_proof_yet,
    a_tampered_record_has_no_proof,
    records_are_found_by_what_they_say,
    an_export_has_every_record_once,
);
