//! [`Store`]: the arena behind the lock of [`Types`](super::Types).

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use super::collect::is_passing;
use super::transaction::{Journal, JournalEntry};
use super::{
    Enumeration, FunctionType, MAX_DEPTH, Primitive, Qualifiers, Record, TypeId, TypeKind,
};
use crate::error::{Error, Result};

/// How long a type stays.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TypeLifetime {
    /// As long as the arena.
    Lasting,
    /// As long as it is used.
    Passing,
    /// It is gone: the number is for another.
    Free,
}

#[derive(Clone, Default)]
pub(super) struct Store {
    pub(super) kinds: Vec<TypeKind>,
    pub(super) stays: Vec<TypeLifetime>,
    pub(super) free: Vec<TypeId>,
    /// How many types were built in passing since the last were given back, and how many may be.
    pub(super) fresh: usize,
    pub(super) limit: usize,
    /// Whether what is built follows from what is there, as canonical types do.
    follows: bool,
    /// How many types stand between each type and the deepest it is made of.
    depths: Vec<u32>,
    /// Answers of [`Store::canonical`]: without them types that share parts take exponential time.
    pub(super) canonicals: HashMap<TypeId, TypeId>,
    /// Every kind but records and enums, which are equal only to themselves.
    pub(super) interned: HashMap<TypeKind, TypeId>,
    /// The one namespace of struct, union and enum tags.
    tags: HashMap<Arc<str>, TypeId>,
    pub(super) tag_of: HashMap<TypeId, Arc<str>>,
    aliases: HashMap<Arc<str>, TypeId>,
    pub(super) records: HashMap<TypeId, Arc<Record>>,
    pub(super) enumerations: HashMap<TypeId, Arc<Enumeration>>,
    /// Why the definition of a struct, union or enum was passed over.
    pub(super) refused: HashMap<TypeId, Arc<str>>,
    /// What was declared since [`Types::begin`](super::Types::begin).
    pub(super) journal: Option<Journal>,
}

impl Store {
    pub(super) fn len(&self) -> usize {
        self.kinds.len() - self.free.len()
    }

    pub(super) fn kind(&self, id: TypeId) -> &TypeKind {
        debug_assert!(self.stays[id.0 as usize] != TypeLifetime::Free, "{id:?} was given back");
        &self.kinds[id.0 as usize]
    }

    pub(super) fn intern(&mut self, kind: TypeKind) -> TypeId {
        if let Some(&id) = self.interned.get(&kind) {
            self.found(id);
            if !self.is_passing() && self.stays[id.0 as usize] == TypeLifetime::Passing {
                self.keep(id);
                if let Some(journal) = &mut self.journal {
                    journal.lasts(id);
                }
            }
            return id;
        }
        let id = self.push(kind.clone());
        self.interned.insert(kind, id);
        id
    }

    /// Notes that a type was found, which may be one of a step under way.
    pub(super) fn found(&mut self, id: TypeId) {
        if let Some(journal) = &mut self.journal {
            journal.found(id);
        }
    }

    fn push(&mut self, kind: TypeKind) -> TypeId {
        let depth = self.parts_depth(&kind).saturating_add(1);
        let stay = if self.is_passing() { TypeLifetime::Passing } else { TypeLifetime::Lasting };
        self.fresh += usize::from(stay == TypeLifetime::Passing);
        let id = match self.free.pop() {
            Some(id) => {
                let index = id.0 as usize;
                (self.kinds[index], self.depths[index], self.stays[index]) = (kind, depth, stay);
                id
            }
            None => {
                let id = u32::try_from(self.kinds.len()).expect("fewer than 2^32 types");
                self.depths.push(depth);
                self.kinds.push(kind);
                self.stays.push(stay);
                TypeId(id)
            }
        };
        if let Some(journal) = &mut self.journal {
            journal.lasts(id);
        }
        id
    }

    fn is_passing(&self) -> bool {
        self.follows || is_passing()
    }

    fn parts_depth(&self, kind: &TypeKind) -> u32 {
        parts(kind).into_iter().map(|part| self.depth(part)).max().unwrap_or(0)
    }

    pub(super) fn depth(&self, id: TypeId) -> u32 {
        self.depths[id.0 as usize]
    }

