//! The types of proxies: for each class, and each set of capabilities, one with the slots that these give.

use std::cell::Cell;
use std::ffi::{CStr, c_int, c_void};
use std::mem::offset_of;
use std::ptr;

use super::{
    ProxyFields, attribute, awaiting, base, buffer, compare, context, exchange, failure, fields,
    generator, item, iterate, kind, number, page, shape, slot, text,
};
use crate::error::Result;
use crate::object::Capabilities;
use crate::python::api::{
    Api, METH_KEYWORDS, METH_NOARGS, METH_O, METH_VARARGS, Object, PyMethodDef,
};
use crate::python::error;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::object::class::{
    AM_AITER, AM_ANEXT, AM_AWAIT, BF_GETBUFFER, HAVE_VECTORCALL, HeapType, HeapTypeSpec,
    MP_ASS_SUBSCRIPT, MP_LENGTH, MP_SUBSCRIPT, NB_BOOL, NB_FLOAT, NB_INDEX, NB_INT, PyGetter,
    SQ_CONTAINS, SQ_ITEM, SQ_LENGTH, TP_CALL, TP_DEALLOC, TP_GETATTRO, TP_HASH, TP_ITER,
    TP_ITERNEXT, TP_REPR, TP_RICHCOMPARE, TP_SETATTRO, TP_STR, method,
};
use crate::python::support;

/// A type, and of which class and capabilities it is.
struct ProxyClass {
    kind: ProxyKind<Box<str>>,
    class: HeapType<ProxyFields>,
    /// The one that was made before.
    before: *const ProxyClass,
    /// How many there are with it.
    count: usize,
}

/// What objects have in common that have one type.
struct ProxyKind<Name> {
    capabilities: Capabilities,
    /// The name of the class, if it has one that is shown.
    name: Option<Name>,
}

/// The types: all of them, and in each place the last that was found there. They are as many as there
/// are kinds of objects, and stay.
struct ProxyClasses {
    latest: Cell<*const ProxyClass>,
    found: [Cell<*const ProxyClass>; PLACES],
}

const PLACES: usize = 64;

/// Beyond so many types, a class has none of its own.
const MOST: usize = 1000;

// SAFETY: it is used under the GIL only.
unsafe impl Sync for ProxyClasses {}

static CLASSES: ProxyClasses = ProxyClasses {
    latest: Cell::new(ptr::null()),
    found: [const { Cell::new(ptr::null()) }; PLACES],
};

/// What the slots of a type depend on.
const SHOWN: &[Capabilities] = &[
    Capabilities::READ_ATTRIBUTES,
    Capabilities::WRITE_ATTRIBUTES,
    Capabilities::DELETE_ATTRIBUTES,
    Capabilities::LIST_MEMBERS,
    Capabilities::READ_ITEMS,
    Capabilities::WRITE_ITEMS,
    Capabilities::DELETE_ITEMS,
    Capabilities::READ_ENTRIES,
    Capabilities::WRITE_ENTRIES,
    Capabilities::DELETE_ENTRIES,
    Capabilities::LENGTH,
    Capabilities::CONTAIN,
    Capabilities::ITERATE,
    Capabilities::NEXT,
    Capabilities::SEND,
    Capabilities::ITERATE_ASYNC,
    Capabilities::NEXT_ASYNC,
    Capabilities::AWAIT,
    Capabilities::CALL,
    Capabilities::CONSTRUCT,
    Capabilities::BUFFER,
    Capabilities::ORDER,
    Capabilities::HASH,
    Capabilities::ENTER,
    Capabilities::ENTER_ASYNC,
    Capabilities::DLPACK,
    Capabilities::ARROW_ARRAY,
    Capabilities::ARROW_STREAM,
    Capabilities::ARROW_SCHEMA,
    Capabilities::SEQUENCE,
    Capabilities::MUTABLE_SEQUENCE,
    Capabilities::MAPPING,
    Capabilities::SET,
    Capabilities::TYPE,
    Capabilities::NUMBER,
    Capabilities::FITS_INT64,
    Capabilities::FITS_UINT64,
];

/// All of these.
const ALL_SHOWN: Capabilities = {
    let (mut all, mut index) = (Capabilities::NONE, 0);
    while index < SHOWN.len() {
        all = all.with(SHOWN[index]);
        index += 1;
    }
    all
};

/// The type for objects of a class that can do so much, made the first time.
pub(super) fn of(
    gil: &Gil,
    capabilities: Capabilities,
    name: Option<&str>,
) -> Result<&'static HeapType<ProxyFields>> {
    let kind = ProxyKind { capabilities: capabilities.within(ALL_SHOWN), name };
    let place = &CLASSES.found[kind.place()];
    // SAFETY: types stay.
    match unsafe { place.get().as_ref() } {
        Some(known) if known.is_of(&kind) => Ok(&known.class),
        _ => find(gil, kind, place),
    }
}

