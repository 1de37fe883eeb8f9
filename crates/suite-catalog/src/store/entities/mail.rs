//! Of e-mail that comes in.

/// How a tenant's desk takes e-mail.
pub mod mail_desk {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mail_desk")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: Uuid,
        /// In lowercase.
        pub address: String,
        /// Whose `Authentication-Results` count.
        pub authserv_id: Option<String>,
        /// The mail server lets nothing through that is not from whom it says.
        pub server_checks: bool,
        /// What strangers send is held, and not refused.
        pub holds_unknown: bool,
        pub version: i64,
    }
    no_relations!();
}

/// A message that came in. What is held is kept beside the files, under its tenant's and its own
/// id.
pub mod mail_message {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mail_message")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// Of its Message-ID, or of all of it; each is there once in a tenant.
        pub digest: String,
        pub message_id: Option<String>,
        pub sender: Option<String>,
        pub subject: String,
        /// `arriving`, `held`, `refused`, `taken` or `discarded`.
        pub state: String,
        /// Why it was held or refused.
        pub reason: Option<String>,
        pub note: Option<String>,
        pub is_automatic: bool,
        pub bytes: i64,
        pub sha256: String,
        /// Whether its content is counted and kept.
        pub is_kept: bool,
        /// Whose it was taken as.
        pub user_id: Option<Uuid>,
        pub ticket_id: Option<Uuid>,
        pub created_at_ms: i64,
        pub decided_at_ms: Option<i64>,
    }
    no_relations!();
}
