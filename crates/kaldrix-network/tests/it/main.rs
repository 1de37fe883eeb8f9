//! The transport over real sockets on the loopback, seen through its public face.
//!
//! Nothing here sleeps for luck: a test waits for an event or a state, and fails at a deadline.

mod exchange;
mod intruders;
mod limits;
mod nodes;
mod pairs;
mod refusals;
mod stranger;
