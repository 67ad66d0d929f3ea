//! Every kernel this processor has says what the scalar one says, on every input there is room for.

use super::*;
use crate::ident::PortNo;

/// What a kernel reads of frames, all in one go where there is room.
fn read(kernel: Kernel, frames: &[Vec<u8>]) -> Vec<(u64, u64)> {
    const SLOT: usize = 128;
    let mut memory = vec![0x5a; frames.len() * SLOT];
    let standing = frames.iter().enumerate().map(|(i, bytes)| {
        let at = i * SLOT + 13;
        memory[at..at + bytes.len()].copy_from_slice(bytes);
        Standing::new(u32::try_from(at).unwrap(), bytes.len(), PortNo(0)).unwrap()
    });
    let standing = standing.collect();
    let slots = Slots::new(&mut memory, standing).unwrap();
    let mut all = Vec::new();
    for first in (0..frames.len()).step_by(CHUNK) {
        let (reader, some) = slots.some(first..frames.len().min(first + CHUNK));
        let mut out = Reading::default();
        kernel.read(reader, some, &mut out);
        all.extend((0..some.len()).map(|i| (out.brief(i).0, out.word(i).0)));
    }
    all
}

fn alike(frames: &[Vec<u8>]) {
    let expected = read(Kernel::SCALAR, frames);
    for (frame, (brief, line)) in frames.iter().zip(&expected).filter(|(frame, _)| frame.len() >= READ) {
        assert_eq!(
            (brief_of(frame).0, word_of(frame, brief_of(frame)).0),
            (*brief, *line),
            "alone as in a batch"
        );
    }
    for kernel in Kernel::available() {
        let told = read(kernel, frames);
        let differs = (0..frames.len()).find(|&i| told[i] != expected[i]);
        if let Some(i) = differs {
            panic!("{kernel}: {:02x?}: {:x?}, not {:x?}", frames[i], told[i], expected[i]);
        }
    }
}

fn frame(dst: [u8; 6], src: [u8; 6], tail: &[u8], len: usize) -> Vec<u8> {
    let mut bytes = [&dst[..], &src, tail].concat();
    bytes.resize(len.max(bytes.len()), 0);
    bytes
}

/// The same word from a closed form that shares nothing with the kernels.
fn expected(bytes: &[u8]) -> u64 {
    let at = |i: usize| u64::from(bytes.get(i).copied().unwrap_or(0));
    let two = |i: usize| at(i) * 256 + at(i + 1);
    let mut word = two(14) + (1 << 24);
    let tags = [0x8100, 0x88a8, 0x9100];
    for (i, tag) in tags.into_iter().enumerate() {
        word += u64::from(two(12) == tag) << (16 + i);
    }
    word += u64::from(tags.contains(&two(16))) << 19;
    word += (at(6) % 2) << 20;
    let reserved = [1, 0x80, 0xc2, 0, 0] == [at(0), at(1), at(2), at(3), at(4)] && at(5) < 16;
    word += u64::from(reserved) << 21;
    word += (at(0) % 2) << 22;
    let limits = |kind| kind == 0x0800 || kind == 0x0806;
    word + (u64::from(limits(two(12)) || limits(two(16))) << 23)
}

#[test]
fn the_scalar_kernel_says_what_the_closed_form_says_of_every_pair_of_octets_at_every_place() {
    for place in 0..READ - 1 {
        let mut frames = vec![frame(
            [2, 0, 0, 0, 0, 1],
            [2, 0, 0, 0, 0, 2],
            &[0x81, 0, 0, 10, 0x08, 0],
            60,
        )];
        frames.push(frame([1, 0x80, 0xc2, 0, 0, 5], [3, 0, 0, 0, 0, 2], &[0x86, 0xdd], 60));
        for mut bytes in frames {
            for pair in 0..=u16::MAX {
                bytes[place..place + 2].copy_from_slice(&pair.to_be_bytes());
                assert_eq!(brief_of(&bytes).0, expected(&bytes), "{bytes:02x?}");
            }
        }
    }
}

#[test]
fn every_kernel_reads_every_tci_behind_every_class_of_tag_alike() {
    for outer in [0x8100_u16, 0x88a8, 0x9100, 0x9200, 0x0800, 0x0806, 0x86dd, 0x0081] {
        for inner in [0x8100_u16, 0x88a8, 0x9100, 0x0800, 0x0806, 0x86dd] {
            let frames: Vec<_> = (0..=u16::MAX)
                .map(|tci| {
                    let tail = [outer, tci, inner].map(u16::to_be_bytes).concat();
                    frame([2, 0, 0, 0, 0, tci as u8], [2, 0, 0, 0, 0, 2], &tail, 24)
                })
                .collect();
            alike(&frames);
        }
    }
}

#[test]
fn every_kernel_reads_every_octet_of_the_addresses_alike() {
    let mut frames = Vec::new();
    for place in 0..12 {
        for octet in 0..=u8::MAX {
            for (dst, src) in [([1, 0x80, 0xc2, 0, 0, 3], [2; 6]), ([2; 6], [3; 6])] {
                let mut bytes = frame(dst, src, &[0x81, 0, 0, 1, 8, 0], 60);
                bytes[place] = octet;
                frames.push(bytes);
            }
        }
    }
    alike(&frames);
}

#[test]
fn every_kernel_reads_frames_cut_at_every_length_in_batches_of_every_size_alike() {
    let whole = frame(
        [1, 0x80, 0xc2, 0, 0, 3],
        [3, 9, 8, 7, 6, 5],
        &[0x88, 0xa8, 0x1f, 0xff, 0x81, 0, 7, 8, 9],
        80,
    );
    for size in 1..=2 * CHUNK + 3 {
        let frames: Vec<_> = (0..size).map(|i| whole[..i % (whole.len() + 1)].to_vec()).collect();
        alike(&frames);
    }
}

#[test]
fn every_kernel_finds_the_one_frame_that_came_in_by_another_port() {
    for frames in 0..20 {
        for other in 0..=frames {
            for port in [3, 4, 0x8003, 0x103] {
                let standing = |i| Standing::new(64, 60, PortNo(if i == other { port } else { 3 })).unwrap();
                let list: Vec<_> = (0..frames).map(standing).collect();
                let alike = list
                    .first()
                    .map(|first| first.port())
                    .filter(|_| port == 3 || other == frames || frames == 1);
                for kernel in Kernel::available() {
                    assert_eq!(kernel.one_port(&list), alike, "{kernel}: {other} of {frames}");
                }
            }
        }
    }
}

#[test]
fn every_kernel_but_the_scalar_one_charges_four_at_once() {
    for kernel in Kernel::available() {
        assert_eq!(kernel.has_four(), kernel != Kernel::SCALAR, "{kernel}");
    }
}

#[test]
fn a_kernel_that_the_processor_lacks_is_told_apart_from_one_that_nobody_knows() {
    assert_eq!("scalar".parse(), Ok(Kernel::SCALAR));
    assert!("sse9".parse::<Kernel>().is_err_and(|e| e.contains("no kernel")));
    for name in Kernel::NAMES {
        let has = Kernel::available().iter().any(|kernel| kernel.as_str() == *name);
        assert_eq!(name.parse::<Kernel>().is_ok(), has);
        if !has {
            eprintln!("{name}: NOT RUN, this processor lacks it");
        }
    }
}
