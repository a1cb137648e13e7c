//! Taking back what a failed step declared.

use std::num::NonZeroUsize;
use std::sync::Arc;

use super::{TypeId, Types, store::Store};
use crate::thread;

/// A step under way.
#[derive(Clone, Debug)]
pub(super) struct Journal {
    changes: Vec<JournalEntry>,
    /// Whose step it is.
    thread: NonZeroUsize,
    /// The types that were built for it, and those that last because of it.
    lasting: Vec<TypeId>,
    /// Whether another thread has built, or found, a type of the step: then they stay.
    shared: bool,
}

impl Journal {
    /// Notes that a type was built, or lasts from now on.
    pub(super) fn lasts(&mut self, id: TypeId) {
        self.lasting.push(id);
        self.shared |= thread::number() != self.thread;
    }

    /// Notes that a type was found.
    pub(super) fn found(&mut self, id: TypeId) {
        self.shared |= thread::number() != self.thread && self.lasting.contains(&id);
    }
}

/// One thing a name or id was given. Nothing is ever given twice, so undoing is forgetting.
#[derive(Clone, Debug)]
pub(super) enum JournalEntry {
    Tag(Arc<str>),
    Alias(Arc<str>),
    Record(TypeId),
    Enumeration(TypeId),
    Refused(TypeId),
}

impl Types {
    /// Begins to remember what is declared and completed, until [`Types::commit`] or
    /// [`Types::roll_back`].
    ///
    /// One such step at a time: what other threads declare meanwhile belongs to it too.
    pub fn begin(&self) {
        let mut store = self.write();
        let thread = thread::number();
        let (changes, lasting) = (Vec::new(), Vec::new());
        store.journal = Some(Journal { changes, thread, lasting, shared: false });
    }

    /// Keeps everything since [`Types::begin`].
    pub fn commit(&self) {
        self.write().journal = None;
    }

    /// A struct, union or enum that was named since [`Types::begin`] and is not defined.
    pub fn new_undefined(&self) -> Option<TypeId> {
        let store = self.read();
        let tags = store.journal.iter().flat_map(|journal| &journal.changes).filter_map(|change| {
            match change {
                JournalEntry::Tag(tag) => store.tagged(tag),
                _ => None,
            }
        });
        let mut undefined = tags.filter(|id| store.size(*id).is_err());
        undefined.next()
    }

    /// Forgets the tags, typedef names and definitions since [`Types::begin`]. The ids stay
    /// valid, as types without a definition.
    pub fn roll_back(&self) {
        let mut store = self.write();
        if let Some(journal) = store.journal.take() {
            journal.changes.iter().for_each(|change| store.undo(change));
        }
    }

    /// Forgets the same, and lets the types that were built since [`Types::begin`] go as those that
    /// nobody uses, so that a text that declares nothing costs nothing; all but one, if that is asked.
    pub(in crate::backend::c) fn take_back_but(&self, kept: Option<TypeId>) {
        let mut store = self.write();
        if let Some(journal) = store.journal.take() {
            journal.changes.iter().for_each(|change| store.undo(change));
            if !journal.shared {
                let mut gone = journal.lasting;
                gone.retain(|id| Some(*id) != kept);
                store.let_go(&gone);
            }
        }
    }
}

impl Store {
    pub(super) fn note(&mut self, change: impl FnOnce() -> JournalEntry) {
        if let Some(journal) = &mut self.journal {
            journal.changes.push(change());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::c::types::{DeclaredMember, Primitive, RecordKind, RecordOptions};

    #[test]
    fn what_is_rolled_back_can_be_declared_otherwise() {
        let types = Types::new();
        let int = types.primitive(Primitive::Int);
        let hidden = types.declare_record(RecordKind::Struct, Some("hidden")).unwrap();
        types.begin();
        let fields = vec![DeclaredMember::new("a", int)];
        types.complete_record(hidden, fields.clone(), RecordOptions::default()).unwrap();
        types.declare_enumeration(Some("later")).unwrap();
        types.alias("number", int, None).unwrap();
        types.roll_back();
        assert!(!types.is_complete(hidden));
        assert_eq!((types.tagged("later"), types.read().aliased("number")), (None, None));
        types.begin();
        types.declare_record(RecordKind::Union, Some("later")).unwrap();
        types.complete_record(hidden, fields, RecordOptions::default()).unwrap();
        types.commit();
        types.roll_back();
        assert_eq!(types.size(hidden).unwrap(), 4);
        assert!(types.tagged("later").is_some());
    }
}
