//! What to say about a name that means nothing.

use super::cursor::Parser;
use super::fault::Fault;
use super::state::{Item, State};
use super::symbol::Symbol;
use super::token::Token;

impl Parser<'_> {
    /// What to write instead of an unknown type name, or nothing.
    #[cold]
    pub(crate) fn hint_for_type(&self, name: Symbol) -> String {
        if let Some(index) = self.state.find_tag(name) {
            let type_id = self.state.tags[index].type_id;
            return format!("; write '{}'", self.state.types.spell(type_id));
        }
        if let Some(hint) = self.hint_for_macro(name) {
            return hint;
        }
        let spelling = self.spelling(name);
        let types =
            self.state.entries.iter().filter(|entry| matches!(entry.item, Item::Typedef(_)));
        close_names(spelling, types.map(|entry| self.spelling(entry.name)))
    }

    fn hint_for_macro(&self, name: Symbol) -> Option<String> {
        let definition = self.state.macros.get(name).filter(|found| found.function_like)?;
        Some(format!(
            "; it is a macro with arguments ({}), which are not expanded in declarations given as \
             text: pass the header as a part of the module path that ends in .h",
            definition.body()
        ))
    }

    /// An identifier in an expression that nothing declares.
    #[cold]
    pub(crate) fn unknown_identifier(&self, name: Token) -> Fault {
        let spelling = self.spelling(name.symbol);
        let hint = self
            .hint_for_macro(name.symbol)
            .unwrap_or_else(|| self.state.close_ordinary_names(spelling));
        Fault::new(name.at, format!("'{spelling}' is not declared{hint}"))
    }
}

impl State {
    /// `; did you mean …?` with names like this one.
    #[cold]
    pub(crate) fn close_ordinary_names(&self, name: &str) -> String {
        let entries = self.entries.iter().map(|entry| self.symbols.spelling(entry.name));
        let macros = self.macros.iter().filter(|found| !found.built_in);
        close_names(name, entries.chain(macros.map(|found| self.symbols.spelling(found.name))))
    }
}

/// `; did you mean 'a' or 'b'?`, or nothing if no name is close.
fn close_names<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 3;
    let limit = (name.len() / 3).clamp(1, 3);
    let mut close: Vec<(usize, &str)> = names
        .filter(|other| other.len().abs_diff(name.len()) <= limit && *other != name)
        .filter_map(|other| Some((distance(name, other, limit)?, other)))
        .collect();
    close.sort_unstable();
    close.dedup();
    close.truncate(SHOWN);
    if close.is_empty() {
        return String::new();
    }
    let close: Vec<String> = close.into_iter().map(|(_, name)| format!("'{name}'")).collect();
    format!("; did you mean {}?", close.join(" or "))
}

/// The number of letters to insert, delete or change, if at most `limit`.
fn distance(left: &str, right: &str, limit: usize) -> Option<usize> {
    const LONGEST: usize = 64;
    if left.len() > LONGEST || right.len() > LONGEST {
        return None;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, byte) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in right.bytes().enumerate() {
            let changed = diagonal + usize::from(byte != other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row.last().copied().filter(|&distance| distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_names_come_nearest_first() {
        let names = ["size_t", "ssize_t", "uint8_t", "time_t"];
        let hint = close_names("sise_t", names.into_iter());
        assert_eq!(hint, "; did you mean 'size_t' or 'ssize_t' or 'time_t'?");
        assert_eq!(close_names("wholly_other", names.into_iter()), "");
    }
}
