//! [`ItemSlice`]: the items of a range of positions of a sequence that does not slice itself.

use std::mem::MaybeUninit;
use std::sync::Arc;

use super::sequence_iterator::SequenceIterator;
use super::{
    Capabilities, HOST, Iteration, Protocol, TextKind, ValuePlace, Visit, of, refuse, used_by,
    visit_value,
};
use crate::abi::{METAFFI_CONTAINER_LIST, METAFFI_CONVERTER_FIRST, metaffi_value};
use crate::error::{Error, Result, Status};
use crate::handle::{self, Extension, ForeignObject, HandleKind, Key, ObjectType, OwnedHandle};
use crate::signature::Kind;
use crate::value::{self, OwnedValue};

/// The items of a slice, as they were when it was made.
struct ItemSlice(Vec<OwnedValue>);

// SAFETY: what a value holds is metaffi's own memory and handles, which every thread may use; nobody
// changes it.
unsafe impl Send for ItemSlice {}
// SAFETY: as above.
unsafe impl Sync for ItemSlice {}

static PROTOCOL: &dyn Protocol = &SliceProtocol;

impl ObjectType for ItemSlice {
    const EXTENSION: Extension = used_by(&PROTOCOL);
}

impl ForeignObject for ItemSlice {
    fn runtime(&self) -> &str {
        HOST
    }

    fn type_name(&self) -> String {
        "Slice".to_owned()
    }

    fn identity(&self) -> u64 {
        std::ptr::from_ref(self).addr() as u64
    }
}

/// The items of a range of positions, as the object slices, or else those that it has there now.
pub fn slice(object: Key, start: Option<i64>, stop: Option<i64>, step: Option<i64>) -> Result<Key> {
    let protocol = of(object)?;
    let refused = match protocol.slice(object, start, stop, step) {
        Err(refused) if refused.status() == Status::Unsupported => refused,
        made => return made,
    };
    let able = Capabilities::READ_ITEMS | Capabilities::LENGTH | Capabilities::HOST_OBJECT;
    if !protocol.capabilities(object)?.has(able) {
        return Err(refused);
    }
    let length = i64::try_from(protocol.length(object)?).unwrap_or(i64::MAX);
    let items = positions(length, start, stop, step.unwrap_or(1))?.map(|index| {
        let mut item = MaybeUninit::uninit();
        protocol.get_index(object, index, &mut item)?;
        // SAFETY: written, and ours.
        Ok(unsafe { OwnedValue::from_raw(item.assume_init()) })
    });
    handle::insert_object(Arc::new(ItemSlice(items.collect::<Result<_>>()?)))
}

/// The positions of a slice: bounds below zero count from the end, and those beyond an end are there.
pub fn positions(
    length: i64,
    start: Option<i64>,
    stop: Option<i64>,
    step: i64,
) -> Result<impl Iterator<Item = i64>> {
    if step == 0 {
        return Err(Error::invalid("the step of a slice is 0; leave it out for every item"));
    }
    let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let bound = |bound: Option<i64>, otherwise| match bound {
        None => otherwise,
        Some(bound) if bound < 0 => bound.saturating_add(length).max(lowest),
        Some(bound) => bound.min(highest),
    };
    let (first, end) = if step > 0 { (0, length) } else { (length - 1, -1) };
    let (start, stop) = (bound(start, first), bound(stop, end));
    let is_before = move |index: &i64| if step > 0 { *index < stop } else { *index > stop };
    Ok(std::iter::successors(Some(start), move |index| index.checked_add(step))
        .take_while(is_before))
}

struct SliceProtocol;

impl SliceProtocol {
    fn find(slice: &ItemSlice, index: i64) -> Result<&metaffi_value> {
        let length = slice.0.len();
        let place = if index < 0 { index.saturating_add(length as i64) } else { index };
        let found = usize::try_from(place).ok().and_then(|place| slice.0.get(place));
        found.map(|found| &**found).ok_or_else(|| {
            Error::not_found(format!("there is no item {index} of {length}")).in_runtime(HOST)
        })
    }
}

impl Protocol for SliceProtocol {
    fn capabilities(&self, _: Key) -> Result<Capabilities> {
        use Capabilities as Can;
        let reads = Can::SEQUENCE | Can::READ_ITEMS | Can::LENGTH | Can::ITERATE;
        Ok(reads | Can::HASH | Can::HOST_OBJECT)
    }

    unsafe fn get_item(&self, object: Key, key: &metaffi_value, to: ValuePlace<'_>) -> Result<()> {
        if value::kind_of(key)?.is_text() {
            return Err(refuse(object, Capabilities::READ_ENTRIES));
        }
        let number = value::number::convert(key, Kind::Int64.into())
            .map_err(|_| Error::mismatch("the position of an item is an integer"))?;
        // SAFETY: an int64.
        self.get_index(object, unsafe { number.data.int64 }, to)
    }

    fn get_index(&self, object: Key, index: i64, to: ValuePlace<'_>) -> Result<()> {
        let slice = handle::get::<ItemSlice>(object)?;
        // SAFETY: a value of ours is what its type says.
        let copy = unsafe { value::copy(SliceProtocol::find(&slice, index)?) }?;
        to.write(copy.into_raw());
        Ok(())
    }

    fn length(&self, object: Key) -> Result<usize> {
        Ok(handle::get::<ItemSlice>(object)?.0.len())
    }

    fn iterate(&self, object: Key, iteration: Iteration) -> Result<Key> {
        match iteration {
            Iteration::Itself => SequenceIterator::over(object),
            _ => Err(refuse(object, Capabilities::READ_ENTRIES)),
        }
    }

    fn visit(&self, object: Key, visit: &mut Visit<'_>) -> Result<()> {
        let slice = handle::get::<ItemSlice>(object)?;
        let asks = visit.begin_object();
        let object = OwnedHandle::new(handle::clone(object, HandleKind::Object)?);
        let is_of = |of_type| handle::describe_object(of_type, |_| false);
        if asks && visit.is_converted(&object, METAFFI_CONVERTER_FIRST, is_of)? {
            return Ok(());
        }
        if visit.is_full() {
            return visit.whole(object, asks, is_of);
        }
        visit.open(METAFFI_CONTAINER_LIST, Some(slice.0.len()), None)?;
        for item in &slice.0 {
            // SAFETY: a value of ours is what its type says.
            unsafe { visit_value(item, visit) }?;
        }
        visit.close()
    }

    fn truth(&self, object: Key) -> Result<bool> {
        Ok(self.length(object)? != 0)
    }

    fn text(&self, object: Key, _: TextKind) -> Result<String> {
        Ok(format!("<slice of {} items>", self.length(object)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_the_language_that_slices_most() {
        let all = |length, start, stop, step| -> Vec<i64> {
            positions(length, start, stop, step).unwrap().collect()
        };
        assert_eq!(all(4, None, None, 1), [0, 1, 2, 3]);
        assert_eq!(all(4, Some(1), Some(3), 1), [1, 2]);
        assert_eq!(all(4, Some(-3), Some(-1), 1), [1, 2]);
        assert_eq!(all(4, None, None, -2), [3, 1]);
        assert_eq!(all(4, Some(9), Some(-9), -1), [3, 2, 1, 0]);
        assert_eq!(all(4, Some(5), None, 1), [0; 0]);
        assert_eq!(all(4, Some(i64::MIN), Some(i64::MAX), i64::MAX), [0]);
        assert_eq!(all(0, None, None, -1), [0; 0]);
        assert!(positions(4, None, None, 0).is_err());
    }
}
