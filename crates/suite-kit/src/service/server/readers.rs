//! Who reads what it was sent, over HTTP/2: a peer can keep a connection alive with pings and yet
//! take nothing of a response, since each response has a window of its own.
//!
//! A response goes out in pieces, and the next one is asked for once the peer has room for the last:
//! a piece for which there is none for too long ends the connection.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use parking_lot::Mutex;
use tokio::time::Instant;

const PIECE_BYTES_MAX: usize = 16 * 1024;
/// How often it is looked, in parts of the time that is allowed.
const LOOKS: u32 = 4;

/// Of one connection: since when pieces of responses wait.
#[derive(Clone, Default)]
pub(super) struct Readers(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    responses: u64,
    since: HashMap<u64, Instant>,
}

/// A response's body, in pieces.
struct Read {
    body: Body,
    /// What is left of the last chunk.
    rest: Bytes,
    readers: Readers,
    id: u64,
}

impl Readers {
    pub(super) fn watch(&self, body: Body) -> Body {
        if body.is_end_stream() {
            return body;
        }
        let mut waiting = self.0.lock();
        waiting.responses += 1;
        let (readers, id) = (self.clone(), waiting.responses);
        Body::new(Read { body, rest: Bytes::new(), readers, id })
    }

    /// Ends when a piece has waited for so long.
    pub(super) async fn stalled(&self, limit: Duration) {
        loop {
            tokio::time::sleep(limit / LOOKS).await;
            if self.0.lock().since.values().any(|since| since.elapsed() > limit) {
                return;
            }
        }
    }
}

impl Read {
    /// The last byte of a chunk goes by itself: what comes before it was taken when it is asked for.
    fn piece(&mut self) -> Bytes {
        let bytes = PIECE_BYTES_MAX.min(self.rest.len() - 1).max(1);
        self.readers.0.lock().since.insert(self.id, Instant::now());
        self.rest.split_to(bytes)
    }
}

impl HttpBody for Read {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.rest.is_empty() {
            // All was taken; from now on it is the handler who is waited for.
            self.readers.0.lock().since.remove(&self.id);
            let next = ready!(Pin::new(&mut self.body).poll_frame(context));
            match next.map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) if !data.is_empty() => self.rest = data,
                Some(Ok(Ok(data))) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        Poll::Ready(Some(Ok(Frame::data(self.piece()))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (left, mut hint) = (self.rest.len() as u64, self.body.size_hint());
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper.saturating_add(left));
        }
        hint.set_lower(hint.lower().saturating_add(left));
        hint
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        self.readers.0.lock().since.remove(&self.id);
    }
}
