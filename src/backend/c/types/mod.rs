//! The C type model: types, their layout, their spelling, and how they are passed in calls.
//!
//! A [`Types`] arena belongs to one module and is dropped with it. Types are built bottom-up by
//! its methods and named by [`TypeId`]; building the same type twice gives the same id.
//!
//! ```
//! use metaffi::backend::c::types::{DeclaredMember, Primitive, RecordKind, RecordOptions, Types};
//!
//! let types = Types::new();
//! let double = types.primitive(Primitive::Double);
//! let point = types.declare_record(RecordKind::Struct, Some("point"))?;
//! let fields = vec![DeclaredMember::new("x", double), DeclaredMember::new("y", double)];
//! types.complete_record(point, fields, RecordOptions::default())?;
//! assert_eq!(types.size(point)?, 16);
//! assert_eq!(types.path(point, "y")?.offset, 8);
//! assert_eq!(types.spell(types.pointer(point)), "struct point *");
//! # metaffi::error::Result::Ok(())
//! ```

mod arm64;
mod build;
mod collect;
#[cfg(test)]
mod depth_tests;
mod enumeration;
mod fingerprint;
mod kind;
mod layout;
mod leaf;
mod lower;
mod member_macros;
mod name_index;
mod names;
mod path;
mod primitive;
mod query;
mod record;
mod sameness;
mod spell;
mod store;
mod sysv;
mod target;
mod transaction;

use std::fmt;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Weak};

use self::member_macros::MemberMacros;
use self::store::Store;
pub use self::{
    enumeration::{EnumOptions, Enumeration, Enumerator},
    kind::{FunctionType, Qualifiers, TypeId, TypeKind},
    path::MemberLocation,
    primitive::Primitive,
    record::{BitField, DeclaredMember, Member, Record, RecordKind, RecordOptions},
};
pub(super) use self::{fingerprint::Fingerprints, name_index::NameIndex, sameness::Sameness};
use super::data::ctype::Infos;
pub use crate::call::plan::native_type::Convention;
use crate::fork::{ReadGuard, SharedLock, WriteGuard};

/// The name of the runtime whose types they are.
pub const NAME: &str = "c";

/// How many levels a type may be built of: more than any real one, and few enough that whoever
/// walks one by recursion does not exhaust a small stack.
pub const MAX_DEPTH: u32 = 128;

/// The C types of one module: an arena, usable from any thread.
#[derive(Default)]
pub struct Types {
    store: SharedLock<Store>,
    /// Macros that stand for members, such as `st_mtime` for `st_mtim.tv_sec`.
    pub(super) member_macros: MemberMacros,
    /// What is known of types that were asked for.
    pub(super) infos: Infos,
    /// How many types are being built in passing.
    under_way: AtomicUsize,
    /// What it is a copy of, and how many types that had.
    copied: Option<(Weak<Types>, usize)>,
    /// How often a type came into use that nobody used.
    pub(super) revived: AtomicUsize,
}

impl Types {
    /// An arena without types.
    pub fn new() -> Types {
        Types::default()
    }

    /// Another arena with the same types, under the same numbers.
    pub(super) fn copy(self: &Arc<Types>) -> Types {
        // Then none of those numbers is ever given to another type.
        self.keep_all();
        let store = self.read().clone();
        let copied = Some((Arc::downgrade(self), store.kinds.len()));
        let member_macros = self.member_macros.copy();
        Types { store: SharedLock::new(store), copied, member_macros, ..Types::default() }
    }

    /// Whether a number of another arena is that of the same type here: it was there when this arena
    /// was copied from it.
    pub(super) fn has_that_of(&self, other: &Arc<Types>, id: TypeId) -> bool {
        self.copied.as_ref().is_some_and(|(original, count)| {
            std::ptr::eq(original.as_ptr(), Arc::as_ptr(other)) && (id.0 as usize) < *count
        })
    }

    fn read(&self) -> ReadGuard<'_, Store> {
        self.store.read()
    }

    fn write(&self) -> WriteGuard<'_, Store> {
        self.store.write()
    }
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Types>();
};

impl fmt::Debug for Types {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Types").field("count", &self.read().len()).finish()
    }
}
