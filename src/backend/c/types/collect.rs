//! Giving back the types that nobody uses any more.
//!
//! What is declared lasts, and so does what is built of it without a word. A type that is built in
//! passing, for whoever asked, is given back when no [`CType`] is of it or of one that leads to it.
//! Its number goes to another type then. So whoever has a [`TypeId`] is one of these:
//!
//! - It lasts: tags, typedef names, and what declarations say of functions, variables and constants
//!   are built by threads that build nothing in passing, or kept with their text.
//! - It is traced from what lasts or is used: a [`TypeKind`]'s parts, the members of a record as they were
//!   given (those that lie flat in it are members of these), the canonical type. What is known of a
//!   type ([`Info`](crate::backend::c::data::ctype::Info)) has the numbers of itself, of it without names,
//!   and of what it points to or consists of.
//! - It has a [`CType`] besides: handles of types, calls and their plans, objects, pointers of
//!   a callable, functions that take any number of arguments.
//! - It is a step of building, under [`Types::passing`] or between [`Types::begin`] and its end.

use std::cell::Cell;
use std::mem;
use std::sync::atomic::Ordering;

use super::store::{Store, TypeLifetime};
use super::{Primitive, TypeId, TypeKind, Types};
#[cfg(debug_assertions)]
use crate::fork::Once;
use crate::handle;

/// How many types are built in passing before the first are looked for that can go.
const FEW: usize = 256;

thread_local! {
    /// Whether what this thread builds is built in passing.
    static PASSING: Cell<bool> = const { Cell::new(false) };
}

/// While numbers of types that are built in passing have no [`CType`] yet.
pub(in crate::backend::c) struct TransientTypes<'a> {
    types: &'a Types,
    before: bool,
}

impl Drop for TransientTypes<'_> {
    fn drop(&mut self) {
        PASSING.set(self.before);
        self.types.under_way.fetch_sub(1, Ordering::Release);
    }
}

