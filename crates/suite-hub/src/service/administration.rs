//! What an operator does on the machine, without signing in: who can read the secrets and the
//! database may do this anyway.

use super::Hub;

/// Hub in the hands of whoever runs the machine.
#[derive(Debug, Clone)]
pub struct Administration {
    #[expect(dead_code, reason = "the commands follow")]
    hub: Hub,
}

impl Administration {
    pub fn new(hub: Hub) -> Self {
        Self { hub }
    }
}
