//! [`Types`]: the types of `--params` and `--returns`.

use std::str::FromStr;

use metaffi::error::{Error, Result};
use metaffi::signature::TypeInfo;

/// Types separated by commas; empty text is no types.
#[derive(Clone, Debug)]
pub struct Types(pub Vec<TypeInfo>);

impl FromStr for Types {
    type Err = Error;

    fn from_str(text: &str) -> Result<Types> {
        if text.trim().is_empty() {
            return Ok(Types(Vec::new()));
        }
        split(text).map(TypeInfo::from_str).collect::<Result<_>>().map(Types)
    }
}

/// The parts between commas; those of an alias, as in `handle<Map<K, V>>`, do not count.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    text.split(move |char| {
        match char {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
        char == ',' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> Vec<String> {
        text.parse::<Types>().unwrap().0.iter().map(TypeInfo::to_string).collect()
    }

    #[test]
    fn commas_separate_types_but_not_within_aliases() {
        assert_eq!(printed("int64, float64_array"), ["int64", "float64_array"]);
        assert_eq!(printed("handle<Map<K, V>>,any"), ["handle<Map<K, V>>", "any"]);
        assert!(printed(" ").is_empty());
    }

    #[test]
    fn a_missing_type_is_an_error() {
        assert!("int64,,any".parse::<Types>().unwrap_err().message().contains("named \"\""));
    }
}
