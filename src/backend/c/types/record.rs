//! Structs and unions: declared by tag, completed once.

use std::sync::Arc;

use super::{NameIndex, TypeId, TypeKind, Types, layout, store::Store};
use crate::error::{Error, Result};

/// Whether members follow each other or overlap.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RecordKind {
    /// `struct`
    Struct,
    /// `union`
    Union,
}

impl RecordKind {
    /// The keyword.
    pub const fn keyword(self) -> &'static str {
        match self {
            RecordKind::Struct => "struct",
            RecordKind::Union => "union",
        }
    }
}

/// A member as it is declared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeclaredMember {
    /// The name; `None` for a member without one, such as an anonymous struct, and for a padding
    /// bit-field.
    pub name: Option<String>,
    /// The declared type.
    pub type_id: TypeId,
    /// The width of a bit-field.
    pub width: Option<u32>,
    /// `_Alignas` or `aligned` on the member, in bytes.
    pub align: Option<usize>,
    /// `packed` on the member.
    pub packed: bool,
}

impl DeclaredMember {
    /// An ordinary member.
    pub fn new(name: impl Into<String>, type_id: TypeId) -> DeclaredMember {
        DeclaredMember { name: Some(name.into()), type_id, width: None, align: None, packed: false }
    }

    /// A member without a name, whose own members belong to the outer record.
    pub fn anonymous(type_id: TypeId) -> DeclaredMember {
        DeclaredMember { name: None, type_id, width: None, align: None, packed: false }
    }

    /// A bit-field; without a name it is padding, and of width 0 it ends a storage unit.
    pub fn bits(name: Option<&str>, type_id: TypeId, width: u32) -> DeclaredMember {
        let name = name.map(str::to_owned);
        DeclaredMember { name, type_id, width: Some(width), align: None, packed: false }
    }
}

/// What attributes and pragmas ask of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct RecordOptions {
    /// `__attribute__((packed))`.
    pub packed: bool,
    /// `__attribute__((aligned(n)))`, in bytes.
    pub align: Option<usize>,
    /// `#pragma pack(n)` in force at the definition, in bytes.
    pub pack: Option<usize>,
}

/// A complete record with its layout.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// Struct or union.
    pub kind: RecordKind,
    /// The tag, if it has one.
    pub tag: Option<Arc<str>>,
    /// Bytes of one object.
    pub size: usize,
    /// Alignment in bytes.
    pub align: usize,
    /// The members in declaration order, padding bit-fields left out.
    pub members: Vec<Member>,
    /// The padding bit-fields: they hold no value, but decide how the record is passed.
    pub padding: Vec<Member>,
    /// The members as they were declared.
    pub fields: Vec<DeclaredMember>,
    /// The options of the definition.
    pub options: RecordOptions,
    /// The members by name.
    pub(super) names: NameIndex,
    /// Whether it has anything in it but padding.
    pub(super) has_values: bool,
    /// Whether a GNU vector lies in it that has no register of its own everywhere.
    pub(super) has_odd_vector: bool,
}

/// A member and its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Member {
    /// The name; `None` for a member without one, such as an anonymous struct or union.
    pub name: Option<Arc<str>>,
    /// The declared type.
    pub type_id: TypeId,
    /// Bytes from the start of the record; for a bit-field, the byte of its first bit.
    pub offset: usize,
    /// The bits of a bit-field.
    pub bits: Option<BitField>,
    /// Whether it is laid out as an ordinary object: all but most bit-fields.
    pub(super) ordinary: bool,
}

impl Member {
    /// Whether it is a bit-field without a bit.
    pub(super) fn is_empty_bits(&self) -> bool {
        self.bits.is_some_and(|bits| bits.width == 0)
    }
}

/// The bits of a bit-field, counted from the byte of its first bit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct BitField {
    /// The lowest bit, 0 to 7.
    pub shift: u32,
    /// The number of bits.
    pub width: u32,
}

impl Types {
    /// The struct or union `tag`, incomplete if it is new; without a tag always a new one.
    ///
    /// # Errors
    /// `TYPE_MISMATCH` if the tag belongs to another kind of type.
    pub fn declare_record(&self, kind: RecordKind, tag: Option<&str>) -> Result<TypeId> {
        let mut store = self.write();
        if let Some(id) = tag.and_then(|tag| store.tagged(tag)) {
            return match store.kind(id) {
                TypeKind::Record(found) if *found == kind => Ok(id),
                _ => Err(store.tag_clash(id, kind.keyword())),
            };
        }
        Ok(store.add_tagged(TypeKind::Record(kind), tag))
    }

    /// Gives a declared record its members. Saying the same twice is fine.
    ///
    /// # Errors
    /// `TYPE_MISMATCH` if it was completed differently before, or a member cannot be one;
    /// `OUT_OF_RANGE` if a width, an alignment or the whole size cannot be.
    pub fn complete_record(
        &self,
        id: TypeId,
        fields: Vec<DeclaredMember>,
        options: RecordOptions,
    ) -> Result<()> {
        let mut store = self.write();
        let TypeKind::Record(kind) = *store.kind(id) else {
            return Err(Error::mismatch(format!(
                "`{}` is not a struct or union and has no members",
                store.spell(id)
            )));
        };
        if let Some(before) = store.record(id).cloned() {
            return same_definition(&mut store, id, &before, &fields, options);
        }
        let record = layout::lay_out(&store, id, kind, fields, options)
            .map_err(|error| error.context(store.spell(id)))?;
        store.check_depth(&record).map_err(|error| error.context(store.spell(id)))?;
        store.set_record(id, record);
        Ok(())
    }

    /// Notes why the definition of a declared struct, union or enum is passed over: who needs it is
    /// told so.
    pub(in crate::backend::c) fn refuse_definition(&self, id: TypeId, reason: &str) {
        self.write().set_refused(id, reason);
    }

    /// Whether the definition of a struct, union or enum was passed over.
    pub(in crate::backend::c) fn is_refused(&self, id: TypeId) -> bool {
        self.read().refused.contains_key(&id)
    }

    /// The layout of a complete struct or union, seen through typedefs and qualifiers.
    pub fn record(&self, id: TypeId) -> Option<Arc<Record>> {
        let store = self.read();
        store.record(store.resolve(id)).cloned()
    }
}

fn same_definition(
    store: &mut Store,
    id: TypeId,
    before: &Record,
    fields: &[DeclaredMember],
    options: RecordOptions,
) -> Result<()> {
    let same = before.options == options
        && before.fields.len() == fields.len()
        && before.fields.iter().zip(fields).all(|(a, b)| {
            (&a.name, a.width, a.align, a.packed) == (&b.name, b.width, b.align, b.packed)
                && store.canonical(a.type_id) == store.canonical(b.type_id)
        });
    if same {
        return Ok(());
    }
    Err(Error::mismatch(format!(
        "{} is defined twice and differently: first as `{}`, now as `{}`",
        store.spell(id),
        store.spell_fields(&before.fields),
        store.spell_fields(fields)
    )))
}
