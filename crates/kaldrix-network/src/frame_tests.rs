use super::{Frame, FrameError, FrameReader, FrameWriter, Goodbye, HEADER_BYTES, Hello};
use bytes::Bytes;
use kaldrix_types::ChainId;
use proptest::prelude::*;
use tokio::io::AsyncWriteExt;

const FRAME_BYTES_MAX: usize = 200_000;

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

/// What a reader makes of `bytes` followed by the end of the stream.
async fn read_all(bytes: &[u8], idle_ms_max: u64) -> (Vec<Frame>, FrameError) {
    let mut reader = FrameReader::new(bytes, FRAME_BYTES_MAX, idle_ms_max);
    let mut frames = Vec::new();
    loop {
        match reader.next().await {
            Ok(frame) => frames.push(frame),
            Err(error) => return (frames, error),
        }
    }
}

async fn written(frames: &[Frame]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = FrameWriter::new(&mut bytes, 1_000);
    for frame in frames {
        writer.write(frame).await.unwrap();
    }
    writer.flush().await.unwrap();
    bytes
}

fn header(length: u32, kind: u8) -> Vec<u8> {
    [&length.to_be_bytes()[..], &[kind]].concat()
}

fn any_frame() -> impl Strategy<Value = Frame> {
    let hello = (any::<[u8; 32]>(), any::<u64>(), any::<u64>(), any::<u32>()).prop_map(
        |(chain, instance, lost, frame_bytes_max)| {
            let chain_id = ChainId::from(chain);
            Frame::Hello(Hello { chain_id, instance, lost, frame_bytes_max })
        },
    );
    let data = (any::<u8>(), 0..FRAME_BYTES_MAX)
        .prop_map(|(byte, length)| Frame::Data(Bytes::from(vec![byte; length])));
    prop_oneof![
        hello,
        data,
        any::<u64>().prop_map(Frame::Accept),
        any::<u64>().prop_map(Frame::Ping),
        any::<u64>().prop_map(Frame::Pong),
        any::<u8>().prop_map(|code| Frame::Goodbye(Goodbye::from_code(code))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(frames in prop::collection::vec(any_frame(), 0..8)) {
        let (read, end) = run(async { read_all(&written(&frames).await, 1_000).await });
        prop_assert_eq!(read, frames);
        prop_assert_eq!(end, FrameError::Closed);
    }

    #[test]
    fn a_cut_stream_gives_whole_frames_and_an_error(
        frames in prop::collection::vec(any_frame(), 1..4), cut: prop::sample::Index
    ) {
        let bytes = run(written(&frames));
        let cut = cut.index(bytes.len());
        let (read, end) = run(read_all(&bytes[..cut], 1_000));
        prop_assert!(read.len() < frames.len());
        prop_assert_eq!(&read[..], &frames[..read.len()]);
        let whole: usize = run(written(&read)).len();
        let expected = if cut == whole { FrameError::Closed } else { FrameError::Truncated };
        prop_assert_eq!(end, expected);
    }

    #[test]
    fn any_bytes_end_in_an_error(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        run(read_all(&bytes, 1_000));
    }

    #[test]
    fn goodbye_codes_survive(code: u8) {
        prop_assert_eq!(Goodbye::from_code(code).code(), code);
    }
}

#[test]
fn the_longest_frame_passes_and_one_byte_more_does_not() {
    let longest = Frame::Data(Bytes::from(vec![1; FRAME_BYTES_MAX]));
    let (read, _) =
        run(async { read_all(&written(std::slice::from_ref(&longest)).await, 0).await });
    assert_eq!(read, [longest]);
    let length = u32::try_from(FRAME_BYTES_MAX).unwrap() + 1;
    let (_, error) = run(read_all(&header(length, 3), 0));
    let bytes = FRAME_BYTES_MAX + 1;
    assert_eq!(error, FrameError::TooLarge { bytes, bytes_max: FRAME_BYTES_MAX });
}

#[test]
fn unknown_kinds_and_wrong_lengths_are_named() {
    let (_, error) = run(read_all(&header(0, 99), 0));
    assert_eq!(error, FrameError::UnknownKind { kind: 99 });
    let (_, error) = run(read_all(&[&header(3, 4)[..], &[0; 3]].concat(), 0));
    let reason = "3 bytes, expected 8".to_owned();
    assert_eq!(error, FrameError::Malformed { kind: "ping", reason });
    let (_, error) = run(read_all(&[&header(2, 1)[..], &[1, 0]].concat(), 0));
    assert!(matches!(error, FrameError::Malformed { kind: "hello", .. }), "{error:?}");
}

#[test]
fn silence_within_a_frame_ends_at_the_limit() {
    run(async {
        let (mut peer, ours) = tokio::io::duplex(64);
        peer.write_all(&header(10, 3)).await.unwrap();
        let mut reader = FrameReader::new(ours, FRAME_BYTES_MAX, 20);
        assert_eq!(reader.next().await, Err(FrameError::Idle { after_ms: 20 }));
    });
}

#[test]
fn a_peer_that_takes_nothing_ends_a_write_at_the_limit() {
    run(async {
        let (_peer, ours) = tokio::io::duplex(64);
        let mut writer = FrameWriter::new(ours, 20);
        writer.write(&Frame::Data(Bytes::from(vec![0; 100]))).await.unwrap();
        assert_eq!(writer.flush().await, Err(FrameError::Idle { after_ms: 20 }));
    });
}

#[test]
fn the_wire_form_of_a_hello_stays() {
    let chain_id = ChainId::from([0xab; 32]);
    let hello = Hello { chain_id, instance: 2, lost: 3, frame_bytes_max: 4 };
    let bytes = run(written(&[Frame::Hello(hello)]));
    let mut expected = vec![0, 0, 0, 53, 1, 1];
    expected.extend([0xab; 32]);
    expected.extend([2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0]);
    assert_eq!(bytes, expected);
    assert_eq!(bytes.len() - HEADER_BYTES, 53);
}