impl Types {
    /// What is built until the result is dropped is built in passing, by code that runs none of
    /// others: it lasts as long as it is used.
    pub(in crate::backend::c) fn transient(&self) -> TransientTypes<'_> {
        self.tidy();
        self.under_way.fetch_add(1, Ordering::SeqCst);
        TransientTypes { types: self, before: PASSING.replace(true) }
    }

    /// Makes every type that is there last as long as the arena.
    pub(in crate::backend::c) fn keep_all(&self) {
        self.write().keep_all();
    }

    /// Gives back what nobody uses if that is worth the while.
    pub(in crate::backend::c) fn tidy(&self) {
        if self.read().is_due() {
            // Objects that this thread has freed.
            handle::let_go_left();
            self.collect();
        }
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

/// Whether types are given back as soon as they can be, to find out who relies on one that nobody
/// uses: asked for by the environment, and only where assertions are checked.
#[cfg(debug_assertions)]
fn is_eager() -> bool {
    static EAGER: Once<bool> = Once::new();
    *EAGER.get_or_init(|| std::env::var_os("METAFFI_COLLECT_TYPES").is_some())
}

#[cfg(not(debug_assertions))]
fn is_eager() -> bool {
    false
}

impl Store {
    fn is_due(&self) -> bool {
        self.fresh > self.limit.max(FEW) || self.fresh > 0 && is_eager()
    }

    /// Lets types go as soon as nobody uses them.
    pub(super) fn let_go(&mut self, types: &[TypeId]) {
        for id in types {
            if mem::replace(&mut self.stays[id.0 as usize], TypeLifetime::Passing)
                == TypeLifetime::Lasting
            {
                self.fresh += 1;
            }
        }
    }

    fn put_off(&mut self) {
        self.limit = self.fresh + FEW / 4;
    }

    pub(super) fn keep(&mut self, id: TypeId) {
        self.stays[id.0 as usize] = TypeLifetime::Lasting;
    }

    fn keep_all(&mut self) {
        for stay in self.stays.iter_mut().filter(|stay| **stay == TypeLifetime::Passing) {
            *stay = TypeLifetime::Lasting;
        }
    }

    /// Which types last or are used, and what these lead to.
    fn marked(&self, used: Vec<TypeId>) -> Vec<bool> {
        let mut marked = vec![false; self.stays.len()];
        let mut left = used;
        let lasting = (0u32..).zip(&self.stays).filter(|(_, stay)| **stay == TypeLifetime::Lasting);
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
            if marked[index] || self.stays[index] == TypeLifetime::Free {
                continue;
            }
            let kind = mem::replace(&mut self.kinds[index], TypeKind::Primitive(Primitive::Void));
            if self.interned.get(&kind) == Some(&id) {
                self.interned.remove(&kind);
            }
            self.records.remove(&id);
            self.enumerations.remove(&id);
            self.stays[index] = TypeLifetime::Free;
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

    use std::sync::Arc;

    use super::*;
    use crate::backend::c::data::ctype::{CType, Representation};
    use crate::backend::c::types::{
        DeclaredMember, FunctionType, Qualifiers, RecordKind, RecordOptions,
    };

    fn array(types: &Arc<Types>, length: usize) -> CType {
        let int = types.primitive(Primitive::Int);
        types.passing(|| types.array(int, Some(length))).unwrap()
    }

    fn record(types: &Arc<Types>, member: &CType) -> CType {
        types
            .passing(|| {
                let id = types.declare_record(RecordKind::Struct, None)?;
                let fields =
                    vec![DeclaredMember::new("a", member.id), DeclaredMember::new("b", member.id)];
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
        types.write().keep(kept);
        let declared = array(&types, 100_003).id;
        types.alias("declared", declared, None).unwrap();
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

    /// A type that is used, and what must stay true of it.
    struct Used {
        ctype: CType,
        size: usize,
        spelling: String,
    }

    impl Used {
        fn new(ctype: CType) -> Used {
            let (size, spelling) = (ctype.size, ctype.spell());
            Used { ctype, size, spelling }
        }

        fn check(&self) {
            let ctype = CType::new(&self.ctype.types, self.ctype.id);
            assert!(ctype.is(&self.ctype) && ctype.size == self.size);
            assert_eq!(ctype.spell(), self.spelling);
            let types = &ctype.types;
            assert_eq!(types.size(types.canonical(ctype.id)).ok(), types.size(ctype.id).ok());
        }
    }

    #[test]
    fn a_used_type_is_as_it_was_made_whenever_others_are_given_back() {
        let types = Arc::new(Types::new());
        let mut state = 7_u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % below
        };
        let mut used = vec![Used::new(array(&types, 3))];
        for step in 0..4_000 {
            let of = &used[random(used.len())].ctype;
            let (id, other) = (of.id, used[random(used.len())].ctype.id);
            let made = match random(8) {
                0 => types.passing(|| types.array(id, Some(1 + random(9)))),
                1 if !matches!(of.class, Representation::Function) => Ok(record(&types, of)),
                2 => Ok(of.pointer()),
                3 => types.passing(|| {
                    let pointers = vec![types.pointer(id), types.pointer(other)];
                    types.function(FunctionType::new(types.void(), pointers))
                }),
                4 => types.passing(|| types.qualified(id, Qualifiers::CONST)),
                5 => Ok(of.target().unwrap_or_else(|| of.clone())),
                6 => Ok(of.parts().last().map_or_else(|| of.clone(), |part| part.ctype().clone())),
                _ => Ok(array(&types, 1 + step % 90)),
            };
            // Some are too deep, too large, or of no object.
            if let Ok(made) = made.and_then(|made| types.shallow(made.id).map(|_| made)) {
                used.push(Used::new(made));
            }
            if used.len() > 40 {
                used.swap_remove(random(40));
            }
            types.collect();
            used[random(used.len())].check();
        }
        used.iter().for_each(Used::check);
        assert!(types.len() < 40 * 60, "{} types", types.len());
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
                    assert!(matches!(part.class, Representation::Array(_)));
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
