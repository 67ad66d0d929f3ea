//! The processors that this process may use.

use std::fs;

/// Numbers of a list such as `0-2,5`.
fn list(text: &str) -> Vec<u32> {
    let mut out = Vec::new();
    for part in text.trim().split(',') {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(low), Ok(high)) = (low.trim().parse::<u32>(), high.trim().parse::<u32>()) {
            out.extend((low..=high).take(4096));
        }
    }
    out
}

/// The last processor that we may run on: the first one has the most interrupts.
pub(super) fn last_allowed() -> u32 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    allowed.and_then(|text| list(text).last().copied()).unwrap_or(0)
}

/// How many processors the kernel keeps counters for.
pub(super) fn possible() -> Option<usize> {
    let text = fs::read_to_string("/sys/devices/system/cpu/possible").ok()?;
    Some(*list(&text).last()? as usize + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_processors_are_read() {
        assert_eq!(list("0-2,5\n"), [0, 1, 2, 5]);
        assert_eq!(list("\t3"), [3]);
        assert!(list("").is_empty());
    }
}
