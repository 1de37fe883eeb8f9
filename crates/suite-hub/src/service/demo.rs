//! A tenant to look at: fictional people at example.com, with roles, groups, keys and months of
//! history. It is marked as a demo, and made only where there is nobody yet.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use suite_contracts::{ApiKeyId, EventName, GroupId, MembershipId, RoleId, TenantId, UserId};
use suite_kit::audit::{self, Actor, Entry};
use suite_kit::auth::{Group, Member};
use suite_kit::clock::Clock;
use suite_kit::db::Transaction;
use suite_kit::{events, seal};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::tenants::Settings;
use super::{Administration, Hub};
use crate::error::HubError;
use crate::permissions::{
    API_KEYS_READ, AUDIT_READ, EVENTS_READ, GROUPS_READ, MEMBER, OVERVIEW_READ, ROLES_READ,
    SERVICES_READ, USERS_READ, USERS_WRITE, WEBHOOKS_READ,
};
use crate::store::{self, members};

const TENANT: &str = "Example Logistics (demo)";
const DAY_MS: i64 = 24 * 3_600_000;
const HOUR_MS: i64 = 3_600_000;
/// How far back the history goes.
const DAYS: i64 = 210;

/// The first is the administrator.
const PEOPLE: [&str; 24] = [
    "Mira Okafor",
    "Jonas Lindqvist",
    "Priya Raman",
    "Tomás Herrera",
    "Aiko Tanabe",
    "Lena Fischer",
    "Samuel Adeyemi",
    "Chloé Marchand",
    "Mateusz Zieliński",
    "Hannah Brandt",
    "Omar Farouk",
    "Grace Whitfield",
    "Diego Cardoso",
    "Sofia Petrou",
    "Noah Bergman",
    "Ivana Kovač",
    "Ravi Deshpande",
    "Elif Yıldız",
    "Peter Novak",
    "Amara Nwosu",
    "Kenji Mori",
    "Clara Jensen",
    "Luca Moretti",
    "Ruth Goldberg",
];
/// People of these places have not accepted yet.
const INVITED: [usize; 2] = [22, 23];
const DISABLED: usize = 18;

/// Name, description, permissions.
const ROLES: [(&str, &str, &[&str]); 3] = [
    (
        "Service desk",
        "Looks after accounts, and nothing above them",
        &[OVERVIEW_READ.name, USERS_READ.name, USERS_WRITE.name, GROUPS_READ.name],
    ),
    (
        "Operations",
        "Sees what runs and what happens",
        &[OVERVIEW_READ.name, SERVICES_READ.name, EVENTS_READ.name, WEBHOOKS_READ.name],
    ),
    (
        "Security review",
        "Reads the audit trail and who may do what",
        &[AUDIT_READ.name, USERS_READ.name, ROLES_READ.name, API_KEYS_READ.name],
    ),
];

/// Name, description, the role that it gives, and who is in it: every one of so many people.
const GROUPS: [(&str, &str, usize, usize); 4] = [
    ("Service desk", "First line, Rotterdam and Gdańsk", 0, 4),
    ("Operations", "Runs the warehouses' systems", 1, 3),
    ("Security", "Reviews access every quarter", 2, 7),
    ("Regional leads", "One for each region", 1, 6),
];

/// Name, permissions, and the day of its making, counted back.
const KEYS: [(&str, &[&str], i64); 4] = [
    ("Warehouse sync", &[USERS_READ.name, GROUPS_READ.name], 190),
    ("Dashboard", &[OVERVIEW_READ.name, SERVICES_READ.name], 120),
    ("Quarterly review export", &[AUDIT_READ.name], 95),
    ("Old intranet", &[USERS_READ.name], 205),
];

/// Who signs in to the demo.
#[derive(Debug)]
pub struct Demo {
    pub tenant_id: TenantId,
    pub administrator: UserId,
    pub email: String,
    pub password: Zeroizing<String>,
    /// Who works there, and in which groups.
    pub members: Vec<Member>,
    pub groups: Vec<Group>,
}

/// A demo that is being made.
struct Making<'a> {
    hub: &'a Hub,
    transaction: Transaction,
    tenant: TenantId,
    now_ms: i64,
    administrator: (UserId, String),
}

impl Administration {
    /// Makes the demo's tenant, which is the platform's, and its administrator.
    pub async fn demo(&self) -> Result<Demo, HubError> {
        self.hub.make_demo().await
    }
}

