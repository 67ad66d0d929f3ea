//! Captures as people's tools write them: read as meant, with every loss and repair told.

use super::*;
use crate::scenario::import::capture::{self, Captured};

const LITTLE_MICRO: u32 = 0xa1b2_c3d4;

/// A record: seconds, fraction, octets kept, octets on the wire.
type Record = (u32, u32, Vec<u8>, u32);

fn pcap(magic: u32, snap: u32, link: u32, records: &[Record]) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [magic, 0x0004_0002, 0, 0, snap, link] {
        file.extend_from_slice(&word.to_le_bytes());
    }
    for (seconds, fraction, octets, original) in records {
        let kept = u32::try_from(octets.len()).unwrap();
        for word in [*seconds, *fraction, kept, *original] {
            file.extend_from_slice(&word.to_le_bytes());
        }
        file.extend_from_slice(octets);
    }
    file
}

/// Writes pcapng in either order of octets.
struct Blocks {
    big: bool,
    file: Vec<u8>,
}

impl Blocks {
    fn new(big: bool) -> Self {
        let mut blocks = Self { big, file: Vec::new() };
        let body = [
            blocks.word(0x1a2b_3c4d),
            blocks.word(if big { 0x0001_0000 } else { 1 }),
            vec![0xff; 8],
        ]
        .concat();
        blocks.block(0x0a0d_0d0a, &body);
        blocks
    }

    fn word(&self, word: u32) -> Vec<u8> {
        if self.big {
            word.to_be_bytes()
        } else {
            word.to_le_bytes()
        }
        .to_vec()
    }

    fn half(&self, half: u16) -> Vec<u8> {
        if self.big {
            half.to_be_bytes()
        } else {
            half.to_le_bytes()
        }
        .to_vec()
    }

    fn block(&mut self, kind: u32, body: &[u8]) {
        let padded = body.len().next_multiple_of(4);
        let len = self.word(u32::try_from(padded + 12).unwrap());
        self.file.extend(self.word(kind));
        self.file.extend_from_slice(&len);
        self.file.extend_from_slice(body);
        self.file.resize(self.file.len() + padded - body.len(), 0);
        self.file.extend_from_slice(&len);
    }

    fn option(&self, code: u16, value: &[u8]) -> Vec<u8> {
        let mut option = [
            self.half(code),
            self.half(u16::try_from(value.len()).unwrap()),
            value.to_vec(),
        ]
        .concat();
        option.resize(option.len().next_multiple_of(4), 0);
        option
    }

    fn interface(mut self, link: u16, snap: u32, options: &[(u16, &[u8])]) -> Self {
        let mut body = [self.half(link), vec![0, 0], self.word(snap)].concat();
        for (code, value) in options {
            body.extend(self.option(*code, value));
        }
        self.block(1, &body);
        self
    }

    fn packet(self, interface: u32, ticks: u64, octets: &[u8], original: u32) -> Self {
        self.flagged(interface, ticks, octets, original, &[])
    }

    fn flagged(mut self, interface: u32, ticks: u64, octets: &[u8], original: u32, options: &[u8]) -> Self {
        let (high, low) = ((ticks >> 32) as u32, ticks as u32);
        let kept = u32::try_from(octets.len()).unwrap();
        let mut body: Vec<u8> = [interface, high, low, kept, original]
            .iter()
            .flat_map(|w| self.word(*w))
            .collect();
        body.extend_from_slice(octets);
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend_from_slice(options);
        self.block(6, &body);
        self
    }

    fn simple(mut self, octets: &[u8], original: u32) -> Self {
        let body = [self.word(original), octets.to_vec()].concat();
        self.block(3, &body);
        self
    }
}

fn frames_of(file: &[u8]) -> Captured {
    capture::frames(file).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

fn lens(captured: &Captured) -> Vec<usize> {
    captured.frames.iter().map(|(_, frame)| frame.len()).collect()
}

fn nanos(captured: &Captured) -> Vec<u64> {
    captured.frames.iter().map(|(at, _)| at.as_nanos()).collect()
}

fn told(captured: &Captured) -> Vec<String> {
    captured
        .told
        .iter()
        .map(|w| format!("{} {}", w.code.as_str(), w.message))
        .collect()
}

fn refused(file: &[u8]) -> String {
    let wrong = capture::frames(file).unwrap_err();
    format!(
        "{} {} | {}",
        wrong.code.as_str(),
        wrong.message,
        wrong.help.unwrap_or_default()
    )
}

/// The octets with their check sequence behind them.
fn with_fcs(octets: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for octet in octets {
        crc ^= u32::from(*octet);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 * (crc & 1));
        }
    }
    [octets, &(!crc).to_le_bytes()].concat()
}

