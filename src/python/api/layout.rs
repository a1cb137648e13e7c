//! [`ObjectLayout`]: where the interpreter's objects have what the macros of its headers read.
//!
//! What a C extension is compiled with, this library finds out when it meets the interpreter: of
//! the versions whose headers are known, the words of objects made for the purpose are compared
//! with what the functions of the API say. If anything differs, and in every build that counts
//! references in its own way (debug, trace-refs, free-threaded), the functions are called.

use std::ffi::{CStr, c_ulong};
use std::ptr;

use super::{Api, Object};
use crate::kit::Version;

/// The versions whose headers are known, up to but without the second.
const KNOWN: (Version, Version) = (Version::new(3, 9), Version::new(3, 14));

/// The first version with objects that are never freed, and with tagged sizes of ints.
const IMMORTAL: Version = Version::new(3, 12);

/// The first version with dicts that say in a byte of what kind their keys are.
const KINDS_OF_KEYS: Version = Version::new(3, 11);

/// Set in the count of an object that is never freed.
const IMMORTAL_BIT: u64 = 1 << 31;

/// The head of an object: its count and its type.
const HEAD: usize = 16;
/// `ob_size`, `lv_tag` or `length`; and `ob_fval`.
pub(super) const FIRST: usize = HEAD;
/// The items of a tuple, and where a list has its own.
pub(super) const ITEMS: usize = HEAD + 8;
/// The keys of a dict.
const KEYS: usize = HEAD + 16;
/// In the keys of a dict, of what kind they are.
const KIND: usize = 10;
/// The kinds of keys that are all exact `str`.
const TEXT_KEYS: std::ops::RangeInclusive<u8> = 1..=2;
/// The digits of an int.
pub(super) const DIGITS: usize = HEAD + 8;
/// The bits that say how a `str` is stored.
pub(super) const TEXT_STATE: usize = HEAD + 16;
/// Compact, and ASCII.
pub(super) const ASCII: u32 = 0b110_0000;
/// Compact.
pub(super) const COMPACT: u32 = 0b010_0000;
/// How large the units are.
pub(super) const UNIT: u32 = 0b001_1100;
pub(super) const UNIT_1: u32 = 1 << 2;
pub(super) const UNIT_2: u32 = 2 << 2;
pub(super) const UNIT_4: u32 = 4 << 2;
/// `tp_vectorcall_offset` of a type.
const TYPE_VECTORCALL: usize = 56;
/// `tp_basicsize` of a type.
pub(super) const TYPE_SIZE: usize = 32;
/// `tp_getattro` of a type.
pub(super) const TYPE_GETATTR: usize = 144;
/// `tp_setattro` of a type.
pub(super) const TYPE_SETATTR: usize = 152;
/// `tp_flags` of a type.
pub(super) const TYPE_FLAGS: usize = 168;
/// `tp_iternext` of a type.
pub(super) const TYPE_NEXT: usize = 224;
/// `Py_TPFLAGS_HAVE_VECTORCALL`.
const HAS_VECTORCALL: u64 = 1 << 11;

/// What is known of the layout of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectLayout {
    /// Whether the rest is true. Then reference counts may be changed, and the values of exact
    /// ints, floats and strs read, where they are.
    pub known: bool,
    /// What the count of an object is less than if it may be changed: those that are never freed
    /// have a larger one, before there were any all may, and of what is unknown none.
    pub(super) counted: u64,
    /// Whether the size of an int has its sign in the low bits.
    pub(super) tagged: bool,
    /// Where an ASCII `str` has its characters.
    pub(super) text: usize,
    /// Where any other compact `str` has them.
    pub(super) wide_text: usize,
    /// Where a Python function has what a vectorcall of it calls.
    pub(super) vectorcall: usize,
    /// Whether memoryviews are known as well.
    pub(super) views: bool,
    /// The exact types of objects that are read where they are, and what types have whose attributes
    /// are found as the interpreter's own are; none of anything where nothing is known.
    pub(super) read: ReadTypes,
}

