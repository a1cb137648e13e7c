//! [`Thing`]: an object as it should be.

use metaffi::object::{Iteration, TextKind};

use super::choices::Choices;
use super::datum::{Datum, NAMES, is_among, listed};
use super::operation::{Answer, Operation, Refusal, Said, raises};
use super::{attributes, entries, sequence, sets};

/// What kind of object it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    List,
    Tuple,
    Text,
    Bytes,
    ByteArray,
    Deque,
    Array,
    Dict,
    OrderedDict,
    Set,
    FrozenSet,
    Namespace,
    Properties,
    Point,
    HostList,
    HostMap,
    HostRecord,
}

/// All of them.
pub const SORTS: [Sort; 17] = [
    Sort::List,
    Sort::Tuple,
    Sort::Text,
    Sort::Bytes,
    Sort::ByteArray,
    Sort::Deque,
    Sort::Array,
    Sort::Dict,
    Sort::OrderedDict,
    Sort::Set,
    Sort::FrozenSet,
    Sort::Namespace,
    Sort::Properties,
    Sort::Point,
    Sort::HostList,
    Sort::HostMap,
    Sort::HostRecord,
];

impl Sort {
    /// What the guest calls what makes one.
    pub fn name(self) -> &'static str {
        match self {
            Sort::List => "list",
            Sort::Tuple => "tuple",
            Sort::Text => "text",
            Sort::Bytes => "bytes",
            Sort::ByteArray => "bytearray",
            Sort::Deque => "deque",
            Sort::Array => "array",
            Sort::Dict => "dict",
            Sort::OrderedDict => "ordered dict",
            Sort::Set => "set",
            Sort::FrozenSet => "frozenset",
            Sort::Namespace => "namespace",
            Sort::Properties => "properties",
            Sort::Point => "point",
            Sort::HostList | Sort::HostMap | Sort::HostRecord => "host",
        }
    }

    pub fn is_sequence(self) -> bool {
        use Sort::*;
        matches!(self, List | Tuple | Text | Bytes | ByteArray | Deque | Array | HostList)
    }

    pub fn is_mapping(self) -> bool {
        matches!(self, Sort::Dict | Sort::OrderedDict | Sort::HostMap)
    }

    pub fn is_set(self) -> bool {
        matches!(self, Sort::Set | Sort::FrozenSet)
    }

    pub fn is_host(self) -> bool {
        matches!(self, Sort::HostList | Sort::HostMap | Sort::HostRecord)
    }
}

/// An object as it should be: its items, entries and attributes, as far as it has any.
#[derive(Clone, Debug)]
pub struct Thing {
    pub sort: Sort,
    pub items: Vec<Datum>,
    pub entries: Vec<(Datum, Datum)>,
    pub attributes: Vec<(String, Datum)>,
    /// How many look at its memory.
    pub views: usize,
    /// How often its content was changed.
    pub changes: usize,
}

impl Thing {
    /// One of items.
    pub fn of_items(sort: Sort, items: Vec<Datum>) -> Thing {
        Thing { sort, items, entries: vec![], attributes: vec![], views: 0, changes: 0 }
    }

    /// A new one, of something that it may hold.
    pub fn choose(choices: &mut Choices<'_>) -> Thing {
        let sort = choices.pick(&SORTS);
        let mut thing = Thing::of_items(sort, vec![]);
        match sort {
            Sort::Text => {
                let text = choices.some(4, |choices| choices.pick(&['a', 'b', 'ö', '\u{1f600}']));
                thing.items = text.into_iter().map(|one| Datum::Text(one.to_string())).collect();
            }
            Sort::Bytes | Sort::ByteArray => {
                thing.items =
                    choices.some(5, |choices| Datum::Int(i64::from(Datum::byte(choices))));
            }
            Sort::Array => {
                thing.items = choices.some(5, |choices| {
                    Datum::Int(choices.pick(&[i64::MIN, -1, 0, 1, 2, i64::MAX]))
                });
            }
            Sort::Set | Sort::FrozenSet => {
                for one in choices.some(5, Datum::choose) {
                    if !is_among(&one, &thing.items) {
                        thing.items.push(one);
                    }
                }
            }
            sort if sort.is_mapping() => {
                for key in choices.some(4, Datum::choose) {
                    thing.put(key, Datum::choose(choices));
                }
            }
            Sort::Namespace | Sort::HostRecord => {
                for name in choices.some(3, |choices| choices.pick(&NAMES)) {
                    thing.set(name, Datum::choose(choices));
                }
            }
            Sort::Properties => {
                thing.set("_x", Datum::Int(0));
                thing.set("plain", Datum::Int(1));
            }
            Sort::Point => {
                thing.set("x", Datum::choose(choices));
                thing.set("y", Datum::choose(choices));
            }
            _ => thing.items = choices.some(5, Datum::choose),
        }
        thing
    }

    /// Where a key is.
    pub fn find(&self, key: &Datum) -> Option<usize> {
        self.entries.iter().position(|(known, _)| known.equals(key))
    }

