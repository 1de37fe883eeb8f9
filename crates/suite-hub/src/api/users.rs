//! Users: persons as members of a tenant.

use serde::{Deserialize, Deserializer, Serialize};
use suite_contracts::{GroupId, RoleId, UserId};
use suite_kit::clock::rfc3339;
use suite_kit::page::Order;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::service::{Invitation, User, UserChange};
use crate::store::members::{self, Filter, Sort};

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UserState {
    /// Has not accepted the invitation yet.
    Invited,
    Active,
    Disabled,
    /// Active, and locked out for a while after failed logins.
    Locked,
}

impl UserState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Invited => members::INVITED,
            Self::Active => members::ACTIVE,
            Self::Disabled => members::DISABLED,
            Self::Locked => members::LOCKED,
        }
    }

    fn of(text: &str) -> Self {
        match text {
            members::INVITED => Self::Invited,
            members::ACTIVE => Self::Active,
            members::LOCKED => Self::Locked,
            _ => Self::Disabled,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserView {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub state: UserState,
    /// Of their own; groups give further ones.
    pub roles: Vec<NamedRole>,
    pub groups: Vec<NamedGroup>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub manager: Option<NamedUser>,
    pub totp_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub last_login_at: Option<String>,
    #[schema(format = DateTime)]
    pub created_at: String,
    pub version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamedRole {
    pub id: RoleId,
    pub name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamedGroup {
    pub id: GroupId,
    pub name: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NamedUser {
    pub id: UserId,
    pub name: String,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
pub(crate) enum UserSort {
    #[default]
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "-name")]
    NameDescending,
    #[serde(rename = "email")]
    Email,
    #[serde(rename = "-email")]
    EmailDescending,
    #[serde(rename = "created_at")]
    CreatedAt,
    #[serde(rename = "-created_at")]
    CreatedAtDescending,
}

impl From<UserSort> for (Sort, Order) {
    fn from(sort: UserSort) -> Self {
        match sort {
            UserSort::Name => (Sort::Name, Order::Ascending),
            UserSort::NameDescending => (Sort::Name, Order::Descending),
            UserSort::Email => (Sort::Email, Order::Ascending),
            UserSort::EmailDescending => (Sort::Email, Order::Descending),
            UserSort::CreatedAt => (Sort::Since, Order::Ascending),
            UserSort::CreatedAtDescending => (Sort::Since, Order::Descending),
        }
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserFilter {
    /// Part of a name or an address.
    pub search: Option<String>,
    #[param(inline)]
    pub state: Option<UserState>,
    /// `-` before it turns it around.
    #[param(inline)]
    #[serde(default)]
    pub sort: UserSort,
}

impl From<&UserFilter> for Filter {
    fn from(filter: &UserFilter) -> Self {
        let state = filter.state.map(UserState::as_str);
        Self { search: filter.search.clone(), state, now_ms: 0 }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct InvitationRequest {
    #[schema(format = Email)]
    pub email: String,
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub role_ids: Vec<Uuid>,
    #[serde(default)]
    #[schema(max_items = 200)]
    pub group_ids: Vec<Uuid>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NewUserState {
    Active,
    Disabled,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct UserChangeRequest {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    #[serde(default)]
    pub state: Option<NewUserState>,
    /// Who manages them: an active user of the tenant; `null` for nobody.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub manager_id: Option<Option<UserId>>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct RoleIds {
    #[schema(max_items = 200)]
    pub role_ids: Vec<Uuid>,
}

#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct GroupIds {
    #[schema(max_items = 200)]
    pub group_ids: Vec<Uuid>,
}

/// Tells `null` from what is not there.
fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<UserId>>, D::Error> {
    Option::deserialize(value).map(Some)
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let role = |(id, name)| NamedRole { id, name };
        let group = |(id, name)| NamedGroup { id, name };
        Self {
            id: user.id(),
            name: user.name().to_owned(),
            state: UserState::of(user.state()),
            version: user.version(),
            // What they have elsewhere is not told before they accept.
            totp_enabled: user.person.totp_secret.is_some() && !user.is_invited(),
            email: user.person.email,
            roles: user.roles.into_iter().map(role).collect(),
            groups: user.groups.into_iter().map(group).collect(),
            manager: user.manager.map(|(id, name)| NamedUser { id, name }),
            last_login_at: user.member.last_login_at_ms.map(rfc3339),
            created_at: rfc3339(user.member.created_at_ms),
        }
    }
}

impl From<InvitationRequest> for Invitation {
    fn from(request: InvitationRequest) -> Self {
        let InvitationRequest { email, name, role_ids, group_ids } = request;
        let (roles, groups) = (role_ids.into_iter().collect(), group_ids.into_iter().collect());
        Self { email, name, roles, groups }
    }
}

impl From<UserChangeRequest> for UserChange {
    fn from(UserChangeRequest { name, state, manager_id }: UserChangeRequest) -> Self {
        let is_active = state.map(|state| state == NewUserState::Active);
        Self { name, is_active, manager: manager_id }
    }
}
