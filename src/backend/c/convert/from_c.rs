use std::ffi::c_void;

use super::number::SlotNumber;
use super::to_c::pointer_word;
use super::{half_float, infer, long_double, pointer};
use crate::abi::{metaffi_complex, metaffi_slot, metaffi_string, metaffi_value};
use crate::backend::c::data::accept::element_size;
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Format, Pointee, Representation};
use crate::call;
use crate::error::{Error, Result};
use crate::signature::{Kind, Type};
use crate::value::array::OwnedArray;
use crate::value::neutral::{BigInt, Neutral};
use crate::value::{memory, text};

/// Puts the C value at `from` into slots. What is made for it (text, objects) is the slots'.
///
/// # Safety
/// A value of the type is at `from`, aligned or not; `slots` has room for the type; text that a
/// pointer refers to is NUL-terminated.
pub unsafe fn from_c(
    ctype: &CType,
    from: *const u8,
    r#type: Type,
    slots: *mut metaffi_slot,
) -> Result<()> {
    let kind = r#type.kind();
    // SAFETY: a value of the type is at `from`, aligned or not; `slots` has room for the type; text
    // that a pointer refers to is NUL-terminated.
    unsafe {
        match (kind, ctype.class) {
            (Kind::Any, _) => any_from_c(ctype, from, slots),
            (_, Representation::Pointer(pointee)) => {
                let pointer = from.cast::<*mut c_void>().read_unaligned();
                from_pointer(ctype, pointee, pointer, kind, slots)
            }
            (Kind::Handle, _) => {
                *slots = pointer_word(CData::copied(ctype, from)?);
                Ok(())
            }
            (Kind::BigInt | Kind::Complex, _) => {
                let made = neutral(ctype, from)?.to_value()?.into_raw();
                *slots = pointer_word(made.data.bigint);
                Ok(())
            }
            (Kind::String8, Representation::Array(_)) => {
                let length = ctype.length().unwrap_or(0);
                let bytes = std::slice::from_raw_parts(from, length);
                let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(length);
                put_text(&bytes[..end], slots)
            }
            (Kind::Array, Representation::Array(_)) => {
                *slots = pointer_word(elements(ctype, from)?.into_raw());
                Ok(())
            }
            (Kind::Char8 | Kind::Char16 | Kind::Char32, Representation::Integer { .. })
                if ctype.size == element_size(kind) =>
            {
                *slots = match ctype.size {
                    1 => u64::from(from.read()),
                    2 => u64::from(from.cast::<u16>().read_unaligned()),
                    _ => u64::from(from.cast::<u32>().read_unaligned()),
                };
                Ok(())
            }
            _ => {
                let number = number(ctype, from)?;
                *slots = number.into_slot(kind, &|| format!("{}'s value", ctype.spell()))?;
                Ok(())
            }
        }
    }
}

/// The word of an object that is used again for the C value at `from`, if there is one: nothing is
/// asked for, and `errno` stays.
///
/// # Safety
/// A value of the type is at `from`.
#[inline(always)]
pub unsafe fn object_again(ctype: &CType, from: *const u8) -> Option<u64> {
    // SAFETY: a value of the type is at `from`.
    unsafe {
        let is_pointer = matches!(ctype.class, Representation::Pointer(_));
        if is_pointer && from.cast::<*const c_void>().read_unaligned().is_null() {
            return None;
        }
        CData::copied_again(ctype, from).map(|object| pointer_word(object))
    }
}