/// What is compared with the types of objects, so that it is not asked first whether they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ReadTypes {
    pub(super) int: Object,
    pub(super) float: Object,
    pub(super) list: Object,
    pub(super) tuple: Object,
    /// Only where it is known how its keys say that they are all text.
    pub(super) dict: Object,
    pub(super) get_attribute: u64,
    pub(super) set_attribute: u64,
}

impl ReadTypes {
    /// No type is at that address, and no function.
    const NONE: ReadTypes = ReadTypes {
        int: ptr::null_mut(),
        float: ptr::null_mut(),
        list: ptr::null_mut(),
        tuple: ptr::null_mut(),
        dict: ptr::null_mut(),
        get_attribute: 1,
        set_attribute: 1,
    };

    fn of(api: &Api) -> ReadTypes {
        ReadTypes {
            int: api.PyLong_Type,
            float: api.PyFloat_Type,
            list: api.PyList_Type,
            tuple: api.PyTuple_Type,
            dict: ptr::null_mut(),
            get_attribute: api.PyObject_GenericGetAttr as usize as u64,
            set_attribute: api.PyObject_GenericSetAttr as usize as u64,
        }
    }
}

impl ObjectLayout {
    /// Before it is found out, and if it is not.
    pub(super) const UNKNOWN: ObjectLayout = ObjectLayout {
        known: false,
        counted: 0,
        tagged: false,
        text: 0,
        wide_text: 0,
        vectorcall: 0,
        views: false,
        read: ReadTypes::NONE,
    };

    /// What the interpreter turns out to have.
    ///
    /// # Safety
    /// The interpreter runs, the GIL is held, and it is known where objects have their types.
    pub(super) unsafe fn probe(api: &mut Api) {
        let version = api.version;
        let known = KNOWN.0 <= version && version < KNOWN.1;
        let plain = cfg!(all(target_pointer_width = "64", target_endian = "little"));
        if !known || !plain || api.free_threaded || api.type_offset != HEAD - 8 {
            return;
        }
        let (tagged, text, wide_text) = match version < IMMORTAL {
            true => (false, 48, 72),
            false => (true, 40, 56),
        };
        // SAFETY: the interpreter runs, the GIL is held, and it is known where objects have their
        // types; the layout is in use only while it is looked at.
        unsafe {
            let vectorcall = word(api.PyFunction_Type, TYPE_VECTORCALL) as usize;
            let counted = if tagged { IMMORTAL_BIT } else { u64::MAX };
            let known = true;
            let (views, read) = (false, ReadTypes::of(api));
            api.layout =
                ObjectLayout { known, counted, tagged, text, wide_text, vectorcall, views, read };
            let sound = counts_are_plain(api)
                && counts(api)
                && ints(api)
                && floats(api)
                && texts(api)
                && items(api)
                && functions(api)
                && iterators(api);
            if !sound {
                return api.layout = ObjectLayout::UNKNOWN;
            }
            api.layout.views = api.knows_memory_views();
            if version >= KINDS_OF_KEYS && dicts(api) {
                api.layout.read.dict = api.PyDict_Type;
            }
        }
    }
}

/// The word at an offset.
#[inline(always)]
pub(super) unsafe fn word(object: Object, offset: usize) -> u64 {
    // SAFETY: the caller knows that it is there.
    unsafe { object.byte_add(offset).cast::<u64>().read() }
}

/// Whether nobody keeps a total of references, or a list of objects.
unsafe fn counts_are_plain(api: &Api) -> bool {
    // SAFETY: under the GIL.
    let has = |name: &CStr| unsafe { !(api.PySys_GetObject)(name.as_ptr()).is_null() };
    !has(c"gettotalrefcount") && !has(c"getobjects")
}

/// Whether the first word of an object is its count.
unsafe fn counts(api: &Api) -> bool {
    // SAFETY: under the GIL; the float lives until its last reference is given up.
    unsafe {
        let object = (api.PyFloat_FromDouble)(0.1);
        let mut seen = vec![word(object, 0)];
        for change in [api.Py_IncRef, api.Py_IncRef, api.Py_DecRef] {
            change(object);
            seen.push(word(object, 0));
        }
        api.decref(object);
        seen.push(word(object, 0));
        api.incref(object);
        seen.push(word(object, 0));
        (api.Py_DecRef)(object);
        (api.Py_DecRef)(object);
        let none = word(api._Py_NoneStruct, 0);
        (api.Py_IncRef)(api._Py_NoneStruct);
        let more = word(api._Py_NoneStruct, 0) - none;
        (api.Py_DecRef)(api._Py_NoneStruct);
        let immortal = none & IMMORTAL_BIT != 0 && more == 0;
        seen == [1, 2, 3, 2, 1, 2] && immortal == (api.layout.counted != u64::MAX)
    }
}

