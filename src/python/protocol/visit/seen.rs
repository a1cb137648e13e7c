//! [`SeenContainers`]: the containers that a visit has come to, by identity.

use crate::object::MetContainer;
use crate::python::api::Object;
use crate::python::lifecycle::gil::Gil;

/// Containers with their numbers. Each is kept, so that no other gets its address.
pub(super) struct SeenContainers<'a> {
    gil: &'a Gil,
    /// Open addressing; a power of two of them, of which at most half are used, or none.
    places: Vec<SeenPlace>,
    used: usize,
}

#[derive(Clone, Copy)]
struct SeenPlace {
    /// Zero where there is none.
    address: usize,
    met: MetContainer,
}

const NONE: SeenPlace = SeenPlace { address: 0, met: MetContainer { id: 0, is_open: false } };

impl<'a> SeenContainers<'a> {
    pub(super) fn new(gil: &'a Gil) -> SeenContainers<'a> {
        SeenContainers { gil, places: Vec::new(), used: 0 }
    }

    /// What is known of a container.
    pub(super) fn get(&mut self, container: Object) -> Option<&mut MetContainer> {
        if self.places.is_empty() {
            return None;
        }
        let index = self.place(container.addr());
        let place = &mut self.places[index];
        (place.address != 0).then_some(&mut place.met)
    }

    /// Adds a container of which nothing is known yet.
    ///
    /// # Safety
    /// It is alive.
    pub(super) unsafe fn add(&mut self, container: Object, id: u64) {
        if self.used * 2 >= self.places.len() {
            self.grow();
        }
        // SAFETY: alive, under the GIL.
        unsafe { self.gil.api.incref(container) };
        let index = self.place(container.expose_provenance());
        self.places[index] =
            SeenPlace { address: container.addr(), met: MetContainer { id, is_open: true } };
        self.used += 1;
    }

    /// Where a container is, or would be.
    #[inline]
    fn place(&self, address: usize) -> usize {
        let mask = self.places.len() - 1;
        // Addresses of objects are multiples of 16.
        let mut index =
            ((address >> 4).wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as usize) >> 20) & mask;
        while ![0, address].contains(&self.places[index].address) {
            index = (index + 1) & mask;
        }
        index
    }

    #[cold]
    fn grow(&mut self) {
        let larger = (self.places.len() * 2).max(64);
        for place in std::mem::replace(&mut self.places, vec![NONE; larger]) {
            if place.address != 0 {
                let index = self.place(place.address);
                self.places[index] = place;
            }
        }
    }
}

impl Drop for SeenContainers<'_> {
    fn drop(&mut self) {
        for place in &self.places {
            if place.address != 0 {
                // SAFETY: a reference of ours, under the GIL.
                unsafe {
                    self.gil.api.decref(std::ptr::with_exposed_provenance_mut(place.address));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::python::testing::api;
    use crate::python::lifecycle::gil;
    use crate::python::object::PyRef;

    #[test]
    fn each_container_is_found_and_kept_until_the_end() {
        let gil = gil::enter(api()).unwrap();
        // SAFETY: new lists, under the GIL.
        let new = || unsafe { PyRef::owned(&gil, (gil.api.PyList_New)(0)) }.unwrap();
        let lists: Vec<PyRef> = (0..1000).map(|_| new()).collect();
        let mut seen = SeenContainers::new(&gil);
        assert!(seen.get(lists[0].as_ptr()).is_none());
        for (id, list) in lists.iter().enumerate() {
            // SAFETY: alive.
            unsafe { seen.add(list.as_ptr(), id as u64) };
        }
        for (id, list) in lists.iter().enumerate() {
            assert_eq!(seen.get(list.as_ptr()).unwrap().id, id as u64);
            // SAFETY: alive, under the GIL.
            assert!(!unsafe { gil.api.is_sole(list.as_ptr()) });
        }
        assert!(seen.get(new().as_ptr()).is_none());
        drop(seen);
        // SAFETY: as above.
        assert!(lists.iter().all(|list| unsafe { gil.api.is_sole(list.as_ptr()) }));
    }
}
