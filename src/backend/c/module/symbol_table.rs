//! What the symbol of a name at an address is, by the hash table of what is loaded there: asking the
//! dynamic linker for an address goes through all symbols of a library.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;

use super::library::SymbolKind;
use crate::fork;

/// What is looked for, and what was found.
struct SymbolQuery<'a> {
    name: &'a CStr,
    address: usize,
    found: Option<SymbolKind>,
}

/// What a symbol is that is at an address; `None` if the table of what is loaded there does not have
/// both together.
pub(super) fn kind(name: &CStr, address: *const c_void) -> Option<SymbolKind> {
    let mut search = SymbolQuery { name, address: address.addr(), found: None };
    // No fork makes the linker's lock anew in the child.
    // SAFETY: the search outlives the call, which looks at what is loaded under that lock.
    fork::section(|| unsafe { libc::dl_iterate_phdr(Some(look), (&raw mut search).cast()) });
    search.found
}

unsafe extern "C" fn look(info: *mut libc::dl_phdr_info, _: usize, data: *mut c_void) -> c_int {
    // SAFETY: the linker describes what is loaded, and stays as it is meanwhile; the data are the
    // search.
    unsafe {
        let (info, search) = (&*info, &mut *data.cast::<SymbolQuery<'_>>());
        let base = info.dlpi_addr as usize;
        let mut dynamic = None;
        let mut is_here = false;
        for index in 0..usize::from(info.dlpi_phnum) {
            let part = &*info.dlpi_phdr.add(index);
            let start = base.wrapping_add(part.p_vaddr as usize);
            match part.p_type {
                libc::PT_LOAD => {
                    is_here |= search.address.wrapping_sub(start) < part.p_memsz as usize;
                }
                libc::PT_DYNAMIC => dynamic = Some(start),
                _ => {}
            }
        }
        if !is_here {
            return 0;
        }
        let table = dynamic.and_then(|dynamic| SymbolTable::at(base, dynamic));
        search.found = table.and_then(|table| table.kind(search.name, search.address));
        1
    }
}

/// Tags of the dynamic section, and symbol types, of the ELF specification.
mod elf {
    pub(super) const END: u64 = 0;
    pub(super) const STRINGS: u64 = 5;
    pub(super) const SYMBOLS: u64 = 6;
    pub(super) const GNU_HASH: u64 = 0x6fff_fef5;
    pub(super) const OBJECT: u8 = 1;
    pub(super) const FUNCTION: u8 = 2;
    pub(super) const CHOSEN_FUNCTION: u8 = 10;
}

/// The symbols of something loaded.
struct SymbolTable {
    base: usize,
    symbols: *const libc::Elf64_Sym,
    strings: *const c_char,
    hash: *const u32,
}

impl SymbolTable {
    /// That of what is loaded at `base`, whose dynamic section is at `section`.
    unsafe fn at(base: usize, section: usize) -> Option<SymbolTable> {
        let (mut symbols, mut strings, mut hash) = (0, 0, 0);
        let mut entry = ptr::with_exposed_provenance::<[u64; 2]>(section);
        // SAFETY: the section ends with an entry that says so.
        unsafe {
            while (*entry)[0] != elf::END {
                let [tag, value] = *entry;
                // Where the linker cannot write, addresses are as in the file.
                let value = value as usize;
                let address = if value < base { base + value } else { value };
                match tag {
                    elf::SYMBOLS => symbols = address,
                    elf::STRINGS => strings = address,
                    elf::GNU_HASH => hash = address,
                    _ => {}
                }
                entry = entry.add(1);
            }
        }
        (symbols != 0 && strings != 0 && hash != 0).then(|| SymbolTable {
            base,
            symbols: ptr::with_exposed_provenance(symbols),
            strings: ptr::with_exposed_provenance(strings),
            hash: ptr::with_exposed_provenance(hash),
        })
    }

    /// What the symbol of that name is, if it is at the address, or chooses what is.
    unsafe fn kind(&self, name: &CStr, address: usize) -> Option<SymbolKind> {
        let hash = |hash: u32, byte: &u8| hash.wrapping_mul(33).wrapping_add(u32::from(*byte));
        let hash = name.to_bytes().iter().fold(5381, hash);
        // SAFETY: numbers of buckets, of the first symbol that is in them, and of eight-byte words
        // that come before the buckets; behind them is a hash for each symbol, whose lowest bit ends
        // a bucket.
        unsafe {
            let [buckets, first, words] = *self.hash.cast::<[u32; 3]>();
            let bucket = self.hash.add(4 + 2 * words as usize);
            let chain = bucket.add(buckets as usize);
            if buckets == 0 {
                return None;
            }
            let mut index = *bucket.add((hash % buckets) as usize);
            if index < first {
                return None;
            }
            loop {
                let known = *chain.add((index - first) as usize);
                let symbol = &*self.symbols.add(index as usize);
                let is_named = known | 1 == hash | 1
                    && CStr::from_ptr(self.strings.add(symbol.st_name as usize)) == name;
                let is_here = self.base.wrapping_add(symbol.st_value as usize) == address;
                match symbol.st_info & 0xf {
                    elf::CHOSEN_FUNCTION if is_named => return Some(SymbolKind::Function),
                    elf::FUNCTION if is_named && is_here => return Some(SymbolKind::Function),
                    elf::OBJECT if is_named && is_here => return Some(SymbolKind::Data),
                    _ if known & 1 == 1 => return None,
                    _ => index += 1,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::c::module::library::Libraries;

    #[test]
    fn a_name_at_an_address_is_what_its_table_says() {
        let process = Libraries::process();
        let of = |name: &CStr| {
            let address = process.symbol(name.to_str().unwrap()).unwrap();
            kind(name, address.cast_const())
        };
        assert_eq!(of(c"strtol"), Some(SymbolKind::Function));
        // It is chosen for the processor.
        assert_eq!(of(c"strlen"), Some(SymbolKind::Function));
        assert_eq!(of(c"environ"), Some(SymbolKind::Data));
        let strtol = process.symbol("strtol").unwrap().cast_const();
        assert_eq!(kind(c"strtoll_not", strtol), None);
        assert_eq!(kind(c"qsort", strtol), None);
        assert_eq!(kind(c"strtol", strtol.wrapping_byte_add(1)), None);
        assert_eq!(kind(c"strtol", (&raw const process).cast()), None);
    }
}
