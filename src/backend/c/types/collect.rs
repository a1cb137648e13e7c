//! Giving back the types that nobody uses any more.
//!
//! What is declared lasts, and so does what is built of it without a word. A type that is built in
//! passing, for whoever asked, is given back when no [`CType`] is of it or of one that leads to it.
//! Its number goes to another type then, so that whoever keeps a number and no `CType` calls
//! [`Types::keep`].

use std::cell::Cell;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::store::{Stay, Store};
use super::{Kind, Primitive, TypeId, Types};
use crate::backend::c::ctype::CType;
use crate::error::Result;

/// How many types are built in passing before the first are looked for that can go.
const FEW: usize = 256;

thread_local! {
    /// Whether what this thread builds is built in passing.
    static PASSING: Cell<bool> = const { Cell::new(false) };
}

/// While numbers of types that are built in passing have no [`CType`] yet.
struct Passing<'a> {
    types: &'a Types,
    before: bool,
}

impl Drop for Passing<'_> {
    fn drop(&mut self) {
        PASSING.set(self.before);
        self.types.under_way.fetch_sub(1, Ordering::Release);
    }
}

impl Types {
    /// A type that lasts as long as it is used. `build` runs no code of others.
    ///
    /// # Errors
    /// Those of `build`.
    pub(in crate::backend::c) fn passing(
        self: &Arc<Types>,
        build: impl FnOnce() -> Result<TypeId>,
    ) -> Result<CType> {
        if self.read().is_due() {
            self.collect();
        }
        self.under_way.fetch_add(1, Ordering::SeqCst);
        let _passing = Passing { types: self, before: PASSING.replace(true) };
        build().map(|id| CType::new(self, id))
    }

    /// Makes the type last as long as the arena.
    pub(in crate::backend::c) fn keep(&self, id: TypeId) {
        self.write().keep(id);
    }

    /// Makes every type that is there last as long as the arena.
    pub(in crate::backend::c) fn keep_all(&self) {
        self.write().keep_all();
    }

    /// Gives back what nobody uses, unless others are building types just now.
    fn collect(&self) {
        let mut store = self.write();
        // Whoever begins after this waits for the store before it has a number.
        if store.journal.is_some() || self.under_way.load(Ordering::SeqCst) != 0 {
            return;
        }
        let gone = self.infos.collect(&self.revived, |used| {
            let marked = store.marked(used);
            store.sweep(&marked);
            marked
        });
        if gone.is_none() {
            store.put_off();
        }
        drop(store);
        // What hosts keep with a type may run code of its own.
        drop(gone);
    }
}

/// Whether what this thread builds is built in passing.
pub(super) fn is_passing() -> bool {
    PASSING.get()
}

impl Store {
    fn is_due(&self) -> bool {
        self.fresh > self.limit.max(FEW)
    }

    fn put_off(&mut self) {
        self.limit = self.fresh + FEW / 4;
    }

    pub(super) fn keep(&mut self, id: TypeId) {
        self.stays[id.0 as usize] = Stay::Lasting;
    }

    fn keep_all(&mut self) {
        for stay in self.stays.iter_mut().filter(|stay| **stay == Stay::Passing) {
            *stay = Stay::Lasting;
        }
    }

    /// Which types last or are used, and what these lead to.
    fn marked(&self, used: Vec<TypeId>) -> Vec<bool> {
        let mut marked = vec![false; self.stays.len()];
        let mut left = used;
        let lasting = (0u32..).zip(&self.stays).filter(|(_, stay)| **stay == Stay::Lasting);
        left.extend(lasting.map(|(id, _)| TypeId(id)));
        while let Some(id) = left.pop() {
            // A number that was taken back leads nowhere.
            let Some(mark) = marked.get_mut(id.0 as usize) else { continue };
            if !mem::replace(mark, true) {
                left.extend(self.parts(id));
                left.extend(self.canonicals.get(&id));
                let fields = self.record(id).into_iter().flat_map(|record| &record.fields);
                left.extend(fields.map(|field| field.type_id));
            }
        }
        marked
    }

