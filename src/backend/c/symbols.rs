//! What a shared library exports, read from its file.

use object::{Object, ObjectSymbol, SymbolKind as FileKind};

use super::library::SymbolKind;

/// An exported symbol.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Symbol {
    /// Its name, without a version.
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
}

/// The functions and data that a file exports, by name; none if it cannot be read.
pub fn exported(file: &str) -> Vec<Symbol> {
    let Ok(bytes) = std::fs::read(file) else { return Vec::new() };
    let Ok(parsed) = object::File::parse(&*bytes) else { return Vec::new() };
    let mut symbols: Vec<Symbol> = parsed
        .dynamic_symbols()
        .filter(|symbol| symbol.is_definition() && symbol.is_global())
        .filter_map(|symbol| {
            let kind = match symbol.kind() {
                FileKind::Text => SymbolKind::Function,
                FileKind::Data => SymbolKind::Data,
                FileKind::Tls => SymbolKind::ThreadLocal,
                _ => return None,
            };
            Some(Symbol { name: symbol.name().ok()?.to_owned(), kind })
        })
        .collect();
    symbols.sort_by(|a, b| a.name.cmp(&b.name));
    symbols.dedup_by(|a, b| a.name == b.name);
    symbols
}
