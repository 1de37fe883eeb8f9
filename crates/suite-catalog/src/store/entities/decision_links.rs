//! Of links that approvers decide by.

/// One a letter: whether it approves or rejects, each of its two tokens says. Used, both are.
pub mod decision_link {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "decision_link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        pub request_id: Uuid,
        pub stage: i32,
        pub user_id: Uuid,
        pub created_at_ms: i64,
        pub expires_at_ms: i64,
        pub used_at_ms: Option<i64>,
    }
    no_relations!();
}
