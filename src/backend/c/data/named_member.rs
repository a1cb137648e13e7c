//! [`NamedMember`]: the members of a struct or union by name, found once for each type.

use std::collections::HashSet;
use std::mem::ManuallyDrop;

use super::ctype::CType;
use crate::backend::c::types::{BitField, Member, NameIndex};

/// A member, also of an anonymous member, or what a macro stands for.
pub(in crate::backend::c) struct NamedMember {
    pub(in crate::backend::c) name: Box<str>,
    /// Bytes from the start; for a bit-field, the byte of its first bit.
    pub(in crate::backend::c) offset: usize,
    pub(in crate::backend::c) bits: Option<BitField>,
    /// Whether it, or the anonymous member that it is in, is const.
    pub(in crate::backend::c) constant: bool,
    /// Not counted: it belongs to the same arena.
    ctype: ManuallyDrop<CType>,
}

/// The members of a type, and their names in order.
pub(in crate::backend::c) struct NamedMembers {
    list: Box<[NamedMember]>,
    names: NameIndex,
}

impl NamedMembers {
    fn new(list: Vec<NamedMember>) -> NamedMembers {
        let names = NameIndex::new(list.iter().map(|part| Some(&*part.name)));
        NamedMembers { list: list.into(), names }
    }
}

impl NamedMember {
    /// Its type.
    #[inline]
    pub(in crate::backend::c) fn ctype(&self) -> &CType {
        self.ctype.latest()
    }
}

impl CType {
    /// The members in their order, those of anonymous members among them, and behind them the macros
    /// that stand for parts; none without a definition. The first of a name counts.
    pub(in crate::backend::c) fn parts(&self) -> &[NamedMember] {
        if let Some(parts) = self.parts.get() {
            return &parts.list;
        }
        // Innermost first, however many anonymous members are one inside the other.
        let mut within = vec![self.latest()];
        let mut looked = 0;
        while let Some(outer) = within.get(looked) {
            let record = self.types.record(outer.id);
            let unnamed = |member: &&Member| member.name.is_none();
            for member in record.iter().flat_map(|record| record.members.iter().filter(unnamed)) {
                let inner = CType::of(&self.types, member.type_id);
                let is_there = within.iter().any(|known| known.id == inner.id);
                if inner.parts.get().is_none() && !is_there {
                    within.push(inner);
                }
            }
            looked += 1;
        }
        within.sort_by_key(|inner| self.types.depth(inner.id));
        within.into_iter().for_each(|inner| _ = inner.direct_parts());
        self.direct_parts()
    }

    /// The same, where those of anonymous members are known.
    fn direct_parts(&self) -> &[NamedMember] {
        match self.types.record(self.id) {
            Some(record) => {
                &self
                    .parts
                    .get_or_init(|| {
                        let mut parts = Vec::<NamedMember>::with_capacity(record.members.len());
                        let mut known = HashSet::with_capacity(record.members.len());
                        let mut add = |part: NamedMember| {
                            if known.insert(part.name.clone()) {
                                parts.push(part);
                            }
                        };
                        for member in &record.members {
                            let ctype = CType::of(&self.types, member.type_id);
                            match &member.name {
                                Some(name) => add(NamedMember {
                                    name: (**name).into(),
                                    offset: member.offset,
                                    bits: member.bits,
                                    constant: ctype.constant,
                                    ctype: ctype.uncounted(),
                                }),
                                None => ctype.direct_parts().iter().for_each(|inner| {
                                    add(NamedMember {
                                        name: inner.name.clone(),
                                        offset: member.offset + inner.offset,
                                        bits: inner.bits,
                                        constant: ctype.constant || inner.constant,
                                        ctype: inner.ctype.uncounted(),
                                    });
                                }),
                            }
                        }
                        let names = parts.iter().map(|part| &*part.name);
                        for (name, place) in self.types.macro_members(self.id, names) {
                            let ctype = CType::of(&self.types, place.type_id);
                            parts.push(NamedMember {
                                name: (*name).into(),
                                offset: place.offset,
                                bits: place.bits,
                                constant: ctype.constant,
                                ctype: ctype.uncounted(),
                            });
                        }
                        NamedMembers::new(parts)
                    })
                    .list
            }
            None => &[],
        }
    }

    /// The member of a name.
    #[inline]
    pub(in crate::backend::c) fn part(&self, name: &str) -> Option<&NamedMember> {
        self.part_number(name).map(|index| &self.parts()[index])
    }

    /// The number of the member of a name among all.
    #[inline]
    pub(in crate::backend::c) fn part_number(&self, name: &str) -> Option<usize> {
        let parts = self.parts();
        let names = &self.parts.get()?.names;
        names.find(name, |index| &*parts[index].name)
    }
}
