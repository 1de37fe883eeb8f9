//! What a caller may do. Each service contributes its permissions; roles in a tenant combine them.

use std::fmt;

/// Whom a permission reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Objects of the caller's own tenant.
    Tenant,
    /// The whole installation. Only members of the platform's own tenant can hold it.
    Platform,
}

/// `service.resource.verb`, such as `hub.users.write`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    pub name: &'static str,
    /// What it allows, for whoever puts roles together.
    pub allows: &'static str,
    pub reach: Reach,
    /// Whether every ordinary member of a tenant has it, by the built-in role for them.
    pub for_members: bool,
}

impl Permission {
    pub const fn tenant(name: &'static str, allows: &'static str) -> Self {
        Self { name, allows, reach: Reach::Tenant, for_members: false }
    }

    /// Of the caller's tenant, for whoever is in it.
    pub const fn member(name: &'static str, allows: &'static str) -> Self {
        Self { name, allows, reach: Reach::Tenant, for_members: true }
    }

    pub const fn platform(name: &'static str, allows: &'static str) -> Self {
        Self { name, allows, reach: Reach::Platform, for_members: false }
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
