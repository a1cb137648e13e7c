//! Text to items.

use super::{EntityPath, PathItem};
use crate::error::{Error, Status};

/// Where a path stops making sense, and why.
#[derive(Debug)]
pub(super) struct PathFault {
    /// In bytes, from 0.
    at: usize,
    message: String,
}

impl PathFault {
    fn new(at: usize, message: impl Into<String>) -> PathFault {
        PathFault { at, message: message.into() }
    }

    pub(super) fn into_error(self, text: &str) -> Error {
        let (column, message) = (self.at + 1, self.message);
        Error::new(Status::Syntax, format!("entity path \"{text}\", column {column}: {message}"))
    }
}

/// The items of a path.
pub(super) fn items(text: &str) -> Result<Vec<PathItem>, PathFault> {
    let mut reader = Reader { text, at: 0 };
    let mut items: Vec<PathItem> = Vec::new();
    loop {
        let at = reader.skip_space();
        let item = reader.item()?;
        if items.iter().any(|known| known.name == item.name) {
            return Err(PathFault::new(at, format!("\"{}\" is given twice; leave one", item.name)));
        }
        items.push(item);
        if reader.next().is_none() {
            return Ok(items);
        }
    }
}

/// Reads words: text up to an unescaped comma or equals sign.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    fn skip_space(&mut self) -> usize {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next();
        }
        self.at
    }

    /// One item, up to the comma or the end after it.
    fn item(&mut self) -> Result<PathItem, PathFault> {
        let name = self.word("a key or a tag", false)?;
        if self.peek() != Some('=') {
            return Ok(PathItem { name, value: None });
        }
        self.next();
        let value = self.word(&format!("the value of \"{name}\""), true)?;
        if self.peek() == Some('=') {
            let message = "expected a comma or the end; an equals sign in a value is written \\=";
            return Err(PathFault::new(self.at, message));
        }
        Ok(PathItem { name, value: Some(value) })
    }

    /// A word. Where it may have brackets, everything up to the one that closes another belongs to it.
    fn word(&mut self, expected: &str, has_brackets: bool) -> Result<Box<str>, PathFault> {
        self.skip_space();
        let mut word = String::new();
        let mut significant = 0;
        let mut close = self.at;
        while let Some(char) =
            self.peek().filter(|char| self.at < close || !matches!(char, ',' | '='))
        {
            if has_brackets && char == '(' && self.at >= close {
                close = closing(&self.text[self.at..]).map_or(close, |length| self.at + length);
            }
            self.next();
            word.push(if char == '\\' { self.escaped()? } else { char });
            if !char.is_whitespace() {
                significant = word.len();
            }
        }
        word.truncate(significant);
        if word.is_empty() {
            return Err(PathFault::new(
                self.at,
                format!("expected {expected}, found {}", self.found()),
            ));
        }
        Ok(word.into())
    }

    /// The character after a backslash.
    fn escaped(&mut self) -> Result<char, PathFault> {
        let at = self.at;
        match self.next() {
            Some(char) if matches!(char, ',' | '=' | '\\' | '(' | ')') || char.is_whitespace() => {
                Ok(char)
            }
            _ => Err(PathFault::new(
                at,
                "expected a comma, an equals sign, a bracket, a backslash or a space after a backslash; \
                 a backslash itself is written \\\\",
            )),
        }
    }

    fn found(&self) -> String {
        self.peek().map_or("the end".into(), |char| format!("\"{char}\""))
    }
}

