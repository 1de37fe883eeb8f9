//! Tenants, persons, and how they sign in.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, binary_null, boolean, integer, text, text_null, uuid,
    uuid_null,
};

use crate::store::entities::{
    login_address, one_time_token, person, recovery_code, refresh_token, session, signing_key,
    tenant,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [tenants(), persons(), recovery_codes(), sessions(), refresh_tokens()] {
            manager.create_table(table).await?;
        }
        for table in [one_time_tokens(), login_addresses(), signing_keys()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn indexes() -> [IndexCreateStatement; 4] {
    let index = |name: &'static str| {
        let mut index = Index::create();
        index.name(name);
        index
    };
    let mut sessions = index("session_by_person");
    sessions.table(session::Entity).col(session::Column::PersonId);
    let mut refresh = index("refresh_token_by_session");
    refresh.table(refresh_token::Entity).col(refresh_token::Column::SessionId);
    let mut tokens = index("one_time_token_by_person");
    tokens.table(one_time_token::Entity).col(one_time_token::Column::PersonId);
    let mut codes = index("recovery_code_by_person");
    codes.table(recovery_code::Entity).col(recovery_code::Column::PersonId);
    [sessions, refresh, tokens, codes]
}

fn tenants() -> TableCreateStatement {
    use tenant::Column as C;
    let mut table = Table::create();
    table
        .table(tenant::Entity)
        .col(uuid(C::Id).primary_key())
        .col(text(C::Name))
        .col(text(C::Slug).unique_key())
        .col(text(C::State))
        .col(boolean(C::IsPlatform))
        .col(big_integer_null(C::DeleteAtMs))
        .col(text(C::Settings))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::Version));
    table
}

fn persons() -> TableCreateStatement {
    use person::Column as C;
    let mut table = Table::create();
    table
        .table(person::Entity)
        .col(uuid(C::Id).primary_key())
        .col(text(C::Email).unique_key())
        .col(text(C::Name))
        .col(big_integer_null(C::EmailVerifiedAtMs))
        .col(text_null(C::PasswordHash))
        .col(big_integer_null(C::PasswordChangedAtMs))
        .col(binary_null(C::TotpSecret))
        .col(binary_null(C::TotpPending))
        .col(big_integer(C::TotpLastStep))
        .col(integer(C::FailedLogins))
        .col(big_integer_null(C::LockedUntilMs))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::Version));
    table
}

fn recovery_codes() -> TableCreateStatement {
    use recovery_code::Column as C;
    let mut table = Table::create();
    table
        .table(recovery_code::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::PersonId))
        .col(binary(C::Hash).unique_key())
        .col(big_integer_null(C::UsedAtMs))
        .foreign_key(&mut of_person("recovery_code_person", recovery_code::Entity, C::PersonId));
    table
}

fn sessions() -> TableCreateStatement {
    use session::Column as C;
    let mut table = Table::create();
    table
        .table(session::Entity)
        .col(uuid(C::Id).primary_key())
        .col(uuid(C::PersonId))
        .col(text(C::Address))
        .col(text(C::UserAgent))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::LastUsedAtMs))
        .col(big_integer(C::ExpiresAtMs))
        .col(big_integer_null(C::EndedAtMs))
        .foreign_key(&mut of_person("session_person", session::Entity, C::PersonId));
    table
}

fn refresh_tokens() -> TableCreateStatement {
    use refresh_token::Column as C;
    let mut foreign = ForeignKey::create();
    foreign
        .name("refresh_token_session")
        .from(refresh_token::Entity, C::SessionId)
        .to(session::Entity, session::Column::Id)
        .on_delete(ForeignKeyAction::Cascade);
    let mut table = Table::create();
    table
        .table(refresh_token::Entity)
        .col(binary(C::Hash).primary_key())
        .col(uuid(C::SessionId))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer_null(C::UsedAtMs))
        .col(binary_null(C::Successor))
        .foreign_key(&mut foreign);
    table
}

fn one_time_tokens() -> TableCreateStatement {
    use one_time_token::Column as C;
    let mut table = Table::create();
    table
        .table(one_time_token::Entity)
        .col(binary(C::Hash).primary_key())
        .col(text(C::Purpose))
        .col(uuid_null(C::PersonId))
        .col(uuid_null(C::TenantId))
        .col(text(C::Data))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer(C::ExpiresAtMs))
        .col(big_integer_null(C::UsedAtMs))
        .col(integer(C::Attempts));
    table
}

fn login_addresses() -> TableCreateStatement {
    use login_address::Column as C;
    let mut table = Table::create();
    table
        .table(login_address::Entity)
        .col(text(C::Address).primary_key())
        .col(integer(C::FailedLogins))
        .col(big_integer_null(C::LockedUntilMs))
        .col(big_integer(C::LastFailedAtMs));
    table
}

fn signing_keys() -> TableCreateStatement {
    use signing_key::Column as C;
    let mut table = Table::create();
    table
        .table(signing_key::Entity)
        .col(uuid(C::Id).primary_key())
        .col(binary(C::Seed))
        .col(big_integer(C::CreatedAtMs))
        .col(big_integer_null(C::RetiredAtMs));
    table
}

pub(super) fn of_person(
    name: &'static str,
    table: impl IntoTableRef,
    column: impl IntoIden,
) -> ForeignKeyCreateStatement {
    let mut foreign = ForeignKey::create();
    foreign
        .name(name)
        .from(table, column)
        .to(person::Entity, person::Column::Id)
        .on_delete(ForeignKeyAction::Cascade);
    foreign
}
