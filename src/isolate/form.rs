//! Whole frames: what arrives is what was sent, but for the one tag that is the network's.

use crate::wire::{EtherType, Vid};

/// How a frame came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Faithful {
    /// Its outermost tag was the network's, and was taken off or exchanged.
    pub consumed: bool,
}

/// What stands behind the addresses, with the first tag gone where there is one.
fn behind_tag(rest: &[u8]) -> Option<&[u8]> {
    let tpid = EtherType(u16::from_be_bytes([*rest.first()?, *rest.get(1)?]));
    (tpid.is_tag() && rest.len() >= 6).then(|| &rest[4..])
}

/// Is `got` the `sent` one, octets, length and padding, as it should be at a port where good frames
/// have this tag (`None`: no tag)?
///
/// # Errors
/// What differs.
pub fn compare(sent: &[u8], got: &[u8], tag: Option<(EtherType, Vid)>) -> Result<Faithful, String> {
    let (Some((from, sent_rest)), Some((to, got_rest))) = (sent.split_at_checked(12), got.split_at_checked(12)) else {
        return Err(format!("{} octets came of {} sent", got.len(), sent.len()));
    };
    if from != to {
        return Err("the addresses differ".to_owned());
    }
    let got_rest = match tag {
        None => got_rest,
        Some((tpid, vid)) => strip(got_rest, tpid, vid)?,
    };
    let same = |rest: &[u8]| padded(rest, got_rest, got.len());
    if same(sent_rest) {
        return Ok(Faithful { consumed: false });
    }
    if behind_tag(sent_rest).is_some_and(same) {
        return Ok(Faithful { consumed: true });
    }
    Err(difference(sent_rest, got_rest))
}

fn strip(rest: &[u8], tpid: EtherType, vid: Vid) -> Result<&[u8], String> {
    let [a, b, c, d, behind @ ..] = rest else {
        return Err("it has no room for the port's tag".to_owned());
    };
    let (got, tci) = (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]));
    if got != tpid.0 || Vid::of_tci(tci) != vid {
        return Err(format!(
            "it begins with {got:04x}:{}, not with the port's own tag {:04x}:{vid}",
            tci & 0xfff,
            tpid.0
        ));
    }
    Ok(behind)
}

/// The same octets, and behind them nothing but the zeros that make it 64 with FCS (68 where a
/// tag was put on what had been padded before).
fn padded(sent: &[u8], got: &[u8], whole: usize) -> bool {
    match got.split_at_checked(sent.len()) {
        Some((same, [])) => same == sent,
        Some((same, more)) => same == sent && whole <= 64 && more.iter().all(|o| *o == 0),
        None => false,
    }
}

fn difference(sent: &[u8], got: &[u8]) -> String {
    let sent = behind_tag(sent).unwrap_or(sent);
    let at = sent.iter().zip(got).position(|(a, b)| a != b);
    match at {
        Some(at) if at < 2 => "its tags or its EtherType differ".to_owned(),
        Some(at) => format!("octet {} behind the addresses differs", at + 1),
        None if got.len() < sent.len() => format!("{} octets of it are missing", sent.len() - got.len()),
        None => format!("{} octets were added that are no padding", got.len() - sent.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(tags: &[(u16, u16)], payload: &[u8]) -> Vec<u8> {
        let mut out = vec![2; 12];
        for (tpid, tci) in tags {
            out.extend(tpid.to_be_bytes());
            out.extend(tci.to_be_bytes());
        }
        out.extend([0x88, 0xb5]);
        out.extend(payload);
        out
    }

    #[test]
    fn a_tag_may_be_taken_off_and_padding_added_and_nothing_else() {
        let sent = frame(&[(0x8100, 5)], &[7; 42]);
        let mut got = frame(&[], &[7; 42]);
        got.resize(60, 0);
        assert_eq!(compare(&sent, &got, None), Ok(Faithful { consumed: true }));
        got[59] = 1;
        assert!(compare(&sent, &got, None).unwrap_err().contains("no padding"));
        let inner = frame(&[(0x8100, 0), (0x8100, 20)], &[7; 60]);
        assert!(
            compare(&inner, &frame(&[], &[7; 60]), None).is_err(),
            "an inner tag is lost"
        );
        assert!(compare(&inner, &frame(&[(0x8100, 20)], &[7; 60]), None).is_ok());
        assert!(compare(&inner, &inner[..70], None).is_err(), "it was cut");
    }

    #[test]
    fn a_tagged_port_wants_its_own_tag() {
        let own = Some((EtherType::CTAG, Vid::new(50).unwrap()));
        let sent = frame(&[], &[7; 60]);
        assert!(compare(&sent, &frame(&[(0x8100, 50)], &[7; 60]), own).is_ok());
        assert!(
            compare(&sent, &frame(&[(0x8100, 51)], &[7; 60]), own)
                .unwrap_err()
                .contains("8100:51")
        );
        assert!(compare(&sent, &sent, own).is_err());
    }
}
