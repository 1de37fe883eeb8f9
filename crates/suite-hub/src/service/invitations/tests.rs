//! Invitations.

use suite_testkit::{Backend, on_every_backend};

use super::*;
use crate::service::fixture::{ADMIN, Fixture, PASSWORD, start, token_of};
use crate::service::{Login, Step};
use crate::store::entities::tenant;

const GUEST: &str = "grace@example.com";
const GUESTS_PASSWORD: &str = "copper lantern orbit nineteen";

/// Invites an address to a tenant, and gives the token of the link.
async fn invited(fixture: &Fixture, tenant: TenantId, email: &str, is_again: bool) -> String {
    let (hub, now_ms) = (&fixture.hub, fixture.clock.now_ms());
    let email = Email::parse(email).unwrap();
    let transaction = hub.database().begin().await.unwrap();
    let name = "To be named";
    let person = store::persons::found_or_made(&transaction, email.as_str(), name, now_ms);
    let person = UserId(person.await.unwrap().id);
    let membership = MembershipId::new();
    if !is_again {
        let ids = (membership, tenant, person);
        store::members::insert(&transaction, ids, INVITED, now_ms).await.unwrap();
    }
    let invitation = Invitation {
        tenant,
        tenant_name: "Example Works",
        person,
        email: &email,
        membership,
        inviter: "Ada Example",
    };
    hub.invite(&transaction, invitation).await.unwrap();
    transaction.commit_unaudited("a test").await.unwrap();
    let letters = hub.letters_to(email.as_str()).await;
    token_of(letters.last().unwrap())
}

async fn another_tenant(fixture: &Fixture) -> TenantId {
    let (id, now_ms) = (TenantId::new(), fixture.clock.now_ms());
    let transaction = fixture.hub.database().begin().await.unwrap();
    store::tenants::insert(&transaction, id, ("Other Works", false), now_ms).await.unwrap();
    transaction.commit_unaudited("a test").await.unwrap();
    id
}

fn acceptance(token: &str, who: Option<(&str, &str)>) -> Acceptance {
    Acceptance {
        token: token.to_owned().into(),
        name: who.map(|(name, _)| name.to_owned()),
        password: who.map(|(_, password)| password.to_owned().into()),
    }
}

async fn accept(
    fixture: &Fixture,
    token: &str,
    who: Option<(&str, &str)>,
) -> Result<(UserId, TenantId), HubError> {
    let request = RequestContext::default();
    fixture.hub.accept_invitation(&request, acceptance(token, who)).await
}

async fn log_in(fixture: &Fixture, email: &str, password: &str) -> Result<Step, HubError> {
    let login = Login { email: email.into(), password: password.to_owned().into() };
    fixture.hub.log_in(&RequestContext::default(), login).await
}

async fn a_new_person_chooses_a_name_and_a_password(backend: Backend) {
    let fixture = start(backend).await;
    let token = invited(&fixture, fixture.tenant, GUEST, false).await;
    let seen = fixture.hub.look_at_invitation(&token).await.unwrap();
    assert_eq!((seen.email.as_str(), seen.is_new_person), (GUEST, true));
    assert_eq!(seen.tenant_name, "Example Works");
    // Until then they cannot sign in, with no password at all.
    assert!(log_in(&fixture, GUEST, "").await.is_err());

    let nameless = accept(&fixture, &token, None).await;
    assert!(matches!(nameless, Err(HubError::Invalid { field: "name", .. })), "{nameless:?}");
    let weak = accept(&fixture, &token, Some(("Grace", "grace@example.com"))).await;
    assert!(matches!(weak, Err(HubError::Weak("password", _))), "{weak:?}");
    let who = Some(("Grace Example", GUESTS_PASSWORD));
    let (person, tenant) = accept(&fixture, &token, who).await.unwrap();
    assert_eq!(tenant, fixture.tenant);
    assert!(matches!(accept(&fixture, &token, who).await, Err(HubError::TokenUsed)));
    let person = store::persons::by_id(fixture.hub.database(), person).await.unwrap().unwrap();
    assert_eq!(person.name, "Grace Example");
    assert!(person.email_verified_at_ms.is_some());
    assert!(matches!(log_in(&fixture, GUEST, GUESTS_PASSWORD).await, Ok(Step::Done(_))));
}

