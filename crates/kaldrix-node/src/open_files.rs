//! How many files and sockets this process may have open.
//!
//! Sockets count as files. A node that lets strangers open them all can no longer open its store.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is assumed where the system sets no limit.
const UNLIMITED: u64 = 1 << 20;

/// The number of files that may be open at once.
pub fn limit() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(UNLIMITED)
}

/// Raises the limit to the highest that the system allows this process. Distributions set the
/// first limit low (1024) for the sake of programs that use select(2), which this is not.
pub fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(%error, ?current, "the limit of open files stays as it is");
    }
}

#[cfg(test)]
mod tests {
    use super::{limit, raise_limit};

    #[test]
    fn the_limit_rises_or_stays() {
        let before = limit();
        raise_limit();
        assert!(limit() >= before && before > 0);
    }
}
