//! Room for what a call needs for a moment.

use std::alloc::{Layout, alloc, dealloc};
use std::cell::{Cell, UnsafeCell};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::Ordering;

use super::block::{Block, current, is_current};
use super::registry;

/// Bytes of a page.
pub(super) const SIZE: usize = 4000;

/// How many pages a thread has: calls inside calls inside calls do without.
const MOST_PAGES: usize = 4;

/// Memory that one scope has at a time.
#[repr(C)]
pub struct Page {
    bytes: UnsafeCell<ScratchBytes>,
    used: Cell<usize>,
    next: Cell<*mut Page>,
    owner: &'static Block,
}

#[repr(C, align(16))]
struct ScratchBytes([MaybeUninit<u8>; SIZE]);

impl Page {
    /// So many bytes of it, aligned to 16.
    #[inline(always)]
    pub(super) fn take(&self, size: usize) -> Option<*mut u8> {
        let used = self.used.get();
        let end = used.checked_add(size)?.checked_next_multiple_of(16)?;
        if end > SIZE {
            return None;
        }
        self.used.set(end);
        Some(self.bytes.get().cast::<u8>().wrapping_add(used))
    }
}

/// A page for a scope.
#[inline]
pub(super) fn claim() -> Option<&'static Page> {
    let block = current()?;
    let first = block.pages.get();
    if first.is_null() {
        return claim_more();
    }
    Some(take(block, first))
}

/// Takes the first page of a block's list.
#[inline]
fn take(block: &Block, first: *mut Page) -> &'static Page {
    // SAFETY: a free page of the list, which is this thread's; it is not freed while it is used.
    let page = unsafe { &*first };
    block.pages.set(page.next.get());
    page
}

#[cold]
fn claim_more() -> Option<&'static Page> {
    let block = registry::own()?;
    let returned = block.returned_pages.swap(ptr::null_mut(), Ordering::Acquire);
    if !returned.is_null() {
        return Some(take(block, returned));
    }
    if block.page_count.get() == MOST_PAGES {
        return None;
    }
    // SAFETY: a layout with a size; the bytes need no initial value.
    unsafe {
        let page = alloc(Layout::new::<Page>()).cast::<Page>();
        if page.is_null() {
            return None;
        }
        (&raw mut (*page).used).write(Cell::new(0));
        (&raw mut (*page).next).write(Cell::new(ptr::null_mut()));
        (&raw mut (*page).owner).write(block);
        block.page_count.update(|count| count + 1);
        Some(&*page)
    }
}

/// Takes a page back.
///
/// # Safety
/// [`claim`] gave it, and its scope no longer uses it.
#[inline]
pub(super) unsafe fn give_back(page: *mut Page) {
    // SAFETY: `claim` gave it, and its scope no longer uses it. Whoever has it next may free it, so
    // that there is no reference to it then.
    unsafe {
        (*page).used.set(0);
        let owner = (*page).owner;
        match is_current(owner) {
            true => (*page).next.set(owner.pages.replace(page)),
            false => take_back(owner, page),
        }
    }
}

/// Takes back a page on a thread that does not have its block.
///
/// # Safety
/// Nobody else has the page.
#[cold]
unsafe fn take_back(owner: &Block, page: *mut Page) {
    let push = |head: *mut Page| {
        // SAFETY: it is the caller's until the exchange.
        unsafe { (*page).next.set(head) };
        Some(page)
    };
    let _ = owner.returned_pages.fetch_update(Ordering::Release, Ordering::Relaxed, push);
}

/// Frees the pages of a block that no scope uses. Only for the thread that has the block.
pub(super) fn free(block: &Block) {
    let returned = block.returned_pages.swap(ptr::null_mut(), Ordering::Acquire);
    for mut next in [block.pages.replace(ptr::null_mut()), returned] {
        while !next.is_null() {
            let page = next;
            // SAFETY: `claim_more` allocated it, and nobody has it.
            unsafe {
                next = (*page).next.get();
                dealloc(page.cast(), Layout::new::<Page>());
            }
            block.page_count.update(|count| count - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handle::pin;

    #[test]
    fn a_scope_that_is_left_gives_its_page_back() {
        let kept = pin::enter();
        // A thread has a block, and with it pages, once it has pinned something.
        let _ = kept.keep(std::sync::Arc::new(()));
        for _ in 0..=MOST_PAGES {
            let scope = pin::enter();
            assert!(scope.scratch(SIZE).is_some());
            scope.leave();
        }
    }
}
