//! A connection whose client must not keep it waiting: neither with its first bytes, nor by taking
//! nothing of what it was sent.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// How HTTP/2 begins. Until it is there, or something else, no other limit of the server runs.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

type Timer = Pin<Box<Sleep>>;

/// A stream that fails when its peer lets it wait too long.
pub(super) struct Patient<S> {
    stream: S,
    /// As long as which HTTP it speaks is unknown: until when, and how much of the preface came.
    opening: Option<(Timer, usize)>,
    /// While the peer takes nothing.
    stalled: Option<Timer>,
    stalled_max: Duration,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, opening_max: Duration, stalled_max: Duration) -> Self {
        let opening = Some((Box::pin(sleep(opening_max)), 0));
        Self { stream, opening, stalled: None, stalled_max }
    }

    fn opened(&mut self, came: &[u8]) {
        let Some((_, known)) = &mut self.opening else { return };
        let expected = &PREFACE[*known..];
        let count = came.len().min(expected.len());
        *known += count;
        if came[..count] != expected[..count] || *known == PREFACE.len() {
            self.opening = None;
        }
    }

    /// What the stream said to a write, or that it has said nothing for too long.
    fn bounded<T>(&mut self, context: &mut Context<'_>, said: Poll<Result<T>>) -> Poll<Result<T>> {
        if said.is_ready() {
            self.stalled = None;
            return said;
        }
        let limit = self.stalled_max;
        let timer = self.stalled.get_or_insert_with(|| Box::pin(sleep(limit)));
        timer.as_mut().poll(context).map(|()| Err(Error::from(ErrorKind::TimedOut)))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            self.opened(&buffer.filled()[before..]);
            return read;
        }
        let Some((timer, _)) = &mut self.opening else { return Poll::Pending };
        timer.as_mut().poll(context).map(|()| Err(Error::from(ErrorKind::TimedOut)))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize>> {
        let said = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(context, said)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let said = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.bounded(context, said)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let said = Pin::new(&mut self.stream).poll_flush(context);
        self.bounded(context, said)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let said = Pin::new(&mut self.stream).poll_shutdown(context);
        self.bounded(context, said)
    }
}
