//! What may be given where C takes a pointer.

use std::ptr;

use super::to_c::{cdata, pointer_word, same_type, scratch, to_c, word_pointer, zeroed_scratch};
use crate::abi::{metaffi_array, metaffi_callable, metaffi_object, metaffi_slot, metaffi_string};
use crate::backend::c::call::callback;
use crate::backend::c::call::compatible::is_callable_as;
use crate::backend::c::data::accept::{is_copied_for, is_passed_by_address};
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Pointee, PointeeKind, Representation};
use crate::call::Callable;
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::signature::{Kind, Type};
use crate::value::array::{View, size_of_element};

/// The length of text that is no text but the address of it, which C takes as it is.
pub const ADDRESS: u64 = u64::MAX;

/// The pointer that stands for what is in `slots`.
///
/// # Safety
/// As for [`to_c`](super::to_c).
pub(super) unsafe fn to_pointer(
    scope: &CallScope,
    r#type: Type,
    ctype: &CType,
    pointee: Pointee,
    slots: *const metaffi_slot,
) -> Result<u64> {
    // SAFETY: `slots` are those of a value of the type.
    unsafe {
        match r#type.kind() {
            Kind::Size | Kind::Uint64 | Kind::Int64 => Ok(*slots),
            Kind::Null => Ok(0),
            Kind::Handle => match quick_object(scope, ctype, *slots) {
                Some(word) => Ok(word),
                None => object(scope, ctype, *slots),
            },
            Kind::String8 if *slots.add(1) == ADDRESS => Ok(*slots),
            kind @ (Kind::String8 | Kind::String16 | Kind::String32) => {
                let text =
                    metaffi_string { data: word_pointer(*slots), length: *slots.add(1) as usize };
                terminated(scope, &text, unit(kind)).map(|pointer| pointer_word(pointer))
            }
            Kind::Callable => function(scope, ctype, pointee, *slots),
            Kind::Array => array(scope, ctype, pointee, word_pointer(*slots)),
            _ => Err(mismatch(&r#type.to_string(), ctype)),
        }
    }
}

/// An object that is or points to exactly what is pointed to: nothing has to be looked up.
#[inline(always)]
pub fn quick_object(scope: &CallScope, ctype: &CType, key: u64) -> Option<u64> {
    let Representation::Pointer(pointee) = ctype.class else { return None };
    let object = scope.get::<CData>(key as usize).ok()?;
    let given = object.ctype();
    if !std::sync::Arc::ptr_eq(&given.types, &ctype.types) {
        return None;
    }
    match given.class {
        Representation::Pointer(from) if from.bare == pointee.bare => {
            object.pointer_value(scope).ok().map(|value| pointer_word(value))
        }
        Representation::Array(from) if from.bare == pointee.bare => address(object, scope),
        _ if given.bare == pointee.bare => address(object, scope),
        _ => None,
    }
}

fn address(object: &CData, scope: &CallScope) -> Option<u64> {
    object.memory(scope).ok().map(|memory| pointer_word(memory.address()))
}

/// An object: a pointer's value, or the address of anything else.
fn object(scope: &CallScope, ctype: &CType, key: u64) -> Result<u64> {
    if key == 0 {
        return Ok(0);
    }
    let object = cdata(scope, ctype, key)?;
    let given = object.ctype();
    let target = ctype.target();
    let target = target.as_ref();
    match given.class {
        Representation::Pointer(from) => {
            let compatible = target.is_none_or(|to| points_alike(given, from, to));
            if compatible {
                return object.pointer_value(scope).map(|pointer| pointer_word(pointer));
            }
        }
        Representation::Array(from) if target.is_none_or(|to| points_alike(given, from, to)) => {
            return object.memory(scope).map(|memory| pointer_word(memory.address()));
        }
        _ => {}
    }
    // A value where C takes its address: `struct tm` for `struct tm *`, `int` for `int *`.
    if target.is_some_and(|to| to.class == Representation::Void || same_type(given, to)) {
        return object.memory(scope).map(|memory| pointer_word(memory.address()));
    }
    Err(mismatch(&given.spell(), ctype))
}

/// Whether a pointer to `from` (or an array of it) may be given for a pointer to `to`.
fn points_alike(given: &CType, from: Pointee, to: &CType) -> bool {
    if to.class == Representation::Void || from.kind == PointeeKind::Unknown && from.size == 0 {
        return true;
    }
    let from = CType::new(&given.types, from.id);
    let are_functions = [&from, to].map(|ctype| ctype.class == Representation::Function);
    if same_type(&from, to) || are_functions == [true; 2] && is_callable_as(&from, to) {
        return true;
    }
    // Integers of one size may differ in sign, and `char` in name.
    let integer = |ctype: &CType| matches!(ctype.class, Representation::Integer { .. });
    integer(&from) && integer(to) && from.size == to.size
}

/// A callable: a C function pointer that can be called as the type that is asked for.
fn function(scope: &CallScope, ctype: &CType, pointee: Pointee, key: u64) -> Result<u64> {
    if key == 0 {
        return Ok(0);
    }
    let callable = scope.get::<Callable>(key as usize)?;
    let code = match pointee.kind {
        PointeeKind::Function => callback::pointer(callable, &ctype.types, pointee.id)?,
        _ if is_untyped(callable) => return Err(untyped()),
        _ => callable.native()?,
    };
    Ok(pointer_word(code))
}

/// Whether nothing says which C types a callable takes and returns.
fn is_untyped(callable: &Callable) -> bool {
    let function = callable.function();
    function.params().iter().chain(function.returns()).any(|place| place.kind == Kind::Any)
}

#[cold]
fn untyped() -> Error {
    Error::mismatch(
        "nothing says how C calls this function: declare its types (in Python by annotations), or \
         give a function pointer that is made of it (in Python module.new(\"int (*)(int)\", …))",
    )
}

/// An array lent for the call: its own memory if C can read it as it is.
unsafe fn array(
    scope: &CallScope,
    ctype: &CType,
    pointee: Pointee,
    array: *const metaffi_array,
) -> Result<u64> {
    // SAFETY: the caller has NULL or an array that is valid for the scope.
    let Some(array) = (unsafe { array.as_ref() }) else { return Ok(0) };
    let element = Type::new(array.element)?;
    if !is_passed_by_address(element.kind(), pointee) {
        return match ctype.target() {
            // SAFETY: as above.
            Some(target) if is_copied_for(element.kind(), pointee) => unsafe {
                converted(scope, array, &target)
            },
            _ => Err(mismatch(&format!("an array of {element}"), ctype)),
        };
    }
    // SAFETY: as above.
    unsafe {
        match element.kind() {
            Kind::String8 => strings(scope, array),
            Kind::Handle => objects(scope, ctype, array),
            _ => numbers(scope, array, ctype, pointee),
        }
    }
}

unsafe fn numbers(
    scope: &CallScope,
    array: &metaffi_array,
    ctype: &CType,
    pointee: Pointee,
) -> Result<u64> {
    // SAFETY: the caller's array is valid.
    let view = unsafe { View::new(array) }?;
    if !view.is_contiguous() {
        return Err(Error::mismatch(format!(
            "an array with strides given for C's {}, which reads and writes consecutive \
                 elements; copy it (metaffi_array_copy) first",
            ctype.spell()
        )));
    }
    if !view.is_aligned() {
        return Err(Error::mismatch(format!(
            "an array of {} at {:p} given for C's {}, which reads aligned elements only; copy \
                 it (metaffi_array_copy) first",
            view.element(),
            view.data(),
            ctype.spell()
        )));
    }
    if !view.is_read_only() || pointee.constant {
        return Ok(pointer_word(array.data));
    }
    // Where C may write, it writes to a copy.
    let size = view.length() * size_of_element(view.element());
    let copy = scratch(scope, size)?;
    // SAFETY: so many bytes follow each other, and so many were made.
    unsafe { ptr::copy_nonoverlapping(view.data(), copy, size) };
    Ok(pointer_word(copy))
}

/// A copy of elements that are others in C, each as it was or not at all; with a zero behind the last,
/// by which C knows the end of a list of pointers.
unsafe fn converted(scope: &CallScope, array: &metaffi_array, target: &CType) -> Result<u64> {
    // SAFETY: the caller's array is valid; each element is the first bytes of its slots, and there is
    // room for all of C's.
    unsafe {
        let view = View::new(array)?;
        let (element, size) = (view.element(), target.size);
        let to = zeroed_scratch(scope, (view.length() + 1).saturating_mul(size))?;
        for (index, from) in view.addresses().enumerate() {
            let mut slots: [metaffi_slot; 3] = [0; 3];
            let bytes = slots.as_mut_ptr().cast::<u8>();
            bytes.copy_from_nonoverlapping(from, size_of_element(element));
            let word = to_c(scope, element, target, slots.as_ptr())
                .map_err(|error| error.at(format_args!("[{index}]")))?;
            let value = match target.by_address() {
                true => word_pointer::<u8>(word).cast_const(),
                false => (&raw const word).cast(),
            };
            to.add(index * size).copy_from_nonoverlapping(value, size);
        }
        Ok(pointer_word(to))
    }
}

/// `char *[]`, with a NULL after the last as `execv` and its like expect.
unsafe fn strings(scope: &CallScope, array: &metaffi_array) -> Result<u64> {
    // SAFETY: the caller's array is valid and of strings.
    unsafe {
        let length = one_dimension(array)?;
        let to = zeroed_scratch(scope, (length + 1) * size_of::<*mut u8>())?.cast::<*mut u8>();
        for index in 0..length {
            let text = element::<metaffi_string>(array, index);
            to.add(index).write(terminated(scope, &*text, 1)?);
        }
        Ok(pointer_word(to))
    }
}

/// An array of pointers, from objects that are pointers or are pointed to.
unsafe fn objects(scope: &CallScope, ctype: &CType, array: &metaffi_array) -> Result<u64> {
    let Some(target) = ctype.target() else { return Err(mismatch("an array of handle", ctype)) };
    // SAFETY: the caller's array is valid and of objects.
    unsafe {
        let length = one_dimension(array)?;
        let to = zeroed_scratch(scope, (length + 1) * size_of::<usize>())?.cast::<usize>();
        for index in 0..length {
            let key = *element::<*mut metaffi_object>(array, index);
            to.add(index).write(object(scope, &target, key.addr() as u64)? as usize);
        }
        Ok(pointer_word(to))
    }
}

unsafe fn one_dimension(array: &metaffi_array) -> Result<usize> {
    if array.rank != 1 {
        return Err(Error::mismatch(format!(
            "an array of {} dimensions given for an array of pointers",
            array.rank
        )));
    }
    // SAFETY: an array of rank 1 has one extent.
    Ok(unsafe { *array.shape })
}

unsafe fn element<T>(array: &metaffi_array, index: usize) -> *const T {
    // SAFETY: the caller's index is below the extent.
    unsafe {
        let stride = match array.strides.is_null() {
            true => size_of::<T>() as isize,
            false => *array.strides,
        };
        array.data.byte_offset(stride * index as isize).cast::<T>().cast_const()
    }
}

/// A NUL-terminated copy of text that lives as long as the scope; NULL for no text.
unsafe fn terminated(scope: &CallScope, text: &metaffi_string, unit: usize) -> Result<*mut u8> {
    if text.data.is_null() {
        return Ok(ptr::null_mut());
    }
    let bytes = text.length * unit;
    let to = scratch(scope, bytes + size_of::<u32>())?;
    // SAFETY: the text has so many bytes, and the copy room for the largest unit more.
    unsafe {
        to.copy_from_nonoverlapping(text.data.cast(), bytes);
        to.add(bytes).cast::<u32>().write_unaligned(0);
    }
    Ok(to)
}

fn unit(kind: Kind) -> usize {
    match kind {
        Kind::String16 => 2,
        Kind::String32 => 4,
        _ => 1,
    }
}

#[cold]
fn mismatch(given: &str, ctype: &CType) -> Error {
    Error::mismatch(format!(
        "{given} cannot be given for {}: give C data of the type, or cast it",
        ctype.spell()
    ))
}

/// The callable of a function pointer that C gave; NULL for NULL.
pub(super) fn callable(
    ctype: &CType,
    pointee: Pointee,
    code: *mut u8,
) -> Result<*mut metaffi_callable> {
    if code.is_null() {
        return Ok(ptr::null_mut());
    }
    let function = callback::imported(&ctype.types, pointee.id, code.cast_const().cast(), None)?;
    let callable = std::sync::Arc::new(Callable::new(function));
    crate::handle::insert(callable).map(ptr::without_provenance_mut)
}

/// The slot of a new callable for a function pointer's value.
pub fn callable_at(ctype: &CType, word: u64) -> Result<u64> {
    let Representation::Pointer(pointee) = ctype.class else { return Ok(0) };
    callable(ctype, pointee, word_pointer(word)).map(|callable| callable.addr() as u64)
}

#[cfg(test)]
mod tests {
    use super::super::to_c;
    use super::*;
    use crate::abi::metaffi_float64_type;
    use crate::backend::c::testing::Header;
    use crate::handle;

    /// What C is given for an array.
    fn given(element: Kind, data: *mut u8, length: usize, pointer: &CType) -> Result<Vec<u8>> {
        let descriptor = metaffi_array {
            data: data.cast(),
            element: Type::from(element).number(),
            rank: 1,
            shape: &raw const length,
            strides: ptr::null(),
            release: None,
            owner: ptr::null_mut(),
        };
        let slot = pointer_word(&raw const descriptor);
        let r#type = Type::from(element).array().unwrap();
        let size = pointer.target().unwrap().size * length;
        // SAFETY: a slot with an array whose elements are there; C is given as many of its own.
        handle::using(|scope| unsafe {
            let word = to_c(scope, r#type, pointer, &raw const slot)?;
            Ok(std::slice::from_raw_parts(word_pointer(word), size).to_vec())
        })
    }

    #[test]
    fn other_numbers_are_converted_where_c_only_reads() {
        let header = Header::new("");
        let mut numbers = [1_i64, -2, 1 << 40];
        let data = numbers.as_mut_ptr().cast::<u8>();
        let ints = given(Kind::Int64, data, 2, &header.ctype("const int *")).unwrap();
        assert_eq!(ints, [1_i32, -2].map(i32::to_ne_bytes).concat());
        let doubles = given(Kind::Int64, data, 3, &header.ctype("const double *")).unwrap();
        assert_eq!(doubles, [1.0, -2.0, (1_u64 << 40) as f64].map(f64::to_ne_bytes).concat());
        let error = given(Kind::Int64, data, 3, &header.ctype("const int *")).unwrap_err();
        assert!(error.message().starts_with("[2]: "), "{error}");
        let error = given(Kind::Int64, data, 2, &header.ctype("int *")).unwrap_err();
        assert!(error.message().contains("an array of int64 cannot be given for int *"), "{error}");
        let mut halves = [0.5_f64];
        let data = halves.as_mut_ptr().cast::<u8>();
        let floats = given(Kind::Float64, data, 1, &header.ctype("const float *")).unwrap();
        assert_eq!(floats, 0.5_f32.to_ne_bytes());
        assert!(given(Kind::Float64, data, 1, &header.ctype("const int *")).is_err());
    }

    #[test]
    fn texts_of_any_kind_become_a_list_that_ends_with_null() {
        let header = Header::new("");
        let mut values = [crate::value::string8("one").unwrap().into_raw(), crate::value::null()];
        let pointer = header.ctype("const char *const *");
        let words = given(Kind::Any, values.as_mut_ptr().cast(), 2, &pointer).unwrap();
        let (first, second) = words.split_at(8);
        assert!(first != [0; 8] && second == [0; 8]);
        // SAFETY: it is nobody else's.
        drop(unsafe { crate::value::OwnedValue::from_raw(values[0]) });
    }

    #[test]
    fn elements_that_c_could_not_read_are_refused() {
        let header = Header::new("");
        let pointer = header.ctype("double *");
        let mut memory = [0_f64; 3];
        for offset in [0, 1, 4] {
            let descriptor = metaffi_array {
                data: memory.as_mut_ptr().cast::<u8>().wrapping_add(offset).cast(),
                element: metaffi_float64_type,
                rank: 1,
                shape: &2,
                strides: ptr::null(),
                release: None,
                owner: ptr::null_mut(),
            };
            let slot = pointer_word(&raw const descriptor);
            let r#type = Type::from(Kind::Float64).array().unwrap();
            // SAFETY: a slot with an array whose elements are there.
            let word =
                handle::using(|scope| unsafe { to_c(scope, r#type, &pointer, &raw const slot) });
            match offset {
                0 => assert_eq!(word.unwrap(), pointer_word(descriptor.data)),
                _ => assert!(word.unwrap_err().message().contains("copy it"), "{offset}"),
            }
        }
    }
}
