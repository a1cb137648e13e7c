//! [`Visit`]: a walk over a value and all that is in it, which a visitor is told of.

use crate::handle::OwnedHandle;
use std::ffi::c_void;
use std::{ptr, slice};

use super::VisitorCalls;
use super::opened_object::OpenedObjects;
use crate::abi::{
    self, METAFFI_CONTAINER_LIST, METAFFI_CONTAINER_MAP, METAFFI_CONTAINER_OBJECT,
    METAFFI_CONTAINER_SET, METAFFI_CONTAINER_TUPLE, METAFFI_CONVERSION_NONE,
    METAFFI_CONVERSION_REPLACED, METAFFI_CONVERSION_TOLD, METAFFI_CONVERTER_FIRST, METAFFI_OK,
    METAFFI_UNSPECIFIED, metaffi_container, metaffi_container_kind, metaffi_converter,
    metaffi_object, metaffi_string, metaffi_value, metaffi_visit_flags, metaffi_visit_options,
};
use crate::call::errors::failure;
use crate::error::{Error, Result};
use crate::value::{self, OwnedValue};

/// How a visit goes.
#[derive(Clone, Copy)]
pub struct VisitOptions<'a> {
    flags: metaffi_visit_flags,
    /// How many containers may be open.
    depth: usize,
    converters: &'a [metaffi_converter],
    object_made: Option<unsafe extern "C-unwind" fn(*mut c_void, *const metaffi_object)>,
    userdata: *mut c_void,
}

/// Choices of which a visit has one at most.
const EXCLUSIVE: [(metaffi_visit_flags, &str); 4] = [
    (
        abi::METAFFI_VISIT_MAPS_AS_PAIRS | abi::METAFFI_VISIT_MAPS_AS_OBJECTS,
        "METAFFI_VISIT_MAPS_AS_PAIRS and METAFFI_VISIT_MAPS_AS_OBJECTS",
    ),
    (
        abi::METAFFI_VISIT_INT64_ONLY | abi::METAFFI_VISIT_INTEGERS_AS_FLOAT64,
        "METAFFI_VISIT_INT64_ONLY and METAFFI_VISIT_INTEGERS_AS_FLOAT64",
    ),
    (
        abi::METAFFI_VISIT_WITHOUT_NULLS | abi::METAFFI_VISIT_NO_NULLS,
        "METAFFI_VISIT_WITHOUT_NULLS and METAFFI_VISIT_NO_NULLS",
    ),
    (
        abi::METAFFI_VISIT_SHARED_COPIED | abi::METAFFI_VISIT_NO_SHARED,
        "METAFFI_VISIT_SHARED_COPIED and METAFFI_VISIT_NO_SHARED",
    ),
];

const ALL: metaffi_visit_flags = (abi::METAFFI_VISIT_NO_SHARED << 1) - 1;

impl Default for VisitOptions<'_> {
    fn default() -> Self {
        VisitOptions {
            flags: 0,
            depth: usize::MAX,
            converters: &[],
            object_made: None,
            userdata: ptr::null_mut(),
        }
    }
}

impl<'a> VisitOptions<'a> {
    /// Those of C.
    ///
    /// # Safety
    /// The converters are there for `'a`, and their functions may be called as they are declared.
    pub unsafe fn new(options: &metaffi_visit_options) -> Result<VisitOptions<'a>> {
        let flags = options.flags;
        if flags & !ALL != 0 {
            let unknown = flags & !ALL;
            return Err(Error::invalid(format!(
                "options.flags: {unknown:#x} are no METAFFI_VISIT_… bits"
            )));
        }
        if let Some((_, names)) = EXCLUSIVE.iter().find(|(both, _)| flags & both == *both) {
            return Err(Error::invalid(format!("options.flags: {names} exclude each other")));
        }
        let converters = match (options.converters.is_null(), options.converter_count) {
            (_, 0) => &[],
            (true, count) => {
                return Err(Error::invalid(format!(
                    "options.converters is NULL, but there are {count}"
                )));
            }
            // SAFETY: so many are there.
            (false, count) => unsafe { slice::from_raw_parts(options.converters, count) },
        };
        for (index, converter) in converters.iter().enumerate() {
            let at = format_args!("options.converters[{index}]");
            if converter.convert.is_none() {
                return Err(Error::invalid(format!("{at}.convert is NULL")));
            }
            if converter.order > METAFFI_CONVERTER_FIRST {
                let order = converter.order;
                return Err(Error::invalid(format!("{at}.order: {order} is none")));
            }
        }
        let is_limited = flags & abi::METAFFI_VISIT_DEPTH != 0;
        Ok(VisitOptions {
            flags,
            depth: if is_limited { options.depth } else { usize::MAX },
            converters,
            object_made: options.object_made,
            userdata: options.userdata,
        })
    }

    /// Those of a visit that opens no container.
    pub fn shallow() -> VisitOptions<'a> {
        VisitOptions { depth: 0, ..VisitOptions::default() }
    }

    /// Whether one of the bits is set.
    #[inline(always)]
    pub fn has(&self, flags: metaffi_visit_flags) -> bool {
        self.flags & flags != 0
    }

    /// The same for a visitor to which nothing can be told again.
    pub(super) fn without_again(mut self) -> VisitOptions<'a> {
        if !self.has(abi::METAFFI_VISIT_NO_SHARED) {
            self.flags |= abi::METAFFI_VISIT_SHARED_COPIED;
        }
        self
    }

    /// What converts in ways of its own.
    pub fn converters(&self) -> &'a [metaffi_converter] {
        self.converters
    }
}