#[test]
fn a_frame_that_was_cut_short_is_replayed_at_its_length_on_the_wire_and_told() {
    let file = pcap(
        LITTLE_MICRO,
        64,
        1,
        &[(1, 0, vec![9; 64], 1000), (2, 0, vec![9; 60], 60)],
    );
    let captured = frames_of(&file);
    assert_eq!(lens(&captured), [1000, 60]);
    let first = captured.frames[0].1.bytes();
    assert!(first[..64].iter().all(|o| *o == 9) && first[64..].iter().all(|o| *o == 0));
    assert_eq!(
        told(&captured),
        [
            "TL0705 1 of 2 frames were cut short when they were captured: the 936 octets that are missing are replayed as zeros"
        ]
    );
    for big in [false, true] {
        let file = Blocks::new(big)
            .interface(1, 64, &[])
            .packet(0, 0, &[9; 64], 1000)
            .simple(&[9; 64], 200)
            .file;
        assert_eq!(lens(&frames_of(&file)), [1000, 200]);
        assert!(told(&frames_of(&file))[0].contains("2 of 2 frames were cut short"));
    }
}

#[test]
fn a_simple_packet_ends_where_its_padding_begins_and_has_no_time() {
    let captured = frames_of(
        &Blocks::new(false)
            .interface(1, 0, &[])
            .packet(0, 5, &[1; 60], 60)
            .packet(0, 9, &[1; 60], 60)
            .simple(&[2; 61], 61)
            .file,
    );
    assert_eq!(
        (lens(&captured), nanos(&captured)),
        (vec![60, 60, 61], vec![0, 4_000, 4_000])
    );
    assert_eq!(
        told(&captured),
        ["TL0707 1 of 3 frames have no time: each is sent at once after the one before it"]
    );
}

#[test]
fn a_check_sequence_is_no_payload_wherever_the_capture_says_that_there_is_one() {
    let frame = with_fcs(&[7; 100]);
    let told_off = "TL0706 the frame check sequences of 1 frames are taken off: 4 octets each";
    for declared in [4u8, 32] {
        let captured = frames_of(
            &Blocks::new(true)
                .interface(1, 0, &[(13, &[declared])])
                .packet(0, 0, &frame, 104)
                .file,
        );
        assert_eq!(
            (lens(&captured), told(&captured)),
            (vec![100], vec![told_off.to_owned()])
        );
    }
    // Octets in one draft of the format, words of two octets in libpcap.
    for word in [0x4400_0001, 0x2400_0001] {
        let captured = frames_of(&pcap(LITTLE_MICRO, 65_535, word, &[(0, 0, frame.clone(), 104)]));
        assert_eq!(
            (lens(&captured), told(&captured)),
            (vec![100], vec![told_off.to_owned()])
        );
    }
    let blocks = Blocks::new(false);
    let flags = blocks.option(2, &(4u32 << 5).to_le_bytes());
    let captured = frames_of(&blocks.interface(1, 0, &[]).flagged(0, 0, &frame, 104, &flags).file);
    assert_eq!(
        (lens(&captured), told(&captured)),
        (vec![100], vec![told_off.to_owned()])
    );
}

#[test]
fn the_check_sequence_of_a_frame_that_was_cut_short_was_not_captured() {
    // 64 octets of 1,004 are there, 102 of 104, and one frame is whole but damaged.
    let whole = with_fcs(&[7; 100]);
    let mut damaged = whole.clone();
    damaged[50] ^= 1;
    let records = [
        (0, 0, vec![7; 64], 1004),
        (0, 1, whole[..102].to_vec(), 104),
        (0, 2, whole, 104),
        (0, 3, damaged, 104),
    ];
    let captured = frames_of(&pcap(LITTLE_MICRO, 65_535, 0x2400_0001, &records));
    assert_eq!(lens(&captured), [1000, 100, 100, 100]);
    assert_eq!(captured.frames[1].1.bytes(), [7; 100]);
    assert_eq!(
        told(&captured),
        [
            "TL0706 the frame check sequences of 4 frames are taken off: 4 octets each; 1 of them do not fit their frames, which were damaged on the wire",
            "TL0705 1 of 4 frames were cut short when they were captured: the 936 octets that are missing are replayed as zeros",
        ]
    );
}