impl ProxyKind<&str> {
    fn place(&self) -> usize {
        let name = self.name.unwrap_or_default();
        let name = name.bytes().fold(0, |sum: u64, byte| (sum ^ u64::from(byte)).rotate_left(8));
        // A multiplication spreads the bits over the upper ones.
        let spread = (self.capabilities.bits() ^ name).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (spread >> 58) as usize % PLACES
    }
}

impl ProxyClass {
    fn is_of(&self, kind: &ProxyKind<&str>) -> bool {
        self.kind.capabilities == kind.capabilities && self.kind.name.as_deref() == kind.name
    }
}

#[cold]
fn find(
    gil: &Gil,
    mut kind: ProxyKind<&str>,
    place: &Cell<*const ProxyClass>,
) -> Result<&'static HeapType<ProxyFields>> {
    let known = |kind: &ProxyKind<&str>| {
        let mut next = CLASSES.latest.get();
        // SAFETY: types stay.
        while let Some(class) = unsafe { next.as_ref() } {
            if class.is_of(kind) {
                return Some(class);
            }
            next = class.before;
        }
        None
    };
    // SAFETY: types stay.
    let count = || unsafe { CLASSES.latest.get().as_ref() }.map_or(0, |latest| latest.count);
    let mut class = known(&kind);
    if class.is_none() && count() >= MOST {
        kind.name = None;
        class = known(&kind);
    }
    let class = match class {
        Some(class) => class,
        None => {
            // What is finished in Python may let other threads make the same.
            let class = make(gil, kind.capabilities)?;
            if let Some(name) = kind.name {
                rename(gil, class.object(), name)?;
            }
            let (before, count) = (CLASSES.latest.get(), count() + 1);
            let (capabilities, name) = (kind.capabilities, kind.name.map(Box::from));
            let kind = ProxyKind { capabilities, name };
            let class = ProxyClass { kind, class, before, count };
            let class = Box::leak(Box::new(class));
            CLASSES.latest.set(class);
            TYPES.add(class.class.object().as_ptr(), count);
            class
        }
    };
    place.set(class);
    Ok(&class.class)
}

/// Whether an object is a proxy.
///
/// # Safety
/// `object` is alive, and the GIL is held.
#[inline(always)]
pub(super) unsafe fn is(api: &Api, object: Object) -> bool {
    // SAFETY: `object` is alive, and so is its type.
    TYPES.has(unsafe { api.type_of(object) })
}

