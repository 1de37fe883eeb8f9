//! What the suite's tests run on: real PostgreSQL and Redis servers that they start themselves, real
//! HTTP servers, and clients in a role. Nothing here is a mock, and nothing is skipped.

pub mod access;
pub mod app;
mod authority;
pub mod backend;
mod instance;
pub mod load;

pub use access::Operation;
pub use app::{Answer, TestApp};
pub use authority::Authority;
pub use backend::{Backend, Place};
pub use instance::{Instance, start_large_servers};

/// Makes a test of each function, once for every backend. The function takes a [`Backend`].
#[macro_export]
macro_rules! on_every_backend {
    ($($(#[$attribute:meta])* $name:ident),* $(,)?) => {
        mod embedded {$(
            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::Backend::Embedded).await; }
        )*}
        mod servers {$(
            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name($crate::Backend::Servers).await; }
        )*}
    };
}
