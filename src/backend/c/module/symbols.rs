//! What a shared library exports, read from its file.

use std::collections::HashSet;

use object::read::elf::{ElfFile, FileHeader};
use object::{File, Object, ObjectSymbol, SymbolIndex, SymbolKind as FileKind};

use super::library::SymbolKind;

/// An exported symbol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportedSymbol {
    /// Its name, without a version.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
}

/// The functions and data that a file exports, by name; none if it cannot be read. What it has only
/// for programs that were linked with an older version of it is not found by name.
pub fn exported(file: &str) -> Vec<ExportedSymbol> {
    let Ok(bytes) = std::fs::read(file) else { return Vec::new() };
    let Ok(parsed) = File::parse(&*bytes) else { return Vec::new() };
    let outdated = match &parsed {
        File::Elf32(file) => outdated(file),
        File::Elf64(file) => outdated(file),
        _ => HashSet::new(),
    };
    let mut symbols: Vec<ExportedSymbol> = parsed
        .dynamic_symbols()
        // What is chosen when it is loaded, and thread-local data, are no definitions to the crate.
        .filter(|symbol| symbol.section_index().is_some() && symbol.is_global())
        .filter(|symbol| !outdated.contains(&symbol.index()))
        .filter_map(|symbol| {
            let kind = match symbol.kind() {
                FileKind::Text => SymbolKind::Function,
                FileKind::Data => SymbolKind::Data,
                FileKind::Tls => SymbolKind::ThreadLocal,
                _ => return None,
            };
            Some(ExportedSymbol { name: symbol.name().ok()?.to_owned(), kind })
        })
        .collect();
    symbols.sort_by(|a, b| a.name.cmp(&b.name));
    symbols.dedup_by(|a, b| a.name == b.name);
    symbols
}

/// The symbols of versions that are not the default.
fn outdated<Elf: FileHeader>(file: &ElfFile<'_, Elf>) -> HashSet<SymbolIndex> {
    let versions = file.elf_section_table().versions(file.endian(), file.data());
    let Ok(Some(versions)) = versions else { return HashSet::new() };
    let indexes = file.dynamic_symbols().map(|symbol| symbol.index());
    indexes.filter(|index| versions.version_index(file.endian(), *index).is_hidden()).collect()
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_listed_is_found() {
        let mut library = super::super::library::Libraries::none();
        library.open("libc.so.6", &[]).unwrap();
        let found: Vec<ExportedSymbol> = library.files().flat_map(|file| exported(&file)).collect();
        let names: Vec<&str> = found.iter().map(|symbol| symbol.name.as_str()).collect();
        for name in ["strlen", "memset", "errno", "stdout", "qsort"] {
            assert!(names.contains(&name), "{name}");
        }
        // Kept for old programs alone.
        assert!(!names.contains(&"sys_errlist"));
        let lost: Vec<_> = names.iter().filter(|name| library.symbol(name).is_err()).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }

    #[test]
    fn functions_that_are_chosen_at_load_time_are_functions() {
        let mut library = super::super::library::Libraries::none();
        library.open("libm.so.6", &[]).unwrap();
        let found: Vec<ExportedSymbol> = library.files().flat_map(|file| exported(&file)).collect();
        let kind = |name: &str| found.iter().find(|one| one.name == name).map(|one| one.kind);
        assert_eq!(kind("tgamma"), Some(SymbolKind::Function));
        assert_eq!(kind("sin"), Some(SymbolKind::Function));
    }
}
