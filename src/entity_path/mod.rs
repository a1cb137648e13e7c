//! [`EntityPath`]: the text that names an entity in a module.
//!
//! Items are separated by commas; an item is `key=value` or a tag. A backslash takes the
//! character after it literally: a comma, an equals sign, a backslash, a bracket, or white space, which is
//! otherwise dropped around keys, values and tags. In a value, what is in brackets needs none.

mod parse;

use std::fmt;

use crate::error::{Error, Result, Status};
use crate::suggest;

#[doc(hidden)]
pub use parse::check_round_trip;

/// Ordered `key=value` pairs and tags; every name at most once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EntityPath {
    items: Vec<PathItem>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct PathItem {
    /// The key of a pair, or the tag.
    name: Box<str>,
    /// `None` for a tag.
    value: Option<Box<str>>,
}

impl EntityPath {
    /// A path without items, to build one from. As text it is not a path yet.
    pub const fn new() -> EntityPath {
        EntityPath { items: Vec::new() }
    }

    /// The path that `text` spells; an error has the column (in bytes, from 1) and what was
    /// expected there.
    pub fn parse(text: &str) -> Result<EntityPath> {
        parse::items(text).map(|items| EntityPath { items }).map_err(|fault| fault.into_error(text))
    }

    /// The path with `key=value`, in place of what had that name.
    ///
    /// # Panics
    /// If the key or the value is empty, which no path can spell.
    #[must_use]
    pub fn with(self, key: &str, value: &str) -> EntityPath {
        assert!(!value.is_empty(), "an entity path's value is not empty");
        self.put(key, Some(value))
    }

    /// The path with a tag, in place of what had that name.
    ///
    /// # Panics
    /// If the tag is empty, which no path can spell.
    #[must_use]
    pub fn tag(self, tag: &str) -> EntityPath {
        self.put(tag, None)
    }

    fn put(mut self, name: &str, value: Option<&str>) -> EntityPath {
        assert!(!name.is_empty(), "an entity path's keys and tags are not empty");
        let item = PathItem { name: name.into(), value: value.map(Into::into) };
        match self.items.iter_mut().find(|item| *item.name == *name) {
            Some(same) => *same = item,
            None => self.items.push(item),
        }
        self
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs().find(|&(known, _)| known == key).map(|(_, value)| value)
    }

    /// Whether it has a tag.
    pub fn has(&self, tag: &str) -> bool {
        self.tags().any(|known| known == tag)
    }

    /// The path without a tag.
    #[must_use]
    pub fn without_tag(&self, tag: &str) -> EntityPath {
        let keep = |item: &&PathItem| item.value.is_some() || *item.name != *tag;
        EntityPath { items: self.items.iter().filter(keep).cloned().collect() }
    }

    /// The pairs in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.items.iter().filter_map(|item| Some((&*item.name, item.value.as_deref()?)))
    }

    /// The tags in order.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter(|item| item.value.is_none()).map(|item| &*item.name)
    }

    /// Refuses keys and tags other than those that a runtime knows; who asks says of which path.
    pub fn check(&self, keys: &[&str], tags: &[&str]) -> Result<()> {
        self.items.iter().try_for_each(|item| {
            let fault = match (keys.contains(&&*item.name), tags.contains(&&*item.name)) {
                (true, _) if item.value.is_some() => return Ok(()),
                (_, true) if item.value.is_none() => return Ok(()),
                (true, _) => format!("key \"{0}\" has no value; write {0}=…", item.name),
                (_, true) => format!("tag \"{0}\" takes no value; write just {0}", item.name),
                (false, false) => self.unknown(item, keys, tags),
            };
            Err(Error::new(Status::Syntax, fault))
        })
    }

    /// The one key that names an entity, and its value, which only a key that is among the tags as
    /// well may lack; refuses what [`check`](Self::check) refuses.
    pub fn one(&self, keys: &[&str], tags: &[&str]) -> Result<(&str, Option<&str>)> {
        self.check(keys, tags)?;
        let mut names = self.items.iter().filter(|item| keys.contains(&&*item.name));
        match (names.next(), names.next()) {
            (Some(item), None) => Ok((&item.name, item.value.as_deref())),
            _ => {
                let way = |key: &&str| match tags.contains(key) {
                    true => (*key).to_owned(),
                    false => format!("{key}=…"),
                };
                let ways: Vec<String> = keys.iter().map(way).collect();
                let message = format!("name one entity, by one of {}", ways.join(", "));
                Err(Error::new(Status::Syntax, message))
            }
        }
    }

    fn unknown(&self, item: &PathItem, keys: &[&str], tags: &[&str]) -> String {
        let (what, way_out) = match (&item.value, keys) {
            // A path that names something has no need of another name.
            (None, [key, ..]) if !keys.iter().any(|key| self.get(key).is_some()) => {
                ("tag", format!("; an entity of that name is {key}={}", item.name))
            }
            (None, _) => ("tag", String::new()),
            (Some(_), _) => ("key", String::new()),
        };
        let known = keys.iter().chain(tags).copied();
        let list = |names: &[&str]| if names.is_empty() { "none".into() } else { names.join(", ") };
        format!(
            "unknown {what} \"{}\"{}{way_out}; the keys are: {}; the tags are: {}",
            item.name,
            suggest::hint(&item.name, known),
            list(keys),
            list(tags)
        )
    }
}