/// A copy of the numbers in an array of arrays of them.
unsafe fn elements(ctype: &CType, from: *const u8) -> Result<OwnedArray> {
    let mut shape = Vec::new();
    let mut element = ctype.clone();
    while let (Representation::Array(_), Some(length)) = (element.class, element.length()) {
        shape.push(length);
        let Some(target) = element.target() else { break };
        element = target;
    }
    let Some(info) = infer(&element, super::Direction::FromC) else {
        return Err(Error::mismatch(format!("{} has no numbers", ctype.spell())));
    };
    let copy = OwnedArray::new(info.r#type, &shape)?;
    // SAFETY: the array in C has so many elements of the same size.
    unsafe {
        let bytes = copy.view().length() * element.size;
        copy.view().data().copy_from_nonoverlapping(from, bytes);
    }
    Ok(copy)
}

/// A value that carries its type: the one that fits the C type best.
unsafe fn any_from_c(ctype: &CType, from: *const u8, slots: *mut metaffi_slot) -> Result<()> {
    let info = infer(ctype, super::Direction::FromC);
    let r#type = info.map_or(Type::from(Kind::Null), |info| info.r#type);
    let mut loaded = [0; 3];
    // SAFETY: a value of the C type is at `from`; `slots` have room for three, which is what `any`
    // takes, and no inferred type is `any` again.
    unsafe {
        from_c(ctype, from, r#type, loaded.as_mut_ptr())?;
        call::store(loaded.as_ptr(), &call::SlotLayout::of(r#type), slots.cast::<metaffi_value>());
    }
    Ok(())
}

unsafe fn from_pointer(
    ctype: &CType,
    pointee: Pointee,
    pointer: *mut c_void,
    kind: Kind,
    slots: *mut metaffi_slot,
) -> Result<()> {
    // SAFETY: the caller's slots have room for the kind; text is NUL-terminated.
    unsafe {
        *slots = match kind {
            Kind::Size | Kind::Uint64 | Kind::Int64 => pointer_word(pointer),
            Kind::Handle if pointer.is_null() => 0,
            Kind::Handle => {
                let word = [pointer];
                pointer_word(CData::copied(ctype, word.as_ptr().cast())?)
            }
            Kind::Callable => pointer_word(pointer::callable(ctype, pointee, pointer.cast())?),
            Kind::String8 | Kind::String16 | Kind::String32 => {
                return from_text(kind, pointer, slots);
            }
            _ => {
                return Err(Error::mismatch(format!(
                    "{} cannot be taken from C's {}",
                    kind_name(kind),
                    ctype.spell()
                )));
            }
        };
    }
    Ok(())
}

/// NUL-terminated text, copied; it must be well formed.
unsafe fn from_text(kind: Kind, from: *mut c_void, slots: *mut metaffi_slot) -> Result<()> {
    // SAFETY: the caller has NUL-terminated text and two slots.
    unsafe {
        if from.is_null() {
            *slots = 0;
            *slots.add(1) = 0;
            return Ok(());
        }
        if memory::is_failure(from) {
            return Err(text::nowhere(from));
        }
        if kind == Kind::String8 {
            let bytes = std::slice::from_raw_parts(from.cast::<u8>(), libc::strlen(from.cast()));
            return put_text(bytes, slots);
        }
        let length = call::c_mapping::length(kind, from);
        let copy = text::convert(&metaffi_string { data: from, length }, kind, kind)?;
        *slots = pointer_word(copy.data);
        *slots.add(1) = length as u64;
        Ok(())
    }
}

unsafe fn put_text(bytes: &[u8], slots: *mut metaffi_slot) -> Result<()> {
    let copy = text::utf8(bytes).and_then(|text| text::encode(text, Kind::String8));
    let copy =
        copy.map_err(|error| error.context("text from C (declare it as handle to get its bytes)"))?;
    // SAFETY: the caller has two slots.
    unsafe {
        *slots = pointer_word(copy.data);
        *slots.add(1) = copy.length as u64;
    }
    Ok(())
}

unsafe fn number(ctype: &CType, from: *const u8) -> Result<SlotNumber> {
    // SAFETY: the caller has a value of the type there.
    unsafe {
        Ok(match ctype.class {
            Representation::Bool => SlotNumber::Integer(i128::from(from.read() != 0)),
            Representation::Integer { signed } => SlotNumber::Integer(match (ctype.size, signed) {
                (1, true) => i128::from(from.cast::<i8>().read()),
                (2, true) => i128::from(from.cast::<i16>().read_unaligned()),
                (4, true) => i128::from(from.cast::<i32>().read_unaligned()),
                (8, true) => i128::from(from.cast::<i64>().read_unaligned()),
                (1, false) => i128::from(from.read()),
                (2, false) => i128::from(from.cast::<u16>().read_unaligned()),
                (4, false) => i128::from(from.cast::<u32>().read_unaligned()),
                _ => i128::from(from.cast::<u64>().read_unaligned()),
            }),
            Representation::Wide { signed: true } => {
                SlotNumber::Integer(from.cast::<i128>().read_unaligned())
            }
            Representation::Wide { signed: false } => {
                let value = from.cast::<u128>().read_unaligned();
                let value = i128::try_from(value).map_err(|_| {
                    Error::out_of_range(format!("{value} is too large; use a handle"))
                })?;
                SlotNumber::Integer(value)
            }
            Representation::Float(Format::Half) => {
                SlotNumber::Float(half_float::load(from.cast::<u16>().read_unaligned()))
            }
            Representation::Float(Format::Single) => {
                SlotNumber::Float(f64::from(from.cast::<f32>().read_unaligned()))
            }
            Representation::Float(Format::Double) => {
                SlotNumber::Float(from.cast::<f64>().read_unaligned())
            }
            Representation::Float(Format::Extended) => SlotNumber::Float(long_double::load(from)?),
            _ => {
                return Err(Error::mismatch(format!("C's {} is not a number", ctype.spell())));
            }
        })
    }
}

/// The integer or the complex number of C at an address.
unsafe fn neutral(ctype: &CType, from: *const u8) -> Result<Neutral<'static>> {
    // SAFETY: the caller has a value of the type there, of which the imaginary part is the second
    // half.
    unsafe {
        let part = |from: *const u8, format| match format {
            Format::Single => Ok(f64::from(from.cast::<f32>().read_unaligned())),
            Format::Extended => long_double::load(from),
            _ => Ok(from.cast::<f64>().read_unaligned()),
        };
        match ctype.class {
            Representation::Complex(format) => {
                let (real, half) = (part(from, format)?, from.add(ctype.size / 2));
                let imaginary = part(half, format)?;
                Ok(Neutral::Complex(metaffi_complex { real, imaginary }))
            }
            Representation::Wide { signed: false } => {
                let magnitude = from.cast::<u128>().read_unaligned().to_le_bytes();
                Ok(Neutral::BigInt(BigInt::new(false, &magnitude).into_owned()))
            }
            _ => match number(ctype, from)? {
                SlotNumber::Integer(integer) => Ok(Neutral::BigInt(integer.into())),
                SlotNumber::Float(_) => {
                    Err(Error::mismatch(format!("C's {} is not an integer", ctype.spell())))
                }
            },
        }
    }
}

fn kind_name(kind: Kind) -> String {
    Type::from(kind).to_string()
}
