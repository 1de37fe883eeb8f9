//! What an operator does on the machine, without signing in: who can read the secrets and the
//! database may do this anyway.

use super::Hub;
use crate::error::HubError;

/// Hub in the hands of whoever runs the machine.
#[derive(Debug, Clone)]
pub struct Administration {
    hub: Hub,
}

impl Administration {
    pub fn new(hub: Hub) -> Self {
        Self { hub }
    }

    /// Removes tenants whose time of grace is over, as a job does now and then.
    pub async fn remove_due_tenants(&self) -> Result<(), HubError> {
        self.hub.remove_due_tenants().await
    }
}
