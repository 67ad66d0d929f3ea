//! Certificates: one that holds, and every way to tamper with it.

use trunklab::certificate::check;
use trunklab::study::{Proven, prove_snapshot};

use super::worlds::{at_end, at_start, base, random};

fn good() -> String {
    let plan = base();
    let proof = prove_snapshot(&plan, &at_end(&plan)).expect("room");
    assert_eq!(proof.verdict, Proven::Proved);
    proof.certificate.expect("it is proved")
}

/// The same text with a digest that fits: what a forger would write.
fn forged(body: &str) -> String {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    let mut mix = |word: u64| sum = (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    let words = body.as_bytes().chunks_exact(8);
    let rest = words.remainder();
    words.for_each(|word| mix(u64::from_le_bytes(word.try_into().expect("eight"))));
    rest.iter().for_each(|byte| mix(u64::from(*byte)));
    format!("{body}end {:016x}\n", sum ^ body.len() as u64)
}

fn body(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert!(lines.pop().expect("a last line").starts_with("end "));
    lines
}

#[test]
fn a_certificate_holds_and_is_the_same_every_time() {
    let text = good();
    let checked = check(text.as_bytes()).expect("it holds");
    assert_eq!((checked.tenants, checked.terminals), (3, 6));
    assert_eq!(text, good());
    assert_eq!(forged(&body(&text).concat()), text, "the test's digest is the format's");
}

#[test]
fn whatever_line_is_damaged_the_digest_tells() {
    let text = good();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for i in 0..lines.len() {
        let without: String = lines
            .iter()
            .enumerate()
            .filter(|(j, _)| *j != i)
            .map(|(_, l)| *l)
            .collect();
        assert!(check(without.as_bytes()).is_err(), "without line {}", i + 1);
        let twice: String = lines
            .iter()
            .enumerate()
            .flat_map(|(j, l)| vec![*l; 1 + usize::from(i == j)])
            .collect();
        assert!(check(twice.as_bytes()).is_err(), "line {} twice", i + 1);
    }
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        assert!(check(&bytes).is_err(), "octet {at} damaged");
    }
    for end in 0..text.len() {
        assert!(check(&text.as_bytes()[..end]).is_err(), "cut at {end}");
    }
}

/// Lines that say what things are called. Another name is another certificate, and as good a one.
fn is_name(line: &str) -> bool {
    ["scenario ", "profile ", "n "]
        .iter()
        .any(|word| line.starts_with(word))
}

#[test]
fn no_line_that_matters_can_be_left_out_by_a_forger() {
    let text = good();
    let lines = body(&text);
    for i in 0..lines.len() {
        let without: String = lines
            .iter()
            .enumerate()
            .filter(|(j, _)| *j != i)
            .map(|(_, l)| *l)
            .collect();
        let refused = check(forged(&without).as_bytes());
        assert!(refused.is_err(), "without line {}: {}", i + 1, lines[i]);
    }
}

#[test]
fn a_forger_can_change_no_claim_and_no_port_without_telling_of_another_network() {
    let text = good();
    let tables = check(text.as_bytes()).expect("it holds").tables;
    let lines = body(&text);
    let (mut tried, mut refused) = (0, 0);
    for (i, line) in lines.iter().enumerate() {
        if is_name(line) || !(line.starts_with("k ") || line.starts_with("p ")) {
            continue;
        }
        // Each number of the line, one at a time, one more or less.
        let digits: Vec<usize> = line
            .char_indices()
            .filter(|(_, c)| c.is_ascii_digit())
            .map(|(at, _)| at)
            .collect();
        for at in digits {
            let old = line.as_bytes()[at] - b'0';
            for new in [(old + 1) % 10, (old + 9) % 10] {
                let mut other = (*line).to_owned();
                other.replace_range(at..=at, &new.to_string());
                let mut all: Vec<&str> = lines.clone();
                all[i] = &other;
                tried += 1;
                match check(forged(&all.concat()).as_bytes()) {
                    Ok(held) if line.starts_with("p ") => assert_ne!(held.tables, tables, "{other}"),
                    Ok(_) => panic!("line {}: {line} became {other}", i + 1),
                    Err(_) => refused += 1,
                }
            }
        }
    }
    assert!(tried > 100 && refused * 4 > tried * 3, "{refused} of {tried}");
}

#[test]
fn random_proofs_of_every_profile_have_certificates_that_hold() {
    let mut held = 0;
    for seed in 0..16 {
        let plan = random(seed);
        let proof = prove_snapshot(&plan, &at_start(&plan)).expect("room");
        let Some(text) = proof.certificate else {
            assert_ne!(proof.verdict, Proven::Proved, "seed {seed}");
            continue;
        };
        if let Err(refused) = check(text.as_bytes()) {
            panic!("seed {seed}: {refused}\n{text}");
        }
        held += 1;
    }
    assert!(held >= 3, "{held}");
}

#[test]
fn no_text_however_odd_stops_the_checker() {
    for odd in [
        "",
        "\n",
        "trunklab-certificate 2\n",
        "trunklab-certificate 1\n",
        "\u{0}\u{0}",
    ] {
        assert!(check(odd.as_bytes()).is_err());
    }
    let huge = "trunklab-certificate 1\nscenario s\nprofile p\ntenants 4294967294\n";
    assert!(check(huge.as_bytes()).is_err());
    let ports = "trunklab-certificate 1\nscenario s\nprofile p\ntenants 0\nmacs 0\nports 4294967294\np - 0\n";
    assert!(check(ports.as_bytes()).is_err());
}
