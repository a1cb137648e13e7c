//! [`KnownDeclaration`]: what a function was found to declare, which is known again where a function has the
//! same code and the same annotations, and their names mean the same.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;

use super::seen_object::SeenObject;
use super::signature_source::SignatureSource;
use super::type_table::TypeTable;
use crate::python::api::Object;
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;
use crate::python::upcall::callable::FunctionTypes;

/// As many declarations of one code are remembered, of closures with other annotations each.
const MOST: usize = 8;

/// As many codes are remembered before those that are gone are looked for.
const FEW: usize = 64;

/// What a function declares, and by what that was found.
pub(super) struct KnownDeclaration {
    types: Arc<FunctionTypes>,
    bound: usize,
    /// Of the last parameters: whether the default of each is `None`, which says something of its type.
    defaults: Box<[bool]>,
    annotations: Box<[(PyRef, SeenObject)]>,
    /// What the names mean that stand in annotations which are text; not all of them need to.
    names: Box<[SeenName]>,
    /// What the types' numbers were found in; none if they are those that annotations have anywhere.
    table: Option<TypeTable>,
}

/// A name, and what it means, if anything.
type SeenName = (PyRef, Option<SeenObject>);

/// What is known of a code, or of a builtin function.
struct KnownCode {
    /// A weak reference to it.
    code: PyRef,
    /// The latest first.
    declarations: Vec<Rc<KnownDeclaration>>,
}

/// By the address of the code. Nothing of Python's runs while this is looked at.
static KNOWN: KnownCodes = KnownCodes(RefCell::new((BTreeMap::new(), FEW)));

/// Those, and how many there are when the next are looked for that are gone.
struct KnownCodes(RefCell<(BTreeMap<usize, KnownCode>, usize)>);

// SAFETY: used under the GIL only.
unsafe impl Sync for KnownCodes {}

impl KnownDeclaration {
    /// What is known of a source, by a table of types or else by what annotations have anywhere.
    pub(super) fn find(
        gil: &Gil,
        source: &SignatureSource,
        tabled: bool,
    ) -> Option<Rc<KnownDeclaration>> {
        (0..MOST)
            .map_while(|index| KNOWN.get(gil, source.identity(), index))
            .find(|known| known.table.is_some() == tabled && known.is_of(gil, source))
    }

    /// Remembers what was found; `None` if nobody could see that it is still true.
    pub(super) fn remember(
        gil: &Gil,
        source: &SignatureSource,
        table: Option<TypeTable>,
        types: Arc<FunctionTypes>,
    ) -> Option<Rc<KnownDeclaration>> {
        if !source.is_positional(gil) {
            return None;
        }
        let SignatureSource { annotations, bound, .. } = source;
        let found = Rc::new(KnownDeclaration {
            types,
            bound: *bound,
            defaults: defaults(gil, source).collect(),
            annotations: match annotations {
                Some(annotations) => seen_annotations(gil, annotations)?,
                None => Box::default(),
            },
            names: match annotations {
                Some(annotations) => seen_names(gil, source, annotations)?,
                None => Box::default(),
            },
            table,
        });
        KNOWN.add(gil, source.identity(), found.clone())?;
        Some(found)
    }

    /// The types.
    pub(super) fn types(&self) -> &Arc<FunctionTypes> {
        &self.types
    }

    /// Whether it is what a source says now.
    pub(super) fn is_of(&self, gil: &Gil, source: &SignatureSource) -> bool {
        let has_annotations = match &source.annotations {
            Some(annotations) => self.has_annotations(gil, annotations),
            None => self.annotations.is_empty(),
        };
        has_annotations
            && self.bound == source.bound
            && defaults(gil, source).eq(self.defaults.iter().copied())
            && self.names.iter().all(|(name, seen)| {
                let (meant, found) = (meaning(gil, source, name), seen.as_ref());
                // SAFETY: what a name means is alive as long as nothing of Python's runs.
                let is = |seen: &SeenObject| unsafe { !meant.is_null() && seen.is(gil, meant) };
                found.map_or(meant.is_null(), is)
            })
            && self.table.as_ref().is_none_or(|table| table.is_same(gil))
    }

    fn has_annotations(&self, gil: &Gil, annotations: &PyRef) -> bool {
        let mut known = self.annotations.iter();
        let is_known = |(name, value): (Object, Object)| {
            let next = known.next();
            // SAFETY: an item of the dict, which is alive as long as nothing of Python's runs.
            next.is_some_and(|(key, seen)| key.as_ptr() == name && unsafe { seen.is(gil, value) })
        };
        items(gil, annotations).all(is_known) && known.next().is_none()
    }
}

impl KnownCodes {
    /// One of the declarations of a code.
    fn get(&self, gil: &Gil, code: &PyRef, index: usize) -> Option<Rc<KnownDeclaration>> {
        let known = &self.0.borrow().0;
        let known = known.get(&code.as_ptr().addr())?;
        // SAFETY: a weak reference, under the GIL.
        let is_its = unsafe { gil.api.referent(known.code.as_ptr()) } == code.as_ptr();
        is_its.then(|| known.declarations.get(index).cloned()).flatten()
    }