    fn sweep(&mut self, marked: &[bool]) {
        let stays = |id: &TypeId| marked[id.0 as usize];
        for (index, id) in (0u32..).map(TypeId).enumerate().take(marked.len()) {
            if marked[index] || self.stays[index] == Stay::Free {
                continue;
            }
            let kind = mem::replace(&mut self.kinds[index], Kind::Primitive(Primitive::Void));
            if self.interned.get(&kind) == Some(&id) {
                self.interned.remove(&kind);
            }
            self.records.remove(&id);
            self.enumerations.remove(&id);
            self.stays[index] = Stay::Free;
            self.free.push(id);
        }
        self.canonicals.retain(|id, _| stays(id));
        self.tag_of.retain(|id, _| stays(id));
        self.fresh = 0;
        self.limit = self.len();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;
    use std::thread;

    use super::*;
    use crate::backend::c::ctype::Class;
    use crate::backend::c::types::{Field, RecordKind, RecordOptions};

    fn array(types: &Arc<Types>, length: usize) -> CType {
        let int = types.primitive(Primitive::Int);
        types.passing(|| types.array(int, Some(length))).unwrap()
    }

    fn record(types: &Arc<Types>, member: &CType) -> CType {
        types
            .passing(|| {
                let id = types.declare_record(RecordKind::Struct, None)?;
                let fields = vec![Field::new("a", member.id), Field::new("b", member.id)];
                types.complete_record(id, fields, RecordOptions::default()).map(|()| id)
            })
            .unwrap()
    }

    #[test]
    fn types_that_nobody_uses_are_given_back() {
        let types = Arc::new(Types::new());
        let mut most = 0;
        for n in 1..20_000 {
            let record = record(&types, &array(&types, n));
            assert_eq!(record.size, 8 * n);
            assert_eq!(record.pointer().target().unwrap().size, 8 * n);
            assert_eq!(types.canonical(record.id), record.id);
            most = most.max(types.len()).max(types.infos.len());
        }
        assert!(most < 8 * FEW, "{most} types or more at once");
    }

    #[test]
    fn types_that_are_used_or_kept_stay_with_what_they_lead_to() {
        let types = Arc::new(Types::new());
        let used = record(&types, &array(&types, 100_001));
        let members = used.parts().iter().map(|part| part.ctype().clone()).collect::<Vec<_>>();
        let kept = record(&types, &array(&types, 100_002)).id;
        types.keep(kept);
        let declared = array(&types, 100_003).id;
        types.alias("declared", declared).unwrap();
        let found = types.array(types.primitive(Primitive::Int), Some(100_004)).unwrap();
        for n in 1..5_000 {
            drop(record(&types, &array(&types, n)));
        }
        assert_eq!((used.size, used.spell().as_str()), (800_008, "struct <anonymous>"));
        assert_eq!(types.record(used.id).unwrap().members.len(), 2);
        assert!(members.iter().all(|member| member.spell() == "int [100001]"));
        assert_eq!(types.size(kept).unwrap(), 800_016);
        assert_eq!(types.spell(types.named("declared").unwrap()), "declared");
        assert_eq!(types.size(types.named("declared").unwrap()).unwrap(), 400_012);
        assert_eq!(types.spell(found), "int [100004]");
    }

    #[test]
    fn threads_make_and_drop_types_while_others_read() {
        let types = Arc::new(Types::new());
        let done = AtomicBool::new(false);
        let shared = record(&types, &array(&types, 7));
        thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let part = shared.parts()[1].ctype().clone();
                    assert_eq!((part.size, part.length()), (28, Some(7)));
                    assert!(matches!(part.class, Class::Array(_)));
                }
            });
            let makers = [1, 2].map(|step| {
                let types = &types;
                scope.spawn(move || {
                    for n in 1..5_000 {
                        let made = record(types, &array(types, n * step));
                        let part = made.parts()[0].ctype().clone();
                        drop(made);
                        assert_eq!(part.size, 4 * n * step);
                        assert_eq!(part.pointer().target().unwrap().id, part.id);
                    }
                })
            });
            for maker in makers {
                maker.join().unwrap();
            }
            done.store(true, Ordering::Relaxed);
        });
        assert!(types.len() < 16 * FEW, "{} types", types.len());
    }
}
