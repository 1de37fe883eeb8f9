//! Of tickets that are merged, followed and linked, and of canned answers.

/// A ticket that was merged into another, for good.
pub mod ticket_merge {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_merge")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: Uuid,
        pub tenant_id: Uuid,
        /// Which may have been merged itself since.
        pub into_id: Uuid,
        pub merged_at_ms: i64,
    }
    no_relations!();
}

/// Who hears of a ticket besides its requester.
pub mod ticket_follower {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_follower")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: Uuid,
        pub tenant_id: Uuid,
    }
    no_relations!();
}

/// What a ticket has to do with another.
pub mod ticket_link {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_link")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// `related`, where the lower id is the first, `duplicate`, `causes`, or `problem`, to one.
        pub kind: String,
        pub from_id: Uuid,
        pub to_id: Uuid,
        /// None for an API key.
        pub created_by_id: Option<Uuid>,
        pub created_at_ms: i64,
    }
    no_relations!();
}

/// An answer that is kept to be given again.
pub mod canned_answer {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "canned_answer")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// Unique in the tenant.
        pub name: String,
        /// Markdown, with placeholders.
        pub text: String,
        /// Whose it is; everybody's if there is none.
        pub group_id: Option<Uuid>,
        pub created_at_ms: i64,
        pub updated_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}
