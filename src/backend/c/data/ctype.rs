//! [`CType`]: a C type reduced to what converting its values needs.

use std::collections::HashMap;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicUsize, Ordering, fence};
use std::sync::{Arc, Weak};

use super::accept::Direction;
use super::infer::infer;
use super::named_member::NamedMembers;
pub use super::representation::{Format, Pointee, PointeeKind, Representation};
use super::representation::{class, is_constant};
use crate::backend::c::types::{RecordKind, TypeId, TypeKind, Types};
use crate::call::FunctionPointerType;
use crate::error::Result;
use crate::fork::{Lock, Once, SharedLock};
use crate::object::layout::Layout;
use crate::signature;

/// A C type, and how its values look in memory: a counted reference to what is known of it, which
/// keeps the arena of the type.
///
/// What is known is made once and belongs to the arena; from one type, others are reached by
/// reference, without counting: they stay as long as it does.
#[repr(transparent)]
pub struct CType(NonNull<Info>);

/// What is known of a type.
pub struct Info {
    /// How many [`CType`]s there are. While there is one, they hold a reference to the arena.
    users: AtomicUsize,
    /// Refers to this; not counted.
    me: ManuallyDrop<CType>,
    /// The arena of the type.
    pub types: Arena,
    /// The type in it.
    pub id: TypeId,
    /// The type without names and qualifiers of its own.
    pub bare: TypeId,
    /// Whether it has a definition.
    pub complete: bool,
    /// Whether nothing that is declared later can change what is known.
    settled: bool,
    /// Whether values are `const`, or elements that are.
    pub(in crate::backend::c) constant: bool,
    /// Whether more bytes than its size may belong to a value.
    open: bool,
    /// Bytes of a value.
    pub size: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// What its bytes mean.
    pub class: Representation,
    /// The number of elements of an array.
    length: Option<usize>,
    /// What a number is read as.
    pub(in crate::backend::c) number: Option<signature::Kind>,
    pub(in crate::backend::c) parts: Once<NamedMembers>,
    target: Once<ManuallyDrop<CType>>,
    /// How values lie in memory, as long as somebody has it: it keeps the arena.
    pub(in crate::backend::c) layout: Lock<Weak<Layout>>,
    /// Of a function: what a pointer to it is, as long as somebody uses that.
    pub(in crate::backend::c) function_pointer: Lock<Weak<FunctionPointerType>>,
}

/// The arena that a type belongs to, which lives at least as long.
pub struct Arena(ManuallyDrop<Arc<Types>>);

impl Deref for Arena {
    type Target = Arc<Types>;

    fn deref(&self) -> &Arc<Types> {
        &self.0
    }
}

/// What is known of the types of an arena.
#[derive(Default)]
pub(in crate::backend::c) struct Infos(SharedLock<KnownPointer>);

#[derive(Default)]
struct KnownPointer {
    latest: HashMap<TypeId, NonNull<Info>>,
    /// Also what was known of types before they were defined.
    all: Vec<NonNull<Info>>,
}

// SAFETY: an `Info` may be used from any thread, and belongs to the list alone.
unsafe impl Send for KnownPointer {}
// SAFETY: as above.
unsafe impl Sync for KnownPointer {}

impl Drop for Infos {
    fn drop(&mut self) {
        let known = self.0.get_mut();
        for info in known.all.drain(..) {
            // SAFETY: made of a box; nobody refers to it, since that would keep it or the arena.
            drop(unsafe { Box::from_raw(info.as_ptr()) });
        }
    }
}

impl Infos {
    /// Forgets what is known of the types that `sweep` does not mark, given those that are used, and
    /// gives it back to be dropped; `None`, and nothing is swept, if use changed meanwhile.
    pub(in crate::backend::c) fn collect(
        &self,
        revived: &AtomicUsize,
        sweep: impl FnOnce(Vec<TypeId>) -> Vec<bool>,
    ) -> Option<Infos> {
        let mut known = self.0.write();
        let before = revived.load(Ordering::Acquire);
        // SAFETY: what is in the list lives until it leaves it.
        let all = known.all.iter().map(|info| unsafe { info.as_ref() });
        let used = all.filter(|info| info.users.load(Ordering::Acquire) > 0);
        let used = used.map(|info| info.id).collect();
        // One that is used came from another that was used, and is seen unless it came meanwhile.
        if revived.load(Ordering::Acquire) != before {
            return None;
        }
        let marked = sweep(used);
        let stays = |id: TypeId| marked.get(id.number() as usize).is_none_or(|mark| *mark);
        known.latest.retain(|id, _| stays(*id));
        // SAFETY: as above.
        let gone = known.all.extract_if(.., |info| !stays(unsafe { info.as_ref() }.id));
        // Nobody has one of them, or one that leads to it.
        Some(Infos(SharedLock::new(KnownPointer { latest: HashMap::new(), all: gone.collect() })))
    }

