//! [`InternedName`]: the name of an attribute or of an argument, made once for many uses.

use std::collections::HashMap;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::handle::{self, HandleKind, Handled, Key, Shadows, Twin};

/// A name that is interned: the same text is the same name, as long as the process lives. What a
/// runtime has of its own for it, its twin there, is made when the runtime first needs it.
pub struct InternedName {
    /// With a NUL behind it.
    text: Box<str>,
    twins: Shadows,
}

impl Handled for InternedName {
    const KIND: HandleKind = HandleKind::Name;
}

static NAMES: Lock<Option<HashMap<Box<str>, Key>>> = Lock::new(None);

impl InternedName {
    /// The handle of the name of that text. It is never freed.
    pub fn intern(text: &str) -> Result<Key> {
        let mut names = NAMES.lock();
        let names = names.get_or_insert_default();
        if let Some(known) = names.get(text) {
            return Ok(*known);
        }
        let twins = Shadows::default();
        let key =
            handle::insert(Arc::new(InternedName { text: format!("{text}\0").into(), twins }))?;
        names.insert(text.into(), key);
        Ok(key)
    }

    /// The name of a handle.
    #[inline(always)]
    pub fn of(key: Key) -> Result<&'static InternedName> {
        // SAFETY: nothing frees the handle of a name.
        unsafe { handle::lasting::<InternedName>(key) }.ok_or_else(|| absent(key))
    }

    /// Its text.
    #[inline(always)]
    pub fn text(&self) -> &str {
        // SAFETY: a NUL is its last character.
        unsafe { self.text.get_unchecked(..self.text.len() - 1) }
    }

    /// What a runtime has for it; NULL if it has nothing yet.
    #[inline(always)]
    pub fn twin(&self, of: Twin) -> *mut () {
        self.twins.get(of)
    }

    /// Says what a runtime has for it from now on; what it has already stays, and is given back.
    pub fn set_twin(&self, of: Twin, twin: *mut ()) -> *mut () {
        self.twins.set_first(of, twin)
    }
}

#[cold]
fn absent(key: Key) -> Error {
    handle::refuse(key, HandleKind::Name)
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    #[test]
    fn one_text_is_one_name() {
        let (one, again) =
            (InternedName::intern("count").unwrap(), InternedName::intern("count").unwrap());
        assert_eq!(one, again);
        assert_ne!(one, InternedName::intern("counts").unwrap());
        let name = InternedName::of(one).unwrap();
        assert_eq!(name.text(), "count");
        let (mut first, mut second) = (1_u8, 2_u8);
        let (first, second) = (ptr::from_mut(&mut first).cast(), ptr::from_mut(&mut second).cast());
        assert!(name.twin(Twin::Python).is_null());
        assert_eq!(name.set_twin(Twin::Python, first), first);
        assert_eq!(name.set_twin(Twin::Python, second), first);
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for key in [0, 24, 0x1234_5678] {
            assert!(InternedName::of(key).is_err_and(|error| error.message().starts_with("name ")));
        }
    }
}