/// Whether ints are read as they are.
unsafe fn ints(api: &Api) -> bool {
    const LARGEST: i64 = (1 << 30) - 1;
    const SMALL: [i64; 8] = [0, 1, -1, 256, 1000, -1000, LARGEST, -LARGEST];
    const LARGE: [i64; 5] = [1 << 30, -(1 << 30), 1 << 60, i64::MIN, i64::MAX];
    // SAFETY: under the GIL.
    let read = |number: i64| unsafe {
        let int = (api.PyLong_FromLongLong)(number);
        let read = api.small_int(int);
        (api.Py_DecRef)(int);
        read
    };
    // SAFETY: as above.
    let read_whole = |number: i64| unsafe {
        let int = (api.PyLong_FromLongLong)(number);
        let read = api.int(int);
        (api.Py_DecRef)(int);
        read
    };
    let whole = |number: &i64| read_whole(*number) == Some((*number < 0, number.unsigned_abs()));
    SMALL.iter().all(|number| read(*number) == Some(*number))
        && LARGE.iter().all(|number| read(*number).is_none())
        && SMALL.iter().chain(&LARGE).all(whole)
}

/// Whether floats are read as they are.
unsafe fn floats(api: &Api) -> bool {
    // SAFETY: under the GIL.
    [0.1, -2.5e300, f64::INFINITY].iter().all(|number| unsafe {
        let float = (api.PyFloat_FromDouble)(*number);
        let read = api.float(float);
        (api.Py_DecRef)(float);
        read == *number
    })
}

/// Whether lists and tuples have their items where they are looked for.
unsafe fn items(api: &Api) -> bool {
    // SAFETY: under the GIL; the items are borrowed from what is looked at.
    unsafe {
        let list = (api.PyList_New)(0);
        let mut sound = true;
        for count in 1..6_isize {
            sound &= (api.PyList_Append)(list, api._Py_NoneStruct) == 0;
            let tuple = (api.PySequence_Tuple)(list);
            for (object, get) in [(list, api.PyList_GetItem), (tuple, api.PyTuple_GetItem)] {
                let same = |(items, length): (*const Object, usize)| {
                    let mut all = 0..count;
                    length.cast_signed() == count
                        && all.all(|index| *items.offset(index) == get(object, index))
                };
                sound &= api.items(object).is_some_and(same);
            }
            (api.Py_DecRef)(tuple);
        }
        (api.Py_DecRef)(list);
        sound
    }
}

/// Whether text is where it is looked for, and told from what is not ASCII.
unsafe fn texts(api: &Api) -> bool {
    const TEXTS: [&str; 7] =
        ["some text", "\u{e9}t\u{e9}", "\u{20ac} and more", "\u{1f600}", "x", "\u{e9}", "\u{20ac}"];
    // SAFETY: under the GIL; the text is read while its owner lives.
    TEXTS.iter().all(|text| unsafe {
        let (bytes, size) = (text.as_ptr().cast(), text.len().cast_signed());
        let object = (api.PyUnicode_FromStringAndSize)(bytes, size);
        let state = object.byte_add(TEXT_STATE).cast::<u32>().read();
        let sound = match text.is_ascii() {
            true => {
                state & ASCII == ASCII
                    && word(object, FIRST) == text.len() as u64
                    && (api.PyUnicode_AsUTF8AndSize)(object, ptr::null_mut()).cast::<u8>()
                        == object.byte_add(api.layout.text).cast::<u8>().cast_const()
            }
            false => state & ASCII != ASCII,
        };
        let mut characters = text.chars();
        let only = characters.next().filter(|_| characters.next().is_none()).map(u32::from);
        let sound = sound && api.only_character(object) == only;
        (api.Py_DecRef)(object);
        sound
    })
}

