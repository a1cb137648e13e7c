//! "Did you mean": the known name that is closest to one that is not known.

/// ` (did you mean "…"?)` for the closest of `known`, or nothing when none is close.
pub(crate) fn hint<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match closest(unknown, known) {
        Some(name) => format!(" (did you mean \"{name}\"?)"),
        None => String::new(),
    }
}

/// The closest of `known`: at most a third of its letters differ.
pub(crate) fn closest<'a>(
    unknown: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted: Vec<char> = unknown.chars().flat_map(char::to_lowercase).take(64).collect();
    let (mut letters, mut best) = (Vec::new(), None);
    for name in known {
        letters.clear();
        letters.extend(name.chars().flat_map(char::to_lowercase));
        let most = (wanted.len().max(letters.len()) / 3).max(1);
        let most = best.map_or(most, |(edits, _): (usize, _)| most.min(edits.saturating_sub(1)));
        // Most names differ in too many letters, whatever their order.
        if least_distance(&wanted, &letters) <= most {
            let edits = distance(&wanted, &letters);
            if edits <= most && best.is_none_or(|(fewest, _)| edits < fewest) {
                best = Some((edits, name));
            }
        }
    }
    best.map(|(_, name)| name)
}

/// What [`distance`] is at the least: letters that one has and the other lacks.
fn least_distance(a: &[char], b: &[char]) -> usize {
    let mut surplus = [0_i32; 64];
    a.iter().for_each(|letter| surplus[*letter as usize % 64] += 1);
    b.iter().for_each(|letter| surplus[*letter as usize % 64] -= 1);
    let more: i32 = surplus.iter().filter(|count| **count > 0).sum();
    let fewer: i32 = surplus.iter().filter(|count| **count < 0).sum();
    more.max(-fewer) as usize
}

/// The number of letters to insert, remove or replace to turn `a` into `b`.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_finds_the_name() {
        let known = ["callable", "global", "constant"];
        assert_eq!(closest("calable", known), Some("callable"));
        assert_eq!(closest("Global", known), Some("global"));
        assert_eq!(closest("konstant", known), Some("constant"));
    }

    #[test]
    fn something_else_finds_nothing() {
        assert_eq!(closest("attribute", ["callable", "global"]), None);
        assert_eq!(closest("", ["callable"]), None);
        assert_eq!(hint("zzz", ["callable"]), "");
    }

    #[test]
    fn the_closest_wins() {
        assert_eq!(hint("int65", ["int16", "int64", "uint64"]), " (did you mean \"int64\"?)");
    }

    #[test]
    fn distance_counts_edits() {
        let of = |a: &str, b: &str| {
            distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
        };
        assert_eq!(of("", "abc"), 3);
        assert_eq!(of("kitten", "sitting"), 3);
        assert_eq!(of("same", "same"), 0);
        let least = |a: &str, b: &str| {
            least_distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
        };
        for (a, b) in [("", "abc"), ("kitten", "sitting"), ("tea", "eat"), ("abc", "xyz")] {
            assert!(least(a, b) <= of(a, b), "{a} {b}");
        }
        assert_eq!((least("kitten", "sitting"), least("abc", "xyz")), (3, 3));
    }
}