/// Where the bracket ends that opens a text; `None` if nothing closes it.
pub(super) fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut is_escaped) = (0usize, false);
    for (at, char) in text.char_indices() {
        match char {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '(' => depth += 1,
            ')' if depth == 1 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// What holds of every text: either it is a path, whose own text is the same path again, or it
/// is refused at a place inside it.
///
/// # Panics
/// If that does not hold.
pub fn check_round_trip(text: &str) {
    match items(text) {
        Ok(items) => {
            let path = EntityPath { items };
            let printed = path.to_string();
            let again = EntityPath::parse(&printed).expect("a path's own text is a path");
            assert_eq!(again, path, "{text:?} printed as {printed:?}");
            assert_eq!(again.to_string(), printed);
            assert_eq!(path.pairs().count() + path.tags().count(), path.items.len());
        }
        Err(fault) => assert!(text.is_char_boundary(fault.at), "{text:?}: {fault:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> (usize, String) {
        let fault = items(text).unwrap_err();
        (fault.at, fault.message)
    }

    #[test]
    fn white_space_around_words_is_dropped() {
        let path = EntityPath::parse(" callable = a b , getter\n").unwrap();
        assert_eq!(path, EntityPath::new().with("callable", "a b").tag("getter"));
    }

    #[test]
    fn escapes_are_taken_literally() {
        let path = EntityPath::parse(r"a\,b=\=c\\\ ,d\=").unwrap();
        assert_eq!(path, EntityPath::new().with("a,b", "=c\\ ").tag("d="));
    }

    #[test]
    fn what_is_in_brackets_belongs_to_a_value() {
        let one = |text| EntityPath::parse(text).unwrap();
        let path = one("callable=add(int, long),instance_required");
        assert_eq!(
            path,
            EntityPath::new().with("callable", "add(int, long)").tag("instance_required")
        );
        assert_eq!(one("eval=f((a,b),c=1)").get("eval"), Some("f((a,b),c=1)"));
        // What nothing closes is a character like others, as is what is escaped.
        assert_eq!(one("a=(b,c"), EntityPath::new().with("a", "(b").tag("c"));
        assert_eq!(one(r"a=\(b,c)"), EntityPath::new().with("a", "(b").tag("c)"));
        assert_eq!(EntityPath::new().with("a", "((b)").tag("c)").to_string(), r"a=\((b),c)");
    }

    #[test]
    fn a_missing_word_is_refused_where_it_was_expected() {
        assert_eq!(refusal(""), (0, "expected a key or a tag, found the end".into()));
        assert_eq!(refusal("a,,b"), (2, "expected a key or a tag, found \",\"".into()));
        assert_eq!(refusal("a, "), (3, "expected a key or a tag, found the end".into()));
        assert_eq!(refusal("=a"), (0, "expected a key or a tag, found \"=\"".into()));
        assert_eq!(refusal("a="), (2, "expected the value of \"a\", found the end".into()));
        assert_eq!(refusal("a= ,b").0, 3);
        assert_eq!(refusal("a==b").0, 2);
    }

    #[test]
    fn a_second_equals_sign_is_refused() {
        let (at, message) = refusal("a=b=c");
        assert_eq!(at, 3);
        assert!(message.contains("written \\="), "{message}");
    }

    #[test]
    fn a_backslash_escapes_only_what_has_a_meaning() {
        assert_eq!(refusal("a\\").0, 2);
        assert_eq!(refusal("a=\\n").0, 3);
    }

    #[test]
    fn a_name_is_given_once() {
        let (at, message) = refusal("a=1, a=2");
        assert_eq!(at, 5);
        assert!(message.contains("\"a\" is given twice"), "{message}");
        assert_eq!(refusal("a,a").0, 2);
        assert_eq!(refusal("a=1,a").0, 4);
    }

    #[test]
    fn an_error_has_the_text_and_the_column() {
        let error = EntityPath::parse("é,,").unwrap_err();
        assert_eq!(error.status(), Status::Syntax);
        assert!(error.message().starts_with("entity path \"é,,\", column 4: expected"), "{error}");
    }

    #[test]
    fn every_short_text_round_trips_or_is_refused() {
        let alphabet = ['a', 'é', ',', '=', '\\', ' ', '(', ')'];
        let mut texts = vec![String::new()];
        for _ in 0..5 {
            texts = texts.iter().flat_map(|t| alphabet.map(|c| format!("{t}{c}"))).collect();
            texts.iter().for_each(|text| check_round_trip(text));
        }
    }
}