    pub(super) fn add_tagged(&mut self, kind: TypeKind, tag: Option<&str>) -> TypeId {
        let id = self.push(kind);
        if let Some(tag) = tag {
            let tag: Arc<str> = tag.into();
            self.note(|| JournalEntry::Tag(tag.clone()));
            self.tags.insert(tag.clone(), id);
            self.tag_of.insert(id, tag);
            self.keep(id);
        }
        id
    }

    pub(super) fn tagged(&self, tag: &str) -> Option<TypeId> {
        self.tags.get(tag).copied()
    }

    pub(super) fn tag(&self, id: TypeId) -> Option<&Arc<str>> {
        self.tag_of.get(&id)
    }

    pub(super) fn tag_clash(&self, id: TypeId, keyword: &str) -> Error {
        let declared = self.spell(id);
        let tag = self.tag(id).map_or("", |tag| tag);
        Error::mismatch(format!(
            "`{keyword} {tag}`: the tag `{tag}` already belongs to `{declared}`"
        ))
    }

    pub(super) fn aliased(&self, name: &str) -> Option<TypeId> {
        self.aliases.get(name).copied()
    }

    pub(super) fn set_alias(&mut self, name: &str, id: TypeId) {
        let name: Arc<str> = name.into();
        self.note(|| JournalEntry::Alias(name.clone()));
        self.aliases.insert(name, id);
        self.keep(id);
    }

    pub(super) fn record(&self, id: TypeId) -> Option<&Arc<Record>> {
        self.records.get(&id)
    }

    pub(super) fn set_record(&mut self, id: TypeId, record: Record) {
        self.note(|| JournalEntry::Record(id));
        self.depths[id.0 as usize] = self
            .contained(&record)
            .map(|part| self.depth(part))
            .fold(0, u32::max)
            .saturating_add(1);
        self.records.insert(id, Arc::new(record));
    }

    /// The types of members that lie in the record.
    fn contained<'a>(&'a self, record: &'a Record) -> impl Iterator<Item = TypeId> + 'a {
        let parts = record.fields.iter().map(|field| field.type_id);
        parts.filter(|part| !matches!(self.resolved(*part), TypeKind::Pointer(_)))
    }

    /// Refuses a record whose members are built as deep as types may be.
    pub(super) fn check_depth(&self, record: &Record) -> Result<()> {
        let mut parts = self.contained(record);
        match parts.any(|part| self.depth(part) >= MAX_DEPTH) {
            true => Err(too_deep()),
            false => Ok(()),
        }
    }

    /// The type, if it is not built deeper than types may be.
    pub(super) fn shallow(&self, id: TypeId) -> Result<TypeId> {
        if self.depth(id) <= MAX_DEPTH { Ok(id) } else { Err(too_deep()) }
    }

    pub(super) fn enumeration(&self, id: TypeId) -> Option<&Arc<Enumeration>> {
        self.enumerations.get(&id)
    }

    pub(super) fn set_enumeration(&mut self, id: TypeId, enumeration: Enumeration) {
        self.note(|| JournalEntry::Enumeration(id));
        self.enumerations.insert(id, Arc::new(enumeration));
    }

    pub(super) fn set_refused(&mut self, id: TypeId, reason: &str) {
        self.note(|| JournalEntry::Refused(id));
        self.refused.insert(id, reason.into());
    }

    pub(super) fn undo(&mut self, change: &JournalEntry) {
        match change {
            JournalEntry::Tag(tag) => drop(self.tags.remove(tag)),
            JournalEntry::Alias(name) => drop(self.aliases.remove(name)),
            JournalEntry::Record(id) => drop(self.records.remove(id)),
            JournalEntry::Enumeration(id) => drop(self.enumerations.remove(id)),
            JournalEntry::Refused(id) => drop(self.refused.remove(id)),
        }
    }

    /// The type without typedef names and qualifiers.
    pub(super) fn resolve(&self, mut id: TypeId) -> TypeId {
        while let TypeKind::Alias { target, .. } | TypeKind::Qualified { target, .. } =
            *self.kind(id)
        {
            id = target;
        }
        id
    }

    pub(super) fn resolved(&self, id: TypeId) -> &TypeKind {
        self.kind(self.resolve(id))
    }

    /// The integer type that holds values of `id`: itself, or what an enum is made of.
    pub(super) fn integer(&self, id: TypeId) -> Option<Primitive> {
        let id = self.resolve(id);
        match *self.kind(id) {
            TypeKind::Primitive(primitive) => primitive.is_integer().then_some(primitive),
            TypeKind::Enumeration => self.enumeration(id).map(|e| e.underlying),
            _ => None,
        }
    }

