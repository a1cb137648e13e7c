//! Which registers an aggregate travels in by AAPCS64.

use super::leaf::{Leaf, LeafKind};

/// The element kind and count of an AAPCS64 homogeneous floating-point aggregate.
pub(super) fn homogeneous(size: usize, leaves: &[Leaf]) -> Option<(LeafKind, usize)> {
    let first = leaves.first()?;
    let uniform = leaves.iter().all(|leaf| {
        (leaf.kind, leaf.size) == (first.kind, first.size) && leaf.offset.is_multiple_of(first.size)
    });
    let float = !matches!(first.kind, LeafKind::Integer);
    let count = size / first.size;
    let filled = (0..count).all(|i| leaves.iter().any(|leaf| leaf.offset == i * first.size));
    let whole = size.is_multiple_of(first.size) && (1..=4).contains(&count);
    (uniform && float && whole && filled).then_some((first.kind, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(kind: LeafKind, offset: usize, size: usize) -> Leaf {
        Leaf { kind, offset, size }
    }

    #[test]
    fn up_to_four_equal_floats_are_homogeneous() {
        use LeafKind::{Double, Integer, Single};
        let floats = |n: usize| (0..n).map(|i| leaf(Single, 4 * i, 4)).collect::<Vec<_>>();
        assert_eq!(homogeneous(16, &floats(4)), Some((Single, 4)));
        assert_eq!(homogeneous(20, &floats(5)), None);
        assert_eq!(homogeneous(16, &floats(1)), None);
        assert_eq!(homogeneous(16, &[leaf(Single, 0, 4), leaf(Double, 8, 8)]), None);
        assert_eq!(homogeneous(8, &[leaf(Integer, 0, 8)]), None);
    }
}
