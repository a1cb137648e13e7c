//! Objects of a host: lists, maps and records.

use std::cell::RefCell;
use std::ffi::{c_char, c_void};
use std::mem;
use std::ptr;
use std::slice;
use std::sync::atomic::{AtomicUsize, Ordering};

use metaffi::abi::{
    METAFFI_CAN_ORDER, METAFFI_IS_MAPPING, METAFFI_IS_SEQUENCE, METAFFI_OK,
    METAFFI_STATUS_NOT_FOUND, METAFFI_STATUS_UNSUPPORTED, metaffi_error, metaffi_member_sink,
    metaffi_name, metaffi_object, metaffi_object_class, metaffi_status, metaffi_value,
};
use metaffi::handle::HandleKind;
use metaffi::object::{HostObject, Iteration};
use metaffi::signature::Kind;
use metaffi::value;

use super::datum::{Datum, is_among, listed, order_of};
use super::real::{Object, datum_of, value_of};
use super::thing::{Sort, Thing};

/// A class that is shared by threads, as it is not written.
struct Class(metaffi_object_class);

// SAFETY: nobody writes it.
unsafe impl Sync for Class {}

/// One without functions, for those that a class has.
const fn nothing() -> metaffi_object_class {
    // SAFETY: NULL, no number and no function are what zeroes mean.
    unsafe { mem::zeroed() }
}

const SIZE: usize = size_of::<metaffi_object_class>();

static LIST: Class = Class(metaffi_object_class {
    size: SIZE,
    name: c"HostList".as_ptr(),
    is: METAFFI_IS_SEQUENCE | METAFFI_CAN_ORDER,
    get_item: Some(get_item),
    set_item: Some(set_item),
    delete_item: Some(delete_item),
    length: Some(length),
    contains: Some(contains),
    iterate: Some(iterate),
    compare: Some(compare),
    text: Some(text),
    ..nothing()
});

static MAP: Class = Class(metaffi_object_class {
    size: SIZE,
    name: c"HostMap".as_ptr(),
    is: METAFFI_IS_MAPPING,
    get_entry: Some(get_entry),
    set_entry: Some(set_entry),
    delete_entry: Some(delete_entry),
    length: Some(length),
    contains: Some(contains),
    iterate: Some(iterate),
    ..nothing()
});

static RECORD: Class = Class(metaffi_object_class {
    size: SIZE,
    name: c"HostRecord".as_ptr(),
    get_attribute: Some(get_attribute),
    set_attribute: Some(set_attribute),
    delete_attribute: Some(delete_attribute),
    members: Some(members),
    call: Some(call),
    ..nothing()
});

static CURSOR: Class = Class(metaffi_object_class {
    size: SIZE,
    name: c"HostCursor".as_ptr(),
    next: Some(next),
    ..nothing()
});

static TOKEN: Class = Class(metaffi_object_class {
    size: SIZE,
    name: c"token".as_ptr(),
    text: Some(text),
    ..nothing()
});

static LIVING: AtomicUsize = AtomicUsize::new(0);

/// How many objects have not been finalized.
pub fn living() -> usize {
    LIVING.load(Ordering::SeqCst)
}

fn create(class: &'static Class, thing: Thing) -> Object {
    let userdata = Box::into_raw(Box::new(RefCell::new(thing))).cast();
    LIVING.fetch_add(1, Ordering::SeqCst);
    // SAFETY: the class is static, and its functions take such userdata.
    Object(unsafe { HostObject::create(&class.0, userdata, Some(finalize)) }.unwrap())
}

/// An object of a host with the content of a thing.
pub fn object(thing: &Thing) -> Object {
    let class = match thing.sort {
        Sort::HostList => &LIST,
        Sort::HostMap => &MAP,
        _ => &RECORD,
    };
    create(class, thing.clone())
}

/// The last of the things of which there is one.
pub fn token(number: usize) -> Object {
    let mut thing = Thing::of_items(Sort::HostRecord, vec![]);
    thing.items.push(Datum::Int(number as i64));
    create(&TOKEN, thing)
}

unsafe extern "C-unwind" fn finalize(userdata: *mut c_void) {
    LIVING.fetch_sub(1, Ordering::SeqCst);
    // SAFETY: made by `create`, and given up.
    drop(unsafe { Box::from_raw(userdata.cast::<RefCell<Thing>>()) });
}