async fn somebody_with_a_password_only_joins(backend: Backend) {
    let fixture = start(backend).await;
    let other = another_tenant(&fixture).await;
    let token = invited(&fixture, other, ADMIN, false).await;
    assert!(!fixture.hub.look_at_invitation(&token).await.unwrap().is_new_person);
    let taken = accept(&fixture, &token, Some(("Eve", GUESTS_PASSWORD))).await;
    assert!(matches!(taken, Err(HubError::Conflict { code: "person_exists", .. })), "{taken:?}");
    let (person, tenant) = accept(&fixture, &token, None).await.unwrap();
    assert_eq!((person, tenant), (fixture.admin, other));
    assert!(matches!(log_in(&fixture, ADMIN, PASSWORD).await, Ok(Step::Done(_))));
    assert!(log_in(&fixture, ADMIN, GUESTS_PASSWORD).await.is_err());
    let database = fixture.hub.database();
    let homes = store::homes::of_person(database.read(), person).await.unwrap();
    assert_eq!(homes.len(), 2);
    // They go from one tenant to the other, and stay where they went.
    let Ok(Step::Done(logged_in)) = log_in(&fixture, ADMIN, PASSWORD).await else {
        panic!("no session")
    };
    assert_eq!(logged_in.tenant.id, fixture.tenant.0);
    let request = RequestContext::default();
    fixture.clock.advance_ms(1_000);
    let token = logged_in.refresh_token;
    let there = fixture.hub.refresh(&request, &token, Some(other)).await.unwrap();
    assert_eq!(there.tenant.id, other.0);
    let stayed = fixture.hub.refresh(&request, &there.refresh_token, None).await.unwrap();
    assert_eq!(stayed.tenant.id, other.0);
    assert!(matches!(log_in(&fixture, ADMIN, PASSWORD).await,
        Ok(Step::Done(again)) if again.tenant.id == other.0));
}

async fn old_replaced_and_pointless_links_do_nothing(backend: Backend) {
    let fixture = start(backend).await;
    let who = Some(("Grace Example", GUESTS_PASSWORD));
    let replaced = invited(&fixture, fixture.tenant, GUEST, false).await;
    let late = invited(&fixture, fixture.tenant, GUEST, true).await;
    assert!(matches!(accept(&fixture, &replaced, who).await, Err(HubError::TokenUsed)));
    fixture.clock.advance_ms(INVITATION_MS_MAX);
    assert!(matches!(accept(&fixture, &late, who).await, Err(HubError::TokenUsed)));

    // Of a tenant that is suspended, and of a membership that is not there (any more).
    let other = another_tenant(&fixture).await;
    let token = invited(&fixture, other, GUEST, false).await;
    set_state(&fixture, other, "suspended").await;
    assert!(matches!(accept(&fixture, &token, who).await, Err(HubError::TokenUsed)));
    set_state(&fixture, other, store::tenants::ACTIVE).await;
    accept(&fixture, &token, who).await.unwrap();
    let gone = invited(&fixture, other, ADMIN, true).await;
    assert!(matches!(accept(&fixture, &gone, None).await, Err(HubError::TokenUsed)));
}

async fn of_two_that_accept_at_once_one_succeeds(backend: Backend) {
    let fixture = start(backend).await;
    let token = invited(&fixture, fixture.tenant, GUEST, false).await;
    let (one, two) = tokio::join!(
        accept(&fixture, &token, Some(("Grace", GUESTS_PASSWORD))),
        accept(&fixture, &token, Some(("Eve", "marble tunnel violet eleven"))),
    );
    assert!(one.is_ok() != two.is_ok(), "{one:?} {two:?}");
}

async fn set_state(fixture: &Fixture, id: TenantId, state: &str) {
    use sea_orm::sea_query::Expr;
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
    let transaction = fixture.hub.database().begin().await.unwrap();
    let update = tenant::Entity::update_many()
        .col_expr(tenant::Column::State, Expr::val(state))
        .filter(tenant::Column::Id.eq(id.0));
    update.exec(&*transaction).await.unwrap();
    transaction.commit_unaudited("a test").await.unwrap();
}

on_every_backend!(
    a_new_person_chooses_a_name_and_a_password,
    somebody_with_a_password_only_joins,
    old_replaced_and_pointless_links_do_nothing,
    of_two_that_accept_at_once_one_succeeds,
);
