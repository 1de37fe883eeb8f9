//! Hub's tables as SeaORM sees them. Times are milliseconds since 1970, lists are JSON texts.

macro_rules! no_relations {
    () => {
        #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
        pub enum Relation {}

        impl ActiveModelBehavior for ActiveModel {}
    };
}

pub mod tenant {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tenant")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        /// In addresses and logs; unique.
        pub slug: String,
        /// `active`, `suspended` or `deleting`.
        pub state: String,
        /// The installation's own tenant, whose members may hold platform permissions.
        pub is_platform: bool,
        pub delete_at_ms: Option<i64>,
        /// A JSON object.
        pub settings: String,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

pub mod person {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "person")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// In lowercase; unique.
        pub email: String,
        pub name: String,
        pub email_verified_at_ms: Option<i64>,
        /// A PHC string of Argon2id; none until the first password is set.
        pub password_hash: Option<String>,
        pub password_changed_at_ms: Option<i64>,
        /// Sealed; none while there is no second factor.
        pub totp_secret: Option<Vec<u8>>,
        /// Sealed; being set up, not asked for yet.
        pub totp_pending: Option<Vec<u8>>,
        /// The last time step whose code was taken: none is taken twice.
        pub totp_last_step: i64,
        /// Failed logins since the last good one.
        pub failed_logins: i32,
        pub locked_until_ms: Option<i64>,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

pub mod recovery_code {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "recovery_code")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Uuid,
        pub hash: Vec<u8>,
        pub used_at_ms: Option<i64>,
    }
    no_relations!();
}

pub mod membership {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "membership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub person_id: Uuid,
        /// `invited`, `active` or `disabled`.
        pub state: String,
        /// What the inviter called them, until they accept.
        pub invited_name: Option<String>,
        /// The person who is their manager, a member too.
        pub manager_id: Option<Uuid>,
        pub last_login_at_ms: Option<i64>,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

pub mod role {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "role")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub name: String,
        pub description: String,
        /// What a built-in role allows is in the program; `permissions` is empty then.
        pub is_builtin: bool,
        pub permissions: String,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

pub mod user_group {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "user_group")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub name: String,
        pub description: String,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

pub mod group_member {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "group_member")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub membership_id: Uuid,
        pub tenant_id: Uuid,
    }
    no_relations!();
}

pub mod membership_role {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "membership_role")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub membership_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub role_id: Uuid,
        pub tenant_id: Uuid,
    }
    no_relations!();
}

pub mod group_role {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "group_role")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub role_id: Uuid,
        pub tenant_id: Uuid,
    }
    no_relations!();
}

pub mod session {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: Uuid,
        pub address: String,
        pub user_agent: String,
        pub created_at_ms: i64,
        pub last_used_at_ms: i64,
        pub expires_at_ms: i64,
        pub ended_at_ms: Option<i64>,
    }
    no_relations!();
}

pub mod refresh_token {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        pub session_id: Uuid,
        pub created_at_ms: i64,
        /// One that was used gives a new one once; used again, it was stolen.
        pub used_at_ms: Option<i64>,
        /// Sealed: the token that took its place, for two tabs that refresh at once.
        pub successor: Option<Vec<u8>>,
    }
    no_relations!();
}

pub mod one_time_token {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "one_time_token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        /// `setup`, `invitation`, `password-reset`, `email` or `second-factor`.
        pub purpose: String,
        pub person_id: Option<Uuid>,
        pub tenant_id: Option<Uuid>,
        /// What the purpose needs, as JSON.
        pub data: String,
        pub created_at_ms: i64,
        pub expires_at_ms: i64,
        pub used_at_ms: Option<i64>,
        /// Wrong second factors tried with it.
        pub attempts: i32,
    }
    no_relations!();
}

pub mod login_address {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "login_address")]
    pub struct Model {
        /// An IPv4 address, the /64 of an IPv6 address, or `email:` and the hash of an e-mail
        /// address that nobody here has.
        #[sea_orm(primary_key, auto_increment = false)]
        pub address: String,
        pub failed_logins: i32,
        pub locked_until_ms: Option<i64>,
        pub last_failed_at_ms: i64,
    }
    no_relations!();
}

pub mod signing_key {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "signing_key")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        /// Sealed.
        pub seed: Vec<u8>,
        pub created_at_ms: i64,
        /// Signs no more from then on; verifies a while longer.
        pub retired_at_ms: Option<i64>,
    }
    no_relations!();
}

pub mod api_key {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "api_key")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub name: String,
        /// Shown in lists, so that a key can be recognised; unique.
        pub prefix: String,
        pub hash: Vec<u8>,
        /// The key before the last rotation, which works until `previous_until_ms`.
        pub previous_prefix: Option<String>,
        pub previous_hash: Option<Vec<u8>>,
        pub previous_until_ms: Option<i64>,
        pub permissions: String,
        pub created_by: String,
        pub created_at_ms: i64,
        pub expires_at_ms: Option<i64>,
        pub last_used_at_ms: Option<i64>,
        pub revoked_at_ms: Option<i64>,
        pub version: i64,
        /// When it was told that the key expires soon.
        pub expiry_told_at_ms: Option<i64>,
    }
    no_relations!();
}

/// A running process of a service. It belongs to the installation, not to a tenant.
pub mod service_instance {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "service_instance")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub service: String,
        pub version: String,
        pub url: String,
        /// What it says of its own health, as JSON.
        pub health: String,
        pub started_at_ms: i64,
        pub last_heartbeat_at_ms: i64,
    }
    no_relations!();
}

/// A flag that a tenant has switched away from its default.
pub mod feature_flag {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "feature_flag")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub enabled: bool,
        pub changed_at_ms: i64,
    }
    no_relations!();
}

/// An event of any service, kept a while so that it can be read and delivered.
pub mod event_record {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "event_record")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub name: String,
        pub at_ms: i64,
        pub subject: String,
        /// JSON.
        pub data: String,
    }
    no_relations!();
}

pub mod webhook {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub url: String,
        /// Of event names; a JSON list.
        pub patterns: String,
        /// Sealed: deliveries are signed with it.
        pub secret: Vec<u8>,
        pub enabled: bool,
        /// Deliveries given up since the last good one.
        pub failures: i32,
        /// Why it was switched off by itself.
        pub disabled_reason: Option<String>,
        pub created_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

pub mod webhook_delivery {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "webhook_delivery")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub webhook_id: Uuid,
        pub event_id: Uuid,
        pub event_name: String,
        /// The body, as it is sent and signed.
        pub body: String,
        /// `waiting`, `delivered` or `failed`.
        pub state: String,
        pub attempts: i32,
        /// What came back last: a status, or why nothing did.
        pub answer: Option<String>,
        pub created_at_ms: i64,
        /// When it is tried next, as long as it waits.
        pub due_at_ms: i64,
        pub delivered_at_ms: Option<i64>,
    }
    no_relations!();
}

/// Where a person has signed in from, so that a place that is new is noticed.
pub mod known_device {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "known_device")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub person_id: Uuid,
        /// A browser and its network: `Firefox on Linux, 203.0.0.0/16`.
        #[sea_orm(primary_key, auto_increment = false)]
        pub device: String,
        pub last_seen_at_ms: i64,
    }
    no_relations!();
}

/// What a member of a tenant is told. It goes with the membership.
pub mod user_notification {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "user_notification")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub person_id: Uuid,
        /// The name of what has happened.
        pub kind: String,
        pub title: String,
        pub body: String,
        /// A path of the console.
        pub link: Option<String>,
        pub created_at_ms: i64,
        pub read_at_ms: Option<i64>,
    }
    no_relations!();
}
