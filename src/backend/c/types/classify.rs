//! Which registers an aggregate travels in, by the rules of each procedure call standard.

use super::leaf::{Leaf, LeafKind};

/// The register class of eight bytes in System V x86-64.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    /// Padding only.
    None,
    /// A general register.
    Integer,
    /// A vector register.
    Sse,
    /// The first half of a `long double`.
    X87,
    /// The second half of a `long double`.
    X87Up,
}

impl Class {
    /// The class of bytes that members of both classes share; `None` for memory.
    pub(super) fn merge(self, other: Class) -> Option<Class> {
        match (self, other) {
            _ if self == other => Some(self),
            (Class::None, class) | (class, Class::None) => Some(class),
            (Class::Integer, _) | (_, Class::Integer) => Some(Class::Integer),
            _ => None,
        }
    }
}

/// How System V x86-64 passes an aggregate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum SysV {
    /// In registers, one class per eightbyte.
    Registers(Vec<Class>),
    /// On the stack; returned through a pointer.
    Memory,
    /// As a `long double`: on the stack, returned in `st(0)`.
    X87,
    /// In a 16-byte vector register.
    Wide,
}

/// Classifies an aggregate of `size` bytes without `long double`.
pub(super) fn sysv(size: usize, leaves: &[Leaf]) -> SysV {
    if size > 16 || leaves.iter().any(|leaf| leaf.misaligned()) {
        return SysV::Memory;
    }
    if leaves.iter().any(|leaf| leaf.kind == LeafKind::Wide) {
        return SysV::Wide;
    }
    SysV::Registers(eightbytes(size, leaves))
}

/// The classes of an aggregate without `long double`.
pub(super) fn eightbytes(size: usize, leaves: &[Leaf]) -> Vec<Class> {
    let mut classes = vec![Class::None; size.div_ceil(8)];
    for leaf in leaves {
        let (first, end) = (leaf.offset / 8, (leaf.offset + leaf.size).div_ceil(8));
        for class in classes.iter_mut().take(end).skip(first) {
            *class = match (leaf.kind, *class) {
                (LeafKind::Integer, _) | (_, Class::Integer) => Class::Integer,
                _ => Class::Sse,
            };
        }
    }
    classes
}

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
        Leaf { kind, offset, size, bit_field: false }
    }

    #[test]
    fn one_integer_makes_its_eightbyte_integer() {
        use LeafKind::{Double, Integer, Single};
        let mixed = [leaf(Single, 0, 4), leaf(Integer, 4, 4), leaf(Double, 8, 8)];
        assert_eq!(sysv(16, &mixed), SysV::Registers(vec![Class::Integer, Class::Sse]));
        let padded = [leaf(Single, 0, 4)];
        assert_eq!(sysv(16, &padded), SysV::Registers(vec![Class::Sse, Class::None]));
    }

    #[test]
    fn large_and_misaligned_aggregates_go_to_memory() {
        use LeafKind::{Double, Integer};
        assert_eq!(sysv(24, &[leaf(Double, 0, 8)]), SysV::Memory);
        assert_eq!(sysv(5, &[leaf(Integer, 0, 1), leaf(Integer, 1, 4)]), SysV::Memory);
        let bits = Leaf { bit_field: true, ..leaf(Integer, 1, 4) };
        assert_eq!(sysv(5, &[bits]), SysV::Registers(vec![Class::Integer]));
    }

    #[test]
    fn integers_outweigh_what_they_share_bytes_with() {
        assert_eq!(Class::Integer.merge(Class::X87), Some(Class::Integer));
        assert_eq!(Class::Sse.merge(Class::Integer), Some(Class::Integer));
        assert_eq!(Class::None.merge(Class::X87Up), Some(Class::X87Up));
        assert_eq!(Class::Sse.merge(Class::X87), None);
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
