//! Entry points beyond the library's own: a table of them is code that is the same for all tables,
//! in a file in memory that is mapped for each, and behind it the slots.
//!
//! The code is written into the file, never into memory that is executable. Where the system forbids
//! to execute such files there are no tables.

pub(super) use platform::{code, more, saves_floats};

#[cfg(all(target_arch = "x86_64", target_os = "linux", not(miri)))]
mod platform {
    use std::ptr::{self, NonNull};
    use std::sync::atomic::{AtomicPtr, Ordering};

    use crate::call::upcall::slot::{ClosureSlot, SlotOrigin};
    use crate::call::upcall::trampoline::common;

    /// How many entry points a table has: what two pages have room for.
    const COUNT: usize = 510;

    /// Bytes from one entry point to the next.
    const STRIDE: usize = 16;

    /// Bytes of the code.
    const CODE: usize = 8192;

    /// Bytes that a table has of addresses, and what its own is a multiple of.
    const SIZE: usize = 65536;

    /// What follows the code.
    #[repr(C)]
    struct Data {
        /// What the entry points jump to with the addresses of their slots.
        common: *const (),
        slots: [ClosureSlot; COUNT],
    }

    const _: () = assert!(CODE + size_of::<Data>() <= SIZE && COUNT * STRIDE + 6 <= CODE);

    const SLOTS: usize = CODE + std::mem::offset_of!(Data, slots);

