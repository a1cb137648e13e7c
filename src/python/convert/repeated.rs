//! Lists that hold the same lists again and again. An array has what is in them each time, so that a
//! few lists in each other may stand for more elements than there is memory or time for.

use std::collections::HashMap;

use super::list::{get, is_list, size};
use super::number;
use crate::error::{Error, Result, Status};
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;
use crate::signature::Kind;
use crate::value::MAX_DEPTH;

/// How many items lists may become that are there several times.
pub(super) const MOST_REPEATED: usize = 1 << 24;

/// Refuses lists in each other that would become too many elements of the kind, in so many
/// dimensions; 0 if each list in a list is one more. Takes as long as there are different lists.
///
/// # Safety
/// `list` is a list or a tuple that is alive.
pub(super) unsafe fn check(gil: &Gil, list: Object, kind: Kind, dimensions: usize) -> Result<()> {
    let deepest = if dimensions == 0 { MAX_DEPTH } else { dimensions };
    let is_number = number::is_number(kind);
    let mut counter =
        ListCounter { gil, is_number, deepest, known: HashMap::new(), repeats: false };
    // SAFETY: `list` is a list or a tuple that is alive.
    match unsafe { counter.count(list, 1) } > MOST_REPEATED && counter.repeats {
        true => Err(repeated()),
        false => Ok(()),
    }
}

#[cold]
pub(super) fn repeated() -> Error {
    let message = format!(
        "the list holds the same lists again and again: an array of it would have more than \
         {MOST_REPEATED} elements; declare a handle"
    );
    Error::new(Status::OutOfMemory, message)
}

/// Counts items as often as they are there. Runs no Python code.
struct ListCounter<'a> {
    gil: &'a Gil,
    /// Whether the elements are numbers: then a list that begins with one holds no lists.
    is_number: bool,
    deepest: usize,
    /// The counts of lists of lists, by how deep they are. Nobody changes a list meanwhile.
    known: HashMap<(Object, usize), usize>,
    /// Whether one of them was there again.
    repeats: bool,
}

impl ListCounter<'_> {
    unsafe fn count(&mut self, list: Object, depth: usize) -> usize {
        // SAFETY: a live list keeps its items, and nothing runs in between.
        unsafe {
            let length = size(self.gil, list);
            let may_hold_lists = depth < self.deepest
                && length > 0
                && (!self.is_number || is_list(self.gil, get(self.gil, list, 0)));
            if !may_hold_lists {
                return length;
            }
            if let Some(count) = self.known.get(&(list, depth)) {
                self.repeats = true;
                return *count;
            }
            let (mut count, mut has_lists) = (0_usize, false);
            for index in 0..length {
                let item = get(self.gil, list, index);
                let inside = match is_list(self.gil, item) {
                    true => self.count(item, depth + 1),
                    false => 1,
                };
                has_lists |= is_list(self.gil, item);
                count = count.saturating_add(inside);
            }
            if has_lists {
                self.known.insert((list, depth), count);
            }
            count
        }
    }
}
