//! Types, columns and streams as Arrow's C data interface hands them over.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::ops::Deref;
use std::ptr;
use std::sync::Arc;

use crate::abi::{ArrowArray, ArrowArrayStream, ArrowSchema, metaffi_array};
use crate::error::{Error, Result};
use crate::signature::{Kind, Type};
use crate::value::array::{self, OwnedArray};

macro_rules! owned {
    ($(#[$doc:meta])* $name:ident of $T:ident, $noun:literal) => {
        $(#[$doc])*
        pub struct $name($T);

        // SAFETY: what is handed over may be used and released on any thread.
        unsafe impl Send for $name {}
        // SAFETY: as above.
        unsafe impl Sync for $name {}

        impl $name {
            /// Moves it here from where it was handed over, which is released from then on.
            ///
            /// # Safety
            /// NULL, or what its type says.
            pub unsafe fn take(from: *mut $T) -> Result<$name> {
                // SAFETY: NULL, or what its type says.
                match unsafe { from.as_mut() } {
                    None => Err(Error::invalid(concat!($noun, " is NULL"))),
                    Some($T { release: None, .. }) => {
                        Err(Error::invalid(concat!($noun, " is released already")))
                    }
                    Some(from) => {
                        // SAFETY: plain data, of which the one that is left is released.
                        let taken = $name(unsafe { ptr::read(from) });
                        from.release = None;
                        Ok(taken)
                    }
                }
            }

            /// Moves it out, for somebody else to release.
            pub fn into_raw(self) -> $T {
                // SAFETY: plain data, and this is not dropped.
                unsafe { ptr::read(&raw const ManuallyDrop::new(self).0) }
            }
        }

        impl Deref for $name {
            type Target = $T;

            fn deref(&self) -> &$T {
                &self.0
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                if let Some(release) = self.0.release {
                    // SAFETY: it was handed over, and is released once.
                    unsafe { release(&raw mut self.0) };
                }
            }
        }
    };
}

owned! {
    /// A type, which is released when this is dropped.
    OwnedSchema of ArrowSchema, "schema"
}
owned! {
    /// A column or the columns of a table, released when this is dropped.
    OwnedColumns of ArrowArray, "array"
}
owned! {
    /// A stream, released when this is dropped.
    OwnedStream of ArrowArrayStream, "stream"
}

/// What is handed over as often as it is asked for: a type with a column, or with the columns of a table.
pub struct Columns {
    schema: OwnedSchema,
    array: OwnedColumns,
}

/// A part of what is handed over again, as long as it is not released.
struct SharedPart<T> {
    children: Vec<*mut T>,
    dictionary: *mut T,
    _keep: Arc<Columns>,
}

macro_rules! share {
    ($share:ident, $release:ident, $T:ident) => {
        /// The same again, with all that is below it; the memory is shared.
        ///
        /// # Safety
        /// What `keep` keeps, or is below that.
        unsafe fn $share(of: &$T, keep: &Arc<Columns>) -> $T {
            // SAFETY: NULL, or what is below it.
            let again = |part: *mut $T| unsafe {
                let shared = part.as_ref().map(|part| $share(part, keep));
                shared.map_or(ptr::null_mut(), |shared| Box::into_raw(Box::new(shared)))
            };
            let count = if of.children.is_null() { 0 } else { of.n_children as usize };
            // SAFETY: as many children as it says.
            let children = (0..count).map(|index| again(unsafe { *of.children.add(index) }));
            let part = SharedPart {
                children: children.collect(),
                dictionary: again(of.dictionary),
                _keep: keep.clone(),
            };
            let part = Box::into_raw(Box::new(part));
            // SAFETY: the box that is given up here.
            let (children, dictionary) = unsafe {
                let part = &mut *part;
                (part.children.as_mut_ptr(), part.dictionary)
            };
            $T {
                children: if count == 0 { ptr::null_mut() } else { children },
                dictionary,
                release: Some($release),
                private_data: part.cast(),
                ..*of
            }
        }

        unsafe extern "C-unwind" fn $release(shared: *mut $T) {
            // SAFETY: what was made above; whoever took a part out has marked it as released.
            unsafe {
                let part = Box::from_raw((*shared).private_data.cast::<SharedPart<$T>>());
                (*shared).release = None;
                let parts = part.children.iter().copied().chain([part.dictionary]);
                for one in parts.filter(|one| !one.is_null()) {
                    let mut one = Box::from_raw(one);
                    if let Some(release) = one.release {
                        release(&raw mut *one);
                    }
                }
            }
        }
    };
}

share!(share_schema, release_schema, ArrowSchema);
share!(share_array, release_array, ArrowArray);

/// Whether a type and an array say what can be read and belong together, with all that is below them;
/// who reads them believes what they say.
///
/// # Safety
/// What they point to is there.
unsafe fn check(schema: &ArrowSchema, array: &ArrowArray) -> Result<()> {
    let malformed = |why: String| Err(Error::invalid(why));
    if schema.format.is_null() {
        return malformed("schema has no format".into());
    }
    if schema.n_children != array.n_children {
        let (typed, given) = (schema.n_children, array.n_children);
        return malformed(format!("schema has {typed} children, array {given}"));
    }
    let counts =
        [("length", array.length), ("offset", array.offset), ("n_buffers", array.n_buffers)];
    for (name, count) in counts.into_iter().chain([("n_children", array.n_children)]) {
        if count < 0 {
            return malformed(format!("{name} of an array is {count}"));
        }
    }
    if array.n_buffers > 0 && array.buffers.is_null() {
        return malformed("an array has buffers, but they are NULL".into());
    }
    if array.n_children > 0 && (schema.children.is_null() || array.children.is_null()) {
        return malformed("there are children, but they are NULL".into());
    }
    if schema.dictionary.is_null() != array.dictionary.is_null() {
        return malformed("schema or array alone has a dictionary".into());
    }
    // SAFETY: as many children as both say, and what they point to is there.
    unsafe {
        for child in 0..array.n_children as usize {
            match ((*schema.children.add(child)).as_ref(), (*array.children.add(child)).as_ref()) {
                (Some(schema), Some(array)) => check(schema, array)?,
                _ => return malformed(format!("child {child} is NULL")),
            }
        }
        match (schema.dictionary.as_ref(), array.dictionary.as_ref()) {
            (Some(schema), Some(array)) => check(schema, array),
            _ => Ok(()),
        }
    }
}

impl Columns {
    /// What a type and an array are, which are handed over together.
    pub fn new(schema: OwnedSchema, array: OwnedColumns) -> Result<Columns> {
        // SAFETY: what was handed over says what is below it.
        unsafe { check(&schema, &array)? };
        Ok(Columns { schema, array })
    }

    /// The type, once more.
    pub fn schema(this: &Arc<Columns>) -> OwnedSchema {
        // SAFETY: what this keeps.
        OwnedSchema(unsafe { share_schema(&this.schema, this) })
    }

    /// Both, once more.
    pub fn share(this: &Arc<Columns>) -> (OwnedSchema, OwnedColumns) {
        // SAFETY: what this keeps.
        (Columns::schema(this), OwnedColumns(unsafe { share_array(&this.array, this) }))
    }

    /// How many elements or rows there are.
    pub fn length(&self) -> usize {
        self.array.length as usize
    }

    /// The numbers of a column as an array, which keeps it; or why they cannot be one.
    pub fn to_array(this: &Arc<Columns>) -> Result<OwnedArray> {
        unsafe extern "C-unwind" fn let_go(keeper: *mut c_void) {
            // SAFETY: the reference that is given up below.
            drop(unsafe { Arc::from_raw(keeper.cast::<Columns>()) });
        }
        let (schema, array) = (&*this.schema, &*this.array);
        // SAFETY: a schema has a format.
        let format = unsafe { CStr::from_ptr(schema.format) };
        let is_flat = schema.dictionary.is_null() && array.n_buffers == 2;
        let Some(kind) = kind(format).filter(|_| is_flat) else {
            return Err(refused(match format.to_bytes() {
                b"+s" => "it is a table: give one of its columns",
                _ => "its elements are no numbers of C, one after the other",
            }));
        };
        let (offset, length) = (array.offset as usize, array.length as usize);
        // SAFETY: a column of numbers has a bit for each element, or none at all, and its elements.
        let data = unsafe {
            let valid: *const u8 = (*array.buffers).cast();
            let is_null = |index: usize| *valid.add(index / 8) >> (index % 8) & 1 == 0;
            let known = array.null_count != 0 && !valid.is_null();
            if known && (offset..offset + length).any(is_null) {
                return Err(refused("it has nulls, which C does not: fill them first"));
            }
            *array.buffers.add(1)
        };
        let descriptor = metaffi_array {
            data: data.wrapping_byte_add(offset * array::size_of_element(kind.into())).cast_mut(),
            element: Type::from(kind).number(),
            rank: 1,
            shape: &raw const length,
            strides: ptr::null(),
            release: None,
            owner: ptr::null_mut(),
        };
        let keeper = Arc::into_raw(this.clone()).cast_mut().cast();
        // SAFETY: the memory is as the column says, which the array keeps.
        unsafe {
            array::borrow_read_only(&descriptor, Some(let_go), keeper)
                .inspect_err(|_| let_go(keeper))
        }
    }
}

/// The column of an array's memory, which keeps it.
pub fn column(array: OwnedArray) -> Result<(OwnedSchema, OwnedColumns)> {
    struct Kept {
        _array: OwnedArray,
        buffers: [*const c_void; 2],
    }
    unsafe extern "C-unwind" fn release_array(column: *mut ArrowArray) {
        // SAFETY: the box that is given up below.
        unsafe {
            (*column).release = None;
            drop(Box::from_raw((*column).private_data.cast::<Kept>()));
        }
    }
    unsafe extern "C-unwind" fn release_schema(schema: *mut ArrowSchema) {
        // SAFETY: a schema that owns nothing.
        unsafe { (*schema).release = None };
    }
    let view = array.view();
    let unsupported = |why: String| Err(Error::unsupported(why));
    let Some(format) = format(view.element()) else {
        return unsupported(format!("elements of {} are no numbers of Arrow", view.element()));
    };
    let &[length] = view.shape() else {
        return unsupported(format!("a column has one dimension, not {}", view.shape().len()));
    };
    if !view.is_contiguous() || !view.is_aligned() {
        return unsupported("its elements do not lie one after the other: copy it".to_owned());
    }
    let buffers = [ptr::null(), view.data().cast_const().cast()];
    let kept = Box::into_raw(Box::new(Kept { _array: array, buffers }));
    let column = ArrowArray {
        length: length as i64,
        null_count: 0,
        offset: 0,
        n_buffers: 2,
        n_children: 0,
        // SAFETY: the box that is given up here.
        buffers: unsafe { (*kept).buffers.as_mut_ptr() },
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
        release: Some(release_array),
        private_data: kept.cast(),
    };
    let schema = ArrowSchema {
        format,
        name: c"".as_ptr(),
        metadata: ptr::null(),
        flags: 0,
        n_children: 0,
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
        release: Some(release_schema),
        private_data: ptr::null_mut(),
    };
    Ok((OwnedSchema(schema), OwnedColumns(column)))
}

impl OwnedStream {
    /// The type of what it gives.
    pub fn schema(&mut self) -> Result<OwnedSchema> {
        let mut schema = MaybeUninit::<ArrowSchema>::zeroed();
        // SAFETY: a stream that is not released has its functions; what they write is ours.
        unsafe {
            let get = self.get_schema.ok_or_else(incomplete)?;
            let status = get(&raw mut self.0, schema.as_mut_ptr());
            self.check(status)?;
            OwnedSchema::take(schema.as_mut_ptr())
        }
    }

    /// The next columns; `None` behind the last.
    pub fn next_columns(&mut self) -> Result<Option<OwnedColumns>> {
        let mut array = MaybeUninit::<ArrowArray>::zeroed();
        // SAFETY: as above; zeroes are an array that is released.
        unsafe {
            let get = self.get_next.ok_or_else(incomplete)?;
            let status = get(&raw mut self.0, array.as_mut_ptr());
            self.check(status)?;
            let array = array.as_mut_ptr();
            (*array).release.is_some().then(|| OwnedColumns::take(array)).transpose()
        }
    }

    fn check(&mut self, status: c_int) -> Result<()> {
        if status == 0 {
            return Ok(());
        }
        // SAFETY: as above; its text is there until it is used again.
        let said = unsafe {
            let text = self.get_last_error.map_or(ptr::null(), |said| said(&raw mut self.0));
            if text.is_null() { c"" } else { CStr::from_ptr(text) }
        };
        Err(Error::mismatch(format!("its Arrow stream fails: {}", said.to_string_lossy())))
    }
}

fn incomplete() -> Error {
    Error::invalid("the stream lacks a function")
}

fn refused(why: &str) -> Error {
    Error::unsupported(format!("the memory of this column cannot be an array: {why}"))
}

/// The numbers that both know.
const FORMATS: [(&CStr, Kind); 10] = [
    (c"c", Kind::Int8),
    (c"C", Kind::Uint8),
    (c"s", Kind::Int16),
    (c"S", Kind::Uint16),
    (c"i", Kind::Int32),
    (c"I", Kind::Uint32),
    (c"l", Kind::Int64),
    (c"L", Kind::Uint64),
    (c"f", Kind::Float32),
    (c"g", Kind::Float64),
];

fn kind(format: &CStr) -> Option<Kind> {
    FORMATS.iter().find(|(known, _)| *known == format).map(|(_, kind)| *kind)
}

fn format(element: Type) -> Option<*const c_char> {
    let found = FORMATS.iter().find(|(_, kind)| Type::from(*kind) == element);
    found.map(|(format, _)| format.as_ptr())
}
