//! Of the knowledge base.

/// What is published of it is here to be found; each version is kept as it was.
pub mod article {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "article")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub tenant_id: Uuid,
        /// As people say it; unique in the tenant.
        pub number: i64,
        /// Of the version that was published last; empty before the first.
        pub title: String,
        /// Markdown.
        pub body: String,
        pub category: String,
        /// `everybody`, `agents` or `groups`.
        pub visibility: String,
        /// Whether readers see it.
        pub is_published: bool,
        /// The number of the version that was published last; 0 before the first.
        pub published: i32,
        pub published_at_ms: Option<i64>,
        /// A document: what is to be published next.
        pub draft: Option<String>,
        /// What the draft is called, for lists.
        pub draft_title: Option<String>,
        pub created_at_ms: i64,
        pub updated_at_ms: i64,
        pub version: i64,
    }
    no_relations!();
}

/// Who sees an article that is for groups, as it is published.
pub mod article_group {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "article_group")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub article_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub group_id: Uuid,
        pub tenant_id: Uuid,
    }
    no_relations!();
}

/// Never changed.
pub mod article_version {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "article_version")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub article_id: Uuid,
        /// From 1.
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        pub tenant_id: Uuid,
        /// A document.
        pub content: String,
        pub published_at_ms: i64,
        /// None for an API key.
        pub published_by_id: Option<Uuid>,
    }
    no_relations!();
}

/// Whether a version helped somebody: said once.
pub mod article_feedback {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "article_feedback")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub article_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub user_id: Uuid,
        pub tenant_id: Uuid,
        pub is_helpful: bool,
        pub comment: String,
        pub given_at_ms: i64,
    }
    no_relations!();
}

/// An article that a ticket was answered with.
pub mod ticket_article {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ticket_article")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ticket_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub article_id: Uuid,
        pub tenant_id: Uuid,
        /// The version that it was answered with.
        pub number: i32,
        pub linked_at_ms: i64,
    }
    no_relations!();
}