unsafe fn with<R>(userdata: *mut c_void, body: impl FnOnce(&mut Thing) -> R) -> R {
    // SAFETY: made by `create`.
    body(&mut unsafe { &*userdata.cast::<RefCell<Thing>>() }.borrow_mut())
}

/// Writes a value, if there is one.
unsafe fn give(to: *mut metaffi_value, datum: Option<Datum>) -> metaffi_status {
    let Some(datum) = datum else { return METAFFI_STATUS_NOT_FOUND };
    // SAFETY: writable.
    unsafe { to.write(value_of(&datum).into_raw()) };
    METAFFI_OK
}

fn at(thing: &Thing, index: i64) -> Option<usize> {
    assert!(index >= 0, "one with a length is asked for no position below zero");
    usize::try_from(index).ok().filter(|index| *index < thing.items.len())
}

unsafe fn named<'a>(name: *const c_char, length: usize) -> &'a str {
    // SAFETY: UTF-8 of that length.
    str::from_utf8(unsafe { slice::from_raw_parts(name.cast(), length) }).unwrap()
}

type Failure = *mut *mut metaffi_error;

unsafe extern "C-unwind" fn get_item(
    userdata: *mut c_void,
    index: i64,
    to: *mut metaffi_value,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        let item = with(userdata, |thing| at(thing, index).map(|at| thing.items[at].clone()));
        give(to, item)
    }
}

unsafe extern "C-unwind" fn set_item(
    userdata: *mut c_void,
    index: i64,
    value: *const metaffi_value,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        with(userdata, |thing| {
            let Some(at) = at(thing, index) else { return METAFFI_STATUS_NOT_FOUND };
            thing.items[at] = datum_of(&*value);
            METAFFI_OK
        })
    }
}

unsafe extern "C-unwind" fn delete_item(
    userdata: *mut c_void,
    index: i64,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        with(userdata, |thing| {
            let Some(at) = at(thing, index) else { return METAFFI_STATUS_NOT_FOUND };
            thing.items.remove(at);
            METAFFI_OK
        })
    }
}

unsafe extern "C-unwind" fn get_entry(
    userdata: *mut c_void,
    key: *const metaffi_value,
    to: *mut metaffi_value,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        let key = datum_of(&*key);
        let found = with(userdata, |thing| thing.find(&key).map(|at| thing.entries[at].1.clone()));
        give(to, found)
    }
}

unsafe extern "C-unwind" fn set_entry(
    userdata: *mut c_void,
    key: *const metaffi_value,
    value: *const metaffi_value,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe { with(userdata, |thing| thing.put(datum_of(&*key), datum_of(&*value))) };
    METAFFI_OK
}

unsafe extern "C-unwind" fn delete_entry(
    userdata: *mut c_void,
    key: *const metaffi_value,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        let key = datum_of(&*key);
        with(userdata, |thing| match thing.find(&key) {
            Some(at) => {
                thing.entries.remove(at);
                METAFFI_OK
            }
            None => METAFFI_STATUS_NOT_FOUND,
        })
    }
}

unsafe extern "C-unwind" fn length(
    userdata: *mut c_void,
    to: *mut usize,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe { *to = with(userdata, |thing| thing.length()) };
    METAFFI_OK
}

unsafe extern "C-unwind" fn contains(
    userdata: *mut c_void,
    value: *const metaffi_value,
    to: *mut bool,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        let value = datum_of(&*value);
        *to = with(userdata, |thing| is_among(&value, &thing.elements(Iteration::Itself)));
    }
    METAFFI_OK
}

unsafe extern "C-unwind" fn iterate(
    userdata: *mut c_void,
    what: u32,
    to: *mut *mut metaffi_object,
    _: Failure,
) -> metaffi_status {
    let iterations = [Iteration::Itself, Iteration::Keys, Iteration::Values, Iteration::Entries];
    // SAFETY: as the class says.
    unsafe {
        let iteration = iterations[what as usize];
        let is_map = with(userdata, |thing| thing.sort == Sort::HostMap);
        if !is_map && iteration != Iteration::Itself {
            return METAFFI_STATUS_UNSUPPORTED;
        }
        let items = with(userdata, |thing| thing.elements(iteration));
        let cursor = create(&CURSOR, Thing::of_items(Sort::HostList, items));
        let key = metaffi::handle::clone(cursor.0, HandleKind::Object).unwrap();
        *to = ptr::without_provenance_mut(key);
    }
    METAFFI_OK
}