impl Hub {
    async fn make_demo(&self) -> Result<Demo, HubError> {
        if !self.needs_setup().await? {
            let reason = "a demo is made where there is nobody yet: use an empty data folder";
            let reason = reason.to_owned();
            return Err(HubError::Conflict { code: "demo_not_empty", reason });
        }
        let password = Zeroizing::new(format!("demo-{}", *seal::random_token()));
        let hash = self.0.hasher.hash(&password).await?;
        let (tenant, now_ms) = (TenantId::new(), self.now_ms());
        let transaction = self.database().begin().await?;
        let administrator = (UserId::new(), PEOPLE[0].to_owned());
        let making = Making { hub: self, transaction, tenant, now_ms, administrator };
        let (users, groups) = making.tenant_and_people(&hash).await?;
        let (id, email) = (making.administrator.0, address(PEOPLE[0]));
        making.transaction.commit_unaudited("its audit records were inserted").await?;
        let members = self.members_of(tenant, &users).await?;
        let groups = self.groups_of(tenant, &groups).await?;
        // One of its keys ends soon, and the hour for that may be over.
        self.tell_expiring_keys().await?;
        tracing::info!(user = %id, "the demo was made");
        Ok(Demo { tenant_id: tenant, administrator: id, email, password, members, groups })
    }
}

