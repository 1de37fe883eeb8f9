//! What Hub's use cases ask for, and the roles that every tenant starts with.

use suite_contracts::Permission;

macro_rules! permissions {
    ($($name:ident = $reach:ident($text:literal, $allows:literal)),* $(,)?) => {
        $(pub const $name: Permission = Permission::$reach($text, $allows);)*
        /// All of them.
        pub const ALL: &[Permission] = &[$($name),*];
    };
}

permissions! {
    OVERVIEW_READ = member("hub.overview.read", "See how the services and the ledger are"),
    TENANT_READ = member("hub.tenant.read", "See the tenant's name and settings"),
    TENANT_WRITE = tenant("hub.tenant.write", "Change the tenant's name and settings"),
    USERS_READ = tenant("hub.users.read", "See users"),
    USERS_WRITE = tenant("hub.users.write", "Invite, change and remove users, give them roles and groups, and end their sessions"),
    PEOPLE_READ = member("hub.people.read", "See the names and addresses of people, to choose from"),
    GROUPS_READ = tenant("hub.groups.read", "See groups and their members"),
    GROUPS_WRITE = tenant("hub.groups.write", "Make, change and remove groups and their members"),
    ROLES_READ = tenant("hub.roles.read", "See roles and what they allow"),
    ROLES_WRITE = tenant("hub.roles.write", "Make, change and remove roles"),
    API_KEYS_READ = tenant("hub.api-keys.read", "See API keys, without their secrets"),
    API_KEYS_WRITE = tenant("hub.api-keys.write", "Make, rotate and revoke API keys"),
    AUDIT_READ = tenant("hub.audit.read", "Search, export and prove audit records"),
    EVENTS_READ = tenant("hub.events.read", "Follow events"),
    WEBHOOKS_READ = tenant("hub.webhooks.read", "See webhooks and their deliveries"),
    WEBHOOKS_WRITE = tenant("hub.webhooks.write", "Make, change and remove webhooks"),
    FLAGS_READ = tenant("hub.flags.read", "See feature flags"),
    FLAGS_WRITE = tenant("hub.flags.write", "Switch feature flags"),
    TENANTS_READ = platform("hub.tenants.read", "See all tenants"),
    TENANTS_WRITE = platform("hub.tenants.write", "Make, suspend and delete tenants"),
    SERVICES_READ = platform("hub.services.read", "See the processes of all services"),
    SERVICES_WRITE = platform("hub.services.write", "Register processes of services"),
    INTROSPECT = platform("hub.introspect", "Ask who a credential stands for, as services do"),
}

/// A role that every tenant has from its start, and that nobody can change.
#[derive(Debug, Clone, Copy)]
pub struct BuiltinRole {
    pub name: &'static str,
    pub description: &'static str,
    pub grants: fn(&Permission) -> bool,
}

pub const ADMINISTRATOR: &str = "Administrator";
/// The built-in role for everybody.
pub const MEMBER: &str = "Member";

pub const BUILTIN_ROLES: &[BuiltinRole] = &[
    BuiltinRole {
        name: ADMINISTRATOR,
        description: "May do everything in this tenant",
        grants: |_| true,
    },
    BuiltinRole {
        name: "Auditor",
        description: "May see everything in this tenant, and change nothing",
        grants: |permission| permission.name.ends_with(".read"),
    },
    BuiltinRole {
        name: MEMBER,
        description: "May use what the services offer to everybody, and see who else is here",
        grants: |permission| permission.for_members,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_of_this_service() {
        let mut names: Vec<&str> = ALL.iter().map(|permission| permission.name).collect();
        assert!(names.iter().all(|name| name.starts_with("hub.")));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
