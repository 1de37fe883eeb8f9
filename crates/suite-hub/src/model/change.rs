//! What a mutation changed, for the audit trail.

use serde_json::{Map, Value, json};

/// The fields in which two objects differ, as they were and as they are. Secrets are not to be in
/// them.
pub fn between(before: &Value, after: &Value) -> Value {
    let (mut was, mut is) = (Map::new(), Map::new());
    let empty = Map::new();
    let (old, new) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    for name in old.keys().chain(new.keys()) {
        let (old, new) = (old.get(name), new.get(name));
        if old != new {
            was.insert(name.clone(), old.cloned().unwrap_or_default());
            is.insert(name.clone(), new.cloned().unwrap_or_default());
        }
    }
    json!({ "before": was, "after": is })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_told() {
        let before = json!({ "name": "Ops", "description": "", "role_ids": [1] });
        let after = json!({ "name": "Operations", "description": "", "role_ids": [1] });
        let change = between(&before, &after);
        assert_eq!(change["before"], json!({ "name": "Ops" }));
        assert_eq!(change["after"], json!({ "name": "Operations" }));
        assert_eq!(between(&before, &before), json!({ "before": {}, "after": {} }));
    }
}
