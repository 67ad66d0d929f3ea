//! Names, and which one was meant.

/// How many single-letter edits turn `a` into `b`; `None` past `max`.
fn distance(a: &[char], b: &[char], max: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > max {
        return None;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let edit = (corner + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = row[j + 1];
            row[j + 1] = edit;
        }
    }
    row.last().copied().filter(|d| *d <= max)
}

/// The known name nearest to `name`, where one is near enough to have been meant.
/// At most 2,000 names are looked at: a hint is not worth more time.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.chars().take(40).collect();
    let max = ((wanted.len() + 1) / 3).clamp(1, 3);
    known
        .take(2_000)
        .filter_map(|k| {
            let chars: Vec<char> = k.chars().take(40).collect();
            distance(&wanted, &chars, max).map(|d| (d, k))
        })
        .min()
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_offered_and_a_far_one_is_not() {
        let known = ["acme", "globex", "telecom"];
        assert_eq!(nearest("acne", known.into_iter()), Some("acme"));
        assert_eq!(nearest("glbex", known.into_iter()), Some("globex"));
        assert_eq!(nearest("zzz", known.into_iter()), None);
        assert_eq!(nearest("", known.into_iter()), None);
    }
}
