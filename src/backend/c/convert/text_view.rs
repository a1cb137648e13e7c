//! Text in C's memory.

use std::sync::Arc;

use super::assign::text_kind;
use crate::abi::metaffi_string;
use crate::backend::c::data::cdata::CData;
use crate::backend::c::data::ctype::{Pointee, Representation};
use crate::backend::c::data::lvalue::Lvalue;
use crate::error::{Error, Result};
use crate::handle;
use crate::signature::Kind;
use crate::value::{self, OwnedValue, memory, text};

/// A copy of the text in an array of characters, or at a pointer to them: up to a NUL, `most` code
/// units, or the end of the memory.
///
/// # Safety
/// A pointer whose memory is not known points to text that ends with a NUL, or has `most` units.
pub unsafe fn string(object: &Arc<CData>, most: usize) -> Result<OwnedValue> {
    handle::using(|scope| {
        let mut lvalue = Lvalue::whole(scope, object.into())?;
        if let Representation::Pointer(_) = lvalue.ctype.class {
            lvalue = Lvalue::find(scope, object.into(), "*")?;
            let units = text_kind(Pointee::of(&lvalue.ctype.types, lvalue.ctype.id))
                .filter(|_| lvalue.ctype.size > 0);
            let kind = units.ok_or_else(|| no_text(object))?;
            // SAFETY: a pointer whose memory is not known points to text that ends with a NUL, or
            // has `most` units.
            return unsafe { copied(&lvalue, kind, lvalue.ctype.size, most) };
        }
        let Representation::Array(pointee) = lvalue.ctype.class else {
            return Err(no_text(object));
        };
        let kind = text_kind(pointee).ok_or_else(|| no_text(object))?;
        let most = lvalue.ctype.length().unwrap_or(usize::MAX).min(most);
        // SAFETY: a pointer whose memory is not known points to text that ends with a NUL, or has
        // `most` units.
        unsafe { copied(&lvalue, kind, pointee.size, most) }
    })
}

unsafe fn copied(lvalue: &Lvalue, kind: Kind, unit: usize, most: usize) -> Result<OwnedValue> {
    let most = lvalue.room().map_or(most, |room| most.min(room / unit));
    let mut units = 0;
    // SAFETY: the memory has `most` units, or a NUL among them.
    unsafe {
        let is_nul = |index: usize| {
            let at = lvalue.address.add(index * unit);
            (0..unit).all(|byte| at.add(byte).read() == 0)
        };
        while units < most && !is_nul(units) {
            units += 1;
        }
        let string = aligned(lvalue.address, units, unit, kind)?;
        Ok(OwnedValue::from_raw(value::string(string, kind)))
    }
}

/// A validated copy; the units may lie anywhere.
unsafe fn aligned(
    from: *const u8,
    units: usize,
    unit: usize,
    kind: Kind,
) -> Result<metaffi_string> {
    let said = "text in C (read its elements or its bytes if it is none)";
    // SAFETY: the caller has so many units.
    unsafe {
        if from.addr().is_multiple_of(unit) {
            let descriptor = metaffi_string { data: from.cast(), length: units };
            return text::copy(&descriptor, kind).map_err(|error| error.context(said));
        }
        let copy = memory::alloc(units * unit)?;
        copy.copy_from_nonoverlapping(from, units * unit);
        let descriptor = metaffi_string { data: copy.cast_const().cast(), length: units };
        let text = text::copy(&descriptor, kind).map_err(|error| error.context(said));
        memory::free(copy);
        text
    }
}

#[cold]
fn no_text(object: &CData) -> Error {
    Error::mismatch(format!(
        "`{}` has no characters; text is in arrays of char, wchar_t, char16_t and char32_t, \
             and at pointers to them (cast a void pointer first)",
        object.ctype().spell()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::c::convert::from_c;
    use crate::backend::c::testing::{Header, object, part, text};
    use crate::error::Status;
    use crate::value::string8;

    #[test]
    fn text_ends_at_a_nul_the_limit_or_the_end() {
        let header = Header::new("");
        let array = header.value("char[5]", &string8("hello").unwrap());
        let pointer = header.value("const char *", &object(&array));
        // SAFETY: the memory is known.
        let limited = |object: &Arc<CData>| unsafe { string(object, 2) }.unwrap();
        for object in [&array, &pointer] {
            assert_eq!(text(object).unwrap(), "hello");
            // SAFETY: a string.
            assert_eq!(unsafe { limited(object).data.string.length }, 2);
        }
        let raw = header.value("char *", &(c"raw".as_ptr().expose_provenance() as u64).into());
        assert_eq!(text(&raw).unwrap(), "raw");
    }

    #[test]
    fn units_in_a_packed_struct_may_lie_anywhere() {
        let header = Header::new("struct odd { char c; char16_t s[3]; } __attribute__((packed));");
        let odd = header.zeroed("struct odd");
        crate::backend::c::testing::write(&odd, "s", *string8("é€").unwrap()).unwrap();
        assert_eq!(text(&part(&odd, "s")).unwrap(), "é€");
    }

    #[test]
    fn an_address_that_stands_for_a_failure_has_no_text() {
        let header = Header::new("");
        for address in [u64::MAX, 4095_u64.wrapping_neg()] {
            for (kind, spelling) in [(Kind::String8, "char *"), (Kind::String16, "char16_t *")] {
                let pointer = header.value(spelling, &address.into());
                let error = text(&pointer).unwrap_err();
                let there = format!("`{spelling}` is {address:#x}, where nothing is");
                assert!(error.message().ends_with(&there), "{error}");
                let mut slots = [0; 2];
                // SAFETY: a pointer, and room for text.
                let read = unsafe {
                    let from = (&raw const address).cast();
                    from_c(pointer.ctype(), from, kind.into(), slots.as_mut_ptr())
                };
                let error = read.unwrap_err();
                assert_eq!(error.status(), Status::InvalidText);
                assert!(error.message().contains(&format!("{address:#x}")), "{error}");
                assert!(error.message().contains("as a handle"), "{error}");
            }
        }
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let header = Header::new("struct hidden;");
        for type_name in ["int", "double[2]", "void *", "char *", "struct hidden *"] {
            assert!(text(&header.zeroed(type_name)).is_err(), "{type_name}");
        }
        let error = text(&header.zeroed("double[2]")).unwrap_err();
        assert!(error.message().contains("`double [2]` has no characters"), "{error}");
        let error = text(&header.zeroed("char *")).unwrap_err();
        assert!(error.message().contains("is NULL"), "{error}");
        let bytes = header.zeroed("unsigned char[2]");
        crate::backend::c::testing::write(&bytes, "[0]", 0xff_u8).unwrap();
        let error = text(&bytes).unwrap_err();
        assert_eq!(error.status(), Status::InvalidText);
        assert!(error.message().contains("invalid UTF-8 at byte 0"), "{error}");
    }
}