/// Whether the types of iterators have what is called for the next item, and other types nothing.
unsafe fn iterators(api: &Api) -> bool {
    // SAFETY: under the GIL; each new reference is given back once.
    unsafe {
        let list = (api.PyList_New)(0);
        let appended = (api.PyList_Append)(list, api._Py_NoneStruct) == 0;
        let iterator = (api.PyObject_GetIter)(list);
        let items = [(); 2].map(|()| (appended && !iterator.is_null()).then(|| api.next(iterator)));
        let sound = word(api.PyList_Type, TYPE_NEXT) == 0
            && items == [Some(Some(api._Py_NoneStruct)), Some(Some(ptr::null_mut()))];
        (api.PyErr_Clear)();
        for object in [iterator, list].into_iter().filter(|object| !object.is_null()) {
            (api.Py_DecRef)(object);
        }
        if sound {
            api.decref(api._Py_NoneStruct);
        }
        sound
    }
}

/// Whether the keys of an exact dict are all exact `str`.
///
/// # Safety
/// It is one of a version that is known, and the GIL is held.
#[inline(always)]
pub(super) unsafe fn has_text_keys(dict: Object) -> bool {
    // SAFETY: as above.
    let kind = unsafe { dict.byte_add(KEYS).cast::<*const u8>().read().add(KIND).read() };
    TEXT_KEYS.contains(&kind)
}

/// Whether dicts say of what kind their keys are.
unsafe fn dicts(api: &Api) -> bool {
    // SAFETY: under the GIL.
    unsafe {
        let (dict, number) = ((api.PyDict_New)(), (api.PyLong_FromLongLong)(7));
        let (none, mut sound) = (api._Py_NoneStruct, true);
        for name in [c"a", c"b", c"c", c"d", c"e", c"f", c"g", c"h", c"i", c"j", c"k", c"l"] {
            sound &= (api.PyDict_SetItemString)(dict, name.as_ptr(), none) == 0;
            sound &= has_text_keys(dict);
        }
        sound &= (api.PyObject_SetItem)(dict, number, none) == 0 && !has_text_keys(dict);
        (api.Py_DecRef)(number);
        (api.Py_DecRef)(dict);
        sound
    }
}

/// Whether a Python function has what the interpreter calls where its type says.
unsafe fn functions(api: &Api) -> bool {
    let (Some(code), Some(function)) = (api.PyCode_NewEmpty, api.PyFunction_New) else {
        return false;
    };
    let (of_type, offset) = (api.PyFunction_Type, api.layout.vectorcall);
    // SAFETY: under the GIL; the offset is inside of a function, as was compared with its size.
    unsafe {
        let (get, set) =
            (api.PyObject_GenericGetAttr as usize, api.PyObject_GenericSetAttr as usize);
        let flags: u64 = c_ulong::into((api.PyType_GetFlags)(of_type));
        let is_type = word(api.PyFloat_Type, TYPE_GETATTR) == get as u64
            && word(api.PyFloat_Type, TYPE_SETATTR) == set as u64
            && word(of_type, TYPE_FLAGS) == flags
            && word(of_type, TYPE_FLAGS) & HAS_VECTORCALL != 0
            && (HEAD..word(of_type, TYPE_SIZE) as usize).contains(&offset);
        if !is_type {
            return false;
        }
        let code = code(c"".as_ptr(), c"".as_ptr(), 0);
        let globals = (api.PyDict_New)();
        let function = function(code, globals);
        let found = match function.is_null() {
            true => None,
            false => Some(word(function, offset) as usize),
        };
        // The one is not exported any more, the other not yet, in some versions.
        let called = match (api.PyVectorcall_Function, api._PyFunction_Vectorcall) {
            (Some(ask), _) if found.is_some() => ask(function).map(|call| call as usize),
            (_, Some(call)) => Some(call as usize),
            _ => None,
        };
        for object in [code, globals, function] {
            (api.Py_DecRef)(object);
        }
        if found.is_none() {
            (api.PyErr_Clear)();
        }
        found.is_some() && found == called
    }
}