/// The types, by their addresses: where one would be, or behind that.
struct ProxyTypes(Cell<&'static [Cell<Object>]>);

// SAFETY: it is used under the GIL only.
unsafe impl Sync for ProxyTypes {}

static TYPES: ProxyTypes = ProxyTypes(Cell::new(&[]));

impl ProxyTypes {
    #[inline(always)]
    fn has(&self, r#type: Object) -> bool {
        let types = self.0.get();
        let mut at = r#type.addr() >> 4;
        loop {
            match types.get(at & types.len().wrapping_sub(1)) {
                Some(known) if known.get() == r#type => return true,
                Some(known) if !known.get().is_null() => at += 1,
                _ => return false,
            }
        }
    }

    /// Adds one; there is always room for as many again.
    fn add(&self, r#type: Object, count: usize) {
        let before = self.0.get();
        if count * 2 > before.len() {
            let room = (count * 4).next_power_of_two().max(PLACES);
            // The one before is left to who looks at it.
            self.0.set(vec![Cell::new(ptr::null_mut()); room].leak());
            for known in before.iter().filter(|known| !known.get().is_null()) {
                self.put(known.get());
            }
        }
        self.put(r#type);
    }

    fn put(&self, r#type: Object) {
        let types = self.0.get();
        let mut at = r#type.addr() >> 4;
        while !types[at & (types.len() - 1)].get().is_null() {
            at += 1;
        }
        types[at & (types.len() - 1)].set(r#type);
    }
}

/// Where a proxy has its fields.
///
/// # Safety
/// `object` is a proxy.
#[inline(always)]
pub(super) unsafe fn fields_of(object: Object) -> *mut ProxyFields {
    // SAFETY: a proxy has a type; all have their fields at one place.
    unsafe { (*CLASSES.latest.get()).class.fields(object) }
}

/// The slots, methods and so on that capabilities give.
struct ProxySlots {
    capabilities: Capabilities,
    slots: Vec<(c_int, *const c_void)>,
    methods: Vec<PyMethodDef>,
}

impl ProxySlots {
    fn add(&mut self, any_of: Capabilities, slots: &[(c_int, *const c_void)]) {
        if self.capabilities.has_any(any_of) {
            self.slots.extend_from_slice(slots);
        }
    }

    fn method(&mut self, of: Capabilities, method: PyMethodDef) {
        if self.capabilities.has_any(of) {
            self.methods.push(method);
        }
    }
}

/// Gives a type the name that Python's own messages say.
fn rename(gil: &Gil, class: &PyRef, name: &str) -> Result<()> {
    let name = support::text(gil, name)?;
    for attribute in [c"__name__", c"__qualname__"] {
        failure::set(gil, class, attribute, name.as_ptr())?;
    }
    Ok(())
}

fn make(gil: &Gil, shown: Capabilities) -> Result<HeapType<ProxyFields>> {
    use Capabilities as Can;
    let mut all = ProxySlots {
        capabilities: shown,
        slots: vec![
            (TP_DEALLOC, deallocate as *const c_void),
            (TP_REPR, text::repr as *const c_void),
            (TP_STR, text::str as *const c_void),
            (TP_RICHCOMPARE, compare::compare as *const c_void),
            (NB_BOOL, number::truth as *const c_void),
        ],
        methods: vec![
            method(
                c"release",
                release as *const c_void,
                METH_NOARGS,
                c"release($self, /)\n--\n\nGives the object back; later uses are refused.",
            ),
            method(c"__copy__", copy as *const c_void, METH_NOARGS, c"The object itself."),
            method(c"__deepcopy__", copy as *const c_void, METH_O, c"The object itself."),
        ],
    };
    let calls = Can::CALL | Can::CONSTRUCT;
    let is_usable = shown != Can::NONE;
    let hash = match shown.has(Can::HASH) || !is_usable {
        true => compare::hash as *const c_void,
        false => gil.api.PyObject_HashNotImplemented as *const c_void,
    };
    all.slots.push((TP_HASH, hash));
    all.add(Can::READ_ATTRIBUTES, &[(TP_GETATTRO, attribute::get as *const c_void)]);
    let writes = Can::WRITE_ATTRIBUTES | Can::DELETE_ATTRIBUTES;
    all.add(writes, &[(TP_SETATTRO, attribute::set as *const c_void)]);
    let reads = Can::READ_ITEMS | Can::READ_ENTRIES;
    all.add(reads, &[(MP_SUBSCRIPT, item::get as *const c_void)]);
    all.add(Can::READ_ITEMS, &[(SQ_ITEM, item::at as *const c_void)]);
    let items = Can::WRITE_ITEMS | Can::DELETE_ITEMS;
    let entries = Can::WRITE_ENTRIES | Can::DELETE_ENTRIES;
    all.add(items | entries, &[(MP_ASS_SUBSCRIPT, item::set as *const c_void)]);
    let length = item::length as *const c_void;
    all.add(Can::LENGTH, &[(MP_LENGTH, length), (SQ_LENGTH, length)]);
    all.add(Can::CONTAIN, &[(SQ_CONTAINS, item::contains as *const c_void)]);
    match shown.has(Can::NEXT) {
        true => all.slots.extend([
            (TP_ITER, iterate::itself as *const c_void),
            (TP_ITERNEXT, iterate::next as *const c_void),
        ]),
        false => all.add(Can::ITERATE, &[(TP_ITER, iterate::iterate as *const c_void)]),
    }
    all.add(Can::AWAIT, &[(AM_AWAIT, awaiting::wait as *const c_void)]);
    match shown.has(Can::NEXT_ASYNC) {
        true => all.slots.extend([
            (AM_AITER, awaiting::itself as *const c_void),
            (AM_ANEXT, awaiting::next as *const c_void),
        ]),
        false => all.add(Can::ITERATE_ASYNC, &[(AM_AITER, awaiting::iterate as *const c_void)]),
    }
    all.add(calls, &[(TP_CALL, gil.api.PyVectorcall_Call as *const c_void)]);
    all.add(Can::BUFFER, &[(BF_GETBUFFER, buffer::get as *const c_void)]);
    all.add(
        Can::NUMBER,
        &[(NB_INT, number::integer as *const c_void), (NB_FLOAT, number::float as *const c_void)],
    );
    all.add(Can::FITS_INT64 | Can::FITS_UINT64, &[(NB_INDEX, number::index as *const c_void)]);
    all.method(
        Can::LIST_MEMBERS,
        method(c"__dir__", attribute::list as *const c_void, METH_NOARGS, c"The members."),
    );
    all.method(
        Can::ENTER,
        method(c"__enter__", context::enter as *const c_void, METH_NOARGS, c"Enters it."),
    );
    all.method(
        Can::ENTER,
        method(c"__exit__", context::exit as *const c_void, METH_VARARGS, c"Leaves it."),
    );
    all.method(
        Can::TYPE,
        method(
            c"__instancecheck__",
            kind::is_instance as *const c_void,
            METH_O,
            c"Whether an object is an instance.",
        ),
    );
    all.method(
        Can::TYPE,
        method(
            c"__mro_entries__",
            kind::derive as *const c_void,
            METH_O,
            c"Refuses to be derived from.",
        ),
    );
    all.method(
        Can::SEND,
        method(c"send", generator::send as *const c_void, METH_O, c"Goes on with a value."),
    );
    all.method(
        Can::SEND,
        method(c"throw", generator::throw as *const c_void, METH_VARARGS, c"Raises in it."),
    );
    all.method(
        Can::SEND,
        method(c"close", generator::close as *const c_void, METH_NOARGS, c"Ends it."),
    );
    all.method(
        Can::NEXT_ASYNC,
        method(c"aclose", awaiting::close as *const c_void, METH_NOARGS, c"Ends it."),
    );
    all.method(
        Can::ENTER_ASYNC,
        method(c"__aenter__", awaiting::enter as *const c_void, METH_NOARGS, c"Enters it."),
    );
    all.method(
        Can::ENTER_ASYNC,
        method(c"__aexit__", awaiting::exit as *const c_void, METH_VARARGS, c"Leaves it."),
    );
    let (tensor, named) = (Can::DLPACK | Can::BUFFER, METH_VARARGS | METH_KEYWORDS);
    for (of, name, function, flags) in [
        (tensor, c"__dlpack__", exchange::tensor as *const c_void, named),
        (tensor, c"__dlpack_device__", exchange::device as *const c_void, METH_NOARGS),
        (Can::ARROW_ARRAY, c"__arrow_c_array__", exchange::columns as *const c_void, named),
        (Can::ARROW_STREAM, c"__arrow_c_stream__", exchange::stream as *const c_void, named),
        (Can::ARROW_SCHEMA, c"__arrow_c_schema__", exchange::schema as *const c_void, METH_NOARGS),
    ] {
        all.method(of, method(name, function, flags, c"What it hands over, in a capsule."));
    }
    let is_called = shown.has_any(calls);
    let mut attributes: Vec<(&CStr, PyGetter)> =
        vec![(c"released", released), (c"runtime", runtime), (c"type_name", type_name)];
    let mut offsets = vec![(c"__weaklistoffset__", offset_of!(ProxyFields, weak))];
    if is_called {
        offsets.push((c"__vectorcalloffset__", offset_of!(ProxyFields, vectorcall)));
        attributes.push((c"__signature__", signature));
    }
    let description = HeapTypeSpec {
        name: c"metaffi.MetaFFIObject",
        doc: c"An object of another runtime, which can here what it can there.",
        flags: if is_called { HAVE_VECTORCALL } else { 0 },
        slots: &all.slots,
        methods: all.methods,
        attributes: &attributes,
        offsets: &offsets,
    };
    let class = HeapType::derived(gil, description, Some(base(gil)?.object()))?;
    shape::finish(gil, class.object(), shown)?;
    support::document(gil, class.object(), page::of_proxy)?;
    Ok(class)
}

unsafe extern "C-unwind" fn deallocate(object: Object) {
    let Some(api) = Api::get() else { return };
    // SAFETY: Python gives the last reference to a proxy, holding the GIL.
    unsafe {
        // From here on it is found by nobody.
        let (fields, class) = (fields(object), &(*CLASSES.latest.get()).class);
        let gil = Gil::assume(api);
        let key = fields.hide(&gil, object);
        if !fields.weak.is_null() {
            (api.PyObject_ClearWeakRefs)(object);
        }
        let is_quick = fields.is_quick;
        class.destroy(api, object);
        if key == 0 {
            return;
        }
        // An exception may be on its way while what it leaves behind is freed.
        error::quietly(&gil, || {
            super::give_back(&gil, key, is_quick);
            Ok(())
        });
    }
}

unsafe extern "C-unwind" fn release(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            super::give_back(gil, fields.hide(gil, object), fields.is_quick);
            Ok(support::none(gil))
        })
    }
}

unsafe extern "C-unwind" fn copy(object: Object, _: Object) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe { slot(object, |gil, _| Ok(PyRef::new_reference(gil, object))) }
}

unsafe extern "C-unwind" fn released(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe { slot(object, |gil, fields| Ok(support::truth(gil, fields.is_released()))) }
}

unsafe extern "C-unwind" fn runtime(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            support::text(gil, &fields.ask(|object| object.runtime().to_owned())?)
        })
    }
}

unsafe extern "C-unwind" fn type_name(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| support::text(gil, &fields.ask(|object| object.type_name())?))
    }
}

unsafe extern "C-unwind" fn signature(object: Object, _: *mut c_void) -> Object {
    // SAFETY: Python calls this with a proxy, holding the GIL.
    unsafe {
        slot(object, |gil, fields| {
            let (key, protocol) = fields.object()?;
            page::signature(gil, key, protocol)
        })
    }
}