#[test]
fn a_check_sequence_that_no_frame_has_is_not_cut_out_of_its_data() {
    let captured = frames_of(&pcap(
        LITTLE_MICRO,
        65_535,
        0x4400_0001,
        &[(0, 0, vec![0; 100], 100), (0, 1, vec![5; 100], 100)],
    ));
    assert_eq!(lens(&captured), [100, 100]);
    assert_eq!(
        told(&captured),
        [
            "TL0706 the capture says that 2 frames end with a check sequence, and none of 2 whole ones does: nothing is taken off"
        ]
    );
    assert!(refused(&pcap(LITTLE_MICRO, 65_535, 0x3400_0001, &[(0, 0, vec![0; 100], 100)])).starts_with("TL0706"));
    // Without the bit that says so, the upper bits mean nothing.
    assert_eq!(
        told(&frames_of(&pcap(
            LITTLE_MICRO,
            65_535,
            0x4000_0001,
            &[(0, 0, with_fcs(&[7; 100]), 104)]
        ))),
        Vec::<String>::new()
    );
}

#[test]
fn every_resolution_of_time_is_read_and_a_finer_one_than_a_nanosecond_is_rounded_and_told() {
    let file = |resolution: u8, ticks: [u64; 3]| {
        let blocks = Blocks::new(false).interface(1, 0, &[(9, &[resolution])]);
        ticks
            .iter()
            .fold(blocks, |blocks, t| blocks.packet(0, *t, &[1; 60], 60))
            .file
    };
    let times = |resolution, ticks| nanos(&frames_of(&file(resolution, ticks)));
    assert_eq!(
        times(0, [1_600_000_000, 1_600_000_001, 1_600_000_003]),
        [0, 1_000_000_000, 3_000_000_000]
    );
    assert_eq!(times(3, [0, 1, 2]), [0, 1_000_000, 2_000_000]);
    assert_eq!(times(9, [5, 6, 8]), [0, 1, 3]);
    // 2^-10 s is 976,562.5 ns.
    assert_eq!(times(0x8a, [0, 1, 2]), [0, 976_563, 1_953_125]);
    let second = 1u64 << 32;
    assert_eq!(
        times(0xa0, [second * 100, second * 101, second * 101 + second / 2]),
        [0, 1_000_000_000, 1_500_000_000]
    );
    assert_eq!(
        times(12, [1_000_000_000_000, 1_000_000_000_499, 1_000_000_001_500]),
        [0, 0, 2]
    );
    assert_eq!(
        told(&frames_of(&file(12, [0, 499, 2_000]))),
        ["TL0707 times are given in steps of 10^-12 s, finer than 1 ns: 1 of 3 are rounded, by 500 ps at most"]
    );
    assert!(
        told(&frames_of(&file(0xa0, [0, 1, 2])))[0].contains("steps of 2^-32 s, finer than 1 ns: 2 of 3 are rounded")
    );
    assert_eq!(told(&frames_of(&file(9, [0, 1, 2]))), Vec::<String>::new());
    // However fine, a resolution is a number.
    for resolution in [19, 38, 39, 127, 0x80 + 64, 0xff] {
        assert!(
            times(resolution, [0, u64::MAX / 2, u64::MAX]).is_sorted(),
            "{resolution}"
        );
    }
}

#[test]
fn offsets_of_interfaces_count_and_times_that_go_back_are_told() {
    let file = Blocks::new(true)
        .interface(1, 0, &[(14, &1_000i64.to_be_bytes())])
        .interface(1, 0, &[(14, &(-5i64).to_be_bytes()), (9, &[9])])
        .packet(0, 0, &[1; 60], 60)
        .packet(1, 1_006_000_000_001, &[1; 60], 60)
        .packet(0, 0, &[1; 60], 60)
        .file;
    let captured = frames_of(&file);
    assert_eq!(nanos(&captured), [0, 1_000_000_001, 1_000_000_001]);
    assert_eq!(
        told(&captured),
        ["TL0707 the times of 1 of 3 frames go back: they are sent with the latest before them"]
    );
}