impl Making<'_> {
    async fn tenant_and_people(
        &self,
        hash: &str,
    ) -> Result<(BTreeSet<UserId>, BTreeSet<GroupId>), HubError> {
        let (transaction, tenant) = (&self.transaction, self.tenant);
        let since_ms = self.now_ms - DAYS * DAY_MS;
        store::tenants::insert(transaction, tenant, (TENANT, true), since_ms).await?;
        let row = store::tenants::by_id(&**transaction, tenant).await?;
        let row = row.ok_or(HubError::NotFound("tenant"))?;
        let settings = Settings { is_demo: true, support_contact: Some("help@example.com".into()) };
        let change = store::tenants::Change {
            name: row.name,
            state: row.state,
            delete_at_ms: None,
            settings: json!(settings).to_string(),
        };
        store::tenants::change(transaction, (tenant, row.version), change).await?;
        let administrator = self.hub.give_builtin_roles(transaction, tenant).await?;
        let detail = json!({ "name": TENANT, "demo": true });
        self.happened(DAYS * DAY_MS, ("hub.tenant.created", "tenant", tenant.0), detail).await?;
        let mut roles = Vec::new();
        for (place, (name, description, permissions)) in ROLES.into_iter().enumerate() {
            let id = RoleId::new();
            let ago_ms = (DAYS - 2) * DAY_MS - offset_ms(place);
            let names: Vec<String> = permissions.iter().map(|name| (*name).to_owned()).collect();
            let (ids, texts) = ((id, tenant), (name, description));
            let made_ms = self.now_ms - ago_ms;
            store::roles::insert(transaction, ids, texts, Some(&names), made_ms).await?;
            let detail = json!({ "name": name, "permissions": names });
            self.happened(ago_ms, ("hub.role.created", "role", id.0), detail).await?;
            roles.push(id);
        }
        let (users, people) = self.people(hash, administrator).await?;
        let groups = self.groups(&roles, &people).await?;
        self.keys().await?;
        Ok((users, groups))
    }

    /// Everybody, and their memberships.
    async fn people(
        &self,
        hash: &str,
        role: RoleId,
    ) -> Result<(BTreeSet<UserId>, Vec<Uuid>), HubError> {
        let (transaction, tenant) = (&self.transaction, self.tenant);
        let member = store::roles::by_name(&**transaction, tenant, MEMBER).await?;
        let member = member.map(|row| RoleId(row.id)).ok_or(HubError::NotFound("role"))?;
        let (mut users, mut memberships) = (BTreeSet::new(), Vec::new());
        for (place, name) in PEOPLE.into_iter().enumerate() {
            let person = if place == 0 { self.administrator.0 } else { UserId::new() };
            let membership = MembershipId::new();
            let ago_ms = (DAYS - 3 - 8 * days(place)) * DAY_MS - offset_ms(place);
            let made_ms = self.now_ms - ago_ms;
            let email = address(name);
            // Only the administrator can sign in.
            let own = (place == 0).then(|| hash.to_owned());
            let named = (email.as_str(), name);
            store::persons::insert(transaction, person, named, own, made_ms).await?;
            let ids = (membership, tenant, person);
            if INVITED.contains(&place) {
                members::insert_invited(transaction, ids, name, made_ms).await?;
            } else {
                members::insert(transaction, ids, members::ACTIVE, made_ms).await?;
                let login_ms = self.now_ms - (1 + days(place) % 5) * DAY_MS + offset_ms(place);
                members::logged_in(transaction, tenant, membership, login_ms).await?;
            }
            let detail = json!({ "email": email });
            self.happened(ago_ms, ("hub.user.invited", "user", person.0), detail).await?;
            let role = if place == 0 { role } else { member };
            store::roles::give(transaction, tenant, membership, role).await?;
            if place == DISABLED {
                members::set_state(transaction, tenant, membership, members::DISABLED).await?;
                let detail = json!({
                    "before": { "state": "active" }, "after": { "state": "disabled" },
                });
                let what = ("hub.user.disabled", "user", person.0);
                self.happened(12 * DAY_MS, what, detail).await?;
            }
            users.insert(person);
            memberships.push(membership.0);
        }
        Ok((users, memberships))
    }

    async fn groups(
        &self,
        roles: &[RoleId],
        people: &[Uuid],
    ) -> Result<BTreeSet<GroupId>, HubError> {
        let (transaction, tenant) = (&self.transaction, self.tenant);
        let mut groups = BTreeSet::new();
        for (place, (name, description, role, every)) in GROUPS.into_iter().enumerate() {
            let id = GroupId::new();
            let ago_ms = (DAYS - 20 - 30 * days(place)) * DAY_MS - offset_ms(place);
            let made_ms = self.now_ms - ago_ms;
            let texts = (name, description);
            store::groups::insert(transaction, (id, tenant), texts, made_ms).await?;
            let given: Vec<Uuid> = roles.get(role).map(|role| role.0).into_iter().collect();
            store::groups::replace_roles(transaction, tenant, id, &given).await?;
            let members: Vec<Uuid> =
                people.iter().skip(1 + place).step_by(every).copied().collect();
            store::groups::replace_members(transaction, tenant, id, &members).await?;
            let detail = json!({ "name": name, "description": description });
            self.happened(ago_ms, ("hub.group.created", "group", id.0), detail).await?;
            let detail = json!({ "members": members.len() });
            let what = ("hub.group.members-changed", "group", id.0);
            self.happened(ago_ms - HOUR_MS, what, detail).await?;
            groups.insert(id);
        }
        Ok(groups)
    }

    /// Their secrets are thrown away: nobody can use them.
    async fn keys(&self) -> Result<(), HubError> {
        let (transaction, tenant) = (&self.transaction, self.tenant);
        for (place, (name, permissions, days_ago)) in KEYS.into_iter().enumerate() {
            let (id, ago_ms) = (ApiKeyId::new(), days_ago * DAY_MS - offset_ms(place));
            let (prefix, _, hash) = super::api_keys::generate();
            let permissions: Vec<String> =
                permissions.iter().map(|one| (*one).to_owned()).collect();
            let detail = json!({ "name": name, "prefix": prefix, "permissions": permissions });
            let expires_at_ms = (place == 2).then_some(self.now_ms + 9 * DAY_MS);
            let new = store::api_keys::New {
                id,
                name: name.to_owned(),
                prefix,
                hash,
                permissions,
                created_by: self.administrator.1.clone(),
                expires_at_ms,
            };
            store::api_keys::insert(transaction, tenant, new, self.now_ms - ago_ms).await?;
            self.happened(ago_ms, ("hub.api-key.created", "api-key", id.0), detail).await?;
            if place == 3 {
                let revoked_ms = self.now_ms - 40 * DAY_MS;
                store::api_keys::revoke(transaction, tenant, id, revoked_ms).await?;
                let detail = json!({ "before": { "name": name } });
                let what = ("hub.api-key.revoked", "api-key", id.0);
                self.happened(40 * DAY_MS, what, detail).await?;
            }
        }
        Ok(())
    }

    /// Records what the administrator did so long ago, and tells it.
    async fn happened(
        &self,
        ago_ms: i64,
        (action, kind, id): (&'static str, &'static str, Uuid),
        detail: Value,
    ) -> Result<(), HubError> {
        let clock = Clock::manual(self.now_ms - ago_ms);
        let mut actor = Actor::system(self.tenant, &self.administrator.1);
        (actor.kind, actor.id) = ("user", self.administrator.0.to_string());
        let name = EventName::new(action);
        let data = detail.clone();
        events::publish(&self.transaction, &clock, self.tenant, name, id, data).await?;
        let entry = Entry::new(action, kind, id).with(detail);
        audit::insert(&self.transaction, &clock, &actor, entry).await?;
        Ok(())
    }
}

/// `Mira Okafor` is mira.okafor@example.com.
fn address(name: &str) -> String {
    let plain = |character: char| match character {
        'á' => 'a',
        'é' => 'e',
        'ń' => 'n',
        'č' => 'c',
        'ı' => 'i',
        ' ' => '.',
        other => other,
    };
    let local: String = name.to_lowercase().chars().map(plain).collect();
    format!("{local}@example.com")
}

fn days(place: usize) -> i64 {
    i64::try_from(place).unwrap_or_default()
}

/// A time of the working day.
fn offset_ms(place: usize) -> i64 {
    (days(place) * 37 % 480) * 60_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_an_address_of_their_own() {
        let mut addresses: Vec<String> = PEOPLE.into_iter().map(address).collect();
        assert!(addresses.iter().all(|address| crate::model::email::Email::parse(address).is_ok()));
        assert!(addresses.iter().all(|address| address.is_ascii()), "{addresses:?}");
        addresses.dedup();
        assert_eq!(addresses.len(), PEOPLE.len());
    }
}
