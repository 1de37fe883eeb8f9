//! Frames waiting to be sent to one peer: bounded in number and bytes, never blocking.

use std::collections::VecDeque;

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::config::Limits;

/// A queue between callers that must not wait and the one task that writes.
#[derive(Debug)]
pub(crate) struct SendQueue {
    state: Mutex<State>,
    wake: Notify,
    frames_max: usize,
    bytes_max: usize,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<Bytes>,
    bytes: usize,
    /// The latest ping to answer. One is enough: a flood of pings costs no memory.
    pong: Option<u64>,
}

/// What the writer should send next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outgoing {
    Pong(u64),
    Data(Bytes),
}

/// How much is queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fill {
    pub(crate) frames: usize,
    pub(crate) bytes: usize,
}

impl SendQueue {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            state: Mutex::default(),
            wake: Notify::new(),
            frames_max: limits.queue_frames_max,
            bytes_max: limits.queue_bytes_max,
        }
    }

    /// Queues a frame, or says how full the queue is.
    pub(crate) fn push(&self, frame: Bytes) -> Result<(), Fill> {
        let mut state = self.state.lock();
        let bytes = state.bytes.saturating_add(frame.len());
        if state.frames.len() >= self.frames_max || bytes > self.bytes_max {
            return Err(Fill { frames: state.frames.len(), bytes: state.bytes });
        }
        state.bytes = bytes;
        state.frames.push_back(frame);
        drop(state);
        self.wake.notify_one();
        Ok(())
    }

    /// Answers a ping ahead of the queued frames.
    pub(crate) fn push_pong(&self, nonce: u64) {
        self.state.lock().pong = Some(nonce);
        self.wake.notify_one();
    }

    pub(crate) fn pop(&self) -> Option<Outgoing> {
        let mut state = self.state.lock();
        if let Some(nonce) = state.pong.take() {
            return Some(Outgoing::Pong(nonce));
        }
        let frame = state.frames.pop_front()?;
        state.bytes = state.bytes.saturating_sub(frame.len());
        Some(Outgoing::Data(frame))
    }

    /// Returns once something was pushed since the last call, or at once if so before.
    pub(crate) async fn pushed(&self) {
        self.wake.notified().await;
    }

    pub(crate) fn fill(&self) -> Fill {
        let state = self.state.lock();
        Fill { frames: state.frames.len(), bytes: state.bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fill, Outgoing, SendQueue};
    use crate::config::Limits;
    use bytes::Bytes;

    fn queue() -> SendQueue {
        SendQueue::new(&Limits { queue_frames_max: 3, queue_bytes_max: 10, ..Limits::default() })
    }

    #[test]
    fn keeps_order_and_both_bounds() {
        let queue = queue();
        assert_eq!(queue.push(Bytes::from_static(b"12345")), Ok(()));
        assert_eq!(queue.push(Bytes::from_static(b"123456")), Err(Fill { frames: 1, bytes: 5 }));
        assert_eq!(queue.push(Bytes::from_static(b"12")), Ok(()));
        assert_eq!(queue.push(Bytes::new()), Ok(()));
        assert_eq!(queue.push(Bytes::new()), Err(Fill { frames: 3, bytes: 7 }));
        assert_eq!(queue.pop(), Some(Outgoing::Data(Bytes::from_static(b"12345"))));
        assert_eq!(queue.push(Bytes::from_static(b"12345678")), Ok(()), "room again");
        assert_eq!(queue.fill(), Fill { frames: 3, bytes: 10 });
    }

    #[test]
    fn answers_the_latest_ping_first() {
        let queue = queue();
        queue.push(Bytes::from_static(b"1")).unwrap();
        queue.push_pong(1);
        queue.push_pong(2);
        assert_eq!(queue.pop(), Some(Outgoing::Pong(2)));
        assert_eq!(queue.pop(), Some(Outgoing::Data(Bytes::from_static(b"1"))));
        assert_eq!(queue.pop(), None);
    }
}
