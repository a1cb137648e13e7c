use crate::backend::c::data::ctype::CType;

/// Writes a word where C keeps a value of the type.
///
/// # Safety
/// `word` is a value of the type as [`to_c`](super::to_c) made it; `to` has room for it, aligned
/// or not.
pub unsafe fn store_word(ctype: &CType, word: u64, to: *mut u8) {
    // SAFETY: `word` is a value of the type as `to_c` made it; `to` has room for it, aligned or
    // not.
    unsafe {
        if ctype.by_address() {
            let from = std::ptr::with_exposed_provenance::<u8>(word as usize);
            to.copy_from(from, ctype.size);
            return;
        }
        match ctype.size {
            1 => to.write(word as u8),
            2 => to.cast::<u16>().write_unaligned(word as u16),
            4 => to.cast::<u32>().write_unaligned(word as u32),
            8 => to.cast::<u64>().write_unaligned(word),
            _ => {}
        }
    }
}
