use std::mem::MaybeUninit;
use std::ptr;

use super::number::{SlotNumber, narrow};
use super::{half_float, long_double, pointer};
use crate::abi::{metaffi_slot, metaffi_value};
use crate::backend::c::data::borrowed::BorrowedCData;
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{CType, Format, Representation};
use crate::backend::c::types::Sameness;
use crate::call;
pub use crate::call::scratch;
use crate::error::{Error, Result};
use crate::handle::pin::CallScope;
use crate::handle::{self, ForeignObject};
use crate::object::{self, Capabilities};
use crate::signature::{Kind, Type};
use crate::value::neutral::Neutral;
use crate::value::{OwnedValue, zero};

/// The C value of what is in `slots`, as a word.
///
/// What it refers to (copies of text, the memory of objects) lives as long as the scope.
///
/// # Safety
/// `slots` holds a value of that type, and what it points to is valid for the scope.
pub unsafe fn to_c(
    scope: &CallScope,
    r#type: Type,
    ctype: &CType,
    slots: *const metaffi_slot,
) -> Result<u64> {
    let kind = r#type.kind();
    // SAFETY: `slots` holds a value of that type, and what it points to is valid for the scope.
    unsafe {
        match kind {
            Kind::Any => any_to_c(scope, ctype, slots),
            kind if kind.is_neutral() => neutral_to_c(scope, kind, ctype, *slots),
            Kind::Handle if !matches!(ctype.class, Representation::Pointer(_)) => {
                object_to_c(scope, ctype, *slots)
            }
            _ => match ctype.class {
                Representation::Pointer(pointee) => {
                    pointer::to_pointer(scope, r#type, ctype, pointee, slots)
                }
                _ => number_to_c(scope, r#type, ctype, *slots),
            },
        }
    }
}

/// A value that carries its type.
unsafe fn any_to_c(scope: &CallScope, ctype: &CType, slots: *const metaffi_slot) -> Result<u64> {
    // SAFETY: an `any` is an inline value of three slots.
    unsafe {
        let mut loaded = [0; 3];
        let r#type = call::load_as_is(&*slots.cast::<metaffi_value>(), loaded.as_mut_ptr())?;
        super::check(&r#type.into(), ctype, super::Direction::ToC)?;
        to_c(scope, r#type, ctype, loaded.as_ptr())
    }
}

fn number_to_c(scope: &CallScope, r#type: Type, ctype: &CType, slot: u64) -> Result<u64> {
    let Some(number) = SlotNumber::of(r#type.kind(), slot) else {
        return Err(Error::mismatch(format!("{type} given for C's {}", ctype.spell())));
    };
    let spell = || ctype.spell();
    if let Some(word) = character(r#type.kind(), ctype, slot) {
        return Ok(word);
    }
    match ctype.class {
        Representation::Bool | Representation::Integer { .. } => {
            let bits = integer_bits(ctype);
            number.to_integer(bits.0, bits.1, &spell)
        }
        Representation::Float(Format::Double) => Ok(number.to_f64(&spell)?.to_bits()),
        Representation::Float(Format::Single) => {
            let value = single(number, &spell)?;
            Ok(u64::from(value.to_bits()))
        }
        Representation::Wide { signed } => {
            let SlotNumber::Integer(value) = number else {
                return Err(Error::mismatch(format!(
                    "a float given for C's {}; round it yourself",
                    ctype.spell()
                )));
            };
            if value < 0 && !signed {
                return Err(Error::out_of_range(format!(
                    "{value} does not fit {}, which has no sign",
                    ctype.spell()
                )));
            }
            let to = zeroed_scratch(scope, 16)?;
            // SAFETY: sixteen bytes were allocated.
            unsafe { to.cast::<i128>().write_unaligned(value) };
            Ok(to.expose_provenance() as u64)
        }
        Representation::Float(format) | Representation::Complex(format) => {
            let to = zeroed_scratch(scope, ctype.size)?;
            // SAFETY: zeroed memory of the type's size; the real part is first.
            unsafe { store_float(number, format, to, &spell)? };
            Ok(to.expose_provenance() as u64)
        }
        _ => Err(Error::mismatch(format!("a number given for C's {}", ctype.spell()))),
    }
}

/// The word of an integer, for an integer or bool of C.
fn integer_to_c(integer: i128, ctype: &CType) -> Result<u64> {
    let (bits, signed) = integer_bits(ctype);
    SlotNumber::Integer(integer).to_integer(bits, signed, &|| ctype.spell())
}

/// How many bits an integer or bool of C has, and whether it has a sign.
fn integer_bits(ctype: &CType) -> (u32, bool) {
    match ctype.class {
        Representation::Bool => (1, false),
        class => (ctype.size as u32 * 8, class == Representation::Integer { signed: true }),
    }
}

/// The word of a float.
fn float_to_c(scope: &CallScope, float: f64, format: Format, ctype: &CType) -> Result<u64> {
    match format {
        Format::Double => Ok(float.to_bits()),
        Format::Single => Ok(u64::from(narrow(float)?.to_bits())),
        _ => {
            let to = zeroed_scratch(scope, ctype.size)?;
            // SAFETY: zeroed memory of the type's size.
            unsafe { store_float(SlotNumber::Float(float), format, to, &|| ctype.spell())? };
            Ok(to.expose_provenance() as u64)
        }
    }
}

/// A code unit where C has an integer of its width, whose sign does not matter.
fn character(kind: Kind, ctype: &CType, slot: u64) -> Option<u64> {
    let Representation::Integer { signed } = ctype.class else { return None };
    match (kind, ctype.size, signed) {
        (Kind::Char8, 1, true) => Some(slot as i8 as i64 as u64),
        (Kind::Char16, 2, true) => Some(slot as i16 as i64 as u64),
        (Kind::Char32, 4, true) => Some(slot as i32 as i64 as u64),
        _ => None,
    }
}

/// A double that C rounds to a float, as C does; an integer only if the float is exact.
fn single(number: SlotNumber, spell: &dyn Fn() -> String) -> Result<f32> {
    let value = narrow(number.to_f64(spell)?)?;
    match number {
        SlotNumber::Integer(integer) if value as i128 != integer => {
            Err(Error::out_of_range(format!("{integer} has no exact {} value", spell())))
        }
        _ => Ok(value),
    }
}

unsafe fn store_float(
    number: SlotNumber,
    format: Format,
    to: *mut u8,
    spell: &dyn Fn() -> String,
) -> Result<()> {
    // SAFETY: the caller made room for the format.
    unsafe {
        match format {
            Format::Half => {
                let half = half_float::store(number.to_f64(spell)?);
                to.cast::<u16>().write_unaligned(half);
            }
            Format::Single => to.cast::<f32>().write_unaligned(single(number, spell)?),
            Format::Double => to.cast::<f64>().write_unaligned(number.to_f64(spell)?),
            Format::Extended => match number {
                // Its fraction has room for any integer of 64 bits.
                SlotNumber::Integer(value) if value.unsigned_abs() <= u128::from(u64::MAX) => {
                    long_double::store_integer(value < 0, value.unsigned_abs(), to)?;
                }
                _ => long_double::store(number.to_f64(spell)?, to)?,
            },
            Format::Quad => {
                return Err(Error::unsupported(
                    "numbers are not converted to _Float128; use a handle",
                ));
            }
        }
    }
    Ok(())
}

/// An object where C takes a value.
fn object_to_c(scope: &CallScope, ctype: &CType, key: u64) -> Result<u64> {
    if let Some(number) = number_of(ctype, key)? {
        // SAFETY: a value is what its type says, and an `any` is an inline value.
        return unsafe { any_to_c(scope, ctype, ptr::from_ref::<metaffi_value>(&number).cast()) };
    }
    let object = of_type(scope, ctype, key, "which is passed by value")?;
    let memory = object.memory(scope)?;
    if ctype.by_address() {
        return Ok(memory.address().expose_provenance() as u64);
    }
    // SAFETY: the memory holds a value of the type.
    Ok(unsafe { load_word(ctype, memory.address()) })
}

/// A big integer or a complex number.
///
/// # Safety
/// The slot has a neutral value of the kind.
unsafe fn neutral_to_c(scope: &CallScope, kind: Kind, ctype: &CType, slot: u64) -> Result<u64> {
    let mut value = zero(kind.into());
    value.data.bigint = word_pointer(slot);
    // SAFETY: the slot has a neutral value of the kind.
    let number = match unsafe { Neutral::expect(&value, kind) }? {
        Neutral::BigInt(bigint) => match (bigint.to_i128(), ctype.class) {
            (Some(integer), Representation::Bool | Representation::Integer { .. }) => {
                return integer_to_c(integer, ctype);
            }
            (None, Representation::Bool | Representation::Integer { .. }) => {
                let spelling = ctype.spell();
                let message =
                    format!("an integer of {} bits does not fit {spelling}", bigint.bits());
                return Err(Error::out_of_range(message));
            }
            _ => match bigint.to_u128() {
                Some(magnitude) => {
                    LargeNumber::Integer { negative: bigint.is_negative(), magnitude }
                }
                None => LargeNumber::Huge,
            },
        },
        Neutral::Complex(complex) => match ctype.class {
            Representation::Float(format) if complex.imaginary == 0.0 => {
                return float_to_c(scope, complex.real, format, ctype);
            }
            _ => LargeNumber::Complex(complex.real, complex.imaginary),
        },
        _ => return Err(Error::mismatch(format!("{kind} given for C's {}", ctype.spell()))),
    };
    large_number(scope, ctype, number)
}

/// The number that another language's object is, where C takes one that may be so large.
fn number_of(ctype: &CType, key: u64) -> Result<Option<OwnedValue>> {
    match ctype.class {
        Representation::Wide { .. } | Representation::Float(_) | Representation::Complex(_) => {}
        _ => return Ok(None),
    }
    let key = key as usize;
    let Ok(protocol) = object::of(key) else { return Ok(None) };
    if handle::using(|scope| BorrowedCData::get(scope, key).is_ok())
        || !protocol.capabilities(key)?.has(Capabilities::NUMBER)
    {
        return Ok(None);
    }
    let mut to = MaybeUninit::uninit();
    protocol.number(key, &mut to)?;
    // SAFETY: written, and ours.
    Ok(Some(unsafe { OwnedValue::from_raw(to.assume_init()) }))
}

/// A number of more than 64 bits, or of two parts.
enum LargeNumber {
    /// An integer: whether it is below zero, and its distance from that.
    Integer { negative: bool, magnitude: u128 },
    /// An integer that is larger than any of C's.
    Huge,
    /// The real part, and the imaginary one.
    Complex(f64, f64),
}

/// The word of such a number, if C's type holds it exactly.
#[cold]
fn large_number(scope: &CallScope, ctype: &CType, number: LargeNumber) -> Result<u64> {
    let refused = |what: &str| {
        Err(Error::out_of_range(format!("{what} has no exact {} value", ctype.spell())))
    };
    let to = zeroed_scratch(scope, ctype.size.max(16))?;
    let spell = || ctype.spell();
    // SAFETY: zeroed memory of the type's size.
    unsafe {
        match (ctype.class, number) {
            (Representation::Wide { signed }, LargeNumber::Integer { negative, magnitude }) => {
                let most = if signed { i128::MAX.unsigned_abs() } else { u128::MAX };
                let fits = match negative {
                    true => signed && magnitude <= most + 1,
                    false => magnitude <= most,
                };
                if !fits {
                    let sign = if negative { "-" } else { "" };
                    return Err(beyond(&format!("{sign}{magnitude}"), ctype, signed));
                }
                let bits = if negative { magnitude.wrapping_neg() } else { magnitude };
                to.cast::<u128>().write_unaligned(bits);
            }
            (
                Representation::Float(Format::Extended),
                LargeNumber::Integer { negative, magnitude },
            ) => {
                if u128::BITS - magnitude.leading_zeros() > 64 + magnitude.trailing_zeros() {
                    return refused(&magnitude.to_string());
                }
                long_double::store_integer(negative, magnitude, to)?;
            }
            (
                Representation::Float(format) | Representation::Complex(format),
                LargeNumber::Integer { negative, magnitude },
            ) => {
                let float = magnitude as f64;
                if float as u128 != magnitude || magnitude == u128::MAX {
                    return refused(&magnitude.to_string());
                }
                let float = SlotNumber::Float(if negative { -float } else { float });
                store_float(float, format, to, &spell)?;
            }
            (Representation::Complex(format), LargeNumber::Complex(real, imaginary)) => {
                store_float(SlotNumber::Float(real), format, to, &spell)?;
                let part = to.add(ctype.size / 2);
                store_float(SlotNumber::Float(imaginary), format, part, &spell)?;
            }
            (Representation::Wide { signed }, LargeNumber::Huge) => {
                return Err(beyond("an integer of more than 128 bits", ctype, signed));
            }
            (_, LargeNumber::Huge) => return refused("an integer of more than 128 bits"),
            _ => {
                let message = format!("a complex number cannot be given for {}", ctype.spell());
                return Err(Error::mismatch(message));
            }
        }
        match ctype.by_address() {
            true => Ok(to.expose_provenance() as u64),
            false => Ok(load_word(ctype, to)),
        }
    }
}

#[cold]
fn beyond(number: &str, ctype: &CType, signed: bool) -> Error {
    let range = if signed { "-2**127 to 2**127 - 1" } else { "0 to 2**128 - 1" };
    Error::out_of_range(format!("{number} does not fit {} ({range})", ctype.spell()))
}

/// The object that is given for a value of its type; `why` it cannot be null.
pub(super) fn of_type<'a>(
    scope: &'a CallScope,
    ctype: &CType,
    key: u64,
    why: &str,
) -> Result<&'a CData> {
    if key == 0 {
        let spelling = ctype.spell();
        return Err(Error::mismatch(format!("a null object given for C's {spelling}, {why}")));
    }
    let object = cdata(scope, ctype, key)?;
    if !same_type(object.ctype(), ctype) {
        let (given, wanted) = (object.ctype().spell(), ctype.spell());
        let why = if given == wanted { ", which is another one in this module" } else { "" };
        return Err(Error::mismatch(format!(
            "{given} cannot be given for {wanted}{why}: give C data of the type"
        )));
    }
    Ok(object)
}

/// The C data that is given for a type; of an object that is none, what to give in its place.
pub(super) fn cdata<'a>(scope: &'a CallScope, ctype: &CType, key: u64) -> Result<&'a CData> {
    scope.get::<CData>(key as usize).map_err(|error| no_cdata(error, ctype, key))
}

