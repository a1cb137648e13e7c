//! [`Store`]: the arena behind the lock of [`Types`](super::Types).

use std::collections::HashMap;
use std::sync::Arc;

use super::transaction::Change;
use super::{Enumeration, FunctionType, Kind, Primitive, Qualifiers, Record, TypeId};
use crate::error::{Error, Status};

#[derive(Default)]
pub(super) struct Store {
    kinds: Vec<Kind>,
    /// How many types stand between each type and the deepest it is made of.
    depths: Vec<u32>,
    /// Answers of [`Store::canonical`]: without them types that share parts take exponential time.
    canonicals: HashMap<TypeId, TypeId>,
    /// Every kind but records and enums, which are equal only to themselves.
    interned: HashMap<Kind, TypeId>,
    /// The one namespace of struct, union and enum tags.
    tags: HashMap<Arc<str>, TypeId>,
    tag_of: HashMap<TypeId, Arc<str>>,
    aliases: HashMap<Arc<str>, TypeId>,
    records: HashMap<TypeId, Arc<Record>>,
    enumerations: HashMap<TypeId, Arc<Enumeration>>,
    /// What was declared since [`Types::begin`](super::Types::begin).
    pub(super) journal: Option<Vec<Change>>,
}

impl Store {
    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }

    pub(super) fn kind(&self, id: TypeId) -> &Kind {
        &self.kinds[id.0 as usize]
    }

    pub(super) fn intern(&mut self, kind: Kind) -> TypeId {
        if let Some(id) = self.interned.get(&kind) {
            return *id;
        }
        let id = self.push(kind.clone());
        self.interned.insert(kind, id);
        id
    }

    fn push(&mut self, kind: Kind) -> TypeId {
        let id = u32::try_from(self.kinds.len()).expect("fewer than 2^32 types");
        let depth = self.parts_depth(&kind).saturating_add(1);
        self.depths.push(depth);
        self.kinds.push(kind);
        TypeId(id)
    }

    fn parts_depth(&self, kind: &Kind) -> u32 {
        match kind {
            Kind::Primitive(_) | Kind::VaList | Kind::Record(_) | Kind::Enumeration => 0,
            Kind::Pointer(part)
            | Kind::Array { element: part, .. }
            | Kind::Vector { element: part, .. }
            | Kind::Alias { target: part, .. }
            | Kind::Qualified { target: part, .. } => self.depth(*part),
            Kind::Function(function) => {
                let parameters = function.parameters.iter().map(|part| self.depth(*part));
                parameters.fold(self.depth(function.returns), u32::max)
            }
        }
    }

    pub(super) fn depth(&self, id: TypeId) -> u32 {
        self.depths[id.0 as usize]
    }

    pub(super) fn add_tagged(&mut self, kind: Kind, tag: Option<&str>) -> TypeId {
        let id = self.push(kind);
        if let Some(tag) = tag {
            let tag: Arc<str> = tag.into();
            self.note(|| Change::Tag(tag.clone()));
            self.tags.insert(tag.clone(), id);
            self.tag_of.insert(id, tag);
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
        Error::new(
            Status::TypeMismatch,
            format!("`{keyword} {tag}`: the tag `{tag}` already belongs to `{declared}`"),
        )
    }

    pub(super) fn aliased(&self, name: &str) -> Option<TypeId> {
        self.aliases.get(name).copied()
    }

    pub(super) fn set_alias(&mut self, name: &str, id: TypeId) {
        let name: Arc<str> = name.into();
        self.note(|| Change::Alias(name.clone()));
        self.aliases.insert(name, id);
    }

    pub(super) fn record(&self, id: TypeId) -> Option<&Arc<Record>> {
        self.records.get(&id)
    }

    pub(super) fn set_record(&mut self, id: TypeId, record: Record) {
        self.note(|| Change::Record(id));
        let contains = |kind: &Kind| !matches!(kind, Kind::Pointer(_));
        let parts = record.fields.iter().map(|field| field.type_id);
        let parts = parts.filter(|part| contains(self.resolved(*part)));
        let depth = parts.map(|part| self.depth(part)).max().unwrap_or(0);
        self.depths[id.0 as usize] = depth.saturating_add(1);
        self.records.insert(id, Arc::new(record));
    }

    pub(super) fn enumeration(&self, id: TypeId) -> Option<&Arc<Enumeration>> {
        self.enumerations.get(&id)
    }

    pub(super) fn set_enumeration(&mut self, id: TypeId, enumeration: Enumeration) {
        self.note(|| Change::Enumeration(id));
        self.enumerations.insert(id, Arc::new(enumeration));
    }

    pub(super) fn undo(&mut self, change: &Change) {
        match change {
            Change::Tag(tag) => drop(self.tags.remove(tag)),
            Change::Alias(name) => drop(self.aliases.remove(name)),
            Change::Record(id) => drop(self.records.remove(id)),
            Change::Enumeration(id) => drop(self.enumerations.remove(id)),
        }
    }

    /// The type without typedef names and qualifiers.
    pub(super) fn resolve(&self, mut id: TypeId) -> TypeId {
        while let Kind::Alias { target, .. } | Kind::Qualified { target, .. } = *self.kind(id) {
            id = target;
        }
        id
    }

    pub(super) fn resolved(&self, id: TypeId) -> &Kind {
        self.kind(self.resolve(id))
    }

    /// The integer type that holds values of `id`: itself, or what an enum is made of.
    pub(super) fn integer(&self, id: TypeId) -> Option<Primitive> {
        let id = self.resolve(id);
        match *self.kind(id) {
            Kind::Primitive(primitive) => primitive.is_integer().then_some(primitive),
            Kind::Enumeration => self.enumeration(id).map(|e| e.underlying),
            _ => None,
        }
    }

    pub(super) fn qualifiers(&self, mut id: TypeId) -> Qualifiers {
        let mut all = Qualifiers::NONE;
        loop {
            match *self.kind(id) {
                Kind::Alias { target, .. } => id = target,
                Kind::Qualified { target, qualifiers } => {
                    all = all | qualifiers;
                    id = target;
                }
                _ => return all,
            }
        }
    }

    /// The same type with `qualifiers` added; those of an array belong to its elements.
    pub(super) fn qualify(&mut self, id: TypeId, qualifiers: Qualifiers) -> TypeId {
        if let Kind::Array { element, length } = *self.kind(id) {
            let element = self.qualify(element, qualifiers);
            return self.intern(Kind::Array { element, length });
        }
        let missing = qualifiers.without(self.qualifiers(id));
        if missing.is_empty() {
            return id;
        }
        match *self.kind(id) {
            Kind::Qualified { target, qualifiers } => {
                self.intern(Kind::Qualified { target, qualifiers: qualifiers | missing })
            }
            _ => self.intern(Kind::Qualified { target: id, qualifiers: missing }),
        }
    }

    /// The same type with no typedef name left in it, so that equal types have equal ids.
    pub(super) fn canonical(&mut self, id: TypeId) -> TypeId {
        if let Some(known) = self.canonicals.get(&id) {
            return *known;
        }
        let canonical = self.find_canonical(id);
        self.canonicals.insert(id, canonical);
        canonical
    }

    fn find_canonical(&mut self, id: TypeId) -> TypeId {
        let kind = match self.kind(id).clone() {
            Kind::Primitive(_) | Kind::VaList | Kind::Record(_) | Kind::Enumeration => return id,
            Kind::Alias { target, .. } => return self.canonical(target),
            Kind::Qualified { target, qualifiers } => {
                let target = self.canonical(target);
                return self.qualify(target, qualifiers);
            }
            Kind::Pointer(target) => Kind::Pointer(self.canonical(target)),
            Kind::Array { element, length } => {
                Kind::Array { element: self.canonical(element), length }
            }
            Kind::Vector { element, lanes } => {
                Kind::Vector { element: self.canonical(element), lanes }
            }
            Kind::Function(function) => Kind::Function(Arc::new(FunctionType {
                returns: self.canonical(function.returns),
                parameters: function.parameters.iter().map(|p| self.canonical(*p)).collect(),
                ..*function
            })),
        };
        self.intern(kind)
    }
}
