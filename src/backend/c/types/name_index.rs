//! [`NameIndex`]: things by their names, found as fast among many as among few.

/// The numbers of things in the order of their names, and of those without one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::backend::c) struct NameIndex {
    named: Box<[u32]>,
    unnamed: Box<[u32]>,
}

/// So many names are sooner compared with one by one, mostly by their lengths alone.
const FEW: usize = 8;

impl NameIndex {
    /// The index of a list of names. Of several things of one name the first is found.
    pub(in crate::backend::c) fn new<'a>(
        names: impl ExactSizeIterator<Item = Option<&'a str>> + Clone,
    ) -> NameIndex {
        let (mut named, mut unnamed) = (Vec::with_capacity(names.len()), Vec::new());
        for (index, name) in (0..).zip(names) {
            match name {
                Some(name) => named.push((name, index)),
                None => unnamed.push(index),
            }
        }
        named.sort_unstable();
        named.dedup_by_key(|(name, _)| *name);
        let named = named.into_iter().map(|(_, index)| index).collect();
        NameIndex { named, unnamed: unnamed.into() }
    }

    /// The number of the thing of a name, where `name_of` gives the name of a number.
    pub(in crate::backend::c) fn find<'a>(
        &self,
        name: &str,
        name_of: impl Fn(usize) -> &'a str,
    ) -> Option<usize> {
        let name_of = |index: &u32| name_of(*index as usize);
        let found = match self.named.len() <= FEW {
            true => self.named.iter().position(|index| name_of(index) == name)?,
            false => self.named.binary_search_by(|index| name_of(index).cmp(name)).ok()?,
        };
        Some(self.named[found] as usize)
    }

    /// The numbers of the things without a name, in their order.
    pub(in crate::backend::c) fn unnamed(&self) -> impl Iterator<Item = usize> + '_ {
        self.unnamed.iter().map(|index| *index as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_a_name_is_found() {
        let names = [Some("b"), None, Some("a"), Some("b"), Some("c"), None];
        let index = NameIndex::new(names.iter().copied());
        let find = |name: &str| index.find(name, |number| names[number].unwrap_or_default());
        assert_eq!([find("a"), find("b"), find("c"), find("d")], [Some(2), Some(0), Some(4), None]);
        assert_eq!(index.unnamed().collect::<Vec<_>>(), [1, 5]);
        assert_eq!(NameIndex::default().find("a", |_| ""), None);
    }
}
