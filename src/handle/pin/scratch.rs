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
const MOST: usize = 4;

/// Memory that one span has at a time.
#[repr(C)]
pub struct Page {
    bytes: UnsafeCell<Bytes>,
    used: Cell<usize>,
    next: Cell<Option<&'static Page>>,
    owner: &'static Block,
}

#[repr(C, align(16))]
struct Bytes([MaybeUninit<u8>; SIZE]);

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

/// A page for a span.
#[inline]
pub(super) fn claim() -> Option<&'static Page> {
    let block = current()?;
    match block.pages.get() {
        Some(page) => {
            block.pages.set(page.next.get());
            Some(page)
        }
        None => claim_more(),
    }
}

#[cold]
fn claim_more() -> Option<&'static Page> {
    let block = registry::own()?;
    let returned = block.returned_pages.swap(ptr::null_mut(), Ordering::Acquire);
    // SAFETY: NULL, or a page of a list that is this thread's now.
    if let Some(page) = unsafe { returned.as_ref() } {
        block.pages.set(page.next.get());
        return Some(page);
    }
    if block.page_count.get() == MOST {
        return None;
    }
    // SAFETY: a layout with a size; the bytes need no initial value.
    unsafe {
        let page = alloc(Layout::new::<Page>()).cast::<Page>();
        if page.is_null() {
            return None;
        }
        (&raw mut (*page).used).write(Cell::new(0));
        (&raw mut (*page).next).write(Cell::new(None));
        (&raw mut (*page).owner).write(block);
        block.page_count.update(|count| count + 1);
        Some(&*page)
    }
}

/// A [`Cleanup`](super::Cleanup) that takes a page back.
pub(super) unsafe extern "C" fn give_back(page: *mut ()) {
    // SAFETY: deferred with a page, which its span no longer uses.
    let page = unsafe { &*page.cast::<Page>() };
    page.used.set(0);
    if !is_current(page.owner) {
        return take_back(page);
    }
    page.next.set(page.owner.pages.get());
    page.owner.pages.set(Some(page));
}

/// Takes back a page on a thread that does not have its block.
#[cold]
fn take_back(page: &'static Page) {
    let returned = &page.owner.returned_pages;
    let mut head = returned.load(Ordering::Relaxed);
    loop {
        // SAFETY: NULL, or a page; pages are freed by the thread that takes the list.
        page.next.set(unsafe { head.as_ref() });
        let new = ptr::from_ref(page).cast_mut();
        match returned.compare_exchange(head, new, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => return,
            Err(now) => head = now,
        }
    }
}

/// Frees the pages of a block that no span uses. Only for the thread that has the block.
pub(super) fn free(block: &Block) {
    let returned = block.returned_pages.swap(ptr::null_mut(), Ordering::Acquire);
    // SAFETY: NULL, or a page of a list that is this thread's now.
    for mut next in [block.pages.take(), unsafe { returned.as_ref() }] {
        while let Some(page) = next {
            next = page.next.get();
            block.page_count.update(|count| count - 1);
            // SAFETY: `claim_more` allocated it, and nobody has it.
            unsafe { dealloc(ptr::from_ref(page).cast_mut().cast(), Layout::new::<Page>()) };
        }
    }
}
