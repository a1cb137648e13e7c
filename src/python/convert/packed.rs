//! Numbers of a list, written one after the other as C has them in an array.

use super::NumberForm;
use crate::call::scratch;
use crate::handle::pin::CallScope;
use crate::python::api::{Api, Object};
use crate::signature::Kind;
use crate::value::array::size_of_element;

/// The numbers of a list or tuple, and bools for integers, as elements of a kind, which live as long as the
/// scope; `None` leaves it to the general way: what has to be converted, and what is empty.
///
/// # Safety
/// `object` is a live list or tuple, and the GIL is held.
pub unsafe fn packed(
    api: &Api,
    scope: &CallScope,
    object: Object,
    kind: Kind,
) -> Option<*const u8> {
    // SAFETY: `object` is alive, and the GIL is held: nothing changes it while no Python code runs.
    unsafe {
        let (items, count) = api.items(object).filter(|(_, count)| *count != 0)?;
        let size = size_of_element(kind.into());
        let memory = scratch(scope, count.checked_mul(size)?).ok()?;
        let form = NumberForm::of(kind).counting_bools();
        let is_written = match (form, size) {
            (NumberForm::Other | NumberForm::Char, _) => false,
            (NumberForm::Double, _) => {
                write(items, count, memory.cast(), |item| NumberForm::Double.load(api, item))
            }
            (NumberForm::Single, _) => write(items, count, memory.cast(), |item| {
                NumberForm::Single.load(api, item).map(|slot| slot as u32)
            }),
            (_, 1) => write(items, count, memory, |item| Some(form.load(api, item)? as u8)),
            (_, 2) => write(items, count, memory.cast(), |item| Some(form.load(api, item)? as u16)),
            (_, 4) => write(items, count, memory.cast(), |item| Some(form.load(api, item)? as u32)),
            _ => write(items, count, memory.cast(), |item| form.load(api, item)),
        };
        is_written.then_some(memory.cast_const())
    }
}

/// Writes what is loaded of each item; false at the first of which nothing is.
#[inline(always)]
unsafe fn write<T>(
    items: *const Object,
    count: usize,
    memory: *mut T,
    load: impl Fn(Object) -> Option<T>,
) -> bool {
    for index in 0..count {
        // SAFETY: there are so many items, and room for as many numbers.
        unsafe {
            let Some(number) = load(*items.add(index)) else { return false };
            memory.add(index).write(number);
        }
    }
    true
}
