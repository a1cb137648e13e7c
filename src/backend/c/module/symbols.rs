//! What a shared library exports, read from its file.

use object::{Object, ObjectSymbol, SymbolKind as FileKind};

use super::library::SymbolKind;

/// An exported symbol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExportedSymbol {
    /// Its name, without a version.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
}

/// The functions and data that a file exports, by name; none if it cannot be read.
pub fn exported(file: &str) -> Vec<ExportedSymbol> {
    let Ok(bytes) = std::fs::read(file) else { return Vec::new() };
    let Ok(parsed) = object::File::parse(&*bytes) else { return Vec::new() };
    let mut symbols: Vec<ExportedSymbol> = parsed
        .dynamic_symbols()
        // What is chosen when it is loaded, and thread-local data, are no definitions to the crate.
        .filter(|symbol| symbol.section_index().is_some() && symbol.is_global())
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

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

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
