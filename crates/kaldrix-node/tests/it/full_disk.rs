//! A disk that takes nothing more: the node says so and stops, and goes on when there is room.
//!
//! The system's limit on the length of files stands for the disk: from one moment on, every write
//! to any file fails. It needs no rights and no disk of its own.

use rustix::process::{Resource, Rlimit, getrlimit, prlimit};

use crate::load::{Load, no_fault_was_seen};
use crate::processes::Processes;

/// From now on, the process can write to no file.
fn fill_disk(network: &Processes, node: usize) {
    let maximum = getrlimit(Resource::Fsize).maximum;
    let full = Rlimit { current: Some(0), maximum };
    prlimit(Some(network.pid(node)), Resource::Fsize, full).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_a_node_and_loses_nothing() {
    let mut network = Processes::new(4);
    network.start_all();
    network.ready(network.nodes()).await;
    let load = Load::start(&network, &[&[0], &[3, 2]]).await;
    for _ in 0..5 {
        load.goes_on(&network, 3, 10).await;
        let logged_before = network.log(3).len();
        fill_disk(&network, 3);
        let status = network.stopped(3).await;
        assert_eq!(status.code(), Some(1), "{status}");
        let said = network.log(3)[logged_before..].to_owned();
        let error = said.lines().find(|line| line.starts_with("error: ")).expect("no error");
        assert!(error.contains("File too large") && error.contains("make room"), "{error}");
        load.goes_on(&network, 0, 10).await;
        network.start(3);
        network.ready([3]).await;
    }
    load.goes_on(&network, 3, 10).await;
    load.stop().await.were_kept(&network).await;
    no_fault_was_seen(&network).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_outlives_a_log_that_takes_nothing() {
    let mut network = Processes::new(1);
    network.start_unheard(0);
    network.ready([0]).await;
    network.wallets(1).await;
    for (_, status) in network.terminate(&[0]) {
        assert!(status.success(), "{status}");
    }
    network.configure(0, |_| "nonsense".to_owned());
    network.start_unheard(0);
    assert_eq!(network.stopped(0).await.code(), Some(1), "the exit code says it");
}