unsafe extern "C-unwind" fn next(
    userdata: *mut c_void,
    values: *mut metaffi_value,
    room: usize,
    count: *mut usize,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        with(userdata, |thing| {
            // Fewer than there is room for are not the end.
            *count = room.min(2).min(thing.items.len());
            for (at, item) in thing.items.drain(..*count).enumerate() {
                values.add(at).write(value_of(&item).into_raw());
            }
        });
    }
    METAFFI_OK
}

unsafe extern "C-unwind" fn compare(
    userdata: *mut c_void,
    how: u32,
    other: *const metaffi_value,
    to: *mut bool,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        if value::kind_of(&*other).unwrap() != Kind::Handle {
            return METAFFI_STATUS_UNSUPPORTED;
        }
        let Some(other) = HostObject::userdata((*other).data.object.addr(), &LIST.0) else {
            return METAFFI_STATUS_UNSUPPORTED;
        };
        let items = |userdata| with(userdata, |thing| thing.items.clone());
        let order = order_of(&items(userdata), &items(other));
        *to = match (order, how) {
            (Some(order), 0) => order.is_lt(),
            (Some(order), 1) => order.is_le(),
            (order, 2) => order.is_some_and(|order| order.is_eq()),
            (order, 3) => !order.is_some_and(|order| order.is_eq()),
            (Some(order), 4) => order.is_gt(),
            (Some(order), _) => order.is_ge(),
            (None, _) => return METAFFI_STATUS_UNSUPPORTED,
        };
    }
    METAFFI_OK
}

unsafe extern "C-unwind" fn text(
    userdata: *mut c_void,
    _: u32,
    to: *mut metaffi_value,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        let text = with(userdata, |thing| match thing.sort {
            Sort::HostList => format!("HostList[{}]", listed(&thing.items)),
            _ => format!("token {}", listed(&thing.items)),
        });
        to.write(value::string8(&text).unwrap().into_raw());
    }
    METAFFI_OK
}

unsafe extern "C-unwind" fn get_attribute(
    userdata: *mut c_void,
    name: *const c_char,
    length: usize,
    to: *mut metaffi_value,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        let name = named(name, length);
        let found =
            with(userdata, |thing| thing.attribute(name).map(|at| thing.attributes[at].1.clone()));
        give(to, found)
    }
}

unsafe extern "C-unwind" fn set_attribute(
    userdata: *mut c_void,
    name: *const c_char,
    length: usize,
    value: *const metaffi_value,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe { with(userdata, |thing| thing.set(named(name, length), datum_of(&*value))) };
    METAFFI_OK
}

unsafe extern "C-unwind" fn delete_attribute(
    userdata: *mut c_void,
    name: *const c_char,
    length: usize,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        with(userdata, |thing| match thing.attribute(named(name, length)) {
            Some(at) => {
                thing.attributes.remove(at);
                METAFFI_OK
            }
            None => METAFFI_STATUS_NOT_FOUND,
        })
    }
}

unsafe extern "C-unwind" fn members(
    userdata: *mut c_void,
    add: metaffi_member_sink,
    sink: *mut c_void,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        with(userdata, |thing| {
            for (name, _) in &thing.attributes {
                add.unwrap()(sink, name.as_ptr().cast(), name.len(), 0);
            }
        });
    }
    METAFFI_OK
}

/// Gives back the last argument.
unsafe extern "C-unwind" fn call(
    _: *mut c_void,
    arguments: *const metaffi_value,
    count: usize,
    _: *const *const metaffi_name,
    _: usize,
    to: *mut metaffi_value,
    _: Failure,
) -> metaffi_status {
    // SAFETY: as the class says.
    unsafe {
        let last = count.checked_sub(1).map(|last| datum_of(&*arguments.add(last)));
        give(to, Some(last.unwrap_or(Datum::Null)))
    }
}
