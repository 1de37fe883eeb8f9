//! Why transactions that were accepted once will never execute; the latest ones are remembered.

use std::collections::{HashMap, VecDeque};

use kaldrix_types::TransactionId;

/// Rejections remembered.
const REJECTED_MAX: usize = 16_384;

#[derive(Debug, Default)]
pub(super) struct Rejected {
    reasons: HashMap<TransactionId, String>,
    order: VecDeque<TransactionId>,
}

impl Rejected {
    pub fn insert(&mut self, id: TransactionId, reason: String) {
        if self.reasons.insert(id, reason).is_none() {
            self.order.push_back(id);
        }
        while self.order.len() > REJECTED_MAX {
            if let Some(oldest) = self.order.pop_front() {
                self.reasons.remove(&oldest);
            }
        }
    }

    pub fn get(&self, id: &TransactionId) -> Option<&String> {
        self.reasons.get(id)
    }

    /// It was accepted again.
    pub fn remove(&mut self, id: &TransactionId) {
        if self.reasons.remove(id).is_some() {
            self.order.retain(|kept| kept != id);
        }
    }
}