/// The path's text; `parse` gives back an equal path.
impl fmt::Display for EntityPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.items.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            escape(f, &item.name, false)?;
            if let Some(value) = &item.value {
                f.write_str("=")?;
                escape(f, value, true)?;
            }
        }
        Ok(())
    }
}

fn escape(f: &mut fmt::Formatter<'_>, text: &str, has_brackets: bool) -> fmt::Result {
    use fmt::Write;

    for (at, char) in text.char_indices() {
        let outermost = at == 0 || at + char.len_utf8() == text.len();
        let opens = has_brackets && char == '(' && !is_closed(&text[at..]);
        if matches!(char, ',' | '=' | '\\') || opens || outermost && char.is_whitespace() {
            f.write_char('\\')?;
        }
        f.write_char(char)?;
    }
    Ok(())
}

/// Whether the bracket that opens a text, in which nothing is escaped, is closed.
fn is_closed(text: &str) -> bool {
    let mut depth = 0usize;
    text.chars().any(|char| {
        match char {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    })
}

impl std::str::FromStr for EntityPath {
    type Err = Error;

    fn from_str(text: &str) -> Result<EntityPath> {
        EntityPath::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_tags_are_found_in_order() {
        let path = EntityPath::parse("class=a.B,callable=<init>,instance_required,getter").unwrap();
        assert_eq!(path.get("class"), Some("a.B"));
        assert_eq!(path.get("callable"), Some("<init>"));
        assert_eq!(path.get("getter"), None);
        assert!(path.has("getter") && !path.has("class") && !path.has("setter"));
        assert!(path.pairs().eq([("class", "a.B"), ("callable", "<init>")]));
        assert!(path.tags().eq(["instance_required", "getter"]));
    }

    #[test]
    fn a_built_path_is_the_parsed_one() {
        let built = EntityPath::new().with("callable", "f,g=\\").tag("getter").tag("getter");
        assert_eq!(built.to_string(), r"callable=f\,g\=\\,getter");
        assert_eq!(EntityPath::parse(&built.to_string()).unwrap(), built);
        assert_eq!(built.without_tag("getter").to_string(), r"callable=f\,g\=\\");
        assert_eq!(built.without_tag("callable"), built);
        assert_eq!(built.with("callable", "h").to_string(), "callable=h,getter");
    }

    #[test]
    fn outer_white_space_of_a_value_survives() {
        let built = EntityPath::new().with(" key ", "\t two  words\u{3000}").tag(" ");
        assert_eq!(EntityPath::parse(&built.to_string()).unwrap(), built);
    }

    #[test]
    #[should_panic(expected = "value is not empty")]
    fn an_empty_value_cannot_be_built() {
        let _ = EntityPath::new().with("callable", "");
    }

    #[test]
    #[should_panic(expected = "keys and tags are not empty")]
    fn an_empty_tag_cannot_be_built() {
        let _ = EntityPath::new().tag("");
    }

    #[test]
    fn known_names_pass_the_check() {
        let path: EntityPath = "callable=f,getter".parse().unwrap();
        path.check(&["callable", "global"], &["getter", "setter"]).unwrap();
        EntityPath::new().check(&[], &[]).unwrap();
    }

    #[test]
    fn one_key_names_an_entity() {
        let one = |text: &str| {
            let path = EntityPath::parse(text).unwrap();
            let one = path.one(&["callable", "item"], &["item", "getter"]);
            one.map(|(key, value)| (key.to_owned(), value.map(str::to_owned)))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(one("callable=f,getter").unwrap(), ("callable".into(), some("f")));
        assert_eq!(one("getter,item").unwrap(), ("item".into(), None));
        assert_eq!(one("item=a b").unwrap(), ("item".into(), some("a b")));
        for text in ["getter", "item,callable=f"] {
            let error = one(text).unwrap_err();
            assert_eq!(error.message(), "name one entity, by one of callable=…, item");
        }
        assert!(one("callable").unwrap_err().message().contains("write callable=…"));
    }

    #[test]
    fn unknown_names_are_refused_with_what_is_known() {
        let refusal = |text: &str| {
            let path = EntityPath::parse(text).unwrap();
            let error = path.check(&["callable", "global"], &["getter"]).unwrap_err();
            assert_eq!(error.status(), Status::Syntax);
            error.message().to_owned()
        };
        assert_eq!(
            refusal("calable=f"),
            "unknown key \"calable\" (did you mean \"callable\"?); \
             the keys are: callable, global; the tags are: getter"
        );
        assert!(refusal("puts").starts_with(
            "unknown tag \"puts\"; an entity of that name is callable=puts; the keys are: "
        ));
        assert!(refusal("callable=f,puts").starts_with("unknown tag \"puts\"; the keys are: "));
        assert!(refusal("callable").contains("key \"callable\" has no value; write callable=…"));
        assert!(refusal("callable=f,getter=1").contains("tag \"getter\" takes no value"));
        let error = EntityPath::parse("a").unwrap().check(&[], &[]).unwrap_err();
        assert!(error.message().contains("the keys are: none; the tags are: none"));
    }
}