#[cold]
fn no_cdata(error: Error, ctype: &CType, key: u64) -> Error {
    match handle::describe_object(key as usize, ForeignObject::type_name) {
        Err(_) => error,
        Ok(name) => Error::mismatch(format!(
            "{name} cannot be given for {}: make C data of it (metaffi_cdata_new, in Python \
             module.new), or give a number that stands for it",
            ctype.spell()
        )),
    }
}

/// Whether values of two types, perhaps of two modules, are the same bytes of the same meaning.
/// Qualifiers of the value itself do not matter.
pub fn same_type(a: &CType, b: &CType) -> bool {
    if a.is(b) {
        return true;
    }
    let bare = |ctype: &CType| ctype.types.canonical(ctype.types.resolve(ctype.id));
    if std::sync::Arc::ptr_eq(&a.types, &b.types) {
        return bare(a) == bare(b);
    }
    a.size == b.size && Sameness::between(&a.types, &b.types).types(bare(a), bare(b))
}

/// A scalar's word, read from memory.
unsafe fn load_word(ctype: &CType, from: *const u8) -> u64 {
    let signed = matches!(ctype.class, Representation::Integer { signed: true });
    // SAFETY: the caller has a value of the type there.
    unsafe {
        match (ctype.size, signed) {
            (1, true) => from.cast::<i8>().read() as i64 as u64,
            (2, true) => from.cast::<i16>().read_unaligned() as i64 as u64,
            (4, true) => from.cast::<i32>().read_unaligned() as i64 as u64,
            (1, false) => u64::from(from.read()),
            (2, false) => u64::from(from.cast::<u16>().read_unaligned()),
            (4, false) => u64::from(from.cast::<u32>().read_unaligned()),
            _ => from.cast::<u64>().read_unaligned(),
        }
    }
}

/// As [`scratch`], of zeroes.
pub fn zeroed_scratch(scope: &CallScope, size: usize) -> Result<*mut u8> {
    let to = scratch(scope, size)?;
    // SAFETY: so many bytes were made.
    unsafe { to.write_bytes(0, size) };
    Ok(to)
}

/// The word of a pointer.
pub(super) fn pointer_word<T>(pointer: *const T) -> u64 {
    if pointer.is_null() { 0 } else { pointer.expose_provenance() as u64 }
}

/// The pointer of a word.
pub(super) fn word_pointer<T>(word: u64) -> *mut T {
    ptr::with_exposed_provenance_mut(word as usize)
}