    fn add(&self, gil: &Gil, code: &PyRef, found: Rc<KnownDeclaration>) -> Option<()> {
        let weak = code.weak(gil)?;
        // SAFETY: a weak reference, under the GIL.
        let referent = |known: &KnownCode| unsafe { gil.api.referent(known.code.as_ptr()) };
        // What is let go is dropped when nobody looks at this.
        let (_gone, _before, _oldest);
        let mut known = self.0.borrow_mut();
        let (codes, limit) = &mut *known;
        if codes.len() >= *limit {
            let is_gone = |_: &usize, known: &mut KnownCode| referent(known).is_null();
            _gone = codes.extract_if(.., is_gone).collect::<Vec<_>>();
            *limit = FEW.max(2 * codes.len());
        }
        let key = code.as_ptr().addr();
        if codes.get(&key).is_some_and(|known| referent(known) != code.as_ptr()) {
            _before = codes.remove(&key);
        }
        let new = || KnownCode { code: weak, declarations: Vec::new() };
        let declarations = &mut codes.entry(key).or_insert_with(new).declarations;
        if declarations.len() == MOST {
            _oldest = declarations.pop();
        }
        declarations.insert(0, found);
        Some(())
    }
}

/// Of each default of a source's function, whether it is `None`.
fn defaults(gil: &Gil, source: &SignatureSource) -> impl Iterator<Item = bool> {
    let api = gil.api;
    // SAFETY: a live function under the GIL, whose defaults are a tuple, if there are any.
    unsafe {
        let defaults = match source.code {
            Some(_) => (api.PyFunction_GetDefaults)(source.function.as_ptr()),
            None => ptr::null_mut(),
        };
        let count = if defaults.is_null() { 0 } else { (api.PyTuple_Size)(defaults) };
        (0..count).map(move |at| (api.PyTuple_GetItem)(defaults, at) == api._Py_NoneStruct)
    }
}

/// What a name means in a source's function, borrowed: NULL for nothing.
fn meaning(gil: &Gil, source: &SignatureSource, name: &PyRef) -> Object {
    let api = gil.api;
    let get = |from: Object| match from.is_null() {
        true => from,
        // SAFETY: a dict, under the GIL.
        false => unsafe { (api.PyDict_GetItemWithError)(from, name.as_ptr()) },
    };
    if source.code.is_none() {
        return ptr::null_mut();
    }
    // SAFETY: a live function under the GIL.
    let global = get(unsafe { (api.PyFunction_GetGlobals)(source.function.as_ptr()) });
    match global.is_null() {
        // SAFETY: under the GIL.
        true => get(unsafe { (api.PyEval_GetBuiltins)() }),
        false => global,
    }
}

/// The items of a dict, borrowed.
fn items(gil: &Gil, dict: &PyRef) -> impl Iterator<Item = (Object, Object)> {
    let (next, dict) = (gil.api.PyDict_Next, dict.as_ptr());
    let (mut at, mut name, mut value) = (0, ptr::null_mut(), ptr::null_mut());
    // SAFETY: the caller's dict, under the GIL.
    let found = move || match unsafe { next(dict, &raw mut at, &raw mut name, &raw mut value) } {
        0 => None,
        _ => Some((name, value)),
    };
    std::iter::from_fn(found)
}

fn seen_annotations(gil: &Gil, annotations: &PyRef) -> Option<Box<[(PyRef, SeenObject)]>> {
    // What is remembered of them may be new objects, for which others run: after they were looked at.
    // SAFETY: items of the dict, borrowed for as long as nothing runs.
    let kept = |(name, value)| unsafe {
        (PyRef::new_reference(gil, name), PyRef::new_reference(gil, value))
    };
    let all: Vec<_> = items(gil, annotations).map(kept).collect();
    // SAFETY: a live object under the GIL.
    let seen = |value: &PyRef| unsafe { SeenObject::new(gil, value.as_ptr()) };
    all.into_iter().map(|(name, value)| Some((name, seen(&value)?))).collect()
}

/// What the names mean that annotations have as text; `None` if that is not all that they depend on.
fn seen_names(gil: &Gil, source: &SignatureSource, annotations: &PyRef) -> Option<Box<[SeenName]>> {
    let names = error::quietly(gil, || {
        let names = support::call(gil, &support::signatures(gil)?.names_in, &[annotations])?;
        match support::is_none(gil.api, &names) {
            true => Ok(None),
            false => support::items(gil, &names).map(Some),
        }
    })??;
    let seen = |name: PyRef| match meaning(gil, source, &name) {
        meant if meant.is_null() => Some((name, None)),
        // SAFETY: what the name means is alive, and looked at at once.
        meant => Some((name, Some(unsafe { SeenObject::new(gil, meant) }?))),
    };
    names.into_iter().map(seen).collect()
}
