//! `trunklab trace`: what becomes of one frame, hop by hop.

use std::path::{Path, PathBuf};

use super::ask::{self, When};
use super::files::FileSources;
use super::format::Format;
use super::{Exit, files, load};
use crate::report::journey_document;
use crate::scenario::Sources;
use crate::scenario::import::capture;
use crate::study::journey::{Entry, journey};
use crate::wire::Frame;

/// Flags of `trace`.
#[derive(Debug, clap::Args)]
pub(super) struct TraceArgs {
    /// The scenario, or `-` for standard input.
    scenario: PathBuf,
    /// Where it comes in, as if off the line there: NODE.PORT, the port by its number, its link or the node at
    /// the other end; NODE alone where that has one port.
    #[arg(long = "in", env = "TRUNKLAB_IN", value_name = "NODE.PORT")]
    place: String,
    /// The frame's octets from the destination address on, without FCS, in hexadecimal; blanks, `:` and `-` may
    /// stand between them.
    #[arg(required_unless_present = "pcap", conflicts_with = "pcap", value_name = "HEX")]
    frame: Option<String>,
    /// Take the frame from this capture (pcap, pcapng).
    #[arg(long, env = "TRUNKLAB_TRACE_PCAP", value_name = "FILE")]
    pcap: Option<PathBuf>,
    /// Which frame of the capture, from 1: of its Ethernet frames.
    #[arg(long = "frame", env = "TRUNKLAB_FRAME", value_name = "N", default_value_t = 1, requires = "pcap",
        value_parser = clap::value_parser!(u32).range(1..))]
    number: u32,
    /// The virtual time when it comes in; the scenario's end where left out.
    #[arg(long, env = "TRUNKLAB_AT", value_name = "TIME")]
    at: Option<When>,
    /// How to print the way.
    #[arg(long, env = "TRUNKLAB_FORMAT", default_value = "human")]
    format: Format,
    /// Print every row.
    #[arg(long, short, env = "TRUNKLAB_VERBOSE", value_parser = super::env::switch)]
    verbose: bool,
}

/// Puts the frame in, and prints what became of it.
pub(super) fn trace(args: &TraceArgs) -> Exit {
    let source = args.scenario.to_string_lossy();
    let frame = match (&args.frame, &args.pcap) {
        (Some(text), _) => octets(text).map(|octets| Frame::from_octets(&octets)),
        (None, Some(path)) => captured(path, args.number),
        (None, None) => Err("a frame is wanted: in hexadecimal, or by --pcap".to_owned()),
    };
    let frame = match frame {
        Ok(frame) => frame,
        Err(message) => return files::bad(&message),
    };
    let Ok((plan, _)) = load::plan(&source) else {
        return Exit::BadInput;
    };
    let placed = ask::port(&plan, &args.place).and_then(|place| Ok((place, When::within(args.at, &plan)?)));
    let entry = match placed {
        Ok(((node, port), at)) => Entry { node, port, at, frame },
        Err(message) => return files::bad(&message),
    };
    match journey(&plan, &entry) {
        Ok(journey) => {
            let document = journey_document(&source, &plan, &entry, &journey);
            files::print(&document.render(args.format.told(args.verbose)))
        }
        Err(error) => {
            eprintln!("trunklab: {error}");
            Exit::Internal
        }
    }
}

fn captured(path: &Path, number: u32) -> Result<Frame, String> {
    let shown = path.display();
    let read = FileSources
        .read(&path.to_string_lossy())
        .map_err(|e| format!("{shown}: {e}"))?;
    let all = capture::frames(&read)
        .map_err(|wrong| format!("{shown}: {}", wrong.message))?
        .frames;
    let at = usize::try_from(number).unwrap_or(usize::MAX) - 1;
    let count = all.len();
    let found = all.into_iter().nth(at).map(|(_, frame)| frame);
    found.ok_or_else(|| format!("{shown} has {count} frames of Ethernet, and no frame {number}"))
}

/// Octets in hexadecimal.
fn octets(text: &str) -> Result<Vec<u8>, String> {
    let kept = |c: &char| !c.is_whitespace() && !matches!(c, ':' | '-' | '.');
    let digits: Vec<char> = text.strip_prefix("0x").unwrap_or(text).chars().filter(kept).collect();
    let value = |c: char| c.to_digit(16).and_then(|d| u8::try_from(d).ok());
    if let Some(odd) = digits.iter().find(|c| value(**c).is_none()) {
        return Err(format!("`{}` is no hexadecimal digit", odd.escape_default()));
    }
    let pair = |pair: &[char]| Some(value(pair[0])? << 4 | value(*pair.get(1)?)?);
    let read: Option<Vec<u8>> = digits.chunks(2).map(pair).collect();
    match read {
        None => Err("an octet has two hexadecimal digits, and the last has one".to_owned()),
        Some(octets) if octets.len() < 14 => Err(format!(
            "a frame has at least 14 octets (two addresses and a type), and this has {}",
            octets.len()
        )),
        Some(octets) if octets.len() > capture::OCTETS_MAX => Err(format!(
            "a frame has at most {} octets, and this has {}",
            capture::OCTETS_MAX,
            octets.len()
        )),
        Some(octets) => Ok(octets),
    }
}

#[cfg(test)]
mod tests {
    use super::octets;

    #[test]
    fn octets_are_read_with_what_people_put_between_them_and_nothing_else_is() {
        let plain = octets("ffffffffffff0200000000010800").expect("a header");
        assert_eq!(plain.len(), 14);
        assert_eq!((plain[5], plain[6], plain[12]), (0xff, 0x02, 0x08));
        let spaced = octets("0xff:ff:ff:ff:ff:ff 02-00-00-00-00-01\n0800");
        assert_eq!(spaced.as_ref(), Ok(&plain));
        for (text, said) in [
            ("ffffffffffff02000000000108", "at least 14"),
            ("ffffffffffff020000000001080", "two hexadecimal"),
            ("zz", "no hexadecimal"),
            ("", "at least 14"),
        ] {
            let refused = octets(text).expect_err(text);
            assert!(refused.contains(said), "{refused}");
        }
        assert!(octets(&"00".repeat(9_281)).is_err());
        assert!(octets(&"00".repeat(9_280)).is_ok());
    }
}
