//! The stream of a connection: whatever bytes come, frames or an error, and no more memory than
//! the longest frame may take.

use kaldrix_network::frame::{FrameReader, FrameWriter};

const FRAME_BYTES_MAX: usize = 64 * 1024;
/// Nothing here waits: the bytes are all there.
const IDLE_MS_MAX: u64 = 1_000;

pub(crate) fn run(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(async {
        let mut reader = FrameReader::new(bytes, FRAME_BYTES_MAX, IDLE_MS_MAX);
        let mut written = Vec::new();
        let mut writer = FrameWriter::new(&mut written, IDLE_MS_MAX);
        while let Ok(frame) = reader.next().await {
            writer.write(&frame).await.expect("a frame that was read can be written");
        }
        writer.flush().await.expect("memory takes all");
        assert!(bytes.starts_with(&written), "a frame has a second form");
    });
}