    /// The slots of a new table; `None` if the system makes none.
    pub(in super::super) fn more(floats: bool) -> Option<&'static [ClosureSlot]> {
        let table = map()?;
        // SAFETY: that memory is the table's, zeroed and writable behind the code; it stays.
        unsafe {
            let data = table.add(CODE).cast::<Data>().as_ptr();
            (&raw mut (*data).common).write(common(floats));
            let slots = (&raw mut (*data).slots).cast::<ClosureSlot>();
            for index in 0..COUNT {
                slots.add(index).write(ClosureSlot::of(SlotOrigin::Table));
            }
            Some(std::slice::from_raw_parts(slots, COUNT))
        }
    }

    /// The entry point of a slot.
    pub(in super::super) fn code(slot: &'static ClosureSlot) -> *const () {
        let slot = ptr::from_ref(slot).cast::<u8>();
        let index = (slot.addr() % SIZE - SLOTS) / size_of::<ClosureSlot>();
        table(slot).wrapping_add(index * STRIDE).cast()
    }

    /// Whether the entry point of a slot saves the registers of floats.
    pub(in super::super) fn saves_floats(slot: &'static ClosureSlot) -> bool {
        let data = table(ptr::from_ref(slot).cast()).wrapping_add(CODE).cast::<Data>();
        // SAFETY: the slot is one of a table.
        ptr::eq(unsafe { (*data).common }, common(true))
    }

    fn table(slot: *const u8) -> *const u8 {
        slot.wrapping_sub(slot.addr() % SIZE)
    }

    /// The code of a table.
    fn text() -> [u8; CODE] {
        let mut text = [0xcc; CODE];
        let tail = COUNT * STRIDE;
        let distance = |from: usize, to: usize| (to.wrapping_sub(from) as i32).to_le_bytes();
        for index in 0..COUNT {
            let (at, slot) = (index * STRIDE, SLOTS + index * size_of::<ClosureSlot>());
            let entry = &mut text[at..at + STRIDE];
            // endbr64; lea r11, [rip + slot]; jmp tail
            entry[..7].copy_from_slice(&[0xf3, 0x0f, 0x1e, 0xfa, 0x4c, 0x8d, 0x1d]);
            entry[7..11].copy_from_slice(&distance(at + 11, slot));
            entry[11] = 0xe9;
            entry[12..].copy_from_slice(&distance(at + 16, tail));
        }
        // jmp [rip + common]
        text[tail..tail + 2].copy_from_slice(&[0xff, 0x25]);
        text[tail + 2..tail + 6].copy_from_slice(&distance(tail + 6, CODE));
        text
    }

    /// The code of the first table, which that of all others is.
    static FIRST: AtomicPtr<u8> = AtomicPtr::new(ptr::null_mut());

    /// Maps the memory of a table.
    fn map() -> Option<NonNull<u8>> {
        use libc::{MAP_ANONYMOUS, MAP_FIXED, MAP_NORESERVE, MAP_PRIVATE, PROT_NONE};
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
        // SAFETY: addresses that nobody else has; of them the table's are given their memory, and
        // the others given back.
        unsafe {
            let start = libc::mmap(ptr::null_mut(), 2 * SIZE, PROT_NONE, flags, -1, 0).cast::<u8>();
            if start.addr() == libc::MAP_FAILED.addr() {
                return None;
            }
            let table = start.wrapping_add(start.align_offset(SIZE));
            let (before, behind) = (table.addr() - start.addr(), CODE + size_of::<Data>());
            let end = table.wrapping_add(behind.next_multiple_of(4096));
            if before != 0 {
                libc::munmap(start.cast(), before);
            }
            libc::munmap(end.cast(), start.addr() + 2 * SIZE - end.addr());
            let data = table.wrapping_add(CODE).cast::<libc::c_void>();
            let size = end.addr() - data.addr();
            let writable = libc::PROT_READ | libc::PROT_WRITE;
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
            let mapped = libc::mmap(data, size, writable, flags, -1, 0) == data && map_text(table);
            if !mapped {
                libc::munmap(table.cast(), end.addr() - table.addr());
            } else {
                show_to_leak_checker(data, size);
            }
            NonNull::new(table).filter(|_| mapped)
        }
    }

    /// LeakSanitizer, where it runs, looks for pointers in what it knows alone.
    ///
    /// Source: `sanitizer/lsan_interface.h`.
    fn show_to_leak_checker(data: *mut libc::c_void, size: usize) {
        type Register = unsafe extern "C" fn(*const libc::c_void, usize);
        // SAFETY: the name is the sanitizer's, and so is the function's type; the memory is never
        // given back.
        unsafe {
            let name = c"__lsan_register_root_region".as_ptr();
            let register = libc::dlsym(libc::RTLD_DEFAULT, name);
            if !register.is_null() {
                std::mem::transmute::<*mut libc::c_void, Register>(register)(data, size);
            }
        }
    }

    /// Maps the code at an address.
    ///
    /// # Safety
    /// The address is the caller's.
    unsafe fn map_text(at: *mut u8) -> bool {
        let first = FIRST.load(Ordering::Acquire);
        // SAFETY: the address is the caller's; a shared mapping of which nothing is to be moved is
        // mapped once more.
        unsafe {
            if !first.is_null() {
                let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
                return libc::mremap(first.cast(), 0, CODE, flags, at) == at.cast();
            }
            let Some(file) = memory_file() else { return false };
            let text = text();
            let written = libc::write(file, text.as_ptr().cast(), CODE) == CODE as isize;
            let executable = libc::PROT_READ | libc::PROT_EXEC;
            let flags = libc::MAP_SHARED | libc::MAP_FIXED;
            let mapped =
                written && libc::mmap(at.cast(), CODE, executable, flags, file, 0) == at.cast();
            libc::close(file);
            if mapped {
                FIRST.store(at, Ordering::Release);
            }
            mapped
        }
    }

    /// A file in memory that may be executed. Systems before Linux 6.3 do not know that one may not.
    fn memory_file() -> Option<libc::c_int> {
        const EXECUTABLE: libc::c_uint = 0x10;
        let make = |flags: libc::c_uint| {
            // SAFETY: a name that is terminated.
            unsafe { libc::memfd_create(c"metaffi".as_ptr(), libc::MFD_CLOEXEC | flags) }
        };
        [EXECUTABLE, 0].into_iter().map(make).find(|file| *file >= 0)
    }
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux", not(miri))))]
mod platform {
    use crate::call::upcall::slot::ClosureSlot;

    pub(in super::super) fn more(_: bool) -> Option<&'static [ClosureSlot]> {
        None
    }

    pub(in super::super) fn code(_: &'static ClosureSlot) -> *const () {
        std::ptr::null()
    }

    pub(in super::super) fn saves_floats(_: &'static ClosureSlot) -> bool {
        false
    }
}