    /// Writes an entry: a key that is there stays the one that it was.
    pub fn put(&mut self, key: Datum, value: Datum) {
        match self.find(&key) {
            Some(at) => self.entries[at].1 = value,
            None => {
                self.entries.push((key, value));
                self.changes += 1;
            }
        }
    }

    /// Where an attribute is.
    pub fn attribute(&self, name: &str) -> Option<usize> {
        self.attributes.iter().position(|(known, _)| known == name)
    }

    /// Writes an attribute.
    pub fn set(&mut self, name: &str, value: Datum) {
        match self.attribute(name) {
            Some(at) => self.attributes[at].1 = value,
            None => self.attributes.push((name.to_owned(), value)),
        }
    }

    /// All that an iteration gives.
    pub fn elements(&self, iteration: Iteration) -> Vec<Datum> {
        let entries = self.entries.iter();
        match iteration {
            Iteration::Itself if !self.sort.is_mapping() => self.items.clone(),
            Iteration::Itself | Iteration::Keys => entries.map(|(key, _)| key.clone()).collect(),
            Iteration::Values => entries.map(|(_, value)| value.clone()).collect(),
            Iteration::Entries => {
                entries.flat_map(|(key, value)| [key.clone(), value.clone()]).collect()
            }
        }
    }

    pub fn length(&self) -> usize {
        if self.sort.is_mapping() { self.entries.len() } else { self.items.len() }
    }

    /// The text that one of sort `Text` is.
    pub fn text(&self) -> String {
        let one =
            |one: &Datum| if let Datum::Text(text) = one { text.clone() } else { String::new() };
        self.items.iter().map(one).collect()
    }

    /// Whether an operation is left out: the thing would fail in everything after it, or what it does
    /// depends on what is in the values.
    pub fn leaves_out(&self, operation: &Operation) -> bool {
        use Operation::*;
        match operation {
            SetAttribute("x" | "y", None) => self.sort == Sort::Point,
            // It has that since 3.13.
            Invoke("clear", ..) => self.sort == Sort::Array,
            Invoke("update", values, _) => self.sort.is_set() || !values.is_empty(),
            Invoke("count" | "index" | "startswith", values, _) => values.len() == 2,
            _ => false,
        }
    }

    /// What an operation does, with the object that it is given, if there is one other than this.
    pub fn answer(&mut self, operation: &Operation, with: Option<&Thing>) -> Answer {
        use Operation::*;
        match operation {
            GetAttribute(name) => attributes::get(self, name),
            SetAttribute(name, value) => attributes::set(self, name, value.clone()),
            Text(kind) => self.said(*kind),
            Call(values, named) => self.called(values, named),
            Invoke(name, ..) if !self.sort.is_host() && attributes::is_there(self, name) => {
                raises("TypeError")
            }
            Compare(how, other) => self.compared(*how, Some(other), None),
            CompareWith(how, _) => self.compared(*how, None, Some(with)),
            _ if self.sort.is_sequence() => sequence::answer(self, operation),
            _ if self.sort.is_mapping() => entries::answer(self, operation),
            _ if self.sort.is_set() => sets::answer(self, operation),
            _ => attributes::answer(self, operation),
        }
    }

    /// A record of a host gives back the last of its arguments, those with names first.
    fn called(&self, values: &[Datum], named: &[(&str, Datum)]) -> Answer {
        if self.sort != Sort::HostRecord {
            return Err(Refusal::Unable);
        }
        let last = named.last().map(|(_, value)| value).or(values.last());
        Ok(Said::Is(last.cloned().unwrap_or(Datum::Null)))
    }

    fn said(&self, kind: TextKind) -> Answer {
        if kind == TextKind::Safe {
            return Ok(Said::Anything);
        }
        let items = listed(&self.items);
        let is_empty = self.length() == 0;
        let text = match self.sort {
            Sort::List => format!("[{items}]"),
            Sort::Tuple if self.items.len() == 1 => format!("({items},)"),
            Sort::Tuple => format!("({items})"),
            Sort::Text if kind == TextKind::Display => self.text(),
            Sort::Text => format!("'{}'", self.text()),
            Sort::Deque => format!("deque([{items}])"),
            Sort::Array if is_empty => "array('q')".to_owned(),
            Sort::Array => format!("array('q', [{items}])"),
            Sort::Dict => {
                let pairs: Vec<String> = (self.entries.iter())
                    .map(|(key, value)| format!("{}: {}", key.repr(), value.repr()))
                    .collect();
                format!("{{{}}}", pairs.join(", "))
            }
            Sort::Set if is_empty => "set()".to_owned(),
            Sort::FrozenSet if is_empty => "frozenset()".to_owned(),
            Sort::Namespace => format!("namespace({})", self.fields()),
            Sort::HostList => format!("HostList[{items}]"),
            _ => return Ok(Said::Anything),
        };
        Ok(Said::Reads(text))
    }

    fn fields(&self) -> String {
        let fields: Vec<String> = (self.attributes.iter())
            .map(|(name, value)| format!("{name}={}", value.repr()))
            .collect();
        fields.join(", ")
    }
}