    #[cfg(test)]
    pub(in crate::backend::c) fn len(&self) -> usize {
        self.0.read().all.len()
    }
}

// SAFETY: what is known does not change but through atomics and locks.
unsafe impl Send for CType {}
// SAFETY: as above.
unsafe impl Sync for CType {}

impl Deref for CType {
    type Target = Info;

    #[inline(always)]
    fn deref(&self) -> &Info {
        // SAFETY: it lives as long as its arena, which a counted reference keeps; whoever has an
        // uncounted one keeps the arena otherwise.
        unsafe { self.0.as_ref() }
    }
}

impl Clone for CType {
    #[inline]
    fn clone(&self) -> CType {
        if self.users.fetch_add(1, Ordering::Relaxed) == 0 {
            // SAFETY: the arena is there, as it is for every reference.
            unsafe { Arc::increment_strong_count(Arc::as_ptr(&self.types)) };
            self.types.revived.fetch_add(1, Ordering::Release);
        }
        CType(self.0)
    }
}

impl Drop for CType {
    #[inline]
    fn drop(&mut self) {
        let types = Arc::as_ptr(&self.types);
        if self.users.fetch_sub(1, Ordering::Release) == 1 {
            fence(Ordering::Acquire);
            // SAFETY: the reference that the first of the users took.
            unsafe { Arc::decrement_strong_count(types) };
        }
    }
}

impl CType {
    /// The type `id` of `types`; a type without a definition has size 0.
    pub fn new(types: &Arc<Types>, id: TypeId) -> CType {
        CType::of(types, id).clone()
    }

    /// Another reference, not counted: for what the arena owns.
    pub(in crate::backend::c) fn uncounted(&self) -> ManuallyDrop<CType> {
        ManuallyDrop::new(CType(self.0))
    }

    /// The same, not counted.
    pub(in crate::backend::c) fn of(types: &Arc<Types>, id: TypeId) -> &CType {
        let known = types.infos.0.read();
        // SAFETY: what is in the list lives as long as the arena.
        let found = known.latest.get(&id).map(|info| unsafe { info.as_ref() });
        if let Some(found) = found.filter(|found| found.settled) {
            return &found.me;
        }
        drop(known);
        let made = Info::new(types, id);
        let mut known = types.infos.0.write();
        // SAFETY: as above.
        if let Some(found) = known.latest.get(&id).map(|info| unsafe { info.as_ref() })
            && found.says(&made)
        {
            return &found.me;
        }
        let info = NonNull::from(Box::leak(Box::new(made)));
        // SAFETY: nobody else has it yet; as above.
        let made = unsafe {
            (*info.as_ptr()).me = ManuallyDrop::new(CType(info));
            info.as_ref()
        };
        known.all.push(info);
        known.latest.insert(id, info);
        &made.me
    }

    /// The type as C spells it.
    pub fn spell(&self) -> String {
        self.types.spell(self.id)
    }

    /// Whether the two are one type of one arena.
    #[inline(always)]
    pub fn is(&self, other: &CType) -> bool {
        self.id == other.id && Arc::ptr_eq(&self.types, &other.types)
    }

    /// Whether the two are one type of which the same is known.
    #[inline(always)]
    pub(in crate::backend::c) fn is_known_as(&self, other: &CType) -> bool {
        self.0 == other.0
    }

    /// Whether a value travels as the address of its bytes instead of as one word.
    pub fn by_address(&self) -> bool {
        match self.class {
            Representation::Wide { .. }
            | Representation::Complex(_)
            | Representation::Record
            | Representation::Opaque => true,
            Representation::Float(format) => !matches!(format, Format::Single | Format::Double),
            _ => false,
        }
    }

    /// Whether the type has a definition.
    pub fn is_complete(&self) -> bool {
        self.complete || self.types.is_complete(self.id)
    }

    /// A pointer to this type.
    pub fn pointer(&self) -> CType {
        let pointer = self.types.passing(|| Ok(self.types.pointer(self.id)));
        pointer.expect("every type has a pointer")
    }

    /// The type pointed to, or of the elements.
    pub fn target(&self) -> Option<CType> {
        self.inner().cloned()
    }

    /// The same, not counted.
    pub(in crate::backend::c) fn inner(&self) -> Option<&CType> {
        let (Representation::Pointer(pointee) | Representation::Array(pointee)) = self.class else {
            return None;
        };
        if let Some(target) = self.target.get() {
            return Some(target);
        }
        let found = CType::of(&self.types, pointee.id);
        if found.settled {
            self.target.get_or_init(|| found.uncounted());
        }
        Some(found)
    }