    pub(super) fn qualifiers(&self, mut id: TypeId) -> Qualifiers {
        let mut all = Qualifiers::NONE;
        loop {
            match *self.kind(id) {
                TypeKind::Alias { target, .. } => id = target,
                TypeKind::Qualified { target, qualifiers } => {
                    all = all | qualifiers;
                    id = target;
                }
                _ => return all,
            }
        }
    }

    /// The same type with `qualifiers` added; those of an array belong to its elements.
    pub(super) fn qualify(&mut self, id: TypeId, qualifiers: Qualifiers) -> TypeId {
        let (mut innermost, mut lengths) = (id, vec![]);
        while let TypeKind::Array { element, length } = *self.kind(innermost) {
            innermost = element;
            lengths.push(length);
        }
        let element = self.qualify_whole(innermost, qualifiers);
        let around = |element, length| self.intern(TypeKind::Array { element, length });
        lengths.into_iter().rev().fold(element, around)
    }

    fn qualify_whole(&mut self, id: TypeId, qualifiers: Qualifiers) -> TypeId {
        let missing = qualifiers.without(self.qualifiers(id));
        if missing.is_empty() {
            return id;
        }
        match *self.kind(id) {
            TypeKind::Qualified { target, qualifiers } => {
                self.intern(TypeKind::Qualified { target, qualifiers: qualifiers | missing })
            }
            _ => self.intern(TypeKind::Qualified { target: id, qualifiers: missing }),
        }
    }

    /// The same type with no typedef name left in it, so that equal types have equal ids.
    pub(super) fn canonical(&mut self, id: TypeId) -> TypeId {
        let mut wanted = vec![id];
        while let Some(&next) = wanted.last() {
            let before = wanted.len();
            let missing = |part: &TypeId| !self.canonicals.contains_key(part);
            wanted.extend(self.parts(next).iter().copied().filter(missing));
            if wanted.len() == before {
                wanted.pop();
                let follows = mem::replace(&mut self.follows, true);
                let canonical = self.canonical_of_parts(next);
                self.follows = follows;
                self.canonicals.insert(next, canonical);
            }
        }
        self.canonicals[&id]
    }

    /// The types that a type is spelled with; those of members are not.
    pub(super) fn parts(&self, id: TypeId) -> Vec<TypeId> {
        parts(self.kind(id))
    }

    /// The canonical type, those of its parts being known.
    fn canonical_of_parts(&mut self, id: TypeId) -> TypeId {
        let of = |part: TypeId| self.canonicals[&part];
        let kind = match self.kind(id).clone() {
            TypeKind::Primitive(_)
            | TypeKind::VaList
            | TypeKind::Record(_)
            | TypeKind::Enumeration => return id,
            TypeKind::Alias { target, .. } => return of(target),
            TypeKind::Qualified { target, qualifiers } => {
                let target = of(target);
                return self.qualify(target, qualifiers);
            }
            TypeKind::Pointer(target) => TypeKind::Pointer(of(target)),
            TypeKind::Array { element, length } => TypeKind::Array { element: of(element), length },
            TypeKind::Vector { element, lanes } => TypeKind::Vector { element: of(element), lanes },
            TypeKind::Function(function) => TypeKind::Function(Arc::new(FunctionType {
                returns: of(function.returns),
                parameters: function.parameters.iter().map(|part| of(*part)).collect(),
                ..*function
            })),
        };
        self.intern(kind)
    }
}

fn parts(kind: &TypeKind) -> Vec<TypeId> {
    match kind {
        TypeKind::Primitive(_) | TypeKind::VaList | TypeKind::Record(_) | TypeKind::Enumeration => {
            vec![]
        }
        TypeKind::Pointer(part)
        | TypeKind::Array { element: part, .. }
        | TypeKind::Vector { element: part, .. }
        | TypeKind::Alias { target: part, .. }
        | TypeKind::Qualified { target: part, .. } => vec![*part],
        TypeKind::Function(function) => {
            let parts = std::iter::once(function.returns);
            parts.chain(function.parameters.iter().copied()).collect()
        }
    }
}

#[cold]
fn too_deep() -> Error {
    Error::out_of_range(format!("the type is built more than {MAX_DEPTH} levels deep"))
}
