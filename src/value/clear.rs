use super::{Kind, array, kind_of, null, text};
use crate::abi::metaffi_value;
use crate::handle;

/// Frees what a value owns and leaves null. A value of no known type owns nothing.
///
/// # Safety
/// What the value holds is valid, is metaffi's, and is not used again.
pub unsafe fn clear(value: &mut metaffi_value) {
    let old = std::mem::replace(value, null());
    // SAFETY: what the value holds is valid, is metaffi's, and is not used again.
    unsafe {
        match kind_of(&old) {
            Ok(Kind::Array) => array::free(old.data.array),
            _ => clear_leaf(old),
        }
    }
}

/// Frees what any value but an array owns.
///
/// # Safety
/// As for [`clear`].
pub(super) unsafe fn clear_leaf(value: metaffi_value) {
    // SAFETY: what the value holds is valid, is metaffi's, and is not used again; the type says
    // which member.
    unsafe {
        // A handle that is stale by now owns nothing.
        let _ = match kind_of(&value) {
            Ok(Kind::String8 | Kind::String16 | Kind::String32) => {
                text::free(value.data.string);
                Ok(())
            }
            Ok(Kind::Handle) => handle::free(value.data.object.addr(), handle::HandleKind::Object),
            Ok(Kind::Callable) => {
                handle::free(value.data.callable.addr(), handle::HandleKind::Callable)
            }
            _ => Ok(()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{array::OwnedArray, object, string8, testing, zero};

    #[test]
    fn every_kind_is_left_null() {
        let kinds = Kind::elements().filter(|kind| *kind != Kind::Any);
        let mut values: Vec<metaffi_value> = kinds.map(|kind| zero(kind.into())).collect();
        values.push(string8("text").unwrap().into_raw());
        values.push(OwnedArray::new(Kind::String8.into(), &[3]).unwrap().into_value().into_raw());
        values.push(metaffi_value { r#type: 3, ..null() });
        for mut value in values {
            // SAFETY: zeroes, or made just now; nobody else's.
            unsafe { clear(&mut value) };
            assert_eq!(kind_of(&value).unwrap(), Kind::Null);
            // SAFETY: cleared values may be cleared.
            unsafe { clear(&mut value) };
        }
    }

    #[test]
    fn a_handle_is_freed_once() {
        let (handle, alive) = testing::object();
        let mut value = object(handle);
        assert_eq!(alive(), 1);
        // SAFETY: a handle of its own.
        unsafe { clear(&mut value) };
        assert_eq!(alive(), 0);
        // SAFETY: a stale handle is refused, not freed.
        unsafe { clear(&mut object(handle)) };
    }
}
