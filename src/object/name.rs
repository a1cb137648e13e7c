//! [`InternedName`]: the name of an attribute or of an argument, made once for many uses, and
//! [`LentName`], for one.

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

/// Those that are interned.
struct InternedNames {
    known: HashMap<Box<str>, Key>,
    /// How many more may be learnt from calls.
    room: usize,
}

static NAMES: Lock<Option<InternedNames>> = Lock::new(None);

/// How many names of arguments are interned because a guest has used them: what a program's text has,
/// but not what it makes up anew for each call.
const LEARNT: usize = 1024;

/// No longer name is.
const LONGEST_LEARNT: usize = 256;

impl InternedNames {
    fn intern(&mut self, text: &str) -> Result<Key> {
        if let Some(known) = self.known.get(text) {
            return Ok(*known);
        }
        let name = InternedName { text: terminated(text), twins: Shadows::default() };
        let key = handle::insert(Arc::new(name))?;
        self.known.insert(text.into(), key);
        Ok(key)
    }
}

impl Default for InternedNames {
    fn default() -> InternedNames {
        InternedNames { known: HashMap::new(), room: LEARNT }
    }
}

impl InternedName {
    /// The handle of the name of that text. It is never freed.
    pub fn intern(text: &str) -> Result<Key> {
        NAMES.lock().get_or_insert_default().intern(text)
    }

    /// The name of a handle. One that is lent becomes interned.
    #[inline(always)]
    pub fn of(key: Key) -> Result<&'static InternedName> {
        // SAFETY: nothing frees the handle of a name that is not lent, which has a kind of its own.
        match unsafe { handle::lasting::<InternedName>(key) } {
            Some(name) => Ok(name),
            None => of_lent(key),
        }
    }

    /// Its text.
    #[inline(always)]
    pub fn text(&self) -> &str {
        without_nul(&self.text)
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
#[inline(never)]
fn of_lent(key: Key) -> Result<&'static InternedName> {
    let interned = InternedName::intern(LentName::of(key)?.text())?;
    // SAFETY: as above.
    unsafe { handle::lasting::<InternedName>(interned) }.ok_or_else(|| absent(key))
}

#[cold]
fn absent(key: Key) -> Error {
    handle::refuse(key, HandleKind::Name)
}

/// The text with a NUL behind it.
fn terminated(text: &str) -> Box<str> {
    format!("{text}\0").into()
}

#[inline(always)]
fn without_nul(text: &str) -> &str {
    // SAFETY: a NUL is its last character.
    unsafe { text.get_unchecked(..text.len() - 1) }
}

/// The name of an argument as long as its call runs: whoever frees the handle has lent it.
pub struct LentName(Box<str>);

impl Handled for LentName {
    const KIND: HandleKind = HandleKind::LentName;
}

impl LentName {
    /// The handle of a name for a call, and whether it is one that is lent: what is interned is that, and
    /// so is what is new as long as it is not too much.
    pub fn lend(text: &str) -> Result<(Key, bool)> {
        let mut names = NAMES.lock();
        let names = names.get_or_insert_default();
        let learns = names.room > 0 && text.len() <= LONGEST_LEARNT;
        let known = names.known.get(text).copied();
        if known.is_none() && !learns {
            return Ok((handle::insert(Arc::new(LentName(terminated(text))))?, true));
        }
        names.room -= usize::from(known.is_none());
        Ok((known.map_or_else(|| names.intern(text), Ok)?, false))
    }

    /// Whether a handle is one of these.
    #[inline(always)]
    pub fn is(key: Key) -> bool {
        HandleKind::LentName.is_of(key)
    }

    fn of(key: Key) -> Result<Arc<LentName>> {
        match LentName::is(key) {
            true => handle::get(key),
            false => Err(absent(key)),
        }
    }

    fn text(&self) -> &str {
        without_nul(&self.0)
    }
}

/// The name of an argument.
pub enum CallName {
    /// One that stays.
    Interned(&'static InternedName),
    /// One that is there as long as the call.
    Lent(Arc<LentName>),
}

impl CallName {
    /// The name of a handle.
    pub fn of(key: Key) -> Result<CallName> {
        // SAFETY: as in `InternedName::of`.
        match unsafe { handle::lasting::<InternedName>(key) } {
            Some(name) => Ok(CallName::Interned(name)),
            None => LentName::of(key).map(CallName::Lent),
        }
    }

    /// Fails for what are no names, before a function of a host is called with them.
    #[inline]
    pub fn check(names: &[Key]) -> Result<()> {
        names.iter().try_for_each(|name| CallName::of(*name).map(drop))
    }

    /// Its text, behind which is a NUL.
    pub fn text(&self) -> &str {
        match self {
            CallName::Interned(name) => name.text(),
            CallName::Lent(name) => name.text(),
        }
    }
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
    fn names_that_are_made_up_anew_are_not_kept() {
        let all = || NAMES.lock().as_ref().map_or(0, |names| names.known.len());
        let lent: Vec<Key> = (0..LEARNT + 10)
            .filter_map(|index| {
                let (key, is_lent) = LentName::lend(&format!("made up {index}")).unwrap();
                assert_eq!(CallName::of(key).unwrap().text(), format!("made up {index}"));
                assert_eq!(is_lent, LentName::is(key));
                is_lent.then_some(key)
            })
            .collect();
        assert!(lent.len() >= 10);
        let before = all();
        let used = InternedName::of(lent[0]).unwrap().text().to_owned();
        assert_eq!(all(), before + 1, "what is used as a name is interned");
        assert_eq!(LentName::lend(&used).unwrap(), (InternedName::intern(&used).unwrap(), false));
        for key in lent {
            assert!(handle::free(key, HandleKind::LentName).is_ok());
            assert!(CallName::of(key).is_err() && InternedName::of(key).is_err());
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for key in [0, 24, 0x1234_5678] {
            assert!(InternedName::of(key).is_err_and(|error| error.message().starts_with("name ")));
        }
    }
}