#[test]
fn of_a_file_that_breaks_off_every_whole_frame_is_read() {
    let records = [(0, 0, vec![1; 100], 100), (1, 0, vec![2; 100], 100)];
    let classic = pcap(LITTLE_MICRO, 65_535, 1, &records);
    let blocks = Blocks::new(false)
        .interface(1, 0, &[])
        .packet(0, 0, &[1; 100], 100)
        .packet(0, 1, &[2; 100], 100)
        .file;
    for (file, header) in [(classic, 24 + 16), (blocks, 28 + 20 + 20)] {
        let record = file.len() - (header + 100) + usize::from(header == 68) * 12;
        for cut in 1..record.min(116) {
            let captured = frames_of(&file[..file.len() - cut]);
            assert_eq!(lens(&captured), [100], "{cut}");
            assert!(
                told(&captured)[0].starts_with("TL0708 the capture breaks off: 1 whole frames are read, "),
                "{cut}"
            );
        }
        for len in 1..header + 99 {
            assert!(refused(&file[..len]).starts_with("TL07"), "{len}");
        }
    }
}

#[test]
fn lengths_that_contradict_the_header_are_told_and_nonsense_is_refused() {
    let captured = frames_of(&pcap(
        LITTLE_MICRO,
        96,
        1,
        &[(0, 0, vec![1; 100], 100), (0, 1, vec![1; 90], 60)],
    ));
    assert_eq!(lens(&captured), [100, 90]);
    assert_eq!(
        told(&captured),
        [
            "TL0710 1 of 2 frames hold more octets than they had on the wire, as the capture says: they are replayed as captured",
            "TL0710 1 frames are longer than the snap length that the capture gives: they are replayed as captured",
        ]
    );
    let mut damaged = pcap(
        LITTLE_MICRO,
        65_535,
        1,
        &[(0, 0, vec![1; 60], 60), (0, 1, vec![1; 60], 60)],
    );
    damaged[24 + 76 + 11] = 0x7f;
    assert!(refused(&damaged).contains("frame 2 says that it has 2130706492 octets: the file is damaged there"));
    let unit = pcap(LITTLE_MICRO, 65_535, 1, &[(0, 999_999_999, vec![1; 60], 60)]);
    assert!(refused(&unit).contains("another unit"));
    assert!(refused(&pcap(LITTLE_MICRO, 0, 1, &[(0, 0, vec![1; 9_281], 9_281)])).contains("offloads off"));
}

#[test]
fn frames_of_another_link_are_left_out_and_an_interface_without_frames_is_none_of_them() {
    let blocks = || {
        Blocks::new(false)
            .interface(113, 0, &[])
            .interface(1, 0, &[])
            .packet(1, 0, &[1; 60], 60)
    };
    assert_eq!(told(&frames_of(&blocks().file)), Vec::<String>::new());
    let mixed = frames_of(&blocks().packet(0, 1, &[1; 60], 60).file);
    assert_eq!(lens(&mixed), [60]);
    assert_eq!(
        told(&mixed),
        [
            "TL0709 1 of 2 frames are left out: they are of link type 113 (Linux cooked capture, which `any` gives), not of Ethernet"
        ]
    );
    for file in [
        pcap(LITTLE_MICRO, 0, 113, &[(0, 0, vec![1; 60], 60)]),
        Blocks::new(false).interface(113, 0, &[]).simple(&[1; 60], 60).file,
    ] {
        let refused = refused(&file);
        assert!(
            refused.starts_with("TL0702") && refused.contains("tcpdump -i eth0"),
            "{refused}"
        );
    }
    let short = frames_of(&pcap(
        LITTLE_MICRO,
        0,
        1,
        &[(0, 0, vec![1; 13], 60), (0, 0, vec![1; 14], 14)],
    ));
    assert_eq!(lens(&short), [14]);
    assert!(told(&short)[0].starts_with("TL0709 1 of 2 frames are left out"));
}

#[test]
fn a_file_that_is_no_capture_says_what_it_is_and_what_to_do() {
    for (octets, what) in [
        (
            &b"\x1f\x8b\x08\0\0\0"[..],
            "this is gzip: unpack it first | `gunzip FILE`",
        ),
        (b"\xfd7zXZ\0\0", "this is xz: unpack it first | `unxz FILE`"),
        (b"\x28\xb5\x2f\xfd\0", "this is zstd"),
        (
            b"\x34\xcd\xb2\xa1\0\0\0\0",
            "a modified pcap, not pcap or pcapng | convert it: `editcap",
        ),
        (b"<graphml >", "a GraphML graph, not a capture"),
        (b"", "the file is empty"),
        (b"trunklab: 1\n", "the file is no capture"),
    ] {
        let refused = refused(octets);
        assert!(refused.starts_with("TL0701") && refused.contains(what), "{refused}");
    }
}