    /// The number of elements of an array; `None` for other types and arrays without a length.
    pub fn length(&self) -> Option<usize> {
        self.length
    }

    /// The flexible array at the end of a struct: its offset and its type.
    pub fn flexible(&self) -> Option<(usize, CType)> {
        let record = self.types.record(self.id)?;
        let last = record.members.last()?;
        let ctype = CType::new(&self.types, last.type_id);
        let flexible = matches!(ctype.class, Representation::Array(_)) && ctype.length().is_none();
        (flexible && record.kind == RecordKind::Struct).then_some((last.offset, ctype))
    }

    /// Whether more bytes than its size may belong to a value: `T[]`, a struct that ends in one,
    /// a type without a definition.
    pub fn is_open_ended(&self) -> bool {
        self.latest().open
    }

    /// The type as it is now: it may have been defined since.
    pub fn refreshed(&self) -> CType {
        self.latest().clone()
    }

    /// The same, not counted.
    #[inline]
    pub(in crate::backend::c) fn latest(&self) -> &CType {
        if self.settled { &self.me } else { CType::of(&self.types, self.id) }
    }

    /// An error if values of the type cannot be made.
    pub fn require_complete(&self) -> Result<()> {
        match self.complete {
            true => Ok(()),
            // It may have been defined since.
            false => self.types.size(self.id).map(drop),
        }
    }
}

impl Info {
    fn new(types: &Arc<Types>, id: TypeId) -> Info {
        let class = class(types, id);
        let (size, align) = (types.size(id), types.align(id).unwrap_or(1));
        let (complete, size) = (size.is_ok(), size.unwrap_or(0));
        let kind = types.resolved(id);
        let length = match kind {
            TypeKind::Array { length, .. } => length,
            _ => None,
        };
        // SAFETY: only ever read, and not dropped.
        let arena = Arena(ManuallyDrop::new(unsafe { Arc::from_raw(Arc::as_ptr(types)) }));
        let mut info = Info {
            users: AtomicUsize::new(0),
            me: ManuallyDrop::new(CType(NonNull::dangling())),
            types: arena,
            id,
            bare: types.resolve(id),
            complete,
            settled: settled(types, complete, &class),
            constant: is_constant(types, id),
            open: false,
            size,
            align,
            class,
            length,
            number: None,
            parts: Once::new(),
            target: Once::new(),
            layout: Lock::default(),
            function_pointer: Lock::new(Weak::new()),
        };
        info.number = info.number_kind();
        info.open = match class {
            Representation::Record => !complete || info.ends_open(),
            Representation::Void | Representation::Function => true,
            _ => !complete,
        };
        info
    }

    /// What a number is read as: as itself, in the type that fits it best.
    fn number_kind(&self) -> Option<signature::Kind> {
        match self.class {
            Representation::Bool | Representation::Integer { .. } => Some(
                infer(self, Direction::FromC)
                    .map_or(signature::Kind::Int64, |info| info.r#type.kind()),
            ),
            Representation::Float(Format::Half | Format::Single) => Some(signature::Kind::Float32),
            Representation::Float(Format::Double) => Some(signature::Kind::Float64),
            _ => None,
        }
    }

    /// Whether it is a struct whose last member is an array without a length.
    fn ends_open(&self) -> bool {
        self.types.record(self.id).is_some_and(|record| {
            record.kind == RecordKind::Struct
                && record.members.last().is_some_and(|last| {
                    matches!(
                        self.types.resolved(last.type_id),
                        TypeKind::Array { length: None, .. }
                    )
                })
        })
    }

    /// Whether it says what another does.
    fn says(&self, other: &Info) -> bool {
        (self.complete, self.size, self.align, self.class, self.open)
            == (other.complete, other.size, other.align, other.class, other.open)
    }

    /// Whether nothing that is declared later can change it.
    pub(in crate::backend::c) fn is_settled(&self) -> bool {
        self.settled
    }
}

fn settled(types: &Types, complete: bool, class: &Representation) -> bool {
    match class {
        Representation::Pointer(pointee) | Representation::Array(pointee) => {
            pointee.kind != PointeeKind::Unknown
                || matches!(
                    types.resolved(pointee.id),
                    TypeKind::Primitive(_) | TypeKind::Array { length: None, .. }
                )
        }
        Representation::Void | Representation::Function => true,
        _ => complete,
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
        let _passing = self.transient();
        build().map(|id| CType::new(self, id))
    }
}