/// A walk over a value and all that is in it.
pub struct Visit<'a> {
    /// How it goes.
    pub options: VisitOptions<'a>,
    /// Who is told.
    pub visitor: VisitorCalls,
    /// Whether a converter can tell the visitor of anything.
    has_host_visitor: bool,
    /// How many containers are open.
    level: usize,
    /// How many there were.
    opened: u64,
    /// Objects that were opened.
    pub(super) seen: OpenedObjects,
    /// In how many objects that are visited by their protocols the visit is.
    pub(super) depth: usize,
    /// Whether the object that comes is what a converter has made.
    pub(super) is_made: bool,
}

/// What a converter has made of an object.
pub enum Conversion {
    /// Nothing.
    None,
    /// It has told the visitor.
    Told,
    /// Another value, to be visited instead.
    Replaced(OwnedValue),
}

impl<'a> Visit<'a> {
    /// One that a host's visitor is told of.
    pub fn new(options: VisitOptions<'a>, visitor: VisitorCalls) -> Visit<'a> {
        let seen = OpenedObjects::default();
        Visit {
            options,
            visitor,
            has_host_visitor: true,
            level: 0,
            opened: 0,
            seen,
            depth: 0,
            is_made: false,
        }
    }

    /// The same where hosts do not know the visitor.
    pub fn inside(options: VisitOptions<'a>, visitor: VisitorCalls) -> Visit<'a> {
        Visit { has_host_visitor: false, ..Visit::new(options, visitor) }
    }

    /// Whether no container may be opened here.
    #[inline(always)]
    pub fn is_full(&self) -> bool {
        self.level >= self.options.depth
    }

    /// Null, where it is no value of an entry that is left out.
    #[inline(always)]
    pub fn null(&mut self) -> Result<()> {
        match self.options.has(abi::METAFFI_VISIT_NO_NULLS) {
            false => self.visitor.null(),
            true => Err(no_nulls()),
        }
    }

    /// An integer that int64 does not hold, which is near the given float64.
    ///
    /// # Safety
    /// The value is what its type says.
    pub unsafe fn large_integer(&mut self, integer: &metaffi_value, near: f64) -> Result<()> {
        if self.options.has(abi::METAFFI_VISIT_INT64_ONLY) {
            // SAFETY: the value is what its type says.
            let shown = unsafe { value::describe(integer) };
            return Err(Error::out_of_range(format!(
                "{shown} is no int64; visit without METAFFI_VISIT_INT64_ONLY, or with \
                 METAFFI_VISIT_INTEGERS_AS_FLOAT64"
            )));
        }
        match self.options.has(abi::METAFFI_VISIT_INTEGERS_AS_FLOAT64) {
            true if near.is_infinite() => {
                Err(Error::out_of_range("the integer is beyond every float64"))
            }
            true => self.visitor.number(near),
            // SAFETY: the value is what its type says.
            false => unsafe { self.visitor.value(integer) },
        }
    }

    /// Opens a container, and gives its number. What a container of the kind comes as is a matter of
    /// the options.
    pub fn open(
        &mut self,
        kind: metaffi_container_kind,
        length: Option<usize>,
        type_name: Option<&str>,
    ) -> Result<u64> {
        let has = |flags| self.options.has(flags);
        let kind = match kind {
            METAFFI_CONTAINER_TUPLE if has(abi::METAFFI_VISIT_TUPLES_AS_LISTS) => {
                METAFFI_CONTAINER_LIST
            }
            METAFFI_CONTAINER_SET if has(abi::METAFFI_VISIT_SETS_AS_LISTS) => {
                METAFFI_CONTAINER_LIST
            }
            METAFFI_CONTAINER_MAP if has(abi::METAFFI_VISIT_MAPS_AS_PAIRS) => {
                METAFFI_CONTAINER_LIST
            }
            METAFFI_CONTAINER_MAP if has(abi::METAFFI_VISIT_MAPS_AS_OBJECTS) => {
                METAFFI_CONTAINER_OBJECT
            }
            kind => kind,
        };
        self.opened += 1;
        let name = type_name.unwrap_or_default();
        let container = metaffi_container {
            kind,
            length: length.unwrap_or(METAFFI_UNSPECIFIED),
            id: self.opened,
            type_name: metaffi_string {
                data: if type_name.is_some() { name.as_ptr().cast() } else { ptr::null() },
                length: name.len(),
            },
        };
        self.visitor.open(&container)?;
        self.level += 1;
        Ok(self.opened)
    }

    /// Closes the container that was opened last.
    #[inline(always)]
    pub fn close(&mut self) -> Result<()> {
        self.level -= 1;
        self.visitor.close()
    }

    /// Before an entry of a map, which is no level of its own.
    #[inline(always)]
    pub fn open_entry(&mut self) -> Result<()> {
        if self.options.has(abi::METAFFI_VISIT_MAPS_AS_PAIRS) {
            self.open(METAFFI_CONTAINER_TUPLE, Some(2), None)?;
            self.level -= 1;
        }
        Ok(())
    }

    /// After an entry of a map.
    #[inline(always)]
    pub fn close_entry(&mut self) -> Result<()> {
        match self.options.has(abi::METAFFI_VISIT_MAPS_AS_PAIRS) {
            true => self.visitor.close(),
            false => Ok(()),
        }
    }

    /// What is not converted.
    pub fn object(&mut self, object: OwnedHandle) -> Result<()> {
        if let Some(made) = self.options.object_made {
            // SAFETY: as whoever made the options promised.
            unsafe { made(self.options.userdata, object.pointer()) };
        }
        self.visitor.object(object)
    }

    /// Asks a converter about an object.
    pub fn convert(
        &mut self,
        converter: &metaffi_converter,
        object: &OwnedHandle,
    ) -> Result<Conversion> {
        let Some(convert) = converter.convert else { return Ok(Conversion::None) };
        let (mut conversion, mut error) = (METAFFI_CONVERSION_NONE, ptr::null_mut());
        let mut instead = value::null();
        // SAFETY: as whoever made the options promised; what it writes is ours.
        let (status, instead) = unsafe {
            let (said, written) = (&raw mut conversion, &raw mut instead);
            let status =
                convert(converter.userdata, object.pointer(), said, written, &raw mut error);
            (status, OwnedValue::from_raw(instead))
        };
        if status != METAFFI_OK || !error.is_null() {
            return Err(failure::from_c(status, error));
        }
        match conversion {
            METAFFI_CONVERSION_NONE => Ok(Conversion::None),
            METAFFI_CONVERSION_REPLACED => Ok(Conversion::Replaced(instead)),
            METAFFI_CONVERSION_TOLD if self.has_host_visitor => Ok(Conversion::Told),
            METAFFI_CONVERSION_TOLD => Err(Error::invalid(
                "a converter has told a visitor, but values are made here: it has to write one, \
                 and say METAFFI_CONVERSION_REPLACED",
            )),
            other => Err(Error::invalid(format!("a converter has said {other}, which is none"))),
        }
    }
}

/// What is said of a key that cannot be the name of a field.
#[cold]
pub fn no_name(key: &str) -> Error {
    Error::mismatch(format!(
        "a key of type {key} is no text, but METAFFI_VISIT_MAPS_AS_OBJECTS makes it the name of a \
         field"
    ))
}

#[cold]
fn no_nulls() -> Error {
    Error::mismatch("a value is null, which METAFFI_VISIT_NO_NULLS does not allow")
}