#[test]
fn a_capture_or_a_graph_handed_over_as_a_scenario_says_what_to_do_with_it() {
    let said = |octets: &[u8]| {
        let refused = load("x", &MemorySources::new().with("x", octets)).unwrap_err();
        assert_eq!(refused.errors.len(), 1);
        let error = &refused.errors[0];
        format!(
            "{} {} | {}",
            error.code.as_str(),
            error.message,
            error.help.clone().unwrap_or_default()
        )
    };
    let capture = said(&pcap(LITTLE_MICRO, 0, 1, &[(0, 0, vec![1; 60], 60)]));
    assert!(
        capture.starts_with("TL0111 this is a capture, not a scenario | ")
            && capture.contains("kind: replay, capture: FILE"),
        "{capture}"
    );
    assert!(said(&Blocks::new(true).file).contains("kind: replay"));
    assert!(said(b"\x1f\x8b\x08\0").contains("TL0111 this is gzip: unpack it first"));
    assert!(
        said(b"\xef\xbb\xbf<?xml version='1.0'?><graphml xmlns='x'/>")
            .contains("backbones: [{ name: NET, graphml: FILE }]")
    );
}

#[test]
fn what_was_mended_and_what_comes_after_the_end_is_told_with_the_scenario() {
    let records = [
        (0, 0, vec![9; 64], 1000),
        (5, 0, vec![9; 60], 60),
        (8, 0, vec![9; 60], 60),
    ];
    let sources = MemorySources::new().with("c.pcap", pcap(LITTLE_MICRO, 64, 1, &records));
    let text = with("rate: 10M", "kind: replay, capture: c.pcap");
    let loaded = load_text("test.yaml", text, &sources).unwrap();
    let warnings: Vec<&str> = loaded.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        warnings,
        [
            "`c.pcap`: 1 of 3 frames were cut short when they were captured: the 936 octets that are missing are replayed as zeros",
            "2 of 3 frames of the capture are not sent: they come at or after the end of the flow, 9s",
        ]
    );
}

#[test]
fn no_small_file_becomes_a_large_one_in_memory() {
    let records: Vec<Record> = (0..30_000).map(|n| (n, 0, vec![1; 14], 9_280)).collect();
    assert!(refused(&pcap(LITTLE_MICRO, 14, 1, &records)).starts_with("TL0703 up to frame 28927 the capture has"));
}

/// One of three captures with everything in it that is mended.
fn rich(which: u8) -> Vec<u8> {
    let frame = with_fcs(&[7; 60]);
    if which == 0 {
        let records = [(0, 5, frame.clone(), 64), (0, 4, frame[..30].to_vec(), 64)];
        return pcap(LITTLE_MICRO, 32, 0x2400_0001, &records);
    }
    let blocks = Blocks::new(which == 1);
    let flags = blocks.option(2, &blocks.word(4 << 5));
    let options: [(u16, &[u8]); 3] = [(9, &[0xa0]), (13, &[32]), (14, &[0, 0, 0, 0, 0, 0, 0, 1])];
    blocks
        .interface(1, 64, &options)
        .interface(113, 0, &[])
        .flagged(0, 1 << 33, &frame, 64, &flags)
        .packet(1, 7, &frame, 64)
        .packet(0, 1 << 32, &frame[..30], 64)
        .simple(&frame, 64)
        .file
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    #[test]
    fn a_capture_with_octets_changed_cut_or_doubled_is_read_within_bounds_or_refused(
        which in 0u8..3,
        edits in proptest::collection::vec((0usize..2_000, proptest::prelude::any::<u8>()), 0..4),
        cut in 0usize..2_000,
        again in 0usize..2_000,
    ) {
        let mut file = rich(which);
        for (at, to) in edits {
            let at = at % file.len();
            file[at] = to;
        }
        file.truncate(file.len().saturating_sub(cut.saturating_sub(1_000)));
        file.extend_from_within(again.min(file.len())..);
        if let Ok(read) = capture::frames(&file) {
            proptest::prop_assert!(read.frames.windows(2).all(|w| w[0].0 <= w[1].0));
            let sum: u64 = read.frames.iter().map(|(_, f)| f.len() as u64).sum();
            proptest::prop_assert!(sum <= capture::SUM_MAX);
            for (_, frame) in &read.frames {
                proptest::prop_assert!((14..=capture::OCTETS_MAX).contains(&frame.len()));
            }
        }
    }
}
